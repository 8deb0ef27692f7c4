"""What the bounds of a problem are made on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from planner.bounds.classes import Classes
from planner.bounds.device_weights import with_device_weights
from planner.bounds.flat import flattened
from planner.bounds.licensed import with_licences
from planner.bounds.survival import covers
from planner.bounds.symmetric import merged
from planner.problem.problem import Problem

SMALL = 4_000
"""Item types times bin types up to which domains are told apart where one may be lost: whole hosts stand in one."""


@dataclass(frozen=True, eq=False)
class Base:
    """Sizes that no plan can go below, with bin types and alike domains joined where a form but no survival allows it.

    Attributes
    ----------
    whole, problem : Problem
        Before bin types were joined, and after.
    groups : list of list of int
        The bin types of `whole` behind each of those of `problem`.
    classes : Classes
        Of `problem`, with what survivals ask of the hosts.
    """

    whole: Problem
    problem: Problem
    groups: list[list[int]]
    classes: Classes

    @classmethod
    def of(cls, problem: Problem, small: int = SMALL) -> Base:
        """Prepare what all goal tiers share; up to `small`, domains that may be lost are told apart."""
        extras = replace(problem.extras, soft=(), egress=None)
        whole = replace(problem.relaxation or problem, extras=extras)
        whole = with_device_weights(whole)
        if extras.licences:
            whole = with_licences(whole, extras.licences)
        apart = bool(extras.survivals) and whole.fits.size <= small
        if whole.has_domain_forms:
            joined, groups, classes = merged(whole)
        else:
            joined, groups = (whole, [[b] for b in range(whole.bins)]) if apart else flattened(whole)
            classes = Classes.merge(joined)
        asked = covers(whole, classes, joined.capacity, groups)
        return cls(whole, joined, groups, replace(classes, covers=asked, halves=_halves(whole, joined, groups)))


def _halves(whole: Problem, joined: Problem, groups: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    """Bin types that are whole hosts only together: commitments may cover part of one."""
    if not whole.extras.commitments:
        return ()
    alike: dict[tuple[bytes, ...], list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        place = whole.domain[group[0]].tobytes() if joined is whole else b""
        key = joined.capacity[n].tobytes(), joined.fits[:, n].tobytes(), place
        alike[key].append(n)
    return tuple(tuple(bins) for bins in alike.values() if len(bins) > 1)
