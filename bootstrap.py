"""Set up crqlab and run one of its commands, with nothing but a Python at hand.

    python3 bootstrap.py demo          (Windows: py bootstrap.py demo)

Standard library only. The file keeps to words that Pythons of long ago can read, so that they
say which Python to install instead of stopping at a syntax error.
"""

from __future__ import print_function

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

COMMANDS = (
    ("demo", "draw the demo panel, run every notebook, write three client reports"),
    ("lab", "open JupyterLab on the notebooks"),
    ("test", "run every check but the browser's: format, style, floors, tests, notebooks"),
    ("test-browser", "open the demo reports in chromium, offline: requests, errors, accessibility"),
    ("test-spark", "run the panel's queries on a local Spark; adds pyspark, needs Java 17"),
    (
        "test-engines",
        "the same 200,000 rows in DuckDB, PostgreSQL, Spark: print how equal they are",
    ),
    ("test-pythons", "the fast tests on every Python found here, with the locked packages"),
    ("test-newest", "the fast tests with the newest packages on the newest Python found here"),
    ("test-lowest", "the fast tests with the lowest packages allowed on the oldest Python here"),
    ("test-pages", "pages of every Python found here, forked and started anew: do they differ?"),
    ("test-windowslike", "tests of processes, names and consoles without what Windows has not"),
    ("lint", "check format, style and import floors; changes nothing"),
    ("notebooks", "re-execute the committed notebooks and strip their images"),
    ("reference", "re-run the R scripts under tests/reference (needs Rscript)"),
    ("validate", "check intervals against the simulated truth; writes docs/validation.md"),
    ("fuzz", "read 2,000 mutated files of every kind (-n N, --reader NAME, --write)"),
    ("bench", "time the long operations"),
    ("mutate", "plant bugs in folders and count what the nearest tests find; adds cosmic-ray"),
    ("docs", "build the manual as a site of plain files, docs/_build/html; adds sphinx"),
    ("install", "make .venv and install the locked environment; the others do so when needed"),
    ("clean", "remove .venv and caches; data and reports stay"),
    ("help", "print this list"),
)
LANES = {
    "test-pythons": "pythons",
    "test-newest": "newest",
    "test-lowest": "lowest",
    "test-windowslike": "windowslike",
    "test-pages": "pages",
}
OLDEST = (3, 11)
NEWEST = (3, 14)
ROOT = os.path.dirname(os.path.abspath(__file__))
WINDOWS = os.name == "nt"
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")
LOCK = os.path.join(ROOT, "requirements.lock")
STATE = os.path.join(VENV, "crqlab.json")
BROWSER = os.path.join("tests", "browser")
SPARK = os.path.join("tests", "benchmark", "spark", "requirements.lock")
MUTATION = os.path.join("tests", "mutation", "requirements.lock")
MUTANTS = ".mutation"  # apart from .venv, whose packages are the project's own
DOCS = os.path.join("docs", "requirements.lock")
SPHINX = ".docs"
CACHES = (
    ".venv",
    ".mutation",
    ".docs",
    os.path.join("docs", "_build"),
    ".hypothesis",
    ".import_linter_cache",
    ".pytest_cache",
    ".ruff_cache",
    os.path.join(BROWSER, "node_modules"),
)
SPACE = 2.0  # GB that the environment takes
LEAST = 0.2  # GB; with less than that free, nothing can be installed
FULL = (b"[Errno 28]", b"No space left on device", b"[Errno 122]", b"[WinError 112]")
DENIED = (b"[Errno 13]", b"[Errno 30]", b"[Errno 1]", b"[WinError 5]", b"[WinError 32]")
# Each of these would lead a child away from .venv, or keep it from storing compiled bytecode,
# which makes every later start three times slower.
MISLEADING = (
    "PIP_NO_COMPILE",
    "PIP_PREFIX",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
)


