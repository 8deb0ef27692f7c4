"""Drawn scenarios with demand over time and at risk, shares of GPUs and reservations: arrays and words agree."""

from builders import document
from hypothesis import HealthCheck, given, settings
from scenarios_drawn import scenarios
from test_agrees_with_score import placements

from models.goals import DEFAULT_GOALS
from planner import api
from planner.problem import broken_forms, build, decode
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop
from planner.verify import verify


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(case=scenarios(rules=2, demand=True))
def test_every_greedy_plan_passes_the_verifier(case):
    made = api.plan(case, solver=Greedy(), stop=Stop(seconds=20, iterations=20))
    if made.status.state != "INFEASIBLE":
        assert api.verify(case, made) == ()
    for tier in made.status.tiers:
        assert tier.bound is None or tier.bound <= tier.value + 1e-9


CHECKED = {"capacity", "overload_risk", "roles", "gpu_models", "figures", "headroom"}


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(case=scenarios(rules=0, demand=True))
def test_what_breaks_no_form_breaks_nothing_in_words(case):
    case = case.model_copy(update={"spec": case.spec.model_copy(update={"goals": DEFAULT_GOALS})})
    problem, names = build(case, case.spec.catalog)
    if not problem.bins:
        return
    for solution in placements(problem, seed=1, count=12):
        found = verify(case, document(case, decode(problem, names, solution), case.spec.catalog), case.spec.catalog)
        said = {violation.rule for violation in found} & CHECKED
        if not broken_forms(problem, solution):
            assert not said
        loose = problem.relaxation or problem
        if not said & (CHECKED - {"headroom"}):  # no plan that keeps to the words is beyond the bounds
            assert not [broken for broken in broken_forms(loose, solution) if broken.startswith("capacity")]
