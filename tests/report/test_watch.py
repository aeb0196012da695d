"""Alerts of an open wave: once each, with owner and clock; nothing of a person or a stranger."""

import json
from mailbox import mbox
from xml.etree import ElementTree

import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import CrqError, DataError
from crqlab.cli import app
from crqlab.report.alerts import watch as alerts
from crqlab.report.clearance import statement_ledger
from crqlab.report.clearance.erasure import forget
from tests.report.open_wave import NOW, answer, lay_out

HAPPY = [answer("C1-0"), answer("C1-0", 10, 5)]
ATOM = "{http://www.w3.org/2005/Atom}"
LATER = NOW + pd.Timedelta(hours=30)


def look(study, now=NOW, **more):
    return {one.client: one for one in alerts.watch(study, now=now, **more).clients}


def lines(study):
    path = study.raw / "alerts.csv"
    return pd.read_csv(path, dtype=str) if path.is_file() else pd.DataFrame()


def every_file(study):
    return b"".join(path.read_bytes() for path in (study.reports / "alerts").rglob("*.*"))


def test_a_look_tells_each_alert_once_and_writes_it_for_its_client_alone(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2), *[answer("C2-0", 0, 1)] * 1])
    found = look(study, kinds=["html", "csv", "atom", "mbox"])
    assert (found["C1"].new, found["C2"].new) == (2, 0)
    assert found["C2"].waiting == {2: 2}
    assert "2 wait for 2 more answers" in str(found["C2"])
    assert sorted(lines(study)["rule"]) == ["detractor_at_top_tier", "low_trust"]
    assert set(lines(study)["owner"]) == {"Eva Lindquist"}
    assert set(lines(study)["told_on"]) == {"2025-03-20T12:00:00"}
    assert [path.name for path in found["C1"].files] == [
        "C1_alerts.html", "C1_alerts.csv", "C1_alerts.atom", "C1_alerts.mbox"]  # fmt: skip
    assert sorted(one.name for one in (study.reports / "alerts").iterdir()) == ["C1"]
    before = every_file(study)
    assert look(study, kinds=["html", "csv", "atom", "mbox"])["C1"].new == 0
    assert every_file(study) == before
    assert len(lines(study)) == 2


def test_a_confidential_alert_names_no_person_no_score_and_no_words(tmp_path):
    said = "Please call me about the invoice from hell"
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2, said)])
    look(study, kinds=["html", "csv", "atom", "mbox"])
    told = every_file(study).decode()
    assert told.count("Kvarnby Livs") >= 4
    for secret in ("invoice", "Tove", "P002q", "R002x", "response_key"):
        assert secret not in told
    table = pd.read_csv(study.reports / "alerts" / "C1" / "C1_alerts.csv", dtype=str)
    assert list(table) == ["alert_id", "client_id", "account_id", "account", "rule", "text",
        "owner", "told_on", "answer_by", "answered_on", "state"]  # fmt: skip
    assert table["rule"].tolist() == ["detractor_at_top_tier", "low_trust", "call_me"]
    assert table["answer_by"].tolist() == [
        "2025-03-21T12:00", "2025-03-22T12:00", "2025-03-21T12:00"]  # fmt: skip


def test_an_identified_programme_says_who_and_what(tmp_path):
    study = lay_out(tmp_path, [answer("C1-4", 3, 2, "=ring mig")],
                    privacy={"alerts": "identified"})  # fmt: skip
    found = look(study, language="sv")["C1"]
    assert found.new == 2
    table = pd.read_csv(study.reports / "alerts" / "C1" / "C1_alerts_sv.csv", dtype=str)
    assert table[["person", "ltr", "words"]].iloc[0].tolist() == [
        "Tove Ahlgren0",
        "3",
        "'=ring mig",
    ]
    assert not (study.reports / "manifest" / "statements").exists()


