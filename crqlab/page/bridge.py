"""Sections that do not speak by code yet: laid out in English, then said by the old catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from crqlab.language import OWN, language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Shown


def formerly(function: Callable[..., Shown]) -> Callable[..., Shown]:
    """Return a function of a view that speaks the view's language, whatever its own is."""

    @wraps(function)
    def spoken(view: ClientView, *args: Any, **options: Any) -> Shown:
        into = view.language
        if into.code == OWN:
            return function(view, *args, **options)
        from crqlab.language.translation import translated, translator

        shown = function(replace(view, language=language(OWN)), *args, **options)
        page = translated(str(shown.html), translator(into.code)).page
        return Shown(page, into.term(shown.sentence))

    return spoken