def main(words):
    command = words[0] if words else "help"
    if command in ("help", "-h", "--help"):
        return say(listing())
    if command not in [name for name, _ in COMMANDS]:
        return fail("There is no command %r.\n\n%s" % (command, listing()), code=2)
    if sys.version_info < OLDEST:
        return hand_over_to(newer_python(), words)
    os.chdir(ROOT)
    if command == "clean":
        return clean()
    install()
    if command == "install":
        return say("Ready: %s" % VENV)
    return run(steps(command, words[1:]))


def listing():
    rows = ["  %-13s %s" % row for row in COMMANDS]
    return "\n".join(["Usage: make COMMAND, or python bootstrap.py COMMAND [OPTIONS]", ""] + rows)


def say(text):
    print(text)
    sys.stdout.flush()
    return 0


def fail(text, code=1):
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    return sys.exit(code)


# ---- a Python that is new enough


def newer_python():
    """Return the words that start a Python new enough, or say how to get one."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    found = [["py", "-3.%d" % minor] for minor in minors] if WINDOWS else []
    found += [["python3.%d" % minor] for minor in minors]
    for words in found:
        version = version_of(words)
        if version and tuple(version) >= OLDEST:
            return words
    return fail(
        "crqlab needs Python %d.%d or newer; this is Python %d.%d, and no newer one was found.\n"
        "Install one, then run the same command again:\n"
        "  Debian, Ubuntu   sudo apt install python3 python3-venv   (Debian 12, Ubuntu 24.04 or"
        " later)\n"
        "  macOS            brew install python@3.13, or the installer from python.org\n"
        "  Windows          winget install Python.Python.3.13, or the installer from python.org"
        % (OLDEST + tuple(sys.version_info[:2]))
    )


def version_of(words):
    """Return [major, minor] of the Python that the words start, or None if they start none."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        child = subprocess.Popen(
            words + ["-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError:
        return None
    answer = child.communicate()[0]
    return [int(number) for number in answer.split()] if child.returncode == 0 else None


def hand_over_to(python, words):
    return sys.exit(subprocess.call(python + [os.path.abspath(__file__)] + words))


# ---- the environment in .venv


def install():
    """Bring .venv up to date; does nothing when it is."""
    if noted() == wanted():
        return
    with open(os.path.join(ROOT, ".bootstrap.lock"), "w") as lock:
        wait_for_others(lock)
        before = noted()
        if before == wanted():
            return
        started = time.time()
        fresh = not usable(before)
        if fresh:
            create()
        note({"complete": False})
        if fresh or before.get("lock") != digest(LOCK):
            install_packages()
        install_project()
        note(wanted())
        say("== the environment is ready (%.0f s)" % (time.time() - started))


def wanted():
    return {
        "complete": True,
        "folder": ROOT,
        "lock": digest(LOCK),
        "project": digest(os.path.join(ROOT, "pyproject.toml")),
        "python": version_of([PYTHON]),
    }


def digest(path):
    with open(path, "rb") as content:
        return hashlib.sha256(content.read()).hexdigest()


def noted():
    """Return what the last install wrote down: nothing, an install cut short, or its result."""
    try:
        with open(STATE) as notes:
            return json.load(notes)
    except (OSError, ValueError):
        return {}


def note(notes):
    with open(STATE, "w") as target:
        json.dump(notes, target, indent=1, sort_keys=True)


def usable(before):
    """Tell whether .venv can be built upon; a broken, moved or half-made one is made anew."""
    version = version_of([PYTHON])
    if not version or tuple(version) < OLDEST:
        return False
    if not before:  # somebody made it by hand
        return quietly([PYTHON, "-m", "pip", "--version"]) == 0
    return before == dict(wanted(), lock=before.get("lock"), project=before.get("project"))


def create():
    python = getattr(sys, "_base_executable", None) or sys.executable
    if quietly([python, "-c", "import ensurepip, venv"]) != 0:
        release = "%d.%d" % tuple(sys.version_info[:2])
        fail(
            "This Python (%s) cannot make virtual environments: Debian and Ubuntu keep that part"
            " in a package of its own.\n"
            "Install it, then run the same command again:\n"
            "  sudo apt install python3-venv      (or python%s-venv)" % (release, release)
        )
    if os.path.isdir(VENV):
        say("== .venv is unfinished, moved or made for another Python: making it anew")
        shutil.rmtree(VENV)
    say("== making .venv with Python %s" % sys.version.split()[0])
    os.mkdir(VENV)
    note({"complete": False})
    call([python, "-m", "venv", VENV], "The virtual environment could not be made.")


def install_packages():
    with open(LOCK) as lock:
        count = sum("==" in line for line in lock)
    say("== installing up to %d locked packages; the first time takes a few minutes" % count)
    call(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
        + ["--require-hashes", "--requirement", LOCK],
        "Installing failed; pip's reason stands above. Is PyPI (or your mirror of it) reachable?\n"
        "Run the same command again afterwards: it starts over by itself.",
    )


def install_project():
    say("== installing crqlab itself")
    call(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
        + ["--no-build-isolation", "--quiet", "--editable", ROOT],
        "Installing crqlab itself failed; pip's reason stands above.",
    )


def wait_for_others(lock):
    """Hold the lock, so that two commands started at once do not build .venv together."""
    while True:
        try:
            if WINDOWS:
                import msvcrt

                return msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            import fcntl

            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("== another command is installing; waiting for it")
            time.sleep(5)


# ---- the commands


def steps(command, options):
    """Return the steps of a command, each a title and the words that start it."""
    crqlab = os.path.join(BIN, "crqlab")
    pytest = [PYTHON, "-m", "pytest"]
    parallel = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]
    lint = [
        ("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        ("style", [PYTHON, "-m", "ruff", "check", "."]),
        ("import floors", [os.path.join(BIN, "lint-imports"), "--no-logo"]),
    ]
    if command == "test-browser":
        return axe() + [("browser", pytest + ["-m", "browser", BROWSER] + options)]
    if command == "test-spark":
        return spark() + [("spark", pytest + ["-k", "spark", "tests/benchmark"] + options)]
    if command == "test-engines":
        return spark() + [("engines", [PYTHON, "-m", "tests.benchmark.equality"] + options)]
    if command in LANES:
        lane = os.path.join("tools", "lanes.py")
        return [(LANES[command], [PYTHON, lane, LANES[command]] + options)]
    if command == "docs":
        return apart("sphinx", SPHINX, DOCS) + [
            ("manual", [PYTHON, "-m", "tools.manual"] + options)
        ]
    if command == "mutate":
        return apart("mutation tester", MUTANTS, MUTATION) + [
            ("mutants", [PYTHON, os.path.join("tools", "mutate.py")] + options)
        ]
    return {
        "demo": [("demo", [crqlab, "demo"] + options)],
        "lab": [("lab", [crqlab, "lab"] + options)],
        "notebooks": [("notebooks", [PYTHON, os.path.join("tools", "notebooks.py")] + options)],
        "reference": [("reference", [PYTHON, os.path.join("tools", "reference.py")] + options)],
        "validate": [
            ("simulated samples", pytest + ["-m", "validation"] + parallel),
            ("simulated panels", [PYTHON, "-m", "tests.validation"] + options),
        ],
        "fuzz": [("mutated files", [PYTHON, "-m", "tests.fuzz"] + options)],
        "bench": [("bench", [PYTHON, "-m", "tests.bench"] + options)],
        "lint": lint,
        "test": lint
        + [
            ("tests", pytest + ["-p", "no:nbval"] + parallel + options),
            ("notebooks", pytest + ["-p", "tests.fast_notebooks", "--nbval", "notebooks"]),
        ],
    }[command]


def axe():
    """Return the step that fetches axe-core, unless the pinned one is there."""
    kept = os.path.join(BROWSER, "node_modules", ".package-lock.json")
    pinned = os.path.join(BROWSER, "package-lock.json")
    if os.path.exists(kept) and os.path.getmtime(kept) >= os.path.getmtime(pinned):
        return []
    npm = shutil.which("npm")
    if npm is None:
        fail(
            "npm is missing; it fetches axe-core, which checks accessibility. Install it, then run"
            " the same command again:\n"
            "  Debian, Ubuntu   sudo apt install npm chromium\n"
            "  macOS            brew install node; brew install --cask chromium\n"
            "  Windows          winget install OpenJS.NodeJS"
        )
    return [("axe-core", [npm, "ci", "--prefix", BROWSER, "--no-audit", "--no-fund"])]


def spark():
    """Return the step that adds pyspark, unless it is there; only this command needs it."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        fail(
            "Java is missing; Spark runs on it. Install it, then run the same command again:\n"
            "  Debian, Ubuntu   sudo apt install openjdk-17-jre-headless\n"
            "  macOS            brew install openjdk@17\n"
            "  Windows          winget install EclipseAdoptium.Temurin.17.JRE"
        )
    if quietly([PYTHON, "-c", "import pyspark"]) == 0:
        return []
    words = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    return [("pyspark", words + ["--no-deps", "--require-hashes", "--requirement", SPARK])]


def apart(title, folder, lock):
    """Return the step that fetches packages into a folder of their own, unless they are there."""
    if os.path.isdir(folder):
        return []
    words = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    words += ["--no-deps", "--target", folder, "--require-hashes", "--requirement", lock]
    return [(title, words)]


def run(todo):
    """Run the steps in order and stop at the first that fails."""
    if len(todo) == 1 and not WINDOWS:
        os.execve(todo[0][1][0], todo[0][1], environment())
    for number, (title, words) in enumerate(todo, start=1):
        started = time.time()
        say("\n== %d/%d %s" % (number, len(todo), title))
        code = subprocess.call(words, env=environment())
        if code:
            return fail("== %s failed" % title, code=code)
        say("== %s: %.0f s" % (title, time.time() - started))
    return 0


def environment():
    """Return the variables for a child: .venv first, nothing that leads it elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    path = os.pathsep.join([BIN, kept.get("PATH", os.defpath)])
    return dict(kept, VIRTUAL_ENV=VENV, PATH=path)


def call(words, otherwise):
    """Run a step; where it fails say what the machine refuses, else what the caller thinks."""
    child = subprocess.Popen(words, env=environment(), stderr=subprocess.PIPE)
    said = []
    with child.stderr:
        for line in child.stderr:
            os.write(2, line)
            said.append(line)
    if child.wait():
        fail(refusal(b"".join(said)) or otherwise)


def refusal(said, code=None):
    """Return what to do where a disk is full or may not be written to; nothing where all is well.

    Who makes an environment keeps the reason to itself: then the space that is left tells.
    """
    again = "Then run the same command again: it starts over by itself."
    if code in (errno.ENOSPC, errno.EDQUOT) or any(sign in said for sign in FULL) or scarce():
        return (
            "A disk is full: the environment needs %.0f GB in %s, and for a while as much where"
            " temporary files go (%s).\nFree some space there, or let TMPDIR name a folder with"
            " more. %s" % (SPACE, VENV, temporary() or "no folder for them can be used", again)
        )
    if code in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY) or any(
        sign in said for sign in DENIED
    ):
        return (
            "Something in %s may not be written to.\nSee to it that the folder is yours and that"
            " no program of .venv is open (JupyterLab, a notebook). %s" % (ROOT, again)
        )
    return ""


def scarce():
    """Tell whether next to nothing is free where something will be written."""
    folders = [folder for folder in (ROOT, temporary()) if folder]
    return any(shutil.disk_usage(folder).free < LEAST * 1e9 for folder in folders)


def temporary():
    try:
        return tempfile.gettempdir()
    except OSError:  # Python tries them out, and none could be written to
        return ""


def quietly(words):
    with open(os.devnull, "w") as nowhere:
        return subprocess.call(words, stdout=nowhere, stderr=nowhere)


def clean():
    for name in CACHES:
        shutil.rmtree(name, ignore_errors=True)
    for folder, _, _ in os.walk(ROOT):
        if os.path.basename(folder) == "__pycache__":
            shutil.rmtree(folder, ignore_errors=True)
    return say("Removed .venv and caches; data and reports stay.")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        fail("\nStopped. Run the same command again to go on.", code=130)
    except (IOError, OSError) as error:
        if not refusal(b"", error.errno):
            raise
        fail("%s\n%s" % (error, refusal(b"", error.errno)))