def test_response_times_are_measured(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    look(study)
    first, second = lines(study)["alert_id"]
    assert alerts.answered(study, first, LATER) == (
        f"{first} is answered, 30.0 hours after it was told, its rule asks for 24"
    )
    with pytest.raises(CrqError, match="was answered on 2025-03-21 18:00"):
        alerts.answered(study, first, LATER)
    with pytest.raises(CrqError, match="after 2025-03-20 11:00"):
        alerts.answered(study, second, NOW - pd.Timedelta(hours=1))
    with pytest.raises(CrqError, match="--answered is 'AL-0'"):
        alerts.answered(study, "AL-0")
    found = look(study, LATER)["C1"]
    assert str(found) == "C1, wave 2025: 0 new, 1 to be answered (0 late), 1 answered"
    page = (study.reports / "alerts" / "C1" / "C1_alerts.html").read_text()
    assert "half of them within 30.0 hours; 0 of 1 within the time of its rule" in page
    later = look(study, NOW + pd.Timedelta(hours=49))["C1"]
    assert later.view.to_answer["state"].tolist() == ["late"]


def test_what_a_later_answer_brings_to_light_waits_for_others(tmp_path):
    now = [*HAPPY, answer("C1-0")]
    study = lay_out(tmp_path, now)
    assert look(study)["C1"].new == 0
    study = lay_out(tmp_path, [*now, answer("C1-0", 9, 2)])
    assert look(study)["C1"].waiting == {2: 1}
    study = lay_out(tmp_path, [*now, answer("C1-0", 9, 2), answer("C1-0"), answer("C1-0")])
    assert look(study)["C1"].new == 1


def test_a_silent_account_and_a_fall_before_renewal_are_told(tmp_path):
    then = [*[answer("C1-1", 9, 6)] * 3, *[answer("C1-2")] * 1]
    study = lay_out(tmp_path, [answer("C1-1", 8, s) for s in (4, 5, 5)], then)
    look(study)
    assert sorted(lines(study)["rule"]) == ["account_silent", "falling_before_renewal"]
    assert lines(study).set_index("rule")["account_id"]["account_silent"] == "C1A02"
    assert lines(study).set_index("rule")["response_key"].isna().all()


def test_a_silent_account_that_speaks_is_no_longer_called_silent(tmp_path):
    then = [answer("C1-2"), answer("C1-3")]
    study = lay_out(tmp_path, HAPPY, then)
    first = look(study, kinds=["html", "mbox"])["C1"]
    assert first.view.to_answer["account_id"].tolist() == ["C1A02", "C1A03"]
    study = lay_out(tmp_path, [*HAPPY, answer("C1-2")], then)
    found = look(study, LATER, kinds=["html", "mbox"])["C1"]
    assert found.view.to_answer["account_id"].tolist() == ["C1A03"]
    assert found.view.past["account_id"].tolist() == ["C1A02"]
    folder = study.reports / "alerts" / "C1"
    assert "1 is no longer so." in (folder / "C1_alerts.html").read_text()
    assert b"Torsby" not in (folder / "C1_alerts.mbox").read_bytes()


def test_that_a_rule_about_answers_holds_no_longer_is_not_told(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    assert look(study)["C1"].new == 2
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 9, 6)])
    found = look(study)["C1"]
    assert (len(found.view.to_answer), len(found.view.past)) == (2, 0)


def test_what_alerts_tell_is_kept_for_later_files(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    look(study)
    (one,) = statement_ledger.read(study, "C1")
    assert one.of_alerts
    assert (one.wave, one.files, len(one.cells)) == ("2025", ("alerts",), 3)
    (told,) = one.told
    assert (told.measure, told.low) == ("nps", -100.0)
    assert told.high == pytest.approx(100 / 3)  # two promoters at the most, one detractor at least


def test_what_would_give_too_few_away_is_not_told(tmp_path, monkeypatch):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    monkeypatch.setattr("crqlab.report.alerts.alert_audit.known", lambda *_: ["somebody"])
    found = look(study)["C1"]
    assert (found.new, found.held) == (1, 1)
    assert lines(study)["rule"].tolist() == ["low_trust"]  # tells nothing of CRQ or NPS
    assert "1 not told: with earlier files" in str(found)


def test_a_ledger_that_names_a_stranger_is_refused_and_others_are_written(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2), *[answer("C2-0", 9, 1)] * 3])
    look(study, clients=["C1"])
    page = study.reports / "alerts" / "C1" / "C1_alerts.html"
    before, ledger = page.read_bytes(), study.raw / "alerts.csv"
    ledger.write_text(ledger.read_text().replace("Eva Lindquist", "Hallsta Papper"))
    found = alerts.watch(study, now=NOW)
    assert [one.client for one in found.clients] == ["C2"]
    assert "'hallsta papper' of C2" in found.refused[0]
    assert page.read_bytes() == before


