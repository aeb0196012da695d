"""Catalogues: every message in every language, with the same places, and said as its code asks."""

import ast
import re
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import crqlab
from crqlab import CrqError
from crqlab.base.contracts.cautions import code, joined
from crqlab.language import OWN, Language, faults, language, languages
from crqlab.page.client_view import ClientView

PACKAGE = Path(crqlab.__file__).parent


@pytest.mark.parametrize("name", languages())
def test_every_language_says_every_message_with_its_places_tags_and_forms(name):
    assert faults(name) == []


def test_a_catalogue_with_faults_is_told_which(monkeypatch):
    own = {"common.n_accounts": "{n} {n|account|accounts}", "common.b": "<b>{x}</b>"}
    odd = {"common.n_accounts": "{n} {n|kund}", "common.c": "c"}
    made = {"en": Language("en", own), "sv": Language("sv", odd)}
    monkeypatch.setattr("crqlab.language.lexicon.language", made.__getitem__)
    assert faults("sv") == [
        "common.b: is missing",
        "common.c: no English message has this code",
        "common.n_accounts: has a word without 2 plural forms",
    ]


def test_places_are_written_by_locale_and_forms_follow_the_number_that_is_shown():
    swedish = language("sv")
    assert swedish.say("common.n_accounts", n=swedish.number(1.2, 0)) == "1 kund"
    assert (
        swedish.say("common.span", low=swedish.number(-1234.5, 1), high=2) == "−1\xa0234,5 till 2"
    )
    assert language("en").say("common.wave", wave=date(2026, 3, 1)) == "wave 2026-03-01"


def test_what_stands_in_a_place_is_escaped_and_never_taken_for_a_template():
    said = language("en").html("common.wave_tag", wave="{n} <b>")
    assert said == "<span>wave {n} &lt;b&gt;</span>"


def test_a_missing_code_a_missing_place_and_an_unwritten_number_are_refused():
    english = language("en")
    with pytest.raises(CrqError, match=r"no message 'common\.nonsense'"):
        english.say("common.nonsense")
    with pytest.raises(CrqError, match="value in place 'n'"):
        english.say("common.n_accounts")
    with pytest.raises(CrqError, match="write it with"):
        english.say("common.n_accounts", n=2.5)


def test_a_place_says_how_plain_numbers_dates_and_codes_of_words_are_written():
    messages = {
        "caution.beside": "{term:measure} {value:1} ({change:+2}), {share:%} by {day:day}",
        "measure.trust": "Förtroende",
    }
    spoken = Language("sv", messages)
    cell = code("beside", term="trust", value=4.26, change=-0.5, share=0.125, day="2026-03-01")
    assert spoken.caution(cell) == "Förtroende 4,3 (−0,50), 12\xa0% by 2026-03-01"
    own = code("beside", term="our own", value=-1234.5, change=None, share="half", day="2026-03-01")
    assert spoken.caution(own) == "our own −1\xa0234,5 (–), half by 2026-03-01"
    written = spoken.say(
        "caution.beside", term="x", value="4.3", change=2, share=1, day="2026-01-02"
    )
    assert written == "x 4.3 (+2,00), 100\xa0% by 2026-01-02"


def test_words_of_data_and_countries_are_said_where_the_house_knows_them():
    messages = {
        "term.role_end_user": "slutanvändare",
        "term.industry_retail": "Handel",
        "peers.both": "{one:word} i {where:country}",
    }
    spoken = Language("sv", messages)
    assert spoken.say("peers.both", one="end user", where="SE") == "slutanvändare i Sverige"
    assert spoken.say("peers.both", one="End user", where="Norden") == "Slutanvändare i Norden"
    assert spoken.say("peers.both", one="Retail", where="DE") == "Handel i Tyskland"
    assert spoken.say("peers.both", one="A trade of ours", where="") == "A trade of ours i "
    assert language("en").say("peers.country", value="SE") == "country SE"


def test_cautions_are_said_one_by_one():
    cell = joined([code("n_below_minimum", minimum=3), "ok", "would_tell_smaller_group"])
    assert language("sv").caution(cell) == (
        "visas inte: n under 3; visas inte: skulle avslöja vad en mindre grupp svarat"
    )
    assert language("en").caution("ok") == ""


def _strings():
    """Texts in the package's code, and expressions for those that it pieces together."""
    literals, pieced = set(), set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (one.value if isinstance(one, ast.Constant) else "" for one in node.values)
                pieced.add("".join(re.escape(part) or r"[\w.-]+" for part in parts))
    for path in sorted(PACKAGE.rglob("*.j2")):
        literals |= set(re.findall(r'"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    return literals, pieced


def test_every_code_that_is_said_is_in_the_catalogue():
    literals, _ = _strings()
    sections = {message.partition(".")[0] for message in language(OWN).messages}
    code_like = re.compile(rf"(?:{'|'.join(sorted(sections))})\.[a-z0-9_]+")
    said = {one for one in literals if code_like.fullmatch(one) and not one.endswith("_")}
    said -= {one for one in said if one.endswith((".csv", ".yaml"))}  # names of files
    assert not said - set(language(OWN).messages) - _parts_of_a_view()


def _parts_of_a_view():
    """Names of a view's tables, which read like codes of messages: managers.table."""
    sections = get_type_hints(ClientView)
    kinds = {name: [kind, *get_args(kind)] for name, kind in sections.items()}
    return {
        f"{name}.{part.name}"
        for name, options in kinds.items()
        for kind in options
        if is_dataclass(kind)
        for part in fields(kind)
    }


def test_no_message_is_stale():
    literals, pieced = _strings()
    notebook = (PACKAGE.parent / "notebooks" / "90_report.ipynb").read_text(encoding="utf-8")
    literals |= set(re.findall(r"notebook\.\w+", notebook))
    literals |= {f"notebook.{one}" for one in re.findall(r'"id": "([a-z-]+)"', notebook)}
    words = {word.strip("_").lower() for text in literals for word in re.findall(r"\w+", text)}
    pages = {path.name for path in (PACKAGE / "page").iterdir() if path.is_dir()} - {"method"}
    by_value = {section for section in pages if rf"{section}\.[\w.-]+" in pieced}
    forms = [re.compile(one) for one in pieced if re.match(r"[a-z_]+\\\.[a-z]|.*_[a-z]", one)]
    stale = []
    for message in language(OWN).messages:
        section, _, name = message.partition(".")
        known = message in literals or any(form.fullmatch(message) for form in forms)
        known = known or message.startswith(("term.role_", "term.industry_"))  # words of data
        # what cells, columns and units of tables are called: codes, some of several words
        called = section not in pages - by_value and (
            name in words or set(name.split("_")) <= words
        )
        stale += [] if known or called else [message]
    assert stale == []


def test_every_caution_of_the_statistics_has_its_words():
    made = set()
    for path in sorted((PACKAGE / "stats").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                held = [one.value for one in call.keywords if one.arg == "caution"]
                held += call.args[:1] if name == "code" else []
                made |= {one.value for one in held if isinstance(one, ast.Constant)}
    assert len(made) > 45
    assert not {f"caution.{one}" for one in made} - set(language(OWN).messages)
