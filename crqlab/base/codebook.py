"""One study's codebook: the instrument, where its files are, and what their columns mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from unicodedata import normalize

from pydantic import BeforeValidator, Field, model_validator

from crqlab.base.codebook_summary import codebook_summary
from crqlab.base.connections.copies import FRAMES, with_copies
from crqlab.base.contracts import contract
from crqlab.base.instrument import Code, Instrument, Strict
from crqlab.base.invitation import Invitation
from crqlab.base.sources import Source, Text
from crqlab.base.wave_entries import Wave, contradictions
from crqlab.base.wording import own_first

Flag = Literal[
    "straight_line",
    "speeder",
    "duplicate",
    "half_empty",
    "flipped",
    "contradiction",
    "inconsistent",
    "outlying",
    "test_answer",
    "unfinished",
    "no_weight",
]
AsideWhy = Literal["preview", "test", "spam", "unfinished", "disqualified"]
Part = Literal["client_id", "wave", "language", "batch"]

#: Our column: what it holds. ``columns`` in a codebook maps these to an export's names.
RESPONSE_COLUMNS = {
    "response_id": "the survey tool's id of one response",
    "client_id": "the supplier firm that was assessed",
    "wave": "the assessment round",
    "account_id": "the customer company",
    "contact_id": "the invited person",
    "role": "the person's role",
    "language": "the language in which the person answered",
    "batch": "a part of the fieldwork with settings of its own",
    "started": "when the person began",
    "seconds": "how long it took, in seconds",
    "ltr": "likely to recommend, 0-10",
    "familiarity": "how well the person knows the relationship",
}


#: One header, or a list of those that files give the same thing.
Headers = Annotated[
    tuple[Text, ...], BeforeValidator(lambda v: v if isinstance(v, list | tuple) else (v,))
]


class Client(Strict):
    """The one client of a study whose files have no client column."""

    id: Text
    name: str = ""
    industry: str = ""
    country: str = ""


def _groups(value: Any) -> Any:
    """Let ``language: [de, fr]`` stand for a list of two groups."""
    if not isinstance(value, dict):
        return value
    pairs = [(k, v if isinstance(v, list | tuple) else [v]) for k, v in value.items()]
    return [{part: name} for part, names in pairs for name in names]


class Responses(Strict):
    """All files with answers, and what is true of every one of them.

    Attributes
    ----------
    files : tuple of Source
    columns : mapping
        Our column or item: the files' column, where all files agree.
    missing : tuple
        Codes that mean "no answer" in every closed question whose scale does not hold
        them: with ``[0, 99]`` an LTR of 0 stays 0. An item may add its own.
    missing_in : mapping
        Codes that mean "no answer" in one column, as in ``ltr: [11]``.
    number_rows : bool
        For files without ids: a response is called after its file and place in it.
    answers : mapping
        Text answers and their scale points: ``Strongly agree: 7``.
    flipped : tuple of mappings
        Known faults of fieldwork: ``[{client_id: C009, wave: 2024, language: de}]`` turns the
        items of these answers round again (LTR and familiarity stay as they are);
        ``language: [de, fr]`` is short for two groups.
    set_aside : mapping of column to mapping of word to reason
        Rows that are no answers in earnest, where the survey tool's own marks are not known:
        ``Kind: {trial run: test}``; reasons are preview, test, spam, unfinished, disqualified.
    recode : mapping of question to mapping of answer to scale point
        Where an answer of one question stands for another point: ``q3: {Agree: 6}``,
        ``ltr: {1: 0, 2: 1}``.
    """

    files: tuple[Source, ...] = Field(min_length=1)
    columns: dict[str, str] = Field(default_factory=dict)
    missing: tuple[Code, ...] = ()
    missing_in: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    number_rows: bool = False
    answers: dict[str, int | float] = Field(default_factory=dict)
    flipped: Annotated[tuple[dict[Part, Text], ...], BeforeValidator(_groups)] = ()
    set_aside: dict[str, dict[Text, AsideWhy]] = Field(default_factory=dict)
    recode: dict[str, dict[Text, int | float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [normalize("NFC", source.file) for source in self.files]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"files lists {twice} twice; answers would count double")
        return self


class Rhythm(Strict):
    """How often every account is meant to be asked.

    Attributes
    ----------
    every_months : int
        Months from one invitation of an account to the next, 1 to 60.
    """

    every_months: int = Field(default=12, ge=1, le=60)


class Roles(Strict):
    """Roles from most to least senior, their weights, and other spellings of them."""

    order: tuple[str, ...] = ()
    weights: dict[str, float] = Field(default_factory=dict)
    spellings: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        stray = [r for r in (*self.weights, *self.spellings.values()) if r not in self.order]
        if stray:
            raise ValueError(f"roles {sorted(set(stray))} are not in order; add them there")
        if bad := [r for r, w in self.weights.items() if not w >= 0]:
            raise ValueError(f"weights of {bad} are negative; a weight is 0 or more")
        return self


class Checks(Strict):
    """When a response is flagged, and which flags leave it out of the scores.

    Attributes
    ----------
    longstring : float
        Share of the items that carry one and the same answer in a row, in (0, 1].
    person_sd : float
        Standard deviation over a person's answers at or below which they are one line.
    speed_ratio, speed_floor : float
        Faster than this share of the wave's median time, or than so many seconds an
        item, is too fast.
    answered : float
        Least share of items answered, in [0, 1].
    even_odd : float or None
        Least consistency of odd and even items over constructs, in [-1, 1]; None: not looked at.
    outlying_p : float or None
        Least probability of so large a distance from the wave's answers (Mahalanobis, read as
        normal), in (0, 1); None: not looked at.
    exclude : tuple of str
        Flags that leave a response out unless ``decisions.csv`` keeps it.
    exclude_together : tuple of str
        Flags that leave a response out only when all of them meet in it: a content
        person may honestly give one answer throughout, but not in no time.
    """

    longstring: float = Field(default=0.9, gt=0, le=1)
    person_sd: float = Field(default=0.0, ge=0)
    speed_ratio: float = Field(default=0.33, gt=0, lt=1)
    speed_floor: float = Field(default=1.0, ge=0)
    answered: float = Field(default=0.5, ge=0, le=1)
    even_odd: float | None = Field(default=None, ge=-1, le=1)
    outlying_p: float | None = Field(default=None, gt=0, lt=1)
    exclude: tuple[Flag, ...] = (
        "duplicate",
        "half_empty",
        "flipped",
        "test_answer",
        "unfinished",
        "no_weight",
    )
    exclude_together: tuple[Flag, ...] = ("straight_line", "speeder")


class Privacy(Strict):
    """What a client's report keeps to itself.

    Attributes
    ----------
    min_scores, min_comments : int
        Smallest groups whose scores, and whose words, may be shown; words ask for no less.
    pseudonyms : bool
        Whether keyed hashes stand in the place of accounts, contacts and account managers.
    few_answers : str
        What is told of an account with fewer answers than ``min_scores``: *words* (its segment, and
        how likely that and a renewal are, in words) or *nothing*. Words tell something of which
        side a single person is on (docs/security.md says how much).
    revenue_figures : int
        Significant figures of amounts of money in all that is written for a client.
    protection : float
        Scale points: what can be worked out of a score that is not shown leaves it a range at
        least so wide.
    alerts : str
        What an alert of an open wave tells (`crqlab watch`): *confidential*, account, rule and
        owner, once enough people of the account have answered; or *identified*, who said what.
    """

    min_scores: int = Field(default=3, ge=1)
    min_comments: int = Field(default=5, ge=1)
    pseudonyms: bool = False
    few_answers: Literal["words", "nothing"] = "words"
    revenue_figures: int = Field(default=3, ge=1, le=15)
    protection: float = Field(default=1.0, ge=0)
    alerts: Literal["confidential", "identified"] = "confidential"

    @model_validator(mode="after")
    def _words_ask_for_more(self) -> Self:
        if self.min_comments < self.min_scores:
            raise ValueError(
                f"min_comments is {self.min_comments}, below min_scores {self.min_scores}; words "
                "tell more of a person than scores, so raise it"
            )
        return self


def _firm(book: Any) -> Any:
    """Part what a codebook says of the clients together from where their list is."""
    listed = book.get("clients") if isinstance(book, dict) else None
    if not isinstance(listed, dict) or "same_firm" not in listed:
        return book
    source = {key: value for key, value in listed.items() if key != "same_firm"}
    return {**book, "clients": source or None, "same_firm": listed["same_firm"]}


def _delivered(book: Any) -> Any:
    """Put the column of the last delivery among those of the accounts' file."""
    header = book.get("last_delivery") if isinstance(book, dict) else None
    if header is None:
        return book
    accounts = book.get("accounts")
    if not isinstance(accounts, dict):
        raise ValueError(
            f"last_delivery names {header!r}, a column of the accounts' file, and accounts: names "
            "no file; add it"
        )
    columns = {**(accounts.get("columns") or {}), "last_delivery": header}
    return {**book, "accounts": {**accounts, "columns": columns}}


