"""Drawn scenarios with commitments, discounts, licences and another currency: arrays and words agree."""

from hypothesis import HealthCheck, given, settings
from scenarios_drawn import scenarios

from planner import api
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(case=scenarios(rules=2, money=True))
def test_plans_pay_what_the_verifier_reckons(case):
    made = api.plan(case, solver=Greedy(), stop=Stop(seconds=20, iterations=10))
    assert made.status.currency == case.spec.currency.code
    if made.status.state != "INFEASIBLE":
        assert api.verify(case, made) == ()
