"""Forked processes: what they are, what they cannot see, and what happens where there are none."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import nbformat
import pytest

from crqlab.report.forking import client, identity, tasks, wire, zygote
from crqlab.report.forking.client import forked
from crqlab.report.forking.identity import CannotForkError
from crqlab.report.forking.tasks import Crew, TaskError, Worker
from crqlab.report.run.execution import RunError, execute
from crqlab.report.run.execution_mode import LANES, fitting
from crqlab.report.run.notebook_files import cleaned
from tests.report.executed import REPORT
from tests.report.test_parameters import SOURCE, notebook

forks = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")

TRACES = """import builtins, locale, logging, os, random, sys, threading, warnings
import matplotlib, numpy as np, pandas as pd
"""
LEAVE = """secret = "client A"
pd.set_option("display.max_rows", 7)
np.set_printoptions(precision=1); np.seterr(all="raise"); np.random.seed(1); random.seed(1)
os.environ["CRQ_TRACE"] = secret; os.chdir(os.sep); sys.path.append(secret)
logging.getLogger().addHandler(logging.NullHandler()); builtins.trace = secret
pd.DataFrame.trace = secret; matplotlib.rcParams["font.size"] = 99
locale.setlocale(locale.LC_ALL, "C"); warnings.simplefilter("error"); sys.argv.append(secret)
os.umask(0o777); sys.modules["trace_of_a"] = os
threading.Thread(target=threading.Event().wait, daemon=True).start()"""
LOOK = """print(dict(
    options=pd.get_option("display.max_rows"), printing=np.get_printoptions()["precision"],
    errors=np.geterr()["divide"], environment=os.environ.get("CRQ_TRACE"), folder=os.getcwd(),
    path="client A" in sys.path, handlers=len(logging.getLogger().handlers),
    builtin=hasattr(builtins, "trace"), attribute=hasattr(pd.DataFrame, "trace"),
    font=matplotlib.rcParams["font.size"], language=locale.setlocale(locale.LC_ALL),
    warned=warnings.filters[0][0], arguments="client A" in sys.argv, mask=os.umask(0o022),
    module="trace_of_a" in sys.modules, name="secret" in globals(),
    threads=sum("wait" in repr(t._target) for t in threading.enumerate() if hasattr(t, "_target")),
))"""
DRAW = "print(np.random.random(), random.random(), os.urandom(4).hex())"


def printed(executed):
    return "".join(
        output.text
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
    )


def in_a_fork(folder, *sources, **options):
    return execute(notebook(folder, SOURCE, *sources), {}, home=folder, lane="fork", **options)


# ---- nothing of one notebook is seen by the next


@forks
@pytest.mark.slow
def test_a_notebook_that_leaves_traces_everywhere_leaves_none_to_the_next(tmp_path):
    before = printed(in_a_fork(tmp_path, TRACES, LOOK))
    hostile = printed(in_a_fork(tmp_path, TRACES, LEAVE, LOOK))
    after = printed(in_a_fork(tmp_path, TRACES, LOOK))
    assert after == before
    assert hostile.count("client A") == 1
    assert "'environment': None" in before
    differing = [a for a, b in zip(hostile.split(", "), before.split(", "), strict=True) if a != b]
    assert len(differing) >= 15  # each trace was there to be seen


@forks
@pytest.mark.slow
def test_a_forked_notebook_sees_what_one_in_a_plain_kernel_sees(tmp_path):
    path = notebook(tmp_path, SOURCE, TRACES, LOOK)
    texts = {printed(execute(path, {}, home=tmp_path, lane=lane)) for lane in ("fork", "kernel")}
    assert len(texts) == 1


@forks
def test_no_two_forks_draw_the_same_numbers(tmp_path):
    drawn = {printed(in_a_fork(tmp_path, TRACES, DRAW)) for _ in range(2)}
    assert len(drawn) == 2


# ---- the fast lane puts out what a kernel puts out


@forks
@pytest.mark.slow
def test_the_report_of_the_fast_lane_is_that_of_a_plain_kernel_byte_for_byte(study_of):
    study = study_of()
    texts = {
        lane: nbformat.writes(
            cleaned(execute(REPORT, {"client": "C017"}, home=study.root, lane=lane))
        )
        for lane in ("fork", "kernel")
    }
    assert texts["fork"] == texts["kernel"]
    assert "Nordwind" in texts["fork"]


SHOWS = """from IPython.display import clear_output, display, update_display, HTML
print("one"); print("two", file=__import__("sys").stderr)
handle = display(HTML("<b>first</b>"), display_id="x"); display({"a": 1})
update_display(HTML("<b>second</b>"), display_id="x")
[1, 2]"""
CLEARS = """print("gone"); clear_output(); print("stays"); pd_ = __import__("pandas")
pd_.DataFrame({"a": range(80)})"""
DRAWS = """import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(2, 1)); ax.plot([1, 3, 2]); ax"""


@forks
@pytest.mark.slow
def test_everything_a_cell_can_show_is_shown_the_same(tmp_path):
    path = notebook(tmp_path, SOURCE, SHOWS, CLEARS, DRAWS, "x = 1;\nx", "", "display(x)\nNone")
    found = [shown(execute(path, {"draws": 5}, home=tmp_path, lane=lane)) for lane in LANES]
    assert found[0] == found[1]
    for word in ("second", "stays", "image/png"):
        assert word in found[0]
    for word in ("first", "gone"):
        assert word not in found[0]


def shown(executed):
    """All outputs as text, without the addresses of objects."""
    outputs = [cell.outputs for cell in cleaned(executed).cells if cell.cell_type == "code"]
    return re.sub(r"0x[0-9a-f]+", "0x", json.dumps(outputs))


@pytest.mark.parametrize("lane", ["fork", "kernel"])
def test_an_error_of_ours_is_told_the_same_in_both_lanes(tmp_path, lane):
    path = notebook(tmp_path, SOURCE, "import crqlab as crq\ncrq.Study('../x')")
    with pytest.raises(RunError, match=r"10_test.ipynb: StudyError: study is '../x'") as caught:
        execute(path, {}, home=tmp_path, lane=lane)
    assert caught.value.ename == "StudyError"
    assert len(caught.value.lines) == 1


@forks
def test_a_cell_that_fails_ends_the_notebook_and_is_named(tmp_path):
    with pytest.raises(RunError, match="cell 2 failed with ZeroDivisionError") as caught:
        in_a_fork(tmp_path, "1 / 0", "print('never')")
    assert not any("zygote" in line for line in caught.value.lines)


@forks
def test_a_cell_that_never_ends_is_killed_and_so_is_what_it_started(tmp_path):
    start = "import subprocess, time\nchild = subprocess.Popen(['sleep', '60'])"
    tell = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))"
    with pytest.raises(RunError, match="ran out of time; a cell may take 1 s"):
        in_a_fork(tmp_path, start, tell, "time.sleep(60)", seconds=1)
    assert gone(int((tmp_path / "pid").read_text()))


@forks
def test_a_shell_that_dies_is_told(tmp_path):
    with pytest.raises(RunError, match="lost its kernel"):
        in_a_fork(tmp_path, "import os\nos.kill(os.getpid(), 9)")


def gone(pid, patience=5.0):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as found:
                if found.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


# ---- which notebooks may


@pytest.mark.parametrize(
    ("source", "lane"),
    [
        ("import crqlab as crq", "fork"),
        ("crq.Study('demo')", "fork"),
        ("import os", "kernel"),
        ("from pandas import DataFrame", "kernel"),
        ("%matplotlib inline", "kernel"),
        ("!ls", "kernel"),
        ("input('name?')", "kernel"),
        ("await x", "kernel"),
    ],
)
def test_only_notebooks_of_the_houses_kind_take_the_fast_lane(tmp_path, source, lane):
    assert fitting(notebook(tmp_path, SOURCE, source)) == lane


def test_every_shipped_notebook_is_of_the_houses_kind():
    found = {path.stem: fitting(path) for path in REPORT.parent.glob("[0-9][0-9]_*.ipynb")}
    assert set(found.values()) == {"fork"}


# ---- workers


@pytest.fixture(params=["fork", "start"])
def environment(request):
    return {**os.environ, "CRQLAB_FORK": "1" if request.param == "fork" else "0"}


def test_a_worker_answers_tells_what_was_raised_and_goes_on(environment):
    worker = Worker(environment)
    try:
        assert worker.called("math:gcd", {}, seconds=60) == 0
        with pytest.raises(TaskError, match="ModuleNotFoundError"):
            worker.called("no.such:thing", {}, seconds=60)
        assert worker.called("os:getpid", {}, seconds=60) != os.getpid()
    finally:
        worker.close()


def test_a_worker_that_dies_or_is_late_is_replaced(environment):
    worker = Worker(environment)
    try:
        first = worker.called("os:getpid", {}, seconds=60)
        with pytest.raises(TaskError, match=r"was killed by SIG|ended with code"):
            worker.called("os:abort", {}, seconds=60)
        with pytest.raises(TaskError, match=r"longer than 0\.5 s"):
            worker.called("signal:pause", {}, seconds=0.5)
        assert worker.called("os:getpid", {}, seconds=60) != first
    finally:
        worker.close()


def test_a_crew_gives_waiting_workers_more_work():
    crew = Crew(dict(os.environ))
    try:
        assert len({crew.called("os:getpid", {}, seconds=60) for _ in range(3)}) == 1
    finally:
        crew.close()


# ---- where forking is not safe


def test_a_plain_kernel_serves_where_forking_is_not_safe():
    with pytest.raises(CannotForkError, match="CRQLAB_FORK"):
        forked("cells", environment={**os.environ, "CRQLAB_FORK": "0"})


@pytest.mark.slow
def test_the_fast_lane_falls_back_to_a_plain_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_FORK", "0")
    executed = in_a_fork(tmp_path, "print(get_ipython().kernel is not None)")
    assert printed(executed) == "True\n"


def test_other_systems_never_fork(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "darwin" in identity.unsafe({})


def test_other_code_and_other_settings_have_another_process(tmp_path, monkeypatch):
    before = identity.key({"HOME": "/a", "CRQLAB_HOME": "/x"})
    assert identity.key({"HOME": "/a", "CRQLAB_HOME": "/y"}) == before
    assert identity.key({"HOME": "/b", "CRQLAB_HOME": "/x"}) != before
    monkeypatch.setattr(identity, "PACKAGE", tmp_path)
    assert identity.key({"HOME": "/a"}) != before


@pytest.fixture
def elsewhere(monkeypatch):
    """A folder for sockets of this test's own; its path is short, as a socket's must be."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield folder


