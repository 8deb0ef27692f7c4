"""What the greedy solver is for: zones, bundles, kept room, priorities, cheap mixes, many replicas."""

from collections import Counter

import numpy as np
import pytest
from builders import A, catalog, pool, scenario, service, standing
from problems import ZONE, problem_of

from models.goals import DEFAULT_GOALS, DENSITY_GOALS
from planner.problem import Problem, Solution, broken_forms, build, decode, score
from planner.problem.forms import Room
from planner.problem.score import unplaced
from planner.solvers.greedy import Greedy
from planner.solvers.greedy.lots import Lot, bundle, packing
from planner.solvers.stop import Stop
from planner.solvers.trim import drop_empty


def solved(case):
    problem, names = build(case, case.spec.catalog)
    result = Greedy().solve(problem, Stop(seconds=10))
    assert broken_forms(problem, result.solution) == []
    return problem, names, result.solution


def placed(case):
    problem, names, solution = solved(case)
    return decode(problem, names, solution)


def case(*workloads, **spec):
    return scenario(*workloads, catalog=catalog(), **spec)


def one_type(sizes, counts, capacity, goals=DENSITY_GOALS):
    size, count = np.array(sizes, dtype=np.int64), np.array(counts, dtype=np.int64)
    kinds = size.shape[1]
    return Problem(
        resources=("cpu", "memory", "pods")[:kinds],
        size=size,
        count=count,
        priority=np.zeros(len(count), dtype=np.int64),
        capacity=np.array([capacity], dtype=np.int64),
        price=np.array([1_000_000], dtype=np.int64),
        available=np.array([2**40], dtype=np.int64),
        required=np.zeros(1, dtype=np.int64),
        fits=np.ones((len(count), 1), dtype=bool),
        domain=np.full((1, 5), -1),
        goals=goals,
    )


def test_a_perfect_fit_is_found():
    problem = one_type([[7, 3], [3, 7]], [10, 10], [10, 10])
    assert Greedy().solve(problem, Stop(seconds=5)).solution.hosts == 10


def test_spread_puts_one_replica_in_each_zone():
    hosts = placed(
        case(
            service(replicas=3),
            pools=[pool(locations=("alpha/north",))],
            rules=[{"rule": "topology_spread", "workloads": "web"}],
        )
    )
    assert Counter(host.location for host in hosts) == {f"alpha/north/{zone}": 1 for zone in "abc"}


def test_spread_of_many_replicas_is_even():
    hosts = placed(
        case(
            service(replicas=200, cpu="500m"),
            pools=[pool(locations=("alpha/north",))],
            rules=[{"rule": "topology_spread", "workloads": "web"}],
        )
    )
    per_zone = Counter()
    for host in hosts:
        per_zone[host.location] += host.replicas
    assert sorted(per_zone.values()) == [66, 67, 67]


def test_replicas_that_need_others_share_their_host():
    hosts = placed(
        case(
            service("web", replicas=5),
            service("cache", replicas=2),
            rules=[{"rule": "affinity", "workloads": "web", "near": "cache"}],
        )
    )
    assert sum(len(host.runs.get("web", ())) for host in hosts) == 5
    assert all("cache" in host.runs for host in hosts if "web" in host.runs)


def test_bundles_follow_chains_of_need():
    problem, _ = build(
        case(
            service("a", replicas=4),
            service("b", replicas=2, cpu=2),
            service("c", replicas=1, cpu=3),
            rules=[
                {"rule": "affinity", "workloads": "a", "near": "b"},
                {"rule": "affinity", "workloads": "b", "near": "c"},
            ],
        ),
        catalog(),
    )
    units = bundle(problem)
    assert [(unit.count, sorted(n for _, n in unit.content)) for unit in units] == [(1, [1, 2, 4])]


def test_a_workload_near_itself_in_a_zone_stays_in_one():
    hosts = placed(case(service(replicas=9), rules=[{"rule": "affinity", "near": "web", "level": "zone"}]))
    assert len({host.location for host in hosts}) == 1
    assert sum(host.replicas for host in hosts) == 9


def test_groups_kept_apart_by_region_never_meet():
    hosts = placed(
        case(
            service("red", replicas=6),
            service("blue", replicas=6),
            rules=[{"rule": "anti_affinity", "workloads": "red", "away_from": "blue", "level": "region"}],
        )
    )
    regions = {
        name: {host.location.rpartition("/")[0] for host in hosts if name in host.runs} for name in ("red", "blue")
    }
    assert regions["red"]
    assert regions["blue"]
    assert not regions["red"] & regions["blue"]


