"""Themes that a code frame lacks, proposed from comments that fit none: for the analyst alone."""

from __future__ import annotations

import pandas as pd

from crqlab.comments.code_frames import OTHER
from crqlab.comments.coded_comments import Coded
from crqlab.stats.topics import Topics, topics


def proposals(answers: pd.DataFrame, coded: Coded) -> Topics:
    """Look for themes in what the frame does not know, over all clients of the study.

    Parameters
    ----------
    answers : DataFrame
        What `crqlab.comments.answers` returned.
    coded : Coded

    Returns
    -------
    Topics
        Phrases that occur together (`crqlab.stats.topics`); whether they are a theme, and what
        it is called, is for a person to say, who then adds it to ``themes.yaml``.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> frame = crq.comments.code_frame(study)
    >>> said = crq.comments.answers(study.read("responses"), study.codebook.instrument)
    >>> by_hand = crq.comments.hand_codes(study, frame, said)
    >>> coded = crq.comments.coded(said, frame, by_hand)
    >>> found = crq.comments.proposals(said, coded)
    """
    key = ["response_id", "question"]
    rest = coded.table.loc[coded.table["theme"] == OTHER, key]
    left = answers.merge(rest, on=key)
    return topics(left["words"], languages=left["language"])
