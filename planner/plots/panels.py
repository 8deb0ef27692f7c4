"""One panel of the bay plan as SVG: an axis and the hosts of a zone, each with its containers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from models.resources import CPU, GPU, MEMORY, PODS, VOLUMES
from planner.plots.columns import Column, Stack, tiles
from planner.plots.groups import HostGroup
from planner.plots.labels import (
    amount,
    counted,
    escaped,
    number,
    percent,
    plural,
    resource_title,
    shortened,
    text_width,
    told_apart,
    unit_of,
)
from planner.plots.layout import AXIS_WIDTH, Layout, Panel
from planner.plots.palette import Palette, is_dark

HEAD, FOOT = 58, 84
"""Pixels above the tallest column and below the base line."""
LEAST_WIDTH = 176
MOST_MEMBERS = 8
"""Workloads that are told one by one where the pointer is over several."""
DETAILED = 60
"""Up to so many columns in the picture, every container is a tile of its own."""


@dataclass(frozen=True)
class Drawing:
    """A piece of SVG with its size in px; `hosts` is how many hosts it shows."""

    width: float
    height: float
    body: str
    hosts: int


@dataclass(frozen=True)
class Pen:
    """What every panel of a picture is drawn with.

    Attributes
    ----------
    unit : str
        What density counts.
    currency : str
    """

    layout: Layout
    palette: Palette
    unit: str
    currency: str = "USD"

    @property
    def detailed(self) -> bool:
        """Whether there is room to draw every container."""
        return sum(len(panel.columns) for panel in self.layout.panels) <= DETAILED


def num(value: float) -> str:
    """A coordinate: a tenth of a pixel is fine enough."""
    return f"{value:.1f}".removesuffix(".0")


def draw_panel(panel: Panel, pen: Pen, tallest: float) -> Drawing:
    """Draw the columns of a panel over an axis.

    Parameters
    ----------
    tallest : float
        Height in px that is kept for columns, so that panels side by side share their base line.
    """
    pitch = pen.layout.column_width + pen.layout.gap
    width = max(LEAST_WIDTH, AXIS_WIDTH + pitch * len(panel.columns))
    base = HEAD + tallest
    parts = [*_heading(panel, pen, width), *_axis(pen, base, tallest, width)]
    for i, (column, name) in enumerate(zip(panel.columns, _names(panel, pen), strict=True)):
        parts.append(_host(column, name, pen, AXIS_WIDTH + i * pitch, base))
    parts += _type_brackets(panel, pen, base)
    return Drawing(width, base + FOOT, "".join(parts), sum(column.group.count for column in panel.columns))


def _heading(panel: Panel, pen: Pen, width: float) -> Iterator[str]:
    zone = panel.zone
    name = shortened(zone.name, (width - 8) / 14.5)
    if panel.part:
        yield f'<text class="zone more" y="15">{escaped(name)}, continued</text>'
        return
    yield f'<text class="zone" y="15"><title>{escaped(zone.path)}</title>{escaped(name)}</text>'
    whole = HostGroup(zone.hosts, alike=False)
    share = whole.share(pen.layout.resource)
    title = resource_title(pen.layout.resource)
    used = f" · {percent(share)} of {title} used" if share is not None else ""
    yield f'<text class="quiet" y="32">{counted(len(zone.hosts), "host")}{escaped(used)}</text>'


def _axis(pen: Pen, base: float, tallest: float, width: float) -> Iterator[str]:
    unit, per = unit_of(pen.layout.resource)
    lines, marks = [], []
    for at in pen.layout.marks(tallest):
        y = base - at * pen.layout.scale
        lines.append(f"M{AXIS_WIDTH - 8} {num(y)}H{num(width)}")
        marks.append(
            f'<text class="mark" x="{AXIS_WIDTH - 13}" y="{num(y + 4)}" text-anchor="end">{number(at / per)}</text>'
        )
    yield f'<path class="grid" d="{"".join(lines)}"/>'
    yield f'<text class="mark" y="{num(base - tallest - 9)}">{escaped(unit)}</text>{"".join(marks)}'


def _names(panel: Panel, pen: Pen) -> Iterator[str]:
    """What stands under each column: its multiplicity, or the host's name as far as there is room."""
    room = (pen.layout.column_width + 6) / 12
    for _, members in groupby(panel.columns, key=lambda column: column.group.type_names):
        groups = [column.group for column in members]
        single = iter(told_apart([group.hosts[0].name for group in groups if group.count == 1], room))
        for group in groups:
            yield next(single) if group.count == 1 else f"{'×' if group.alike else '⌀'} {group.count:,}"


