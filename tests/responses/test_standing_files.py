"""Exports are read as they stand while a wave is open: whole records alone, nothing in silence."""

import os
import time

import pytest

from crqlab import DataError, Study
from crqlab.base.faults import UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.delimited import half_written, without_records
from crqlab.responses import as_they_stand, new, read

ROWS = "id,account_id,tru_1,tru_2,best\na,K1,7,6,Fine\nb,Å1,1,2,Fine\nc,K2,4,5,Good\n"


def study(tmp_path, text=ROWS):
    export = tmp_path / "export.csv"
    export.write_text(ROWS, encoding="utf-8")
    new("acme", tmp_path, export=export)
    found = Study("acme", root=tmp_path)
    (found.raw / "export.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return found


def looked_at(found):
    with as_they_stand(found) as (copy, waiting):
        return read(copy).responses["response_id"].tolist(), waiting


@pytest.mark.parametrize(
    "tail",
    ["d", "d,K2,4", 'd,K2,4,5,"and then', 'd,K2,4,5,"two\nlines', "d,K2,4,5,Go"],
)
def test_a_line_that_is_being_written_waits_and_is_told(tmp_path, tail):
    ids, waiting = looked_at(study(tmp_path, ROWS + tail))
    assert ids == ["a", "b", "c"]
    assert waiting == {"export.csv": tail.count("\n") + 1}


def test_a_line_cut_in_the_middle_of_a_letter_does_not_change_the_others(tmp_path):
    found = study(tmp_path, (ROWS + "d,K2,4,5,Ö").encode()[:-1])
    os.utime(found.raw / "export.csv", (time.time() - 999,) * 2)
    with as_they_stand(found) as (copy, waiting):
        assert read(copy).responses["account_id"].tolist()[1] == "Å1"
    assert waiting == {"export.csv": 1}


def test_a_file_that_ends_without_a_line_end_is_whole_when_nobody_writes_to_it(tmp_path):
    found = study(tmp_path, ROWS + "d,K2,4,5,Go")
    os.utime(found.raw / "export.csv", (time.time() - 999,) * 2)
    assert looked_at(found) == (["a", "b", "c", "d"], {})


def test_a_quote_that_is_missing_further_up_is_refused_as_ever(tmp_path):
    more = "".join(f"x{n},K2,4,5,Good\n" for n in range(40))
    found = study(tmp_path, ROWS + 'd,K2,4,5,"open\n' + more)
    with pytest.raises(DataError, match="broken CSV"):
        looked_at(found)


def test_a_link_that_leads_out_of_the_folder_is_refused_as_ever(tmp_path):
    found = study(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text(ROWS)
    (found.raw / "export.csv").unlink()
    (found.raw / "export.csv").symlink_to(secret)
    with pytest.raises(DataError, match="leads out"):
        looked_at(found)


def test_raw_files_and_the_folder_of_the_study_stay_as_they_are(tmp_path):
    found = study(tmp_path, ROWS + "d,K2")
    before = {path.name: path.read_bytes() for path in found.raw.iterdir()}
    looked_at(found)
    assert {path.name: path.read_bytes() for path in found.raw.iterdir()} == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_kept_is_kept_byte_for_byte(encoding, end):
    whole = f"id;name{end}a;Åsa{end}b;Öst{end}".encode(encoding)
    begun = f"c;{'x' * 3}".encode(encoding.removesuffix("-sig"))
    begun = begun[2:] if encoding == "utf-16" else begun
    assert half_written(whole + begun, Source(file="a.csv"), fresh=True) == (whole, 1)


def test_bytes_that_are_no_text_are_told():
    with pytest.raises(UnreadableError):
        half_written(b"a,b\n\0\1\0\n", Source(file="a.csv"), fresh=True)


def test_a_sign_that_parts_lines_inside_a_cell_moves_no_record():
    content = "id,name\na,x\u2028y\nb,z\nc,w\n".encode()
    assert without_records(content, lambda cells: cells["id"] == "b") == (
        "id,name\na,x\u2028y\nc,w\n".encode(), 1)  # fmt: skip
