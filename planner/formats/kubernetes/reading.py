"""Reads files of Kubernetes objects, whichever of the two things they are: manifests or a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Defaults, Imported, Report
from planner.formats.kubernetes.manifests import manifests
from planner.formats.kubernetes.objects import read_objects
from planner.formats.kubernetes.snapshot import is_snapshot, snapshot

Meaning = Literal["auto", "manifests", "snapshot"]


def read_kubernetes(
    paths: Iterable[str | Path],
    defaults: Defaults | None = None,
    meaning: Meaning = "auto",
    choices: Choices | None = None,
) -> Imported:
    """Read files and directories of Kubernetes objects in YAML or JSON (`-`: standard input).

    Parameters
    ----------
    paths : iterable of str or Path
    defaults : Defaults, optional
        What containers ask for that state no request.
    meaning : {"auto", "manifests", "snapshot"}
        What should run, or what runs now; `auto`: a snapshot if some pod has a phase.
    choices : Choices, optional
        What to make of rolling updates and of wishes; both are left aside by default.

    Raises
    ------
    InputError
        If a file is unreadable, holds something that is no Kubernetes object, or an object is
        malformed; with the file and the place in it.
    """
    report = Report()
    objects = read_objects(paths, report)
    now = meaning == "snapshot" or (meaning == "auto" and is_snapshot(objects))
    return (snapshot if now else manifests)(objects, defaults or Defaults(), report, choices or NO_CHOICES)


def read_manifests(paths: Iterable[str | Path], defaults: Defaults | None = None) -> Imported:
    """Read manifests: what one would apply to a cluster. See `read_kubernetes`."""
    return read_kubernetes(paths, defaults, "manifests")


def read_snapshot(path: str | Path, defaults: Defaults | None = None) -> Imported:
    """Read what `kubectl get nodes,pods,pv,pvc,pdb -A -o json` wrote. See `read_kubernetes`."""
    return read_kubernetes([path], defaults, "snapshot")
