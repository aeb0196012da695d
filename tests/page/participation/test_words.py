"""Participation in words: numbers, tables and what is withheld never follow from them."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from crqlab.base.contracts.cautions import code, joined
from crqlab.language import language, languages
from crqlab.page import participation as section
from crqlab.participation.selection_audit import BLOCKED, QUESTIONS
from tests.page.reworded import elements, in_other_words, left_english, numbers

EVERY = """
completion nonresponse completion_by_group silent voices concentration continuity questions plan
next_wave completion_histogram score_bounds
""".split()


def plain(shown):
    return " ".join(BeautifulSoup(shown.html, "html.parser").get_text(" ").split())


def cautioned(view):
    """The view with a caution of several codes beside every number."""
    flag = joined([code("few_contacts", minimum=10), "one_account", "lower_scores_answer_less"])
    shown = view.participation
    return dataclasses.replace(
        view,
        participation=dataclasses.replace(
            shown,
            completion=shown.completion.assign(flag=flag),
            nonresponse=shown.nonresponse.assign(flag=flag),
            managers=shown.managers.assign(flag="quarter_of_revenue"),
        ),
    )


@pytest.mark.parametrize("shape", [{}, {"accounts": 3, "silent": 0}, {"ltr": False, "others": 4}])
@pytest.mark.parametrize("name", EVERY)
def test_other_words_change_no_number_no_table_and_nothing_withheld(asked_view_of, name, shape):
    view = cautioned(asked_view_of(**shape))
    one, other = (getattr(section, name)(v).html for v in (view, in_other_words(view)))
    assert numbers(other) == numbers(one)
    assert [tag for tag, _ in elements(other)] == [tag for tag, _ in elements(one)]
    assert ("zz" in other) == bool(other)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_left_in_english(asked_view_of, name):
    view = cautioned(asked_view_of())
    shown = getattr(section, name)(dataclasses.replace(view, language=language("sv")))
    assert left_english(shown.html, language("sv")) == []


def test_what_is_withheld_is_decided_before_anything_is_said(asked_view_of):
    view = asked_view_of()
    (row,) = [r for r in view.participation.managers.itertuples() if r.name == "Manager 0"]
    hidden = view.participation.managers.assign(withheld=True, crq_without=float("nan"))
    changed = dataclasses.replace(view.participation, managers=hidden)
    for spoken in (view, in_other_words(view)):
        shown = section.concentration(dataclasses.replace(spoken, participation=changed))
        assert f"{row.crq_without:.2f}" not in plain(shown)
        assert shown.html.count('<span class="heard">') == len(hidden)


@pytest.mark.parametrize("name", languages())
def test_every_question_of_the_audit_and_why_it_cannot_be_asked_has_its_words(name):
    spoken = language(name)
    asked, units, reasons = zip(*QUESTIONS.values(), strict=True)
    assert all(f"question.{one}" in spoken for one in (*asked, "role_frequent"))
    assert all(f"caution.{one}" in spoken for one in (*reasons, BLOCKED, "no_peers_of_tier"))
    assert all(f"participation.topic_{topic}" in spoken for topic in QUESTIONS)
    assert set(units) == {"share_of_contacts", "pairs_of_answers", "scale_points"}


def test_participation_in_swedish(asked_view_of):
    view = dataclasses.replace(asked_view_of(), language=language("sv"))
    said = plain(section.completion(view)).replace("\xa0", " ")
    assert "60 av 200 kontakter (30 %) svarade; de representerar 10 av 20 kunder (50 %)" in said
    assert "30 % av intäkterna: målet 80 % är inte nått. Fler kontakter svarade än hos 50 %" in said
    assert "de övriga 12 företagen (17 till 75 %)" in said
    told = plain(section.plan(view)).replace("\xa0", " ")
    assert "att tillfråga under 3 kvartal; räkna över året med CRQ ± 0,21 och NPS ± 17" in told
    assert "2026 kv 1" in told
    asks = "anledning till att så många av de inbjudna kontakterna har rollen ”<share>”?"
    assert asks in plain(section.questions(view))
    assert "? tyst, 0 av 1" in plain(section.voices(view))
    stayed = section.continuity(view).sentence.replace("\xa0", " ")
    assert "60 % igen (95 %-intervall 53 till 66 %, kunder som kluster)" in stayed
