"""A page, a workbook and slides made of a draft say so, in their language."""

from dataclasses import replace

from crqlab.language import language
from crqlab.page import slide
from crqlab.page.summary import masthead

SAID = "DRAFT: 3 points of the codebook are not confirmed by anybody"


def test_the_head_of_a_page_and_the_foot_of_a_slide_warn_of_a_draft(view_of):
    view = replace(view_of(), unconfirmed=3)
    assert SAID in masthead(view).html
    assert SAID in slide.foot(view)
    swedish = replace(view, language=language("sv"))
    assert "UTKAST: 3 uppgifter i kodboken har ingen bekräftat" in masthead(swedish).html


def test_what_is_confirmed_carries_no_banner(view_of):
    assert view_of().unconfirmed == 0
    assert "DRAFT" not in masthead(view_of()).html
    assert "DRAFT" not in slide.foot(view_of())
