"""What everyone asks for over time, and the moments that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from models.demand import DAYS
from models.reports import Finding
from models.resources import CPU, MEMORY, PODS
from models.workload import Workload
from planner.errors import InputError
from planner.problem.draft import Draft

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_MOMENTS = 10_080
"""Times at which demand may change: every minute of a week."""
MOST_SEGMENTS = 2_016
"""Of these, such as are no easier than another: they become array resources."""
MINUTES = 24 * 60
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, eq=False)
class Timeline:
    """Demand in the models' units: of every workload, then of every room kept free (`A` askers).

    Attributes
    ----------
    moments : tuple of Fraction, length T
        Days since Monday 0:00 at which some demand may change, over a day or a week; one if nothing varies.
    weekly : bool
        Whether the moments are those of a week.
    flat : dict of resource to int64[A]
        Demand where it does not change, the peak where it does.
    varying : dict of resource to (int64[V], int64[V, T])
        The askers whose demand for the resource changes, and what they ask for from each moment on.
    """

    moments: tuple[Fraction, ...]
    weekly: bool
    flat: Mapping[str, Ints]
    varying: Mapping[str, tuple[Ints, Ints]]

    def asked(self, resource: str, moment: int) -> Ints:
        """int64[A]: demand for a resource from a moment on."""
        if resource not in self.varying:
            return self.flat[resource]
        rows, amounts = self.varying[resource]
        asked = self.flat[resource].copy()
        asked[rows] = amounts[:, moment]
        return asked

    def hardest(self, resource: str) -> tuple[int, ...]:
        """The moments at which some choice of askers may want more of a resource than at any other."""
        return undominated(self.varying[resource][1]) if resource in self.varying else (0,)

    def name(self, resource: str, moment: int, kept: Sequence[int]) -> str:
        """How arrays call a resource at one of the moments kept: `cpu@03:00`, plain `cpu` if it is the only one."""
        if len(kept) == 1:
            return resource
        day = self.moments[moment]
        seconds = day % 1 * 86_400
        minutes, rest = divmod(seconds, 60)
        at = f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}" + (f":{float(rest):06.3f}" if rest else "")
        return part_of(resource, f"{at} ({_WEEKDAYS[int(day)]})" if self.weekly else at)


def part_of(name: str, words: str) -> str:
    """A name for a further part of a resource: `cpu@1 % risk`, `cpu@03:00, 1 % risk`."""
    return f"{name}, {words}" if "@" in name else f"{name}@{words}"


def timeline(draft: Draft) -> Timeline:
    """Lay out the demand of all workloads and kept rooms over a day, or over a week where one needs it.

    Raises
    ------
    InputError
        If demand changes at more than `MOST_MOMENTS` different times.
    """
    workloads = draft.scenario.spec.workloads
    amounts = [workload.asked() for workload in workloads]
    for w, more in draft.more_demand.items():
        for name, amount in more.items():
            amounts[w][name] = amounts[w].get(name, 0) + amount
    amounts += [kept.shape.amounts() for kept in draft.rooms]
    names = dict.fromkeys([CPU, MEMORY, PODS, *(name for asked in amounts for name, value in asked.items() if value)])
    flat = {name: np.array([asked.get(name, 0) for asked in amounts], dtype=np.int64) for name in names}

    changing = [w for w, workload in enumerate(workloads) if workload.varies]
    weekly = any(_needs_week(workloads[w]) for w in changing)
    moments = _moments(workloads, changing, days=7 if weekly else 1)
    rows: dict[str, list[tuple[int, Ints]]] = {}
    for w in changing:
        for name in (name for name in names if amounts[w].get(name)):
            over_time = _over_time(workloads[w], name, amounts[w][name], moments)
            if (over_time != over_time[0]).any():
                rows.setdefault(name, []).append((w, over_time))
            else:
                flat[name][w] = over_time[0]
    varying = {
        name: (np.array([w for w, _ in found], dtype=np.int64), np.array([row for _, row in found], dtype=np.int64))
        for name, found in rows.items()
    }
    return Timeline(moments, weekly, flat, varying)


def _needs_week(workload: Workload) -> bool:
    by_profile = workload.profile is not None and workload.profile.period == "week"
    return by_profile or (workload.times is not None and not workload.times.daily)


def _moments(workloads: Sequence[Workload], changing: Sequence[int], days: int) -> tuple[Fraction, ...]:
    """All times within the horizon at which demand may change, ascending."""
    found = {Fraction(0)}
    for w in changing:
        workload = workloads[w]
        if workload.profile is not None:
            period = DAYS[workload.profile.period]
            found |= {at + day for at in workload.profile.breaks() for day in range(0, days, period)}
        if workload.times is not None:
            found |= {at for at in workload.times.breaks() if at < days}
        if len(found) > MOST_MOMENTS:
            raise _too_many(f"demand that changes at more than {MOST_MOMENTS:,} different times")
    return tuple(sorted(found))


def _over_time(workload: Workload, name: str, peak: int, moments: Sequence[Fraction]) -> Ints:
    """int64[T]: what one replica asks for from each moment on."""
    # Whole numbers throughout: Fraction by Fraction would take seconds for a thousand workloads.
    over = np.array([moment.numerator for moment in moments], dtype=np.int64)
    under = np.array([moment.denominator for moment in moments], dtype=np.int64)
    amounts = np.full(len(moments), peak, dtype=np.int64)
    if workload.profile is not None and name in workload.profile.points:
        points = np.array(workload.profile.points[name], dtype=np.int64)
        now = over * len(points) // (under * DAYS[workload.profile.period]) % len(points)
        amounts += points[now] - points.max()
    if workload.times is not None:
        minutes = over * MINUTES // under
        spans = np.array(workload.times.spans, dtype=np.int64).reshape(-1, 2)
        at = np.searchsorted(spans[:, 0], minutes, side="right") - 1
        amounts[(at < 0) | (minutes >= np.append(spans[:, 1], 0)[at])] = 0
    return amounts


def undominated(rows: Ints) -> tuple[int, ...]:
    """The columns of int64[V, T] that no other equals or exceeds in all rows; of equal ones the first.

    Raises
    ------
    InputError
        If there are more than `MOST_SEGMENTS`.
    """
    _, first = np.unique(rows, axis=1, return_index=True)
    columns = np.ascontiguousarray(np.unique(rows, axis=0).T)
    front = np.empty((MOST_SEGMENTS, columns.shape[1]), dtype=np.int64)
    kept: list[int] = []
    # A column that exceeds another has the larger sum, so it comes first.
    for at in sorted(first.tolist(), key=lambda t: (-int(columns[t].sum()), t)):
        if not (front[: len(kept)] >= columns[at]).all(axis=1).any():
            if len(kept) == MOST_SEGMENTS:
                raise _too_many(f"demand that peaks at more than {MOST_SEGMENTS:,} different times")
            front[len(kept)] = columns[at]
            kept.append(at)
    return tuple(sorted(kept))


def _too_many(found: str) -> InputError:
    expected = "coarser profiles and schedules: fewer points, or times that coincide"
    return InputError("scenario", [Finding(("spec", "workloads"), found, expected)])
