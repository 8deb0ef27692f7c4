"""Timefold in its default configuration: copies are planning entities, hosts their values."""

from dataclasses import dataclass, field
from typing import Annotated

from given import asked, said
from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import ConstraintCollectors, HardSoftScore, Joiners, constraint_provider

KINDS = 4
"""Resources that the constraints look at; an instance with fewer has amounts of 0 there."""


@dataclass
class Host:
    """A host that can be used, with room for every resource."""

    name: str
    price: int
    room: list


@planning_entity
@dataclass
class Copy:
    """One copy, and where it goes."""

    id: Annotated[str, PlanningId]
    size: list
    host: Annotated[Host | None, PlanningVariable] = field(default=None)


@planning_solution
@dataclass
class Packing:
    """All copies and hosts."""

    hosts: Annotated[list[Host], ProblemFactCollectionProperty, ValueRangeProvider]
    copies: Annotated[list[Copy], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def _capacity(factory, r):
    return (
        factory.for_each(Copy)
        .group_by(lambda copy: copy.host, ConstraintCollectors.sum(lambda copy: copy.size[r]))
        .filter(lambda host, used: used > host.room[r])
        .penalize(HardSoftScore.ONE_HARD, lambda host, used: used - host.room[r])
        .as_constraint(f"capacity {r}")
    )


@constraint_provider
def constraints(factory):
    """Capacity of every resource, and the price of used hosts."""
    cost = (
        factory.for_each(Host)
        .if_exists(Copy, Joiners.equal(lambda host: host, lambda copy: copy.host))
        .penalize(HardSoftScore.ONE_SOFT, lambda host: host.price)
        .as_constraint("cost")
    )
    return [_capacity(factory, 0), _capacity(factory, 1), _capacity(factory, 2), _capacity(factory, 3), cost]


def main():
    """Solve the instance of the command line."""
    instance, seconds = asked()
    start = instance.first_fit()
    unit = max(1, max(instance.price) // 10_000)  # scores are 32-bit integers

    def padded(amounts):
        return [*amounts, *[0] * (KINDS - len(amounts))]

    hosts = [
        Host(f"t{b}-{n}", max(1, round(price / unit)), padded(instance.capacity[b]))
        for b, price in enumerate(instance.price)
        for n in range(len(start))
    ]
    by_name = {host.name: host for host in hosts}
    copies = [
        Copy(f"c{h}-{n}", padded(instance.size[i]), by_name[f"t{b}-{h}"])
        for h, (b, content) in enumerate(start)
        for n, i in enumerate(content)
    ]
    config = SolverConfig(
        solution_class=Packing,
        entity_class_list=[Copy],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=constraints),
        termination_config=TerminationConfig(spent_limit=Duration(seconds=int(seconds))),
    )
    found = SolverFactory.create(config).build_solver().solve(Packing(hosts, copies))
    prices = {f"t{b}-{n}": price for b, price in enumerate(instance.price) for n in range(len(start))}
    used = {copy.host.name for copy in found.copies}
    said(sum(prices[name] for name in used) if found.score.hard_score == 0 else None, None)


if __name__ == "__main__":
    main()
