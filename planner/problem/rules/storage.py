"""Storage of claims: where each of their classes is had, what it costs there, and the pools behind it.

On an offering a claim takes the cheapest of its classes that is had there and serves it: a class of the
offering's cloud, or a storage pool whose protection domain holds the offering. Classes without a
price come last; of equally cheap ones the first that the claim names is taken.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.resources import LOCAL_DISK, amounts_of
from models.storage import StorageClass, StoragePool
from models.workload import VolumeClaim, Workload
from planner.problem.draft import Draft
from planner.problem.problem import UNLIMITED

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MIB = 2**20


@dataclass(frozen=True, eq=False)
class _Choice:
    """What a claim takes on each offering.

    Attributes
    ----------
    sources : tuple of StorageClass or StoragePool
        What serves it somewhere, the cheapest first.
    at : int64[O]
        The position in `sources` of what it takes there, -1 where nothing serves it.
    """

    sources: tuple[StorageClass | StoragePool, ...]
    at: Ints

    def taken(self, source: StorageClass | StoragePool) -> Bools:
        """bool[O]: where this source is taken."""
        return np.asarray(self.at == self.sources.index(source))


def compile_rules(draft: Draft) -> None:
    """Narrow claims to where they can be served, charge them per replica, and limit the pools.

    A claim of which nobody knows any class asks for nothing. Volumes of daemonsets cost nothing: hosts
    are not priced by what must run on them.
    """
    known = {*draft.catalog.storage_class_of, *(pool.name for pool in draft.scenario.spec.storage_pools)}
    asking: dict[VolumeClaim, list[int]] = defaultdict(list)  # a workload stands once for each claim of its own
    for w, workload in enumerate(draft.scenario.spec.workloads):
        for claim in workload.volumes:
            if not known.isdisjoint(claim.storage_class):
                asking[claim.model_copy(update={"name": ""})].append(w)
    choices = {claim: _choice(draft, claim) for claim in asking}
    for claim, workloads in asking.items():
        choice = choices[claim]
        if (choice.at < 0).any():
            draft.narrow("storage", sorted(set(workloads)), choice.at >= 0)
        price = _price(claim, choice)
        if price.any():
            for w in workloads:
                draft.charge([w], price)
    _local_disks(draft)
    for pool in draft.scenario.spec.storage_pools:
        _limit(draft, pool, [(claim, choices[claim], workloads) for claim, workloads in asking.items()])


def local_disk_of(workload: Workload, catalog: Catalog) -> int:
    """Bytes of its host's own disks that a replica takes: its claims on classes of scope `host`."""
    return sum(claim.size for claim in workload.volumes if _is_local(claim, catalog))


def shown_demand(workload: Workload, catalog: Catalog) -> dict[str, int]:
    """What a replica takes of its host, local disks included, in units."""
    asked, local = workload.asked(), local_disk_of(workload, catalog)
    return amounts_of(asked | {LOCAL_DISK: asked.get(LOCAL_DISK, 0) + local}) if local else asked


def _is_local(claim: VolumeClaim, catalog: Catalog) -> bool:
    known = [catalog.storage_class_of.get(name) for name in claim.storage_class]
    return bool(known) and all(row is not None and row.local for row in known)


def _choice(draft: Draft, claim: VolumeClaim) -> _Choice:
    had = sorted(_had(draft, claim), key=lambda source: _rank(source, claim))
    at = np.full(len(draft.offerings), -1, dtype=np.int64)
    for k, source in reversed(tuple(enumerate(had))):
        at[_reach(draft, source)] = k
    return _Choice(tuple(had), at)


def _had(draft: Draft, claim: VolumeClaim) -> list[StorageClass | StoragePool]:
    """The classes and pools of a claim that can serve it; local disks only where it names nothing else."""
    pools = {pool.name: pool for pool in draft.scenario.spec.storage_pools}
    local = _is_local(claim, draft.catalog)
    found: list[StorageClass | StoragePool] = []
    for name in claim.storage_class:
        pool, row = pools.get(name), draft.catalog.storage_class_of.get(name)
        if pool is not None:
            if pool.max_iops_per_volume is None or claim.iops <= pool.max_iops_per_volume:
                found.append(pool)
        elif row is not None and row.local == local and row.serves(claim.size, claim.iops, claim.mbps):
            found.append(row)
    return found


def _rank(source: StorageClass | StoragePool, claim: VolumeClaim) -> tuple[bool, Decimal]:
    if isinstance(source, StoragePool):
        return False, Decimal(0)
    return source.unpriced, source.per_month(claim.size, claim.iops, claim.mbps)


def _reach(draft: Draft, source: StorageClass | StoragePool) -> Bools:
    """bool[O]: the offerings on which a class or a pool is had."""
    if isinstance(source, StoragePool):
        return draft.within(source.protection_domain)
    return draft.mask("everywhere", lambda _: True) if source.cloud is None else draft.within(source.cloud)


def _price(claim: VolumeClaim, choice: _Choice) -> Ints:
    """int64[O]: micro-USD per hour of one volume."""
    asked = claim.size, claim.iops, claim.mbps
    prices = [0 if isinstance(source, StoragePool) else _micro(source.per_hour(*asked)) for source in choice.sources]
    return np.array([*prices, 0], dtype=np.int64)[choice.at]


def _micro(usd: Decimal) -> int:
    return int(usd * 1_000_000)


def _local_disks(draft: Draft) -> None:
    for w, workload in enumerate(draft.scenario.spec.workloads):
        size = local_disk_of(workload, draft.catalog)
        if size:
            draft.more_demand[w][LOCAL_DISK] += size


def _limit(draft: Draft, pool: StoragePool, claims: list[tuple[VolumeClaim, _Choice, list[int]]]) -> None:
    """The volumes of a pool, all copies, fit into it in MiB; those on one host keep to its operations.

    A replica asks the operations of every pool that its claims name, though it takes one: safe where the
    domains of several pools overlap, and exact elsewhere.
    """
    weight: dict[int, Ints] = defaultdict(lambda: np.zeros(len(draft.offerings), dtype=np.int64))
    operations = f"pool/{pool.name}-iops"
    for claim, choice, workloads in claims:
        if pool not in choice.sources:
            continue
        taken = choice.taken(pool)
        for w in workloads:
            weight[w] += np.where(taken, -(-pool.taken(claim.size) // MIB), 0)
            if pool.max_iops_per_host is not None:
                draft.more_demand[w][operations] += claim.iops
    if not weight:
        return
    draft.cap(tuple(weight), np.array(list(weight.values())), pool.usable // MIB, f"storage pool {pool.name}")
    if pool.max_iops_per_host is not None:
        inside = draft.within(pool.protection_domain)
        draft.more_room[operations] = np.where(inside, pool.max_iops_per_host, UNLIMITED).astype(np.int64)
