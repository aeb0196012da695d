"""The code frame is a file that an analyst edits, and is told where it does not fit."""

import pytest

from crqlab import DataError
from crqlab.comments import code_frame, shipped
from crqlab.comments.code_frames import SHIPPED, pattern
from tests.segments.test_command import crqlab
from tests.show.fixture import Shape, lay_out

TEXT = SHIPPED.read_text(encoding="utf-8")
OWN = (
    'version: "2"\nthemes:\n'
    "- {code: price, construct: value, name: {en: Price}, words: {en: [price*]}}\n"
)


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=2))


def written(study, text):
    (study.raw / "themes.yaml").write_text(text, encoding="utf-8")
    return study


def test_ours_speaks_three_languages_and_each_theme_in_all_of_them():
    for one in shipped().themes:
        assert set(one.name) == set(one.words) == {"en", "sv", "de"}
        assert all(one.words.values())


def test_a_study_has_its_own_which_only_station_85_reads(study):
    assert code_frame(study).quoted == shipped().quoted
    own = code_frame(written(study, OWN))
    assert own.codes == ("price",)
    assert own.theme("price").called("sv") == "Price"
    other = code_frame(written(study, OWN.replace("price*", "cost*")))
    assert own.fingerprint != other.fingerprint
    assert study.programme("85_comments").keys() == {"themes.yaml"}
    assert study.programme("80_benchmark") == {}
    assert "themes.yaml" not in study.sources()


BROKEN = {
    "twice": (OWN + OWN.splitlines()[2] + "\n", 4, "code 'price' comes twice"),
    "other": (OWN.replace("code: price", "code: other"), 3, "choose another code"),
    "construct": (OWN.replace("value", "valeu"), 3, "'valeu' is neither a concept nor"),
    "nothing": (OWN.replace(", words: {en: [price*]}", ""), 3, "neither words nor examples"),
    "language": (OWN.replace("name: {en:", "name: {English:"), 3, "pattern"),
    "no theme": ('version: "2"\nthemes: []\n', 2, "there is no theme"),
    "no name": (OWN.replace("{en: Price}", "{}"), 3, "has no name"),
    "no version": (OWN.replace('version: "2"\n', ""), 1, "version"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_every_fault_is_told_with_its_line(study, kind):
    text, line, said = BROKEN[kind]
    with pytest.raises(DataError) as caught:
        code_frame(written(study, text))
    case = caught.value.cases.iloc[0]
    assert said in f"{case['column']} {case['rule']}"
    assert (case["file"], case["row"]) == ("themes.yaml", line)


@pytest.mark.parametrize(
    ("word", "said", "held"),
    [
        ("price*", "Prices went up", True),
        ("price*", "They surprise us", False),
        ("app", "The app!", True),
        ("app", "They appear late", False),
        ("call* back", "Nobody calls  back", True),
        ("call* back", "Back calls", False),
        ("24/7", "help 24/7.", True),
        ("idé*", "Idéer behövs", True),
    ],
)
def test_a_word_is_found_whole_with_any_ending_where_a_star_says_so(word, said, held):
    assert bool(pattern((word,)).search(said)) is held


def test_the_command_prints_the_frame_to_start_from(tmp_path):
    said = crqlab("themes", "show", home=tmp_path)
    assert said.exit_code == 0
    assert said.stdout.strip() == TEXT.strip()
