"""Words that tell no theme: our own short lists, English and Swedish."""

from __future__ import annotations

#: By language code, lower case; short on purpose, so that it stays readable.
STOPWORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        """
        a about after again all also always am an and any are as at be because been before being
        below between both but by can cannot could did do does doing done down during each even
        ever every few for from further get gets getting go goes going got had has have having he
        her here hers him his how i if in into is it its itself just let like made make makes
        many may me might more most much must my myself never no nor not nothing now of off often
        on once one only or other others our ours out over own per quite rather really same say
        shall she should since so some something sometimes still such take than that the their
        theirs them then there these they thing things this those though through to too two under
        until up upon us use very was we well were what when where whether which while who whom
        why will with within without would yes yet you your yours don doesn didn isn aren wasn
        weren won wouldn couldn shouldn hasn haven hadn ll ve re
        """.split()
    ),
    "sv": frozenset(
        """
        aldrig all alla allt alltid andra att av bara behöver bli blir blev både bör de dem den
        denna deras dess dessa det detta dig din ditt dom du då där därför efter eftersom ej eller
        en ens er era ett fick finns fram från få får för före genom ger gick gå går gör göra ha
        hade han har helt henne hennes hos hon honom hur här i ibland icke in ingen inget ingenting
        inga innan inom inte ja jag kan kanske kom kommer kunde lite man med mellan men mer mest
        mig min mina mitt mot mycket många måste ni nog nu nya när någon något några nära oavsett
        och ofta också om oss på redan samma se sedan sig sin sina sitt ska skall skulle som så
        sådan tar till tills trots under upp ut utan vad var vara varför varit varje vart vem vet
        vi vid vid vilka vilken vilket vill vore vår våra vårt väl vårt än ännu är åt över
        """.split()
    ),
}