class Codebook(Strict):
    """Everything that one study's files do not say about themselves.

    Attributes
    ----------
    title : str
        What the study is called on its pages.
    synthetic : bool
        Printed on every page; true only for made-up data.
    language, currency : str
        Of the questionnaire's wording, and of all revenue.
    cost_per_hour : float or None
        What an hour of the client's people costs, in ``currency``: what actions cost is told in
        money then, else in hours.
    report_language : str
        Of client reports, unless one is asked for in another.
    instrument : Instrument
    responses : Responses
    contacts, accounts, outcomes, clients : Source or None
        CRM exports; None where the firm holds none.
    client : Client or None
        For a study of a single client.
    unconfirmed : tuple of str
        Paths of what was drafted and nobody has confirmed, as in ``instrument.items.q3``: reports
        and exports are refused, or carry a banner.
    waves : mapping of name to Wave
        When each was held, which is their order, and what it asked where that is not everything.
        Files that hold several waves and no column of them are parted by when an answer began.
    weight : tuple of str
        Column of the answers' files that says for how many people, or how much of the population,
        an answer stands (a survey weight); several where files name it differently. Its scale is
        free: in each client's wave weights are taken relative to their mean.
    rhythm : Rhythm
        How often an account is meant to be asked: what was asked within that time and is not
        asked in a wave has only to wait for its turn.
    completion_target : float or None
        Share of the contacts that is to answer, in (0, 1], set before a wave is sent.
    parent_id : tuple of str
        Column of the accounts that names the customer an account belongs to, where one customer
        has several (divisions, sites); several where files name it differently.
    unit, product, country : tuple of str
        Columns, of the answers' files or of the accounts', by which a head-office sheet breaks
        its numbers down; several where files name it differently. Without ``country`` it is the
        account's.
    last_delivery : str or None
        Column of the accounts' file that says when an account was last delivered to: scores are
        told by the years since then.
    same_firm : bool
        Whether the clients are units of one firm, so that one file may hold several; written
        ``clients: {same_firm: yes}``.
    invitation : Invitation
        Letters, and who approves contact lists (`crqlab invitations`).
    release : str or None
        Name of the release in ``data/processed/releases`` that gives the benchmark and the
        thresholds; without one a study is compared within itself.
    """

    title: str
    synthetic: bool = False
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    report_language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    currency: str = ""
    cost_per_hour: float | None = Field(default=None, gt=0)
    client: Client | None = None
    release: Text | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")
    instrument: Instrument
    responses: Responses
    waves: dict[Text, Wave] = Field(default_factory=dict)
    weight: Headers = ()
    rhythm: Rhythm = Rhythm()
    completion_target: float | None = Field(default=None, gt=0, le=1)
    parent_id: Headers = ()
    unit: Headers = ()
    product: Headers = ()
    country: Headers = ()
    last_delivery: Text | None = None
    unconfirmed: tuple[str, ...] = ()
    contacts: Source | None = None
    accounts: Source | None = None
    outcomes: Source | None = None
    clients: Source | None = None
    same_firm: bool = False
    roles: Roles = Roles()
    checks: Checks = Checks()
    privacy: Privacy = Privacy()
    invitation: Invitation = Invitation()

    @model_validator(mode="before")
    @classmethod
    def _queries(cls, value: Any) -> Any:
        value = _delivered(_firm(with_copies(value)))
        if isinstance(value, dict) and isinstance(value.get("instrument"), dict):
            own = str(value.get("language", "en"))
            value = {**value, "instrument": own_first(value["instrument"], own)}
        return value

    @model_validator(mode="after")
    def _columns_known(self) -> Self:
        asked = self.instrument
        known = {*RESPONSE_COLUMNS, *asked.items, *asked.comments}
        for key, columns in (
            ("columns", self.responses.columns),
            ("missing_in", self.responses.missing_in),
            ("recode", self.responses.recode),
            *(("columns", s.columns) for s in self.responses.files),
            *(("not_asked", s.not_asked) for s in self.responses.files),
        ):
            if stray := sorted(set(columns) - known):
                raise ValueError(f"responses > {key} names {stray}; not an item or known column")
        return self

    @model_validator(mode="after")
    def _waves_agree(self) -> Self:
        if faults := contradictions(self.waves, self.instrument, self.responses.files):
            raise ValueError("; ".join(faults))
        return self

    @model_validator(mode="after")
    def _frames_known(self) -> Self:
        for table in FRAMES:
            source, known = getattr(self, table), contract(table).columns
            if source and (stray := sorted(set(source.columns) - set(known))):
                raise ValueError(f"{table} > columns names {stray}; it has {', '.join(known)}")
        return self

    def __str__(self) -> str:
        return codebook_summary(self)

    def columns_of(self, source: Source) -> dict[str, str]:
        """Return our column: the file's column, for one file with answers."""
        return {**self.responses.columns, **source.columns}
