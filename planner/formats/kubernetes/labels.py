"""Labels that the manifests' own node selectors ask for, given to pools that can carry them.

A cloud's node carries the labels that its owner gives its node group. Manifests tell which ones
there are; so for every set of labels that no pool carries, further pools are added whose nodes do.
No rule is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from models.catalog import Catalog
from models.host import HostPool
from models.rules import Expression, NodeAffinity, NodeSelector
from models.scenario import Scenario
from models.selectors import WorkloadIndex
from models.supply import Offering, offerings, topology_of
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.places import cloud_of_label
from planner.formats.kubernetes.selectors import HOSTNAME

_ROLE = "node-role.kubernetes.io/"


@dataclass(frozen=True)
class Demand:
    """What a workload's node selectors and affinities ask of a host's labels."""

    selectors: tuple[NodeSelector, ...]
    affinities: tuple[NodeAffinity, ...]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a host with these labels is admitted."""
        selected = all(labels.get(key) == value for rule in self.selectors for key, value in rule.labels.items())
        return selected and all(rule.holds(labels) for rule in self.affinities)

    def wishes(self, given: set[str]) -> Iterator[dict[str, str]]:
        """Labels that a node could be given to be admitted, one way for each choice of terms.

        Parameters
        ----------
        given : set of str
            Labels that say what a host is; they cannot be chosen.
        """
        stated = {key: value for rule in self.selectors for key, value in rule.labels.items()}
        for terms in product(*(rule.terms for rule in self.affinities)):
            asked = {e.key: _value(e) for term in terms for e in term if e.operator not in {"NotIn", "DoesNotExist"}}
            yield {key: value for key, value in {**asked, **stated}.items() if key not in given}


def _value(expression: Expression) -> str:
    match expression.operator:
        case "In":
            return expression.values[0]
        case "Gt":
            return str(int(expression.values[0]) + 1)
        case "Lt":
            return str(int(expression.values[0]) - 1)
    return "" if expression.key.startswith(_ROLE) else "true"


def labelled_pools(scenario: Scenario, catalog: Catalog, report: Report) -> tuple[HostPool, ...]:
    """Pools to add, so that every workload finds nodes with the labels it asks for.

    Parameters
    ----------
    scenario : Scenario
        With its plain pools.
    catalog : Catalog
    report : Report
        Takes what is assumed about the pools, and what no pool can have.
    """
    hosts = offerings(scenario, catalog, topology_of(scenario, catalog))
    opened = _distinct(host for host in hosts if not host.host)
    standing = [host for host in hosts if host.host]
    given = {key for host in opened for key in host.labels} | {HOSTNAME}
    wanted: dict[tuple[tuple[str, str], ...], list[str]] = {}
    able: dict[tuple[tuple[str, str], ...], set[str]] = {}
    for name, demand in _demands(scenario).items():
        if any(demand.holds(host.labels) for host in opened):
            continue
        stands = any(demand.holds(host.labels) for host in standing)
        labels, pools = _first_that_helps(demand, opened, given)
        if not pools:
            if not stands:
                what = "node labels that no host of the scenario can have"
                report.assumed(f"workload {name}", what, "the rule stays; such replicas find no room")
        elif not (stands and any(key.startswith(_ROLE) for key in labels)):  # roles are those of today's nodes
            key = tuple(sorted(labels.items()))
            wanted.setdefault(key, []).append(name)
            able.setdefault(key, set()).update(pools)
    return tuple(pool for key in wanted for pool in _labelled(scenario, dict(key), able[key], wanted[key], report))


def _demands(scenario: Scenario) -> dict[str, Demand]:
    """What each workload that is placed asks of labels, for those that ask for any."""
    workloads = scenario.spec.workloads
    index = WorkloadIndex(workloads)
    found: dict[int, Demand] = {}
    for rule in scenario.spec.rules:
        if isinstance(rule, NodeSelector | NodeAffinity):
            for i in index.select(rule.workloads):
                known = found.get(i, Demand((), ()))
                if isinstance(rule, NodeSelector):
                    found[i] = Demand((*known.selectors, rule), known.affinities)
                else:
                    found[i] = Demand(known.selectors, (*known.affinities, rule))
    return {workloads[i].name: demand for i, demand in sorted(found.items()) if workloads[i].kind != "daemon_set"}


def _distinct(hosts: Iterable[Offering]) -> list[Offering]:
    return list({(host.pool, tuple(sorted(host.labels.items()))): host for host in hosts}.values())


def _first_that_helps(demand: Demand, opened: Sequence[Offering], given: set[str]) -> tuple[dict[str, str], set[str]]:
    for labels in demand.wishes(given):
        clouds = {cloud for key in labels if (cloud := cloud_of_label(key))}
        pools = {
            host.pool
            for host in opened
            if (not clouds or host.cloud in clouds) and demand.holds({**host.labels, **labels})
        }
        if pools:
            return labels, pools
    return {}, set()


def _labelled(
    scenario: Scenario, labels: dict[str, str], able: set[str], workloads: list[str], report: Report
) -> Iterator[HostPool]:
    suffix = "-".join((value or key.rpartition("/")[2]) if value != "true" else key.rpartition("/")[2]
                      for key, value in labels.items())[:60]  # fmt: skip
    taken = {pool.name for pool in scenario.spec.pools}
    made = [
        pool.model_copy(update={"name": _free(f"{pool.name}-{suffix}", taken), "labels": {**pool.labels, **labels}})
        for pool in scenario.spec.pools
        if pool.name in able
    ]
    shown = ", ".join(f"{key}={value}" if value else key for key, value in labels.items())
    pools = ", ".join(pool.name for pool in made)
    each = ", ".join(workloads[:3]) + (f" and {len(workloads) - 3} more" if len(workloads) > 3 else "")
    report.assumed(f"workload {each}", f"node label {shown}", f"the nodes of pool {pools} carry it, without a taint")
    yield from made


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free
