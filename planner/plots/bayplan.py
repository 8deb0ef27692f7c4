"""The bay plan: the drawing that shows which container stands where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.plan import Plan, PlannedHost
from models.resources import CPU, GPU, MEMORY, NAMES, PODS, VOLUMES
from models.scenario import Scenario
from planner.plots.demand import Demands
from planner.plots.groups import binding_resource
from planner.plots.labels import counted, escaped, number, resource_title, shortened, text_width
from planner.plots.layout import Layout, layout, zones_of
from planner.plots.palette import Palette, palette_of
from planner.plots.panels import Drawing, Pen, draw_panel, num
from planner.plots.style import HATCH, drawing_css

MARGIN, BETWEEN = 28, 30
WIDEST = 1360
"""Panels flow into rows of at most this many px."""


def bay_plan_svg(plan: Plan, scenario: Scenario, resource: str = "auto") -> str:
    """Draw every host to scale with its containers, by cloud, region and zone.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        The one that the plan was made from: it says what a replica takes.
    resource : str
        What heights stand for: `cpu`, `memory`, `pods`, `volumes`, `gpu` or any other resource of
        the hosts; `auto` takes the one that binds most hosts.

    Returns
    -------
    str
        A self-contained SVG document, light and dark.

    Raises
    ------
    ValueError
        If no host knows the resource.
    """
    plan = Demands(scenario).as_used(plan)
    chosen = chosen_resource(plan.spec.hosts, resource)
    pen = pen_of(plan, scenario, chosen)
    rows = list(_rows(pen))
    legend = _Flow(_legend_entries(plan, pen.palette, chosen), gap=22)
    width = 2 * MARGIN + max([520.0, *(row.width for row in rows), legend.width_within(900)])
    top, body = 104.0, []
    for row in rows:
        body.append(f'<g transform="translate({MARGIN} {num(top)})">{row.body}</g>')
        top += row.height
    keys, keys_height = legend.set_within(width - 2 * MARGIN)
    body.append(f'<path class="rule" d="M{MARGIN} {num(top)}H{num(width - MARGIN)}"/>')
    body.append(f'<g transform="translate({MARGIN} {num(top + 24)})">{keys}</g>')
    height = top + 24 + keys_height + MARGIN / 2
    name = escaped(plan.spec.scenario or plan.metadata.name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bay" role="img" width="{num(width)}" height="{num(height)}" '
        f'viewBox="0 0 {num(width)} {num(height)}"><title>Bay plan of {name}</title><style>{drawing_css()}</style>'
        f'<defs>{HATCH}</defs><rect class="paper" width="100%" height="100%"/>{_title(plan, pen, width)}'
        f"{''.join(body)}</svg>"
    )


def chosen_resource(hosts: Iterable[PlannedHost], resource: str) -> str:
    """Resolve `auto`; refuse a resource that no host knows."""
    hosts = tuple(hosts)
    if resource == "auto":
        return binding_resource(hosts)
    known = {*NAMES, *(name for host in hosts for name in host.allocatable.extended)}
    if resource not in known:
        raise ValueError(f"found resource {resource!r}, expected auto or one of {', '.join(sorted(known))}")
    return resource


def shown_resources(plan: Plan) -> tuple[str, ...]:
    """The resources worth a picture: CPU and memory, and what some host limits or is bound by, if it tells how much."""
    hosts = plan.spec.hosts
    limited = [name for name in (PODS, VOLUMES, GPU) if any(host.allocatable.limit(name) for host in hosts)]
    binding = [host.binding for host in hosts if host.binding and host.allocatable.limit(host.binding)]
    return tuple(dict.fromkeys((CPU, MEMORY, *limited, *sorted(set(binding)))))


def pen_of(plan: Plan, scenario: Scenario, resource: str) -> Pen:
    """Lay out a plan in a resource and gather what its panels are drawn with."""
    demand = Demands(scenario)
    palette = palette_of(plan, demand)
    placed = layout(zones_of(plan.spec.hosts, palette), resource, demand, palette)
    return Pen(placed, palette, plan.status.density_unit, plan.status.currency)


def region_panels(pen: Pen) -> Iterator[tuple[str, list[Drawing]]]:
    """Drawn panels by the path of their region; those of a region share their base line's height."""
    placed: Layout = pen.layout
    for region, panels in placed.regions:
        tallest = max(column.height for panel in panels for column in panel.columns) * placed.scale
        yield region, [draw_panel(panel, pen, max(40.0, tallest)) for panel in panels]


