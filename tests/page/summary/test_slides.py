"""How a deck opens: its numbers are those of the page, and what is withheld stays so."""

from dataclasses import replace
from math import nan

from crqlab.page.summary import export


def plain(card):
    label, value, facts = card
    return label, value, [fact.replace("\xa0", " ") for fact in facts]


def with_measures(seen, changed, **cells):
    rows = seen.measures
    here = rows["measure"].isin(changed)
    rows = rows.assign(**{name: rows[name].mask(here, value) for name, value in cells.items()})
    return replace(seen, scores=replace(seen.scores, measures=rows))


def test_three_numbers_stand_with_interval_change_and_n(stationed_view_of):
    slide = export.headline_slide(stationed_view_of())
    assert [plain(card) for card in slide.body.cards] == [
        ("CRQ", "4.88", ["95 % interval 4.68 to 5.08", "−0.18 since 2024 (−0.33 to −0.03): lower",
                         "n = 51 respondents"]),
        ("NPS", "+10", ["95 % interval −2 to +22", "no comparison with 2024",
                        "n = 51 respondents"]),
        ("Mean LTR", "7.37", ["95 % interval 6.97 to 7.77", "no comparison with 2024",
                              "n = 51 respondents"]),
    ]  # fmt: skip
    assert "n = 51 people at 12 customers. 95 % intervals" in slide.foot.replace("\xa0", " ")


def test_a_withheld_number_tells_why_and_no_interval(stationed_view_of):
    seen = with_measures(stationed_view_of(), ["nps"], value=nan, low=nan, high=nan,
                         withheld=True, flag="too_few_people")  # fmt: skip
    cards = [plain(card) for card in export.headline_slide(seen).body.cards]
    why = seen.language.caution("too_few_people").replace("\xa0", " ")
    assert cards[1] == ("NPS", "–", [why, "n = 51 respondents"])
    assert cards[0][1] == "4.88"


def test_without_numbers_there_is_no_slide_of_them(stationed_view_of):
    seen = stationed_view_of()
    bare = replace(seen, scores=replace(seen.scores, measures=seen.measures.iloc[:0]))
    assert export.headline_slide(bare) is None
    alone = replace(
        seen, scores=replace(seen.scores, measures=seen.measures.query("measure == 'crq'"))
    )
    assert len(export.headline_slide(alone).body.cards) == 1


def test_the_first_slide_names_who_was_asked_and_warns(stationed_view_of):
    seen = stationed_view_of()
    slide = export.opening_slide(seen)
    assert slide.opening
    assert slide.message == "Nordwind & Co: how good are your relationships?"
    assert slide.body.lines == ("Fixture panel", "Wave 2025", "50 people at 12 customers")
    assert slide.foot == "SYNTHETIC DATA: made up by a computer, about nobody"
    assert export.opening_slide(replace(seen, synthetic=False)).foot == seen.language.say(
        "slide.confidential"
    )
