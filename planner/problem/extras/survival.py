"""Survival: after the loss of a domain, the rest takes over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planner.problem.solution import Solution

if TYPE_CHECKING:
    from planner.problem.problem import Problem


@dataclass(frozen=True, eq=False)
class Survival:
    """Copies of the items in `survives` find room elsewhere whichever domain of `level` is lost.

    `planner.problem.takeover` says what that takes, and whether a solution has it.

    Attributes
    ----------
    level : int
        A level that is lost domain by domain; `HOST`: host by host. Hosts outside all of its
        domains are never lost.
    survives : bool[I]
    rule : str
    """

    level: int
    survives: npt.NDArray[np.bool_]
    rule: str

    def broken(self, problem: Problem, solution: Solution) -> Iterator[str]:
        """What finds no room after which loss."""
        from planner.problem.takeover import displaced

        for domain, missing in displaced(problem, solution, self).items():
            for item, copies in missing.items():
                yield f"survive {self.rule}: {copies} copies of item {item} find no room without domain {domain}"
