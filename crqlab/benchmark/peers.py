"""Who a client is compared with, and from where: codes for tables, words for one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from crqlab.base.contracts.cautions import code, codes, joined
from crqlab.benchmark.cells import ALL
from crqlab.benchmark.ranked_units import GROUPS

EVERYBODY, NOBODY = "all_clients_and_waves", "few_peers"
OWN = "this_panel"
NOT_THERE, CERTAIN = "not_in_release", "own_score_certain"
_WORDS = {
    **{name: f"{name} {{value}}" for name in GROUPS},
    EVERYBODY: "all clients and waves",
    NOBODY: "too few peers",
    NOT_THERE: "the release has no such cell and measure",
    OWN: "this panel, the client itself left out",
    **{
        f"release_{kind}": "release {name} ({digest}), as of {as_of}: "
        f"{kind} data of {{clients:,}} clients, {{instrument}} version {{version}}"
        for kind in ("synthetic", "real")
    },
}


def peers(cell: Mapping[str, str]) -> str:
    """Return the codes of the groups that tell a cell of peers apart, each with its value.

    Examples
    --------
    >>> print(peers({"industry": "IT", "country": "all", "wave": "2025", "tier": "all"}))
    [{"code": "industry", "value": "IT"}, {"code": "wave", "value": "2025"}]
    >>> peers(dict.fromkeys(["industry", "country", "wave", "tier"], "all"))
    'all_clients_and_waves'
    """
    told = [code(name, value=str(cell[name])) for name in GROUPS if cell[name] != ALL]
    return joined(told) if told else EVERYBODY


def in_words(cell: str) -> str:
    """Say a cell in English, for a sentence about a result; what is no code stays as it is.

    Examples
    --------
    >>> in_words(peers({"industry": "IT", "country": "all", "wave": "2025", "tier": "all"}))
    'industry IT, wave 2025'
    >>> in_words("this_panel"), in_words("too few clients: industry is shown")
    ('this panel, the client itself left out', 'too few clients: industry is shown')
    """
    return ", ".join(
        _WORDS[one["code"]].format(**one) if one["code"] in _WORDS else one["code"]
        for one in codes(cell)
    )
