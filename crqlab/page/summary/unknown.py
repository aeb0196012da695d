"""What a study cannot tell for want of data, and so what would add what."""

from __future__ import annotations

from crqlab.base.contracts.cautions import code
from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.tables import table


def unknown(study: Study, view: ClientView) -> tuple[str, ...]:
    """Return codes of what this study has no data for; none where a full study was read.

    Parameters
    ----------
    study : Study
    view : ClientView
        Its ``summary`` is not read.

    Returns
    -------
    tuple of str
        Codes of ``summary.yaml``: ``unknown_CODE`` says what is missing and what would tell it.
        A first wave and a client without peers are told only beside something that is missing.
    """
    rows = view.accounts
    lacking = {
        "items": not view.instrument.items,
        "recommend": view.instrument.recommend is None,
        "accounts": view.n_own > 0,
        "frame": not rows["invited"].any(),
        "revenue": not rows["revenue"].notna().any(),
        "managers": not rows["manager"].notna().any(),
        "outcomes": table(study, "outcomes", client=view.client_id).empty,
    }
    if not any(lacking.values()):
        return ()
    lacking["change"] = not view.before
    lacking["peers"] = all(view.benchmark.of(name) is None for name in ("crq", "nps"))
    numbers = {"accounts": {"n": view.n_own, "m": view.n_respondents}}
    return tuple(code(name, **numbers.get(name, {})) for name, is_ in lacking.items() if is_)
