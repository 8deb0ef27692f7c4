"""Goal values in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.goals import GoalName
from models.plan import PlanStatus
from planner.plots.words import goal_value, verdict


@pytest.mark.parametrize(
    ("goal", "value", "words"),
    [
        ("cost", 2.0, "$1,460 a month"),
        ("egress", 0.1, "$73.00 a month"),
        ("unplaced", 1, "1 replica"),
        ("moves", 12, "12 moves"),
        ("breaches", 1, "1 breach"),
        ("breaches", 3, "3 breaches"),
        ("domains (zone)", 3, "3 domains"),
        ("fragmentation (typical)", 0.083, "8.3 %"),
        ("risk (zone)", 1 / 3, "33.3 %"),
        ("carbon", 100.0, "73 kg CO2e a month"),
    ],
)
def test_a_value_has_its_unit(goal, value, words):
    assert goal_value(goal, value, "USD") == words


def test_traffic_is_told_in_the_currency_of_the_plan():
    assert goal_value("egress", 0.1, "EUR") == "73.00 EUR a month"


@pytest.mark.parametrize("goal", GoalName.__args__)
def test_every_goal_has_words_for_what_is_better(goal):
    status = PlanStatus(
        state="OPTIMAL", hosts_used=1, density=1, cost_per_month=Decimal(1), objective=1, objective_goal=goal,
        bound=1, gap=0, unplaced=0,
    )  # fmt: skip
    assert verdict(status)[1].startswith("No plan that keeps every rule ")
    assert "is better in" not in verdict(status)[1]
