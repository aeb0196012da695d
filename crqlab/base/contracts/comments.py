"""The contracts of what station 9 hands over: what people write about."""

from __future__ import annotations

from crqlab.base.contracts.columns import ACCOUNT, CLIENT, FLAG, LEVEL, SCORE, WAVE, amount, count
from crqlab.base.contracts.schema import Column, Contract

_NOTEBOOK = "85_comments"
_THEME = Column("text", "code of the frame; other where none fits")
_QUESTION = Column("text", "open question of the instrument")

CODE_FRAME = Contract(
    "code_frame",
    _NOTEBOOK,
    ("theme",),
    {
        "theme": Column("text", "short and lasting code"),
        "place": count("in the order of the frame, from 1"),
        "construct": Column("text", "concept or construct that it belongs to"),
        "name": Column("text", "what readers call it, by language, as JSON"),
        "version": Column("text", "of the frame"),
    },
)
COMMENT_THEMES = Contract(
    "comment_themes",
    _NOTEBOOK,
    ("response_id", "question", "theme"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "account_id": ACCOUNT,
        "response_id": Column("text", "whose comment it is"),
        "question": _QUESTION,
        "theme": _THEME,
        "by": Column(
            "text",
            "a person, words of the frame, its nearest example, or nothing",
            options=("hand", "words", "example", "none"),
        ),
    },
)
THEME_SHARES = Contract(
    "theme_shares",
    _NOTEBOOK,
    ("client_id", "wave", "question", "theme"),
    {
        "client_id": CLIENT,
        "wave": WAVE,
        "question": _QUESTION,
        "theme": _THEME,
        "n": count("comments that speak of it"),
        "n_comments": count("comments to the question"),
        "n_accounts": count("accounts of those who write of it"),
        "value": amount("share of the comments", 0, 1),
        "value_low": amount("lower end of its interval", 0, 1),
        "value_high": amount("upper end of its interval", 0, 1),
        "level": LEVEL,
        "value_flag": FLAG,
        "before": Column("text", "the client's wave before with such comments", True),
        "change": amount("share minus that of the wave before", -1, 1),
        "change_low": amount("lower end of its interval"),
        "change_high": amount("upper end of its interval"),
        "p": amount("that as much changes by chance, two-sided", 0, 1),
        "q": amount("false discovery rate among the client's themes", 0, 1),
        "change_flag": Column("text", "'ok', or the codes of the cautions", True),
        "measure": Column("text", "what the score is", True, options=("crq", "ltr")),
        "n_scored": amount("those of them who have a score", 0),
        "score": amount(f"mean of who writes of it {SCORE}"),
        "score_low": amount("lower end of its interval"),
        "score_high": amount("upper end of its interval"),
        "score_flag": Column("text", "'ok', or the codes of the cautions", True),
    },
)
ROLE_THEMES = Contract(
    "role_themes",
    _NOTEBOOK,
    ("client_id", "wave", "question", "role", "theme"),
    {
        "client_id": Column("text", "the supplier firm; empty for all of them together"),
        "wave": WAVE,
        "question": _QUESTION,
        "role": Column("text", "role of who writes"),
        "theme": _THEME,
        "n": count("comments of the role that speak of it"),
        "n_comments": count("comments of the role to the question"),
        "n_accounts": count("accounts of those who write"),
        "value": amount("share of the role's comments", 0, 1),
        "low": amount("lower end of its interval", 0, 1),
        "high": amount("upper end of its interval", 0, 1),
        "level": LEVEL,
        "difference": amount("share minus that of all other roles", -1, 1),
        "difference_low": amount("lower end of its interval", -1, 1),
        "difference_high": amount("upper end of its interval", -1, 1),
        "p": amount("two-sided p value of no difference", 0, 1),
        "q": amount("false discovery rate among the roles and themes of the client's wave", 0, 1),
        "verdict": Column(
            "text",
            "higher or lower where q is below 1 - level; unknown where the difference is",
            options=("higher", "lower", "no_clear_difference", "unknown"),
        ),
        "flag": FLAG,
    },
)
THEME_AGREEMENT = Contract(
    "theme_agreement",
    _NOTEBOOK,
    ("theme",),
    {
        "theme": Column("text", "code of the frame; all for all themes together"),
        "n": count("comments that people coded by hand"),
        "n_hand": count("those in which people saw it"),
        "n_frame": count("those in which the frame sees it"),
        "value": amount("Cohen's kappa", -1, 1),
        "low": amount("lower end of its interval", -1, 1),
        "high": amount("upper end of its interval", -1, 1),
        "level": LEVEL,
        "flag": FLAG,
    },
)
TABLES = (CODE_FRAME, COMMENT_THEMES, THEME_SHARES, ROLE_THEMES, THEME_AGREEMENT)
