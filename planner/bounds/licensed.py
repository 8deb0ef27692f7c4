"""Licences as part of what copies cost, where several share one.

A host with any licensed copy is paid for whole. If its licensed copies are of one size, and k of them fill it, each of
them pays for a k-th at least. If of several sizes, each pays the part of the resource that it takes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.problem.extras.licences import Licence
from planner.problem.problem import UNLIMITED, Problem

Floats = npt.NDArray[np.float64]


def with_licences(problem: Problem, licences: tuple[Licence, ...]) -> Problem:
    """The problem with licences in its prices and in what copies cost beside: no plan costs less by them."""
    price = problem.price.copy()
    placing = np.zeros(problem.fits.shape) if problem.placing is None else problem.placing.astype(np.float64)
    for licence in licences:
        price += np.where(licence.everywhere, licence.weight, 0)
        placing[licence.items] += np.where(licence.everywhere, 0, licence.weight) * _shares(problem, licence)
    return replace(problem, price=price, placing=np.floor(placing + 1e-6).astype(np.int64))


def _shares(problem: Problem, licence: Licence) -> Floats:
    """float64[items, B]: the part of a host's licence that a copy pays at least; of all resources the dearest sum."""
    size, count = problem.size[licence.items], problem.count[licence.items]
    shares = np.zeros((len(licence.items), problem.bins))
    for b in range(problem.bins):
        fits = problem.fits[licence.items, b] & (count > 0)
        room = problem.capacity[b]
        limited = (room < UNLIMITED) & (room > 0)
        if not fits.any() or not limited.any():
            continue
        part = np.where(fits[:, None], size[:, limited] / room[limited], 0.0)
        if len(np.unique(size[fits], axis=0)) == 1:
            most = (room[limited] // np.maximum(size[fits][0, limited], 1)).min()
            shares[fits, b] = 1 / max(1, int(most))
        else:
            shares[:, b] = part[:, int((count @ part).argmax())]
    return shares
