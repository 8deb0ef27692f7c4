"""Small problems with every form, drawn or written, and their optima by enumeration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st

from models.goals import GoalTier
from planner.problem import UNLIMITED, Problem, Solution, broken_forms, score
from planner.problem.forms import HOST, Apart, Cap, Limit, Near, Quota, Room, Spread, Together
from planner.problem.score import tier_value, unplaced

ZONE = 2
PARTITION = HOST + 1
"""A level that a rule made up, of which the random problems have one now and then."""
BOUNDED = ("cost", "hosts", "domains", "balance", "moves", "carbon")
"""Goals that bounds and exact solvers know."""
Holds = Callable[[Solution], bool]
GOALS = tuple(GoalTier(goal=name) for name in ("unplaced", "cost", "hosts"))


def goals(*names):
    """Goal tiers by name; `domains` counts zones."""
    return tuple(GoalTier(goal=name) for name in names)


def problem_of(sizes, counts, capacities, prices, *, available=None, required=None, zones=None, priority=None, **more):
    """A problem from plain lists: what fits follows from the sizes, and `zones` are those of the bin types.

    As the compiler makes them, problems have two resources at least: where one is given, there is as
    much of the second. `partition` are the domains of the bin types at the level `PARTITION`.
    """
    bins = len(prices)
    size = np.array(sizes, dtype=np.int64).reshape(len(counts), -1)
    capacity = np.array(capacities, dtype=np.int64).reshape(bins, -1)
    if size.shape[1] == 1:
        size, capacity = size.repeat(2, axis=1), capacity.repeat(2, axis=1)
    domain = np.full((bins, 5), -1, dtype=np.int64)
    domain[:, ZONE] = -1 if zones is None else zones
    if "partition" in more:
        domain = np.column_stack([domain, np.full(bins, -1), np.array(more.pop("partition"), dtype=np.int64)])
    fits = (size[:, None, :] <= capacity[None, :, :]).all(axis=2)
    if "fits" in more:
        fits &= np.array(more.pop("fits"), dtype=bool)
    return Problem(
        resources=("cpu", "memory", "pods")[: size.shape[1]],
        size=size, count=np.array(counts, dtype=np.int64),
        priority=np.zeros(len(counts), dtype=np.int64) if priority is None else np.array(priority, dtype=np.int64),
        capacity=capacity, price=np.array(prices, dtype=np.int64),
        available=np.full(bins, UNLIMITED) if available is None else np.array(available, dtype=np.int64),
        required=np.zeros(bins, dtype=np.int64) if required is None else np.array(required, dtype=np.int64),
        fits=fits, domain=domain, **({"goals": GOALS} | more),
    )  # fmt: skip


@st.composite
def problems(draw, copies=5, items=3, bins=3, forms=2, named=BOUNDED, relaxed=False):
    """Problems small enough for `optimum`, with up to so many forms of any kind, costs of places, moves and carbon.

    As the compiler does, items of forms that need a domain are kept off bin types without one, kept room
    is on the hosts of its rule and comes first, and what is near what has no cycles. Two goals follow `unplaced`, of
    those `named`. A `relaxed` one has a relaxation with smaller sizes.
    """
    counts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=items).filter(lambda drawn: sum(drawn) <= copies))
    number, types, kinds = len(counts), draw(st.integers(1, bins)), draw(st.integers(1, 2))
    zones = np.array([draw(st.sampled_from([0, 0, 1, 1, 2, -1])) for _ in range(types)])
    partition = np.array([draw(st.sampled_from([0, 0, 1, -1])) for _ in range(types)])
    drawn = [draw(_form(number, {ZONE: zones, PARTITION: partition})) for _ in range(draw(st.integers(0, forms)))]
    rooms = [form for form in drawn if isinstance(form, Room)]
    total = number + len(rooms)
    sizes = [[draw(st.integers(1, 6)) for _ in range(kinds)] for _ in range(total)]
    fits = np.array([[draw(st.sampled_from([True, True, True, False])) for _ in range(types)] for _ in range(total)])
    for form in drawn:
        if isinstance(form, Together | Near | Spread) and form.level != HOST:
            inside = zones >= 0 if form.level == ZONE else partition >= 0
            fits[form.a if isinstance(form, Near) else form.items] &= inside
    for n, room in enumerate(rooms):
        fits[number + n] &= room.bins
    names = draw(st.permutations(named))
    fields = {field: tuple(form for form in drawn if isinstance(form, kind)) for field, kind in _FIELDS.items()}
    fields["rooms"] = tuple(Room(r.level, number + n, r.copies, r.bins, r.rule) for n, r in enumerate(rooms))
    if any(getattr(form, "level", ZONE) == PARTITION for form in drawn):
        fields["partition"] = partition
    fields |= draw(_costs(number, total, types))
    problem = problem_of(
        sizes, counts + [0] * len(rooms),
        [[draw(st.sampled_from([4, 6, 7, 9, 10])) for _ in range(kinds)] for _ in range(types)],
        [draw(st.integers(1, 9)) for _ in range(types)],
        available=[draw(st.sampled_from([1, 2, UNLIMITED, UNLIMITED])) for _ in range(types)],
        required=[draw(st.sampled_from([0, 0, 0, 1])) for _ in range(types)], zones=zones, fits=fits,
        priority=[draw(st.sampled_from([0, 0, 1])) for _ in range(number)] + [2] * len(rooms),
        goals=goals("unplaced", *names[:2]), **fields,
    )  # fmt: skip
    return _with_relaxation(problem, np.array(draw(st.integers(0, 2)))) if relaxed else problem


def _with_relaxation(problem: Problem, less) -> Problem:
    """Add the same problem with smaller sizes, and fits that follow from them."""
    size = np.maximum(1, problem.size - less)
    fits = problem.fits | ((size[:, None, :] <= problem.capacity[None, :, :]).all(axis=2) & _only_large(problem))
    return replace(problem, relaxation=replace(problem, size=size, fits=fits))


def _only_large(problem: Problem):
    """bool[I, B]: nothing but their size keeps these off."""
    return ~(problem.size[:, None, :] <= problem.capacity[None, :, :]).all(axis=2)


_FIELDS = {
    "limits": Limit, "apart": Apart, "together": Together, "near": Near, "spreads": Spread, "quotas": Quota,
    "rooms": Room, "caps": Cap,
}  # fmt: skip


@st.composite
def _costs(draw, items: int, total: int, bins: int):
    """What copies cost by place, whether they move, what hosts emit; rows of kept room are 0."""
    fields = {}

    def table(*values):
        rows = [[draw(st.sampled_from(values)) for _ in range(bins)] for _ in range(items)]
        return np.array(rows + [[0] * bins] * (total - items), dtype=np.int64)

    if draw(st.booleans()):
        fields |= {"placing": table(0, 0, 1, 3, 8), "fixed": draw(st.sampled_from([0, 5]))}
    if draw(st.booleans()):
        fields["moving"] = table(0, 1, 1).astype(bool)
    if draw(st.booleans()):
        fields["carbon"] = np.array([draw(st.integers(0, 9)) for _ in range(bins)], dtype=np.int64)
    if draw(st.booleans()):
        fields["probe"] = np.array([2, 1])
    return fields


@st.composite
def _form(draw, items: int, domains):
    zones = domains[ZONE]
    level = draw(st.sampled_from([ZONE, HOST, PARTITION]))
    members = draw(st.permutations(range(items)))
    some = np.sort(members[: draw(st.integers(1, items))])
    cut = draw(st.integers(1, items - 1)) if items > 1 else 0
    kind = draw(st.sampled_from([Limit, Apart, Together, Near, Spread, Quota, Room, Cap]))
    at = ZONE if level == HOST else level
    known = np.unique(domains[at][domains[at] >= 0])
    if kind is Cap:
        weight = np.array([[draw(st.sampled_from([0, 1, 1, 2])) for _ in zones] for _ in some])
        return Cap(some, weight, draw(st.integers(0, 5)), "cap")
    if kind is Quota:
        weight = np.array([draw(st.integers(0, 2)) for _ in zones])
        return Quota(weight, draw(st.integers(2, 6)), "quota")
    if kind is Room:
        bins = np.array([draw(st.booleans()) for _ in zones])
        return Room(ZONE, -1, draw(st.integers(1, 2)), bins, "room")
    if kind is Apart and cut:
        return Apart(level, np.sort(members[:cut]), np.sort(members[cut:]), "apart")
    if kind is Near and cut:
        return Near(level, np.arange(cut), np.arange(cut, items), "near")
    if kind is Spread and len(known):
        return Spread(at, some, draw(st.integers(1, 2)), known, draw(st.booleans()), "spread")
    if kind is Together:
        return Together(level, some, "together")
    return Limit(level, some, draw(st.integers(1, 2)), "limit")


def optimum(problem: Problem, holds: Holds | None = None) -> tuple[tuple[int, ...], Solution] | None:
    """The best score and a solution that has it, by trying every plan; None where every plan breaks a form.

    Where `holds` asks more of plans, hosts may stand empty, too.
    """
    best = None
    for solution in _plans(problem, 0 if holds is None else int(problem.count.sum())):
        value = score(problem, solution)
        better = best is None or value < best[0]
        if better and not broken_forms(problem, solution) and (holds is None or holds(solution)):
            best = (value, solution)
    return best


def _plans(problem: Problem, spare: int) -> Iterator[Solution]:
    """Every multiset of hosts within supply, none empty but those that must stay, may keep room, or are to spare."""
    rooms = sum(room.copies for room in problem.rooms)
    hosts = [(b, content) for b in range(problem.bins) for content in _contents(problem, b)]
    empty = [
        int(problem.required[b]) + spare + (rooms if room_may_stand(problem, b) else 0) for b in range(problem.bins)
    ]

    def extend(at: int, left: np.ndarray, free: list[int], chosen: list[tuple[int, int, dict[int, int]]]):
        if at == len(hosts):
            yield Solution.of(chosen)
            return
        b, content = hosts[at]
        used = np.array(content)
        most = empty[b] if not used.any() else min(left[i] // n for i, n in enumerate(content) if n)
        for times in range(min(int(most), free[b]) + 1):
            rest = [*free[:b], free[b] - times, *free[b + 1 :]]
            inside = dict(enumerate(content))
            yield from extend(at + 1, left - used * times, rest, [*chosen, (b, times, inside)])

    supply = [min(int(n), 8) for n in problem.available]
    yield from extend(0, problem.count.copy(), supply, [])


def room_may_stand(problem: Problem, b: int) -> bool:
    """Whether a host of the bin type may be wanted for the room that it keeps free alone."""
    return any(room.bins[b] and problem.fits[room.item, b] for room in problem.rooms)


def _contents(problem: Problem, b: int) -> Iterator[tuple[int, ...]]:
    """What one host of a bin type can carry."""
    counts = np.where(problem.fits[:, b], problem.count, 0)
    for content in product(*(range(int(n) + 1) for n in counts)):
        if (np.array(content) @ problem.size <= problem.capacity[b]).all():
            yield content


def bounds_hold(problem: Problem, bounds, solution: Solution, other: Solution) -> bool:
    """Whether bounds that were told with a solution hold for another plan, in the tiers where it is no worse so far.

    No worse in `unplaced` is no worse in every priority.
    """
    for bound, goal in zip(bounds, problem.goals, strict=True):
        known, value = (tier_value(problem, plan, goal) for plan in (solution, other))
        if bound.value > min(known, value):
            return False
        left = [unplaced(problem, plan) for plan in (solution, other)]
        ranks = [problem.priority == rank for rank in np.unique(problem.priority)] if goal.goal == "unplaced" else []
        if value > known or any(left[1][rank].sum() > left[0][rank].sum() for rank in ranks):
            break
    return True
