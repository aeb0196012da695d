"""Questions stand on a page in the page's language, and pages tell where they cannot."""

from dataclasses import replace

from crqlab.base.wording import Wording
from crqlab.language import language
from crqlab.page import comments, method
from crqlab.page.assembly import in_language
from tests.page.reading import soup

BEST = {"en": "What is best about them?", "sv": "Vad är bäst med dem?"}
LTR = {"en": "Would you recommend us?", "sv": "Skulle du rekommendera oss?"}


def worded(view, **more):
    """A view of a codebook that has two of its questions in two languages."""
    asked = view.instrument
    name = next(iter(asked.comments))
    told = {name: Wording(BEST), **{key: Wording(text) for key, text in more.items()}}
    update = {"comments": {**asked.comments, **told}, "recommend": Wording(LTR)}
    return replace(view, instrument=asked.model_copy(update=update))


def test_a_page_asks_in_its_own_language(stationed_view_of):
    for code in ("en", "sv"):
        view = in_language(worded(stationed_view_of()), language(code))
        assert BEST[code] in soup(comments.themes(view)).get_text()
        assert LTR[code] in method.rules(view).sentence
        assert view.questions["wording"].iloc[0] == BEST[code]


def test_the_reviewer_reads_every_item_as_its_language_asks_it(stationed_view_of):
    view = worded(stationed_view_of())
    asked = view.instrument
    name = next(iter(asked.items))
    said = {"en": "They keep their word", "sv": "De håller vad de lovar"}
    items = {**asked.items, name: asked.items[name].model_copy(
        update={"text": Wording(said), "reversed": True})}  # fmt: skip
    view = replace(view, instrument=asked.model_copy(update={"items": items}))
    for code, turned in (("en", "yes: agreement is bad"), ("sv", "ja: att instämma är dåligt")):
        shown = soup(method.questions(in_language(view, language(code))))
        rows = [
            [cell.get_text() for cell in row.find_all("td")] for row in shown.find_all("tr")[1:]
        ]
        mine = next(row for row in rows if name in row)
        assert said[code] in mine
        assert turned in mine
        assert len(rows) == sum(len(one.items) for one in asked.constructs.values())


def test_a_page_tells_of_questions_that_its_language_lacks(stationed_view_of):
    view = worded(stationed_view_of(), only_swedish={"sv": "Något mer?"})
    assert (
        "1 question has no English wording"
        in method.rules(in_language(view, language("en"))).sentence
    )
    assert "formulering" not in method.rules(in_language(view, language("sv"))).sentence
