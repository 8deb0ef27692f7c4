"""Reservations for roles: what is kept for some is no room for the others.

The unreserved rest of a host is shared by all. By the theorem of Hall (1935), everyone finds room if and only
if for every set of roles those outside it ask for no more than the host less what is reserved for the set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from models.reports import Finding
from models.resources import GPU
from planner.errors import InputError
from planner.problem.demand.columns import Asking, Column, column
from planner.problem.demand.requests import limited_resources
from planner.problem.demand.rooms import NO_LIMIT
from planner.problem.demand.timeline import part_of

MOST_ROLES = 8
"""With reservations of one resource on one host; each set of them is an array resource."""


def reserved(asking: Asking) -> Iterator[Column]:
    """For each resource, set of roles that some host keeps some of it for, and hardest moment: those outside the set.

    Raises
    ------
    InputError
        If a host keeps a resource for more than `MOST_ROLES`.
    """
    if any(offer.reservations for offer in asking.draft.offerings):
        for resource in limited_resources(asking):
            yield from _columns(asking, resource)


def _columns(asking: Asking, resource: str) -> Iterator[Column]:
    draft, line = asking.draft, asking.line
    kept_for = [
        {role: amounts[resource] for role, amounts in offer.reservations.items() if amounts[resource]}
        for offer in draft.offerings
    ]
    workloads = draft.scenario.spec.workloads
    role_of = [workload.role for workload in workloads]
    role_of += [None if room.workload is None else role_of[room.workload] for room in draft.rooms]
    for roles in sorted({chosen for kept in kept_for for chosen in _sets(kept)}):
        amount = np.array([sum(kept.get(role, 0) for role in roles) for kept in kept_for], dtype=np.int64)
        # Where one of the roles has no reservation, a smaller set says as much.
        hosts = np.array([all(role in kept for role in roles) for kept in kept_for], dtype=bool)
        others = np.array([role not in roles for role in role_of], dtype=np.int64)
        limit = asking.rooms.limit(resource)
        moments = line.hardest(resource)
        for moment in moments:
            asked = line.asked(resource, moment) * others
            left = np.maximum(0, limit - amount - asking.rooms.daemons(asked))
            if resource == GPU:
                asked, left = asking.devices.exact(asked), asking.devices.exact(left)
            room = np.where(hosts & (limit < NO_LIMIT), left, NO_LIMIT)
            name = part_of(line.name(resource, moment, moments), f"not reserved for {'+'.join(roles)}")
            yield column(name, asked, room)


def _sets(kept: Mapping[str, int]) -> list[tuple[str, ...]]:
    """All sets of one role or more, each in alphabetical order."""
    if len(kept) > MOST_ROLES:
        found = f"reservations for {len(kept)} roles on one host"
        raise InputError("scenario", [Finding(("spec",), found, f"at most {MOST_ROLES}")])
    return [chosen for size in range(1, len(kept) + 1) for chosen in combinations(sorted(kept), size)]
