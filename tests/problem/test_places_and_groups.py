"""What rules on places and groups compile to, and that plans of them pass the verifier."""

import numpy as np
import pytest
from builders import BETA, WEST, A, B, C, catalog, daemonset, pool, scenario, service, standing

from planner import api
from planner.problem import build
from planner.problem.forms import HOST
from planner.solvers.greedy import Greedy
from planner.solvers.portfolio import Portfolio
from planner.solvers.stop import Stop

CLOUD, ZONE = 0, 2
TWO = (service("web", 2), service("db", 2, cpu=2))
CHAIN = [{"between": [A, B], "ms": 1}, {"between": [B, C], "ms": 1}, {"between": [A, C], "ms": 3}]


def _build(*workloads, **more):
    return build(scenario(*workloads, **more), catalog())


def _places(names, problem, item):
    """Locations of the bin types that admit an item."""
    return {names.offerings[o].location for b in np.flatnonzero(problem.fits[item]) for o in names.members[b]}


def _groups(names, problem, level):
    """Locations by the domain of a partition."""
    held = {}
    for b, domain in enumerate(problem.domain[:, level].tolist()):
        held.setdefault(domain, set()).update(names.offerings[o].location for o in names.members[b])
    return held


def _workloads(names, items):
    """The workloads behind item types."""
    return [part.workload for i in items.tolist() for part in names.parts[i]]


def test_residency_narrows_to_countries_and_places():
    swiss = {"topology": [{"name": "beta", "level": "cloud", "country": "Switzerland"}]}
    rule = {"rule": "residency", "countries": ["Switzerland"], "locations": ["alpha/west"]}
    problem, names = _build(service(), rules=[rule], **swiss)
    assert _places(names, problem, 0) == {WEST, "beta/south/a", "beta/south/b"}


def test_residency_narrows_the_domains_of_a_spread():
    rules = [{"rule": "topology_spread", "level": "region"}, {"rule": "residency", "locations": ["alpha"]}]
    problem, _ = _build(service(replicas=4), rules=rules)
    assert len(problem.spreads[0].domains) == 2


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        ({"max_share": 0.6}, [(CLOUD, 3, 1), (CLOUD, 6, 1)]),  # 60 % of 5 and of 10
        ({"max_share": 0.6, "together": True}, [(CLOUD, 9, 2)]),
        ({"at_least": 3, "level": "host"}, [(HOST, 2, 1), (HOST, 4, 1)]),  # ceil(5 / 2) - 1, ceil(10 / 2) - 1
        ({"at_least": 3, "level": "cloud"}, [(CLOUD, 2, 1), (CLOUD, 4, 1)]),  # there are but two clouds
        ({"at_least": 1}, []),
    ],
)
def test_a_share_is_a_limit(rule, limits):
    problem, _ = _build(service("web", 5), service("db", 10, cpu=2), rules=[{"rule": "share", **rule}])
    assert [(limit.level, limit.most, len(limit.items)) for limit in problem.limits] == limits
    assert problem.spreads == ()


def test_at_least_so_many_zones_is_a_spread_where_a_limit_lets_too_few_in():
    north = [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("std-4",))]
    rules = [{"rule": "share", "level": "zone", "at_least": 3}]
    problem, _ = _build(service(replicas=4), pools=north, rules=rules)
    (spread,) = problem.spreads
    assert (spread.level, spread.max_skew, len(spread.domains)) == (ZONE, 1, 3)
    for replicas, most in ((2, 1), (5, 2), (200, 99)):  # 2: each in a zone of its own; 5: ceil(5 / 2) - 1
        problem, _ = _build(service(replicas=replicas), pools=north, rules=rules)
        assert ([limit.most for limit in problem.limits], problem.spreads) == ([most], ())


def test_colocation_is_one_limit_over_all():
    rule = {"rule": "colocation", "workloads": ["web", "db"]}
    problem, _ = _build(*TWO, service("api", 3), rules=[rule | {"most": 3}])
    assert [(limit.level, limit.most, problem.count[limit.items].tolist()) for limit in problem.limits] == [
        (HOST, 3, [2, 2])
    ]
    assert _build(*TWO, rules=[rule | {"most": 4}])[0].limits == ()
    none, _ = _build(*TWO, rules=[rule | {"most": 0, "level": "zone"}])
    assert not none.fits.any()


def test_exclusive_keeps_others_off_but_no_daemonset():
    problem, names = _build(*TWO, service("api"), daemonset(), rules=[{"rule": "exclusive", "workloads": "db"}])
    (apart,) = problem.apart
    assert [_workloads(names, side) for side in (apart.a, apart.b)] == [[1], [0, 2]]


def test_exclusive_by_team_lets_every_pair_of_teams_meet_once():
    teams = [service(f"s{n}", team=team, cpu=n + 1) for n, team in enumerate(["red", "blue", "red", None])]
    problem, names = _build(*teams, rules=[{"rule": "exclusive", "by": "team"}])
    pairs = [(_workloads(names, form.a), _workloads(names, form.b)) for form in problem.apart]
    assert pairs == [([0, 2], [1, 3]), ([1], [3])]


def test_parity_is_together_over_kinds_of_hosts():
    shop = {"labels": {"app": "shop"}}
    workloads = (service("web", 2, **shop), service("dev", cpu=2, **shop), service("db", 2))
    problem, names = _build(*workloads, rules=[{"rule": "parity"}])
    (together,) = problem.together
    assert problem.count[together.items].sum() == 3
    kinds = {}
    for b, kind in enumerate(problem.domain[:, together.level].tolist()):
        kinds.setdefault(kind, set()).update(names.offerings[o].architecture for o in names.members[b])
    assert sorted(map(sorted, kinds.values())) == [["amd64"], ["arm64"]]


