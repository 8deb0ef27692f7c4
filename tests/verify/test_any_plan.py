"""Whatever a plan says, the verifier answers; and it notices what it is told of."""

from decimal import Decimal
from typing import Any

from builders import BETA, RACK_1, A, catalog, daemonset, first_fit, home, plan, pool, scenario, service, slot, standing
from hypothesis import given
from hypothesis import strategies as st

from models.base import Metadata
from models.plan import Plan, PlannedHost, PlanSpec, PlanStatus, TierResult, Unplaced
from models.reports import Violation
from models.resources import Capacity, Resources
from planner.verify import verify

CASE = scenario(
    service("web", 3, gpu="300m"),
    service("db", 2, volumes=[{"size": "1Gi", "storage_class": "alpha-disk"}]),
    {"kind": "virtual_machine", "name": "vm"},
    daemonset(),
    pools=[pool(max_hosts=1), pool("vm", platform="hypervisor", taints=[{"key": "a"}])],
    hosts=[
        standing("old-1", runs={"web": 1}),
        standing("rack", RACK_1, host_type="metal", allocatable={"cpu": 1, "memory": 1}),
    ],
    volumes=[
        {"name": "v", "workload": "db", "replica": 1, "size": 1, "location": A},
        {"name": "w", "workload": "web", "size": 1, "host": "old-1"},
    ],
    topology=[home()],
    goals=["unplaced", "cost", {"goal": "domains", "level": "rack"}, "balance"],
    rules=[
        {"rule": "node_selector", "workloads": "web", "labels": {"bayplan.io/cloud": "alpha"}},
        {"rule": "node_affinity", "terms": [[{"key": "x", "operator": "DoesNotExist"}]]},
        {"rule": "tolerations", "workloads": "vm", "tolerations": [{"operator": "Exists"}]},
        {"rule": "anti_affinity", "level": "rack"},
        {"rule": "anti_affinity", "workloads": "web", "away_from": "db", "level": "host"},
        {"rule": "affinity", "workloads": "web", "near": ["db", "web"], "level": "zone"},
        {"rule": "topology_spread", "workloads": "web", "level": "zone", "min_domains": 2},
        {"rule": "topology_spread", "workloads": "db", "level": "host"},
        {"rule": "allow", "workloads": "db", "hosts": {"locations": ["alpha"]}},
        {"rule": "forbid", "workloads": "db", "hosts": {"purchases": ["spot"]}},
        {"rule": "quota", "max_hosts": 2, "max_capacity": {"cpu": 10, "pods": 3}},
        {"rule": "volume_locality", "workloads": "web", "level": "region"},
        {"rule": "attach_limit", "max_volumes": 1},
        {"rule": "headroom", "percent": 10},
        {"rule": "headroom", "replicas": 1, "requests": {"cpu": 1, "gpu": 1}, "per": "rack"},
        {"rule": "pinned", "workloads": "web"},
        {"rule": "pinned", "workloads": "db", "hosts": ["old-1"]},
    ],
)  # fmt: skip

NAMES = st.sampled_from(["web", "db", "vm", "agent", "ghost", ""])
AMOUNTS = st.integers(0, 2**40)
MONEY = st.decimals(0, 10**6, places=4)
GOALS = st.sampled_from(["unplaced", "cost", "domains (rack)", "balance", "x"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def capacities() -> st.SearchStrategy[Capacity]:
    limited = st.dictionaries(st.sampled_from(["gpu", "pods", "volumes", "example.com/x"]), st.integers(0, 9))
    return st.builds(lambda more: Capacity(cpu=1, memory=1, **more), limited)


def planned_hosts() -> st.SearchStrategy[PlannedHost]:
    return st.builds(
        PlannedHost,
        name=st.sampled_from(["h1", "h2", "old-1", "rack", ""]),
        location=st.sampled_from([A, BETA, RACK_1, "alpha", "", "/", "nowhere/at/all", "alpha//north"]),
        host_type=st.sampled_from(["std-4", "gpu-8", "metal", "", "x"]),
        pool=st.sampled_from(["pool", "vm", "", "x"]),
        purchase=st.sampled_from(["on_demand", "spot", "stolen"]),
        per_hour=MONEY,
        standing=st.booleans(),
        allocatable=capacities(),
        used=st.builds(lambda cpu: Resources.of({"cpu": cpu}), AMOUNTS),
        runs=st.dictionaries(NAMES, st.lists(st.integers(-1, 4), max_size=3).map(tuple), max_size=3),
    )


def statuses() -> st.SearchStrategy[PlanStatus]:
    tiers = st.lists(
        st.builds(TierResult, goal=GOALS, value=NUMBERS, bound=st.none() | NUMBERS, gap=st.none() | NUMBERS),
        max_size=4,
    )  # fmt: skip
    return st.builds(
        PlanStatus,
        state=st.sampled_from(["OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"]),
        hosts_used=st.integers(-1, 5),
        density=NUMBERS,
        cost_per_month=MONEY,
        objective=NUMBERS,
        objective_goal=st.sampled_from(["cost", "x"]),
        bound=st.none() | NUMBERS,
        gap=st.none() | NUMBERS,
        unplaced=st.integers(-1, 9),
        unplaced_workloads=st.lists(st.builds(Unplaced, workload=NAMES, replicas=st.integers(-1, 5))).map(tuple),
        tiers=tiers.map(tuple),
        cost_by_cloud=st.dictionaries(st.sampled_from(["alpha", "x"]), MONEY),
    )


def plans() -> st.SearchStrategy[Plan]:
    hosts = st.lists(planned_hosts(), max_size=4).map(tuple)
    spec = st.builds(PlanSpec, scenario=st.sampled_from(["case", "x"]), hosts=hosts)
    return st.builds(Plan, metadata=st.just(Metadata(name="any")), spec=spec, status=statuses())


@given(plans())
def test_any_plan_gets_an_answer_in_sentences(any_plan: Plan):
    found = verify(CASE, any_plan, catalog())
    assert found
    assert all(isinstance(v, Violation) and v.rule and v.message and "\n" not in str(v) for v in found)
    assert found == verify(CASE, any_plan, catalog())


SIZES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4000), st.integers(1, 16 * 1024)), min_size=1, max_size=5)


@given(SIZES)
def test_first_fit_passes_where_no_rule_is_asked(sizes: list[tuple[int, int, int]]):
    web = [service(f"w{n}", count, f"{cpu}m", f"{mib}Mi") for n, (count, cpu, mib) in enumerate(sizes)]
    case = scenario(*web)
    assert verify(case, first_fit(case), catalog()) == ()


@given(SIZES, st.data())
def test_one_replica_moved_onto_a_full_host_is_noticed(sizes: list[tuple[int, int, int]], data: Any):
    """All replicas of a workload that fills a host by itself, crowded onto one."""
    count = data.draw(st.integers(2, 5))
    case = scenario(service("full", count, cpu=4), *[service(f"w{n}", size[0]) for n, size in enumerate(sizes)])
    rest = {f"w{n}": size[0] for n, size in enumerate(sizes)}
    crowded = plan(case, slot("h1", {"full": count}), slot("h2", rest, host_type="big-16"))
    assert {v.rule for v in verify(case, crowded, catalog())} >= {"capacity"}
    assert Decimal(0) < crowded.status.cost_per_month
