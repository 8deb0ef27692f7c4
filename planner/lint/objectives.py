"""Service objectives that the shape of a workload cannot meet.

What clouds promise of one host in a month: AWS 99.5 % (Amazon Compute SLA, instance level, version
of 2022-05-05), Google Cloud 99.9 % (Compute Engine SLA, single instance, premium network tier; 99.95 %
for memory-optimised families), Azure 99.9 % (Virtual Machines SLA, all disks premium; from secondary
sources). The first two promise 99.99 % only for hosts in several zones together. Such a promise is no
measurement: a breach is paid for, not prevented.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.workload import Workload
from planner.lint.ground import Ground, Path

ONE_HOST = {"aws": 0.995, "gcp": 0.999, "azure": 0.999}
"""The share of a month that a cloud promises for one host."""
SEVERAL_ZONES = 0.9995
"""From this objective on, one zone is too little."""


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Objectives against replicas, and against the domains that the rules spread them over."""
    for w, (path, workload) in enumerate(ground.workloads):
        objective = workload.objective
        if objective is None or not workload.count:
            continue
        here, name = (*path, "objective"), workload.name
        if objective.min_replicas > workload.count:
            unwise = f"{name}: {objective.min_replicas:,} replicas must run, and there are {workload.count:,}"
            yield (*here, "min_replicas"), unwise, f"run at least {objective.min_replicas + 1:,} replicas"
        elif objective.min_replicas == workload.count:
            yield from _no_spare(ground, w, here, workload)
        elif objective.availability >= SEVERAL_ZONES and "zone" not in ground.spread_out.get(w, ()):
            unwise = f"{name}: promises {_percent(objective.availability)}, and nothing spreads it over several zones"
            yield here, unwise, "add a topology_spread over zones, and offer hosts in two zones or more"
        elif w not in ground.spread_out:
            unwise = f"{name}: promises {_percent(objective.availability)}, and all replicas may stand on one host"
            yield here, unwise, "add an anti_affinity or a topology_spread"


def _no_spare(ground: Ground, w: int, here: Path, workload: Workload) -> Iterator[tuple[Path, str, str]]:
    """Every replica must run: what one host can promise is the most."""
    assert workload.objective is not None
    clouds = ground.domains(w, "cloud") or frozenset()
    promises = [ONE_HOST[cloud] for cloud in clouds if cloud in ONE_HOST]
    wanted = workload.objective.availability
    if promises and len(promises) == len(clouds) and wanted > max(promises):
        unwise = (
            f"{workload.name}: promises {_percent(wanted)} without a spare replica, "
            f"and its clouds promise {_percent(max(promises))} of one host"
        )
        yield here, unwise, "run one replica more than min_replicas, spread over zones"


def _percent(share: float) -> str:
    return f"{share * 100:.6g} %"
