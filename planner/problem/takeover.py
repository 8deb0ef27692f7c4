"""Takeover: whether the rest of a plan has room for what stood in a lost domain.

What is lost are all hosts of one domain of a level, or one host. Its copies of surviving items are
placed again on the other hosts of the plan: what each host held as a whole on another one, of the same kind, or else
the tightest that takes it, and what is left of these by first fit; or all by first fit, in decreasing order of
their dominant share of all room, or of the sum of their shares (`verify` tries the same). They find
room beside what stays; in place of items of lower priority that do not survive, and of room kept free; and
where `fits`, capacities, limits on hosts and groups kept apart on hosts let them. Forms over larger domains are not
asked: for the time of a loss it is enough to run.

That some packing exists is NP-hard to decide, so the promise is kept only where this one finds it:
a solution that breaks it here might still survive, one that keeps it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.resources import plain_resource
from planner.problem.extras.survival import Survival
from planner.problem.forms import HOST, Limit
from planner.problem.problem import ROOM_PRIORITY, UNLIMITED, Problem
from planner.problem.solution import Solution
from planner.problem.takeover_kernel import A, B, take_over

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def displaced(problem: Problem, solution: Solution, survival: Survival) -> dict[int, dict[int, int]]:
    """What finds no room after a loss: copies by item type, for each domain that is missed.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    survival : Survival

    Returns
    -------
    dict of domain to dict of item type to copies
        Empty where the solution keeps the promise. Domains are ids of the survival's level; at level
        `HOST`, -1 - p stands for any one host of pattern p (as in `score.domain_counts`).
    """
    if not (solution.copies[survival.survives[solution.item]] > 0).any():
        return {}
    ground = _Ground.of(problem, solution, survival)
    left = {domain: ground.left_over(lost, fallen) for domain, lost, fallen in _losses(problem, solution, survival)}
    return {domain: items for domain, items in left.items() if items}


def secured(problem: Problem, survival: Survival, domains: int) -> Problem:
    """The problem with spare room in it: complete solutions, once rid of that room, survive.

    For survivors of equal size and places with n copies in all, k = ceil(n / (`domains` - 1)) spare
    copies are to be placed, and a domain holds at most k of both together. So whichever domain is lost,
    with x copies and s spare ones, at least k - s >= x spare ones stand elsewhere. The more domains, the
    less room: over 3 zones it is one half more, over 2 the same again. At level `HOST`, `domains`
    is the number of hosts, the spare one included.

    Spare copies are the item types from `problem.items` on: `rid_of` takes them off a solution. Those
    of one item keep to its limits on hosts; where several items of a group have limits of their own, or
    first fit misses the packing that there is, `displaced` may still name some.

    Parameters
    ----------
    problem : Problem
    survival : Survival
    domains : int
        Over how many domains the copies are to spread, 2 at least.

    Returns
    -------
    Problem
    """
    alike: dict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for i in np.flatnonzero(survival.survives & (problem.count > 0)).tolist():
        alike[problem.size[i].tobytes(), problem.fits[i].tobytes()].append(i)
    groups = [np.array(group, dtype=np.int64) for group in alike.values()]
    first = np.array([group[0] for group in groups], dtype=np.int64)
    spare = [-(-int(problem.count[group].sum()) // (domains - 1)) for group in groups]
    limits = list(problem.limits)
    for n, group in enumerate(groups):
        joined = np.append(group, problem.items + n)
        limits = [_joined(limit, group, problem.items + n) for limit in limits]
        limits.append(Limit(survival.level, joined, spare[n], survival.rule))
    zeros = np.zeros((len(groups), problem.bins), dtype=np.int64)
    return replace(
        problem,
        extras=replace(problem.extras, survivals=()),
        relaxation=None,
        size=np.vstack([problem.size, problem.size[first]]),
        count=np.append(problem.count, spare).astype(np.int64),
        priority=np.append(problem.priority, np.full(len(groups), ROOM_PRIORITY)),
        fits=np.vstack([problem.fits, problem.fits[first]]),
        limits=tuple(limits),
        placing=None if problem.placing is None else np.vstack([problem.placing, zeros]),
        moving=None if problem.moving is None else np.vstack([problem.moving, zeros.astype(bool)]),
    )


def _joined(limit: Limit, group: Ints, spare: int) -> Limit:
    """A limit on hosts of the one item of a group, with its spare copies."""
    own = limit.level == HOST and len(group) == 1 and group[0] in limit.items
    return replace(limit, items=np.append(limit.items, spare)) if own else limit


def rid_of(solution: Solution, items: int) -> Solution:
    """The solution without item types from `items` on; the hosts stay."""
    return Solution.of(
        (b, times, {i: n for i, n in content.items() if i < items}) for b, times, content in solution.patterns()
    )


def _losses(problem: Problem, solution: Solution, survival: Survival) -> Iterator[tuple[int, Bools, Ints]]:
    """Every domain that may be lost: its id, the patterns (bool[P]) it takes, and the copies (int64[I]) that fall.

    At level `HOST` one pattern each, of which one host is lost.
    """
    owner = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
    times = np.ones_like(solution.multiplicity) if survival.level == HOST else solution.multiplicity
    copies = np.where(survival.survives[solution.item], solution.copies * times[owner], 0)
    at = -1 - np.arange(len(solution.bin)) if survival.level == HOST else problem.domain[solution.bin, survival.level]
    for domain in np.unique(at if survival.level == HOST else at[at >= 0]).tolist():
        inside = at == domain
        fallen = np.bincount(solution.item, weights=np.where(inside[owner], copies, 0), minlength=problem.items)
        yield domain, inside, fallen.astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Ground:
    """The hosts of a solution as the kernel takes them; see `takeover_kernel.take_over`.

    Attributes
    ----------
    orders : tuple of int64[I]
        Item types in the orders in which they are placed, one after the other until one finds room for all.
    host_pattern : int64[H]
        Hosts in the order in which `decode` names them.
    single : bool
        Only one host of a lost pattern falls.
    survives : bool[I]
    whole : int64[]
        Patterns with survivors, those that hold the largest share of all hosts' room first.
    kind : int64[P]
        Equal for patterns on hosts with the same room.
    tight : int64[P]
        The place of a pattern when they are sorted by what is free on their hosts.
    """

    problem: Problem
    solution: Solution
    orders: tuple[Ints, ...]
    host_pattern: Ints
    rank: Ints
    free: Ints
    stays: Bools
    limits: tuple[Ints, Ints, Ints, Bools]
    pairs: tuple[Ints, Ints, npt.NDArray[np.int8]]
    single: bool
    survives: Bools
    whole: Ints
    kind: Ints
    tight: Ints

    @classmethod
    def of(cls, problem: Problem, solution: Solution, survival: Survival) -> _Ground:
        """Prepare what all losses share."""
        keys = [(b, -times, sorted(content.items())) for b, times, content in solution.patterns()]
        turn = sorted(range(len(keys)), key=keys.__getitem__)
        ranks, rank = np.unique(problem.priority, return_inverse=True)
        wanted = np.unique(rank[survival.survives])
        spare = problem.priority >= ROOM_PRIORITY
        stays = np.zeros((len(ranks), problem.items), dtype=bool)
        stays[wanted] = survival.survives | ((problem.priority >= ranks[wanted, None]) & ~spare)
        room = problem.capacity[solution.bin]
        free = np.zeros((len(ranks), *room.shape), dtype=np.int64)
        for q in wanted:
            free[q] = room - solution.load(problem.size * stays[q][:, None])
        total = _total(problem, solution)
        held = solution.load(problem.size * survival.survives[:, None])
        return cls(
            problem, solution, tuple(_decreasing(problem, solution)), np.repeat(turn, solution.multiplicity[turn]),
            rank.astype(np.int64), free, stays, _limits(problem), _pairs(problem), survival.level == HOST,
            survival.survives, _largest_first(held, total),
            np.unique(room, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64),
            _ranked((free[wanted[0]] / total).sum(axis=1)),
        )  # fmt: skip

    def left_over(self, inside: Bools, fallen: Ints) -> dict[int, int]:
        """Copies by item type for which there is no room once the patterns `inside` (or one host of one) are lost."""
        lost = inside[self.host_pattern]
        if self.single:
            lost[np.flatnonzero(lost)[1:]] = False
        items = np.flatnonzero(fallen)
        smallest = self.problem.size[items].min(axis=0, initial=UNLIMITED)
        roomy = (self.free[np.unique(self.rank[items])].max(axis=0, initial=-1) >= smallest).all(axis=1)
        some = roomy[self.host_pattern]  # all others are passed over in any case
        fell = np.bincount(self.host_pattern[lost], minlength=len(inside))
        whole = self.whole[fell[self.whole] > 0]
        left: dict[int, int] = {}
        for n, (order, moved) in enumerate(((self.orders[0], whole), *((order, whole[:0]) for order in self.orders))):
            found = self._placed(order[fallen[order] > 0], fallen, moved, fell, lost, some)
            if n == 0 or sum(found.values()) < sum(left.values()):
                left = found
            if not left:
                break
        return left

    def _placed(self, order: Ints, fallen: Ints, moved: Ints, fell: Ints, lost: Bools, some: Bools) -> dict[int, int]:
        """What is left over by one order, after the hosts of the patterns `moved` were moved as a whole."""
        turn = np.argsort(self.tight[self.host_pattern[some]], kind="stable")
        left = take_over(
            order, fallen[order], (moved, fell[moved], self.survives, self.kind, turn), lost[some],
            self.host_pattern[some], self.solution.bin, self.solution.start, self.solution.item, self.solution.copies,
            self.problem.size, self.problem.fits, self.rank, self.free, self.stays, self.limits, self.pairs,
        )  # fmt: skip
        return {int(i): int(n) for i, n in zip(order, left, strict=True) if n}


def _decreasing(problem: Problem, solution: Solution) -> Iterator[Ints]:
    """int64[I]: the largest dominant share of all hosts' room first; of equal ones, those that fewest hosts admit.

    Then the largest sum of shares first, where no resource has several columns, which would count it several times.
    """
    shares = problem.size / _total(problem, solution)
    admitting = problem.fits[:, solution.bin] @ solution.multiplicity
    keys = (np.arange(problem.items), admitting, *reversed((-problem.size).T), -shares.max(axis=1))
    yield np.lexsort(keys).astype(np.int64)
    if all(name == plain_resource(name) for name in problem.resources):
        yield np.argsort(-shares.sum(axis=1), kind="stable").astype(np.int64)


def _total(problem: Problem, solution: Solution) -> npt.NDArray[np.float64]:
    """float64[R]: the room of all hosts; infinite where none has a limit."""
    room = problem.capacity[solution.bin]
    total = (np.where(room < UNLIMITED, room, 0) * solution.multiplicity[:, None]).sum(axis=0)
    return np.where((room < UNLIMITED).any(axis=0), np.maximum(total, 1).astype(float), np.inf)


def _largest_first(held: Ints, total: npt.NDArray[np.float64]) -> Ints:
    """int64[]: the rows of held int64[P, R] that are not empty, the largest dominant share first."""
    found = np.flatnonzero(held.any(axis=1))
    return found[np.argsort(-(held[found] / total).max(axis=1, initial=0.0), kind="stable")].astype(np.int64)


def _ranked(values: npt.NDArray[np.float64]) -> Ints:
    """int64[]: the place of each value when they are sorted."""
    place = np.empty(len(values), dtype=np.int64)
    place[np.argsort(values, kind="stable")] = np.arange(len(values))
    return place


def _limits(problem: Problem) -> tuple[Ints, Ints, Ints, Bools]:
    forms = [limit for limit in problem.limits if limit.level == HOST]
    member = np.zeros((len(forms), problem.items), dtype=bool)
    for f, limit in enumerate(forms):
        member[f, limit.items] = True
    return *_by_item(member), np.array([limit.most for limit in forms], dtype=np.int64), member


def _pairs(problem: Problem) -> tuple[Ints, Ints, npt.NDArray[np.int8]]:
    forms = [apart for apart in problem.apart if apart.level == HOST]
    side = np.zeros((len(forms), problem.items), dtype=np.int8)
    for g, apart in enumerate(forms):
        side[g, apart.a], side[g, apart.b] = A, B
    return *_by_item(side > 0), side


def _by_item(member: Bools) -> tuple[Ints, Ints]:
    """The forms of each item: `forms[start[i]:start[i + 1]]`."""
    start = np.append(0, np.cumsum(member.sum(axis=0))).astype(np.int64)
    return start, np.nonzero(member.T)[1].astype(np.int64)
