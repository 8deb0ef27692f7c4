"""Every claim has a class that serves it where it stands, and storage pools are not overfull."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from models.reports import Violation
from models.resources import IOPS, describe_amount
from models.storage import StoragePool
from planner.verify.layout import Layout


def check(layout: Layout) -> Iterator[Violation]:
    """Classes and pools serve their claims; pools keep to their capacity, and to the operations of each host."""
    sources = layout.admission.sources
    taken: dict[str, int] = defaultdict(int)
    operations: dict[tuple[str, str], int] = defaultdict(int)
    for w, stands in layout.stands_of.items():
        for claim in filter(sources.asks, layout.workloads[w].volumes):
            for stand in stands:
                source = sources.of(claim, stand.location)
                if source is None:
                    classes = " or ".join(map(repr, claim.storage_class))
                    message = f"runs on {stand.name} in {stand.location}, where {classes} does not serve its volume"
                    yield Violation("storage", layout.workloads[w].name, message)
                elif isinstance(source, StoragePool):
                    taken[source.name] += source.taken(claim.size) * stand.counts[w]
                    operations[source.name, stand.name] += claim.iops * stand.counts[w]
    yield from _full(layout, taken)
    yield from _busy(layout, operations)


def _full(layout: Layout, taken: dict[str, int]) -> Iterator[Violation]:
    for pool in layout.scenario.spec.storage_pools:
        if taken[pool.name] > pool.usable:
            asked, there = (f"{amount / 2**30:,.6g} GiB" for amount in (taken[pool.name], pool.usable))
            times = f"in {pool.copies} copies each" if pool.copies > 1 else "in one copy each"
            yield Violation("storage", pool.name, f"its volumes take {asked} {times}, {there} usable")


def _busy(layout: Layout, operations: dict[tuple[str, str], int]) -> Iterator[Violation]:
    most = {pool.name: pool.max_iops_per_host for pool in layout.scenario.spec.storage_pools}
    for (pool, host), asked in operations.items():
        limit = most[pool]
        if limit is not None and asked > limit:
            shown = f"{describe_amount(IOPS, asked)} asked of {pool!r}, at most {describe_amount(IOPS, limit)} per host"
            yield Violation("storage", host, shown)
