"""What is asked of the panel, written once for every engine.

A response becomes one number per measure, as station 3 has it; an account's wave becomes four
sums per measure: how many, their sum, their sum of squares, and how many responses in all. Where
the panel has survey weights sums are weighted by them, and the weights are summed up as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from math import ceil, comb
from typing import TYPE_CHECKING, Any

from crqlab.base.errors import DataError
from crqlab.base.instrument import Instrument

if TYPE_CHECKING:
    import ibis

ROUNDING = 1e-9
MOST_SUMS = 24
NARROW = 128
#: By engine: its functions that hash a number and a text, and of which kind hashes are.
HASHES = {
    "duckdb": ("hash", "hash", "uint64"),
    "postgres": ("hashfloat8extended", "hashtextextended", "int64"),
    "pyspark": ("xxhash64", "xxhash64", "int64"),
}
_HASHED = ("float64", "string")
SHORT = (1 << 40) - 87  # a prime: sums of as many hashes as there are rows stay whole numbers
NO_NUMBER, NO_TEXT = -1.5e300, "\x1f"  # stand for a missing cell, which some engines pass over
KEY = ("client_id", "wave", "account_id")


def measures_of(asked: Instrument) -> tuple[str, ...]:
    """Return what is benchmarked of an instrument, in the order of reports.

    Examples
    --------
    >>> mini = Instrument.model_validate({"name": "m", "version": "1", "scale": [1, 7],
    ...     "items": {"t": "Keeps its word"}, "crq": {"constructs": ["trust"]},
    ...     "constructs": {"trust": {"label": "Trust", "items": ["t"]}}})
    >>> measures_of(mini)
    ('crq', 'nps', 'mean_ltr', 'trust')
    """
    return (
        *(("crq",) if asked.crq.constructs else ()),
        "nps",
        "mean_ltr",
        *(("uniqueness",) if asked.uniqueness else ()),
        *asked.constructs,
    )


def surveyed(responses: ibis.Table) -> bool:
    """Whether any response has a survey weight."""
    if "weight" not in responses.columns:
        return False
    some = responses.filter(responses["weight"].notnull())
    return bool(some.select("weight").limit(1).to_pyarrow().num_rows)


def scored(responses: ibis.Table, asked: Instrument, *, weighted: bool = False) -> ibis.Table:
    """One row per included response: its key, and one number per measure or none.

    Parameters
    ----------
    responses : ibis table
        With ``client_id``, ``wave``, ``account_id``, the items, and if they are there
        ``ltr`` and ``included``.
    asked : Instrument
    weighted : bool
        Whether rows have a ``weight`` as well: mean 1 in the client's wave, 1 where that has none.
    """
    own = ["weight"] if weighted else []
    rows = responses.filter(responses.included) if "included" in responses.columns else responses
    means = {
        name: _mean_of(_keyed(rows, construct.items, asked), asked.item_share)
        for name, construct in asked.constructs.items()
        if construct.items
    }
    rows = rows.mutate(weight=_relative(rows)) if weighted else rows
    rows = rows.select(*KEY, *own, _ltr(rows), **means)
    wholes = {
        name: _mean_of([rows[part] for part in construct.parts], asked.item_share)
        for name, construct in asked.constructs.items()
        if construct.parts
    }
    rows = rows.mutate(**wholes) if wholes else rows
    measures = {name: _measure(rows, name, asked) for name in measures_of(asked)}
    return rows.select(*KEY, *own, **measures)


def _relative(rows: ibis.Table) -> Any:
    """Survey weights relative to their mean in the client's wave; the mean where one is missing."""
    import ibis

    given = rows["weight"].cast("float64")
    mean = given.mean().over(ibis.window(group_by=[rows["client_id"], rows["wave"]]))
    return (given / mean).fill_null(1.0)


def check_columns(responses: ibis.Table, asked: Instrument) -> None:
    """Refuse a table of responses that lacks a column of the instrument, with a `DataError`."""
    import pandas as pd

    lacking = [name for name in (*KEY, *asked.items) if name not in responses.columns]
    if lacking:
        alike = {name.casefold(): name for name in responses.columns}
        near = [alike.get(name.casefold(), "") for name in lacking]
        cases = pd.DataFrame(
            {"file": "", "row": "", "column": lacking, "value": near, "rule": "is missing"}
        )
        add = "add the column, or name the study whose instrument this panel has"
        case = "write its name with the capitals that the codebook has, as by a view"
        cases["fix"] = [case if name else add for name in near]
        raise DataError(
            f"The panel's responses lack {len(lacking)} columns of the instrument, the first is "
            f"{lacking[0]!r}. All are listed below; is this the panel of that instrument?",
            cases,
        )


def _ltr(rows: ibis.Table) -> Any:
    import ibis

    given = rows["ltr"] if "ltr" in rows.columns else ibis.null("float64")
    return given.cast("float64").name("ltr")


