"""The tables under the bay plan: cost, what binds, goals, what was left out, where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from models.plan import Plan, PlanStatus, Unplaced
from models.resources import CPU, GPU, MEMORY, PODS, VOLUMES
from planner.plots.groups import HostGroup
from planner.plots.labels import counted, escaped, money, percent, resource_title
from planner.plots.words import goal_value, has_more_than_compute, tier_gap

MOST_ROWS = 60
MOST_UNPLACED = 20


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of finished cells; a head or cell that starts with `>` is set to the right."""

    def cell(tag: str, text: str) -> str:
        return f'<{tag} class="n">{text[1:]}</{tag}>' if text.startswith(">") else f"<{tag}>{text}</{tag}>"

    head = "".join(cell("th", text) for text in heads)
    body = "".join(
        f"<tr>{''.join(row if row.startswith('<td') else cell('td', row) for row in cells)}</tr>" for cells in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def cost_table(status: PlanStatus) -> str:
    """Cost a month by part where there is more than hosts; the hosts by cloud, then by purchase option."""

    def rows(costs: dict[str, Decimal]) -> list[list[str]]:
        total = sum(costs.values()) or Decimal(1)
        return [
            [
                escaped(name.replace("_", " ")),
                f">{escaped(money(cost, status.currency))}",
                share_bar(float(cost / total)),
            ]
            for name, cost in sorted(costs.items(), key=lambda item: -item[1])
        ]

    parts = []
    whole = {**status.cost_breakdown}
    penalties = whole.pop("penalties", None)
    if has_more_than_compute(status):
        parts.append(table(["Part", ">A month", "Share"], rows(whole)) + _beside(status, penalties))
    if status.commitments:
        parts.append(_commitments(status))
    for title, costs in (("Cloud", status.cost_by_cloud), ("Purchase option", status.cost_by_purchase)):
        if costs:
            parts.append(table([title, ">A month", "Share"], rows(costs)))
    return "<br/>".join(parts) or '<p class="quiet">No host is paid for.</p>'


def _beside(status: PlanStatus, penalties: Decimal | None) -> str:
    """What the monthly bill does not say: penalties, which nobody pays, and what is paid once."""
    told = []
    if penalties:
        told.append(f"Penalties of soft rules, not paid: {money(penalties, status.currency)} a month.")
    if status.upfront:
        once = money(status.upfront, status.currency)
        told.append(f"Paid once, upfront: {once}; the parts above spread it over the term.")
    return "".join(f'<p class="quiet">{escaped(line)}</p>' for line in told)


def _commitments(status: PlanStatus) -> str:
    rows = [
        [escaped(use.name), *(f">{escaped(money(part, status.currency))}" for part in (
            use.paid_per_month, use.used_per_month, use.unused_per_month))]
        for use in status.commitments
    ]  # fmt: skip
    return table(["Commitment", ">Paid a month", ">Used", ">Unused"], rows)


def binding_table(plan: Plan) -> str:
    """How full the hosts of each type are, and which resource binds them."""
    kinds: dict[tuple[str, str, str, str], list[HostGroup]] = {}
    for host in plan.spec.hosts:
        key = (host.cloud, host.host_type, host.purchase, host.binding)
        kinds.setdefault(key, []).append(HostGroup((host,)))
    wanted = (CPU, MEMORY, GPU, PODS, VOLUMES)
    resources = [name for name in wanted if any(host.allocatable.limit(name) for host in plan.spec.hosts)]
    resources += sorted({host.binding for host in plan.spec.hosts if host.binding} - set(resources))
    rows = []
    for (cloud, kind, purchase, binding), members in sorted(kinds.items(), key=lambda item: -len(item[1]))[:MOST_ROWS]:
        whole = HostGroup(tuple(group.hosts[0] for group in members), alike=False)
        rows.append([
            f"{escaped(kind)}<br/><span class='quiet'>{escaped(cloud)}, {escaped(purchase.replace('_', ' '))}</span>",
            f">{whole.count:,}", escaped(resource_title(binding) if binding else "nothing"),
            *(_used(whole, name, name == binding) for name in resources),
        ])  # fmt: skip
    if not rows:
        return '<p class="quiet">No host is in use.</p>'
    more = len(kinds) - len(rows)
    note = f'<p class="quiet">… and {counted(more, "further kind")} of host.</p>' if more else ""
    return (
        table(["Host type", ">Hosts", "Bound by", *(f"{escaped(resource_title(r))} used" for r in resources)], rows)
        + note
    )


def _used(hosts: HostGroup, resource: str, binds: bool) -> str:
    share = hosts.share(resource)
    if share is None:
        return f"<td class='quiet'>{'no limit' if hosts.limit(resource) is None else 'has none'}</td>"
    return f"<td class='{'fullest' if binds else ''}'>{share_bar(share)}</td>"


def share_bar(share: float) -> str:
    """A small bar with its percentage."""
    width = max(0.0, min(1.0, share)) * 100
    return f'<span class="share"><i style="width:{width:.0f}%"></i></span>{percent(share)}'


def goals_table(status: PlanStatus) -> str:
    """The goal tiers, the first deciding before the second, with what is proven about each."""

    def value(goal: str, number: float | None) -> str:
        return ">" + (escaped(goal_value(goal, number, status.currency)) if number is not None else "not known")

    rows = [
        [
            escaped(tier.goal), value(tier.goal, tier.value), value(tier.goal, tier.bound),
            f">{tier_gap(tier)}", escaped(tier.method or "–"),
        ]
        for tier in status.tiers
    ]  # fmt: skip
    if not rows:
        return '<p class="quiet">No goal was recorded.</p>'
    return table(["Goal", ">This plan", ">Proven least", ">Gap", "Bound by"], rows)


def unplaced_section(status: PlanStatus) -> str:
    """What found no room: the funnel of rules for each workload, and the smallest change."""
    shown = sorted(status.unplaced_workloads, key=lambda item: (-item.priority, -item.replicas))
    parts = [_funnel(item) for item in shown[:MOST_UNPLACED]]
    more = len(shown) - MOST_UNPLACED
    if more > 0:
        parts.append(f'<p class="quiet">… and {counted(more, "further workload")}.</p>')
    return "".join(parts)


def _funnel(item: Unplaced) -> str:
    priority = f", priority {item.priority}" if item.priority else ""
    head = f"{counted(item.replicas, 'replica')} left out{priority}"
    looked = f"{counted(item.candidates, 'offering')} and standing hosts looked at" if item.candidates else ""
    left, steps = item.candidates, []
    for reason in item.reasons:
        total = max(1, item.candidates)
        after = max(0, left - reason.hosts)
        bar = (
            f'<i style="width:{100 * after / total:.1f}%"></i>'
            f'<u style="left:{100 * after / total:.1f}%;width:{100 * (left - after) / total:.1f}%"></u>'
        )
        told = f"removed {reason.hosts:,}, {after:,} left: {reason.detail}"
        steps.append(
            f'<li><span>{escaped(reason.rule)}</span><span class="left">{bar}</span><small>{escaped(told)}</small></li>'
        )
        left = after
    change = f'<p class="change">Smallest change: {escaped(item.smallest_change)}</p>' if item.smallest_change else ""
    return (
        f'<h3>{escaped(item.workload)} <span>{head}</span></h3><p class="quiet">{looked}</p>'
        f'<ul class="funnel">{"".join(steps)}</ul>{change}'
    )


def provenance(plan: Plan) -> str:
    """What the plan was made from and with, so that it can be made again."""
    status = plan.status
    known = {
        "Scenario": plan.spec.scenario, "Input hash": status.input_hash, "Catalog of": status.catalog_date,
        "Oldest price of": status.oldest_price, "Solver": status.solver, "Seed": str(status.seed),
        "Ended": f"{status.ended or 'not told'}, after {status.seconds:.1f} s",
        "Versions": ", ".join(f"{name} {version}" for name, version in status.versions.items()),
    }  # fmt: skip
    return f"<dl>{''.join(f'<dt>{k}</dt><dd>{escaped(v)}</dd>' for k, v in known.items() if v)}</dl>"
