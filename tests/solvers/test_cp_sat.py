"""The exact solver against enumeration, its conflicts, and what must not change the optimum."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import optimum, problem_of, problems

from planner.problem import UNLIMITED, Limit, Problem, Quota, Solution, Together, broken_forms, score
from planner.problem.forms import HOST, Room
from planner.solvers.cp_sat import CpSat
from planner.solvers.cp_sat.slots import slots
from planner.solvers.stop import Stop

ENOUGH = Stop(seconds=30)
TABLES = ("fits", "placing", "moving")
FORMS = ("limits", "apart", "together", "near", "spreads", "quotas", "rooms", "caps")


def _best(problem):
    result = CpSat().solve(problem, ENOUGH)
    assert result.ended == "optimal"
    return score(problem, result.solution)


@given(problem=problems())
def test_it_finds_and_proves_the_enumerated_optimum(problem):
    best = optimum(problem)
    result = CpSat().solve(problem, ENOUGH)
    if best is None:
        assert result.ended == "infeasible"
        return
    assert broken_forms(problem, result.solution) == []
    assert score(problem, result.solution) == best[0]
    assert result.ended == "optimal"
    assert bool(result.conflict) == (best[0][0] > 0 or sum(best[0][: len(np.unique(problem.priority))]) > 0)


@given(problem=problems(), data=st.data())
def test_the_order_of_types_changes_nothing(problem, data):
    assume(optimum(problem) is not None)
    items = np.array(data.draw(st.permutations(range(problem.items))))
    bins = np.array(data.draw(st.permutations(range(problem.bins))))
    assert _best(_permuted(problem, items, bins)) == _best(problem)


@given(problem=problems(), factor=st.integers(2, 1000))
def test_scaling_sizes_and_capacities_changes_nothing(problem, factor):
    assume(optimum(problem) is not None)
    scaled = replace(problem, size=problem.size * factor, capacity=problem.capacity * factor + factor // 2)
    balance = [goal.goal == "balance" for goal in problem.goals]
    assume(not any(balance))
    assert _best(scaled) == _best(problem)


@given(problem=problems(forms=3), data=st.data())
def test_dropping_a_form_never_makes_it_worse(problem, data):
    assume(optimum(problem) is not None)
    named = [(field, n) for field in FORMS for n in range(len(getattr(problem, field)))]
    assume(named)
    field, n = data.draw(st.sampled_from(named))
    forms = getattr(problem, field)
    assert _best(replace(problem, **{field: forms[:n] + forms[n + 1 :]})) <= _best(problem)


@given(problem=problems())
def test_another_bin_type_never_makes_it_worse(problem):
    assume(optimum(problem) is not None and not problem.spreads)
    assert _best(_with_bin(problem)) <= _best(problem)


def _permuted(problem: Problem, items, bins) -> Problem:
    new_item = np.argsort(items)
    item_fields = {name: getattr(problem, name)[items] for name in ("size", "count", "priority")}
    bin_fields = {
        name: getattr(problem, name)[bins] for name in ("capacity", "price", "available", "required", "domain")
    }
    forms = {}
    for field in FORMS:
        forms[field] = tuple(
            replace(form, **{
                name: new_item[value] if name in {"items", "item", "a", "b"} else value[..., bins]
                for name, value in vars(form).items() if name in {"items", "item", "a", "b", "weight", "bins"}
            })
            for form in getattr(problem, field)
        )  # fmt: skip
    tables = {name: getattr(problem, name)[items][:, bins] for name in TABLES if getattr(problem, name) is not None}
    carbon = None if problem.carbon is None else problem.carbon[bins]
    return replace(problem, **item_fields, **bin_fields, **forms, **tables, carbon=carbon)


def _with_bin(problem: Problem) -> Problem:
    """A large host type in the first one's zone, without weight in quotas and outside of kept rooms."""

    def longer(array, value):
        return np.concatenate([array, np.array([value], dtype=array.dtype)])

    return replace(
        problem,
        capacity=np.vstack([problem.capacity, [[50] * problem.capacity.shape[1]]]),
        price=longer(problem.price, 3), available=longer(problem.available, UNLIMITED),
        required=longer(problem.required, 0), domain=np.vstack([problem.domain, problem.domain[:1]]),
        **{
            name: np.hstack([getattr(problem, name), getattr(problem, name)[:, :1]])
            for name in TABLES if getattr(problem, name) is not None
        },
        carbon=None if problem.carbon is None else longer(problem.carbon, 0),
        caps=tuple(replace(cap, weight=np.hstack([cap.weight, cap.weight[:, :1]])) for cap in problem.caps),
        quotas=tuple(replace(quota, weight=longer(quota.weight, 0)) for quota in problem.quotas),
        rooms=tuple(replace(room, bins=longer(room.bins, False)) for room in problem.rooms),
    )  # fmt: skip


def test_a_conflict_names_the_rules_that_exclude_each_other():
    apart = Limit(HOST, np.array([0]), 1, "one per host")
    idle = Limit(HOST, np.array([1]), 9, "never in the way")
    quota = Quota(np.array([1]), 2, "two hosts")
    problem = problem_of([[1], [1]], [3, 2], [[9]], [5], limits=(apart, idle), quotas=(quota,))
    result = CpSat().solve(problem, ENOUGH)
    assert result.ended == "optimal"
    assert result.bounds[0].value == 1
    assert result.conflict == ("not everything can be placed under two hosts and one per host together",)


def test_a_single_rule_can_be_impossible():
    together = Together(HOST, np.array([0]), "side by side")
    problem = problem_of([[4]], [3], [[9]], [5], together=(together,))
    assert CpSat().solve(problem, ENOUGH).conflict == ("side by side alone keeps copies out",)


def test_supply_and_misfits_are_told():
    problem = problem_of([[4], [99]], [3, 1], [[9]], [5], available=[1])
    fits, supply = CpSat().solve(problem, ENOUGH).conflict
    assert fits == "item type 1 fits no host that may be used"
    assert supply == "the supply of hosts alone keeps copies out"


def test_rules_that_no_plan_can_keep_are_infeasible():
    quota = Quota(np.array([1]), 1, "quota")
    result = CpSat().solve(problem_of([[1]], [1], [[9]], [5], required=[2], available=[2], quotas=(quota,)), ENOUGH)
    assert result.ended == "infeasible"


def test_kept_room_is_shared_by_hosts_of_a_zone():
    room = Room(2, 1, 2, np.array([True]), "headroom")
    problem = problem_of([[4], [3]], [2, 0], [[10]], [5], zones=[0], rooms=(room,))
    assert _best(problem) == (0, 10, 2)
    assert _best(replace(problem, rooms=())) == (0, 5, 1)


def test_a_good_start_makes_the_model_smaller():
    problem = problem_of([[5]], [6], [[5], [30]], [1, 3])
    start = Solution.of([(1, 1, {0: 6})])
    assert slots(problem).tolist() == [6, 6]
    assert slots(problem, start, 2).tolist() == [3, 1]
    small = CpSat(max_variables=10)
    assert not small.can(problem)
    assert small.can(problem, start)
    result = small.solve(problem, ENOUGH)
    assert result.ended == "exhausted"
    assert small.solve(problem, ENOUGH, start=start).ended == "optimal"