def _host(column: Column, name: str, pen: Pen, x: float, base: float) -> str:
    width, scale, group = pen.layout.column_width, pen.layout.scale, column.group
    full = column.height * scale
    parts = [f"<title>{_host_title(column, pen)}</title>"]
    if group.count > 1 and column.limit:
        parts.append(f'<rect class="deck" x="4" y="{num(-full - 4)}" width="{num(width)}" height="{num(full)}"/>')
    if column.limit:
        room = column.limit * scale
        parts.append(f'<rect class="room" y="{num(-room)}" width="{num(width)}" height="{num(room)}"/>')
    level = 0.0
    for stack in column.stacks:
        parts.append(_stack(stack, column, pen, level, width))
        level += stack.amount
    parts += _above(column, width, scale)
    parts += _labels(column, name, pen, width)
    place = f"translate({num(x)} {num(base)})"
    return f'<g class="host" data-hosts="{group.count}" transform="{place}">{"".join(parts)}</g>'


def _stack(stack: Stack, column: Column, pen: Pen, level: float, width: float) -> str:
    """The rectangle of a stack; edges are rounded, not heights, so that no gaps open."""
    scale = pen.layout.scale
    top, bottom = round((level + stack.amount) * scale, 1), round(level * scale, 1)
    height = top - bottom
    colour = pen.palette.css_class(stack.family) if stack.family else "g0"
    ids = " ".join(str(pen.palette.number[name]) for name in stack.workloads)
    title = _stack_title(stack, column)
    rect = (
        f'<rect class="s {colour}" data-w="{ids}" y="{num(-top)}" width="{num(width)}" '
        f'height="{num(height)}"><title>{title}</title></rect>'
    )
    if not pen.detailed or not stack.family:
        return rect
    count = stack.replicas
    seams = _seams(int(count), -bottom, width, height) if stack.even and count == int(count) else ""
    label, room = "", (width - 10) / 11
    if height >= 17 and width >= 70:
        ink = "light" if is_dark(pen.palette.colour(stack.family)) else "dark"
        times = f" × {number(count)}"
        text = shortened(stack.family, room - text_width(times)) + times
        y = num(-bottom - height / 2 + 4)
        label = f'<text class="in {ink} {colour}" x="{num(width / 2)}" y="{y}">{escaped(text)}</text>'
    return f"{rect}{seams}{label}"


def _seams(count: int, bottom: float, width: float, height: float) -> str:
    """Lines between the containers of a stack, where they are large enough to be told apart."""
    if count < 2 or width * height / count < 22:
        return ""
    path, y = [], bottom
    for across, row in tiles(count, width, height):
        path += [f"M{num(width * i / across)} {num(y)}v{num(-row)}" for i in range(1, across)]
        y -= row
        path.append(f"M0 {num(y)}h{num(width)}")
    return f'<path class="seams" d="{"".join(path[:-1])}"/>'


def _above(column: Column, width: float, scale: float) -> Iterator[str]:
    """Headroom at the top of the column, free room below it, a red line where it is overfull."""
    if not column.limit:
        return
    limit = column.limit
    kept = min(column.reserved, limit)
    if kept:
        text = f"kept free by headroom rules: {amount(column.resource, column.reserved)}"
        yield (
            f'<rect class="kept" y="{num(-limit * scale)}" width="{num(width)}" height="{num(kept * scale)}">'
            f"<title>{escaped(text)}</title></rect>"
        )
    if column.free * scale >= 18 and width >= 70:
        y = num(-(column.used + column.free / 2) * scale + 4)
        _, per = unit_of(column.resource)
        yield f'<text class="free" x="{num(width / 2)}" y="{y}">{number(column.free / per)} free</text>'
    if column.used > limit * 1.000001:
        yield f'<path class="over" d="M-3 {num(-limit * scale)}H{num(width + 3)}"/>'


def _labels(column: Column, name: str, pen: Pen, width: float) -> Iterator[str]:
    """Under the host: its multiplicity or name, and what binds it."""
    group, middle, room = column.group, num(width / 2), (width + 6) / 11
    y = 31
    yield f'<text class="name" x="{middle}" y="17">{escaped(name)}</text>'
    if not group.binding:
        return
    share = group.share(group.binding)
    here = " here" if group.binding == pen.layout.resource else ""
    title, used = resource_title(group.binding), percent(share) if share is not None else ""
    lines = [f"{title} {used}"] if width >= 80 else [used, title]
    for i, line in enumerate(lines):
        small, text = (" small" if i else ""), escaped(shortened(line, room * 1.2 if i else room, tail=0))
        yield f'<text class="binds{here}{small}" x="{middle}" y="{y + 13 * i}">{text}</text>'