def test_words_of_another_clients_programme_files_are_refused(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2), answer("C2-0")])
    look(study, clients=["C1"])
    (study.raw / "actions.csv").write_text(
        "action_id,client_id,account_id,wave,action,kind,party,status\n"
        "a1,C2,C2A00,2025,own:Replace the leaking pumps in hall seven,account,us,proposed\n"
    )
    ledger = study.raw / "alerts.csv"
    said = "replace the leaking pumps in hall seven"
    ledger.write_text(ledger.read_text().replace("Eva Lindquist", said))
    found = alerts.watch(study, clients=["C1"], now=NOW)
    assert found.clients == ()
    assert "of C2" in found.refused[0]


def test_a_forgotten_person_leaves_ledger_and_files(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    look(study)
    assert len(lines(study)) == 2
    done = forget(study, "contact", "P002q", client="C1", today=NOW.date())
    assert done.ledgers == {"alerts.csv": 2}
    assert not list((study.reports / "alerts").rglob("*.html"))
    assert look(study)["C1"].view is None


def test_feeds_are_read_by_those_who_take_them(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    look(study, kinds=["atom", "mbox"], language="sv")
    folder = study.reports / "alerts" / "C1"
    feed = ElementTree.parse(folder / "C1_alerts_sv.atom").getroot()
    ids = [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")]
    assert ids == [f"urn:crqlab:alert:{one}" for one in lines(study)["alert_id"]]
    assert feed.findtext(f"{ATOM}title") == "Larm för Norrvik"
    box = mbox(folder / "C1_alerts_sv.mbox")
    mails = list(box)
    box.close()
    assert [one["Message-ID"] for one in mails] == [
        f"<{one}@crqlab.invalid>" for one in lines(study)["alert_id"]]  # fmt: skip
    assert all(one["To"] is None for one in mails)
    assert "Vems tur: Eva Lindquist" in mails[0].get_payload(decode=True).decode()


def test_a_wave_that_is_over_is_not_looked_at_unless_it_is_named(tmp_path):
    waves = {"2024": {"from": "2024-01-01", "to": "2024-12-31"},
             "2025": {"from": "2025-01-01", "to": "2025-03-19"}}  # fmt: skip
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)], waves=waves)
    found = alerts.watch(study, now=NOW)
    assert found.clients == ()
    assert any("C1: wave 2025 is over" in note for note in found.notes)
    assert look(study, wave="2025", clients=["C1"])["C1"].new == 2


@pytest.mark.parametrize(
    ("kind", "client", "match"), [("pdf", "C1", "to is 'pdf'"), ("csv", "C9", "client is 'C9'")]
)
def test_unknown_kinds_and_clients_are_refused_and_nothing_is_written(
    tmp_path, kind, client, match
):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    with pytest.raises(CrqError, match=match):
        alerts.watch(study, clients=[client], kinds=[kind], now=NOW)
    assert not (study.raw / "alerts.csv").exists()


