"""How strictly rules are meant: what counts as a breach, what it costs, and what may not get worse."""

import pytest
from builders import A, B, C, catalog, keep, plan, scenario, service, slot, standing
from hypothesis import HealthCheck, given, settings
from scenarios_drawn import scenarios
from test_agrees_with_score import placements

from planner.explain.figures import laid_out
from planner.problem import build, decode
from planner.problem.score import tier_value
from planner.verify import verify
from planner.verify.bill.bill import rounding
from planner.verify.layout import Layout
from planner.verify.modes import breaches, mended_breaches, reported
from planner.verify.rules.tiers import value

WEB, DB = service("web", 6), service("db", 6)


def counted(rule, *slots, workloads=(WEB, DB), **spec):
    """Breaches of a soft rule by a placement."""
    case = scenario(*workloads, rules=[{**rule, "mode": "soft", "penalty": 7}], **spec)
    layout = Layout(case, plan(case, *slots), catalog())
    (known,) = case.spec.rules_in_force
    return breaches(known, layout)


FULL = slot("h1", {"web": 3, "db": 2})
LEFT = slot("h2", {"web": 2}, B)
FAR = slot("h3", {"web": 1, "db": 4}, C)


@pytest.mark.parametrize(
    ("rule", "amount"),
    [
        ({"rule": "allow", "hosts": {"locations": [A]}}, 2 + 1 + 4),
        ({"rule": "forbid", "workloads": "web", "hosts": {"locations": [B]}}, 2),
        ({"rule": "node_selector", "labels": {"topology.kubernetes.io/zone": "c"}}, 3 + 2 + 2),
        ({"rule": "anti_affinity", "workloads": "web"}, 2 + 1),
        ({"rule": "anti_affinity", "workloads": "web", "away_from": "db"}, min(3, 2) + min(1, 4)),
        ({"rule": "anti_affinity", "workloads": "web", "away_from": ["web", "db"]}, 2 + 2 + 1 + 1),
        ({"rule": "affinity", "workloads": "web", "near": "db"}, 2),
        ({"rule": "affinity", "workloads": "web", "near": "web", "level": "zone"}, 6 - 3),
        ({"rule": "topology_spread", "workloads": "web", "hosts": None}, 3 - (0 + 1) + 2 - 1),
        ({"rule": "topology_spread", "workloads": "web", "level": "host"}, 2 + 1),
        ({"rule": "quota", "max_hosts": 1}, 2),
        ({"rule": "quota", "max_capacity": {"cpu": 11}}, 10),  # 12 CPU: 9.1 % too many
        ({"rule": "quota", "max_capacity": {"cpu": 12}}, 0),
    ],
    ids=str,
)
def test_breaches_are_counted_as_the_rule_says(rule, amount):
    assert counted({k: v for k, v in rule.items() if v is not None}, FULL, LEFT, FAR) == amount


def test_a_soft_rule_costs_and_forbids_nothing():
    case = scenario(service("web", 3), rules=[{"rule": "anti_affinity", "mode": "soft", "penalty": 50}])
    made = plan(case, slot("h", {"web": 3}))
    assert value(Layout(case, made, catalog()), case.spec.goals_in_force[1]) == pytest.approx(0.20 + 100 / 730)
    assert {str(violation).partition(":")[0] for violation in verify(case, made, catalog())} <= {
        "tiers",
        "figures",
        "cost",
    }
    assert not [v for v in verify(case, made, catalog()) if v.rule == "anti_affinity"]


OLD = standing("old-1", A, runs={"web": 3})


def mending(*slots, **status):
    case = scenario(service("web", 5), hosts=[OLD], rules=[{"rule": "anti_affinity", "mode": "mend", "name": "apart"}])
    return case, plan(case, *slots, **status)


@pytest.mark.parametrize(
    ("on_old", "beside", "says"),
    [
        (3, (1, 1), ""),
        (1, (1, 1, 1, 1), ""),
        (2, (2, 1), ""),
        (3, (2,), "3 against 2 today"),
        (5, (), "4 against 2 today"),
    ],
)
def test_a_rule_to_mend_may_not_get_worse(on_old, beside, says):
    case, made = mending(keep(OLD, {"web": on_old}), *(slot(f"h{n}", {"web": k}) for n, k in enumerate(beside)))
    found = [str(violation) for violation in verify(case, made, catalog()) if violation.rule == "anti_affinity"]
    assert len(found) == bool(says)
    assert all(says in sentence for sentence in found)


def test_the_report_tells_breaches_of_today_and_of_the_plan():
    case, made = mending(keep(OLD, {"web": 2}), *(slot(f"h{n}", {"web": 1}) for n in range(3)))
    layout = Layout(case, made, catalog())
    assert [(b.rule, b.mode, b.count, b.today, b.penalty_per_month) for b in reported(layout)] == [
        ("apart", "mend", 1, 2, None)
    ]
    assert value(layout, case.spec.goals_in_force[1]) == mended_breaches(layout) == 1
    lie = made.model_copy(update={"status": made.status.model_copy(update={
        "breaches": tuple(b.model_copy(update={"count": 0}) for b in reported(layout))})})  # fmt: skip
    assert "breaches: status: come to apart 1, the plan says apart 0" in map(str, verify(case, lie, catalog()))


def test_a_soft_place_rule_does_not_make_a_zone_ineligible():
    """Kubernetes counts preferred places as eligible: an empty zone c still asks for replicas."""
    rules = [
        {"rule": "topology_spread"},
        {"rule": "allow", "hosts": {"locations": [A, B]}, "mode": "soft", "penalty": 9},
    ]
    case = scenario(service("web", 4), rules=rules)
    made = plan(case, slot("h1", {"web": 2}), slot("h2", {"web": 2}, B))
    assert any("skew 2" in str(violation) for violation in verify(case, made, catalog()))


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(case=scenarios(lenient=True))
def test_penalties_and_breaches_are_those_that_solvers_saw(case):
    """Random placements: what the arrays charge is what the words come to."""
    rows = case.spec.catalog
    problem, names = build(case, rows)
    if not problem.bins:
        return
    for solution in placements(problem, seed=1, count=4):
        if not all(problem.fits[list(content), b].all() for b, _, content in solution.patterns()):
            continue
        layout = laid_out(case, decode(problem, names, solution), rows)
        slack = float(rounding(layout))
        for goal in problem.goals:
            if goal.goal == "cost":
                assert value(layout, goal) == pytest.approx(tier_value(problem, solution, goal) / 1e6, abs=slack)
            elif goal.goal == "breaches":
                assert value(layout, goal) == tier_value(problem, solution, goal)


def test_breaches_of_rules_without_names_are_told_apart():
    soft = {"mode": "soft", "penalty": 7}
    forbidding = [{"rule": "forbid", "hosts": {"locations": [place]}, **soft} for place in (A, B)]
    rules = [*forbidding, {**forbidding[0], "name": "mine"}, {"rule": "anti_affinity", "mode": "mend"}]
    case = scenario(WEB, rules=rules)
    layout = Layout(case, plan(case, FULL, LEFT, slot("h3", {"web": 1}, C)), catalog())
    found = {breach.rule: breach.count for breach in reported(layout)}
    assert found == {"forbid 1": 3, "forbid 2": 2, "mine": 3, "anti_affinity": 3}
