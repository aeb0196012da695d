"""Themes on a page: right counts and means, nothing of small groups, nothing unescaped."""

import dataclasses

import numpy as np
import pytest
from bs4 import BeautifulSoup

from crqlab.comments.code_frames import CodeFrame
from crqlab.language import language
from crqlab.page import view
from crqlab.page.comments import html, voices
from tests.page.reworded import elements, in_other_words
from tests.show.fixture import Shape, lay_out
from tests.show.stationed import commented

FRAME = CodeFrame.model_validate(
    {"version": "7", "themes": [
        {"code": "price", "name": {"en": "Price", "sv": "Pris"}, "words": {"en": ["price*"]}},
        {"code": "late", "name": {"en": "Late <b>answers</b>"}, "words": {"en": ["late"]}},
        {"code": "rare", "name": {"en": "Rarely said"}, "words": {"en": ["odd*"]}},
    ]}
)  # fmt: skip
SAID = ["High price", "Price too high again", "Late answers", "We get late answers", "Nothing new"]
ROLES = ["user", "buyer", None]


def laid(folder, change=lambda rows: rows, scores=lambda people: people, **shape):
    """Lay out a study whose people write of the price, of late answers and of other things."""
    known = Shape(**{"accounts": 12, "most": 4, "silent": 0, "waves": ("2025",), **shape})
    study = lay_out(folder, known)
    rows = study.read("responses")
    i = np.arange(len(rows))
    words = np.array([SAID[k % 5] if k % 5 != 4 else f"Word{chr(97 + k // 5)}" for k in i], object)
    rows = rows.assign(included=True, best=words, worst=None, role=[ROLES[k % 3] for k in i])
    study.write("responses", change(rows))
    study.write("respondents", scores(study.read("respondents")))
    commented(study, FRAME)
    return study


def seen(study, **more):
    return view(study, client="C017", wave="2025", **more)


def text(shown):
    return BeautifulSoup(str(shown.html), "html.parser").get_text(" ", strip=True)


def test_counts_shares_and_means_are_those_of_the_writers(tmp_path):
    study = laid(tmp_path)
    rows, people = study.read("responses"), study.read("respondents")
    writers = rows[rows["best"].str.contains("rice")]
    n, whole = len(writers), len(rows)
    table = seen(study).themes.table.set_index("theme")
    price = table.loc["price"]
    assert price["n"] == n
    assert price["n_accounts"] == writers["account_id"].nunique()
    assert price["share"] == pytest.approx(n / whole, abs=0.005)
    assert price["share_low"] < price["share"] < price["share_high"]
    own = people[people["response_id"].isin(writers["response_id"])]["crq"].mean()
    assert price["score"] == pytest.approx(own, abs=0.051)
    assert sum(k for _, k in price["roles"]) + price["others"] == n
    assert list(table.index) == ["price", "late"]


def test_every_comment_is_in_a_theme_or_of_none(tmp_path):
    study = laid(tmp_path)
    found = seen(study).themes
    asked = found.questions.set_index("question")
    n = len(study.read("responses"))
    assert found.table["n"].sum() + asked.loc["best", "n_other"] == asked.loc["best", "n"] == n
    assert asked.loc["worst", "withheld"]
    assert found.rest.empty


def few_odd(rows):
    odd = np.isin(np.arange(len(rows)), [4, 9, 14, 19])
    return rows.assign(best=rows["best"].mask(odd, "Odd price"))


def test_a_theme_of_few_people_is_not_told(tmp_path):
    found = seen(laid(tmp_path, few_odd)).themes
    assert "rare" not in set(found.table["theme"])
    assert "rare" not in set(found.quotes["theme"])
    one_more = laid(tmp_path / "more", lambda rows: few_odd(rows).assign(
        best=few_odd(rows)["best"].where(np.arange(len(rows)) != 24, "Odd")))  # fmt: skip
    assert "rare" in set(seen(one_more).themes.table["theme"])


