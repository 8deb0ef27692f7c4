"""The published table beside what the simulator makes of the same orders of arrival."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks.openb.trace import Node, named_pods
from benchmarks.openb_online.experiment import POLICIES, run
from benchmarks.openb_online.orders import stored
from benchmarks.rows import Row

ARRIVED, END = "gpu_allocated_percent_at_arrival_100", "gpu_allocated_percent_at_end"
Figures = Mapping[tuple[str, str], tuple[float, float]]
"""By variant and policy: percent allocated when all GPUs are asked for, and at the end."""


@dataclass(frozen=True)
class Mean:
    """Means over seeds for a variant and a policy, and CPU seconds of each run."""

    variant: str
    policy: str
    arrived: float
    end: float
    seconds: tuple[float, ...]


def published(file: Path) -> Figures:
    """Read the published means."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {
            (row["variant"], row["policy"]): (float(row[ARRIVED]), float(row[END])) for row in csv.DictReader(lines)
        }


def means(nodes: list[Node], pods: Path, variant: str, orders: Path, seeds: Sequence[int]) -> Iterator[Mean]:
    """Run every policy over the stored orders of a pod list; nothing where it has none."""
    asked = [pod for _, pod in named_pods(pods)]
    found = [(seed, stored(orders, variant, seed)) for seed in seeds]
    for policy in POLICIES:
        ends, spent = list[tuple[float, float]](), list[float]()
        for seed, order in found:
            if order is not None:
                began = time.process_time()
                curve = run(nodes, asked, order, policy, seed).curve
                spent.append(time.process_time() - began)
                ends.append((curve[100], curve[max(curve)]))
        if ends:
            yield Mean(variant, policy, fmean(a for a, _ in ends), fmean(b for _, b in ends), tuple(spent))


def compared(found: Sequence[Mean], figures: Figures) -> Iterator[Row]:
    """A row a policy: the largest difference from a published mean, in points of GPU capacity."""
    for policy in POLICIES:
        own = [mean for mean in found if mean.policy == policy]
        known = [(mean, *figures[mean.variant, policy]) for mean in own if (mean.variant, policy) in figures]
        if not known:
            continue
        arrived = max(abs(mean.arrived - at) for mean, at, _ in known)
        end = max(abs(mean.end - at) for mean, _, at in known)
        yield Row(
            policy,
            round(max(arrived, end), 4),
            None,
            round(median(one for mean, _, _ in known for one in mean.seconds), 3),
            more={
                "at_arrival_100": round(arrived, 4),
                "at_end": round(end, 4),
                "variants": len(known),
                "runs": sum(len(mean.seconds) for mean, _, _ in known),
                "longest": round(max(one for mean, _, _ in known for one in mean.seconds), 3),
                "means": {mean.variant: [round(mean.arrived, 3), round(mean.end, 3)] for mean, _, _ in known},
            },
        )
