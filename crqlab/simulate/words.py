"""Names and comments, put together from the parts in words.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from crqlab.simulate import model

LANGUAGES = ("en", "sv", "de")
QUESTIONS = ("best", "change", "indispensable")
#: Country: the language of its firms, and the share of its people who answer in it.
SPOKEN = {
    "SE": ("sv", 0.9),
    "DE": ("de", 0.95),
    "GB": ("en", 1.0),
    "NO": ("sv", 0.0),
    "DK": ("sv", 0.0),
    "FI": ("sv", 0.3),
    "IE": ("en", 1.0),
    "AT": ("de", 0.95),
}


@cache
def parts() -> dict[str, Any]:
    """Return everything in words.yaml."""
    path = Path(__file__).with_name("words.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def join(*columns: pa.Array | str, between: str = " ") -> pa.Array:
    """Join texts row by row; an empty cell leaves no gap.

    Examples
    --------
    >>> join(pa.array(["a", None]), pa.array(["b", "c"])).to_pylist()
    ['a b', 'c']
    """
    return pc.binary_join_element_wise(*columns, between, null_handling="skip")


def numbered(prefix: pa.Array | str, numbers: np.ndarray, width: int) -> pa.Array:
    """Texts such as ``A017``: a prefix and a number of at least ``width`` digits."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, padding="0")
    return join(prefix, digits, between="")


def _of(options: Sequence[str], places: np.ndarray) -> pa.Array:
    return pa.array(options).take(pa.array(places % len(options)))


def _by_language(language: np.ndarray, texts: Sequence[pa.Array]) -> pa.Array:
    """Row by row the text in that row's language."""
    return pc.choose(pa.array(language), *texts)


def clients(numbers: np.ndarray, industry: np.ndarray) -> pa.Array:
    """Return names of clients, no two alike."""
    words = parts()["clients"]
    i = numbers - 1
    trades = [words["trade"][name] for name in model.INDUSTRIES]
    later = pa.array(np.where(i < 400, "", (i // 400 + 1).astype(str)))
    stem = join(_of(words["first"], i), _of(words["second"], i // 20 + i), between="")
    name = join(stem, _of(trades, industry))
    return pc.utf8_rtrim_whitespace(join(name, later))


def accounts(language: np.ndarray, client: np.ndarray, number: np.ndarray) -> pa.Array:
    """Return names of accounts; 280 of one client and language before any comes twice."""
    i = number * 89 + client * 37
    texts = []
    for spoken in LANGUAGES:
        words = parts()["accounts"][spoken]
        name, trade = _of(words["names"], i), _of(words["trades"], i // 20)
        texts.append(join(name, trade, _of(words["endings"], number + client)))
    return _by_language(language, texts)


def people(language: np.ndarray, places: np.ndarray) -> pa.Array:
    """Return names of people; equal places and languages give equal names."""
    texts = []
    for spoken in LANGUAGES:
        words = parts()["people"][spoken]
        first = _of(words["first"], places // len(words["last"]))
        texts.append(join(first, _of(words["last"], places)))
    return _by_language(language, texts)


def languages(country: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Language in which each person answers, as a place in `LANGUAGES`."""
    shares = np.array([SPOKEN[name][1] for name in model.COUNTRIES])
    return np.where(u < shares[country], local(country), 0)


def local(country: np.ndarray) -> np.ndarray:
    """Language of a country's firms, as a place in `LANGUAGES`."""
    return np.array([LANGUAGES.index(SPOKEN[name][0]) for name in model.COUNTRIES])[country]


def comment(question: str, language: np.ndarray, scores: np.ndarray, u: np.ndarray) -> pa.Array:
    """Return answers to an open question, empty where people left it out.

    Parameters
    ----------
    question : str
        One of `QUESTIONS`.
    language : array of int
        Places in `LANGUAGES`.
    scores : array, shape (responses, constructs)
        The person's construct means in scale points: what is praised, or not, follows them.
    u : array, shape (responses, 5)
        Uniforms.
    """
    sentences, start, count, topics = _sentences(question)
    topic = _topic(question, scores, topics, u[:, :2])
    row = start[language, topic] + (u[:, 2] * count[language, topic]).astype(int)
    middle = pa.array(sentences).take(pa.array(row))
    openings = [parts()["comments"][name]["openings"] for name in LANGUAGES]
    endings = [parts()["comments"][name][question]["endings"] for name in LANGUAGES]
    bare = topic == len(topics) - 1 if topics[-1] == "none" else np.zeros(len(topic), bool)
    text = join(
        _sometimes(openings, language, u[:, 3], ~bare),
        middle,
        _sometimes(endings, language, u[:, 4], ~bare),
    )
    answered = {"best": 0.55, "change": 0.5, "indispensable": 0.35}[question]
    return pc.if_else(pa.array(u[:, 0] < answered), text, pa.scalar(None, pa.string()))


@cache
def _sentences(question: str) -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    """All sentences, where those of a language and topic start, how many, and the topics."""
    asked = [parts()["comments"][name][question] for name in LANGUAGES]
    topics = [name for name in asked[0] if name != "endings"]
    flat, start, count = [], [], []
    for words in asked:
        for topic in topics:
            start.append(len(flat))
            count.append(len(words[topic]))
            flat += words[topic]
    shape = (len(LANGUAGES), len(topics))
    return flat, np.reshape(start, shape), np.reshape(count, shape), topics


def _topic(question: str, scores: np.ndarray, topics: list[str], u: np.ndarray) -> np.ndarray:
    """What each person writes about: mostly its best or its worst construct."""
    named = [name for name in topics if name != "none"]
    places = [model.CONSTRUCTS.index(name) for name in named]
    levels = np.array([model.LEVELS[name] for name in named])
    better = np.round(scores[:, places] - levels, 6)  # ties are ties on every machine
    order = np.argsort(-better if question == "best" else better, axis=1, kind="stable")
    spread = [0.5, 0.75, 0.9] if topics[-1] == "none" else np.arange(1, len(named)) / len(named)
    rank = np.searchsorted(spread, u[:, 1], side="right")
    topic = order[np.arange(len(order)), rank]
    if topics[-1] != "none":
        return topic
    level = scores @ model.crq_weights()
    silent = level < 3.4 if question == "best" else level > 6.2
    return np.where(silent & (u[:, 1] < 0.6), len(named), topic)


def _sometimes(
    options: Sequence[Sequence[str]], language: np.ndarray, u: np.ndarray, allowed: np.ndarray
) -> pa.Array:
    """One of the language's texts for some 45 % of the rows, nothing for the others."""
    texts = [_of(list(texts), (u / 0.45 * len(texts)).astype(int)) for texts in options]
    chosen = _by_language(language, texts)
    return pc.if_else(pa.array((u < 0.45) & allowed), chosen, pa.scalar(None, pa.string()))
