"""The layout of a bay plan: which zones, which columns, how wide, at what scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from models.plan import PlannedHost
from planner.plots.columns import Column, column
from planner.plots.demand import Demands
from planner.plots.groups import HostGroup, by_location, host_groups
from planner.plots.labels import unit_of
from planner.plots.palette import Palette

MOST_ZONES = 48
MOST_COLUMNS = 150
ONE_BY_ONE = 40
PANEL_WIDTH = 590
NARROW_PANEL = 372
"""Panels side by side: two of the wide ones, or three of the narrow ones where regions have more zones."""
AXIS_WIDTH = 46
TALLEST = 320
SMALLEST_GREY = 2.5
"""Grey stacks below this height, in px, are joined."""


@dataclass(frozen=True)
class Zone:
    """The hosts of one place, grouped for drawing."""

    path: str
    hosts: tuple[PlannedHost, ...]
    groups: tuple[HostGroup, ...]

    @property
    def region(self) -> str:
        """The path of its cloud and region."""
        return "/".join(self.path.split("/")[:2])

    @property
    def name(self) -> str:
        """What its panel is headed with: the path below the region, or the last name there is."""
        parts = self.path.split("/")
        name = "/".join(parts[2:]) if len(parts) > 2 else parts[-1]
        return f"zone {name}" if name.isdigit() else name


def zones_of(hosts: tuple[PlannedHost, ...], palette: Palette) -> tuple[Zone, ...]:
    """Group hosts for a picture of reasonable size, whatever their number."""
    places = by_location(hosts, MOST_ZONES)
    one_by_one = ONE_BY_ONE if len(hosts) <= 3 * ONE_BY_ONE else 0
    most = max(2, MOST_COLUMNS // max(1, len(places)))
    return tuple(
        Zone(path, tuple(members), host_groups(members, most, one_by_one, palette.family))
        for path, members in places.items()
    )


@dataclass(frozen=True)
class Panel:
    """A part of a zone that is drawn as one piece: columns side by side over one axis."""

    zone: Zone
    columns: tuple[Column, ...]
    part: int


@dataclass(frozen=True)
class Layout:
    """A bay plan in one resource, ready to be drawn.

    Attributes
    ----------
    panels : tuple of Panel
        Ordered by path.
    column_width, gap : float
        Pixels.
    scale : float
        Pixels for one of the model's units of the resource.
    """

    resource: str
    panels: tuple[Panel, ...]
    column_width: float
    gap: float
    scale: float

    @property
    def regions(self) -> Iterator[tuple[str, list[Panel]]]:
        """Panels by the path of their region."""
        for region, panels in groupby(self.panels, key=lambda panel: panel.zone.region):
            yield region, list(panels)

    def marks(self, tallest: float) -> list[float]:
        """Amounts to mark on an axis of `tallest` px, in the model's units.

        Multiples of 1, 2 or 5 times a power of ten, for GiB of a power of two, that stand far
        enough apart to be read.
        """
        unit, per = unit_of(self.resource)
        if not self.scale:
            return [0.0]
        apart, top = 34 / self.scale, tallest / self.scale
        binary = [per * 2.0**e for e in range(40)]
        decimal = [per * m * 10.0**e for e in range(-3 if per == 1000 else 0, 13) for m in (1, 2, 5)]
        steps = binary if unit == "GiB" else decimal
        step = next((step for step in steps if step >= apart), steps[-1])
        if step > top:
            step = max((step for step in steps if step <= top), default=top)
        return [step * i for i in range(int(top / step + 1e-9) + 1)]


def layout(zones: tuple[Zone, ...], resource: str, demand: Demands, palette: Palette) -> Layout:
    """Lay out all zones at one common scale, the largest host setting it."""
    drawn = sum(len(zone.groups) for zone in zones)
    widest = max((len(zone.groups) for zone in zones), default=1)
    wanted = 250 if drawn <= 12 else 150
    sizes = sorted(max(g.limit(resource) or 0, g.used(resource)) for zone in zones for g in zone.groups)
    tallest, middle = (sizes[-1], sizes[len(sizes) // 2]) if sizes else (0.0, 0.0)
    scale = min(max(wanted / tallest, 110 / (middle or tallest)), TALLEST / tallest) if tallest else 0.0
    crowded = max(Counter(zone.region for zone in zones).values(), default=1) > 2
    room = (NARROW_PANEL if crowded else PANEL_WIDTH) - AXIS_WIDTH
    pitch = max(46.0, min(132.0, room / widest))
    gap = max(9.0, pitch * 0.17)
    across = int((PANEL_WIDTH - AXIS_WIDTH + gap) // pitch)
    least = SMALLEST_GREY / scale if scale else 0.0
    panels = [
        Panel(
            zone,
            tuple(column(group, resource, demand, palette, least) for group in zone.groups[at : at + across]),
            at // across,
        )
        for zone in zones
        for at in range(0, len(zone.groups), across)
    ]
    return Layout(resource, tuple(panels), round(pitch - gap, 1), round(gap, 1), scale)
