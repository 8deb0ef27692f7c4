"""Whole plans of drawn scenarios: the verifier, the score and the bounds agree."""

from hypothesis import HealthCheck, given, settings
from scenarios_drawn import scenarios

from planner import api
from planner.problem import Solution, broken_forms, build, score
from planner.solvers.greedy import Greedy
from planner.solvers.steered import Steered
from planner.solvers.stop import Stop
from planner.solvers.trim import drop_empty


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(case=scenarios())
def test_every_greedy_plan_passes_the_verifier(case):
    made = api.plan(case, solver=Greedy(), stop=Stop(seconds=20, iterations=30))
    left = api.verify(case, made)
    if made.status.state != "INFEASIBLE":
        assert left == ()
    for tier in made.status.tiers:
        assert tier.bound is None or tier.bound <= tier.value + 1e-9


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(case=scenarios(lenient=True))
def test_every_steered_plan_passes_the_verifier(case):
    steered = Steered(inner=Greedy(), packings=6, moves=60)
    made = api.plan(case, solver=steered, stop=Stop(seconds=20, iterations=12))
    if made.status.state != "INFEASIBLE":
        assert api.verify(case, made) == ()
    for breach in made.status.breaches:
        assert breach.mode == "soft" or breach.count <= breach.today
    for tier in made.status.tiers:
        assert tier.bound is None or tier.bound <= tier.value + 1e-9


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(case=scenarios(rules=2, lenient=True, money=True, promises=True, demand=True))
def test_every_plan_with_all_rules_together_passes_the_verifier(case):
    made = api.plan(case, solver=Steered(inner=Greedy()), stop=Stop(seconds=20, iterations=8))
    if made.status.state != "INFEASIBLE":
        assert api.verify(case, made) == ()
    for entry in made.status.unplaced_workloads:
        assert sum(reason.hosts for reason in entry.reasons) == entry.candidates
        assert entry.smallest_change
    for tier in made.status.tiers:
        assert tier.bound is None or tier.bound <= tier.value + 1e-9


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(case=scenarios())
def test_greedy_breaks_no_form(case):
    problem, _ = build(case, case.spec.catalog)
    result = Greedy().solve(problem, Stop(iterations=30))
    kept = broken_forms(problem, drop_empty(problem, Solution.of([])))  # what hosts that must stay break alone
    assert set(broken_forms(problem, result.solution)) <= set(kept)
    assert len(score(problem, result.solution)) >= len(case.spec.goals)
