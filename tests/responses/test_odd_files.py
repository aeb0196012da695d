"""Links, devices, bombs and names in two forms under data/raw end in one clear line, at once."""

from __future__ import annotations

import os
import time
import zipfile

import pytest

from crqlab import DataError, responses
from tests.responses.conftest import answers, study, texts, write_csv

POSIX = pytest.mark.skipif(os.name == "nt", reason="links and pipes are other ones on Windows")


def said(found):
    start = time.monotonic()
    with pytest.raises(DataError) as caught:
        responses.read(found)
    assert time.monotonic() - start < 5
    return str(caught.value)


@POSIX
def test_links_that_lead_out_and_what_is_no_file_are_refused(root, plain):
    path = plain.raw / "answers.csv"
    elsewhere = root / "elsewhere.csv"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert "is a link that leads out of the study's folder" in said(plain)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "leads out of the study's folder" in said(plain)
    path.unlink()
    path.symlink_to(path)
    assert "is not in the study's folder" in said(plain)
    path.unlink()
    os.mkfifo(path)
    assert "is no file (a folder, device or pipe)" in said(plain)
    path.unlink()
    path.mkdir()
    assert "is no file (a folder, device or pipe)" in said(plain)
    path.rmdir()
    elsewhere.rename(plain.raw / "real.csv")
    path.symlink_to("real.csv")
    assert len(responses.read(plain).responses) == 6


def test_a_name_in_another_form_of_unicode_is_read_and_two_are_refused(root):
    composed, apart = "Gr\u00fc\u00dfe.csv", "Gru\u0308\u00dfe.csv"
    found = study(root, f"{{file: {composed}, wave: 2025}}")
    table = answers()
    write_csv(found.raw / apart, [list(table.columns), *texts(table)])
    assert len(responses.read(found).responses) == 6
    assert composed in found.sources()
    write_csv(found.raw / composed, [list(table.columns), *texts(table)])
    if len(list(found.raw.glob("*.csv"))) == 2:
        assert "is there twice, in two forms of Unicode" in said(found)
    with pytest.raises(DataError, match="twice; answers would count double"):
        _ = study(root, composed, apart).codebook


def test_an_archive_that_unpacks_to_more_than_any_memory_is_refused(root):
    found = study(root, "{file: answers.xlsx, wave: 2025}")
    with zipfile.ZipFile(found.raw / "answers.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(200 << 20))
    assert "unpacks to 200 MB, which no survey or CRM fills" in said(found)
