"""What survival asks of the hosts: whichever domain is lost, the others have room for all that survives.

A survivor goes back only to hosts that it fits, so that this holds for all that fit the same hosts or fewer, and
for every resource by itself, hosts filled to a multiple of what all sizes are multiples of, or by
the number of copies where limits on hosts count them:

    sum of capacity[b] * hosts[b] over the bin types outside the domain >= demand of the survivors

Where bin types of several domains were taken together (`flat`), the rows of these domains are summed. With
equal prices in Z zones, that is Z / (Z - 1) times what the demand takes. Of hosts lost one by one, the one with
any survivor on it leaves room for all of them on the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes, Cover
from planner.problem.extras.survival import Survival
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MOST_PLACES = 30
"""Sets of hosts that survivors fit for which there are rows, those with the most copies first."""


def covers(whole: Problem, classes: Classes, capacity: Ints, groups: Sequence[Sequence[int]]) -> tuple[Cover, ...]:
    """The rows of all survivals.

    Parameters
    ----------
    whole : Problem
        With survivals, and the domains of its bin types.
    classes : Classes
        Survivors apart from others, over groups of its bin types.
    capacity : int64[B, R]
        Room of one host of each group.
    groups : sequence of sequence of int
        The bin types of `whole` behind each of those of `classes`.
    """
    found: list[Cover] = []
    for survival in whole.extras.survivals:
        survives = survival.survives[classes.like]
        for times, outside in losses(whole, survival, groups):
            for place in places(classes, survives):
                for host, copy, reserve in amounts(classes, capacity, place, survives):
                    found.append(row(survival, host, copy, float(copy @ classes.count), reserve, times, outside))
    return tuple(found)


def row(
    survival: Survival, host: Floats, copy: Floats, least: float, reserve: float, times: int, outside: Floats
) -> Cover:
    """The row that hosts weigh no less than survivors after any loss of some domains (see `losses`).

    Parameters
    ----------
    host, copy : float64[B], float64[C]
        What copies weigh, and what those of one host weigh at most.
    least : float
        What all survivors weigh.
    reserve : float
        The least that a host which is lost by itself takes away.
    """
    if survival.level == HOST:
        copy, least = copy * (1 + reserve / least), least + reserve
    return Cover(host * outside, times * copy, times * least).scaled()


def packed_covers(
    whole: Problem, classes: Classes, groups: Sequence[Sequence[int]], host: Floats, packed: float
) -> tuple[Cover, ...]:
    """The rows of survivals of all copies, by what any packing of these counts: so much do the hosts that are left.

    Parameters
    ----------
    whole, classes, groups
        As for `covers`.
    host : float64[B]
        What a host of each group counts.
    packed : float
        The least that hosts count on which every copy has its place by `fits`, capacities and forms on single hosts.
    """
    found: list[Cover] = []
    for survival in whole.extras.survivals:
        everything = survival.survives[whole.count > 0].all() and packed > 0
        reserve = float(host[classes.fits.any(axis=0)].min(initial=np.inf)) if everything else np.inf
        for times, outside in losses(whole, survival, groups) if np.isfinite(reserve) else ():
            found.append(row(survival, host, np.zeros(classes.number), packed, reserve, times, outside))
    return tuple(found)


def losses(whole: Problem, survival: Survival, groups: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
    """Domains whose bin types were taken together: their number, and how often each group stays, float64[groups].

    Where bin types of a group stay at different losses, all of it stays as often as the one that does most often.
    Where hosts are lost one by one, all bin types stay.
    """
    import networkx as nx

    if survival.level == HOST:
        yield 1, np.ones(len(groups))
        return
    usable = whole.fits.any(axis=0) & (whole.available > 0)
    at = np.where(usable, whole.domain[:, survival.level], -1)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(int(domain) for domain in np.unique(at[at >= 0]))
    for group in groups:
        inside = [int(domain) for domain in at[list(group)] if domain >= 0]
        graph.add_edges_from(pairwise(inside))
    for domains in nx.connected_components(graph):
        lost = np.isin(at, list(domains))
        yield len(domains), np.array([max(len(domains) - int(lost[b]) for b in group) for group in groups], dtype=float)


def places(classes: Classes, survives: Bools) -> list[Bools]:
    """Sets of bin types, bool[B] each: where survivors fit, class by class, and all of them."""
    copies: dict[bytes, int] = {}
    place: dict[bytes, Bools] = {}
    for c in np.flatnonzero(survives).tolist():
        key = classes.fits[c].tobytes()
        copies[key] = copies.get(key, 0) + int(classes.count[c])
        place[key] = classes.fits[c]
    chosen = sorted(copies, key=lambda key: -copies[key])[:MOST_PLACES]
    everywhere: Bools = np.asarray(classes.fits[survives].any(axis=0))
    return [place[key] for key in chosen] + (
        [] if everywhere.tobytes() in chosen or not survives.any() else [everywhere]
    )


def amounts(classes: Classes, capacity: Ints, place: Bools, survives: Bools) -> Iterator[tuple[Floats, Floats, float]]:
    """What one host holds at most (float64[B]), what copies weigh (float64[C]), and the least that a host takes away.

    Of survivors that fit nowhere but in `place`.
    """
    inside = survives & ~(classes.fits & ~place).any(axis=1)
    for r in range(classes.size.shape[1]):
        size, room = np.where(inside, classes.size[:, r], 0), capacity[place, r]
        if size.any() and (room < UNLIMITED).all():
            step = int(np.gcd.reduce(size))
            whole = np.where(place, capacity[:, r] // step * step, 0)
            yield whole.astype(float), size.astype(float), float(whole[place].min())
    counted = np.where(inside & (classes.per_host < UNLIMITED), classes.count / np.maximum(classes.per_host, 1), 0.0)
    tightest = int(counted.argmax())
    if counted[tightest] > 1:
        one = np.arange(len(counted)) == tightest
        most = float(classes.per_host[tightest])
        yield (place * most).astype(np.float64), one.astype(np.float64), most
