"""What counts nothing in a plan because nobody states what it costs or emits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.egress import Tariffs
from models.plan import PlannedHost
from models.selectors import WorkloadIndex, WorkloadSelector
from planner.explain.outcome import Outcome
from planner.problem.carbon import unknown_emitters


def unknown(outcome: Outcome, hosts: Sequence[PlannedHost]) -> Iterator[str]:
    """Storage without a price, traffic without a tariff, and, where carbon is a goal, hosts of unknown emission."""
    names = outcome.names
    classes = tuple(dict.fromkeys(_without_price(outcome, {host.cloud for host in hosts})))
    if classes:
        yield f"storage: no price is known of {_listed(classes)}; its volumes count nothing"
    for cloud in sorted(set(_without_tariff(outcome, hosts))):
        yield f"egress: no tariff is known for all traffic out of {cloud}; the rest of it counts nothing"
    if any(goal.goal == "carbon" for goal in outcome.problem.goals):
        silent = unknown_emitters(names, hosts)
        if silent:
            yield f"carbon: power or grid intensity is unknown of {_listed(silent)}; such hosts count nothing"


def _without_price(outcome: Outcome, clouds: set[str]) -> Iterator[str]:
    """Storage classes of these clouds that a claim names with no priced one of the same cloud beside it."""
    known = outcome.names.catalog.storage_class_of
    for workload in outcome.names.scenario.spec.workloads:
        for claim in workload.volumes:
            rows = [known[name] for name in claim.storage_class if name in known]
            priced = {row.cloud for row in rows if not row.unpriced}
            yield from (row.name for row in rows if row.unpriced and row.cloud in clouds - priced)


def _without_tariff(outcome: Outcome, hosts: Sequence[PlannedHost]) -> Iterator[str]:
    """Clouds that send traffic of the plan over a border for which no tariff is stated."""
    names = outcome.names
    tariffs = Tariffs(names.catalog.egress, names.topology)
    index = WorkloadIndex(names.scenario.spec.workloads)

    def locations(selector: WorkloadSelector) -> set[str]:
        selected = {outcome.name(w) for w in index.select(selector)}
        return {host.location for host in hosts if not selected.isdisjoint(host.runs)}

    for flow in names.scenario.spec.traffic:
        if not flow.gb_per_month:
            continue
        for here in locations(flow.source):
            if flow.target is None:
                stated = tariffs.to_users(here) is not None
            else:
                others = (there for there in locations(flow.target) if tariffs.crossed(here, there))
                stated = all(tariffs.between(here, there) is not None for there in others)
            if not stated:
                yield here.split("/")[0]


def _listed(found: Sequence[str], most: int = 3) -> str:
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
