"""Requests that no host has room for, even when it is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.resources import Resources, describe_amount
from models.supply import Offering
from models.workload import Workload
from planner.lint.ground import Ground, Path

Room = tuple[tuple[str, int | None], ...]


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Demand of one replica against the allocatable of every host that its platform and GPU models leave.

    Rules on places, daemonsets and kept room take more off; the plan tells those with its reasons.
    """
    told: dict[tuple[object, ...], str] = {}
    rooms: dict[tuple[object, ...], list[Offering]] = {}
    for path, workload in ground.workloads:
        demand = workload.demand()
        about = (workload.kind == "virtual_machine", workload.gpu_models if demand.gpu else ())
        key = (*about, tuple(demand.amounts().items()))
        if key not in told:
            if about not in rooms:
                rooms[about] = _distinct(ground, workload, by_model=bool(about[1]))
            told[key] = _shortage(demand, rooms[about])
        if told[key]:
            yield (*path, "requests"), f"{workload.name}: {told[key]}", "ask for less, or offer larger hosts in a pool"


def _distinct(ground: Ground, workload: Workload, *, by_model: bool) -> list[Offering]:
    runs = "virtual_machines" if workload.kind == "virtual_machine" else "containers"
    fitting = (
        offer for offer in ground.offers if offer.runs == runs and (not by_model or workload.takes_gpu(offer.gpu_model))
    )
    return list({tuple(offer.allocatable.amounts().items()): offer for offer in fitting}.values())


def _shortage(demand: Resources, hosts: Sequence[Offering]) -> str:
    """Why no host has room, "" where one has."""
    asked = [(name, value) for name, value in demand.amounts().items() if value]
    if not hosts:
        return "no host that stands or may be opened runs it"
    if any(all(_has(offer, name, value) for name, value in asked) for offer in hosts):
        return ""
    for name, value in asked:
        if not any(_has(offer, name, value) for offer in hosts):
            most = max(offer.allocatable.limit(name) or 0 for offer in hosts)
            return f"one replica takes {describe_amount(name, value)}; the largest host leaves {_amount(name, most)}"
    together = ", ".join(describe_amount(name, value) for name, value in asked)
    return f"one replica takes {together}, which no host has all of"


def _amount(name: str, value: int) -> str:
    return describe_amount(name, value) if value else "none"


def _has(offer: Offering, name: str, value: int) -> bool:
    limit = offer.allocatable.limit(name)
    return limit is None or value <= limit
