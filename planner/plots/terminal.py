"""The bay plan in a terminal: one bar for each group of equal hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from models.plan import Plan, PlannedHost
from models.scenario import Scenario
from planner.plots.columns import Column, Stack, carried_by_family, column
from planner.plots.demand import Demands
from planner.plots.groups import HostGroup, binding_resource, by_location, host_groups
from planner.plots.labels import counted, number, percent, resource_title, shortened, unit_of
from planner.plots.palette import Palette, palette_of

FREE, KEPT, FULL, GREY = "·", "░", "█", "▒"
LETTERS = ascii_lowercase[:12] + ascii_uppercase
_ASCII = {"·": ".", "░": "/", "█": "#", "▒": "+", "×": "x", "…": "~", "⌀": "~", "–": "-", "\u00a0": " "}


def bay_plan_text(plan: Plan, width: int = 80, scenario: Scenario | None = None, lines: int = 25) -> BayPlanText:
    """Draw a plan for the terminal.

    Parameters
    ----------
    plan : Plan
    width : int
        The most cells in a line; a narrower console narrows it further.
    scenario : Scenario, optional
        Says what a replica takes. Without it the used part of a bar is split by replicas.
    lines : int
        The most lines; what does not fit is averaged by type, then by region and cloud.

    Returns
    -------
    BayPlanText
        For `Console.print`. Without colours, each workload or family of them is a letter.
    """
    return BayPlanText(plan, width, scenario, lines)


@dataclass(frozen=True)
class BayPlanText:
    """A bay plan that Rich can print."""

    plan: Plan
    width: int
    scenario: Scenario | None
    lines: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        coloured = console.color_system is not None and not console.no_color
        width = max(20, min(self.width, options.max_width))
        demand = Demands(self.scenario) if self.scenario else None
        plan = demand.as_used(self.plan) if demand is not None else self.plan
        pen = _Pen(width, coloured, demand, palette_of(plan, demand or {}), binding_resource(plan.spec.hosts))
        for line in _picture(plan.spec.hosts, pen, self.lines):
            if options.ascii_only:
                line = _in_ascii(line)
            line.truncate(width, overflow="ellipsis" if not options.ascii_only else "crop")
            line.no_wrap = True
            yield line


@dataclass(frozen=True)
class _Pen:
    """What every line is drawn with; `largest` is the amount that the longest bar stands for."""

    width: int
    coloured: bool
    demand: Demands | None
    palette: Palette
    resource: str
    largest: float = 0

    @property
    def bar(self) -> int:
        """Cells of the longest bar."""
        return max(6, self.width - 44 if self.width >= 64 else self.width - 18)

    def mark(self, family: str) -> tuple[str, Style]:
        """The character and style of a family."""
        if not self.palette.has_hue(family):
            return (GREY, Style(color="grey58")) if self.coloured else ("+", Style())
        if self.coloured:
            return FULL, Style(color=self.palette.colour(family))
        return LETTERS[self.palette.rank[family]], Style()


def _picture(hosts: tuple[PlannedHost, ...], pen: _Pen, lines: int) -> Iterator[Text]:
    if not hosts:
        yield Text("No host is in use: nothing is placed.")
        return
    legend = list(_legend(hosts, pen))
    places = _fitting(hosts, pen.palette, lines - len(legend) - 1)
    groups = [group for members in places.values() for group in members]
    pen = replace(pen, largest=max(_column(group, pen).height for group in groups))
    unit, per = unit_of(pen.resource)
    averages = "" if all(group.alike for group in groups) else " ⌀: hosts that differ, averaged."
    told = f"Bars show {resource_title(pen.resource)}; the longest is {number(pen.largest / per)} {unit}.{averages}"
    yield Text(told, style="dim" if pen.coloured else "")
    room = lines - len(legend) - 1
    rows = [row for path, members in places.items() for row in _place(path, members, pen)]
    shown = rows if len(rows) <= room else rows[: room - 1]
    yield from (text for text, _ in shown)
    if len(shown) < len(rows):
        left = sum(count for _, count in rows[len(shown) :])
        yield Text(f"… and {counted(left, 'further host')}")
    yield from legend


def _fitting(hosts: tuple[PlannedHost, ...], palette: Palette, room: int) -> dict[str, tuple[HostGroup, ...]]:
    """Groups by place in the finest detail that fits into `room` lines with a heading for each place.

    Zones with all their equal hosts, or averaged to no fewer than two groups each; if that does
    not fit, regions, then clouds.
    """
    deepest = max(host.location.count("/") + 1 for host in hosts)
    for depth in range(deepest, 0, -1):
        count = len({"/".join(host.location.split("/")[:depth]) for host in hosts})
        places = by_location(hosts, count)
        equal = {path: host_groups(members, len(members), families=palette.family) for path, members in places.items()}
        if sum(len(groups) + 1 for groups in equal.values()) <= room:
            return equal
        each = (room - len(places)) // len(places)
        if each >= 2:
            break
    return {path: host_groups(members, max(1, each), families=palette.family) for path, members in places.items()}


def _place(path: str, groups: tuple[HostGroup, ...], pen: _Pen) -> Iterator[tuple[Text, int]]:
    hosts = counted(sum(group.count for group in groups), "host")
    name = shortened(path, max(6, pen.width - len(hosts) - 2), cell_len)
    yield Text.assemble((name, "bold" if pen.coloured else ""), (f"  {hosts}", "dim" if pen.coloured else "")), 0
    for group in groups:
        yield _row(group, pen), group.count


def _row(group: HostGroup, pen: _Pen) -> Text:
    """`× 12 [bar] 98 % pods m7g.2xlarge, spot`."""
    column = _column(group, pen)
    bar, drawn = Text(), 0
    for mark, style, upto in _edges(column, pen):
        cells = round(upto / pen.largest * pen.bar) - drawn if pen.largest else 0
        bar.append(mark * max(0, cells), style)
        drawn += max(0, cells)
    line = Text(f"{'×' if group.alike else '⌀'} {group.count:,}".rjust(7) + " ")
    line.append_text(bar)
    line.append(" " * (pen.bar - drawn + 1))
    share = group.share(group.binding) if group.binding else None
    used = percent(share).rjust(5) if share is not None else "     "
    line.append(used, "bold" if pen.coloured else "")
    line.append(f" {shortened(resource_title(group.binding), 7, cell_len)}" if group.binding else " –")
    if pen.width >= 64:
        room = pen.width - cell_len(line.plain) - 2
        line.append("  " + shortened(f"{group.type_names}, {group.purchases}", room, cell_len, tail=0))
    return line


def _column(group: HostGroup, pen: _Pen) -> Column:
    """The host's stacks; split by replicas where it is not known what a replica takes."""
    if pen.demand is not None:
        return column(group, pen.resource, pen.demand, pen.palette)
    each = group.used(pen.resource) / max(1, sum(group.contents.values()))
    stacks = tuple(
        Stack(family, tuple(members), each * sum(group.contents[name] for name in members))
        for family, members in carried_by_family(group, pen.palette).items()
    )
    return Column(group, pen.resource, group.limit(pen.resource), stacks, group.reserved(pen.resource))


