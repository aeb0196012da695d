"""What a column's header or wording says it is, in the words of several languages."""

from __future__ import annotations

import re

#: Our column: what its header holds (blanks, underscores, points and hyphens are one blank here).
IDENTIFIES = {
    "response_id": r"response id|responseid|respondent id|resp(?:ondent)? ?(?:id|num|nr|no)"
    r"|(?:record|rec)(?: id)?|id|antwort id|svars id|uid|case id|(?:lfd )?nr|identifiant|id de"
    r" (?:la )?(?:réponse|respuesta)|id réponse|antwoord id|respons id|submission id|entry id",
    "contact_id": r"contact ?id|person ?id|externalreference|external ?data ?reference|token"
    r"|participant ?id",
    "account_id": r"(?:acc|account|customer|company|kunden?|kund|kundnr|kundennummer"
    r"|organi[sz]ation|firma|företag|client company|bolag|entreprise|empresa|bedrijf|compte|cuenta"
    r"|société|klant|konto|unternehmen)"
    r"(?: ?(?:id|no|nr|number|nummer|name|key|code|ref(?:erence)?))?"
    r"|(?:code|num[ée]ro|num|no|n|réf(?:érence)?|código|número|id)(?: ?°)?(?: d[eu])?"
    r" (?:client|cliente|compte|cuenta|société|empresa)",
    "client_id": r"(?:client|supplier|leverantör|lieferant)(?: ?(?:id|nr|name))?",
    "wave": r"wave|round|year|assessment|jahr|år|welle|mätomgång",
    "role": r"(?:(?:what is |was ist |vilken är |vad är |quel(?:le)? est |cuál es |wat is )?"
    r"(?:your|ihre|din|votre|su|uw) )?(?:current |job )?(?:role|position|function|job title|title"
    r"|rolle|roll|funktion|befattning|fonction|rôle|poste|cargo|función|functie|rol)"
    r"(?: in (?:your|the) (?:company|organi[sz]ation))?",
    "language": r"(?:user ?|start ?)?lang(?:uage)?|sprache|språk",
    "seconds": r"duration(?: in seconds)?|seconds|interviewtime|time taken|total time",
    "started": r"start ?date(?: utc)?|started|start ?time|date started|time started|date|datum"
    r"|timestamp|zeitstempel|tidstämpel|horodateur|marca temporal|tijdstempel"
    r"|startdatum|startzeit|starttid|begintijd|heure de début|hora de inicio|date de début"
    r"|fecha(?: de inicio)?",
    "finished": r"end ?date|recorded ?date|date submitted|submit ?date(?: utc)?|completion time"
    r"|submitdate|datestamp|date last action|finished at|enddatum|slutdatum|fertigstellungszeit"
    r"|slutförandetid|heure de fin|hora de finalización|tijd van voltooien",
    "batch": r"batch|invitation batch",
    "link": r"collector id|link|distributionchannel|distribution channel|source",
    "weight": r"weight(?:ing)?s?(?: factor)?|wt|gewicht(?:ung)?|vikt",
    "unit": r"(?:business )?unit|division|business area|geschäftsbereich|affärsområde",
    "product": r"product(?: line| group)?|produkt(?:grupp)?",
}
IDENTITY = {ours: re.compile(rf"(?:{sign})$") for ours, sign in IDENTIFIES.items()}
RECOMMENDS = re.compile(
    r"recommend|weiterempf|empfehl|rekommender|recomend|recomi|recommand|aanbevel|anbefal"
    r"|suosit|consigli|poleca|net.?pro|\bnps\b|\bltr\b|likely.*colleague",
    re.IGNORECASE,
)
#: Made from another column by the survey tool or by a person: never an answer.
DERIVED = re.compile(
    r"(?:nps|promoter|recommend).*\b(?:group|category|categories|segment|type|class|bucket|kategori"
    r"|kategorie|gruppe|grupp)|\bnps ?group\b|(?:category|kategori\w*|group|segment) of\b"
    r"|\b(?:average|mean|index|total|overall) ?score\b|\bscore (?:total|average|mean)\b"
    r"|\b(?:csat|crq|ces) ?(?:score|index)\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(
    r"how familiar\b|how well\b.*\bknow|familiarity|wie (?:gut|vertraut).*(?:kennen|vertraut)"
    r"|hur väl känner|connaissez vous (?:bien|notre)|bien connaissez|qué tan bien conoce"
    r"|hoe goed kent",
    re.IGNORECASE,
)
#: Facts about the person, the firm or the session: no ratings.
FACTS = re.compile(
    r"(?:end|recorded?) ?date|month|quarter|week|weekday|monat|quartal|woche|månad|kvartal|vecka"
    r"|mois|mes|maand|naam|namn|nom|nombre|e ?post|adresse de messagerie|correo electrónico|status"
    r"|ip ?address|ipaddr|progress|finished|latitude|longitude"
    r"|location.*|recipient.*|last ?page|seed|refurl|referer|user agent|sessionid|postal|city"
    r"|state.*|country|region|gender|sex|age|alter|kön|ålder|education|income|occupation|strata"
    r"|.*\bcode|version|sample.*|nphh|network id|tags|ending|stage date.*|response set|name"
    r"|(?:first|last|full) name|e ?mail.*|phone.*|response type|legacy comments|industry|branch"
    r"|branche|bransch|tier|.*\btenure\b.*|(?:number|no) of employees|employees|.*headcount.*"
    r"|(?:annual )?revenue|turnover|umsatz|omsättning|years as (?:a )?customer|customer since"
    r"|.*how long have you.*|.*how many (?:years|employees|people).*|.*mitarbeiter.*"
    r"|.*hur många.*|.*wie lange.*|.*wie viele.*",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return a header as signs are looked for in it: lower case, words parted by one blank.

    Examples
    --------
    >>> plain("NPS_Score"), plain("AccountID"), plain("Duration (in seconds)")
    ('nps score', 'account id', 'duration in seconds')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", parted).lower().split())