@forks
def test_the_last_prepared_process_leaves_nothing_behind(elsewhere, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.fspath(identity.PACKAGE.parent))
    key = identity.key(os.environ)
    lines = (
        "import sys; from crqlab.report.forking import zygote; zygote.IDLE = zygote.GLANCE = 0.2; "
        "sys.exit(zygote.main(sys.argv[1:]))"
    )
    ours, theirs = os.pipe()
    with identity.locked() as folder:
        killed = socket.socket(socket.AF_UNIX)
        killed.bind(os.fspath(folder / "killed.sock"))  # as kill -9 leaves it
        killed.close()
        (folder / "killed.log").touch()
        (folder / f"{key}.log").touch()
        words = [sys.executable, "-c", lines, os.fspath(folder / f"{key}.sock"), key, str(theirs)]
        subprocess.run(words, cwd="/", pass_fds=[theirs], check=True)
        os.close(theirs)
        with os.fdopen(ours, "rb") as ready:
            assert ready.read().decode() == "ready"
        assert sorted(path.name[:4] for path in folder.iterdir()) == sorted(
            ["kill", "kill", "lock", key[:4], key[:4]]
        )
    end = time.monotonic() + 20
    while os.listdir(elsewhere) and time.monotonic() < end:
        time.sleep(0.05)
    assert os.listdir(elsewhere) == []


