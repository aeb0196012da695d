"""The same batch on a real Dask cluster: a scheduler and two workers, as processes of their own."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import NamedTuple

import pytest

from crqlab import CrqError, Study, StudyError
from crqlab.report.batch import ledger
from crqlab.report.batch.batches import Job, run_batch
from crqlab.report.batch.cluster import Errand, Scheduler, _free, made
from crqlab.report.batch.project_parcel import kept, slip
from crqlab.report.clearance import statement_ledger
from crqlab.report.clearance.statement_ledger import Release
from crqlab.report.exports.export_batch import export_all
from tests.report.test_batches import laid_out, times

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux only"),
]
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
CLIENTS = [(f"K{i}", "2025") for i in range(6)]


class Cluster(NamedTuple):
    address: str
    workers: list[subprocess.Popen]
    scheduler: subprocess.Popen


@pytest.fixture
def cluster(tmp_path):
    """A scheduler's address and two workers without nannies: a killed one stays dead."""
    yield from running(tmp_path)


def running(tmp_path, *more, before=()):
    place = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(place)]
    common = ["--no-dashboard", "--host", "127.0.0.1", *more]
    with ExitStack() as stack:

        def start(*words):
            process = stack.enter_context(subprocess.Popen(words, **quiet))
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        manager = start(*dask, "--port", "0", "--scheduler-file", str(place), *common)
        single = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0"]
        workers = [start(*before, *worker, *single, *common) for _ in range(2)]
        yield Cluster(address(place), workers, manager)


def address(place, patience=60):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if place.is_file() and place.stat().st_size:
            return json.loads(place.read_text())["address"]
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")


def ready(scheduler, workers):
    from distributed import Client

    with Client(scheduler) as client:
        client.wait_for_workers(workers, timeout=60)


def test_a_killed_worker_loses_no_report_and_a_report_that_kills_fails_alone(tmp_path, cluster):
    scheduler, workers = cluster.address, cluster.workers
    ready(scheduler, 2)
    end = "batches.os.kill(batches.os.getpid(), 9)"
    taken = "from crqlab.report.batch import batches"
    study = laid_out(tmp_path / "project", f"{taken}\nif client == 'K1':\n    {end}")
    heard = []

    def hear(step):
        heard.append(step)
        if len(heard) == 2:
            os.kill(workers[0].pid, signal.SIGKILL)

    found = run_batch(study, CLIENTS, cluster=scheduler, seconds=60, heard=hear)
    assert str(found).startswith("6 reports: 5 made, 0 kept, 1 failed")
    assert sorted(step.job.client for step in heard) == [client for client, _ in CLIENTS]
    assert "lost its kernel" in found.failed[0].error
    assert workers[1].poll() is None
    made = {name for name, entry in ledger.entries(study).items() if entry["status"] == "made"}
    assert made == {f"K{i}_2025" for i in (0, 2, 3, 4, 5)}
    runs = times(study)
    assert sum(runs.values()) <= 7  # the one at work when its worker died ran again
    assert set(runs) == {client for client, _ in CLIENTS}


@pytest.mark.parametrize("lost", ["workers", "scheduler"])
def test_a_cluster_that_is_lost_on_the_way_is_told_and_keeps_what_was_made(
    tmp_path, cluster, monkeypatch, lost
):
    monkeypatch.setattr("crqlab.report.batch.cluster._WAIT", "2s")
    monkeypatch.setattr("crqlab.report.batch.cluster._LOOK", "1s")
    scheduler, workers = cluster.address, cluster.workers
    ready(scheduler, 2)
    study = laid_out(tmp_path / "project")
    known = {"workers": r"has had no worker for 2s", "scheduler": "was lost on the way"}

    def hear(step):
        if step.done == 2:
            for process in workers if lost == "workers" else [cluster.scheduler]:
                os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(CrqError, match=known[lost]):
        run_batch(study, CLIENTS, cluster=scheduler, seconds=60, heard=hear)
    made = [name for name, entry in ledger.entries(study).items() if entry["status"] == "made"]
    assert 2 <= len(made) < len(CLIENTS)
    assert not list(study.reports.glob(".*.part"))


