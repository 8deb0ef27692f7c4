"""Kubernetes objects as they stand in files: what they are called and who owns them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.reports import Finding
from planner.errors import InputError
from planner.formats.documents.plain import documents
from planner.formats.documents.source import STDIN, read_text
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Report

LARGEST = 512 * 2**20
"""Bytes; a snapshot of 50,000 pods takes about 300 MB."""
DEFAULT_NAMESPACE = "default"
_SUFFIXES = (".yaml", ".yml", ".json")
_CLUSTER_WIDE = {"Node", "PersistentVolume", "StorageClass", "PriorityClass", "RuntimeClass", "Namespace", "CSINode"}


@dataclass(frozen=True)
class Object:
    """One Kubernetes object.

    Attributes
    ----------
    entry : Entry
        The whole object with its place.
    group : str
        Its API group, "" for the core group.
    kind, namespace, name : str
        `namespace` is "" for objects of the whole cluster.
    """

    entry: Entry
    group: str
    kind: str
    namespace: str
    name: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no two objects of a cluster share."""
        return (self.group, self.kind, self.namespace, self.name)

    @property
    def annotations(self) -> dict[str, str]:
        """The object's annotations."""
        return self.entry.get("metadata", "annotations").texts()

    @property
    def labels(self) -> dict[str, str]:
        """The object's labels."""
        return self.entry.get("metadata", "labels").texts()

    @property
    def owner(self) -> tuple[str, str] | None:
        """Kind and name of its controller, or None."""
        for reference in self.entry.get("metadata", "ownerReferences").items():
            if reference.get("controller").flag():
                return reference.get("kind").text(), reference.get("name").text()
        return None

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def read_objects(paths: Iterable[str | Path], report: Report) -> tuple[Object, ...]:
    """Read every object of files and directories (`-`: standard input), lists taken apart.

    An object that is given twice counts as the later one, as `kubectl apply` would have it.

    Raises
    ------
    InputError
        If a file cannot be read, holds something that is no Kubernetes object, or nothing at all.
    """
    found: dict[tuple[str, str, str, str], Object] = {}
    sources = [str(path) for path in paths]
    for source, in_directory in _files(sources):
        for i, document in enumerate(_documents(source)):
            entry = Entry(source, (f"document {i + 1}",), document)
            if in_directory and not _is_object(document):
                report.dropped(f"{source}, document {i + 1}", "no Kubernetes object", "it is left out")
                continue
            for item in _flattened(entry):
                made = _object(item)
                if made.key in found:
                    report.approximated(str(made), "given more than once", "the last one counts")
                found[made.key] = made
    if not found:
        raise InputError(", ".join(sources), [Finding((), "no Kubernetes object", "objects with apiVersion and kind")])
    return tuple(found.values())


def _files(sources: list[str]) -> Iterator[tuple[str, bool]]:
    for source in sources:
        folder = Path(source)
        if source == STDIN or not folder.is_dir():
            yield source, False
        else:
            yield from ((str(path), True) for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES)


def _documents(source: str) -> Iterator[object]:
    text = read_text(source, LARGEST)
    if text.lstrip()[:1] == "{":
        try:
            return iter([json.loads(text)])
        except (ValueError, RecursionError):
            pass  # YAML, or wrong; the YAML reader knows the place
    return (document for document in documents(text, source) if document is not None)


def _is_object(document: object) -> bool:
    return isinstance(document, dict) and bool(document.get("kind")) and bool(document.get("apiVersion"))


def _flattened(entry: Entry) -> Iterator[Entry]:
    """The object itself, or what a `List` (or `PodList`, …) holds."""
    _refuse_strangers(entry)
    if isinstance(entry.value, list):
        for item in entry.items():
            yield from _flattened(item)
    elif entry.get("kind").text().endswith("List") and "items" in entry.mapping():
        inner = entry.get("kind").text().removesuffix("List")
        for item in entry.get("items").items():
            if inner and not item.get("kind"):  # a PodList leaves the kind of its items out
                blank = {"apiVersion": entry.get("apiVersion").text(), "kind": inner, **item.mapping()}
                item = Entry(item.source, item.path, blank)
            yield from _flattened(item)
    else:
        yield entry


def _refuse_strangers(entry: Entry) -> None:
    """Say what a document is if it is no Kubernetes object."""
    if isinstance(entry.value, list):
        return
    keys = entry.mapping()
    if str(keys.get("apiVersion", "")).startswith("bayplan/"):
        found, expected = "a Bayplan document, which needs no import", "Kubernetes objects"
    elif _is_object(keys):
        return
    elif is_compose(keys):
        found, expected = (
            "a Compose file, which is not Kubernetes",
            "Kubernetes objects (convert it first, with kompose)",
        )
    else:
        missing = " and ".join(key for key in ("apiVersion", "kind") if not keys.get(key))
        found, expected = f"a mapping without {missing}", "a Kubernetes object"
    raise InputError(entry.source, [Finding(entry.path, found, expected)])


def is_compose(document: object) -> bool:
    """Whether a document looks like a Compose file."""
    return isinstance(document, dict) and isinstance(document.get("services"), dict) and not document.get("kind")


def _object(entry: Entry) -> Object:
    version, kind = entry.get("apiVersion").text(), entry.get("kind").text()
    group = version.rpartition("/")[0]
    metadata = entry.get("metadata")
    name = metadata.get("name").text() or metadata.get("generateName").text().rstrip("-")
    if not name or len(name) > 253 or any(c in name for c in "*?[]/{} "):
        raise (metadata.get("name") if metadata else metadata).refuse("the name of a Kubernetes object")
    namespace = "" if kind in _CLUSTER_WIDE else metadata.get("namespace").text(DEFAULT_NAMESPACE)
    return Object(entry, group, kind, namespace, name)
