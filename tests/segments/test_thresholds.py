"""A thresholds file says what it means, or is told where it does not."""

import re

import pytest

from crqlab import CrqError, DataError, Study, StudyError
from crqlab.segments import along, publish, published, read, rules, starting
from crqlab.segments.thresholds import STARTING
from crqlab.simulate import write
from tests.segments.made import CONSTRUCTS, RULES, instrument

TEXT = STARTING.read_text(encoding="utf-8")
BROKEN = {
    "misspelt bound": ("{below: 3.75}", "{belwo: 3.75}", "did you mean 'below'"),
    "unknown construct": ("- service:", "- servise:", "did you mean 'service'"),
    "wrong type": ("{below: 3.75}", "{below: low}", "a cut is a number, found 'low'"),
    "truth for a number": ("{below: 3.75}", "{below: true}", "a cut is a number"),
    "misspelt key": ("next: Ambivalent #", "nxt: Ambivalent #", "'nxt' is not a key"),
    "gap": ("otherwise: true", "any: [{crq: {below: 3}}]", "gap: accounts that meet no rule"),
    "overlap of bounds": ("{below: 3.75}", "{below: 5, at_most: 4}", "overlap: below and at_most"),
    "overlap of names": ("name: Stalker", "name: Opponent", "overlap: segment 'Opponent'"),
    "nothing between": ("{below: 3.75}", "{at_least: 5, below: 4}", "nothing lies between"),
    "unreachable": ("crq: {at_least: 5.5}", "crq: {below: 4.4}", "unreachable"),
    "off the scale": ("{below: 3.75}", "{below: 8}", "outside of the scale of crq, 1 to 7"),
    "off the scale of the first": (
        "{scores: [solution, experience], below: 4.25}",
        "{scores: [solution, mean_ltr], below: 9}",
        "outside of the scale of solution, 1 to 7",
    ),
    "unknown rung": ("next: Ambivalent", "next: Friend", "no other segment"),
    "a rung that is no name": ("next: Ambivalent #", "next: {a: b} #", "no other segment"),
    "no bound": ("{below: 3.75}", "{}", "needs a bound"),
    "no rule": ("otherwise: true", "name_: x", "needs one of all, any and otherwise"),
    "a list for a cut": ("{below: 3.75}", "[1, 2]", "needs bounds"),
    "half a gap": ("between: [solution, experience]", "between: [solution]", "gap needs"),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_every_fault_is_named_with_its_line(tmp_path, old, new, said):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read(path)
    cases = error.value.cases
    assert cases["rule"].str.contains(said, regex=False).any(), error.value
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    named = cases.loc[cases["rule"].str.contains(said, regex=False), "row"].iloc[0]
    head = max(m for m in range(1, line + 1) if TEXT.splitlines()[m - 1].startswith("  - name"))
    assert head <= named <= line


def test_a_catch_all_in_the_middle_is_an_overlap(tmp_path):
    text = re.sub(
        r"    any:\n      - crq: \{below: 4.5\}\n(?:        .*\n|      - all.*\n)+",
        "    otherwise: true\n",
        TEXT,
    )
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="overlap: otherwise takes every account"):
        read(path)


def test_several_faults_are_told_at_once(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace("{below: 3.75}", "{belwo: 1}").replace("- value:", "- vlue:"))
    with pytest.raises(DataError) as error:
        read(path)
    assert len(error.value.cases) == 2


def test_a_document_reads_back_as_the_same_rules():
    again = type(RULES).model_validate(RULES.document())
    assert again == RULES
    assert again.fingerprint == RULES.fingerprint


def test_the_fingerprint_changes_with_any_cut():
    moved = RULES.moved({("crq", 5.5): 5.6})
    assert moved.fingerprint != RULES.fingerprint
    assert ("crq", 5.6) in moved.cuts
    assert ("crq", 5.5) not in moved.cuts


