"""Columns: what stands in one host in one resource, to scale, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plots.demand import Demands
from planner.plots.groups import HostGroup
from planner.plots.palette import Palette


@dataclass(frozen=True)
class Stack:
    """Replicas that lie together in a column: those of one family, or several small ones.

    Attributes
    ----------
    family : str
        "" where small ones are joined, and for use that no workload of the scenario accounts for.
    workloads : tuple of str
        Empty for use that no workload of the scenario accounts for.
    amount : float
        What they take of one host when it is fullest, in the model's units.
    replicas : float
        On one host (the average where hosts differ).
    even : bool
        Whether all replicas take the same.
    """

    family: str
    workloads: tuple[str, ...]
    amount: float
    replicas: float = 0
    even: bool = True


@dataclass(frozen=True)
class Column:
    """One host (or the hosts of a group) in one resource; amounts in the model's units, per host.

    Attributes
    ----------
    limit : float or None
        The allocatable amount; None is without limit.
    stacks : tuple of Stack
        From the bottom up.
    when : str
        When the host is fullest, for people; "" where that is always.
    risk : float or None
        Where usage counts in place of requests, the chance that all replicas together use more than the host has.
    idle : tuple of str
        Workloads on it that take nothing then, though they do at other times.
    """

    group: HostGroup
    resource: str
    limit: float | None
    stacks: tuple[Stack, ...]
    reserved: float
    when: str = ""
    idle: tuple[str, ...] = ()
    risk: float | None = None

    @property
    def used(self) -> float:
        """What all stacks take."""
        return sum(stack.amount for stack in self.stacks)

    @property
    def free(self) -> float:
        """What is left beside use and headroom; 0 for a host without limit."""
        return max(0.0, (self.limit or 0) - self.used - self.reserved)

    @property
    def height(self) -> float:
        """The amount that the column's height stands for."""
        return max(self.limit or 0, self.used)


def column(group: HostGroup, resource: str, demand: Demands, palette: Palette, least: float = 0) -> Column:
    """Stack the contents of a host, the plan's largest family at the bottom.

    Parameters
    ----------
    demand : Demands
    least : float
        Grey stacks below this amount, in the model's units, are joined to one.
    """
    stacks: list[Stack] = []
    small: list[str] = []
    small_amount = 0.0
    when, taken = demand.at_the_fullest(group.told, resource)
    for family, members in carried_by_family(group, palette).items():
        taking = tuple(workload for workload in members if taken.get(workload))
        amount = sum(taken[workload] for workload in taking)
        if not taking:
            continue
        if amount >= least or palette.has_hue(family):
            replicas = sum(group.contents[workload] for workload in taking) / group.count
            each = {round(taken[name] / group.per_host(name), 6) for name in taking}
            stacks.append(Stack(family, taking, amount, replicas, even=len(each) == 1))
        else:
            small += taking
            small_amount += amount
    if small:
        stacks.append(Stack("", tuple(small), small_amount))
    unexplained = group.used(resource) - sum(stack.amount for stack in stacks)
    if unexplained > 1e-6 * group.used(resource):
        stacks.append(Stack("", (), unexplained))
    risk = demand.risk(group.hosts[0], resource)
    idle = tuple(name for name in group.contents if name in demand and demand[name][resource] and not taken.get(name))
    return Column(group, resource, group.limit(resource), tuple(stacks), group.reserved(resource), when, idle, risk)


def carried_by_family(group: HostGroup, palette: Palette) -> dict[str, list[str]]:
    """The workloads on a host by their family, the plan's largest family first."""
    found: dict[str, list[str]] = {}
    for workload in sorted(group.contents, key=palette.number.__getitem__):
        found.setdefault(palette.family[workload], []).append(workload)
    return found


def tiles(count: int, width: float, height: float) -> list[tuple[int, float]]:
    """Part a rectangle into `count` nearly square tiles of equal area.

    Returns
    -------
    list of (int, float)
        Rows from the bottom up: how many tiles, and the row's height. Every tile has the area
        width × height / count, also in the last row; full rows are preferred to square tiles.
    """
    ideal = (count * width / height) ** 0.5 if height else count
    near = range(max(1, round(ideal * 0.65)), max(1, min(count, round(ideal * 1.45))) + 1)
    across = min(near, key=lambda n: (-count % n / n + abs(n - ideal) / ideal, n), default=count)
    full, rest = divmod(count, across)
    row = height * across / count
    return [(across, row)] * full + ([(rest, height * rest / count)] if rest else [])
