"""What scenarios compile to."""

import numpy as np
import pytest
from builders import A, B, C, catalog, daemonset, pool, scenario, service, standing

from models.resources import Resources
from models.volume import Volume
from models.workload import StatefulSet, VolumeClaim
from planner.problem import UNLIMITED, build
from planner.problem.forms import HOST
from planner.problem.problem import ROOM_PRIORITY

ZONE = 2
SPREAD = {"rule": "topology_spread", "level": "zone"}


def _build(*workloads, **more):
    return build(scenario(*workloads, **more), catalog())


def _alpha(**more):
    """A pool of one host type in the three zones of alpha/north, on demand."""
    return [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("std-4",), **more)]


def test_equal_replicas_of_different_workloads_are_one_item_type():
    problem, names = _build(service("web", 3), service("api", 2), service("db", 2, cpu=2))
    assert problem.count.tolist() == [5, 2]
    assert [[part.workload for part in parts] for parts in names.parts] == [[0, 1], [2]]


@pytest.mark.parametrize(
    "other",
    [
        {"workload": {"priority": 5}},
        {"rules": [{"rule": "allow", "workloads": "api", "hosts": {"locations": ["alpha"]}}]},
        {"rules": [{"rule": "anti_affinity", "workloads": "api"}]},
    ],
    ids=["priority", "places", "forms"],
)
def test_what_sets_replicas_apart_keeps_them_apart(other):
    problem, _ = _build(service("web", 3), service("api", 2, **other.get("workload", {})), rules=other.get("rules", []))
    assert sorted(problem.count.tolist()) == [2, 3]


def test_zones_merge_unless_something_asks_about_them():
    merged, names = _build(service(), pools=_alpha())
    assert merged.bins == 1
    assert len(names.members[0]) == 3
    assert (merged.domain == -1).all()
    spread, _ = _build(service(replicas=3), pools=_alpha(), rules=[SPREAD])
    assert spread.bins == 3
    assert len(set(spread.domain[:, ZONE])) == 3
    counted, _ = _build(service(), pools=_alpha(), goals=["unplaced", {"goal": "domains", "level": "zone"}])
    assert counted.bins == 3


def test_offerings_that_nothing_fits_are_dropped():
    problem, _ = _build(service(cpu=6), pools=[pool(locations=("alpha/north",), purchases=("on_demand",))])
    assert sorted(problem.price.tolist()) == [800_000, 2_000_000]


def test_demand_rounds_up_and_room_rounds_down():
    small = standing(capacity=None, allocatable={"cpu": "1500m", "memory": 3 * 2**20 + 1, "pods": 4}, host_type="std-4")
    problem, _ = _build(service(memory=2**20 + 1), hosts=[small], pools=[])
    assert problem.size[0, :2].tolist() == [1000, 2]
    assert problem.capacity[0, :2].tolist() == [1500, 3]


def test_prices_are_micro_usd_per_hour():
    problem, _ = _build(service(), pools=_alpha())
    assert problem.price.tolist() == [200_000]
    assert problem.available.tolist() == [UNLIMITED]


def test_daemonsets_take_their_share_of_every_host_that_admits_them():
    rules = [{"rule": "allow", "workloads": "agent", "hosts": {"locations": [A]}}]
    problem, _ = _build(service(), daemonset(), pools=_alpha(), rules=rules)
    assert sorted(problem.capacity[:, 0].tolist()) == [3500, 4000]
    assert problem.count.tolist() == [1]


def test_standing_hosts_are_one_each_and_may_have_to_stay():
    hosts = [standing("old-1"), standing("old-2"), standing("keep", releasable=False)]
    problem, _ = _build(service(), hosts=hosts, pools=[])
    assert sorted(zip(problem.available.tolist(), problem.required.tolist(), strict=True)) == [(1, 1), (2, 0)]


def test_a_pinned_workload_stays_on_its_hosts():
    hosts = [standing("old-1", A), standing("old-2", B)]
    pinned = {"rule": "pinned", "workloads": "web", "hosts": ["old-2"]}
    problem, names = _build(service("web", 2), service("api", cpu=2), hosts=hosts, rules=[pinned])
    (bins,) = np.flatnonzero(problem.fits[0])[None]
    assert [names.offerings[o].host for b in bins for o in names.members[b]] == ["old-2"]
    assert problem.fits[1].sum() > 1


def test_pinned_where_it_runs_binds_replica_by_replica():
    hosts = [standing("old-1", A, runs={"web": 1}), standing("old-2", B, runs={"web": 1})]
    problem, names = _build(service("web", 3), hosts=hosts, rules=[{"rule": "pinned", "workloads": "web"}])
    parts = {parts[0].ordinals: int(problem.fits[i].sum()) for i, parts in enumerate(names.parts)}
    assert parts[(0,)] == 1
    assert parts[(1,)] == 1
    assert parts[(2,)] > 1


def test_a_replica_stays_in_the_zone_of_its_volume():
    claim = VolumeClaim(storage_class="alpha-disk", size=2**30)
    db = StatefulSet(kind="stateful_set", name="db", replicas=2, requests=Resources(cpu=1), volumes=(claim,))
    held = Volume(name="v", workload="db", replica=1, storage_class="alpha-disk", size=2**30, location=C)
    problem, names = _build(db, pools=_alpha(), volumes=[held])
    places = {
        parts[0].ordinals: {names.offerings[o].location for b in np.flatnonzero(row) for o in names.members[b]}
        for parts, row in zip(names.parts, problem.fits, strict=True)
    }
    assert places == {(0,): {A, B, C}, (1,): {C}}