def test_another_scale_is_refused_and_can_be_carried_over():
    five = instrument(scale=(1, 5))
    assert "answers from 1 to 7" in RULES.unsuited(five)
    carried = RULES.rescaled(1, 5)
    assert carried.unsuited(five) == ""
    assert dict(carried.cuts)["uniqueness"] == pytest.approx(1 + 4.25 * 4 / 6)
    assert "an assumption" in carried.source
    assert [c.cut for c in carried.conditions if c.kind == "gap"] == [pytest.approx(1.25 * 4 / 6)]


def test_what_an_instrument_does_not_measure_is_told():
    lacks = instrument(constructs=[name for name in CONSTRUCTS if name != "value"])
    assert "look at value" in RULES.unsuited(lacks)
    assert "nps, mean_ltr" in RULES.unsuited(instrument(recommend=None))
    with pytest.raises(CrqError, match="nothing is guessed"):
        RULES.refuse(lacks)


def test_rules_for_one_instrument_refuse_another():
    said = RULES.document()
    said["instrument"] |= {"name": "made", "version": "2"}
    mine = type(RULES).model_validate(said)
    assert "for the instrument made 2, this one is made 1" in mine.unsuited(instrument())


def test_a_release_never_changes(tmp_path):
    path = publish(RULES, tmp_path)
    assert path == tmp_path / "data/processed/releases/thresholds/1.1.yaml"
    assert path.stat().st_mode & 0o222 == 0
    assert published("1.1", root=tmp_path).fingerprint == starting().fingerprint
    before = path.read_bytes()
    with pytest.raises(StudyError, match="published already"):
        publish(RULES.moved({("crq", 5.5): 5.6}), tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["1.1.yaml"]


def test_a_release_that_was_changed_is_refused(tmp_path):
    path = publish(RULES, tmp_path)
    path.chmod(0o644)
    path.write_text(path.read_text().replace("5.5", "5.4"))
    with pytest.raises(DataError, match="changed after it was published"):
        published("1.1", root=tmp_path)


def test_a_version_without_quotes_is_a_word_too(tmp_path):
    text = STARTING.read_text(encoding="utf-8").replace('version: "1.1"', "version: 2.5")
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    assert read(path).version == "2.5"


def test_an_unknown_version_is_told_with_those_there_are(tmp_path):
    publish(RULES, tmp_path)
    with pytest.raises(StudyError, match=r"there are: 1\.1"):
        published("2.0", root=tmp_path)


def asking(root, release):
    """A study whose codebook names a release."""
    write(root, study="mine", clients=1)
    path = root / "data" / "raw" / "mine" / "codebook.yaml"
    path.write_text(f"release: {release}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    return Study("mine", root)


@pytest.mark.slow
def test_a_study_sorts_by_the_release_that_it_names(tmp_path):
    study = asking(tmp_path, "2026.1")
    with pytest.raises(StudyError, match=r"Release '2026\.1', .* is not in data"):
        rules(study)
    quoted = tmp_path / "data/processed/releases/2026.1"
    quoted.mkdir(parents=True)
    assert rules(study).quoted == starting().quoted  # a release without thresholds
    moved = RULES.moved({("crq", 5.5): 5.6}).model_copy(update={"version": "1.2"})
    (quoted / "thresholds.yaml").write_bytes(publish(moved, tmp_path).read_bytes())
    assert rules(study).quoted == moved.quoted
    publish(RULES, tmp_path)
    assert rules(study, "1.1").quoted == RULES.quoted
    (quoted / "thresholds.yaml").write_text(
        (quoted / "thresholds.yaml").read_text().replace("5.6", "5.4")
    )
    with pytest.raises(DataError, match="changed after it was published"):
        rules(study)


@pytest.mark.slow
def test_a_release_takes_sealed_thresholds_along_once(tmp_path):
    study = asking(tmp_path, "2026.1")
    first, second = along(study), along(study)
    assert first == second
    assert "sha256" in first.read_text()
    other = tmp_path / "other.yaml"
    other.write_text(first.read_text().replace("5.5", "5.6").split("sha256")[0])
    with pytest.raises(StudyError, match="published already"):
        along(study, other)
