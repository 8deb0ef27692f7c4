"""Usage at risk in arrays."""

from math import sqrt
from statistics import NormalDist

import numpy as np
from builders import catalog, daemonset, pool, scenario, service, standing
from hypothesis import given
from hypothesis import strategies as st

from models.demand import P95
from planner import api
from planner.problem import UNLIMITED, build
from planner.problem.demand.at_risk import nearest, representatives
from planner.problem.demand.usage import Load, chord, tangent
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop

RISK = {"rule": "overload_risk", "risk": 0.01}
STEADY = {"cpu": {"median": "500m", "p95": "664m"}}
"""Mean 500, deviation 164 / 1.6449 = 99.71 millicores."""
Z = NormalDist().inv_cdf(0.99)


def _only(**more):
    return [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("std-4",), **more)]


def _plan(*workloads, **more):
    case = scenario(*workloads, catalog=catalog(), **more)
    return api.plan(case, solver=Greedy(), stop=Stop(iterations=30))


def test_by_hand():
    # 6 replicas: 3000 + 2.3263 · 99.71 · √6 = 3568 millicores. 7: 3500 + 614 = 4114, more than the host's 4000.
    made = _plan(service("web", 12, usage=STEADY), pools=_only(), rules=[RISK])
    assert sorted(host.replicas for host in made.spec.hosts) == [6, 6]
    assert made.spec.hosts[0].used.cpu == 6000  # requests, more than there are
    assert _plan(service("web", 12, usage=STEADY), pools=_only()).status.hosts_used == 3  # 4 by requests


def test_the_tangent_by_hand():
    problem, _ = build(scenario(service("web", 12, usage=STEADY), pools=_only(), rules=[RISK]), catalog())
    assert problem.resources == ("cpu", "memory", "cpu@1 % risk")
    # A full host: 500 n + 231.95 √n = 4000 at √n = 2.606, so √V₀ = 259.9 and z σ² / (2 √V₀) = 44.5 a replica.
    assert problem.size[0].tolist() == [1000, 1024, 545]
    assert problem.capacity[0].tolist() == [UNLIMITED, 16 * 1024, 3697]
    loose = problem.relaxation
    assert loose is not None
    # √V₁ = 2 · 4000 / (z + √(z² + 4 · 4000 / 19.88)) = 259.8, and z σ² / √V₁ = 89.0 a replica, rounded down.
    assert loose.size[0].tolist() == [1000, 1024, 589]
    assert loose.capacity[0].tolist() == [UNLIMITED, 16 * 1024, 4000]


def test_a_workload_without_usage_counts_with_its_request():
    problem, _ = build(
        scenario(service("a", usage=STEADY), service("b", cpu=2), pools=_only(), rules=[RISK]), catalog()
    )
    assert sorted(problem.size[:, 2].tolist())[-1] == 2000
    plain, _ = build(scenario(service("b", 3, cpu=2), pools=_only(), rules=[RISK]), catalog())
    assert (plain.size[0, 2], plain.capacity[0, 2]) == (2000, 4000)


def test_other_hosts_keep_to_requests():
    pools = [*_only(), *[pool("beta", locations=("beta",), purchases=("on_demand",))]]
    rule = RISK | {"hosts": {"pools": ["pool"]}}
    problem, names = build(scenario(service("web", usage=STEADY), pools=pools, rules=[rule]), catalog())
    rooms = {names.offerings[group[0]].pool: problem.capacity[b, [0, 2]] for b, group in enumerate(names.members)}
    assert rooms["pool"][0] == UNLIMITED
    assert rooms["pool"][1] < 4000
    assert rooms["beta"].tolist() == [4000, UNLIMITED]


def test_memory_and_overhead_and_daemonsets_count():
    used = {"memory": {"median": "1Gi", "p95": "1Gi"}}
    rule = RISK | {"resources": ["memory"]}
    web = service("web", 20, cpu="10m", memory="8Gi", usage=used, overhead={"memory": "1Gi"})
    agent = daemonset(cpu="10m", memory="4Gi", usage={"memory": {"median": "2Gi", "p95": "2Gi"}})
    problem, _ = build(scenario(web, agent, pools=_only(), rules=[rule]), catalog())
    assert problem.size[0, 2] == 2048
    assert problem.capacity[0, 2] == 14 * 1024


