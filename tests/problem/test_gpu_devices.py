"""Shares of GPUs in arrays."""

from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
from builders import catalog, pool, scenario, service, standing
from hypothesis import given
from hypothesis import strategies as st

from models.workload import DaemonSet
from planner import api
from planner.bounds.best import tier_bound
from planner.problem import Solution, broken_forms, build
from planner.problem.demand.devices import Devices, devices_for
from planner.solvers.greedy import Greedy
from planner.solvers.patterns import Patterns
from planner.solvers.portfolio import Portfolio
from planner.solvers.search import Search
from planner.solvers.stop import Stop
from planner.verify.devices import fits_on_devices


def _gpu_pool():
    return [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("gpu-8",))]


@pytest.mark.parametrize(
    ("shares", "parts"),
    [
        ({}, (1,)),
        ({500: 1}, (1, 2)),
        ({300: 3}, (1, 3)),
        ({300: 1, 500: 2}, (1, 2)),  # 3/2 of a device; with thirds 1/3 + 2
        ({300: 9, 500: 1}, (1, 3)),  # 3 + 1; with halves 5
        ({150: 6, 300: 3}, (1, 3, 6)),
        ({900: 1}, (1,)),
        ({240: 4, 120: 8}, (1, 2, 4, 8)),
    ],
)
def test_the_chain_that_rounds_up_least(shares: dict[int, int], parts: tuple[int, ...]):
    assert devices_for(shares).parts == parts


@given(st.dictionaries(st.integers(1, 999), st.integers(1, 9), min_size=1, max_size=5))
def test_every_chain_divides_and_every_share_is_covered(shares: dict[int, int]):
    devices = devices_for(shares)
    assert all(finer % coarser == 0 for coarser, finer in zip(devices.parts, devices.parts[1:], strict=False))
    asked = np.array(sorted(shares))
    assert (devices.rounded(asked) >= devices.exact(asked)).all()
    assert (devices.rounded(asked + 2000) == devices.rounded(asked) + 2 * devices.units).all()


def test_no_other_chain_rounds_up_less():
    def total(shares: dict[int, int], devices: Devices) -> float:
        rounded = devices.rounded(np.array(list(shares)))
        return float((rounded * list(shares.values())).sum()) / devices.units

    chains = [parts for n in range(4) for parts in combinations_with_replacement(range(2, 11), n)]
    chains = [(1, *parts) for parts in chains if all(b % a == 0 for a, b in pairwise(parts))]
    for shares in ({300: 4, 500: 3, 110: 5}, {170: 2, 260: 7, 400: 1}, {100: 1, 320: 3, 480: 3}):
        best = min(total(shares, Devices(tuple(dict.fromkeys(parts)))) for parts in chains)
        assert total(shares, devices_for(shares)) == pytest.approx(best)


@given(
    st.lists(st.sampled_from([1000, 2000, 1500, 500, 340, 300, 240, 160, 110]), min_size=1, max_size=9),
    st.sampled_from([1000, 2000, 3000, 1400]),
)
def test_what_fits_in_sum_fits_device_by_device(asks: list[int], milli: int):
    weights: dict[int, int] = {}
    for ask in asks:
        if ask % 1000:
            weights[ask % 1000] = weights.get(ask % 1000, 0) + 1
    devices = devices_for(weights)
    fitting: list[int] = []
    for ask in asks:
        more = [*fitting, ask]
        if devices.rounded(np.array(more)).sum() <= devices.exact(np.array(milli)):
            fitting = more
    assert fits_on_devices(fitting, milli)


def test_a_third_of_a_device_goes_three_times_into_it():
    case = scenario(service("infer", 6, cpu="100m", gpu="0.3"), pools=_gpu_pool(), catalog=catalog())
    problem, names = build(case, catalog())
    gpu = problem.resources.index("gpu")
    assert (problem.size[0, gpu], problem.capacity[0, gpu], names.gpu_units) == (1000, 6000, 3000)
    assert names.warnings == ()
    made = api.plan(case, solver=Greedy(), stop=Stop(iterations=20))
    assert (made.status.hosts_used, made.spec.hosts[0].used.gpu) == (1, 1800)


