"""Whole plans of drawn scenarios with promises: solvers, arrays and verifier agree on losses, releases and moves."""

import random
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenarios_drawn import scenarios

from models.plan import Plan, PlanSpec
from models.rules import Moves, ReleaseRoom, Survive
from planner import api
from planner.problem import Problem, Solution, broken_forms, build, decode, score
from planner.problem.settle import settled
from planner.problem.takeover import displaced
from planner.solvers.greedy import Greedy
from planner.solvers.steered import Steered
from planner.solvers.stop import Stop
from planner.verify.layout import Layout
from planner.verify.modes import violations
from planner.verify.rules.moves import moves

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def packed(problem: Problem, seed: int, count: int = 10) -> Iterator[Solution]:
    """Hosts filled at random as far as room and places allow; the rest is left out."""
    dice = random.Random(seed)
    for _ in range(count):
        bins = [b for b in range(problem.bins) for _ in range(int(problem.required[b]))]
        few = dice.sample(range(problem.bins), k=min(problem.bins, 4))
        bins += [b for b in few for _ in range(dice.randint(0, min(3, problem.available[b] - problem.required[b])))]
        hosts = [(b, dict[int, int](), problem.capacity[b].copy()) for b in bins]
        for item, copies in enumerate(problem.count.tolist()):
            for _ in range(copies):
                size, places = problem.size[item], problem.fits[item]
                roomy = [host for host in hosts if places[host[0]] and (host[2] >= size).all()]
                if roomy:
                    _, content, free = dice.choice(roomy)
                    content[item] = content.get(item, 0) + 1
                    free -= size
        yield Solution.of((b, 1, content) for b, content, _ in hosts)


def laid_out(case, problem, names, solution) -> Layout:
    spec = PlanSpec.model_construct(scenario=case.name, hosts=decode(problem, names, solution))
    return Layout(case, Plan.model_construct(spec=spec), case.spec.catalog)


def broken(case, layout, kind) -> list[str]:
    """What the verifier has against the rules of a kind."""
    rules = (rule for rule in case.spec.rules_in_force if isinstance(rule, kind))
    return [str(violation) for rule in rules for violation in violations(rule, layout)]


@SLOW
@given(case=scenarios(promises=True))
def test_every_plan_keeps_its_promises(case):
    made = api.plan(case, solver=Steered(inner=Greedy()), stop=Stop(seconds=10, iterations=20))
    if made.status.state != "INFEASIBLE":
        assert api.verify(case, made) == ()
    for tier in made.status.tiers:
        assert tier.bound is None or tier.bound <= tier.value + 1e-9


@SLOW
@given(case=scenarios(promises=True), seed=st.integers(0, 10**6))
def test_the_verifier_finds_a_packing_wherever_the_arrays_do(case, seed):
    problem, names = build(case, case.spec.catalog)
    for solution in packed(problem, seed):
        if not any(displaced(problem, solution, survival) for survival in problem.extras.survivals):
            assert broken(case, laid_out(case, problem, names, solution), Survive) == []


@SLOW
@given(case=scenarios(promises=True), seed=st.integers(0, 10**6))
def test_what_has_room_in_arrays_has_room_in_words(case, seed):
    problem, names = build(case, case.spec.catalog)
    rooms = list(names.room)
    for solution in packed(problem, seed):
        kept = (solution.placed(problem.items)[rooms] == problem.count[rooms]).all()
        said = broken_forms(problem, solution)
        if kept and not any(sentence.startswith(("headroom", "limit", "apart")) for sentence in said):
            assert broken(case, laid_out(case, problem, names, solution), ReleaseRoom) == []


def _kinds(sentences: list[str]) -> set[str]:
    """Forms that are broken, whichever of equal items or hosts it is and by however much."""
    return {sentence.partition(":")[0] for sentence in sentences}


@SLOW
@given(case=scenarios(promises=True), seed=st.integers(0, 10**6))
def test_settling_moves_no_more_and_keeps_all_else(case, seed):
    problem, names = build(case, case.spec.catalog)
    for solution in packed(problem, seed):
        better = settled(problem, names, solution)
        assert _kinds(broken_forms(problem, better)) <= _kinds(broken_forms(problem, solution))
        assert score(problem, better) <= score(problem, solution)
        if any(goal.goal == "moves" for goal in problem.goals):
            at = [goal.goal for goal in problem.goals].index("moves") - len(problem.goals)
            assert score(problem, better)[at] == (moves(laid_out(case, problem, names, better)) or 0)
        if not any(sentence.startswith("cap") for sentence in broken_forms(problem, better)):
            assert broken(case, laid_out(case, problem, names, better), Moves) == []
