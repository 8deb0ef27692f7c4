"""Plain data to YAML and JSON text, and text to a file all at once or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal, TextIO

import yaml
from pydantic_core import to_json

from planner.formats.documents.source import refuse

Format = Literal["yaml", "json"]
_NARROW = 88
_NUMBERS = re.compile(r"\[\n\s+(-?\d+(?:,\n\s+-?\d+)*)\n\s*\]")
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Readable(_Dumper):  # type: ignore[misc]
    """Writes short mappings and lists of scalars on one line, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_mapping(tag, mapping, flow_style)
        return _wide_in_blocks(node, [part for pair in node.value for part in pair])

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_sequence(tag, sequence, flow_style)
        return _wide_in_blocks(node, [] if all(not isinstance(item, str) for item in sequence) else node.value)


def _wide_in_blocks(node: Any, parts: list[Any]) -> Any:
    if node.flow_style and sum(len(part.value) + 2 for part in parts) > _NARROW:
        node.flow_style = False
    return node


def to_text(data: Any, form: Format) -> str:
    """Write plain data as YAML or JSON; lists of numbers stay on one line."""
    if form == "json":
        text = to_json(data, indent=2, inf_nan_mode="null").decode()  # json's own indents ten times as slowly
        return _NUMBERS.sub(lambda match: f"[{', '.join(re.findall(r'-?[0-9]+', match[1]))}]", text) + "\n"
    return str(
        yaml.dump(data, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    )


def format_of(target: str | Path | TextIO, default: Format) -> Format:
    """The format that a file's name asks for; `default` where it does not say."""
    suffix = Path(target).suffix.lower() if isinstance(target, str | Path) else ""
    known: dict[str, Format] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}
    return known.get(suffix, default)


def write_text(target: str | Path | TextIO, text: str) -> None:
    """Write text to an open stream, or to a file that is replaced only once all of it is written.

    Raises
    ------
    InputError
        If the file cannot be written; then what stood there before stays.
    """
    if not isinstance(target, str | Path):
        target.write(text)
        return
    path = Path(target).resolve()
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a pipe or device cannot be replaced
            return
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            unfinished.write_text(text, encoding="utf-8", newline="\n")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise refuse(str(target), f"a place that cannot be written ({error.strerror})", "a writable file") from None