def test_bounds_are_made_with_shares_as_they_are():
    problem, _ = build(scenario(service("infer", 4, gpu="0.6"), pools=_gpu_pool()), catalog())
    gpu = problem.resources.index("gpu")
    assert problem.size[0, gpu] == 1000  # a whole device
    assert problem.relaxation is not None
    assert problem.relaxation.size[0, gpu] == 600
    assert problem.relaxation.resources == problem.resources
    exact, _ = build(scenario(service("infer", 4, gpu="0.25"), pools=_gpu_pool()), catalog())
    assert exact.relaxation is None


def test_models_narrow():
    train = service("train", gpu_models=["T*"])
    problem, names = build(scenario(train, service("web")), catalog())
    fitting = {names.offerings[o].host_type for b in np.flatnonzero(problem.fits[0]) for o in names.members[b]}
    assert fitting == {"gpu-8"}
    none, _ = build(scenario(service("train", gpu_models=["L4"])), catalog())
    assert not none.fits.any()


def test_what_goes_onto_a_device_is_found_though_rounded_shares_would_not():
    board = standing("board", host_type=None, capacity={"cpu": 4, "memory": "16Gi", "gpu": 1})
    shares = (service("a", gpu="0.6"), service("b", gpu="0.4"))  # rounded to 1 and 1/2
    made = api.plan(scenario(*shares, hosts=[board], pools=[], catalog=catalog()), stop=Stop(seconds=5))
    assert (made.status.state, made.status.unplaced) == ("OPTIMAL", 0)
    more = scenario(*shares, service("c", gpu="0.1"), hosts=[board], pools=[], catalog=catalog())
    assert api.plan(more, stop=Stop(seconds=5)).status.state == "INFEASIBLE"  # 1.1 devices


def test_hosts_are_checked_device_by_device():
    pods = service("large", 3, gpu="0.6"), service("small", 3, gpu="0.4")
    problem, _ = build(scenario(*pods, pools=_gpu_pool()), catalog())
    large, small = (int(np.flatnonzero(problem.relaxation.size[:, -1] == units)[0]) for units in (600, 400))
    assert broken_forms(problem, Solution.of([(0, 1, {large: 2, small: 2}), (0, 1, {large: 1, small: 1})])) == []
    crowded = Solution.of([(0, 1, {large: 3}), (0, 1, {small: 3})])
    assert broken_forms(problem, crowded) == ["capacity: pattern 0 on bin type 0"]


def test_shares_of_daemonsets_lie_where_nobody_knows():
    agent = DaemonSet(kind="daemon_set", name="agent", requests={"cpu": "100m", "gpu": "0.3"})
    problem, names = build(scenario(agent, service("infer", 4, gpu="0.6"), pools=_gpu_pool()), catalog())
    assert problem.device is None
    assert problem.by_device is problem
    assert names.warnings == (
        "agent: 300m GPU is planned as 1/3 of a device, beside daemonsets with shares of their own",
        "infer: 600m GPU is planned as a whole device, beside daemonsets with shares of their own",
    )


def test_bounds_know_that_two_large_shares_need_two_devices():
    problem, _ = build(scenario(service("infer", 5, gpu="0.6"), pools=_gpu_pool()), catalog())
    assert int(problem.capacity[0, -1]) == 2000
    assert tier_bound(problem, [goal.goal for goal in problem.goals].index("hosts")).value == 3  # 2 by the sum of 3.0


@pytest.mark.parametrize("solver", [Portfolio(), Patterns(), Search()])
def test_devices_are_filled_as_they_are(solver):
    pods = (service("large", 8, gpu="0.65"), service("small", 8, gpu="0.33"), service("half", 4, gpu="0.47"))
    problem, _ = build(scenario(*pods, pools=_gpu_pool()), catalog())
    found = solver.solve(problem, Stop(seconds=None if isinstance(solver, Search) else 3, iterations=3000))
    assert broken_forms(problem, found.solution) == []
    assert found.solution.hosts == 5  # ten devices; rounded, 8 + 8 / 2 + 4 / 2 of them
