"""One quantity over the time of a film as SVG: a line for each policy over one axis, faults and releases as bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from planner.plots.labels import escaped, number
from planner.plots.palette import HUES
from planner.plots.panels import num

WIDTH, HEIGHT = 640, 232
LEFT, RIGHT, TOP, BOTTOM = 48, 10, 32, 40
"""Pixels around the field."""
POINTS = 320
"""A line has at most so many: more are means of neighbours."""
_ORDER = (0, 2, 6, 7, 4, 5)
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4")


@dataclass(frozen=True)
class Band:
    """A stretch of time to mark: `kind` is its class, `title` what is told where the pointer is over it."""

    kind: str
    begin: float
    end: float
    title: str


@dataclass(frozen=True)
class Curves:
    """A quantity of all policies over time.

    Attributes
    ----------
    title, unit : str
    hours : sequence of float
        When each interval ended.
    lines : mapping of str to sequence of float
        By policy.
    wanted : sequence of float
        What there should be; drawn grey and dashed.
    """

    title: str
    unit: str
    hours: Sequence[float]
    lines: Mapping[str, Sequence[float]]
    wanted: Sequence[float] = ()


def colour(n: int) -> str:
    """The colour of the n-th policy; after six they come again, with other dashes."""
    return HUES[_ORDER[n % len(_ORDER)]]


def dash(n: int) -> str:
    """The dashes of the n-th policy: lines are told apart without colours, too."""
    return _DASHES[(n + n // len(_ORDER)) % len(_DASHES)]


def time_chart(curves: Curves, bands: Sequence[Band] = ()) -> str:
    """Draw curves; heights are to scale, from 0 unless all values lie in the upper third."""
    values = [value for line in (*curves.lines.values(), curves.wanted) for value in line]
    marks = ticks(*_range(values))
    end = max(curves.hours, default=1.0)
    field = _Field(end, marks[0], marks[-1])
    parts = [*_axes(curves, field, marks), *_bands(bands, field)]
    if curves.wanted:
        parts.append(f'<path class="wanted" d="{field.path(curves.hours, curves.wanted)}"/>')
    for n, (policy, line) in enumerate(curves.lines.items()):
        parts.append(
            f'<path class="line" stroke="{colour(n)}" stroke-dasharray="{dash(n)}" '
            f'd="{field.path(curves.hours, line)}"><title>{escaped(policy)}</title></path>'
        )
    label = escaped(f"{curves.title}, {curves.unit}")
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers around a range, at equal distances of 1, 2 or 5 times a power of ten."""
    rough = max(high - low, 1e-9) / (most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * by for by in (1, 2, 5, 10) if power * by >= rough * (1 - 1e-9))
    first = floor(low / step + 1e-9)
    return [n * step for n in range(first, max(first + 1, ceil(high / step - 1e-9)) + 1)]


def thinned(values: Sequence[float], most: int = POINTS) -> list[float]:
    """Means of neighbours, so that there are at most so many values."""
    size = -(-len(values) // most) or 1
    return [sum(part) / len(part) for part in (values[i : i + size] for i in range(0, len(values), size))]


@dataclass(frozen=True)
class _Field:
    """Where times and values lie in the picture."""

    end: float
    low: float
    high: float

    def x(self, hour: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, hour / self.end))

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)

    def path(self, hours: Sequence[float], values: Sequence[float]) -> str:
        """Steps: each value holds for the interval that ends at its hour."""
        ends = list(hours)
        size = -(-len(ends) // POINTS) or 1
        ends = [ends[min(i + size, len(ends)) - 1] for i in range(0, len(ends), size)]
        steps = zip(ends, thinned(values), strict=True)
        return f"M{num(self.x(0))} " + " ".join(
            f"{'' if n else num(self.y(value))}{f'V{num(self.y(value))}' if n else ''}H{num(self.x(hour))}"
            for n, (hour, value) in enumerate(steps)
        )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high <= 0:
        return 0.0, 1.0
    return (low, high) if low > high * 2 / 3 and high - low > 1e-6 * high else (0.0, high)


def _axes(curves: Curves, field: _Field, marks: Sequence[float]) -> Iterator[str]:
    title, unit = escaped(curves.title), escaped(curves.unit)
    yield f'<text y="15"><tspan class="title">{title}</tspan><tspan class="unit" dx="8">{unit}</tspan></text>'
    for mark in marks:
        y = num(field.y(mark))
        yield f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        text = escaped(number(round(mark, 6)))
        yield f'<text class="mark" x="{LEFT - 6}" y="{num(field.y(mark) + 4)}" text-anchor="end">{text}</text>'
    days = field.end > 48
    per = 24.0 if days else 1.0
    base = HEIGHT - BOTTOM
    for at in ticks(0, field.end / per, 9):
        if at * per > field.end * (1 + 1e-9):
            continue
        x = num(field.x(at * per))
        yield f'<path class="grid" d="M{x} {base}v4"/>'
        yield f'<text class="mark" x="{x}" y="{base + 17}" text-anchor="middle">{number(round(at, 6))}</text>'
    told = "days" if days else "hours"
    below = f'x="{WIDTH - RIGHT}" y="{HEIGHT - 5}" text-anchor="end"'
    yield f'<text class="unit" {below}>{told} since the film began</text>'


def _bands(bands: Sequence[Band], field: _Field) -> Iterator[str]:
    for band in bands:
        x = field.x(band.begin)
        width = max(1.5, field.x(band.end) - x)
        yield (
            f'<rect class="band {band.kind}" x="{num(x)}" y="{TOP}" width="{num(width)}" '
            f'height="{HEIGHT - TOP - BOTTOM}"><title>{escaped(band.title)}</title></rect>'
        )
