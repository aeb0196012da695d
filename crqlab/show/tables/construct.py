"""The construct in tables: criteria and their numbers, rival models, CRQ beside NPS, choices."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from crqlab.base.instrument import Instrument
from crqlab.construct import Evidence, NpsComparison, Sensitivity
from crqlab.language import OWN, language
from crqlab.show.html import Column, Shown, names, phrases, table
from crqlab.show.number_format import number

ENGLISH = language(OWN)
INDICES = ("cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr")


def construct_criteria(result: Evidence, *, caption: str) -> Shown:
    """Criteria, what follows for each, and the weakest point of those that are not met.

    Parameters
    ----------
    result : Evidence
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> shown = crq.tables.construct_criteria(evidence, caption="Criteria")
    """
    rows = result.summary
    weak = [result.weakest(name) for name in rows["criterion"]]
    columns = [
        Column("question", phrases(_words("criterion", rows["criterion"]))),
        Column("verdict", phrases(_words("verdict", rows["verdict"]))),
        Column(
            "because of", phrases(", ".join(dict.fromkeys(map(_named, _each(w)))) for w in weak)
        ),
        Column("weakest point", phrases(_first_question(points) for points in weak)),
    ]
    return Shown(table(columns, caption=caption), str(result))


def construct_evidence(rows: pd.DataFrame, *, caption: str) -> Shown:
    """Numbers of the evidence with their questions, intervals, verdicts and cautions.

    Parameters
    ----------
    rows : DataFrame
        Of ``Evidence.table``.
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("evidence").query("criterion == 'reliability'")
    >>> shown = crq.tables.construct_evidence(rows, caption="Do the items agree?")
    """
    columns = [
        Column("question", phrases(_questions(rows))),
        Column("measure", phrases(ENGLISH.coded("statistic", one) for one in rows["measure"])),
        *_numbers(rows, ("estimate", "low", "high")),
        Column("verdict", phrases(_words("verdict", rows["verdict"]))),
        _cautions(rows),
    ]
    return Shown(table(columns, caption=caption), caption)


def construct_items(result: Evidence, instrument: Instrument, *, caption: str) -> Shown:
    """Every item of a construct as it was asked, with how well it shows its construct.

    Parameters
    ----------
    result : Evidence
    instrument : Instrument
        Its wordings are shown in the language that comes first in them: the study's.
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> asked = study.codebook.instrument
    >>> shown = crq.tables.construct_items(evidence, asked, caption="What was asked")
    """
    loads = result.loadings[result.loadings["order"] == 1].set_index(["construct", "item"])
    rows = [(one, name) for one, own in instrument.constructs.items() for name in own.items]
    known = loads.reindex(pd.MultiIndex.from_tuples(rows, names=loads.index.names))
    columns = [
        Column("construct", names(instrument.label(one) for one, _ in rows)),
        Column("question", names(instrument.items[name].text or name for _, name in rows)),
        Column("item", names(name for _, name in rows)),
        *_numbers(known, ("loading", "low", "high")),
    ]
    return Shown(table(columns, caption=caption), caption)


def construct_models(result: Evidence, *, caption: str) -> Shown:
    """How well the planned models fit, and one factor alone.

    Parameters
    ----------
    result : Evidence
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("responses"), study.read("respondents")
    >>> evidence = crq.construct.evidence(*tables, study.codebook, draws=20)
    >>> shown = crq.tables.construct_models(evidence, caption="Fit")
    """
    rows = result.rivals
    columns = [
        Column("model", phrases(_words("about", rows["model"]))),
        *_numbers(rows, INDICES, 3),
        *_numbers(rows, ("n",), 0),
        _cautions(rows),
    ]
    return Shown(table(columns, caption=caption), caption)


def crq_and_nps(result: NpsComparison, *, caption: str) -> Shown:
    """What CRQ and NPS share, how both last, and how many answers both need.

    Parameters
    ----------
    result : NpsComparison
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("account_scores"), study.read("respondents")
    >>> versus = crq.construct.compare_with_nps(*tables, draws=20)
    >>> shown = crq.tables.crq_and_nps(versus, caption="CRQ and NPS")
    """
    rows = result.table
    columns = [
        Column("question", phrases(_questions(rows))),
        Column("measure", phrases(ENGLISH.coded("statistic", one) for one in rows["measure"])),
        Column("score", phrases(_words("score", rows["score"]))),
        *_numbers(rows, ("estimate", "low", "high")),
        *_numbers(rows, ("n",), 0),
        _cautions(rows),
    ]
    return Shown(table(columns, caption=caption), str(result))


def crq_and_nps_disagreements(result: NpsComparison, *, caption: str, most: int = 10) -> Shown:
    """Accounts on which CRQ and NPS disagree, the widest gap first.

    Parameters
    ----------
    result : NpsComparison
    caption : str
    most : int
        How many are listed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> tables = study.read("account_scores"), study.read("respondents")
    >>> versus = crq.construct.compare_with_nps(*tables, draws=20)
    >>> shown = crq.tables.crq_and_nps_disagreements(versus, caption="Odd accounts")
    """
    rows = result.disagreements.head(most)
    columns = [
        *(Column(one.replace("_", " "), names(rows[one])) for one in _ACCOUNT),
        *_numbers(rows, ("n",), 0),
        *_numbers(rows, ("crq", "nps", "crq_rank", "nps_rank")),
        Column("kind", phrases(_words("kind", rows["kind"]))),
    ]
    return Shown(table(columns, caption=caption), str(result))


def crq_choices(result: Sensitivity, *, caption: str) -> Shown:
    """Mean CRQ and the order of clients under other choices.

    Parameters
    ----------
    result : Sensitivity
    caption : str

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> found = crq.construct.sensitivity(study.read("respondents"), study.codebook)
    >>> shown = crq.tables.crq_choices(found, caption="CRQ under other choices")
    """
    rows = result.table
    columns = [
        Column("choice", phrases(_words("choice", rows["choice"]))),
        *_numbers(rows, ("crq", "low", "high", "sd", "with_ltr", "rank_correlation")),
        *_numbers(rows, ("clients",), 0),
        Column("farthest", names(rows["farthest"])),
        *_numbers(rows, ("places", "n"), 0),
        Column("unit", names(rows["unit"])),
        _cautions(rows),
    ]
    return Shown(table(columns, caption=caption), str(result))


_ACCOUNT = ("client_id", "wave", "account_id")


def _words(kind: str, codes: Iterable[str]) -> list[str]:
    """Say codes by the messages of ``construct.yaml`` whose names begin with their kind."""
    return [ENGLISH.say(f"construct.{kind}_{one}") for one in codes]


def _each(points: pd.DataFrame) -> Iterable[tuple]:
    return points.itertuples(index=False)


def _named(point: tuple) -> str:
    """What a number is about; its measure where it is about CRQ as a whole."""
    if isinstance(point.label, str):
        return point.label
    if point.about == "crq":
        return ENGLISH.coded("statistic", point.measure)
    known = [f"{kind}{point.about}" for kind in ("grouping.", "construct.about_")]
    return next((ENGLISH.say(code) for code in known if code in ENGLISH), point.about)


def _first_question(points: pd.DataFrame) -> str:
    return "".join(ENGLISH.coded("question", cell) for cell in points["question"].head(1))


def _questions(rows: pd.DataFrame) -> list[str]:
    return [ENGLISH.coded("question", cell) for cell in rows["question"]]


def _numbers(rows: pd.DataFrame, wanted: Iterable[str], decimals: int = 2) -> list[Column]:
    return [
        Column(one.replace("_", " "), [number(value, decimals) for value in rows[one]], True)
        for one in wanted
    ]


def _cautions(rows: pd.DataFrame) -> Column:
    cells: list[str | Markup] = phrases(ENGLISH.caution(cell) or "ok" for cell in rows["flag"])
    return Column("flag", cells)