def test_percent_of_headroom_is_kept_from_usage_too():
    rules = [RISK, {"rule": "headroom", "percent": 25}]
    problem, _ = build(scenario(service("web", 3, cpu=1), pools=_only(), rules=rules), catalog())
    assert problem.capacity[0, 2] == 3000
    made = _plan(service("web", 12, usage=STEADY), pools=_only(), rules=rules)
    assert max(host.replicas for host in made.spec.hosts) == 4  # 2000 + 464 of 3000; 5 would be 3019


def test_cron_jobs_use_nothing_while_they_do_not_run():
    jobs = [
        {"kind": "cron_job", "name": f"j{hour}", "schedule": f"0 {hour} * * *", "usage": STEADY, "requests": {"cpu": 1}}
        for hour in (2, 4)
    ]
    problem, _ = build(scenario(*jobs, pools=_only(), rules=[RISK]), catalog())
    names = [name for name in problem.resources if "risk" in name]
    assert names == ["cpu@02:00, 1 % risk", "cpu@04:00, 1 % risk"]
    sizes = problem.size[:, [problem.resources.index(name) for name in names]]
    assert sorted(map(tuple, (sizes > 0).tolist())) == [(False, True), (True, False)]


def test_hosts_of_other_sizes_have_tangents_of_their_own():
    pools = [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("std-4", "big-16"))]
    problem, _ = build(scenario(service("web", usage=STEADY), pools=pools, rules=[RISK]), catalog())
    assert problem.resources[2:] == ("cpu@1 % risk of 4 CPU", "cpu@1 % risk of 16 CPU")
    assert {tuple(room < UNLIMITED) for room in problem.capacity[:, 2:]} == {(True, False), (False, True)}


def test_at_most_eight_tangents():
    sizes = [1000 * n for n in range(1, 31)]
    groups = representatives(sizes)
    assert len(groups) == 8
    assert set(nearest(np.array(sizes), groups).tolist()) == set(groups)
    hosts = [standing(f"h{n}", host_type=None, capacity={"cpu": n, "memory": "8Gi"}) for n in range(1, 12)]
    problem, _ = build(scenario(service("web", usage=STEADY), hosts=hosts, pools=[], rules=[RISK]), catalog())
    assert sum("risk" in name for name in problem.resources) == 8


def test_a_replica_that_fits_alone_is_not_lost_to_the_tangent():
    large = service("large", 1, cpu=4, usage={"cpu": {"median": "3900m", "p95": "3920m"}})
    problem, _ = build(scenario(large, service("web", 50, usage=STEADY), pools=_only(), rules=[RISK]), catalog())
    assert problem.fits.all()


_amounts = st.integers(1, 900)


@given(
    st.lists(st.tuples(_amounts, st.integers(0, 400), st.integers(1, 4)), min_size=1, max_size=4),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.sampled_from([0.001, 0.01, 0.1, 0.4]),
    st.booleans(),
)
def test_the_true_quantile_lies_between_chord_and_tangent(kinds, counts, risk, alone):
    limit, z = 4000, NormalDist().inv_cdf(1 - risk)
    mean, spread, weight = (np.array(column, dtype=np.float64) for column in zip(*kinds, strict=True))
    load = Load(mean, (spread / P95) ** 2, weight.astype(np.int64))
    copies = np.minimum(counts[: len(kinds)], load.weight)
    true = float(copies @ load.mean) + z * sqrt(float(copies @ load.variance))
    upper, lower = tangent(load, z, limit, alone=alone), chord(load, z, limit)
    assert float(copies @ upper.size(load)) + upper.taken >= true - 1e-6
    if true <= limit:
        assert float(copies @ lower.size(load)) <= true + 1e-6


def test_the_bound_is_no_more_than_what_usage_asks_for():
    web = service("web", 12, usage=STEADY)
    case = scenario(web, pools=_only(), rules=[RISK], goals=["unplaced", "hosts"], catalog=catalog())
    made = api.plan(case, stop=Stop(seconds=10))
    assert (made.status.tiers[1].value, made.status.tiers[1].bound, made.status.state) == (2, 2, "OPTIMAL")
