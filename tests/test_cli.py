"""What somebody at a terminal sees: short answers, codes, never a traceback for bad input."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from crqlab.cli import app


def crqlab(*words, home=None):
    environment = {} if home is None else {"CRQLAB_HOME": str(home)}
    return CliRunner().invoke(app, list(words), env=environment, catch_exceptions=False)


def test_help_explains_each_command_in_one_line():
    found = crqlab("--help")
    assert found.exit_code == 0
    for command in ("demo", "new", "check", "run", "report", "simulate", "lab", "doctor"):
        assert f" {command} " in found.output


def test_a_study_that_is_not_there_ends_with_2_and_words(tmp_path):
    found = crqlab("check", "acme", home=tmp_path)
    assert found.exit_code == 2
    assert "Study 'acme' is not in data/raw" in found.output
    assert "crqlab new acme" in found.output
    assert "Traceback" not in found.output


def test_a_broken_codebook_is_shown_as_a_table(tmp_path):
    folder = tmp_path / "data" / "raw" / "acme"
    folder.mkdir(parents=True)
    (folder / "codebook.yaml").write_text("titel: x\n")
    found = crqlab("check", "acme", home=tmp_path)
    assert found.exit_code == 2
    for word in (
        "codebook.yaml",
        "what to do",
        "what is wrong",
        "titel",
        "instrument",
        "responses",
    ):
        assert word in found.output
    assert not (tmp_path / "data" / "processed").exists()


def test_a_setting_needs_a_name_and_a_value(tmp_path):
    found = crqlab("run", "acme", "--set", "level", home=tmp_path)
    assert found.exit_code == 2
    assert "'level' has no '='" in found.output


def test_importing_crqlab_loads_nothing_heavy():
    code = (
        "import crqlab, sys; print([m for m in ('pandas', 'numpy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = "import sys, crqlab.cli; print([m for m in ('pandas', 'papermill') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_doctor_starts_a_kernel(tmp_path):
    found = crqlab("doctor", home=tmp_path)
    assert found.exit_code == 0, found.output
    assert "kernel: starts and imports crqlab" in found.output


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    assert crqlab("--version").output == f"crqlab {project['version']}\n"


def test_help_lists_commands_in_the_order_of_work_with_examples():
    found = crqlab("--help").output
    order = ["new", "confirm", "check", "list", "run", "report", "export", "verify"]
    lines = [line.split()[1] for line in found.splitlines() if line.startswith("│ ")]
    assert [name for name in lines if name in order] == order
    for command in order:
        assert "Example" in crqlab(command, "--help").output, command


@pytest.mark.parametrize("command", ["report", "export"])
def test_help_tells_many_options_by_what_they_decide(command):
    panels = {}
    for line in crqlab(command, "--help").output.splitlines():
        if line.startswith("╭─ "):
            panels[name := line.strip("╭╮─ ")] = []
        elif " --" in line and line.startswith("│"):
            panels[name].append(next(word for word in line.split() if word.startswith("--")))
    assert panels["Options"] == ["--study", "--help"]
    assert panels["Which clients"] == ["--client", "--all", "--where", "--wave"]
    assert panels["How it is done"] == ["--jobs", "--limit", "--cluster", "--tls"]
    assert panels["Whether it may be made"] == ["--supersede", "--draft"]
    assert len(panels["What is made"]) == 5


def study_of(home):
    """Two clients, three waves, one of which only one client has."""
    from crqlab import responses

    (home / "data" / "raw").mkdir(parents=True)
    lines = ["id,client_id,wave,account_id,tru_1,tru_2"]
    lines += [f"a{i},C1,{2023 + i % 2},K{i % 4},{1 + i % 7},{1 + i % 5}" for i in range(12)]
    lines += [f"b{i},C2,2025,L{i},{1 + i % 7},{1 + i % 5}" for i in range(3)]
    (home / "export.csv").write_text("\n".join(lines))
    (home / "clients.csv").write_text(
        "client_id,name,industry,country\nC1,One,banking,SE\nC2,Two,IT,NO"
    )
    responses.new("acme", home, export=home / "export.csv")
    raw = home / "data" / "raw" / "acme"
    (home / "clients.csv").rename(raw / "clients.csv")
    book = (raw / "codebook.yaml").read_text(encoding="utf-8")
    lines = [line for line in book.splitlines() if not line.startswith("client:")]
    (raw / "codebook.yaml").write_text("\n".join([*lines, "clients: clients.csv"]))


def test_list_names_folders_that_are_no_studies_yet_or_cannot_be_opened(tmp_path, monkeypatch):
    raw = tmp_path / "data" / "raw"
    env = {"CRQLAB_HOME": str(tmp_path)}
    raw.mkdir(parents=True)
    assert "no study in" in CliRunner().invoke(app, ["list"], env=env).output
    for name in ("bare", "locked"):
        (raw / name).mkdir()
    plain = Path.iterdir

    def iterdir(path):
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    said = CliRunner().invoke(app, ["list"], env=env).output.splitlines()
    assert said[0].startswith("bare: has no codebook yet")
    assert said[1].startswith("locked: cannot be read (Permission denied)")


def test_list_counts_clients_waves_and_accounts_before_any_station_has_run(tmp_path):
    study_of(tmp_path)
    whole = "acme: 2 clients, 3 waves (2023, 2024, 2025), 7 accounts, 15 responses"
    assert crqlab("list", home=tmp_path).output.startswith(whole)
    assert crqlab("list", "acme", home=tmp_path).output.splitlines() == [
        whole,
        "client  name  waves       accounts  responses",
        "C1      One   2023, 2024         4         12",
        "C2      Two   2025               3          3",
    ]
    assert crqlab("list", "acme", "--client", "C1", home=tmp_path).output.splitlines() == [
        whole,
        "account  name  2023  2024",
        "K0                3     0",
        "K1                0     3",
        "K2                3     0",
        "K3                0     3",
    ]
    assert not (tmp_path / "data" / "processed").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--client", "c1"], "client is 'c1'; use 'C1' or 'C2'"),
        (["--client", "one"], "client is 'one', which is a name; use its id 'C1'"),
        (["--client", "C2", "--wave", "2024"], "wave of client C2 is '2024'; use '2025'"),
        (["--all", "--wave", "2204"], "Did you mean '2024'?"),
        (["--all", "--where", "industri=IT"], "Did you mean 'industry'?"),
        (["--all", "--where", "industry=bank"], "which no client is; it has: IT, banking"),
        (["--client", "C1", "--language", "xx"], "language is 'xx'"),
    ],
)
@pytest.mark.parametrize("command", ["report", "export"])
def test_who_and_what_is_not_there_is_told_before_any_station(command, words, said, tmp_path):
    study_of(tmp_path)
    found = crqlab(command, "--study", "acme", "--draft", *words, home=tmp_path)
    assert found.exit_code == 2
    assert said in found.output
    assert "running" not in found.output
    assert not (tmp_path / "data" / "processed").exists()


def test_conditions_are_for_all_clients_and_a_study_has_near_names(tmp_path):
    study_of(tmp_path)
    words = ["report", "--study", "acme", "--client", "C1", "--where", "industry=IT"]
    assert "chooses among --all" in crqlab(*words, home=tmp_path).output
    assert "did you mean 'acme'?" in crqlab("check", "acm", home=tmp_path).output
    assert "Did you mean 'check'?" in crqlab("chek", home=tmp_path).output


def commands(group, path=()):
    """Every command, those of groups too, with the words that it is called by."""
    for name, command in group.commands.items():
        yield from (
            commands(command, (*path, name))
            if hasattr(command, "commands")
            else [((*path, name), command)]
        )


EVERY = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("words", "command"), EVERY, ids=["-".join(words) for words, _ in EVERY])
def test_help_of_every_command_ends_with_an_example_of_it(words, command):
    assert f"crqlab {' '.join(words)}" in (command.epilog or "")


def test_commands_of_a_study_come_in_the_order_of_work():
    names = [words[0] for words, _ in EVERY]
    work = [
        "new",
        "confirm",
        "fetch",
        "check",
        "list",
        "run",
        "report",
        "export",
        "audit",
        "verify",
    ]
    assert names[: len(work)] == work
