"""Ways in which files come to be odd: broken bytes, odd cells, rows, columns, lines of YAML."""

from __future__ import annotations

import io
import zipfile
from random import Random

Rows = list[list[str]]

#: What stands in cells of real exports, and what somebody may put there on purpose.
CELLS = (
    "", " ", "NaN", "None", "null", "#N/A", "#REF!", "1.231", "1,231", "1e5", "-99", "99", "0",
    "+7", "7.0", "7,0", "4.5", "8", "11", "7 - Strongly agree", "Strongly agree", "½", "٣", "７",
    "1_000", "0x10", "inf", "-inf", "1e400", "9" * 400, "=1+1", "=HYPERLINK(\"http://x\")",
    "\ufeff7", "7\u00a0", "5.", ".5", "1.000.000", "1 234", "1'234", "12.5", "€ 12",
    "31.12.2025", "12/31/2025", "2025-02-30", "2025-13-01", "45000", "0001-01-01", "9999-12-31",
    "2025-03-01T09:00:00+25:00", "x" * 40_000, '"', '""', "a\nb", "a\r\nb", "a\tb", "a;b",
    "a,b", "a|b", "\0", "\x1b[31m", "\ud7ff", "e\u0301", "é", "Total", "Summe", "Grand total",
    "true", "yes", "ja", "<script>alert(1)</script>", "../../etc/passwd",
    "{'ImportId': 'QID1'}", '{"ImportId": "QID1"}', "001", "R_3", "A7", "AO07", "-", ".", "N/A",
    "keep", "exclude", "won", "2025",
)  # fmt: skip
_TOKENS = (
    b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<",
    b"&", b"]]>", b"\x80", b"PK\x03\x04", b"-1", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff",
    b"sep=;\n", b"&x;",
)  # fmt: skip


def damaged(content: bytes, rng: Random, *, behind: int = 0) -> bytes:
    """Return bytes of which some are changed, lost, doubled or put in; none before ``behind``."""
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 9))):
        place = rng.randrange(behind, len(found)) if len(found) > behind else len(found)
        length = min(rng.choice((1, 1, 2, 4, 8, 60)), max(len(found) - place, 0))
        match rng.randrange(7):
            case 0:
                found[place : place + length] = rng.randbytes(length)
            case 1:
                found[place:place] = rng.choice(_TOKENS)
            case 2:
                del found[place : place + length]
            case 3:
                found[place:place] = found[place : place + length] * rng.choice((1, 2, 50))
            case 4:
                del found[place + rng.randrange(1, 200) :]
            case 5 if place < len(found):
                found[place] ^= 1 << rng.randrange(8)
            case _ if place < len(found):
                found[place] = rng.choice((0, 1, 127, 128, 255))
    return bytes(found)


def odd(rows: Rows, rng: Random) -> Rows:
    """Return a table of texts, header first, of which some cells, rows or columns are odd."""
    found = [list(row) for row in rows]
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        width = max(map(len, found), default=0)
        row = rng.randrange(len(found))
        column = rng.randrange(max(width, 1))
        match rng.randrange(16):
            case 0:
                found.insert(row, list(found[row]))
            case 1:
                found.insert(row, [""] * width)
            case 2:
                found.append(["", *[""] * (width - 1)])
                found.append([rng.choice(("Copyright (c) 2025", "Confidential", "Total"))])
            case 3:
                found.insert(0, [rng.choice(("Report of April", "# comment", "Survey"))])
            case 4:
                found = [one[:column] + one[column + 1 :] for one in found]
            case 5:
                found = [one[: column + 1] + one[column:] for one in found]
            case 6:
                del found[row][column:]
            case 7:
                found[row].append(rng.choice(CELLS))
            case 8 if len(found) > 1:
                del found[row]
            case 9:
                found[row], found[-1] = found[-1], found[row]
            case 10:
                found = [[*one, ""] for one in found]
            case 11:
                found[0] = [cell.upper() if rng.random() < 0.3 else cell for cell in found[0]]
            case 12 if column < len(found[0]):
                found[0][column] = rng.choice(CELLS)
            case _ if column < len(found[row]):
                found[row][column] = rng.choice(CELLS)
        found = found or [[""]]
    return found


def odd_yaml(text: str, rng: Random) -> str:
    """Return YAML of which some lines or values are odd."""
    lines = text.splitlines()
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        place = rng.randrange(len(lines)) if lines else 0
        line = lines[place] if lines else ""
        key, colon, value = line.partition(":")
        match rng.randrange(14):
            case 10:
                lines.insert(place, rng.choice(("", "# a note", "   # a note: 1", "   ")))
            case 11:
                lines[place:place] = [f"{line}  # a note"]
                del lines[place + 1 : place + 2]
            case 12 | 13:
                words = [word for word in line.split() if word.isalpha() and len(word) > 3]
                word = rng.choice(words or ["nothing"])
                lines[place:place] = [line.replace(word, rng.choice(_WORDS), 1)]
                del lines[place + 1 : place + 2]
            case 0 if lines:
                del lines[place]
            case 1:
                lines.insert(place, line)
            case 2:
                lines[place:place] = [" " * rng.randrange(9) + line.strip()]
            case 3 if colon:
                lines[place] = f"{key}: {rng.choice(_VALUES)}"
            case 4 if value:
                lines[place] = f"{key}: {{{rng.choice(_VALUES)}}}"
            case 5:
                lines.insert(place, rng.choice(_LINES))
            case 6 if len(line) > 3:
                cut = rng.randrange(len(line))
                lines[place] = line[:cut] + rng.choice(_VALUES) + line[cut:]
            case 7 if len(line) > 3:
                cut = rng.randrange(len(line))
                lines[place] = line[:cut] + line[cut + rng.randrange(1, 4) :]
            case 8 if lines:
                other = rng.randrange(len(lines))
                lines[place], lines[other] = lines[other], lines[place]
            case _ if colon:
                lines[place] = f"{key}:"
    return "\n".join(lines) + "\n"


_VALUES = (
    "null", "~", "[]", "{}", "1", "-1", "0.5", ".inf", ".nan", "1e999", "yes", "NO",
    "2025-01-01", "''", "'\\x00'", "&a [*a]", "*nothing", "!!python/object:os.system x",
    "!!set {a}", "? a", "- a", "|", ">", "[1, 7]", "[7, 1]", "[1, 7, 9]", "{low: 1}", "é",
    "\u202e", "9" * 50, "x" * 3000, "a: b: c", "\t", "#", "%", "@", "`", '"open', "[open",
    "{open", "2025-02-30", "all", "trust", "any", "otherwise",
)  # fmt: skip
_WORDS = ("Ärlighet", "trust", "Être", "value", "it's", "50 %", "a & b", "<b>", "NO", "2025")
_LINES = (
    "unknown: 1", "  unknown: {a: 1}", "- 1", "<<: {a: 1}", "? [a, b]", "---", "...", "\tx: 1",
    "&a: *a", "title: again", "a: &x [*x]", "%YAML 9.9", "x: !!binary ====", "\u2028", "''",
)  # fmt: skip


def damaged_archive(content: bytes, rng: Random) -> bytes:
    """Return a workbook with one broken part, packed again so that a reader gets to it."""
    put = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        chosen = rng.choice(
            [name for name in names if "theme" not in name and "docProps" not in name]
        )
        with zipfile.ZipFile(put, "w", zipfile.ZIP_DEFLATED) as again:
            for name in names:
                part = archive.read(name)
                again.writestr(name, damaged(part, rng) if name == chosen else part)
    return put.getvalue()
