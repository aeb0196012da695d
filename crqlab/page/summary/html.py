"""A page's summary: sentences one below the other, the first of them the largest."""

from __future__ import annotations

from collections.abc import Sequence

from crqlab.show.html import Shown, paragraph, text


def in_short(said: Sequence[str]) -> Shown:
    r"""Lay out the sentences of a summary; without any, say that nothing can be said.

    Parameters
    ----------
    said : sequence of str
        Plain text, as from `crqlab.page.summary.sentences.sentences`.

    Examples
    --------
    >>> in_short(["CRQ is 5.21.", "Fix <Responsive>."]).html
    Markup('<ul class="summary">\n<li>CRQ is 5.21.</li>\n<li>Fix &lt;Responsive&gt;.</li>\n</ul>')
    """
    if not said:
        none = "No number of this wave may be shown, so there is nothing to sum up."
        return Shown(paragraph(text(none)), none)
    rows = "\n".join(f"<li>{text(sentence)}</li>" for sentence in said)
    return Shown(f'<ul class="summary">\n{rows}\n</ul>', " ".join(said))
