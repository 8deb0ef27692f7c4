"""pydantic's errors as findings: where in the document, what was found, what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from models.references import nearest
from models.reports import Finding
from models.resources import Vector
from planner.formats.documents.shapes import (
    Spot,
    WrittenEntries,
    follow,
    keys_of,
    model_at,
    models_in,
    repeated_models,
    tag_of,
)

_QUOTED = re.compile(r"'([^']*)'")
_WORDS = {
    "string_type": "text (in quotes where it looks like a number)",
    "string_too_short": "text of at least one character",
    "tuple_type": "a list",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
}


def findings_of(error: ValidationError, data: Any, shape: Any) -> list[Finding]:
    """Say every error of a validation in the words of the document.

    Parameters
    ----------
    error : ValidationError
    data : dict or list
        The plain data that was validated.
    shape : type or annotation
        What it was validated as: a model, or a union of models.
    """
    root, entries = Spot((), data, shape), WrittenEntries(data)
    details = error.errors(include_url=False)
    findings = [finding for detail in details for finding in _translated(detail, root, entries)]
    return list(dict.fromkeys(_without_noise(findings)))


def _translated(detail: Any, root: Spot, entries: WrittenEntries) -> Iterable[Finding]:
    kind, location, context = detail["type"], entries.written(detail["loc"]), detail.get("ctx", {})
    spot = follow(root, location)
    if kind == "references":
        yield from entries.place(context["findings"])
    elif kind == "extra_forbidden":
        yield _unknown_key(follow(root, location[:-1]), str(location[-1]))
    elif kind == "missing":
        yield Finding(spot.path, "nothing", f"the key {location[-1]!r}")
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        yield _wrong_tag(spot)
    elif kind == "literal_error":
        valid = _QUOTED.findall(context["expected"])
        yield Finding(spot.path, shown(spot.value), _one_of(valid), nearest(str(spot.value), valid))
    elif kind == "recursion_depth_exceeded":
        yield Finding(spot.path[:8], "too many levels", "fewer mappings and lists inside each other")
    else:
        found, expected = _worded(kind, detail, spot.value)
        path = (*spot.path, context["key"]) if kind == "quantity" and "why" in context else spot.path
        yield Finding(path, found, expected)


def _unknown_key(spot: Spot, key: str) -> Finding:
    model = model_at(spot)
    path = (*spot.path, key)
    if model in repeated_models() and key == "count":
        return Finding(path, shown(spot.value["count"]), "a whole number from 0 to 100,000")
    keys = keys_of(model) if model else []
    hint = nearest(key, keys)
    if model is not None and issubclass(model, Vector):
        hint = _vector_hint(key, hint)
    return Finding(path, f"the unknown key {key!r}", _one_of(keys) if keys else "a known key", hint)


def _vector_hint(key: str, hint: str) -> str:
    """Resources have names that people write in other ways."""
    names = {
        "mem": "memory",
        "ram": "memory",
        "vcpu": "cpu",
        "vcpus": "cpu",
        "cores": "cpu",
        "disk": "ephemeral_storage",
    }
    return names.get(key.lower(), hint)


def _wrong_tag(spot: Spot) -> Finding:
    tags = [tag for model in models_in(spot.shape) if (tag := tag_of(model))]
    key, valid = tags[0][0], [value for _, value in tags]
    if not isinstance(spot.value, dict):
        return Finding(spot.path, shown(spot.value), _one_of(valid), nearest(str(spot.value), valid))
    if key not in spot.value:
        return Finding((*spot.path, key), "nothing", f"the key {key!r}, {_one_of(valid)}")
    found = spot.value[key]
    return Finding((*spot.path, key), shown(found), _one_of(valid), nearest(str(found), valid))


def _worded(kind: str, detail: Any, value: Any) -> tuple[str, str]:
    message = detail["ctx"]["why"] if "why" in detail.get("ctx", {}) else detail["msg"]
    if kind in _WORDS:
        return shown(value), _WORDS[kind]
    if kind == "too_short":
        return f"{detail['ctx']['actual_length']} entries", f"at least {detail['ctx']['min_length']}"
    said, comma, wanted = message.partition(", expected ")
    if comma:
        return said.removeprefix("found "), wanted
    expected = message.removeprefix("expected ").removeprefix("Input should be ").removeprefix("Input ")
    return shown(value), f"a number {expected}" if kind.startswith(("greater_than", "less_than")) else expected


def _one_of(names: list[str]) -> str:
    return f"one of: {', '.join(names)}" if len(names) > 1 else repr(names[0])


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return f"a mapping with {', '.join(map(str, list(value)[:5]))}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _without_noise(findings: list[Finding]) -> list[Finding]:
    """Leave out what only follows from another finding.

    A list is "too short" when its items are wrong, and a key is missing when it is misspelt.
    """
    inner = {finding.path[:n] for finding in findings for n in range(len(finding.path))}
    misspelt = {(*f.path[:-1], f.nearest) for f in findings if f.nearest and f.found.startswith("the unknown key")}
    return [
        finding
        for finding in findings
        if not (finding.expected.startswith("at least ") and finding.path in inner)
        and not (finding.found == "nothing" and finding.path in misspelt)
    ]
