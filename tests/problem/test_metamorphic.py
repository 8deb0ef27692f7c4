"""What must not change the best plan of a scenario, and what can only help; the exact solver decides."""

from builders import host_type, price
from hypothesis import assume, given
from hypothesis import strategies as st
from scenarios_drawn import scenarios

from models.catalog import Catalog
from planner.problem import broken_forms, build, score
from planner.solvers.cp_sat import CpSat
from planner.solvers.stop import Stop

WIDENING = {"tolerations", "headroom"}
"""Rules that let more in, or whose room counts as copies: without them other values are compared."""


def _best(case, rows=None):
    """The score of a proven best plan; None where no plan keeps the rules or the proof takes too long."""
    problem, _ = build(case, case.spec.catalog if rows is None else rows)
    result = CpSat().solve(problem, Stop(seconds=4))
    if result.ended != "optimal":
        return None
    assert broken_forms(problem, result.solution) == []
    return score(problem, result.solution)


def _changed(case, **spec):
    return case.model_copy(update={"spec": case.spec.model_copy(update=spec)})


@given(case=scenarios(rules=3), data=st.data())
def test_the_order_of_words_changes_nothing(case, data):
    best = _best(case)
    assume(best is not None)
    pinned_by_order = any(rule.rule == "pinned" for rule in case.spec.rules)
    shuffled = _changed(
        case,
        workloads=tuple(data.draw(st.permutations(case.spec.workloads))),
        rules=tuple(data.draw(st.permutations(case.spec.rules))),
        hosts=case.spec.hosts if pinned_by_order else tuple(data.draw(st.permutations(case.spec.hosts))),
    )
    assert _best(shuffled) in (best, None)


@given(case=scenarios(rules=3), data=st.data())
def test_dropping_a_rule_never_makes_a_plan_worse(case, data):
    kinds = [n for n, rule in enumerate(case.spec.rules) if rule.rule not in WIDENING]
    assume(kinds)
    best = _best(case)
    assume(best is not None)
    n = data.draw(st.sampled_from(kinds))
    fewer = _best(_changed(case, rules=case.spec.rules[:n] + case.spec.rules[n + 1 :]))
    assert fewer is None or fewer <= best


@given(case=scenarios(rules=2))
def test_a_cheaper_host_type_never_makes_a_plan_worse(case):
    assume(all(rule.rule != "topology_spread" for rule in case.spec.rules))
    best = _best(case)
    assume(best is not None)
    new = Catalog(host_types=(host_type("new-8", cpu=8, memory="32Gi", volumes=8),), prices=(price("0.11", "new-8"),))
    rows = case.spec.catalog.extended_by(new)
    more = _best(case, rows)
    assert more is None or more <= best
