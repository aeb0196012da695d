"""The tables of this station, written for those that follow."""

from __future__ import annotations

from pathlib import Path

from crqlab.base.contracts import frames
from crqlab.base.study import Study
from crqlab.comments.coded_comments import Coded
from crqlab.comments.frame_agreement import Agreement
from crqlab.comments.theme_shares import Shares
from crqlab.comments.themes_by_role import RoleThemes


def keep(
    study: Study,
    *,
    coded: Coded,
    shares: Shares,
    by_role: RoleThemes,
    agreement: Agreement,
    level: float,
) -> tuple[Path, ...]:
    """Write the tables of this station, as `frames.keep` does: all of them, or none.

    Parameters
    ----------
    study : Study
    coded, shares, agreement
        As the functions of these names return them.
    by_role : RoleThemes
    level : float
        What they were called with, for the run card.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    >>> coded = crq.comments.coded(said, frame, by_hand)
    >>> shares = crq.comments.shares(coded, study.read("respondents"))
    >>> found = {"shares": shares, "agreement": crq.comments.agreement(coded, by_hand)}
    >>> found["by_role"] = crq.comments.role_themes(coded, study.read("respondents"))
    >>> paths = crq.comments.keep(study, coded=coded, **found, level=0.95)
    """
    tables = {
        "code_frame": coded.frame.table,
        "comment_themes": coded.table,
        "theme_shares": shares.table,
        "role_themes": by_role.table,
        "theme_agreement": agreement.table,
    }
    return frames.keep(study, tables, level=level, frame=coded.frame.quoted)
