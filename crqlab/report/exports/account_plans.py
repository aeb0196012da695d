"""Plans of key accounts, and the board's review: a page and slides each, beside the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from crqlab.base.errors import one_of
from crqlab.base.study import Study, replace
from crqlab.language import OWN
from crqlab.page.assembly import view
from crqlab.page.client_view import ClientView
from crqlab.page.method.html import run_card_lines
from crqlab.page.plans.data import AccountPlan
from crqlab.page.plans.html import account_plan, board_review
from crqlab.page.plans.select import Choice, chosen_accounts, plans
from crqlab.page.plans.slides import board_slides, plan_slides
from crqlab.page.slide import Slide
from crqlab.report.batch import ledger
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.clearance.provenance import RunCard, card
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.run import page_build, render
from crqlab.report.run.notebook_files import stem
from crqlab.report.run.page_language import page_name, spoken_in
from crqlab.show.html import lines

#: Ends the name of a client's folder of plans, behind the name of its page.
FOLDER, BOARD = "plans", "board"
KINDS = ("html", "pptx")
EVERY = Choice()


def export_plans(
    study: Study,
    client: str,
    wave: str,
    choice: Choice = EVERY,
    *,
    board: bool = False,
    kinds: Iterable[str] = KINDS,
    language: str | None = None,
    on: pd.Timestamp | None = None,
) -> list[Path]:
    """Write the plans of some accounts of a client, or the board's review of them.

    Parameters
    ----------
    study : Study
        Its stations must have run.
    client, wave : str
    choice : Choice
        Which accounts; the ten to see first where nothing is said.
    board : bool
        Whether to write one review of all of them in place of a plan each.
    kinds : iterable of str
        ``html`` to read and print, ``pptx`` to edit.
    language : str, optional
        The codebook's if left out.
    on : Timestamp, optional
        The day from which days are counted; that of the wave's last answer if left out.

    Returns
    -------
    list of Path
        ``C017_2025_plans/ACCOUNT.html`` and ``.pptx``; or ``board.html`` and ``.pptx``. All are
        made before the first is written.

    Raises
    ------
    CrqError
        An unknown account, column or kind.
    LeakError
        A plan holds something of another client; none is written.
    DisclosureError
        Plans and earlier files would together tell what is withheld; none is written.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> files = crq.report.export_plans(study, "C019", "2025", kinds=["html"])
    >>> files[0].parent.name
    'C019_2025_plans'
    """
    kinds = list(dict.fromkeys(kinds))
    for kind in kinds:
        one_of("to", kind, KINDS)
    spoken = spoken_in(study, language)
    shown = view(study, client=client, wave=wave, language=spoken)
    ids = chosen_accounts(study, shown, choice)
    made_from = card(study, client=client, wave=wave, language=spoken)
    found = plans(study, shown, ids, on)
    tail = "" if spoken == OWN else f"_{spoken}"
    parts = {BOARD: found} if board else {stem(one.row.account_id): [one] for one in found}
    made: dict[str, bytes] = {}
    for name, some in parts.items():
        files = _files(study, shown, some, made_from, board=board, kinds=kinds)
        made |= {f"{name}{tail}.{kind}": content for kind, content in files.items()}
    passed = gate.passed(made, study, client)
    folder = page_name(client, wave, part=FOLDER)
    cleared(study, client, wave, [f"{folder}/{file}" for file in passed])
    inputs = page_build.inputs(study, page_build.report_notebook(study), {"on": str(on)})
    facts = {"client": client, "wave": wave, "language": spoken}
    written = [replace(study.reports / folder / file, content) for file, content in passed.items()]
    for path in written:
        entry = f"{ledger.EXPORTS}{folder}/{path.name}"
        ledger.made(study, entry, inputs=inputs, parameters=facts, seconds=0.0)
    return written


def _files(
    study: Study,
    shown: ClientView,
    some: Sequence[AccountPlan],
    made_from: RunCard,
    *,
    board: bool,
    kinds: Sequence[str],
) -> dict[str, bytes]:
    """A page and slides of one plan, or of the board's review."""
    told = board_review(shown, some) if board else account_plan(shown, some[0])
    slides = board_slides(shown, some) if board else plan_slides(shown, some[0])
    files = {}
    if "html" in kinds:
        foot = run_card_lines(shown, made_from.table)
        files["html"] = render.document(
            lines(told.html, foot.html),
            title=told.sentence,
            language=shown.language.code,
            synthetic=shown.synthetic,
            unconfirmed=shown.unconfirmed,
            brand=client_brand.of(study, shown.client_id),
        ).encode()
    if "pptx" in kinds:
        files["pptx"] = _deck(study, shown, slides, told.sentence)
    return files


def _deck(study: Study, shown: ClientView, slides: Iterable[Slide], title: str) -> bytes:
    from crqlab.report.exports.pptx_slides import Deck

    deck = Deck(client_brand.of(study, shown.client_id), None, shown.language)
    for slide in slides:
        deck.add(slide)
    return deck.content(title)
