"""Columns of contacts that say whom invitations reach, and what was done for an answer."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab.responses.contact_status import status_of


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Bounced", "bounced"), ("hard-bounce", "bounced"), ("UNDELIVERABLE", "bounced"),
        ("unzustellbar", "bounced"), ("Left the company", "left"), ("har slutat", "left"),
        ("no longer with us", "left"), ("Delivered", "active"), ("aktiv", "active"),
    ],
)  # fmt: skip
def test_words_of_many_tools_are_one_code(word, code):
    found = status_of(pd.Series([word]), {})
    assert found.found.tolist() == [code]
    assert not found.broken.any()


def test_other_words_are_nobodys_and_the_codebook_may_translate_them():
    texts = pd.Series(["Completed", None, "Mail retour"])
    found = status_of(texts, {"mail retour": "bounced"})
    assert found.found.isna().tolist() == [True, True, False]
    assert found.broken.tolist() == [True, False, False]
