"""What of a draft a person is to confirm: the place in the codebook, how sure it is, and why."""

from __future__ import annotations

from crqlab.base.codebook import RESPONSE_COLUMNS
from crqlab.responses.instrument_draft import Draft

CERTAIN = 0.95  # from here on a draft stands without being confirmed
_LEFT_OPEN = 0.5  # a column left out with no more than this may be an item
_MOVES_ALL = 0.7  # what moves every figure is asked, however plain its header
ASKED = 0.8  # below it a person is asked when the study is laid out


def points(drafted: Draft) -> list[tuple[str, float, str]]:
    """Return the place of everything that was drafted, how sure it is, and what is asked."""
    roles, found = drafted.roles.by_column, []
    for name, item in drafted.items.items():
        role = roles[item.header]
        doubted = f"{item.header!r}: {role.why}" if role.sure < ASKED else ""
        told = [doubted, item.why] if role.sure < _LEFT_OPEN else [item.why or doubted]
        asked = "; ".join(filter(None, told)) or f"is {item.header!r} an item?"
        found.append((f"instrument.items.{name}", min(role.sure, item.sure), asked))
    for header, role in roles.items():
        if role.kind == "ignored" and role.sure <= _LEFT_OPEN:
            found.append(("instrument.items", role.sure, f"{header!r} is left out: {role.why}"))
    for name, one in drafted.constructs.items():
        said = one.why or f"what do {', '.join(one.items)} measure?"
        said += f" drafted: {one.concept}" if one.concept else ""
        found.append((f"instrument.constructs.{name}", one.sure, said))
    if not drafted.items and not drafted.ltr:
        found.append(("instrument.items", 0.0, "no closed question was found"))
    elif not drafted.items:
        said = "nothing but the 0-10 question was found, so there will be NPS and no CRQ"
        found.append(("instrument.items", 0.5, said))
    if drafted.ltr:
        role = roles[drafted.ltr]
        found.append(("instrument.recommend", role.sure, f"{drafted.ltr!r}: {role.why}"))
    else:
        found.append(("instrument.recommend", 0.0, "no 0-10 question was found"))
    if drafted.ltr_recode:
        told = ", ".join(f"{code} as {point}" for code, point in drafted.ltr_recode.items())
        said = f"answers of the 0-10 question that are read as other points: {told}"
        found.append(("responses.recode.ltr", 0.5, said))
    for ours, header in drafted.columns.items():
        if ours in RESPONSE_COLUMNS:
            said = f"is {header!r} the {ours}? {roles[header].why}"
            found.append((f"responses.columns.{ours}", roles[header].sure, said))
    for header in drafted.roles.of("weight"):
        said = f"is {header!r} a survey weight, by which answers are to count?"
        found.append(("weight", min(roles[header].sure, _MOVES_ALL), said))
    for header, role in roles.items():
        if role.kind == "set_aside" and role.sure < CERTAIN:
            found.append(("responses.set_aside", role.sure, f"{header!r} {role.why}; left out"))
    if drafted.looped:
        path = "responses.files" if drafted.looped.loop else "instrument.items"
        found.append((path, drafted.looped.sure, drafted.looped.why))
    for question, answers in drafted.choices.items():
        said = f"{', '.join(answers)} are the options of one choice: {question!r}"
        found.append(("responses.files", 0.85, said))
    if drafted.roles.date_doubt:
        found.append(("responses.files", 0.6, drafted.roles.date_doubt))
    if "account_id" not in drafted.columns:
        said = "no column says to which account a person belongs"
        found.append(("responses.columns.account_id", 0.0, said))
    if drafted.waves:
        said = "in the order of their dates" if "wave" in drafted.columns else "told by dates as"
        found.append(("waves", 0.5, f"{said} {', '.join(drafted.waves)}"))
    if "client_id" not in drafted.columns:
        found.append(("client", 0.0, "the name of the client"))
    return found
