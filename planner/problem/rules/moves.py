"""Moves: how many replicas leave the host where they run now, and what that costs."""

from models.rules import Moves, rule_label
from planner.problem.draft import Draft, per_hour


def compile_rules(draft: Draft) -> None:
    """Track the replicas that run today, at a price spread over a month, or under a cap.

    The goal `moves` tracks whatever runs today.
    """
    for rule in draft.rules(Moves):
        running = [w for w in draft.select(rule.workloads) if draft.count(w) and draft.homes(w)]
        for w in running:
            draft.track(w, per_hour(rule.price or 0))
        if rule.at_most is not None:
            draft.cap_moves(running, rule.at_most, rule_label(rule))
    if any(goal.goal == "moves" for goal in draft.scenario.spec.goals):
        for w in range(len(draft.scenario.spec.workloads)):
            if draft.count(w) and draft.homes(w):
                draft.track(w, 0)