@pytest.mark.parametrize("per", [None, "zone", "cloud"])
def test_kept_room_stays_free(per):
    room = {"rule": "headroom", "replicas": 2, "requests": {"cpu": 3, "memory": "2Gi"}, "per": per}
    problem, names, solution = solved(case(service(replicas=5, cpu=2), rules=[room]))
    assert not unplaced(problem, solution).any()
    free = [host.allocatable.minus(host.used).cpu // 3000 for host in decode(problem, names, solution)]
    assert sum(free) >= 2


def test_higher_priority_is_placed_where_room_is_short():
    hosts = placed(
        case(
            service("low", replicas=4, cpu=1),
            service("high", replicas=2, cpu=2, priority=10),
            hosts=[standing()],
            pools=[],
        )
    )
    assert [sorted(host.runs) for host in hosts] == [["high"]]


def test_a_host_that_must_stay_is_kept_and_used():
    hosts = placed(case(service(), hosts=[standing("old", A, releasable=False)]))
    assert [(host.name, host.replicas) for host in hosts] == [("old", 1)]


def test_a_quota_sends_the_rest_elsewhere():
    hosts = placed(
        case(
            service(replicas=6, cpu=4),
            pools=[pool(purchases=("on_demand",))],
            rules=[{"rule": "quota", "hosts": {"locations": ["beta"]}, "max_hosts": 2}],
        )
    )
    assert sum(host.cloud == "beta" for host in hosts) <= 2
    assert sum(host.replicas for host in hosts) == 6


def test_the_last_host_is_no_larger_than_it_must_be():
    hosts = placed(
        case(service(replicas=5, cpu="3500m", memory="2Gi"), pools=[pool(locations=("alpha/north",))]),
    )
    assert {host.host_type for host in hosts} == {"std-4"}
    assert {host.purchase for host in hosts} == {"spot"}


def test_a_start_is_never_made_worse():
    problem = one_type([[7, 3], [3, 7]], [2, 2], [10, 10])
    start = Solution.of([(0, 2, {0: 1, 1: 1})])
    assert score(problem, Greedy().solve(problem, Stop(iterations=1), start=start).solution) <= score(problem, start)


def test_many_replicas_stay_close_to_the_volume_bound():
    drawn = np.random.default_rng(7)
    sizes = np.stack([drawn.integers(100, 4000, 300), drawn.integers(256, 9000, 300), np.ones(300, int)], axis=1)
    counts = drawn.integers(10, 120, 300)
    problem = one_type(sizes.tolist(), counts.tolist(), [15890, 58368, 110], DENSITY_GOALS)
    solution = Greedy().solve(problem, Stop(seconds=30)).solution
    volume = max(-(-int((problem.size[:, r] * problem.count).sum()) // int(problem.capacity[0, r])) for r in range(3))
    assert not unplaced(problem, solution).any()
    assert solution.hosts <= 1.03 * volume


def test_nothing_to_place_opens_nothing():
    problem = one_type([[1, 1]], [0], [10, 10], DEFAULT_GOALS)
    assert Greedy().solve(problem, Stop(seconds=1)).solution.hosts == 0
    assert drop_empty(problem, Solution.of([(0, 3, {})])).hosts == 0


def test_a_limit_on_hosts_counts_copies_of_all_lots_that_may_meet():
    problem, _ = build(case(service(replicas=2), rules=[{"rule": "anti_affinity"}]), catalog())
    one_bin = np.arange(problem.bins) == 0
    unit = bundle(problem)[0]
    rows = packing(problem, [Lot(unit, 1, one_bin), Lot(unit, 1)])
    assert rows.member.sum(axis=0).tolist() == [1, 1]
    alone = packing(problem, [Lot(unit, 1, one_bin), Lot(unit, 1, ~one_bin)])
    assert not alone.member.any()


def test_a_host_that_must_stay_asks_for_kept_room_though_nothing_is_placed():
    rooms = tuple(Room(ZONE, item, 2, np.array([True, True]), "headroom") for item in (1, 2))
    problem = problem_of(
        [[4, 1], [1, 3], [1, 2]], [2, 0, 0], [[4, 4], [4, 4]], [3, 2], zones=[0, 0], available=[1, 1],
        required=[1, 0], priority=[0, 2, 2], rooms=rooms,
    )  # fmt: skip
    found = Greedy().solve(problem, Stop(seconds=5)).solution
    assert broken_forms(problem, found) == []
    assert found.patterns() == [(0, 1, {}), (1, 1, {})]
