"""Small problems with every form, drawn or written, and their optima by enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import strategies as st

from models.goals import GoalTier
from planner.problem import UNLIMITED, Problem, Solution, broken_forms, score
from planner.problem.forms import HOST, Apart, Limit, Near, Quota, Room, Spread, Together

ZONE = 2
GOALS = tuple(GoalTier(goal=name) for name in ("unplaced", "cost", "hosts"))


def goals(*names):
    """Goal tiers by name; `domains` counts zones."""
    return tuple(GoalTier(goal=name) for name in names)


def problem_of(sizes, counts, capacities, prices, *, available=None, required=None, zones=None, priority=None, **more):
    """A problem from plain lists: what fits follows from the sizes, and `zones` are those of the bin types.

    As the compiler makes them, problems have two resources at least: where one is given, there is as
    much of the second.
    """
    bins = len(prices)
    size = np.array(sizes, dtype=np.int64).reshape(len(counts), -1)
    capacity = np.array(capacities, dtype=np.int64).reshape(bins, -1)
    if size.shape[1] == 1:
        size, capacity = size.repeat(2, axis=1), capacity.repeat(2, axis=1)
    domain = np.full((bins, 5), -1, dtype=np.int64)
    domain[:, ZONE] = -1 if zones is None else zones
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
def problems(draw, copies: int = 5, items: int = 3, bins: int = 3, forms: int = 2):
    """Problems small enough for `optimum`, with up to so many forms of any kind.

    As the compiler does, items of forms that need a zone are kept off bin types without one, and what
    is near what has no cycles.
    """
    counts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=items).filter(lambda drawn: sum(drawn) <= copies))
    number, types, kinds = len(counts), draw(st.integers(1, bins)), draw(st.integers(1, 2))
    zones = np.array([draw(st.sampled_from([0, 0, 1, 1, 2, -1])) for _ in range(types)])
    drawn = [draw(_form(number, zones)) for _ in range(draw(st.integers(0, forms)))]
    rooms = [form for form in drawn if isinstance(form, Room)]
    total = number + len(rooms)
    sizes = [[draw(st.integers(1, 6)) for _ in range(kinds)] for _ in range(total)]
    fits = np.array([[draw(st.sampled_from([True, True, True, False])) for _ in range(types)] for _ in range(total)])
    for form in drawn:
        if isinstance(form, Together | Near | Spread) and form.level == ZONE:
            fits[form.a if isinstance(form, Near) else form.items] &= zones >= 0
    names = draw(st.permutations(["cost", "hosts", "domains", "balance"]))
    fields = {field: tuple(form for form in drawn if isinstance(form, kind)) for field, kind in _FIELDS.items()}
    fields["rooms"] = tuple(Room(r.level, number + n, r.copies, r.bins, r.rule) for n, r in enumerate(rooms))
    return problem_of(
        sizes, counts + [0] * len(rooms),
        [[draw(st.sampled_from([4, 6, 7, 9, 10])) for _ in range(kinds)] for _ in range(types)],
        [draw(st.integers(1, 9)) for _ in range(types)],
        available=[draw(st.sampled_from([1, 2, UNLIMITED, UNLIMITED])) for _ in range(types)],
        required=[draw(st.sampled_from([0, 0, 0, 1])) for _ in range(types)], zones=zones, fits=fits,
        priority=[draw(st.sampled_from([0, 0, 1])) for _ in range(total)],
        goals=goals("unplaced", *names[:2]), **fields,
    )  # fmt: skip


_FIELDS = {
    "limits": Limit, "apart": Apart, "together": Together, "near": Near, "spreads": Spread, "quotas": Quota,
    "rooms": Room,
}  # fmt: skip


@st.composite
def _form(draw, items: int, zones):
    level = draw(st.sampled_from([ZONE, HOST]))
    members = draw(st.permutations(range(items)))
    some = np.sort(members[: draw(st.integers(1, items))])
    cut = draw(st.integers(1, items - 1)) if items > 1 else 0
    kind = draw(st.sampled_from([Limit, Apart, Together, Near, Spread, Quota, Room]))
    known = np.unique(zones[zones >= 0])
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
        return Spread(ZONE, some, draw(st.integers(1, 2)), known, draw(st.booleans()), "spread")
    if kind is Together:
        return Together(level, some, "together")
    return Limit(level, some, draw(st.integers(1, 2)), "limit")


def optimum(problem: Problem) -> tuple[tuple[int, ...], Solution] | None:
    """The best score and a solution that has it, by trying every plan; None where every plan breaks a form."""
    best = None
    for solution in _plans(problem):
        value = score(problem, solution)
        if (best is None or value < best[0]) and not broken_forms(problem, solution):
            best = (value, solution)
    return best


def _plans(problem: Problem) -> Iterator[Solution]:
    """Every multiset of hosts within supply, none empty but those that must stay or may keep room free."""
    rooms = sum(room.copies for room in problem.rooms)
    hosts = [(b, content) for b in range(problem.bins) for content in _contents(problem, b)]
    empty = [int(problem.required[b]) + (rooms if room_may_stand(problem, b) else 0) for b in range(problem.bins)]

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
