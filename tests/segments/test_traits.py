"""What segments are like is asked from their thresholds, whatever they are called."""

from pathlib import Path

import pytest
import yaml

from crqlab import DataError
from crqlab.segments import publish, published, read, starting
from crqlab.segments.thresholds import STARTING
from tests.segments.test_command import crqlab

FILES = Path(__file__).with_name("files")
TEXT = STARTING.read_text(encoding="utf-8")
WEAK = ("Ambivalent", "Stalker", "Opponent")


@pytest.mark.parametrize(
    ("file", "order", "weak", "top"),
    [
        ("1.0", ("Ambassador", "Rational", *WEAK), WEAK, "Ambassador"),
        (
            "renamed",
            ("Friend", "Sober", "Torn", "Shopper", "Gegner"),
            ("Torn", "Shopper", "Gegner"),
            "Friend",
        ),
        ("renamed_top", ("Partner", "Rational", *WEAK), WEAK, "Partner"),
        (
            "four",
            ("Ambassador", "Rational", "Ambivalent", "Opponent"),
            ("Ambivalent", "Opponent"),
            "Ambassador",
        ),
        ("six", ("Champion", "Ambassador", "Rational", *WEAK), WEAK, "Champion"),
    ],
)
def test_ladder_weakness_and_top_come_from_the_file(file, order, weak, top):
    traits = read(FILES / f"{file}.yaml").traits
    assert traits.order == order
    assert [traits.rung[name] for name in order] == list(range(len(order)))
    assert traits.weak == weak
    assert traits.top == top


def test_the_release_of_0_1_0_reads_and_verifies_with_its_old_hash(tmp_path):
    old = read(FILES / "1.0.yaml")
    assert old.format == 1
    assert old.quoted == "crqlab starting rules 1.0 (74c0ffe8d437)"
    assert old.sha256 == old.fingerprint
    assert old.traits.expected == {"Ambassador": 0.33, "Rational": 0.5}
    assert [one.rule for one in old.segments] == [one.rule for one in starting().segments]
    path = publish(old, tmp_path)
    assert path.read_bytes() == (FILES / "1.0.yaml").read_bytes()
    publish(starting(), tmp_path)
    assert [published(v, root=tmp_path).format for v in ("1.0", "1.1")] == [1, 2]
    broken = tmp_path / "broken.yaml"
    broken.write_text(path.read_text(encoding="utf-8").replace("5.5", "5.4"), encoding="utf-8")
    with pytest.raises(DataError, match="changed after it was published"):
        read(broken)


@pytest.mark.parametrize(
    ("old", "new"),
    [("weak: no", "weak: yes"), ("0.33", "0.34"), ("djupt missnöjd", "missnöjd"),
     ("#1f5582", "#1f5583"), ("Prisjägare", "Jägare")],
)  # fmt: skip
def test_the_fingerprint_of_format_2_holds_every_trait(tmp_path, old, new):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    assert read(path).fingerprint != starting().fingerprint


def test_words_and_colours_are_the_files():
    traits = starting().traits
    assert traits.label("Stalker", "sv") == "Prisjägare"
    assert traits.label("Stalker", "en") == traits.label("Stalker", "de") == "Stalker"
    assert traits.meaning("Opponent", "sv") == "djupt missnöjd"
    assert traits.meaning("Opponent", "de") == "deeply dissatisfied"
    assert traits.colour("Ambassador") == "#1f5582"
    assert (traits.label("Odd"), traits.meaning("Odd"), traits.colour("Odd")) == ("Odd", "", "")


BROKEN = {
    "no weak": ("    weak: yes\n", "", "needs 'weak: yes' or 'weak: no'"),
    "weak is a number": ("weak: yes", "weak: 1", "weak is yes or no, found 1"),
    "no colour": ('"#a84300"', "orange", "colour is '#rrggbb' in quotes, found 'orange'"),
    "meaning without language": (
        "{en: deeply dissatisfied, sv: djupt missnöjd}",
        "unhappy",
        "meaning is a text for each language",
    ),
    "meaning in no language": ("{en: deeply", "{English: deeply", "'English', which is no lang"),
    "empty meaning": ("en: deeply dissatisfied", "en: ' '", "meaning has no text for en"),
    "share of more than all": ("expected: 0.33", "expected: 33", "between 0 and 1, found 33"),
    "shares above one": ("expected: 0.33", "expected: 0.6", "add up to 110%"),
    "two tops": ("    next: Ambivalent # one rung up\n", "", "two tops: Opponent and Ambassador"),
    "a circle": ("    weak: no\n", "    weak: no\n    next: Rational\n", "round in a circle"),
    "a status for a name": ("name: Stalker", "name: Silent", "no segment can be called 'Silent'"),
    "traits in format 1": ("format: 2\n", "", "in front of all segments say 'format: 2'"),
    "format 3": ("format: 2\n", "format: 3\n", "must be 1 or 2"),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_every_fault_of_a_trait_is_named_with_its_line(tmp_path, old, new, said):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read(path)
    named = error.value.cases
    named = named[named["rule"].str.contains(said, regex=False)]
    assert len(named), error.value
    assert 1 <= named["row"].iloc[0] <= TEXT.count("\n")


def test_the_line_is_that_of_the_trait(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace('"#e08a3c"', "grey"), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read(path)
    line = TEXT[: TEXT.index('"#e08a3c"')].count("\n") + 1
    assert error.value.cases["row"].tolist() == [line]


def test_a_ladder_without_rungs_has_no_top(tmp_path):
    path = tmp_path / "mine.yaml"
    document = read(FILES / "1.0.yaml").document()
    document.pop("sha256")
    for one in document["segments"]:
        one.pop("next", None)
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert read(path).traits.top == ""


def test_check_names_what_is_missing(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        (FILES / "renamed.yaml")
        .read_text(encoding="utf-8")
        .replace(", sv: djupt missnöjd", "")
        .replace('    colour: "#1f5582"\n', "")
        .replace("    expected: 0.50\n", ""),
        encoding="utf-8",
    )
    said = crqlab("thresholds", "check", str(path), home=tmp_path)
    assert said.exit_code == 0
    assert said.output.splitlines()[1:] == [
        "missing: Gegner: no meaning in sv",
        "missing: Friend: no colour: grey",
        "missing: Sober: no expected share: no cuts from a mix",
    ]
    whole = crqlab("thresholds", "check", str(STARTING), home=tmp_path).output
    assert "missing" not in whole


def test_check_says_what_format_1_is_lent_and_what_stays_neutral(tmp_path):
    path = tmp_path / "mine.yaml"
    text = (FILES / "1.0.yaml").read_text(encoding="utf-8").split("sha256")[0]
    path.write_text(text.replace("Opponent", "Gegner"), encoding="utf-8")
    said = crqlab("thresholds", "check", str(path), home=tmp_path).output.splitlines()[1:]
    assert said == [
        "missing: format 1 says nothing of segments but rules and rungs; Stalker, Ambivalent, "
        "Ambassador, Rational: as in crqlab starting rules 1.1",
        "missing: Gegner: no meaning in en, no meaning in sv, no word on whether it is weak: "
        "not weak, no colour: grey",
    ]
    traits = read(path).traits
    assert traits.weak == ("Ambivalent", "Stalker")
    assert traits.order == ("Ambassador", "Rational", "Ambivalent", "Stalker", "Gegner")
