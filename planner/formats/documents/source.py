"""Reading text from a file or standard input, refusing early what cannot be a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from models.references import nearest
from models.reports import Finding
from planner.errors import InputError

STDIN = "-"
LARGEST = 64 * 2**20
"""Bytes; a scenario of 100,000 rules takes about 15 MB."""

_MAGIC = (
    (b"PK\x03\x04", "a zip archive (an xlsx, docx or jar file is one, too)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x7fELF", "a program (ELF)"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"PAR1", "a Parquet file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


def refuse(source: str, found: str, expected: str, hint: str = "", place: str = "") -> InputError:
    """The error that says one thing about a whole document, or about one place in its text."""
    return InputError(source, [Finding((place,) if place else (), found, expected, hint)])


def read_text(path: str | Path, largest: int = LARGEST) -> str:
    """Read a text file, or standard input where `path` is `-`.

    Parameters
    ----------
    path : str or Path
    largest : int
        The most bytes to accept; a larger file is refused before it is read.

    Raises
    ------
    InputError
        If there is no such file, it is too large or empty, or holds anything but UTF-8 text.
    """
    source = str(path)
    content = _bounded(sys.stdin.buffer, source, largest) if source == STDIN else _content(Path(path), source, largest)
    text = _decoded(content, source)
    if not text.strip():
        raise refuse(source, "an empty file", "a document")
    return text


def _content(path: Path, source: str, largest: int) -> bytes:
    try:
        if path.is_dir():
            raise refuse(source, "a directory", "a file")
        if path.stat().st_size > largest:
            raise _too_large(source, f"{path.stat().st_size / 2**20:,.1f} MiB", largest)
        with path.open("rb") as stream:
            return _bounded(stream, source, largest)
    except FileNotFoundError:
        raise refuse(source, "no such file", "a file", nearest(path.name, _beside(path))) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(source, f"a file that cannot be read ({why})", "a readable file") from None


def _beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return []


def _bounded(stream: BinaryIO, source: str, largest: int) -> bytes:
    """All bytes of a stream; pipes and devices have no size to ask for first."""
    content = stream.read(largest + 1)
    if len(content) > largest:
        raise _too_large(source, f"more than {largest / 2**20:,.0f} MiB", largest)
    return content


def _too_large(source: str, size: str, largest: int) -> InputError:
    return refuse(source, size, f"at most {largest / 2**20:,.0f} MiB")


def _decoded(content: bytes, source: str) -> str:
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise refuse(source, kind, "UTF-8 text")
    if b"\0" in content:
        raise refuse(source, "binary data (it has NUL bytes)", "UTF-8 text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02x}, which is not UTF-8"
        raise refuse(source, found, "UTF-8 text", place=f"line {line}") from None
