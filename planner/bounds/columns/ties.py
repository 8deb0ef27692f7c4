"""Worths of thousands of classes tied to some hundred numbers, so that the master has few rows.

Within a cluster, a copy is worth a base and so much more for each unit of a resource that it is larger than the
smallest. Any worths prove a bound: tying them only keeps out some of them, and worths nearly are such a function of
sizes. Demand is then met in sum, in number and in size, over each cluster, instead of class by class.

H. Ben Amor, J. Desrosiers, J. M. Valério de Carvalho, "Dual-optimal inequalities for stabilized column generation",
2006, for what duals of cutting stock look like; O. du Merle, D. Villeneuve, J. Desrosiers, P. Hansen, "Stabilized
column generation", 1999, for keeping them in a smaller set.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.bounds.columns.clusters import clusters

Floats = npt.NDArray[np.float64]


def ties(classes: Classes, most: int) -> Floats:
    """float64[C, J]: the weight of each number in the worth of each class, for about `most` numbers; none negative."""
    label = clusters(classes, max(1, most // (1 + classes.size.shape[1])))
    number = int(label.max(initial=-1)) + 1
    smallest = np.full((number, classes.size.shape[1]), np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, classes.size)
    larger = (classes.size - smallest[label]).astype(float)
    width = np.zeros(smallest.shape)
    np.maximum.at(width, label, larger)
    columns = [(label[:, None] == np.arange(number)).astype(float)]
    for r in range(classes.size.shape[1]):
        wide = np.flatnonzero(width[:, r] > 0)
        columns.append(columns[0][:, wide] * (larger[:, [r]] / np.maximum(width[label, r], 1.0)[:, None]))
    return np.concatenate(columns, axis=1)
