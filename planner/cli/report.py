"""The plan as a report for the terminal: figures, proof, costs, hosts, picture, what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.plan import Conflict, Plan, PlanStatus, Unplaced
from models.scenario import Scenario
from planner.cli import breaches
from planner.explain.binding import HostGroup, host_groups
from planner.plots.demand import Demands
from planner.plots.labels import (
    amount,
    bound_by,
    counted,
    money,
    number,
    percent,
    plural,
    printable,
    resource_title,
    shortened,
    sign,
    to_the_cent,
)
from planner.plots.terminal import bay_plan_text
from planner.plots.words import goal_value, has_more_than_compute, tier_gap, verdict

WIDEST = 140
ROOMY = 100
"""Columns of a terminal from which on zones are told."""
MOST_GROUPS = 12
MOST_LEFT_OUT = 10
_STATES = {"OPTIMAL": "bold green", "FEASIBLE": "bold cyan", "INFEASIBLE": "bold red", "UNKNOWN": "bold magenta"}
_HEAD = "bold"
_INDENT = 2
HOST_COLUMNS = ("", "type", "location", "purchase", "$/h", "each", "binds")
"""`each`: replicas on one host."""


def print_report(plan: Plan, scenario: Scenario, console: Console, *, wide: bool = False) -> None:
    """Print everything about a plan, at the width of the console.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        The one that it was made from.
    console : Console
    wide : bool
        All columns and rows, in lines of any length.
    """
    if wide and not console.is_terminal:
        console.width = max(console.width, 240)
    for section in _sections(plan, scenario, min(console.width, WIDEST), wide=wide):
        console.print(section, width=None if wide else min(console.width, WIDEST))
        console.print()


def _sections(plan: Plan, scenario: Scenario, width: int, *, wide: bool) -> Iterator[RenderableType]:
    status = plan.status
    yield _headline(plan)
    yield _proof(status)
    if plan.spec.hosts:
        yield _costs(status)
        columns = (*HOST_COLUMNS[:4], f"{sign(status.currency)}/h", *HOST_COLUMNS[5:])
        yield _titled(
            "Hosts", _hosts(host_groups(Demands(scenario).as_used(plan).spec.hosts), columns, width, wide=wide)
        )
        yield _titled("Bay plan", bay_plan_text(plan, width - 2, scenario))
    if status.breaches:
        yield _titled("Rules that may be broken", _breaches(status))
    if status.unplaced_workloads:
        left = f"Left out: {counted(status.unplaced, 'replica')} of {counted(len(_names(status)), 'workload')}"
        yield _titled(left, _left_out(status.unplaced_workloads, wide=wide), "bold red")
    if status.conflicts:
        yield _titled("Why not everything can be placed", _conflicts(status.conflicts), "bold red")
    if status.warnings:
        yield _titled("Warnings", Group(*(_bullet(warning) for warning in status.warnings)), "bold magenta")


def _names(status: PlanStatus) -> set[str]:
    return {entry.workload for entry in status.unplaced_workloads}


def _titled(title: str, body: RenderableType, style: str = _HEAD) -> Group:
    return Group(Text(title, style=style), _indented(body))


def _indented(body: RenderableType) -> Padding:
    return Padding(body, (0, 0, 0, _INDENT), expand=False)


def _grid(columns: str) -> Table:
    """A table without headings; a letter for each column says how it is aligned."""
    table = Table.grid(padding=(0, 2))
    for column in columns:
        table.add_column(justify="right" if column == "r" else "left", no_wrap=True)
    return table


def _bullet(line: str) -> Table:
    """A line that wraps under itself."""
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("•"), Text(printable(line)))
    return table


def _headline(plan: Plan) -> Group:
    status, was = plan.status, plan.status.before
    table = _grid("lrlrlr")
    rows = [
        ("hosts", was.hosts if was else None, status.hosts_used, "in use"),
        ("density", was.density if was else None, status.density, f"{plural(status.density_unit)} per host"),
        ("cost", float(was.cost_per_month) if was else None, float(status.cost_per_month), "a month"),
    ]

    def priced(value: float) -> str:
        return money(Decimal(str(value)), status.currency)

    for name, before, after, unit in rows:
        write = priced if name == "cost" else number
        today = ("", "") if before is None else (write(before), "→")
        change = Text(*_change(before, after, better_up=name == "density"))
        table.add_row(name, *today, Text(write(after), style="bold"), Text(printable(unit)), change)
    if status.moves is not None:
        leave = "replica that moves" if status.moves == 1 else "replicas that move"
        table.add_row("moves", "", "", Text(number(status.moves), style="bold"), leave, "")
    title = Text.assemble((printable(plan.metadata.name), "bold"), f"  {_told(plan)}")
    return Group(title, _indented(table))


def _told(plan: Plan) -> str:
    placed = sum(host.replicas for host in plan.spec.hosts)
    released = plan.status.hosts_released
    gone = f", {counted(released, 'standing host')} released" if released else ""
    return f"{counted(placed, 'replica')} on {counted(plan.status.hosts_used, 'host')}{gone}"


def _change(before: float | None, after: float, *, better_up: bool) -> tuple[str, str]:
    """`−67 %`, green where it is for the better."""
    share = after / before - 1 if before else 0.0
    if abs(share) < 0.005:
        return "", ""
    return f"{'+' if share > 0 else '−'}{abs(share):.0%}".replace("%", " %"), (
        "green" if (share > 0) == better_up else "red"
    )


def _proof(status: PlanStatus) -> Group:
    headline, meaning = verdict(status)
    table = _table(("goal", "plan", "no plan below", "gap", "proven by"), numbers=(1, 2, 3))
    for tier in status.tiers:
        bound = "not known" if tier.bound is None else goal_value(tier.goal, tier.bound, status.currency)
        chosen = "bold" if tier.goal == status.objective_goal else ""
        cells = (tier.goal, goal_value(tier.goal, tier.value, status.currency), bound, tier_gap(tier), tier.method)
        table.add_row(*(Text(cell) for cell in cells), style=chosen)
    ended = f"Found by {status.solver} in {status.seconds:.1f} s, seed {status.seed}; the search ended: {status.ended}."
    title = Text.assemble((f"{headline}. ", _STATES[status.state]), meaning)
    return Group(title, _indented(table), _indented(Text(ended, style="dim")))


def _costs(status: PlanStatus) -> RenderableType:
    grid = Table.grid(padding=(0, 6))
    costs = (("Cost by cloud", status.cost_by_cloud), ("Cost by purchase option", status.cost_by_purchase))
    grid.add_row(*(_titled(title, _cost_table(split, status.currency)) for title, split in costs))
    return Group(*_bill(status), grid) if has_more_than_compute(status) else grid


def _bill(status: PlanStatus) -> Iterator[RenderableType]:
    """The parts of the bill, what is paid once, and how far commitments are used."""
    parts = {**status.cost_breakdown}
    penalties = parts.pop("penalties", None)
    yield _titled("Cost by part", _cost_table(parts, status.currency))
    if penalties:
        yield _indented(
            Text(f"penalties of soft rules, not paid: {to_the_cent(penalties, status.currency)}", style="dim")
        )
    if status.upfront:
        once = to_the_cent(status.upfront, status.currency)
        yield _indented(Text(f"paid once, upfront: {once}; the parts above spread it over the term", style="dim"))
    yield Text()
    if status.commitments:
        table = _table(("commitment", "paid", "used", "unused"), numbers=(1, 2, 3))
        for use in status.commitments:
            amounts = (use.paid_per_month, use.used_per_month, use.unused_per_month)
            name = Text(shortened(use.name, 40, len))
            table.add_row(name, *(Text(to_the_cent(amount, status.currency)) for amount in amounts))
        yield _titled("Commitments, a month", table)
        yield Text()


def _cost_table(split: Mapping[str, Decimal], currency: str) -> Table:
    table = _grid("lrr")
    whole = sum(split.values())
    for name, cost in split.items():
        share = percent(float(cost / whole)) if whole else ""
        name = shortened(name.replace("_", " "), 24, len)
        table.add_row(Text(name), to_the_cent(cost, currency), Text(share, style="dim"))
    return table


def _hosts(groups: Sequence[HostGroup], headings: tuple[str, ...], width: int, *, wide: bool) -> Group:
    shown = groups if wide else groups[:MOST_GROUPS]
    rows: list[tuple[str, ...]] = [_host_cells(group, zones=wide or width >= ROOMY) for group in shown]
    if not wide:
        rows = _narrowed(rows, width - _INDENT)
    if wide:
        headings = (*headings, "pool", "other resources", "stranded")
        rows = [(*row, printable(g.pool) or "–", _others(g), _stranded(g)) for row, g in zip(rows, shown, strict=True)]
    table = _table(headings, numbers=(0, 4, 5))
    for row in rows:
        table.add_row(*map(Text, row))
    hidden = groups[len(shown) :]
    rest = f"… and {counted(len(hidden), 'further group')} with {counted(sum(g.hosts for g in hidden), 'host')}"
    return Group(table, *([Text(rest, style="dim")] if hidden else []))


def _host_cells(group: HostGroup, *, zones: bool) -> tuple[str, ...]:
    return (
        f"{group.hosts:,}",
        printable(group.host_type),
        printable(_location(group, zones=zones)),
        group.purchase.replace("_", " "),
        f"{group.per_hour.normalize():f}",
        number(group.density),
        bound_by(group.binding, group.shares.get(group.binding)),
    )


def _narrowed(rows: list[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """Shorten locations first, then types, until the table is no wider than `width`."""
    widest = [max(map(len, column)) for column in zip(HOST_COLUMNS, *rows, strict=True)]
    over = sum(widest) + 2 * len(widest) - width
    place = max(12, widest[2] - max(0, over))
    kind = max(12, widest[1] - max(0, over - (widest[2] - place)))
    return [(count, shortened(name, kind, len), shortened(at, place, len), *rest) for count, name, at, *rest in rows]


def _location(group: HostGroup, *, zones: bool) -> str:
    return f"{group.region} ({group.zones} zones)" if zones and group.zones > 1 else group.region


def _others(group: HostGroup) -> str:
    shares = sorted(group.shares.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{resource_title(name)} {percent(share)}" for name, share in shares if name != group.binding)


def _stranded(group: HostGroup) -> str:
    left = sorted(group.stranded.amounts().items(), key=lambda pair: group.shares.get(pair[0], 0))
    return ", ".join(amount(name, value) for name, value in left if name in ("cpu", "memory", "gpu"))


def _table(headings: Sequence[str], numbers: Iterable[int]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    right = frozenset(numbers)
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i in right else "left", overflow="ellipsis", no_wrap=i in right)
    return table


def _breaches(status: PlanStatus) -> Table:
    table = _table(breaches.COLUMNS, breaches.NUMBERS)
    for rule, *rest in breaches.rows(status):
        table.add_row(*map(Text, (printable(rule), *rest)))
    return table


def _left_out(entries: Sequence[Unplaced], *, wide: bool) -> Group:
    shown = entries if wide else entries[:MOST_LEFT_OUT]
    parts: list[RenderableType] = []
    for entry in shown:
        priority = f", priority {entry.priority}" if entry.priority else ""
        told = f"{printable(entry.workload)}: {counted(entry.replicas, 'replica')}{priority}; "
        parts.append(Text.assemble((told, "bold"), f"of {counted(entry.candidates, 'candidate host')}:"))
        table = Table.grid(padding=(0, 1))
        table.add_column(justify="right", min_width=6)
        for reason in entry.reasons:
            table.add_row(f"{reason.hosts:,}", Text(f"{printable(reason.rule)}: {printable(reason.detail)}"))
        if entry.smallest_change:
            change = Text.assemble(("smallest change: ", "dim"), printable(entry.smallest_change))
            table.add_row(Text("→", style="green"), change)
        parts.append(table)
    if len(shown) < len(entries):
        parts.append(Text(f"… and {counted(len(entries) - len(shown), 'further entry')}", style="dim"))
    return Group(*parts)


def _conflicts(found: Sequence[Conflict]) -> Group:
    return Group(*(_bullet(conflict.message) for conflict in found))
