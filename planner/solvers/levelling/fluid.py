"""A lower bound: all load as a fluid, spread ideally over the best choice of hosts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.solvers.levelling.problem import Floats, LevellingProblem

_HALVINGS = 50


@dataclass(frozen=True)
class Fluid:
    """The fluid optimum and the bound that its prices prove.

    Attributes
    ----------
    hosts : float64[B]
        Hosts in use, in fractions.
    prices : float64[T]
        Cost of one more unit of load at each time.
    bound : float
        No placement costs less.
    """

    hosts: Floats
    prices: Floats
    bound: float


def fluid(problem: LevellingProblem) -> Fluid:
    """The cheapest spread of the total load over any number of hosts of each type.

    At prices p[t] a host of power c in use costs at least sum(p * x) - profit(c) whatever loads x[t] it
    carries, where profit(c) = max over x of sum(p * x) - cost(x / c). Summed over hosts, with all load
    L[t] carried, every placement costs at least sum(p * L) - sum over types of hosts * max(0, profit):
    weak duality, so the bound holds for any prices >= 0, and the search below need not be exact. All
    hosts cost 1 when lightly loaded, so the profit grows with the power: at the optimum the strongest
    types are used up first, and one number, hosts in use, is to be searched for. The cost is convex in it.
    Memory, disk, rules and whole containers are ignored.
    """
    total = problem.count.astype(np.float64) @ problem.load
    fewest, all_hosts = float(_fewest(problem, float(total.max(initial=0)))), float(problem.hosts.sum())
    low, high = _valley(lambda number: _spread(problem, total, number)[0], fewest, all_hosts)
    # The best number may lie at a kink of the cost; the best prices are then between those on its two sides.
    fewer, more = _spread(problem, total, low)[1], _spread(problem, total, high)[1]
    part, _ = _valley(lambda part: -_dual(problem, total, part * fewer + (1 - part) * more), 0.0, 1.0)
    prices = part * fewer + (1 - part) * more
    return Fluid(strongest(problem, high), prices, _dual(problem, total, prices))


def _valley(height: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """A small interval around the lowest point of a convex function."""
    for _ in range(_HALVINGS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if height(left) <= height(right) else (left, high)
    return low, high


def strongest(problem: LevellingProblem, number: float) -> Floats:
    """float64[B]: so many hosts, strongest types first."""
    order = np.argsort(-problem.power, kind="stable")
    before = np.cumsum(problem.hosts[order]) - problem.hosts[order]
    chosen = np.zeros(len(order))
    chosen[order] = np.clip(number - before, 0, problem.hosts[order])
    return chosen


def _fewest(problem: LevellingProblem, peak: float) -> float:
    """Hosts that carry the peak when loaded to the brim; all of them where none do."""
    order = np.argsort(-problem.power, kind="stable")
    power = np.repeat(problem.power[order].astype(np.float64), problem.hosts[order])
    carried = np.concatenate([[0.0], np.cumsum(power)])
    return float(np.interp(peak, carried, np.arange(len(carried))))


def _spread(problem: LevellingProblem, total: Floats, number: float) -> tuple[float, Floats]:
    """Cost of the total load on so many hosts, and its price at each time, found by halving."""
    hosts = strongest(problem, number)
    low = np.zeros(len(total))
    high = np.full(len(total), problem.cost.slope(np.ones(1))[0] / problem.power.min() / len(total))
    for _ in range(_HALVINGS):
        price = (low + high) / 2
        short = (hosts * problem.power) @ _used(problem, price) < total
        low, high = np.where(short, price, low), np.where(short, high, price)
    return float(hosts @ (1 + problem.cost.over(_used(problem, high)).mean(axis=1))), high


def _used(problem: LevellingProblem, prices: Floats) -> Floats:
    """float64[B, T]: the utilisation of a host that earns most at these prices, the knee at least."""
    steep = len(prices) * prices * problem.power[:, None] / problem.cost.steepness
    return np.minimum(1.0, problem.cost.knee + np.log(np.maximum(steep, 1.0)))


def _dual(problem: LevellingProblem, total: Floats, prices: Floats) -> float:
    """What the prices prove; see `fluid`."""
    used = _used(problem, prices)
    profit = problem.power * (used @ prices) - 1 - problem.cost.over(used).mean(axis=1)
    return float(prices @ total - problem.hosts @ np.maximum(0.0, profit))
