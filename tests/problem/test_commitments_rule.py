"""Commitments in arrays: covered offerings, the exact bill, and what bounds may rely on."""

import random
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from builders import A, catalog, pool, scenario, service, standing
from ortools.linear_solver import pywraplp

from planner.problem import UNLIMITED, Solution, build, decode
from planner.problem.extras.commitments import Commitment, billed
from planner.problem.score import broken_forms, cost

RESERVED = {
    "name": "ri",
    "kind": "resource",
    "hosts": {"host_types": ["std-4"]},
    "covers_hosts": 2,
    "fee_per_hour": "0.25",
}
SAVINGS = {"name": "sp", "kind": "spend", "hosts": {"locations": ["alpha"]}, "spend_per_hour": "0.30", "percent": 25}
NORTH = pool(locations=("alpha/north/a",), host_types=("std-4", "big-16"), purchases=("on_demand",))


def built(*commitments, **spec):
    case = scenario(service(replicas=20), pools=[NORTH], commitments=list(commitments), **spec)
    return build(case, catalog())


def bins_of(names, kind):
    """Bin types of a host type: list-priced, then covered."""
    firsts = {b: names.offerings[group[0]] for b, group in enumerate(names.members)}
    return {offer.covered: b for b, offer in firsts.items() if offer.host_type == kind and not offer.host}


def test_every_selected_offering_has_a_covered_twin_under_a_quota():
    problem, names = built(RESERVED)
    std, big = bins_of(names, "std-4"), bins_of(names, "big-16")
    assert set(std) == {"", "ri"}
    assert set(big) == {""}
    assert problem.price[[std[""], std["ri"], big[""]]].tolist() == [200_000, 0, 800_000]
    assert problem.fixed == 250_000
    (quota,) = problem.quotas
    assert (quota.weight[std["ri"]], int(quota.weight.sum()), quota.most) == (1, 1, 2)
    assert problem.relaxation is None  # whole hosts only: the quota says it all


def test_spend_weighs_the_discounted_price_rounded_up_but_in_the_relaxation():
    problem, names = built(SAVINGS)
    std, big = bins_of(names, "std-4")["sp"], bins_of(names, "big-16")["sp"]
    (quota,) = problem.quotas
    assert (quota.weight[std], quota.weight[big], quota.most) == (150_000, 600_000, 300_000)
    (loose,) = problem.relaxation.quotas
    assert (loose.weight[std], loose.weight[big], loose.most) == (149_999, 599_999, 300_000)


@pytest.mark.parametrize(
    ("hosts", "hourly"),
    [
        ({"std-4": 1}, 0),  # 0.15 of 0.30 used
        ({"std-4": 3}, 200_000),  # two covered, one paid
        ({"big-16": 1}, 400_000),  # 0.30 covers half of 0.60, the other half costs 0.40
        ({"big-16": 1, "std-4": 1}, 600_000),  # the dearest first
    ],
)
def test_the_exact_bill_covers_part_of_a_host_at_the_end(hosts, hourly):
    problem, names = built(SAVINGS)
    solution = Solution.of((bins_of(names, kind)[""], n, {}) for kind, n in hosts.items())
    assert billed(problem.extras.commitments, solution) == hourly
    assert cost(problem, solution) == hourly + 300_000
    covered = Solution.of((bins_of(names, kind)["sp"], n, {}) for kind, n in hosts.items())
    assert cost(problem, covered) == hourly + 300_000  # the twin is the same host


def test_commitments_apply_in_order_and_leave_what_they_cover():
    # ri takes both std-4 (0.40); sp then covers half of big-16's 0.60, 0.40 is left.
    problem, names = built(RESERVED, SAVINGS)
    std, big = bins_of(names, "std-4")[""], bins_of(names, "big-16")[""]
    assert billed(problem.extras.commitments, Solution.of([(std, 2, {}), (big, 1, {})])) == 400_000
    # The other way round, sp takes half of big-16 first, then ri both std-4: the same.
    problem, names = built(SAVINGS, RESERVED)
    std, big = bins_of(names, "std-4")[""], bins_of(names, "big-16")[""]
    assert billed(problem.extras.commitments, Solution.of([(std, 2, {}), (big, 1, {})])) == 400_000


def test_of_equally_dear_hosts_those_go_first_that_no_other_commitment_wants():
    one, both = np.array([True, True]), np.array([False, True])
    prices = np.array([100, 100])
    first = Commitment(one, prices, hosts=1, spend=0, off=0, rule="any")
    second = Commitment(both, prices, hosts=1, spend=0, off=0, rule="second only")
    assert billed((first, second), Solution.of([(0, 1, {}), (1, 1, {})])) == 0


