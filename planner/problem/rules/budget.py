"""Budgets: money per month for hosts, or charged to workloads by their dominant share of a host."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from models.resources import Resources
from models.rules import Budget, rule_label
from models.supply import Offering
from planner.problem.draft import Draft, per_hour

MICRO = 1_000_000


def compile_rules(draft: Draft) -> None:
    """Hosts: a quota weighted by price. Workloads: a cap weighted by price and share, rounded up a replica.

    Commitments change nothing here: a covered host counts with its price.
    """
    for rule in draft.rules(Budget):
        selected, most = draft.hosts(rule.hosts), per_hour(rule.max_per_month)
        label = f"{rule_label(rule)} ({draft.scenario.spec.currency.code} a month)"
        price = [int(offer.per_hour * MICRO) for offer in draft.offerings]
        if rule.workloads is None:
            draft.quota(np.where(selected, price, 0).astype(np.int64), most, label)
            continue
        workloads = [w for w in draft.select(rule.workloads) if draft.count(w)]
        draft.cap(workloads, _charges(draft, workloads, selected, price), most, label)


def _charges(
    draft: Draft, workloads: list[int], selected: npt.NDArray[np.bool_], price: list[int]
) -> npt.NDArray[np.int64]:
    """int64[len(workloads), O]: what a replica is charged on each offering, in micro-USD per hour."""
    weight = np.zeros((len(workloads), len(draft.offerings)), dtype=np.int64)
    shares: dict[tuple[tuple[tuple[str, int], ...], ...], Fraction] = {}
    for n, w in enumerate(workloads):
        demand = draft.scenario.spec.workloads[w].demand()
        asked = tuple(demand.amounts().items())
        for o in np.flatnonzero(selected & draft.admits[w]):
            offer = draft.offerings[o]
            key = (asked, tuple(offer.allocatable.amounts().items()))
            if key not in shares:
                shares[key] = dominant_share(demand, offer)
            weight[n, o] = ceil(price[o] * shares[key])
    return weight


def dominant_share(demand: Resources, offer: Offering) -> Fraction:
    """The largest share of what the host can give that a replica takes; 1 where it gives none of a resource."""
    limits = ((amount, offer.allocatable.limit(name)) for name, amount in demand.amounts().items() if amount)
    shares = [Fraction(amount, limit) if limit else Fraction(1) for amount, limit in limits if limit is not None]
    return max(shares, default=Fraction(0))