def _title(plan: Plan, pen: Pen, width: float) -> str:
    status, varies = plan.status, any(column.when for panel in pen.layout.panels for column in panel.columns)
    name = shortened(plan.spec.scenario or plan.metadata.name, (width - 2 * MARGIN) / 20 / 1.1)
    told = (
        f"{counted(status.hosts_used, 'host')} · {number(status.density)} {status.density_unit}s per host · "
        f"heights show {resource_title(pen.layout.resource)}{' of each host at its fullest' if varies else ''}"
    )
    return (
        f'<text class="heading" x="{MARGIN}" y="44">{escaped(name)}</text>'
        f'<text class="quiet" x="{MARGIN}" y="66">{escaped(told)}</text>'
    )


def _rows(pen: Pen) -> Iterator[Drawing]:
    """Panels of each region, side by side as far as they fit, under the region's name."""
    regions = list(region_panels(pen))
    slot = max((panel.width for _, panels in regions for panel in panels), default=0.0)
    for region, panels in regions:
        cloud, _, rest = region.partition("/")
        x, y, width, body = 0.0, 30.0, 0.0, []
        tail = f'<tspan class="quiet" dx="8" font-weight="400">{escaped(shortened(rest, 40))}</tspan>' if rest else ""
        body.append(f'<text class="cloud" y="10">{escaped(shortened(cloud, 40))}{tail}</text>')
        natural = sum(panel.width + BETWEEN for panel in panels) <= WIDEST < len(panels) * (slot + BETWEEN)
        for panel in panels:
            if x and x + panel.width > WIDEST - 2 * MARGIN:
                x, y = 0.0, y + panel.height + 12
            body.append(f'<g transform="translate({num(x)} {num(y)})">{panel.body}</g>')
            width = max(width, x + panel.width)
            x += (panel.width if natural else slot) + BETWEEN
        hosts = sum(panel.hosts for panel in panels)
        yield Drawing(width, y + panels[0].height + 26, "".join(body), hosts)
    if not regions:
        yield Drawing(520, 90, '<text class="quiet" y="30">No host is in use: nothing is placed.</text>', 0)


def _legend_entries(plan: Plan, palette: Palette, resource: str) -> list[tuple[float, str]]:
    """Pairs of width in px and SVG: the coloured families, the rest, headroom and free room."""
    entries = []
    for family in palette.coloured:
        text = f"{shortened(family.name, 24)} × {family.replicas:,}"
        entries.append(_key(f'class="{palette.css_class(family.name)}"', text))
    if palette.grey:
        smaller = counted(sum(len(family.workloads) for family in palette.grey), "smaller workload")
        total = sum(family.replicas for family in palette.grey)
        entries.append(_key('class="g0"', f"{smaller} × {total:,}"))
    if any(host.reserved[resource] for host in plan.spec.hosts):
        entries.append(_key('class="kept"', "headroom, kept free"))
    if plan.spec.hosts:
        entries.append(_key('class="room"', "free"))
    if any(not group.alike for zone in zones_of(plan.spec.hosts, palette) for group in zone.groups):
        told = "⌀ 12: twelve hosts that differ, averaged"
        entries.append((text_width(told) * 13, f'<text class="key">{told}</text>'))
    return entries


def _key(swatch: str, text: str) -> tuple[float, str]:
    body = f'<rect {swatch} width="13" height="13" y="-11"/><text class="key" x="19">{escaped(text)}</text>'
    return 19 + text_width(text) * 12 * 1.08, body


class _Flow:
    """Entries set one after the other, in as many lines as they need.

    Parameters
    ----------
    entries : list of (float, str)
        Width in px and SVG of each.
    """

    def __init__(self, entries: list[tuple[float, str]], gap: float) -> None:
        self.entries, self.gap = entries, gap

    def width_within(self, most: float) -> float:
        """The width of all in one line, at most `most`."""
        return min(most, sum(width + self.gap for width, _ in self.entries))

    def set_within(self, width: float) -> tuple[str, float]:
        """The SVG and its height, with lines of at most `width`."""
        x, y, body = 0.0, 0.0, []
        for wide, entry in self.entries:
            if x and x + wide > width:
                x, y = 0.0, y + 23
            body.append(f'<g transform="translate({num(x)} {num(y)})">{entry}</g>')
            x += wide + self.gap
        return "".join(body), y + 23