def test_standing_hosts_are_covered_without_a_twin():
    hosts = [standing("old-1", A), standing("old-2", A), standing("old-3", A)]
    problem, names = built(RESERVED, hosts=hosts)
    paid = {names.offerings[group[0]].host: names.offerings[group[0]].covered for group in names.members}
    assert paid["old-1"] == "ri"
    covered = next(b for b, group in enumerate(names.members) if names.offerings[group[0]].host == "old-1")
    assert (problem.available[covered], problem.price[covered], problem.quotas[0].weight[covered]) == (2, 0, 1)
    third = next(b for b, group in enumerate(names.members) if names.offerings[group[0]].host == "old-3")
    assert problem.price[third] == 200_000
    assert problem.relaxation.fixed == problem.fixed - 200_000  # it may be covered when another is given back
    assert problem.relaxation.quotas[0].weight[covered] == 0


def test_a_plan_shows_hosts_as_if_there_were_no_twins():
    problem, names = built(RESERVED)
    std = bins_of(names, "std-4")
    item = 0
    hosts = decode(problem, names, Solution.of([(std[""], 1, {item: 4}), (std["ri"], 1, {item: 3})]))
    assert [host.name for host in hosts] == ["pool-a-std-4-1", "pool-a-std-4-2"]
    assert {(host.per_hour, host.purchase) for host in hosts} == {(Decimal("0.20"), "on_demand")}


@pytest.mark.parametrize("seed", range(60))
def test_bounds_may_rely_on_the_relaxation(seed):
    """In the relaxation, prices come to no more than the bill for some choice of covered hosts and parts of hosts.

    With one commitment and no standing hosts they come to no less in the problem itself, either.
    """
    dice = random.Random(seed)
    commitments = [
        {"name": f"c{n}", "hosts": {"host_types": dice.choice([["std-4"], ["big-16"], ["*"]])},
         **dice.choice([
             {"kind": "resource", "covers_hosts": dice.randint(1, 3), "fee_per_hour": "0.1"},
             {"kind": "spend", "spend_per_hour": dice.choice(["0.05", "0.31", "0.9"]), "percent": 33.3},
         ])}
        for n in range(dice.randint(1, 2))
    ]  # fmt: skip
    hosts = [standing(f"old-{n}", A) for n in range(dice.randint(0, 2))]
    problem, names = built(*commitments, hosts=hosts)
    wanted = {kind: dice.randint(0, 3) for kind in ("std-4", "big-16")}
    kept = [(b, dice.randint(0, int(n)), {}) for b, n in enumerate(problem.available) if n < UNLIMITED]
    choices = [list(_splits(n, list(bins_of(names, kind).values()))) for kind, n in wanted.items()]
    solutions = [Solution.of([*kept, *first, *second]) for first, second in product(*choices)]
    bills = {cost(problem, solution) for solution in solutions}
    assert len(bills) == 1  # whichever twin stands for a host
    packed = [cost(problem.core, s) for s in solutions if not broken_forms(problem, s)]
    loose = problem.relaxation or problem
    least = _cheapest_parts(loose, solutions[0], [list(bins_of(names, kind).values()) for kind in wanted])
    assert least <= bills.pop() + 0.5  # a bill is rounded
    assert min(packed) >= least - 1e-6
    if not hosts and len(commitments) == 1:
        assert min(packed) >= cost(problem, solutions[0])


def _splits(hosts, bins):
    """All ways to share hosts out over bin types."""
    for counts in product(range(hosts + 1), repeat=len(bins)):
        if sum(counts) == hosts:
            yield [(b, n, {}) for b, n in zip(bins, counts, strict=True)]


def _cheapest_parts(loose, solution, twins):
    """What hosts cost at least where those of twins are shared out in parts, within the quotas."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    used = solution.bins_used(loose.bins)
    part = [solver.NumVar(float(n), float(n), "") for n in used.tolist()]
    for bins in twins:
        for b in bins:
            part[b].SetBounds(0.0, float(used[bins].sum()))
        solver.Add(solver.Sum([part[b] for b in bins]) == float(used[bins].sum()))
    for quota in loose.quotas:
        solver.Add(solver.Sum([float(w) * n for w, n in zip(quota.weight, part, strict=True)]) <= float(quota.most))
    solver.Minimize(solver.Sum([float(p) * n for p, n in zip(loose.price, part, strict=True)]))
    assert solver.Solve() == solver.OPTIMAL
    return solver.Objective().Value() + loose.fixed
