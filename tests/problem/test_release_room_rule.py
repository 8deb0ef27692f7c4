"""Room for releases: shared where one workload is released at a time, held for each where all are at once."""

import numpy as np
import pytest
from builders import A, B, catalog, daemonset, pool, scenario, service

from planner import api
from planner.problem import build
from planner.problem.forms import HOST
from planner.problem.problem import ROOM_PRIORITY
from planner.solvers.stop import Stop

STD = [pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])]
BLUE_GREEN = {"release": {"strategy": "blue_green"}}
ALL = {"rule": "release_room", "at_once": "all"}


def released(*workloads, rules=(), **spec):
    """Workloads on hosts of 4 CPU at $0.20."""
    return scenario(*workloads, **{"pools": STD, "rules": rules, "catalog": catalog()} | spec)


def planned(case):
    return api.plan(case, stop=Stop(seconds=20))


def pair(**more):
    """Two workloads that fill a host each, released blue/green."""
    return service("web", 4, **BLUE_GREEN | more), service("api", 4, **BLUE_GREEN | more)


def test_one_at_a_time_shares_a_room_as_large_as_the_largest_release():
    case = released(service("web", 4, **BLUE_GREEN), service("api", 8, release={"strategy": "rolling"}))
    problem, names = build(case, catalog())
    (room,) = problem.rooms  # equal replicas in equal places: 4 for web, 2 for api
    assert (room.copies, room.rule, names.held) == (4, "release_room", {})
    assert room.level > HOST
    assert np.unique(problem.domain[:, room.level]).tolist() == [0]
    assert problem.count[room.item] == 0


def test_rooms_of_different_shapes_stand_beside_each_other_only_all_at_once():
    workloads = service("web", 2, **BLUE_GREEN), service("api", 2, cpu=2, **BLUE_GREEN)
    one, _ = build(released(*workloads), catalog())
    assert [(room.copies, one.size[room.item, 0]) for room in one.rooms] == [(2, 1000), (2, 2000)]
    whole, names = build(released(*workloads, rules=[ALL]), catalog())
    assert whole.rooms == ()
    held = list(names.held)
    assert whole.count[held].tolist() == [2, 2]
    assert whole.priority[held].tolist() == [ROOM_PRIORITY] * 2
    assert [names.held[i] for i in held] == [0, 1]


def test_room_is_where_the_workload_may_go_and_of_its_whole_demand():
    case = released(
        service("web", 2, volumes=[{"size": "1Gi"}], **BLUE_GREEN), daemonset(), service("other"),
        rules=[{"rule": "forbid", "workloads": "web", "hosts": {"locations": [A]}}, ALL],
    )  # fmt: skip
    problem, names = build(case, catalog())
    (room,) = names.held
    assert dict(zip(problem.resources, problem.size[room].tolist(), strict=True)) | {"volumes": 1} == dict(
        zip(problem.resources, problem.size[0].tolist(), strict=True)
    )
    assert problem.fits[room].tolist() == problem.fits[0].tolist()
    assert not problem.fits[room].all()


def test_a_limit_on_hosts_binds_the_room_and_makes_it_the_workloads_own():
    rules = [{"rule": "anti_affinity", "workloads": "web"}, {"rule": "exclusive", "workloads": "db"}]
    workloads = service("web", 2, **BLUE_GREEN), service("api", 2, **BLUE_GREEN), service("db", 1)
    problem, names = build(released(*workloads, rules=rules), catalog())
    web, api_, db = range(3)
    rooms = {w: i for i, w in names.held.items()}
    assert rooms.keys() == {web, api_}  # web keeps apart from itself, both from db
    (limit,) = problem.limits
    assert (limit.level, limit.items.tolist()) == (HOST, [web, rooms[web]])
    (apart,) = problem.apart
    assert (apart.a.tolist(), apart.b.tolist()) == ([db], [web, api_, rooms[web], rooms[api_]])


def test_larger_domains_do_not_ask_where_room_is():
    rules = [{"rule": "anti_affinity", "workloads": "web", "level": "zone"}]
    problem, names = build(released(service("web", 3, **BLUE_GREEN), rules=rules), catalog())
    assert names.held == {}
    assert [limit.items.tolist() for limit in problem.limits] == [[0]]


@pytest.mark.parametrize(
    "workload",
    [
        service("web", 4, release={"strategy": "rolling", "max_surge": 0, "max_unavailable": 1}),
        service("web", 0, **BLUE_GREEN),
        service("web", 4),
        daemonset("web", **BLUE_GREEN),
    ],
)
def test_who_needs_no_room_gets_none(workload):
    case = released(workload, service("other"), rules=[{"rule": "release_room"}])
    problem, names = build(case, catalog())
    assert (problem.rooms, names.held, names.room) == ((), {}, {})


@pytest.mark.parametrize(("rules", "hosts"), [([], 3), ([{"rule": "release_room"}], 3), ([ALL], 4)])
def test_two_full_hosts_need_one_more_or_two(rules, hosts):
    plan = planned(released(*pair(), rules=rules))
    assert (plan.status.state, plan.status.hosts_used) == ("OPTIMAL", hosts)
    held = [sum(host.held.get(name, 0) for host in plan.spec.hosts) for name in ("web", "api")]
    assert held == ([4, 4] if rules == [ALL] else [0, 0])
    assert sum(host.reserved.cpu for host in plan.spec.hosts) == 1000 * sum(held)


@pytest.mark.parametrize(
    ("release", "hosts"),
    [
        ({"strategy": "rolling"}, 3),  # 8 and 2 more
        ({"strategy": "rolling", "max_surge": "60%"}, 4),  # 4.8: 5 more
        ({"strategy": "canary"}, 3),
        ({"strategy": "blue_green"}, 4),
        ({"strategy": "rolling", "max_surge": 0, "max_unavailable": 1}, 2),
    ],
)
def test_hosts_by_release_strategy(release, hosts):
    assert planned(released(service("web", 8, release=release))).status.hosts_used == hosts


def test_anti_affinity_doubles_the_hosts_of_a_blue_green_release():
    plan = planned(released(service("web", 3, **BLUE_GREEN), rules=[{"rule": "anti_affinity"}]))
    assert (plan.status.state, plan.status.hosts_used) == ("OPTIMAL", 6)
    assert all(sum(map(len, host.runs.values())) + host.held.get("web", 0) == 1 for host in plan.spec.hosts)


def test_room_that_is_nowhere_is_a_conflict_by_its_rule():
    one = [pool(locations=[B], host_types=["std-4"], max_hosts=1)]
    plan = planned(released(*pair(), rules=[{"rule": "release_room", "name": "ship it", "at_once": "all"}], pools=one))
    assert plan.status.state == "INFEASIBLE"
    assert "ship it" in " ".join([*plan.status.warnings, *(conflict.message for conflict in plan.status.conflicts)])
