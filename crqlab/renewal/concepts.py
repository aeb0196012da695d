"""Which construct of an instrument plays which part in a renewal."""

from __future__ import annotations

from collections.abc import Mapping

from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument

#: Part: how the name or the label of its construct begins, in lower case.
PARTS = {
    "trust": ("trust",),
    "commitment": ("commitment", "affective"),
    "calculative": ("calculative",),
    "satisfaction": ("satisfaction",),
}


def concepts(asked: Instrument, named: Mapping[str, str] | None = None) -> dict[str, str]:
    """Find the constructs that play trust, the two commitments and satisfaction.

    A construct whose name or label begins with the word plays the part, unless the caller names
    another one. A part that nobody plays is left out: models do with what was asked.

    Parameters
    ----------
    asked : Instrument
    named : mapping of part to construct, optional
        An empty text leaves the part to be found.

    Returns
    -------
    dict of part to construct

    Raises
    ------
    CrqError
        A part that does not exist, or a construct that the instrument does not have.

    Examples
    --------
    >>> mini = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 5], "items": {"a": "", "b": ""},
    ...     "constructs": {"tillit": {"label": "Trust", "items": ["a"]},
    ...                    "bond": {"label": "Bond", "items": ["b"]}},
    ...     "crq": {"constructs": ["tillit"]}})
    >>> concepts(mini), concepts(mini, {"commitment": "bond"})
    ({'trust': 'tillit'}, {'trust': 'tillit', 'commitment': 'bond'})
    """
    given = {part: name for part, name in (named or {}).items() if name}
    for part, name in given.items():
        one_of("parts=", part, PARTS)
        one_of(f"parts[{part!r}]=", name, asked.constructs)
    found = {}
    for part, words in PARTS.items():
        fits = [
            name
            for name, construct in asked.constructs.items()
            if name not in given.values()
            and any(text.lower().startswith(words) for text in (name, construct.label))
        ]
        if part in given or fits:
            found[part] = given.get(part) or fits[0]
    return found
