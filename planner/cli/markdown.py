"""The plan as a summary for a pull request: Markdown under 64 KB, details cut first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.plan import Plan, PlanStatus
from planner.cli import breaches
from planner.explain.binding import host_groups
from planner.plots.labels import (
    bound_by,
    counted,
    number,
    plural,
    printable,
    shortened,
    sign,
    to_the_cent,
)
from planner.plots.words import goal_value, tier_gap, verdict

MOST_BYTES = 60_000
"""A pull-request comment holds 65,536 characters; room is left for what is written around it."""
_DETAIL = (1000, 200, 50, 10, 0)


def summary(plan: Plan) -> str:
    """The summary in as much detail as fits."""
    for most in _DETAIL:
        text = "\n".join(_lines(plan, most)) + "\n"
        if len(text.encode()) <= MOST_BYTES:
            return text
    return text


def _lines(plan: Plan, most: int) -> Iterator[str]:
    status = plan.status
    headline, meaning = verdict(status)
    yield f"### Bay plan of {_code(plan.metadata.name)}"
    yield ""
    yield f"**{headline}.** {_escaped(meaning)}"
    yield ""
    yield from _figures(status)
    yield ""
    yield from _goals(status)
    for part in (_breaches, _conflicts, _left_out, _warnings):
        yield from part(status, most)
    yield from _hosts(plan, most)
    yield ""
    yield (
        f"<sub>{_escaped(status.solver)} in {status.seconds:.1f} s, seed {status.seed}, input {status.input_hash}, "
        f"prices from {status.oldest_price or 'no date'} on, bayplan {status.versions.get('bayplan', '')}</sub>"
    )


def _figures(status: PlanStatus) -> Iterator[str]:
    was = status.before
    unit = f"{_escaped(plural(status.density_unit))} per host"
    if was is None:
        yield from _table(("", "plan"), "lr", [
            ("hosts", f"{status.hosts_used:,}"), (unit, number(status.density)),
            ("cost a month", to_the_cent(status.cost_per_month, status.currency)),
        ])  # fmt: skip
    else:
        yield from _table(("", "today", "plan"), "lrr", [
            ("hosts", f"{was.hosts:,}", f"**{status.hosts_used:,}**"),
            (unit, number(was.density), f"**{number(status.density)}**"),
            ("cost a month", to_the_cent(was.cost_per_month, status.currency),
             f"**{to_the_cent(status.cost_per_month, status.currency)}**"),
        ])  # fmt: skip


def _goals(status: PlanStatus) -> Iterator[str]:
    rows = [
        (
            _escaped(tier.goal),
            goal_value(tier.goal, tier.value, status.currency),
            "not known" if tier.bound is None else goal_value(tier.goal, tier.bound, status.currency),
            tier_gap(tier),
        )
        for tier in status.tiers
    ]
    yield from _table(("goal", "plan", "no plan below", "gap"), "lrrr", rows)


def _breaches(status: PlanStatus, most: int) -> Iterator[str]:
    rows = [(_escaped(rule), *rest) for rule, *rest in breaches.rows(status)]
    if rows:
        yield from ("", "**Rules that may be broken**", "")
        yield from _table(breaches.COLUMNS, "llrrr", rows[: max(1, most)])


def _conflicts(status: PlanStatus, most: int) -> Iterator[str]:
    lines = [f"- {_escaped(conflict.message)}" for conflict in status.conflicts]
    yield from _section("Why not everything can be placed", lines, max(1, most))


def _left_out(status: PlanStatus, most: int) -> Iterator[str]:
    lines = []
    for entry in status.unplaced_workloads:
        reasons = "; ".join(f"{reason.hosts:,} {reason.rule}: {reason.detail}" for reason in entry.reasons)
        change = f" Smallest change: {_escaped(entry.smallest_change)}." if entry.smallest_change else ""
        why = f" (of {counted(entry.candidates, 'candidate host')}: {_escaped(reasons)})" if reasons else ""
        lines.append(f"- {_code(entry.workload)}: {counted(entry.replicas, 'replica')}{why}.{change}")
    yield from _section(f"Left out: {counted(status.unplaced, 'replica')}", lines, most)


def _warnings(status: PlanStatus, most: int) -> Iterator[str]:
    yield from _section("Warnings", [f"- {_escaped(warning)}" for warning in status.warnings], most)


def _section(title: str, lines: Sequence[str], most: int) -> Iterator[str]:
    if lines:
        yield from ("", f"**{title}**", "")
        yield from lines[:most]
        if len(lines) > most:
            yield f"- … and {len(lines) - most:,} more"


def _hosts(plan: Plan, most: int) -> Iterator[str]:
    groups, price = host_groups(plan.spec.hosts), f"{sign(plan.status.currency)}/h"
    if not groups or not most:
        return
    rows = [
        (
            f"{group.hosts:,}",
            _code(group.host_type),
            _code(group.region),
            group.purchase.replace("_", " "),
            f"{group.per_hour.normalize():f}",
            number(group.density),
            bound_by(group.binding, group.shares.get(group.binding)),
        )
        for group in groups[:most]
    ]
    yield from ("", f"<details><summary>Hosts: {counted(len(groups), 'group')}</summary>", "")
    yield from _table(("hosts", "type", "region", "purchase", price, "replicas each", "binds"), "rlllrrl", rows)
    if len(groups) > most:
        yield from ("", f"… and {counted(len(groups) - most, 'further group')}")
    yield from ("", "</details>")


def _table(headings: Sequence[str], alignment: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield "|" + "|".join("---:" if side == "r" else "---" for side in alignment) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _code(name: str) -> str:
    """A foreign name as a code span: nothing in it is Markdown, a mention or HTML."""
    return "`" + shortened(name, 80, len).replace("`", "'").replace("|", "\\|") + "`"


def _escaped(text: str) -> str:
    """A sentence with foreign names in it: no markup, no HTML, no mentions of people."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")
    return "".join(f"\\{char}" if char in "\\`*_[]|#~" else char for char in text)
