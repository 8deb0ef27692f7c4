"""Figures before and after, costs, host groups and what binds them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import WEST, A, B, catalog, daemonset, keep, plan, scenario, service, slot, standing

from planner.explain import figures
from planner.explain.binding import host_groups


def before(case):
    return figures.before(figures.laid_out(case, (), catalog()))


def test_before_counts_hosts_that_run_something():
    hosts = [standing("old-1", runs={"web": 3, "agent": 1}), standing("old-2", runs={"db": 1}), standing("old-3")]
    case = scenario(service("web", 4), service("db", 1), daemonset(), hosts=hosts)
    found = before(case)
    assert (found.hosts, found.replicas, found.density) == (2, 4, 2.0)
    assert found.cost_per_month == Decimal("292.00")


def test_before_is_unknown_where_nothing_runs():
    assert before(scenario(hosts=[standing(runs={"web": 0})])) is None


def test_density_counts_units_only():
    case = scenario(service("db", 4), service("sidecar", 4), unit={"name": "database", "workloads": "db"})
    made = plan(case, slot("h1", {"db": 4, "sidecar": 2}), slot("h2", {"sidecar": 2}))
    assert figures.density_of(made.spec.hosts, figures.counting(case)) == 2.0
    assert figures.density([], figures.counting(case)) == 0.0


def test_costs_split_and_sum_to_the_cent():
    case = scenario(service(replicas=3))
    made = plan(case, slot("h1", {"web": 1}), slot("h2", {"web": 1}, purchase="spot"), slot("h3", {"web": 1}, WEST))
    split = figures.cost_by(made.spec.hosts, lambda host: host.purchase)
    assert split == {"on_demand": Decimal("306.60"), "spot": Decimal("43.80")}
    assert list(split) == ["on_demand", "spot"]
    assert sum(split.values()) == figures.monthly(host.per_hour for host in made.spec.hosts)


def test_groups_join_zones_and_tell_what_binds():
    case = scenario(service(replicas=9, cpu=1, memory="1Gi"), hosts=[standing("old-1")])
    made = plan(case, slot("h1", {"web": 4}), slot("h2", {"web": 4}, B), keep(case.spec.hosts[0], {"web": 1}))
    hosts = [host.model_copy(update={"binding": "cpu"}) for host in made.spec.hosts]
    two, kept = host_groups(hosts)
    assert (two.hosts, two.zones, two.region, two.density, two.standing) == (2, 2, "alpha/north", 4.0, False)
    assert (two.binding, two.shares["cpu"], two.shares["memory"]) == ("cpu", 1.0, 0.25)
    assert two.stranded["memory"] == 24 * 2**30
    assert two.stranded["cpu"] == 0
    assert (kept.hosts, kept.standing, kept.shares["cpu"]) == (1, True, 0.25)


@pytest.mark.parametrize(("places", "groups"), [([A, A], 1), ([A, B], 1), ([A, WEST], 2)])
def test_regions_are_kept_apart(places, groups):
    case = scenario(service(replicas=2))
    made = plan(case, *(slot(f"h{n}", {"web": 1}, place) for n, place in enumerate(places)))
    assert len(host_groups(made.spec.hosts)) == groups