def test_a_line_that_is_being_written_is_told_and_read_at_the_next_look(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    export = study.raw / "answers.csv"
    whole = export.read_bytes()
    export.write_bytes(whole[:-12])
    found = alerts.watch(study, now=NOW)
    assert found.notes == ("answers.csv: its last line is still being written and waits",)
    assert {one.client: one.new for one in found.clients}["C1"] == 0
    export.write_bytes(whole)
    assert look(study)["C1"].new == 2


def test_a_wave_without_answers_for_months_is_asked_about(tmp_path):
    study = lay_out(tmp_path, HAPPY)
    found = alerts.watch(study, now=NOW + pd.Timedelta(days=80))
    assert len(found.notes) == 1
    assert found.notes[0].startswith("C1: no answer for more than 60 days; is the wave still open?")
    assert alerts.watch(study, now=NOW).notes == ()


def test_under_pseudonyms_no_name_stands_in_a_list(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2, "Call me")],
                    privacy={"pseudonyms": True})  # fmt: skip
    look(study, kinds=["html", "csv", "atom", "mbox"])
    told = every_file(study).decode()
    assert "Norrvik" in told  # the client is the reader
    for secret in ("Kvarnby", "C1A00", "Eva", "Lindquist", "Tove"):
        assert secret not in told


def test_a_broken_ledger_is_told_and_nothing_is_written(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    (study.raw / "alerts.csv").write_text("alert_id,told_on\nAL-1,someday\n")
    with pytest.raises(DataError, match=r"alerts\.csv"):
        look(study)
    assert not (study.reports / "alerts").exists()


def test_a_damaged_list_of_looks_stops_the_look(tmp_path):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    look(study)
    (study.reports / "manifest" / "alerts" / "C1.json").write_text("{")
    with pytest.raises(CrqError, match="earlier looks"):
        look(study)


def test_a_killed_look_loses_nothing(tmp_path, monkeypatch):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2)])
    steps = ["cleared_alerts", "change", "looks.look", "alert_files.written"]
    for step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(f"crqlab.report.alerts.watch.{step}", _killed)
            with pytest.raises(KeyboardInterrupt):
                look(study)
    look(study)
    assert len(lines(study)) == 2
    table = pd.read_csv(study.reports / "alerts" / "C1" / "C1_alerts.csv")
    assert table["alert_id"].tolist() == lines(study)["alert_id"].tolist()
    seen = json.loads((study.reports / "manifest" / "alerts" / "C1.json").read_text())
    assert seen == {"2025": {"C1A00": 3}}
    assert len(statement_ledger.read(study, "C1")) == 1


def _killed(*_, **__):
    raise KeyboardInterrupt


def crqlab(*words):
    return CliRunner().invoke(app, list(words))


def test_the_command_says_what_is_new_and_what_waits(tmp_path, monkeypatch):
    study = lay_out(tmp_path, [*HAPPY, answer("C1-0", 3, 2), answer("C2-0", 0, 1)])
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    run = crqlab("watch", "acme", "--on", "2025-03-20T12:00")
    assert run.exit_code == 0, run.output
    said = run.stdout.splitlines()
    assert said[0] == "C1, wave 2025: 2 new, 2 to be answered (0 late), 0 answered"
    assert said[1].endswith("C1_alerts.html")
    assert said[3] == "C2, wave 2025: 0 new; 2 wait for 2 more answers"
    first = lines(study)["alert_id"][0]
    run = crqlab("watch", "acme", "--answered", first, "--on", "2025-03-20 14:30")
    assert run.stdout == (
        f"{first} is answered, 2.5 hours after it was told, its rule asks for 24\n"
    )


def test_the_command_prints_our_rules_and_check_reads_those_of_a_study(tmp_path, monkeypatch):
    study = lay_out(tmp_path, HAPPY)
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    rules = crqlab("watch", "--rules").stdout
    (study.raw / "alerts.yaml").write_text(rules.replace("trust: {at", "service: {at"))
    told = crqlab("check", "acme").stdout
    assert "alerts.yaml: 5 rules, crqlab's own: detractor_at_top_tier, low_trust" in told
    assert (
        "alerts.yaml: rule low_trust is left out: the questionnaire does not measure service"
        in told
    )
    assert crqlab("watch").exit_code == 2