@forks
def test_a_name_that_a_killed_process_left_is_taken_away_and_a_live_one_stays(elsewhere):
    with identity.locked() as folder, socket.socket(socket.AF_UNIX) as live:
        live.bind(os.fspath(folder / "live.sock"))
        live.listen()
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(os.fspath(folder / "dead.sock"))
        for name in ("dead.log", "live.log", "new.log"):
            (folder / name).touch()
        (folder / "told.log").write_text("a module is missing")
        identity.tidy(folder)
        identity.leave(folder)
        left = sorted(path.name for path in folder.iterdir())
        assert left == ["live.log", "live.sock", "lock", "told.log"]


@forks
@pytest.mark.usefixtures("elsewhere")
def test_a_folder_that_others_may_enter_is_not_used():
    assert identity.folder().stat().st_mode & 0o777 == 0o700
    identity.folder().chmod(0o755)
    with pytest.raises(CannotForkError, match="not a private folder"):
        identity.folder()


@forks
def test_a_process_with_threads_refuses_to_fork():
    here, _ = socket.socketpair()
    with here, _:
        server = zygote.Zygote(here, lambda: True)
        assert server._refusal() == "" or zygote.threads() > 1
        import threading

        waits = threading.Event()
        thread = threading.Thread(target=waits.wait)
        thread.start()
        assert "threads" in server._refusal()
        waits.set()
        thread.join()
        server.close()