def test_a_mean_of_few_scores_or_of_all_but_few_is_withheld(tmp_path):
    def only(keep):
        return lambda people: people.assign(crq=people["crq"].where(
            keep(np.arange(len(people)), people["response_id"])))  # fmt: skip

    study = laid(tmp_path / "a")
    price = set(study.read("responses").query("best.str.contains('rice')")["response_id"])
    few = only(lambda i, ids: ~ids.isin(price) | ids.isin(sorted(price)[:2]))
    table = seen(laid(tmp_path / "few", scores=few)).themes.table.set_index("theme")
    assert np.isnan(table.loc["price", "score"])
    assert table.loc["late", "score"] == table.loc["late", "score"]
    most = only(lambda i, ids: ids.isin(price) | (ids == min(set(ids) - price)))
    found = seen(laid(tmp_path / "most", scores=most))
    assert found.themes.table["score"].isna().all()
    assert "it would tell what fewer than" in text(html.themes(found))


def test_a_change_is_withheld_where_few_wrote_of_it_before_and_told_where_it_is_sure(tmp_path):
    def rising(n):
        def change(rows):
            before = (rows["wave"] == "2024").to_numpy()
            place = rows.groupby("wave").cumcount().to_numpy()
            words = np.where(before, np.where(place < n, "price", "late"), "price")
            return rows.assign(best=words)

        return change  # fmt: skip

    shape = {"waves": ("2024", "2025"), "accounts": 16}
    hidden = seen(laid(tmp_path / "a", rising(4), **shape))
    assert hidden.themes.table.set_index("theme")["change"].isna().all()
    told = seen(laid(tmp_path / "b", rising(5), **shape))
    price = told.themes.table.set_index("theme").loc["price"]
    assert price["change"] > 0.5
    assert price["q"] < 0.05
    assert "points more than in 2024" in text(voices(told))


def test_the_client_reads_the_most_frequent_themes_with_two_comments_each(tmp_path):
    found = seen(laid(tmp_path))
    shown = BeautifulSoup(str(voices(found).html), "html.parser")
    cards = shown.select("ul.themes > li")
    assert [card.find("b").get_text() for card in cards] == ["Price", "Late <b>answers</b>"]
    assert [len(card.select("q")) for card in cards] == [2, 2]
    assert "speak of something else" in shown.get_text()
    swedish = text(voices(dataclasses.replace(found, language=language("sv"))))
    assert "Pris" in swedish
    assert "handlar om något annat" in swedish


def test_without_crq_the_mean_is_of_ltr_and_without_scores_none(tmp_path):
    ltr = laid(tmp_path / "a", scores=lambda people: people.assign(crq=np.nan))
    assert set(seen(ltr).themes.table["measure"]) == {"ltr"}
    none = laid(tmp_path / "b", scores=lambda people: people.assign(crq=np.nan, ltr=np.nan))
    assert "Nobody who wrote this has a score" in text(html.themes(seen(none)))


def test_how_well_the_frame_sees_is_told(tmp_path):
    study = laid(tmp_path)
    assert "Nobody has coded comments by hand" in text(html.themes(seen(study)))
    rows = study.read("responses")
    lines = [f"{id_},best,{'price' if 'rice' in said else 'other'},eva"
             for id_, said in zip(rows["response_id"], rows["best"], strict=True)]  # fmt: skip
    (study.raw / "comment_codes.csv").write_text(
        "response_id,question,theme,coder\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    commented(study, FRAME)
    assert f"coded {len(rows)} comments by hand agree with kappa" in text(html.themes(seen(study)))


def test_themes_follow_from_no_word(tmp_path):
    found = seen(laid(tmp_path))
    for laid_out in (html.themes, voices):
        plain, other = laid_out(found).html, laid_out(in_other_words(found)).html
        assert elements(other) == elements(plain)


def test_comments_of_a_study_without_station_9_are_listed_as_written(view_of):
    found = view_of().themes
    assert found.table.empty
    assert set(found.rest["question"]) == {"best"}
    empty = dataclasses.replace(view_of(), themes=dataclasses.replace(
        found, questions=found.questions.iloc[:0]))  # fmt: skip
    assert "no open questions" in str(html.themes(empty))


def test_the_second_comment_of_a_theme_does_not_begin_like_the_first(tmp_path):
    said = ["Price is what hurts us, once more", "Price is what hurts us, again", "We pay a price"]
    words = {k: said[k % 3] for k in range(60)}
    study = laid(tmp_path, lambda rows: rows.assign(best=[words[k] for k in range(len(rows))]))
    quotes = seen(study).themes.quotes["words"].tolist()
    assert quotes == [said[1], said[2], said[0]]
