"""A plan as one page: the figures that matter, the bay plan, and the tables under it."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files

from models.plan import Plan, PlanStatus
from models.resources import CPU, MEMORY, Resources
from models.scenario import Scenario
from planner.plots.bayplan import chosen_resource, pen_of, region_panels, shown_resources
from planner.plots.demand import Demands
from planner.plots.html_tables import binding_table, cost_table, goals_table, provenance, unplaced_section
from planner.plots.labels import counted, escaped, money, number, plural, printable, resource_title, shortened
from planner.plots.layout import zones_of
from planner.plots.palette import Palette, palette_of
from planner.plots.panels import num
from planner.plots.style import HATCH, drawing_css
from planner.plots.words import verdict

PAGE, BETWEEN = 1320, 30
"""Pixels: the widest that the page's content gets, and the gap between panels (as in the style sheet)."""


def bay_plan_html(plan: Plan, scenario: Scenario) -> str:
    """One self-contained page: no network, no scripts but its own, light and dark.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        The one that the plan was made from.

    Returns
    -------
    str
        An HTML document.
    """
    plan = Demands(scenario).as_used(plan)
    folder = files("planner.plots") / "page"
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    name = escaped(plan.spec.scenario or plan.metadata.name)
    status = plan.status
    left_out = f"<section><h2>Left out</h2>{unplaced_section(status)}</section>" if status.unplaced_workloads else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Bay plan of {name}</title><style>{style}{drawing_css()}</style></head><body><main>
<header><p class="over-line">Bay plan</p><h1>{name}</h1>{_description(plan)}
{_figures(status)}{_verdict(status)}</header>
{_bay(plan, scenario)}
{left_out}
{_warnings(status)}
<section><h2>What binds</h2>{binding_table(plan)}</section>
<div class="tables"><section><h2>Cost a month</h2>{cost_table(status)}</section>
<section><h2>Goals, in their order</h2>{goals_table(status)}</section></div>
<section><h2>Where this comes from</h2>{provenance(plan)}</section>
</main><div id="tip" hidden="hidden"></div><script>{script}</script></body></html>
"""


def _description(plan: Plan) -> str:
    return f'<p class="quiet">{escaped(plan.metadata.description)}</p>' if plan.metadata.description else ""


def _figures(status: PlanStatus) -> str:
    """Hosts largest, then density and cost; each with what it was before, where that is known."""
    before, unit = status.before, shortened(status.density_unit, 22)

    def figure(old: str | None, new: str, told: str) -> str:
        was = f"<i>{escaped(old)}</i>" if old is not None and old != new else ""
        return f'<div class="figure"><b>{was}{escaped(new)}</b><span>{escaped(told)}</span></div>'

    freed = f", {status.hosts_released:,} freed" if status.hosts_released else ""
    hosts = figure(
        f"{before.hosts:,}" if before else None, f"{status.hosts_used:,}",
        f"{'host' if status.hosts_used == 1 else 'hosts'} in use{freed}",
    )  # fmt: skip
    density = figure(
        number(before.density) if before else None, number(status.density), f"{plural(unit)} per host"
    )  # fmt: skip
    cost = figure(
        None, money(status.cost_per_month, status.currency),
        f"a month{f', before {money(before.cost_per_month, status.currency)}' if before else ''}",
    )  # fmt: skip
    return f'<div class="figures">{hosts}{density}{cost}</div>'


def _verdict(status: PlanStatus) -> str:
    head, told = verdict(status)
    conflicts = "".join(f"<li>{escaped(conflict.message)}</li>" for conflict in status.conflicts)
    why = f"<ul>{conflicts}</ul>" if conflicts else ""
    left = (
        f"<p>{counted(status.unplaced, 'replica')} found no room.</p>"
        if status.unplaced and status.state != "UNKNOWN"
        else ""
    )
    notes = counted(len(status.warnings), "warning") if status.warnings else ""
    link = f'<p><a class="to-warnings" href="#warnings">{notes}</a></p>' if notes else ""
    told = f"<strong>{escaped(head)}</strong><p>{escaped(told)}</p>"
    return f'<div class="verdict {status.state}">{told}{why}{left}{link}</div>'


def _warnings(status: PlanStatus) -> str:
    notes = "".join(f"<li>{escaped(warning)}</li>" for warning in status.warnings)
    return f'<section id="warnings"><h2>Warnings</h2><ul class="notes">{notes}</ul></section>' if notes else ""


def _bay(plan: Plan, scenario: Scenario) -> str:
    """The drawing in every resource, one of them shown, with its controls."""
    demand = Demands(scenario)
    palette = palette_of(plan, demand)
    inline = json.dumps(_searchable(plan, palette))
    # No "<" in the data: nothing in a name can end the script or open a comment.
    inline = inline.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    shown = chosen_resource(plan.spec.hosts, "auto")
    resources = shown_resources(plan)
    buttons = "".join(
        f'<button type="button" data-resource="{escaped(r)}" aria-pressed="{str(r == shown).lower()}">'
        f"{escaped(resource_title(r))}</button>"
        for r in resources
    )
    views = "".join(_view(plan, scenario, resource, resource == shown) for resource in resources)
    if not plan.spec.hosts:
        views = '<p class="quiet">No host is in use: nothing is placed.</p>'
    return f"""<section id="bay"><h2>Where everything stands</h2>
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{HATCH}</defs></svg>
<div class="bar"><span class="choice" role="group" aria-label="What heights stand for">{buttons}</span>
<input id="search" type="search" placeholder="Find a workload" aria-label="Find a workload" autocomplete="off"/>
<span id="found" class="quiet" role="status"></span></div>
{_legend(plan, palette)}{_heights(plan, scenario)}{views}
<script type="application/json" id="workloads">{inline}</script></section>"""


def _heights(plan: Plan, scenario: Scenario) -> str:
    """What columns show where demand is not always the same."""
    placed = {name for host in plan.spec.hosts for name in host.runs}
    told = []
    if any(workload.varies for workload in scenario.spec.workloads if workload.name in placed):
        told.append("Demand varies: every host is drawn at the time when it is fullest; point at it to see when.")
    demand = Demands(scenario)
    if any(demand.risk(host, resource) is not None for host in plan.spec.hosts for resource in (CPU, MEMORY)):
        told.append("Where usage counts in place of requests, a host shows mean usage and, in grey, a margin for more.")
    return "".join(f'<p class="quiet">{line}</p>' for line in told)


def _searchable(plan: Plan, palette: Palette) -> dict[str, list[str] | list[int]]:
    """What the page's search knows: families, and of each workload its family, replicas and hosts."""
    replicas: Counter[str] = Counter()
    carriers: Counter[str] = Counter()
    for host in plan.spec.hosts:
        carried = {workload: len(ordinals) for workload, ordinals in host.runs.items() if ordinals}
        replicas.update(carried)
        carriers.update(carried.keys())
    return {
        "families": [printable(family.name) for family in palette.families],
        "names": [printable(name) for name in palette.family],
        "family": [palette.rank[family] for family in palette.family.values()],
        "replicas": [replicas[name] for name in palette.family],
        "hosts": [carriers[name] for name in palette.family],
    }