@forks
def test_code_that_has_changed_is_not_served():
    here, _ = socket.socketpair()
    with here, _:
        server = zygote.Zygote(here, lambda: False)
        if zygote.threads() == 1:
            assert server._refusal() == "the code has changed"
        server.close()


@forks
@pytest.mark.usefixtures("elsewhere")
def test_a_start_that_fails_is_not_tried_again_for_a_while(monkeypatch):
    monkeypatch.setattr(client.sys, "executable", "/bin/false")
    started = []
    real = subprocess.Popen
    monkeypatch.setattr(
        client.subprocess, "Popen", lambda *a, **k: started.append(1) or real(*a, **k)
    )
    for _ in range(2):
        with pytest.raises(CannotForkError, match="did not start"):
            forked("cells", environment=os.environ)
    assert len(started) == 1


# ---- life and death


@forks
def test_a_fork_dies_with_whoever_asked_for_it():
    ours, theirs = socket.socketpair()
    with ours, theirs, open(os.devnull) as nothing:
        files = (nothing.fileno(), 2, 2, theirs.fileno())
        process = forked("worker", environment=os.environ, files=files)
        assert process.poll() is None
        process.close()
        assert gone(process.pid)


@forks
def test_the_end_of_a_fork_is_known():
    ours, theirs = socket.socketpair()
    with ours, open(os.devnull) as nothing:
        with theirs:
            files = (nothing.fileno(), 2, 2, theirs.fileno())
            process = forked("worker", environment=os.environ, files=files)
        wire.send(ours, {"function": "os:_exit", "arguments": {}})
        wire.send(ours, {"function": "os:abort", "arguments": {}})
        assert process.wait(10) == -signal.SIGABRT


def test_messages_keep_what_json_keeps_and_end_with_the_line():
    one, other = socket.socketpair()
    with one:
        with other:
            wire.send(other, {"text": "å\ud800" + "x" * 200_000})
            assert wire.receive(one)[0]["text"].startswith("å\ud800x")
        with pytest.raises(EOFError):
            wire.receive(one)


def test_how_a_death_is_told():
    assert "SIGKILL" in tasks._died(-9)
    assert "code 3" in tasks._died(3)