def _type_brackets(panel: Panel, pen: Pen, base: float) -> Iterator[str]:
    """A bracket under neighbours of the same type, with its name and how they are bought."""
    pitch, width = pen.layout.column_width + pen.layout.gap, pen.layout.column_width
    at = 0
    for kind, members in groupby(panel.columns, key=lambda column: column.group.type_names):
        groups = [column.group for column in members]
        left = AXIS_WIDTH + at * pitch
        right = left + (len(groups) - 1) * pitch + width
        at += len(groups)
        end = max(right, LEAST_WIDTH) if at == len(panel.columns) else right + pen.layout.gap - 4
        bought = _bought(groups)
        yield f'<path class="bracket" d="M{num(left)} {num(base + 53)}H{num(right)}"/>'
        yield (
            f'<text class="type" x="{num(left)}" y="{num(base + 67)}"><title>{escaped(f"{kind}: {bought}")}</title>'
            f'{escaped(shortened(kind, (end - left) / 11, tail=0))}<tspan class="quiet" x="{num(left)}" dy="13">'
            f"{escaped(shortened(bought, (end - left) / 11, tail=0))}</tspan></text>"
        )


def _bought(groups: list[HostGroup]) -> str:
    """Purchase options, with the count of hosts where there are several."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group.purchases] = counts.get(group.purchases, 0) + group.count
    return ", ".join(counts) if len(counts) == 1 else ", ".join(f"{n:,} {name}" for name, n in counts.items())


def _host_title(column: Column, pen: Pen) -> str:
    """What the pointer over a host tells; lines are escaped one by one."""
    group = column.group
    first = group.hosts[0]
    names = first.name if group.count == 1 else f"{group.count:,} hosts: {first.name} … {group.hosts[-1].name}"
    lines = [names, f"{group.type_names}, {group.purchases}, {group.location}"]
    if not group.alike:
        lines.append("the average of hosts that differ")
    replicas = sum(group.contents.values()) / group.count
    workloads = sum(len(host.runs) for host in group.hosts) / group.count
    each = " on each" if group.count > 1 else ""
    lines.append(f"{counted(replicas, pen.unit)} of {counted(workloads, 'workload')}{each}")
    for resource in dict.fromkeys((CPU, MEMORY, GPU, PODS, VOLUMES, group.binding)):
        limit = group.limit(resource) if resource else None
        if limit:
            share = percent(group.used(resource) / limit)
            binds = ", binds" if resource == group.binding else ""
            when = f" {column.when}" if column.when and resource == column.resource else ""
            used = amount(resource, group.used(resource))
            lines.append(f"{used} of {amount(resource, limit)} ({share}{binds}){when}")
    if column.idle:
        named, more = ", ".join(column.idle[:MOST_MEMBERS]), len(column.idle) - MOST_MEMBERS
        lines.append(f"take nothing then: {named}" + (f" and {more:,} more" if more > 0 else ""))
    each = " each" if group.count > 1 and group.alike else ""
    price = f"{first.per_hour.normalize():f}"
    lines.append(f"${price} an hour{each}" if pen.currency == "USD" else f"{price} {pen.currency} an hour{each}")
    return "\n".join(escaped(line) for line in lines)


def _stack_title(stack: Stack, column: Column) -> str:
    if not stack.workloads and column.risk is not None:
        margin = f"margin of {amount(column.resource, stack.amount)} over mean usage"
        return escaped(f"{margin}: a chance of {column.risk * 100:g} % that all together use more")
    if not stack.workloads:
        return escaped(f"{amount(column.resource, stack.amount)} of workloads outside the scenario")
    share = f" ({percent(stack.amount / column.limit)} of the host)" if column.limit else ""
    when = f" {column.when}" if column.when else ""
    taken = f"{amount(column.resource, stack.amount)}{share}{when}"
    if stack.family:
        head = [f"{stack.family} × {number(stack.replicas)}", taken]
    else:
        head = [f"{len(stack.workloads)} small {plural('workload')}: {taken}"]
    members = _members(stack, column.group) if stack.workloads != (stack.family,) else []
    return "\n".join(escaped(line) for line in (*head, *members))


def _members(stack: Stack, group: HostGroup) -> Iterator[str]:
    """The workloads of a stack one by one, the first few of them."""
    for name in stack.workloads[:MOST_MEMBERS]:
        count = group.per_host(name)
        plain = count == 1 or (group.count > 1 and stack.family)  # a share of a replica says nothing
        yield name if plain else f"{name} × {number(count)}"
    if len(stack.workloads) > MOST_MEMBERS:
        yield f"and {len(stack.workloads) - MOST_MEMBERS:,} more"
