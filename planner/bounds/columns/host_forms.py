"""Limits that classes share on one host, and classes that may not share one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.problem.forms import HOST
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class HostForms:
    """What binds the content of a host beside its room.

    Attributes
    ----------
    member : bool[G, C]
        Classes of each shared limit.
    most : int64[G]
    clash : bool[C, C] or None
        Symmetric; None where nothing clashes.
    device : int64[R]
        Units of one device (see `Problem.device`); 0 for resources that come in none.
    """

    member: Bools
    most: Ints
    clash: Bools | None
    device: Ints

    @classmethod
    def of(cls, problem: Problem, classes: Classes) -> HostForms:
        """Two classes clash where every member of the one clashes with every member of the other."""
        shared = [limit for limit in classes.limits if limit.level == HOST]
        member = np.zeros((len(shared), classes.number), dtype=bool)
        for n, limit in enumerate(shared):
            member[n, limit.classes] = True
        size = np.bincount(classes.of[classes.of >= 0], minlength=classes.number)
        clash = np.zeros((classes.number, classes.number), dtype=bool)
        for form in problem.apart:
            if form.level == HOST:
                a, b = (_whole_classes(classes.of, size, side) for side in (form.a, form.b))
                clash[np.ix_(a, b)] = True
                clash[np.ix_(b, a)] = True
        np.fill_diagonal(clash, val=False)
        most = np.array([limit.most for limit in shared], dtype=np.int64)
        device = np.zeros(len(problem.resources), dtype=np.int64) if problem.device is None else problem.device.copy()
        return cls(member, most, clash if clash.any() else None, device)

    @property
    def none(self) -> bool:
        """Whether hosts are bound by their room alone."""
        return not len(self.most) and self.clash is None and not self.device.any()

    def hold(self, content: Ints) -> bool:
        """Whether a content, copies int64[C], keeps to them."""
        if (self.member @ content > self.most).any():
            return False
        held = np.flatnonzero(content)
        return self.clash is None or not self.clash[np.ix_(held, held)].any()

    def rows(self, inside: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Limits and clashes of the classes `inside`, as the kernel wants them."""
        if not len(self.most) and self.clash is None:
            nothing, never = np.zeros(0, dtype=np.int64), np.zeros(len(inside) + 1, dtype=np.int64)
            return never, nothing, nothing, never, nothing
        member = self.member[:, inside].T
        groups = np.cumsum([0, *member.sum(axis=1)], dtype=np.int64), np.nonzero(member)[1]
        if self.clash is None:
            return (*groups, self.most, np.zeros(len(inside) + 1, dtype=np.int64), np.zeros(0, dtype=np.int64))
        clash = self.clash[np.ix_(inside, inside)]
        return (*groups, self.most, np.cumsum([0, *clash.sum(axis=1)], dtype=np.int64), np.nonzero(clash)[1])


def _whole_classes(of: Ints, size: Ints, items: Ints) -> Ints:
    """Classes all of whose members are among `items`."""
    inside = np.bincount(of[items][of[items] >= 0], minlength=len(size))
    return np.flatnonzero((inside == size) & (size > 0))
