"""The contracts of what station 8 hands over: cuts of the panel, and where clients stand."""

from __future__ import annotations

from crqlab.base.contracts.columns import CLIENT, FLAG, LEVEL, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "80_benchmark"
_MEASURE = Column("text", "crq, nps, mean_ltr, uniqueness, a construct, or a share of answers")


def _ends(name: str, says: str, low: float | None = None, high: float | None = None) -> dict:
    return {
        name: amount(says, low, high),
        f"{name}_low": amount(f"lower end of the interval of {name}", low, high),
        f"{name}_high": amount(f"upper end of the interval of {name}", low, high),
    }


DECILES = Contract(
    "deciles",
    _NOTEBOOK,
    ("unit", "view", "by", "industry", "country", "wave", "tier", "measure", "share"),
    {
        "unit": Column("text", "whose scores are cut", options=("client", "account")),
        "view": Column("text", "what the scores are", options=("as answered", "country-adjusted")),
        "by": Column("text", "what the cell is told apart by; all for the whole panel"),
        "industry": Column("text", "the clients' industry; all where not told apart"),
        "country": Column("text", "the clients' country; all where not told apart"),
        "wave": Column("text", "assessment round; all where not told apart"),
        "tier": Column("text", "class of account; all where not told apart"),
        "measure": _MEASURE,
        "share": Column("number", "share of the scores below the cut", low=0, high=1),
        "estimate": amount("the cut (units of the measure)"),
        "low": amount("lower end of its interval"),
        "high": amount("upper end of its interval"),
        "level": LEVEL,
        "shrunken": amount("the cut, drawn towards that of the wider cell by its uncertainty"),
        "n_clients": count("clients behind the cut"),
        "n_accounts": count("accounts behind the cut, each wave anew"),
        "shown": Column("text", "what the cell whose numbers these are is told apart by"),
        "flag": FLAG,
    },
)
POSITIONS = Contract(
    "positions",
    _NOTEBOOK,
    ("client_id", "wave", "measure"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "measure": _MEASURE,
        "value": amount("the client's score (units of the measure)"),
        **_ends("percentile", "share of the peers below", 0, 1),
        "quartile": amount("1 to 4, 4 is the top", 1, 4),
        **_ends("decile", "1 to 10, 10 is the top", 1, 10),
        **_ends("gap", "from the client up to the top decile; below 0 it is above"),
        "before": amount("percentile of the client's wave before", 0, 1),
        **_ends("change", "percentile less that of the wave before"),
        "level": LEVEL,
        "p_upper": amount("probability that the true score lies in the peers' upper half", 0, 1),
        "q": amount("doubt of it among all measures of the client's wave (false discovery)", 0, 1),
        "half": Column(
            "text",
            "of the peers, where q is below 5 %",
            options=("upper", "lower", "middle", "unknown"),
        ),
        "p_unique": amount(
            "probability that the client is Unique in the whole panel: its least likely part", 0, 1
        ),
        "unique": Column(
            "text",
            "for CRQ: whether the client is Unique, where that is likely enough; else unknown",
            True,
            options=("yes", "no", "unknown", ""),
        ),
        "peers": Column("text", "who the client is compared with: codes with values", True),
        "n_clients": count("how many peers"),
        "source": Column("text", "code of this panel, or of the release with its facts"),
        "flag": FLAG,
    },
)
TABLES = (DECILES, POSITIONS)