def _edges(column: Column, pen: _Pen) -> Iterator[tuple[str, Style, float]]:
    """Characters with the amount up to which they reach; equal neighbours are joined."""
    marked = [(*pen.mark(stack.family), stack.amount) for stack in column.stacks]
    upto = 0.0
    for (mark, style), same in groupby(marked, key=lambda entry: entry[:2]):
        upto += sum(amount for _, _, amount in same)
        yield mark, style, upto
    dim = Style(dim=True) if pen.coloured else Style()
    if column.limit:
        yield FREE, dim, max(upto, column.limit - min(column.reserved, column.limit))
        yield KEPT, dim, column.limit


def _legend(hosts: tuple[PlannedHost, ...], pen: _Pen) -> Iterator[Text]:
    """What each colour or letter stands for, in as few lines as it takes."""
    coloured, grey = pen.palette.coloured, sum(len(family.workloads) for family in pen.palette.grey)
    longest = 22 if len(coloured) <= 6 else 14
    entries = []
    for family in coloured:
        times = f" × {family.replicas:,}" if len(family.workloads) > 1 else ""
        entries.append((*pen.mark(family.name), shortened(family.name, longest, cell_len) + times))
    if grey:
        entries.append((*pen.mark(""), counted(grey, "smaller workload")))
    if any(host.reserved[pen.resource] for host in hosts):
        entries.append((KEPT, Style(), "headroom"))
    entries.append((FREE, Style(), "free"))
    line = Text()
    for mark, style, name in entries:
        entry = Text.assemble((mark, style), f" {name}")
        if line and line.cell_len + 3 + entry.cell_len > pen.width:
            yield line
            line = Text()
        line = Text.assemble(line, "   " if line else "", entry)
    yield line


def _in_ascii(line: Text) -> Text:
    """The same line in characters that every terminal has, one for one; what has none becomes `?`."""
    plain = "".join(_ASCII.get(char, char if char.isascii() else "?") for char in line.plain)
    return Text(plain, spans=line.spans)
