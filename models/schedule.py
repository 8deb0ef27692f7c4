"""When cron schedules run, over a week."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache

MONDAY = datetime(2024, 1, 1)
"""The first day of a leap year that begins with a Monday."""
_DAY = 24 * 60
_WEEK = 7 * _DAY
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CYCLE = 28 * 365.25
"""Days until every date has fallen on every weekday that it can (between 1901 and 2099)."""


@dataclass(frozen=True)
class Times:
    """Spans of a week, in minutes since Monday 0:00: ascending, apart from each other."""

    spans: tuple[tuple[int, int], ...]

    @cached_property
    def daily(self) -> bool:
        """Whether every day of the week is like the others."""
        marks = {minute % _DAY for span in self.spans for minute in span}
        return all(len({self.covers(Fraction(m, _DAY) + day) for day in range(7)}) == 1 for m in marks)

    def covers(self, day: Fraction) -> bool:
        """Whether a time in days since Monday 0:00 lies in a span."""
        minute = day % 7 * _DAY
        at = bisect_right(self.spans, (minute, _WEEK + 1)) - 1
        return at >= 0 and minute < self.spans[at][1]

    def breaks(self) -> set[Fraction]:
        """The spans' ends in days since Monday 0:00."""
        return {Fraction(minute, _DAY) for span in self.spans for minute in span if minute < _WEEK}


def told(day: Fraction, *, weekday: bool = True) -> str:
    """A time in days since Monday 0:00 for people: `03:00 on Monday`."""
    minutes = int(day % 1 * _DAY)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f" on {_WEEKDAYS[int(day % 7)]}" if weekday else "")


@lru_cache(maxsize=4096)
def times_of(schedule: str, minutes: int) -> Times:
    """The times of a week at which a job of `minutes` that starts by a cron schedule may run.

    A schedule that asks for days of the month or for months counts on every weekday on which such a
    day may fall.

    Raises
    ------
    ValueError
        If it is no cron schedule of five fields.
    """
    fields = schedule.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields instead of five")
    of_day = {at.hour * 60 + at.minute for at in _runs(f"{fields[0]} {fields[1]} * * *", days=1)}
    return Times(_joined(sorted(day * _DAY + minute for day in _weekdays(fields[2:]) for minute in of_day), minutes))


def _weekdays(fields: list[str]) -> set[int]:
    """The weekdays, 0 for Monday, on which days by a schedule's last three fields may fall."""
    weekly = fields[0] == fields[1] == "*"
    found: set[int] = set()
    for at in _runs("0 0 " + " ".join(fields), days=7 if weekly else _CYCLE):
        found.add(at.weekday())
        if len(found) == 7:
            break
    return found


def _runs(schedule: str, days: float) -> Iterator[datetime]:
    """When a schedule runs in the days from that Monday on."""
    from croniter import croniter

    runs = croniter(schedule, MONDAY - timedelta(minutes=1), ret_type=datetime)
    while (at := runs.get_next()) < MONDAY + timedelta(days=days):
        yield at


def _joined(starts: list[int], minutes: int) -> tuple[tuple[int, int], ...]:
    """The spans of runs that start at these minutes of every week; those that touch are one."""
    spans = list[list[int]]()
    # Runs of the week before reach into this one.
    for start in [*(start - _WEEK for start in starts), *starts]:
        first, last = max(0, start), min(_WEEK, start + minutes)
        if last <= first:
            continue
        if spans and first <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], last)
        else:
            spans.append([first, last])
    return tuple((first, last) for first, last in spans)
