"""A bound that holds at any duals, converged or not.

The Lagrangian of the master at duals `y`, every host at its best content. Where some content is worth more
than its host costs, the bound is poor or none; scaled down by a common factor `t`, duals give a good one
(A. A. Farley, "A note on bounding a class of linear programming problems, including cutting stock problems",
1990; F. Vanderbeck, "Computational study of a column generation algorithm", 1999). It is concave and piecewise linear
in `t`, so that its best value stands at one of the breaks. Contents are worth at most `t` times what they
are at `t = 1`, since what copies cost beside their host is not scaled; without such costs that is so for every `t`.
"""

from __future__ import annotations

import numpy as np

from planner.bounds.columns.restricted import Duals, Floats, Restricted

BREAKS = 400
"""The most factors that are tried."""


def priced(master: Restricted, duals: Duals) -> tuple[Floats, Floats, float]:
    """Values float64[K, C] of copies, what opening float64[K] costs, and the constant of the Lagrangian."""
    hosts, classes = master.hosts, master.classes
    value = np.repeat(duals.demand[None, :], hosts.number, axis=0)
    opening = np.zeros(hosts.number)
    constant = master.linking.priced(duals.linking, value, opening)
    known = master.most_stay >= 0
    constant += float(duals.demand @ classes.count) + float(duals.stays[known] @ master.most_stay[known])
    return value, opening, constant


def bound_at(master: Restricted, duals: Duals, upper: Floats, opening: Floats, constant: float) -> tuple[float, float]:
    """The bound and the factor that gives it.

    Parameters
    ----------
    upper : float64[K]
        No content of a host is worth more, at most; what copies cost beside their host is taken off.
    opening, constant
        As `priced` makes them: both are scaled.
    """
    hosts, classes = master.hosts, master.classes
    paid = upper - opening
    stay = np.flatnonzero(master.may_stay)
    gain = (duals.demand + duals.stays[classes.rank])[stay] if len(stay) else np.zeros(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        breaks = np.concatenate([hosts.charge / paid, master.stay_cost[stay] / gain, [1.0]])
    most = 1.0 if hosts.beside is not None else 4.0
    breaks = np.unique(breaks[np.isfinite(breaks) & (breaks > 0) & (breaks <= most)])
    if len(breaks) > BREAKS:
        breaks = breaks[np.linspace(0, len(breaks) - 1, BREAKS).astype(int)]
    margin = hosts.charge[None, :] - breaks[:, None] * paid[None, :]
    margin = np.where(np.abs(margin) <= 1e-12 * (hosts.charge + np.abs(paid)), 0.0, margin)
    number = np.where(margin >= 0, hosts.required, hosts.available)
    out = np.minimum(0.0, master.stay_cost[stay] - breaks[:, None] * gain) @ classes.count[stay]
    values = breaks * constant + (margin * number).sum(axis=1) + out
    best = int(values.argmax())
    return float(values[best]) + master.base, float(breaks[best])
