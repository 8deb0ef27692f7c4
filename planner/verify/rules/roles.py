"""What a host reserves for a role is no room for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from models.reports import Violation
from models.resources import describe_amount
from models.supply import Offering
from planner.verify.layout import Layout, Stand
from planner.verify.over_time import Amount, at_moment, summed


def check(layout: Layout) -> Iterator[Violation]:
    """Whatever roles one takes together, all others ask for no more than what is not reserved for these."""
    for stand in layout.stands:
        if stand.facts and stand.facts.reservations and stand.counts:
            yield from overdrawn(layout, stand, stand.facts)


def overdrawn(layout: Layout, stand: Stand, facts: Offering) -> Iterator[Violation]:
    """What is asked of a host beyond what others than some roles may have of it."""
    asked = _by_role(layout, stand, facts)
    for name in dict.fromkeys(name for amounts in asked.values() for name in amounts):
        kept = {role: amounts[name] for role, amounts in facts.reservations.items() if amounts[name]}
        limit = facts.allocatable.limit(name)
        if limit is None:
            continue
        for roles in (some for size in range(1, len(kept) + 1) for some in combinations(sorted(kept), size)):
            left = max(0, limit - sum(kept[role] for role in roles))
            others = summed((amounts, 1) for role, amounts in asked.items() if role not in roles).get(name, 0)
            moments = range(len(layout.time.moments))
            most, when = max((at_moment(others, moment), -moment) for moment in moments)
            if most > left:
                shown = f"{describe_amount(name, most)} asked for by others than {' and '.join(roles)}"
                there = f"{describe_amount(name, left)} not reserved for them"
                yield Violation("roles", stand.name, f"{shown}{layout.time.said(-when)}, {there}")


def _by_role(layout: Layout, stand: Stand, facts: Offering) -> Mapping[str | None, Mapping[str, Amount]]:
    """What the workloads of each role ask for at every moment, daemonsets among them."""
    found: dict[str | None, dict[str, Amount]] = {}
    for w, count in (*stand.counts.items(), *((w, 1) for w in layout.daemonsets_on(facts))):
        role = layout.workloads[w].role
        found[role] = summed(((found.get(role, {}), 1), (layout.time.demand[w], count)))
    return found
