"""Reads Kubernetes objects that a test writes down: a pod spec in a few lines, wrapped in a Deployment."""

import tempfile
import textwrap
from pathlib import Path

import yaml

from planner.formats.kubernetes import Defaults, Imported, read_kubernetes

NO_DEFAULTS = Defaults(cpu=0, memory=0)


def imported(*texts: str, defaults: Defaults = NO_DEFAULTS, meaning: str = "manifests") -> Imported:
    text = "\n---\n".join(textwrap.dedent(text) for text in texts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "objects.yaml"
        file.write_text(text, encoding="utf-8")
        return read_kubernetes([file], defaults, meaning)


def deployment(name: str, spec: str = "", *, replicas: int = 1, namespace: str = "", kind: str = "Deployment") -> str:
    """A Deployment (or another kind) whose pods carry `app: NAME` and have the pod spec `spec`."""
    pod = {"containers": [{"name": "main", "image": "x"}], **(yaml.safe_load(textwrap.dedent(spec)) or {})}
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    body = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"replicas": replicas, "template": {"metadata": {"labels": {"app": name}}, "spec": pod}},
    }
    if kind == "DaemonSet":
        del body["spec"]["replicas"]
    return yaml.safe_dump(body)


def said(result: Imported, level: str, text: str) -> bool:
    """Whether a loss of this level speaks of `text`."""
    return any(
        loss.level == level and text in f"{loss.place}: {loss.what}: {loss.consequence}" for loss in result.losses
    )
