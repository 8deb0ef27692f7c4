"""What is proven of the whole by its parts.

Every plan of the whole is one of its core, and extras only add to the cost: what bounds the core bounds the
whole. With priced forms there is more to say. A plan either keeps them all, and is one of the strict
problem, or breaks one at least, and costs its price beside what the core costs:

    cost >= min(cost of the strict problem, cost of the core + the least price)
"""

from __future__ import annotations

from dataclasses import dataclass

from models.goals import GoalTier
from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.given import by_rank, no_worse
from planner.problem import Problem, Solution
from planner.problem.score import tier_value, unplaced
from planner.solvers.result import Result, relative_gap


@dataclass(frozen=True, eq=False)
class Proof:
    """The core and the strict problem (all soft forms hard, no other extras), as far as they were solved.

    Attributes
    ----------
    whole : Problem
    core : Result
    strict : Result or None
    known : Solution
        A plan of the whole.
    early : tuple of Bound
        Bounds of the whole, given what `known` reaches.
    """

    whole: Problem
    core: Result
    strict: Result | None
    known: Solution
    early: tuple[Bound, ...]

    def bounds(self, plan: Solution, own: tuple[Bound, ...] = ()) -> tuple[Bound, ...]:
        """One bound per tier: those of the parts hold while their plans are equal to `plan` in the tiers before.

        Parameters
        ----------
        plan : Solution
            Of the whole.
        own : tuple of Bound
            Other bounds of the whole, given what `plan` reaches.
        """
        merged = []
        soft = self.whole.extras.soft
        prices = [form.price for form in soft if not form.mend]
        mending, paying = any(form.mend for form in soft), bool(prices)  # whether other plans may break forms
        equal, strictly, holds = True, self.strict is not None, True
        for n, goal in enumerate(self.whole.goals):
            value = tier_value(self.whole, plan, goal)
            if goal.goal == "cost" and self.whole.extras.commitments:
                equal = strictly = False  # commitments may take off some
            bound = own[n] if own else TRIVIAL
            bound = bound.better(self.early[n]) if holds else bound
            bound = bound.better(self.core.bounds[n]) if equal else bound
            if self.strict is not None and strictly and not mending:
                kept = self.strict.bounds[n]
                if paying and goal.goal == "cost":
                    broken = Bound(bound.value + min(prices), "a breach at least")
                    paying = broken.value <= value
                    bound = bound.better(min(kept, broken, key=lambda one: one.value))
                elif not paying:
                    bound = bound.better(kept)
            merged.append(bound)
            mending &= not (goal.goal == "breaches" and value == 0)
            equal &= self._same(self.core, plan, goal)
            strictly &= self.strict is not None and self._same(self.strict, plan, goal)
            holds = holds and no_worse(self.whole, plan, self.known, goal)
        return tuple(merged)

    def _same(self, part: Result, plan: Solution, goal: GoalTier) -> bool:
        """Whether a tier has the value in a plan that it has in that of a part."""
        if goal.goal == "unplaced":
            mine, its = (by_rank(self.whole, unplaced(self.whole, each)) for each in (plan, part.solution))
            return bool((mine == its).all())
        return tier_value(self.whole, plan, goal) == tier_value(self.whole.core, part.solution, goal)


def gaps(problem: Problem, plan: Solution, bounds: tuple[Bound, ...]) -> list[float]:
    """The relative gap of each tier."""
    values = (tier_value(problem, plan, goal) for goal in problem.goals)
    return [relative_gap(value, bound.value) for value, bound in zip(values, bounds, strict=True)]
