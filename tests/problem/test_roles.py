"""Reservations for roles in arrays."""

from itertools import product

import pytest
from builders import A, catalog, daemonset, scenario, service, standing

from planner import api
from planner.errors import InputError
from planner.problem import UNLIMITED, Solution, broken_forms, build
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop


def _agent(name="agent-1", memory="33Gi", **reservations):
    """A Mesos agent with 8 CPU and, less the agent's own GiB, 32 GiB."""
    platform = {"kind": "mesos", "reservations": reservations}
    return standing(name, A, host_type=None, capacity={"cpu": 8, "memory": memory}, platform=platform)


ADS_AND_WEB = {"ads": {"cpu": 3}, "web": {"cpu": 2, "memory": "8Gi"}}


def test_every_set_of_roles_is_a_resource_for_all_others():
    workloads = [service("a", role="ads"), service("w", role="web", cpu=2), service("free", cpu=4)]
    problem, _ = build(scenario(*workloads, hosts=[_agent(**ADS_AND_WEB)], pools=[]), catalog())
    rooms = dict(zip(problem.resources, problem.capacity[0].tolist(), strict=True))
    assert rooms == {
        "cpu": 8000,
        "memory": 32 * 1024,
        "cpu@not reserved for ads": 5000,
        "cpu@not reserved for ads+web": 3000,
        "cpu@not reserved for web": 6000,
        "memory@not reserved for web": 24 * 1024,
    }
    sizes = dict(zip(problem.resources, problem.size.T.tolist(), strict=True))
    assert sizes["cpu@not reserved for ads"] == [0, 2000, 4000]
    assert sizes["cpu@not reserved for ads+web"] == [0, 0, 4000]
    assert problem.fits[:, 0].tolist() == [True, True, False]


def test_other_hosts_are_not_touched():
    hosts = [_agent(**ADS_AND_WEB), _agent("agent-2"), _agent("agent-3", web={"cpu": 1})]
    problem, names = build(scenario(service("free"), hosts=hosts, pools=[]), catalog())
    both, web = (problem.resources.index(f"cpu@not reserved for {roles}") for roles in ("ads+web", "web"))
    rooms = {names.offerings[group[0]].host: problem.capacity[b] for b, group in enumerate(names.members)}
    assert [int(rooms[f"agent-{n}"][both]) for n in (1, 2, 3)] == [3000, UNLIMITED, UNLIMITED]
    assert [int(rooms[f"agent-{n}"][web]) for n in (1, 2, 3)] == [6000, UNLIMITED, 7000]


def test_roles_nobody_reserves_for_change_nothing():
    problem, _ = build(scenario(service("a", role="ads"), hosts=[_agent()], pools=[]), catalog())
    assert problem.resources == ("cpu", "memory")


def test_agrees_with_a_flow_argument():
    """What exceeds its reservation, and whoever has none, shares what is not reserved."""
    kept = {"ads": 3, "web": 2}
    workloads = [service("a", 8, role="ads"), service("w", 8, role="web"), service("free", 8)]
    problem, names = build(scenario(*workloads, hosts=[_agent(ads={"cpu": 3}, web={"cpu": 2})], pools=[]), catalog())
    item = {names.scenario.spec.workloads[parts[0].workload].name: i for i, parts in enumerate(names.parts)}
    for ads, web, free in product(range(9), repeat=3):
        shared = max(0, ads - kept["ads"]) + max(0, web - kept["web"]) + free
        content = {item["a"]: ads, item["w"]: web, item["free"]: free}
        assert (not broken_forms(problem, Solution.of([(0, 1, content)]))) == (shared <= 8 - 5)


def test_a_daemonset_of_a_role_uses_its_reservation():
    agents = [daemonset("mine", cpu=2, role="ads"), daemonset("others", cpu=1)]
    problem, _ = build(scenario(service("free"), *agents, hosts=[_agent(ads={"cpu": 3})], pools=[]), catalog())
    rooms = dict(zip(problem.resources, problem.capacity[0].tolist(), strict=True))
    assert (rooms["cpu"], rooms["cpu@not reserved for ads"]) == (5000, 4000)


def test_a_plan_keeps_reservations():
    workloads = [service("a", 3, role="ads"), service("free", 9)]
    case = scenario(*workloads, hosts=[_agent(ads={"cpu": 3}), _agent("agent-2")], pools=[], catalog=catalog())
    made = api.plan(case, solver=Greedy(), stop=Stop(iterations=20))
    assert made.status.unplaced == 0
    crowded = scenario(
        service("free", 14), hosts=[_agent(ads={"cpu": 3}), _agent("agent-2")], pools=[], catalog=catalog()
    )
    assert api.plan(crowded, solver=Greedy(), stop=Stop(iterations=20)).status.unplaced == 1


def test_too_many_roles_are_refused():
    host = _agent(**{f"role-{n}": {"cpu": "100m"} for n in range(9)})
    with pytest.raises(InputError, match="found reservations for 9 roles on one host, expected at most 8"):
        build(scenario(service(), hosts=[host], pools=[]), catalog())
