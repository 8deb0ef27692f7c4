"""Claims outside what their storage class can do, and storage pools that are too small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.storage import StorageClass, StoragePool
from models.units import format_bytes
from models.workload import VolumeClaim
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Claims against classes (any one of several will do), then pools against the sum of their claims."""
    spec = ground.scenario.spec
    pools = {pool.name: pool for pool in spec.storage_pools}
    asked: Counter[str] = Counter()
    for path, workload in ground.workloads:
        for j, claim in enumerate(workload.volumes):
            here = (*path, "volumes", j)
            named = [ground.catalog.storage_class_of.get(name) or pools.get(name) for name in claim.storage_class]
            known = [each for each in named if each is not None]
            if known:
                yield from _claim(here, workload.name, claim, known)
            if len(known) == 1 and isinstance(known[0], StoragePool):
                asked[known[0].name] += workload.count * known[0].taken(claim.size)
    for i, pool in enumerate(spec.storage_pools):
        if asked[pool.name] > pool.usable:
            unwise = f"{pool.name}: claims take {_gib(asked[pool.name])} with copies, it leaves {_gib(pool.usable)}"
            yield ("spec", "storage_pools", i), unwise, "add raw_capacity, or move some claims to another class"


def _claim(
    path: Path, name: str, claim: VolumeClaim, known: list[StorageClass | StoragePool]
) -> Iterator[tuple[Path, str, str]]:
    refusals = [_refusal(each, claim) for each in known]
    if all(refusals):
        yield path, f"{name}: {'; '.join(refusals)}", "ask for less, split the volume, or name another class"
        return
    able = [each for each, refusal in zip(known, refusals, strict=True) if not refusal]
    smallest = [each.smallest or 0 for each in able if isinstance(each, StorageClass)]
    if smallest and len(smallest) == len(able) and min(smallest) > claim.size:
        unwise = f"{name}: asks for {format_bytes(claim.size)} and is billed for {format_bytes(min(smallest))}"
        yield (*path, "size"), unwise, "use the size that is paid, or put several small volumes into one"


def _refusal(of: StorageClass | StoragePool, claim: VolumeClaim) -> str:
    """What of the claim is beyond the class, "" where it serves it."""
    if isinstance(of, StoragePool):
        limits = [("IOPS", claim.iops, of.max_iops_per_volume)]
    elif of.serves(claim.size, claim.iops, claim.mbps):
        return ""
    elif of.largest is not None and claim.size > of.largest:
        return f"{of.name} has volumes up to {format_bytes(of.largest)}, {format_bytes(claim.size)} asked for"
    else:
        limits = [("IOPS", claim.iops, of.max_iops), ("MB/s", claim.mbps, of.max_mbps)]
    beyond = [
        f"{most:,} {what}, {asked:,} asked for" for what, asked, most in limits if most is not None and asked > most
    ]
    return f"{of.name} gives a volume {' and '.join(beyond)}" if beyond else ""


def _gib(size: int) -> str:
    return f"{size / 2**30:,.0f} GiB"
