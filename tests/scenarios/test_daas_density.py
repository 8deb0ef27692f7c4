"""The figures of datasets/scenarios/daas-density/README.md."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scenario_files import shipped, what_binds, with_one_type

from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify

HOURS = 730


def test_the_same_databases_everywhere() -> None:
    def sizes(name: str) -> dict[str, tuple[int, object, object]]:
        workloads = shipped(f"daas-density/{name}").spec.workloads
        return {w.name: (w.count, w.requests, w.volumes) for w in workloads}

    onprem = sizes("onprem")
    assert sum(count for count, _, _ in onprem.values()) == 400
    assert sizes("aws") == sizes("azure") == sizes("gcp") == onprem
    members = shipped("daas-density/multicloud").spec.workloads
    for name, (count, requests, volumes) in onprem.items():
        alike = [w for w in members if w.name.startswith(f"{name}-")]
        assert len(alike) == count
        assert all((w.count, w.requests, w.volumes) == (3, requests, volumes) for w in alike)


def test_virtual_machines_need_the_twelve_hosts_that_stand_today() -> None:
    made = plan(shipped("daas-density/vms-today"), stop=Stop(seconds=4))
    assert (made.status.state, made.status.hosts_used, made.status.unplaced) == ("OPTIMAL", 12, 0)
    assert made.status.before is not None
    assert made.status.before.hosts == 12
    assert made.status.before.density == pytest.approx(400 / 12)
    assert what_binds(made) == "memory"


def test_containers_need_four_of_them_and_that_is_proven() -> None:
    made = plan(shipped("daas-density/onprem"), stop=Stop(seconds=4))
    status = made.status
    assert status.before is not None
    assert (status.before.hosts, status.before.replicas) == (12, 400)
    assert status.before.density == pytest.approx(33.3, abs=0.05)
    assert status.before.cost_per_month == 12 * Decimal("0.90") * HOURS
    assert (status.state, status.hosts_used, status.density) == ("OPTIMAL", 4, 100)
    assert (status.density_unit, status.unplaced) == ("database", 0)
    assert (status.objective_goal, status.objective, status.bound, status.gap) == ("hosts", 4, 4, 0)
    assert status.hosts_released == 12  # re-imaged: the four opened ones are of the same machines
    assert status.cost_per_month == 4 * Decimal("0.90") * HOURS
    assert what_binds(made) == "pods"


@pytest.mark.parametrize(
    ("name", "host_type", "first_fit", "binds"),
    [
        ("aws", "m7g.2xlarge", 34, "memory"),
        ("aws", "m7g.4xlarge", 24, "volumes"),
        ("aws", "m6i.4xlarge", 24, "volumes"),
        ("aws", "m5.4xlarge", 24, "volumes"),
        ("azure", "Standard_D16ps_v6", 18, "memory"),
        ("azure", "Standard_D32s_v5", 15, "volumes"),
        ("gcp", "e2-standard-16", 17, "memory"),
    ],
)
def test_one_host_type_needs_no_more_hosts_than_first_fit(
    name: str, host_type: str, first_fit: int, binds: str
) -> None:
    scenario = with_one_type(shipped(f"daas-density/{name}"), host_type)
    made = plan(scenario, stop=Stop(seconds=4))
    assert verify(scenario, made, catalog_for(scenario)) == ()
    assert made.status.unplaced == 0
    assert made.status.hosts_used <= first_fit
    assert what_binds(made) == binds


@pytest.mark.parametrize("name", ["aws", "azure", "gcp"])
def test_the_mixed_pool_costs_no_more_than_any_of_its_types_alone(name: str) -> None:
    scenario = shipped(f"daas-density/{name}")
    mixed = plan(scenario, stop=Stop(seconds=4)).status.cost_per_month
    for host_type in scenario.spec.pools[0].host_types:
        alone = plan(with_one_type(scenario, host_type), stop=Stop(seconds=4)).status.cost_per_month
        assert mixed <= alone