def test_spot_is_a_limit_over_spot_hosts_or_keeps_off_them():
    problem, names = _build(service("web", 4), service("db", cpu=2), rules=[{"rule": "spot", "max_share": 0.5}])
    (limit,) = problem.limits
    spot = {names.offerings[names.members[b][0]].purchase for b in np.flatnonzero(problem.domain[:, limit.level] == 0)}
    assert (limit.most, spot) == (2, {"spot"})
    (db,) = np.flatnonzero(problem.count == 1)
    kept = {names.offerings[names.members[b][0]].purchase for b in np.flatnonzero(problem.fits[db])}
    assert kept == {"on_demand"}


def test_latency_to_others_is_near_over_groups_of_places():
    rule = {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 1}
    problem, names = _build(*TWO, pools=[pool(locations=("alpha/north",))], rules=[rule], latencies=CHAIN)
    (near,) = problem.near
    assert _groups(names, problem, near.level) == {0: {A, B}, 1: {C}}


def test_groups_are_made_where_the_workloads_may_stand():
    here = {"rule": "allow", "workloads": "web", "hosts": {"locations": [C]}}
    rule = {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 1}
    problem, names = _build(*TWO, pools=[pool(locations=("alpha/north",))], rules=[here, rule], latencies=CHAIN)
    (near,) = problem.near
    assert _groups(names, problem, near.level) == {0: {B, C}, -1: {A}}


def test_latency_to_itself_is_together_and_to_nobody_is_nowhere():
    pools = [pool(locations=("alpha/north",))]
    itself = {"rule": "latency", "workloads": "web", "to": ["web", "db"], "max_ms": 1}
    problem, names = _build(*TWO, pools=pools, rules=[itself], latencies=CHAIN)
    (together,) = problem.together
    assert _groups(names, problem, together.level) == {0: {A, B}, 1: {C}}
    nobody = {"rule": "latency", "workloads": "web", "to": "agent", "max_ms": 1}
    assert not _build(service(), daemonset(), pools=pools, rules=[nobody])[0].fits.any()


def test_latency_to_users_narrows_by_distance_and_says_that_it_estimates():
    mapped = [{"name": "alpha", "level": "cloud", "latitude": 50, "longitude": 8}]
    rule = {"rule": "latency", "users": {"name": "the Rhine", "latitude": 50, "longitude": 8}, "max_ms": 10}
    problem, names = _build(service(), rules=[rule], topology=mapped)
    assert _places(names, problem, 0) == {A, B, C, WEST}
    assert names.warnings == ("latency: round-trip times to the Rhine are estimates by distance",)


def test_estimates_between_places_are_counted():
    rule = {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 1}
    _, names = _build(*TWO, pools=[pool(locations=("alpha/north",))], rules=[rule], latencies=CHAIN)
    assert [warning.split(" between")[0] for warning in names.warnings] == ["latency: 3 of 4 round-trip times"]


def test_traffic_with_a_largest_latency_brings_its_rule():
    flow = {"source": "web", "target": "db", "max_latency_ms": 1}
    problem, _ = _build(*TWO, traffic=[flow])
    assert [near.rule for near in problem.near] == ["latency"]


SHOP = {"labels": {"app": "shop"}}
WHOLE = {
    "residency": {"rule": "residency", "locations": ["beta"]},
    "share": {"rule": "share", "max_share": 0.5},
    "share (zones)": {"rule": "share", "level": "zone", "at_least": 3, "workloads": "web"},
    "share (together)": {"rule": "share", "level": "zone", "at_least": 2, "together": True},
    "colocation": {"rule": "colocation", "workloads": ["web", "db"], "most": 2},
    "exclusive": {"rule": "exclusive", "workloads": "db"},
    "exclusive (zones)": {"rule": "exclusive", "by": "team", "level": "zone"},
    "parity": {"rule": "parity", "on": "host_type"},
    "spot": {"rule": "spot", "max_share": 0.5},
    "latency": {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 1},
    "latency (itself)": {"rule": "latency", "workloads": "web", "to": "web", "max_ms": 1},
}


@pytest.mark.parametrize("solver", [Greedy(), Portfolio()], ids=["greedy", "portfolio"])
@pytest.mark.parametrize("rule", WHOLE.values(), ids=WHOLE)
def test_plans_place_everything_and_pass_the_verifier(rule, solver):
    workloads = (service("web", 4, team="red", **SHOP), service("db", 2, cpu=2, team="blue", **SHOP), daemonset())
    case = scenario(*workloads, rules=[rule], hosts=[standing("old-1", C)], latencies=CHAIN, catalog=catalog())
    made = api.plan(case, solver=solver, stop=Stop(seconds=20, iterations=30))
    assert (made.status.unplaced, api.verify(case, made)) == (0, ())


def test_workloads_that_must_be_near_each_other_both_ways_are_placed():
    rules = [{"rule": "latency", "workloads": x, "to": y, "max_ms": 1} for x, y in (("web", "db"), ("db", "web"))]
    spread = [{"rule": "topology_spread", "level": "cloud"}]
    case = scenario(*TWO, rules=rules + spread, catalog=catalog())
    made = api.plan(case, solver=Greedy(), stop=Stop(seconds=20, iterations=30))
    assert made.status.unplaced == 0
    assert {host.cloud for host in made.spec.hosts if "web" in host.runs} == {"alpha", BETA.split("/")[0]}