def _legend(plan: Plan, palette: Palette) -> str:
    def swatch(css: str) -> str:
        square = f'<rect class="{css}" x="0.5" y="0.5" width="12" height="12"/>'
        return f'<svg class="bay" viewBox="0 0 13 13" aria-hidden="true">{square}</svg>'

    items = [
        f'<li><button type="button" data-pick="{rank}" title="{escaped(family.name)}">'
        f"{swatch(palette.css_class(family.name))}{escaped(shortened(family.name, 26))}"
        f'<span class="quiet">× {family.replicas:,}</span></button></li>'
        for rank, family in enumerate(palette.coloured)
    ]
    if palette.grey:
        smaller = counted(sum(len(family.workloads) for family in palette.grey), "smaller workload")
        total = sum(family.replicas for family in palette.grey)
        text = f'{smaller} <span class="quiet">× {total:,}</span>'
        items.append(f'<li class="plain">{swatch("g0")}{text}</li>')
    if any(host.reserved != Resources() for host in plan.spec.hosts):
        items.append(f'<li class="plain">{swatch("kept")}headroom, kept free</li>')
    if plan.spec.hosts:
        items.append(f'<li class="plain">{swatch("room")}free</li>')
    if any(not group.alike for zone in zones_of(plan.spec.hosts, palette) for group in zone.groups):
        items.append('<li class="plain">⌀ 12: twelve hosts that differ, averaged</li>')
    return f'<ul class="legend">{"".join(items)}</ul>'


def _view(plan: Plan, scenario: Scenario, resource: str, shown: bool) -> str:
    """All panels in one resource; they flow and wrap with the window, a single one is drawn larger."""
    parts = []
    regions = list(region_panels(pen_of(plan, scenario, resource)))
    slot = max((panel.width for _, panels in regions for panel in panels), default=0)
    crowded = max((len(panels) for _, panels in regions), default=0) * (slot + BETWEEN) > PAGE + BETWEEN
    pairs = " pairs" if 372 < slot <= 415 else ""
    alone = 1.3 if sum(len(panels) for _, panels in regions) == 1 else 1.0
    for region, panels in regions:
        cloud, _, rest = region.partition("/")
        parts.append(f'<h3>{escaped(cloud)} <span>{escaped(rest)}</span></h3><div class="flow{pairs}">')
        widest = max(panel.width for panel in panels)  # those of a region line up
        for panel in panels:
            width = panel.width if crowded else widest
            size = f'width="{num(width * alone)}" height="{num(panel.height * alone)}"'
            box = f'viewBox="0 0 {num(width)} {num(panel.height)}"'
            parts.append(f'<svg class="bay" role="img" {size} {box}>{panel.body}</svg>')
        parts.append("</div>")
    hidden = "" if shown else ' hidden="hidden"'
    return f'<div class="view" data-view="{escaped(resource)}"{hidden}>{"".join(parts)}</div>'