def _keyed(rows: ibis.Table, items: Sequence[str], asked: Instrument) -> list[Any]:
    """Turn reversed answers round; bring those on other scales onto the instrument's.

    Whole numbers stay in the narrowest kind whose sum cannot overflow.
    """
    ends = [asked.bounds(item) for item in items]
    most = len(items) * max(max(own.high, own.high - own.low, -own.low) for own in ends)
    whole = "int8" if most < NARROW else "int32"
    low, high, turned = asked.scale.low, asked.scale.high, []
    for item, own in zip(items, ends, strict=True):
        answer = rows[item].cast(whole if rows[item].type().is_integer() else "float64")
        answer = own.low + own.high - answer if asked.items[item].reversed else answer
        if own != asked.scale:
            width = (high - low) / (own.high - own.low)
            answer = low + (answer.cast("float64") - own.low) * width
        turned.append(answer)
    return turned


def _mean_of(columns: list[Any], share: float) -> Any:
    """Mean of what is there, where that is enough.

    Nothing comes of a sum with a gap, so the first sum without one is the mean of all that is
    there; most rows need no second. That is half the work of counting gaps.
    """
    import ibis

    least = max(ceil(share * len(columns) - ROUNDING), 1)
    sizes = range(len(columns), least - 1, -1)
    if sum(comb(len(columns), size) for size in sizes) <= MOST_SUMS:
        chosen = [some for size in sizes for some in combinations(columns, size)]
        return ibis.coalesce(*[_mean(some) for some in chosen])
    n = reduce(_add, [ibis.ifelse(column.isnull(), 0, 1) for column in columns])  # noqa: PD003
    total = reduce(_add, [column.fill_null(0).cast("float64") for column in columns])
    some = ibis.cases((n >= least, total / n.cast("float64")), else_=ibis.null("float64"))
    return ibis.coalesce(_mean(columns), some)


def _mean(columns: Sequence[Any]) -> Any:
    return reduce(_add, columns).cast("float64") / float(len(columns))


def _add(one: Any, other: Any) -> Any:
    return one + other


def _measure(rows: ibis.Table, name: str, asked: Instrument) -> Any:
    """One number of a response on one measure."""
    if name == "crq":
        rule = asked.crq
        value = _mean_of([rows[p] for p in rule.constructs], rule.at_least / len(rule.constructs))
        for part in rule.required:  # adds nothing, and nothing is left where it is missing
            value = value + rows[part] * 0.0
        return value
    if name == "nps":
        above = (rows.ltr >= 9).cast("int32") - (rows.ltr <= 6).cast("int32")
        return above.cast("float64") * 100.0
    if name == "mean_ltr":
        return rows["ltr"]
    if name == "uniqueness":
        return _mean_of([rows[part] for part in asked.uniqueness], asked.item_share)
    return rows[name]


def account_waves(
    responses: ibis.Table, asked: Instrument, *, weighted: bool = False
) -> ibis.Table:
    """One row per account and wave: ``n``, and per measure ``n_``, ``sum_`` and ``squares_``.

    Sums are weighted where asked for, and ``weight_`` of a measure is that of who answered it.
    """
    rows = scored(responses, asked, weighted=weighted)
    sums: dict[str, Any] = {"n": rows.count()}
    for name in measures_of(asked):
        value = rows[name]
        times = value * rows["weight"] if weighted else value
        sums[f"n_{name}"] = value.count()
        sums[f"sum_{name}"] = times.sum().fill_null(0.0)
        sums[f"squares_{name}"] = (times * value).sum().fill_null(0.0)
        if weighted:
            heard = rows["weight"].sum(where=value.notnull())  # noqa: PD004
            sums[f"weight_{name}"] = heard.fill_null(0.0)
    return rows.group_by(list(KEY)).aggregate(**sums)


def per_wave(responses: ibis.Table, asked: Instrument, *, weighted: bool = False) -> ibis.Table:
    """One row per wave by which a changed wave is known: ``rows``, and a sum of rows' hashes.

    All that counts is hashed: keys, whether a response is included, items, LTR and, where the
    panel has them, survey weights. The order of rows changes nothing; hashes of two engines differ.
    """
    names = (*KEY, *asked.items, "ltr", "included", *(("weight",) if weighted else ()))
    hashes = (_hashed(responses, names) % SHORT).cast("int64").sum()
    return responses.group_by("wave").aggregate(rows=responses.count(), hashes=hashes)


def _hashed(rows: ibis.Table, names: Sequence[str]) -> Any:
    """Hash each row, cell by cell: the hash of one is the seed of the next."""
    import ibis

    *own, kind = HASHES[rows.get_backend().name]
    number, text = [_builtin(name, of, kind) for name, of in zip(own, _HASHED, strict=True)]
    hashed = ibis.literal(0, kind)
    for name in names:
        cell = rows[name] if name in rows.columns else ibis.literal(0)
        if cell.type().is_string():
            hashed = text(cell.fill_null(NO_TEXT), hashed)
        else:
            cell = cell.cast("int32") if cell.type().is_boolean() else cell
            hashed = number(cell.cast("float64").fill_null(NO_NUMBER), hashed)
    return hashed


def _builtin(name: str, of: str, kind: str) -> Any:
    """A function of the engine, of a cell and the hash of those before it."""
    import ibis

    def function(cell, seed): ...

    function.__name__ = name
    return ibis.udf.scalar.builtin(function, signature=((of, kind), kind))
