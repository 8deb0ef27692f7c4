"""YAML and JSON text to plain data: mappings with text keys, lists, and scalars.

YAML is read from its events, without tags and without the classes behind them. Plain scalars
mean what the core schema of YAML 1.2 says, and less: `null`, `true`, integers and decimal
fractions; all else is text (`yes`, `on`, `2026-01-31`, `1e3`, `.nan`), which the models read further
where they want a date or an amount. So nothing changes its meaning between a file and the
models, and everything that PyYAML writes as text is read as text again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from models.reports import Finding
from planner.errors import InputError
from planner.formats.documents.source import read_text, refuse

MOST_ALIASED = 2_000_000
"""The most nodes that aliases may add to a document."""
DEEPEST = 100
"""The most mappings and lists inside each other."""

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,300})|(?:[-+]?[0-9]{1,300}\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_KNOWN_TAGS = {None, "!"} | {
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")
}
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: str | Path) -> Any:
    """Read the one YAML or JSON document in a file (`-`: standard input).

    Raises
    ------
    InputError
        If the file cannot be read as text, the text is no single document, or a key is given
        twice in a mapping.
    """
    return parse(read_text(path), str(path))


def parse(text: str, source: str) -> Any:
    """Read text as one YAML or JSON document."""
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # YAML, or wrong; the YAML reader knows the place
    found = list(islice(documents(text, source), 2))
    if len(found) > 1:
        raise refuse(source, "several documents (separated by ---)", "one document")
    if not found or found[0] is None:
        raise refuse(source, "an empty document", "a mapping with apiVersion, kind, metadata and spec")
    return found[0]


def documents(text: str, source: str) -> Iterator[Any]:
    """Read every document of a YAML stream, an empty one as None."""
    loader = None
    try:
        loader = _Loader(text)
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                yield _Document(loader, source).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise refuse(
            source, f"broken YAML ({error.problem or error.context})", "well-formed YAML", place=place
        ) from None
    except yaml.YAMLError as error:
        raise refuse(source, f"broken YAML ({' '.join(str(error).split())})", "well-formed YAML") from None
    finally:
        if loader is not None:
            loader.dispose()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key is given twice")
    return mapping


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


@dataclass
class _Open:
    """A mapping or list that is being filled, with the place it will go to."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    size_before: int
    key: str | None = None
    merging: bool = False
    merges: list[Any] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


class _Document:
    """Builds one document from parser events."""

    def __init__(self, loader: Any, source: str) -> None:
        self._next = loader.get_event
        self._source = source
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0  # nodes so far, aliases counted in full
        self._aliased = 0
        self._root: Any = None

    def build(self) -> Any:
        """Take events up to the document's end."""
        while not isinstance(event := self._next(), yaml.DocumentEndEvent):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.MappingStartEvent:
                self._start(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._start(event, [])
            else:
                self._end()
        return self._root

    def _scalar(self, event: Any) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and top.key is None and type(top.value) is dict:
            self._key(top, event)
            return
        self._refuse_tag(event)
        text = event.tag in _TEXT_TAGS or (event.tag is None and not event.implicit[0])
        value = event.value if text else _resolved(event.value)
        self._size += 1
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._place(value)

    def _key(self, top: _Open, event: Any) -> None:
        key = event.value
        line = event.start_mark.line + 1
        if key in top.lines:
            found = f"the key {key!r} twice (lines {top.lines[key]} and {line})"
            raise self._refuse(found, "every key once")
        top.lines[key] = line
        top.key = key
        top.merging = key == "<<" and event.implicit[0]  # a quoted "<<" is a key like any other
        if event.anchor:
            self._anchors[event.anchor] = (key, 1)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            if any(frame.anchor == event.anchor for frame in self._open):
                raise self._refuse(f"*{event.anchor}, which contains itself", "an alias to a finished part")
            raise self._refuse(f"*{event.anchor}", f"an anchor &{event.anchor} before it")
        value, size = self._anchors[event.anchor]
        top = self._open[-1]
        if top.key is None and type(top.value) is dict:
            raise self._refuse(f"*{event.anchor} as a key", "a text key")
        self._size += size
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            raise self._refuse(
                "aliases that grow without measure", f"aliases that stand for at most {MOST_ALIASED:,} nodes"
            )
        self._place(value)

    def _start(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self._refuse_tag(event)
        if self._open and self._open[-1].key is None and type(self._open[-1].value) is dict:
            raise self._refuse("a mapping or list as a key (is a template's {{ }} not filled in?)", "a text key")
        if len(self._open) >= DEEPEST:
            expected = f"at most {DEEPEST} mappings and lists inside each other"
            raise refuse(self._source, "too many levels", expected, place=f"line {event.start_mark.line + 1}")
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._open.append(_Open(value, event.anchor, self._size))
        self._size += 1

    def _end(self) -> None:
        done = self._open[-1]
        if done.merges:
            self._merge(done)
        self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, self._size - done.size_before)
        self._place(done.value)

    def _place(self, value: Any) -> None:
        if not self._open:
            self._root = value
            return
        top = self._open[-1]
        if type(top.value) is list:
            top.value.append(value)
        elif top.merging:
            top.merges.append(value)
            top.key, top.merging = None, False
        elif type(top.value) is dict and top.key is not None:
            top.value[top.key] = value
            top.key = None

    def _merge(self, done: _Open) -> None:
        """Take over the keys of merged mappings (`<<: *base`) that the mapping itself lacks."""
        for merged in done.merges:
            for mapping in merged if isinstance(merged, list) else [merged]:
                if not isinstance(mapping, dict) or not isinstance(done.value, dict):
                    raise self._refuse("<< with something that is no mapping", "<<: *anchor of a mapping")
                for key, value in mapping.items():
                    done.value.setdefault(key, value)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag not in _KNOWN_TAGS:
            raise self._refuse(f"the tag {event.tag}", "plain data without tags")

    def _refuse(self, found: str, expected: str) -> InputError:
        path = (frame.key if isinstance(frame.value, dict) else len(frame.value) for frame in self._open)
        return InputError(self._source, [Finding(tuple(step for step in path if step is not None), found, expected)])


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
