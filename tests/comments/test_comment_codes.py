"""Hand codes are read as written; every line that fits nothing is named."""

import pytest

from crqlab import DataError
from crqlab.comments import coded_lines, shipped
from tests.show.fixture import Shape, lay_out


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=2))


def written(study, text):
    (study.raw / "comment_codes.csv").write_text(text, encoding="utf-8-sig")
    return study


def question(study):
    return next(iter(study.codebook.instrument.comments))


def test_lines_are_read_with_spaces_taken_off(study):
    asked = question(study)
    text = f"response_id, question,theme,coder\nr1,{asked}, price ,eva\nr1,{asked},other,bo\n"
    rows = coded_lines(written(study, text), shipped())
    assert rows.to_numpy().tolist() == [["r1", asked, "price", "eva"], ["r1", asked, "other", "bo"]]


@pytest.mark.parametrize(
    ("line", "row", "rule"),
    [
        ("r1,QQ,prize,eva", 2, "is no theme of this study"),
        ("r1,nope,price,eva", 2, "is no question of this study"),
        (",QQ,price,eva", 2, "is empty"),
        ("r1,QQ,price,", 2, "is empty"),
        ("r1,QQ,price,eva\nr1,QQ,price,eva", 3, "is there twice"),
    ],
)
def test_every_line_that_fits_nothing_is_named(study, line, row, rule):
    text = "response_id,question,theme,coder\n" + line.replace("QQ", question(study)) + "\n"
    with pytest.raises(DataError) as caught:
        coded_lines(written(study, text), shipped())
    case = caught.value.cases.iloc[0]
    assert (case["file"], int(case["row"]), case["rule"]) == ("comment_codes.csv", row, rule)


def test_a_missing_column_and_no_file(study):
    assert coded_lines(study, shipped()).empty
    with pytest.raises(DataError, match="coder"):
        coded_lines(written(study, "response_id,question,theme\n"), shipped())


def test_bytes_that_are_no_csv_are_one_clear_line(study):
    (study.raw / "comment_codes.csv").write_bytes(b"\xff\xfe\x00r\xff,\n")
    with pytest.raises(DataError, match=r"comment_codes\.csv"):
        coded_lines(study, shipped())
