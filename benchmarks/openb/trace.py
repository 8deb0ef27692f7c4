"""Host lists and pod lists of the trace "openb" (Weng et al., USENIX ATC 2023), plain or packed by gzip."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
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
    """What a pod asks for: millicores, MiB, milli-GPU (a share of one device, or whole ones), and which models."""

    cpu: int
    memory: int
    milli: int
    models: tuple[str, ...]

    def may_use(self, node: Node) -> bool:
        """Whether an empty host is large enough, and of a model that the pod allows."""
        enough = self.cpu <= node.cpu and self.memory <= node.memory and self.milli <= node.gpus * DEVICE
        return enough and (not self.milli or not self.models or node.model in self.models)


def read_nodes(file: Path) -> Counter[Node]:
    """The types of host of a list, and how many there are of each."""
    return Counter(
        Node(int(row["cpu_milli"]), int(row["memory_mib"]), int(row["gpu"]), row["model"]) for row in _rows(file)
    )


def read_pods(file: Path) -> Counter[Pod]:
    """The different requests of a pod list, and how many pods make each."""
    return Counter(
        Pod(
            cpu=int(row["cpu_milli"]),
            memory=int(row["memory_mib"]),
            milli=_milli(int(row["num_gpu"]), int(row["gpu_milli"] or 0)),
            models=tuple(sorted(set(filter(None, (row.get("gpu_spec") or "").split("|"))))),
        )
        for row in _rows(file)
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
