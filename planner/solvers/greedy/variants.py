"""The packing variants that the greedy solver tries, the most promising first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from planner.bounds.kinds import bin_kinds
from planner.problem import Problem
from planner.problem.forms import Ints
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.fit_kernel import BEST_FIT, FIRST_FIT
from planner.solvers.greedy.pack import Opened, Packed, Supply, decreasing, filled
from planner.solvers.greedy.portions import Portions

Floats = npt.NDArray[np.float64]
Variant = tuple[str, Callable[[], Packed]]


def variants(
    problem: Problem,
    portions: Portions,
    charges: Charges,
    mix: Floats | None,
    priority: Ints,
    bin_types: int,
    free: bool,
) -> Iterator[Variant]:
    """Named packings, each run when called.

    Parameters
    ----------
    problem : Problem
    portions : Portions
    charges : Charges
        What hosts and places cost by the deciding goal.
    mix : float64[B] or None
        Hosts of each bin type in the linear relaxation.
    priority : int64[K]
        Portions of higher priority come first where decreasing order allows a choice.
    bin_types : int
        How many of the best-ranked bin types of each domain to try.
    free : bool
        Portions may choose among bin types; otherwise only the measures differ.
    """
    weight = _scarcity(problem, portions, mix)
    value = portions.size @ weight
    room = np.minimum(problem.capacity, np.maximum(portions.size.T @ portions.count, 1)) @ weight
    supply = Supply.of(problem, portions, charges)
    opening = charges.open / np.maximum(room, 1e-12)
    rank = opening + _regret_per_value(portions, value, supply.regret)
    standing = Opened(np.flatnonzero(problem.required), problem.required[problem.required > 0])
    orders = _orders(portions, weight, priority)
    best = _best_of_each_place(problem, rank, bin_types)

    def fit(name: str, order: Ints, ranked: Floats, strategy: int, opened: Opened) -> Variant:
        return name, lambda: decreasing(problem, portions, order, ranked, weight, strategy, opened, supply)

    def fill(name: str, by_distance: bool, candidates: Ints, opened: Opened) -> Variant:
        everything = _covering(portions, rank, candidates)
        return name, lambda: filled(problem, portions, charges.open, value, by_distance, everything, opened, supply)

    if len(np.unique(priority)) == 1:
        yield fill("Euclidean distance", True, best, standing)
        yield fill("dot product", False, best, standing)
    for name, order in orders.items():
        yield fit(f"first fit decreasing by {name}", order, opening, FIRST_FIT, standing)
        if name in ("sum", "Euclidean length"):
            yield fit(f"best fit decreasing by {name}", order, opening, BEST_FIT, standing)
    if not free:
        return
    if mix is not None:
        opened = _mixed(problem, mix)
        yield fit("best fit into the relaxed mix", orders["Euclidean length"], opening, BEST_FIT, opened)
        yield fill("dot product into the relaxed mix", False, best, opened)
    for b in best.tolist():
        preferred = np.where(_same_type(problem, b), -1.0, opening)
        yield fit(f"first fit decreasing, bin type {b} first", orders["sum"], preferred, FIRST_FIT, standing)
        if len(np.unique(priority)) == 1:
            yield fill(f"Euclidean distance, bin type {b}", True, np.flatnonzero(_same_type(problem, b)), standing)
    yield from _fewer_domains(problem, fit, orders["sum"], opening, standing)


def _scarcity(problem: Problem, portions: Portions, mix: Floats | None) -> Floats:
    """float64[R]: worth of one unit of each resource: demand per room on the hosts one would open."""
    demand = (portions.size.T @ portions.count).astype(float)
    hosts = mix if mix is not None and mix.sum() > 0 else np.ones(problem.bins)
    room = np.minimum(problem.capacity, np.maximum(demand, 1)).astype(float)
    share = demand / np.maximum(hosts @ room, 1e-9)
    return np.asarray(share / share.max(initial=1e-12) / np.maximum(demand, 1))


def _orders(portions: Portions, weight: Floats, priority: Ints) -> dict[str, Ints]:
    """Rows in decreasing order by each size measure, higher priorities first."""
    shares = portions.size * weight
    measures = {
        "sum": shares.sum(axis=1),
        "largest": shares.max(axis=1),
        "Euclidean length": np.sqrt((shares**2).sum(axis=1)),
        "product": np.log(np.maximum(shares, 1e-15)).sum(axis=1),
        "first resource": shares[:, 0],
        "second resource": shares[:, 1],
    }
    return {name: np.lexsort((-measure, -priority)).astype(np.int64) for name, measure in measures.items()}


def _regret_per_value(portions: Portions, value: Floats, regret: Floats | None) -> Floats:
    """float64[B]: what copies of the mean mix cost on a bin type above their cheapest place, per value."""
    if regret is None:
        return np.zeros(portions.fits.shape[1])
    share = portions.fits * portions.count[:, None]
    return np.asarray((share * regret).sum(axis=0) / np.maximum((share * value[:, None]).sum(axis=0), 1e-12))


def _best_of_each_place(problem: Problem, rank: Floats, bin_types: int) -> Ints:
    """The best-ranked bin types of each set of domains, and of those in which copies cost and weigh the same."""
    told = np.column_stack([problem.domain, bin_kinds(problem)])
    places = np.unique(told, axis=0, return_inverse=True)[1].reshape(-1)
    chosen: list[int] = []
    for place in range(places.max(initial=-1) + 1):
        here = np.flatnonzero(places == place)
        chosen.extend(here[np.argsort(rank[here], kind="stable")][:bin_types].tolist())
    return np.array(chosen, dtype=np.int64)


def _covering(portions: Portions, rank: Floats, candidates: Ints) -> Ints:
    """The candidates, and the best-ranked bin type for each row that fits none of them."""
    bare = ~portions.fits[:, candidates].any(axis=1) & portions.fits.any(axis=1)
    more = {int(np.where(portions.fits[k], rank, np.inf).argmin()) for k in np.flatnonzero(bare)}
    return np.array([*candidates.tolist(), *sorted(more)], dtype=np.int64)


def _same_type(problem: Problem, b: int) -> npt.NDArray[np.bool_]:
    """bool[B]: bin types of the same size and price in any domain."""
    alike = (problem.capacity == problem.capacity[b]).all(axis=1) & (problem.price == problem.price[b])
    return np.asarray(alike)


def _mixed(problem: Problem, mix: Floats) -> Opened:
    """Whole hosts of the relaxed mix, at least those that must stay, as far as quotas allow."""
    hosts = np.minimum(np.maximum(np.floor(mix + 1e-6).astype(np.int64), problem.required), problem.available)
    for quota in problem.quotas:
        if (quota.weight @ hosts) > quota.most:
            hosts = problem.required.copy()
            break
    opened = np.flatnonzero(hosts)
    return Opened(opened, hosts[opened])


def _fewer_domains(
    problem: Problem,
    fit: Callable[[str, Ints, Floats, int, Opened], Variant],
    order: Ints,
    rank: Floats,
    standing: Opened,
) -> Iterator[Variant]:
    """Where fewer domains are a goal: each domain alone, before all others."""
    for goal in problem.goals:
        if goal.goal == "domains" and goal.level != "host":
            column = problem.domain[:, ("cloud", "region", "zone", "site", "rack").index(goal.level)]
            for domain in np.unique(column):
                alone = np.where(column == domain, rank, np.inf)
                yield fit(f"first fit decreasing in domain {domain} alone", order, alone, FIRST_FIT, standing)