def test_a_scheduler_without_workers_is_told(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("crqlab.report.batch.cluster._WAIT", "2s")
    scheduler, workers = cluster.address, cluster.workers
    ready(scheduler, 2)
    for worker in workers:
        worker.terminate()
        worker.wait(30)
    with pytest.raises(CrqError, match=r"has had no worker for 2s.*dask worker tcp://"):
        run_batch(laid_out(tmp_path / "project"), CLIENTS[:1], cluster=scheduler)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Of one's own authority: its certificate serves as scheduler's, workers' and ours."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make certificates with")
    folder = tmp_path_factory.mktemp("tls")
    own, key = folder / "own.pem", folder / "key.pem"
    ask = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    ask += ["-subj", "/CN=localhost", "-keyout", key, "-out", own]
    subprocess.run(ask, check=True, capture_output=True)
    return own, own, key


def test_reports_and_exports_are_made_on_an_encrypted_cluster(tmp_path, certificates):
    names = ("--tls-ca-file", "--tls-cert", "--tls-key")
    told = [word for pair in zip(names, map(str, certificates), strict=True) for word in pair]
    with contextmanager(running)(tmp_path, "--protocol", "tls", *told) as there:
        assert there.address.startswith("tls://")
        known = Scheduler(there.address, certificates)
        study = laid_out(tmp_path / "project")
        assert not run_batch(study, CLIENTS[:2], cluster=known, seconds=60).failed
        found = export_all(study, [("C017", "2025")], kinds=["csv", "xlsx"], cluster=known)
        assert [step.error for step in found.steps] == [""]
        written = {path.name: path.read_bytes() for path in study.reports.glob("C017_2025.*")}
        assert sorted(written) == ["C017_2025.csv", "C017_2025.xlsx"]
        here = laid_out(tmp_path / "here")
        export_all(here, [("C017", "2025")], kinds=["csv"])
        assert written["C017_2025.csv"] == (here.reports / "C017_2025.csv").read_bytes()
        with pytest.raises(CrqError, match="which asks for certificates"):
            run_batch(laid_out(tmp_path / "third"), CLIENTS[:1], cluster=there.address)


@pytest.fixture
def apart(tmp_path):
    """A cluster whose workers see nothing of the project's folder, but an empty disk there."""
    (tmp_path / "project").mkdir()
    (tmp_path / "theirs").mkdir()
    empty = f"mount -t tmpfs none '{tmp_path}/project' && exec \"$@\""
    before = ["unshare", "--map-root-user", "--mount", "sh", "-c", empty, "sh"]
    if shutil.which("unshare") is None or subprocess.run([*before, "true"], check=False).returncode:
        pytest.skip("this machine gives no process a disk of its own (unshare --mount)")
    before += ["env", f"TMPDIR={tmp_path / 'theirs'}"]
    yield from running(tmp_path, before=before)


def written(study):
    """All that was handed out, and what is known of it but how long it took."""
    found = {}
    for path in sorted(study.reports.rglob("*")):
        name = path.relative_to(study.reports).as_posix()
        if path.is_file() and not name.startswith("."):
            text = path.read_bytes()
            known = name.startswith("manifest") and b'"seconds"' in text
            found[name] = {**json.loads(text), "seconds": 0} if known else text
    return found


def test_workers_without_the_projects_disk_are_handed_the_study_and_hand_back_pages(
    tmp_path, apart
):
    study = laid_out(tmp_path / "project")
    look = "name: Look\naccent: '#1f5582'\nlogo: look/logo.svg\n"
    (study.raw / "brand" / "look").mkdir(parents=True)
    (study.raw / "brand.yaml").write_text(look.replace("look/", "brand/"))
    (study.raw / "brand" / "logo.svg").write_text(LOGO)
    told = [*CLIENTS, ("C017", "2025")]
    here = Study(study.name, shutil.copytree(study.root, tmp_path / "here"))
    assert not run_batch(here, told, jobs=2).failed
    found = run_batch(study, told, cluster=apart.address, seconds=60)
    assert [step.error for step in found.steps] == [""] * len(told)
    assert written(study) == written(here)
    assert times(study) == {}  # no notebook ran in the project's folder
    assert run_batch(study, told, cluster=apart.address).made == ()
    assert list((tmp_path / "theirs").glob("crqlab-[!f]*")) == []
    ledgers = study.reports / "manifest" / "statements" / "C017.json"
    assert stat.S_IMODE(ledgers.stat().st_mode) == 0o600
    theme = tmp_path / "own" / "theme.yaml"
    (theme.parent / "look").mkdir(parents=True)
    theme.write_text(look)
    (theme.parent / "look" / "logo.svg").write_text(LOGO)
    files = {"kinds": ["pdf", "xlsx", "csv"], "theme": theme}
    assert not export_all(here, told[-1:], **files).failed
    found = export_all(study, told[-1:], **files, cluster=apart.address)
    assert [step.error for step in found.steps] == [""]
    assert written(study) == written(here)
    assert {"C017_2025.pdf", "C017_2025.xlsx", "C017_2025.csv"} < set(written(study))


def test_a_file_judged_without_what_was_told_meanwhile_is_made_anew(tmp_path, apart, monkeypatch):
    ready(apart.address, 2)
    study, answers = laid_out(tmp_path / "project"), []
    alerts = Release("2025", "alerts", (), ())

    def late(*told):
        if not answers:
            statement_ledger.keep(study, "K0", [alerts])
        answers.append(kept(*told))
        return answers[-1]

    monkeypatch.setattr("crqlab.report.batch.cluster.kept", late)
    found = run_batch(study, CLIENTS[:1], cluster=apart.address, seconds=60)
    assert [step.error for step in found.steps] == [""]
    assert answers == [False, True]
    first, then = statement_ledger.read(study, "K0")
    assert first == alerts
    assert then.files == ("K0_2025.html", "K0_2025.ipynb")


def test_a_killed_worker_takes_no_study_along_and_a_failure_is_told_from_afar(tmp_path, apart):
    ready(apart.address, 2)
    study = laid_out(tmp_path / "project", "if client == 'K1':\n    1 / 0")
    heard = []

    def hear(step):
        heard.append(step)
        if len(heard) == 2:
            os.kill(apart.workers[0].pid, signal.SIGKILL)

    found = run_batch(study, CLIENTS, cluster=apart.address, seconds=60, heard=hear)
    assert str(found).startswith("6 reports: 5 made, 0 kept, 1 failed")
    assert "ZeroDivisionError" in found.failed[0].error
    assert ledger.entry(study, "K1_2025")["status"] == "failed"
    assert not (study.reports / "K1_2025.html").exists()


def test_a_worker_may_hand_back_only_what_it_was_asked_for(tmp_path):
    study = laid_out(tmp_path)
    told = slip(study, ["K0_2025.html"], {})
    with pytest.raises(StudyError, match=r"handed back '\.\./\.\./a', which nobody asked"):
        kept(study, told, {"K0_2025.html": b"page", "../../a": b""})
    assert not (study.reports / "K0_2025.html").exists()
    kept(study, told, {"K0_2025.html": b"page"})
    assert (study.reports / "K0_2025.html").read_bytes() == b"page"
    kept(study, told, {"K0_2025.html": None})
    assert not (study.reports / "K0_2025.html").exists()


def test_numbers_told_while_a_worker_was_at_work_stay_in_the_list(tmp_path):
    study = laid_out(tmp_path)
    ledgers = "manifest/statements/K0.json"
    told = slip(study, [ledgers, "K0_2025.html"], {})
    statement_ledger.keep(study, "K0", [Release("2025", "alerts", (), ())])
    alerts = (study.reports / ledgers).read_bytes()
    made = {ledgers: b"of the worker", "K0_2025.html": b"page"}
    assert not kept(study, told, made)
    assert (study.reports / ledgers).read_bytes() == alerts
    assert not (study.reports / "K0_2025.html").exists()
    assert kept(study, slip(study, told.names, {}), made)
    assert (study.reports / ledgers).read_bytes() == b"of the worker"
    assert (study.reports / "K0_2025.html").read_bytes() == b"page"


def test_files_of_one_client_are_made_one_after_the_other():
    a, b = (Job(name, name, "2025", name, {}, "") for name in "ab")
    waiting = [b, replace(a, wave="2024")]
    assert _free(waiting, {"future": a}) is b
    assert _free(waiting, {"future": a}) is None
    assert _free(waiting, {}) == replace(a, wave="2024")


def test_a_worker_with_another_crqlab_says_so():
    errand = Errand("os:getpid", False, {"home": "/", "study": "s"}, 1, "run", "another")
    assert "this worker has another crqlab" in made(errand)["error"]


def test_certificates_that_cannot_serve_are_refused(tmp_path, certificates):
    with pytest.raises(CrqError, match="which encrypts nothing"):
        Scheduler("tcp://127.0.0.1:1", certificates)
    with pytest.raises(CrqError, match=r"--tls names .*absent\.pem, which is no file"):
        Scheduler("tls://127.0.0.1:1", (tmp_path / "absent.pem", *certificates[1:]))


def test_a_scheduler_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("crqlab.report.batch.cluster._WAIT", "1s")
    study = laid_out(tmp_path)
    with pytest.raises(CrqError, match="where no Dask scheduler answers"):
        run_batch(study, CLIENTS[:1], cluster="tcp://127.0.0.1:9")
    assert threading.active_count() < 50