def test_an_attach_limit_is_a_resource():
    claims = tuple(VolumeClaim(name=f"v{n}", size=2**30) for n in range(3))
    db = StatefulSet(kind="stateful_set", name="db", requests=Resources(cpu=1), volumes=claims)
    limit = {"rule": "attach_limit", "max_volumes": 2}
    free, _ = _build(db, pools=_alpha())
    tight, _ = _build(db, pools=_alpha(), rules=[limit])
    assert free.fits.any()
    assert not tight.fits.any()


def test_a_spread_counts_zones_by_affinity_but_not_by_taints():
    in_two = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a", "b"]}
    affinity = {"rule": "node_affinity", "terms": [[in_two]]}
    spread, _ = _build(service(replicas=5), pools=_alpha(), rules=[SPREAD, affinity])
    assert len(spread.spreads[0].domains) == 2
    taints = [{"key": "dedicated"}]
    north_c = pool("kept", locations=(C,), purchases=("on_demand",), host_types=("std-4",), taints=taints)
    free = pool("free", locations=(A, B), purchases=("on_demand",), host_types=("std-4",))
    tainted, _ = _build(service(replicas=5), pools=[free, north_c], rules=[SPREAD])
    assert len(tainted.spreads[0].domains) == 3


def test_few_domains_count_as_an_empty_one():
    problem, _ = _build(service(replicas=5), pools=_alpha(), rules=[SPREAD | {"min_domains": 4}])
    assert problem.spreads[0].zero_minimum


def test_spreads_over_hosts_and_few_replicas_are_limits():
    hosts, _ = _build(service(replicas=5), rules=[SPREAD | {"level": "host", "max_skew": 2}])
    assert [(limit.level, limit.most) for limit in hosts.limits] == [(HOST, 2)]
    few, _ = _build(service(replicas=2), pools=_alpha(), rules=[SPREAD])
    assert [(limit.level, limit.most) for limit in few.limits] == [(ZONE, 1)]
    assert not few.spreads


def test_anti_affinity_within_and_between_workloads():
    both = {"rule": "anti_affinity", "workloads": ["web", "api"], "away_from": ["api", "db"], "level": "zone"}
    problem, names = _build(service("web", 2), service("api", 2, cpu=2), service("db", 1, cpu=3), rules=[both])
    item = {names.parts[i][0].workload: i for i in range(problem.items)}
    assert [(limit.items.tolist(), limit.most) for limit in problem.limits] == [([item[1]], 1)]
    assert {(tuple(apart.a), tuple(apart.b)) for apart in problem.apart} == {
        ((item[0],), tuple(sorted((item[1], item[2])))),
        ((item[1],), (item[2],)),
    }


def test_affinity_to_itself_and_to_others():
    rules = [
        {"rule": "affinity", "workloads": "web", "near": "web", "level": "zone"},
        {"rule": "affinity", "workloads": "api", "near": "web"},
    ]
    problem, names = _build(service("web", 2), service("api", 2, cpu=2), rules=rules)
    item = {names.parts[i][0].workload: i for i in range(problem.items)}
    assert [(form.items.tolist(), form.level) for form in problem.together] == [([item[0]], ZONE)]
    assert [(form.a.tolist(), form.b.tolist(), form.level) for form in problem.near] == [([item[1]], [item[0]], HOST)]


def test_quotas_weigh_whole_hosts():
    rules = [{"rule": "quota", "hosts": {"locations": ["alpha"]}, "max_capacity": {"cpu": 12}}]
    problem, _ = _build(service(), pools=[*_alpha(), pool("other", locations=("beta",), max_hosts=5)], rules=rules)
    by_rule = {quota.rule: quota for quota in problem.quotas}
    assert by_rule["quota (cpu)"].most == 12_000
    assert sorted(by_rule["quota (cpu)"].weight.tolist()) == [0, 4000]
    assert sorted(by_rule["pool other: max_hosts"].weight.tolist()) == [0, 1]


def test_headroom_is_a_share_or_items_or_room_per_domain():
    share, _ = _build(service(), pools=_alpha(), rules=[{"rule": "headroom", "percent": 10}])
    assert share.capacity[0, 0] == 3600
    kept = {"rule": "headroom", "replicas": 2, "requests": {"cpu": 1, "memory": "1Gi"}}
    whole, names = _build(service(cpu=2), pools=_alpha(), rules=[kept])
    room = next(iter(names.room))
    assert (whole.count[room], whole.priority[room]) == (2, ROOM_PRIORITY)
    zoned, names = _build(service(cpu=2), pools=_alpha(), rules=[kept | {"per": "zone"}])
    room = next(iter(names.room))
    assert zoned.count[room] == 0
    assert [(form.item, form.copies, form.level) for form in zoned.rooms] == [(room, 2, ZONE)]


def test_gpu_shares_are_rounded_so_that_they_fit_device_by_device():
    problem, _ = _build(service("a", gpu="0.3"), service("b", gpu="0.5"), service("c", gpu="1.5"))
    gpu = problem.resources.index("gpu")
    assert sorted(problem.size[:, gpu].tolist()) == [500, 500, 1500]
    assert sorted(problem.by_device.size[:, gpu].tolist()) == [300, 500, 1500]


def test_arrays_are_read_only():
    problem, _ = _build(service())
    with pytest.raises(ValueError, match="read-only"):
        problem.count[0] = 9
