"""What makes up a plan's cost and promises beyond sums over hosts and placements.

Solvers pack the `core` of a problem; `score` adds these, and `solvers/steered` searches by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.problem.extras.commitments import Commitment
from planner.problem.extras.egress import Egress
from planner.problem.extras.licences import Licence
from planner.problem.extras.soft import Soft
from planner.problem.extras.survival import Survival

if TYPE_CHECKING:
    from planner.problem.problem import Problem
    from planner.problem.solution import Solution


@dataclass(frozen=True)
class Extras:
    """Soft forms, survivals, egress, commitments and licences; false where there are none."""

    soft: tuple[Soft, ...] = ()
    survivals: tuple[Survival, ...] = ()
    egress: Egress | None = None
    commitments: tuple[Commitment, ...] = ()
    licences: tuple[Licence, ...] = ()

    def __bool__(self) -> bool:
        return any((self.soft, self.survivals, self.egress, self.commitments, self.licences))

    def broken(self, problem: Problem, solution: Solution) -> Iterator[str]:
        """What keeps a solution from being a plan: rules to mend broken more than today, losses not survived."""
        for soft in self.soft:
            if soft.mend and (count := soft.breaches(problem, solution)) > soft.today:
                yield f"mend {soft.form.rule}: {count} > {soft.today}"
        for survival in self.survivals:
            yield from survival.broken(problem, solution)

    def cost(self, problem: Problem, solution: Solution) -> int:
        """Micro-USD per hour that they add to hosts and placements (commitments may take some off)."""
        total = sum(soft.price * soft.breaches(problem, solution) for soft in self.soft)
        total += sum(licence.cost(solution) for licence in self.licences)
        total += self.egress.cost(problem, solution) if self.egress else 0
        if self.commitments:
            from planner.problem.extras.commitments import billed

            total += billed(self.commitments, solution) - int(
                (problem.price[solution.bin] * solution.multiplicity).sum()
            )
        return total


__all__ = ["Commitment", "Egress", "Extras", "Licence", "Soft", "Survival"]
