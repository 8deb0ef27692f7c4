"""Equal standing hosts carry what runs on them today, as far as the plan has it anywhere."""

from builders import catalog, scenario, service, standing

from models.supply import offerings, topology_of
from planner.explain.figures import laid_out
from planner.problem import Solution, build, decode
from planner.problem.stay import matched
from planner.verify.rules.moves import moves


def equal(*names, **more):
    case = scenario(hosts=[standing(name, **more) for name in names], pools=[])
    return offerings(case, catalog(), topology_of(case, catalog()))


def test_most_replicas_stay():
    hosts = equal("old-1", "old-2", "old-3")
    today = {"old-1": {"db": 3}, "old-2": {"web": 2, "db": 1}, "old-3": {"web": 4}}
    assert matched(hosts, today, [{"web": 3}, {"web": 2}, {"db": 4}]) == [2, 1, 0]


def test_one_by_one_is_not_enough():
    """The host with most in common for the first would leave the second nothing."""
    hosts = equal("old-1", "old-2")
    today = {"old-1": {"web": 3, "db": 3}, "old-2": {"web": 2}}
    assert matched(hosts, today, [{"web": 3}, {"db": 3}]) == [1, 0]


def test_hosts_that_must_stay_are_used_whatever_runs_elsewhere():
    case = scenario(hosts=[standing("old-1"), standing("old-2", releasable=False)], pools=[])
    hosts = offerings(case, catalog(), topology_of(case, catalog()))
    assert matched(hosts, {"old-1": {"web": 3}}, [{"web": 3}]) == [1]


def test_without_anything_today_the_order_counts():
    assert matched(equal("old-1", "old-2", "old-3"), {}, [{"web": 1}, {"web": 2}]) == [0, 1]


def test_a_plan_of_equal_hosts_moves_nobody():
    runs = [{"web": 1}, {"db": 2}, {"web": 2, "db": 1}]
    hosts = [standing(f"old-{n}", runs=now) for n, now in enumerate(runs)]
    case = scenario(service("web", 3), service("db", 3, memory="2Gi"), hosts=hosts, pools=[])
    problem, names = build(case, catalog())
    assert problem.bins == 1
    web, db = (next(i for i, parts in enumerate(names.parts) if parts[0].workload == w) for w in (0, 1))
    solution = Solution.of([(0, 1, {web: 2, db: 1}), (0, 1, {db: 2}), (0, 1, {web: 1})])
    planned = decode(problem, names, solution)
    assert [host.name for host in planned if host.runs.keys() == {"db"}] == ["old-1"]
    assert moves(laid_out(case, planned, catalog())) == 0
