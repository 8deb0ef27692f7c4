"""When cron schedules run."""

from fractions import Fraction

import pytest

from models.schedule import times_of

HOUR = 60
DAY = 24 * HOUR


def day(days: int, hour: int = 0, minute: int = 0) -> Fraction:
    return days + Fraction(hour * 60 + minute, DAY)


def test_every_night():
    times = times_of("0 2 * * *", 90)
    assert times.spans == tuple((n * DAY + 2 * HOUR, n * DAY + 3 * HOUR + 30) for n in range(7))
    assert times.daily
    assert times.covers(day(3, 2))
    assert times.covers(day(3, 3, 29))
    assert not times.covers(day(3, 3, 30))
    assert not times.covers(day(3, 1, 59))


def test_over_midnight():
    times = times_of("30 23 * * 2", 60)  # Tuesdays
    assert times.spans == ((DAY + 23 * HOUR + 30, 2 * DAY + 30),)
    assert times.covers(day(2, 0, 29))
    assert not times.daily


def test_from_sunday_into_monday():
    times = times_of("0 23 * * 0", 120)
    assert times.spans == ((0, HOUR), (7 * DAY - HOUR, 7 * DAY))
    assert times.covers(day(0))
    assert times.covers(day(6, 23))
    assert not times.covers(day(0, 1))


def test_every_night_over_midnight_is_daily():
    times = times_of("0 23 * * *", 120)
    assert times.daily
    assert times.covers(day(0, 0, 30))
    assert not times.covers(day(0, 1))


def test_runs_that_touch_are_one_span():
    assert times_of("*/5 * * * *", 5).spans == ((0, 7 * DAY),)
    assert times_of("0,30 6 * * 1", 30).spans == ((6 * HOUR, 7 * HOUR),)
    assert times_of("0 0 * * 3", 8 * DAY).spans == ((0, 7 * DAY),)


def test_working_days():
    assert [start // DAY for start, _ in times_of("0 9 * * 1-5", 60).spans] == [0, 1, 2, 3, 4]


def test_a_day_of_the_month_counts_on_every_weekday_it_may_be():
    assert len(times_of("0 4 1 * *", 30).spans) == 7
    assert len(times_of("0 4 1 1 *", 30).spans) == 7
    assert [start // DAY for start, _ in times_of("0 4 * 2 1", 30).spans] == [0]


@pytest.mark.parametrize("schedule", ["0 2 * *", "@daily", "61 * * * *", "nightly please now and then", "0 0 31 2 *"])
def test_what_is_no_schedule(schedule: str):
    with pytest.raises(ValueError):  # noqa: PT011 (each of them says something else)
        times_of(schedule, 60)
