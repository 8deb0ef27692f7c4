"""Modernising virtual machines: lift-and-shift into a container, or refactoring into parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FROM = "bayplan.io/modernised-from"
"""The label that tells from which virtual machine a workload came."""
_OF_MACHINES = ("kind", "run_as", "parts")


def modernised(entry: Any) -> Iterator[Any]:
    """What a workload's entry in a document stands for: itself, its container, or its parts.

    Entries that are not mappings, or not well formed, pass through for the models to refuse.
    """
    run_as = entry.get("run_as") if isinstance(entry, Mapping) and entry.get("kind") == "virtual_machine" else None
    if run_as == "container":
        kept = {key: value for key, value in entry.items() if key not in _OF_MACHINES}
        yield {**kept, "kind": "stateful_set", "labels": _labelled(entry)}
    elif run_as == "parts" and isinstance(entry.get("parts"), list | tuple) and entry["parts"]:
        inherited = {key: entry[key] for key in ("environment", "team", "priority") if key in entry}
        for part in entry["parts"]:
            if not isinstance(part, Mapping):
                yield entry
                return
            named = {**part, "name": f"{entry.get('name', 'unnamed')}-{part.get('name', 'part')}"}
            kind = "stateful_set" if part.get("volumes") else "service"
            copies = entry.get("replicas", 1) if isinstance(entry.get("replicas", 1), int) else 1
            replicas = part.get("replicas", 1)
            if isinstance(replicas, int):
                named["replicas"] = replicas * copies
            yield {**inherited, **named, "kind": kind, "labels": _labelled(entry)}
    else:
        yield entry


def _labelled(entry: Mapping[str, Any]) -> Any:
    labels = entry.get("labels", {})
    return {**labels, FROM: str(entry.get("name", ""))} if isinstance(labels, Mapping) else labels
