"""Host lists and pod lists of the trace "openb" (Weng et al., USENIX ATC 2023), plain or packed by gzip."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEVICE = 1000


@dataclass(frozen=True, order=True)
class Node:
    """A type of host: millicores, MiB, GPUs and their model ("" without any)."""

    cpu: int
    memory: int
    gpus: int
    model: str

    @property
    def name(self) -> str:
        """Its name as a host type."""
        return f"{self.model or 'cpu'}-{self.gpus}-{self.cpu // 1000}-{self.memory // 1024}"


@dataclass(frozen=True, order=True)
class Pod:
    """What a pod asks for: millicores, MiB, milli-GPU (a share of one device, or whole ones), and which models.

    `spec` is how the list words the models, in any order and some of them twice.
    """

    cpu: int
    memory: int
    milli: int
    models: tuple[str, ...]
    spec: str = field(default="", compare=False)

    def may_use(self, node: Node) -> bool:
        """Whether an empty host is large enough, and of a model that the pod allows."""
        enough = self.cpu <= node.cpu and self.memory <= node.memory and self.milli <= node.gpus * DEVICE
        return enough and (not self.milli or not self.models or node.model in self.models)


def read_nodes(file: Path) -> Counter[Node]:
    """The types of host of a list, and how many there are of each."""
    return Counter(node for _, node in named_nodes(file))


def named_nodes(file: Path) -> list[tuple[str, Node]]:
    """The hosts of a list with their names, by name."""
    return sorted(
        (row["sn"], Node(int(row["cpu_milli"]), int(row["memory_mib"]), int(row["gpu"]), row["model"]))
        for row in _rows(file)
    )


def read_pods(file: Path) -> Counter[Pod]:
    """The different requests of a pod list, and how many pods make each."""
    return Counter(pod for _, pod in named_pods(file))


def named_pods(file: Path) -> list[tuple[str, Pod]]:
    """The pods of a list with their names, by name."""
    return sorted((row["name"], _pod(row)) for row in _rows(file))


def _pod(row: dict[str, str]) -> Pod:
    spec = row.get("gpu_spec") or ""
    return Pod(
        cpu=int(row["cpu_milli"]),
        memory=int(row["memory_mib"]),
        milli=_milli(int(row["num_gpu"]), int(row["gpu_milli"] or 0)),
        models=tuple(sorted(set(filter(None, spec.split("|"))))),
        spec=spec,
    )


def placeable(pods: Counter[Pod], nodes: Collection[Node]) -> Counter[Pod]:
    """The pods that some type of host can take: a few lists ask for a model whose hosts are all too small."""
    return Counter({pod: n for pod, n in pods.items() if any(pod.may_use(node) for node in nodes)})


def _milli(gpus: int, share: int) -> int:
    return share if gpus == 1 else gpus * DEVICE


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with (
        gzip.open(file, "rt", encoding="utf-8", newline="")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8", newline="") as lines
    ):
        yield from csv.DictReader(lines)
