"""Shares of GPUs, rounded up so that what fits in sum also fits device by device.

For solvers that do not ask device by device; the others have shares as they are (`Problem.by_device`). Let all shares
be of a chain 1, 1/a, 1/ab, … in which each divides the one before. Placed the largest first, a share finds no device
only where every device is full or has less than it left, and the room of a full device is a multiple of every share: so
it finds none only where the sum is exceeded (Coffman, Garey, Johnson, "Bin packing with divisible item sizes", Journal
of Complexity 3, 1987).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import inf, lcm

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
MILLI = 1000


@dataclass(frozen=True)
class Devices:
    """How shares are rounded.

    Attributes
    ----------
    parts : tuple of int
        The chain: a share is 1/n of a device for some n in it; each divides the next.
    known : bool
        Whether devices are empty but for what a plan puts there. Shares of daemonsets lie where nobody can say
        beforehand: beside them, nothing is planned device by device.
    """

    parts: tuple[int, ...] = (1,)
    known: bool = True

    @property
    def units(self) -> int:
        """Units of a device in arrays: 1000, or so many more that every share is whole."""
        return lcm(MILLI, *self.parts)

    def part(self, milli: int) -> int:
        """The n of the smallest share 1/n of the chain that holds what is asked beyond whole devices."""
        return max(n for n in self.parts if n * (milli % MILLI) <= MILLI)

    def rounded(self, milli: Ints) -> Ints:
        """Units for asks in milli-GPU: whole devices, and a share of the chain for the rest."""
        asks, where = np.unique(milli, return_inverse=True)
        units = [ask // MILLI * self.units + bool(ask % MILLI) * self.units // self.part(ask) for ask in asks.tolist()]
        return np.array(units, dtype=np.int64)[where].reshape(milli.shape)

    def exact(self, milli: Ints) -> Ints:
        """Units for amounts in milli-GPU, as they are."""
        return milli * (self.units // MILLI)


def devices_for(weights: Mapping[int, int]) -> Devices:
    """The chain that rounds shares up least in total.

    Parameters
    ----------
    weights : mapping of int to int
        How many replicas ask for each share, in thousandths of a device from 1 to 999.

    Notes
    -----
    A share that would go n times into a device becomes 1/k for the largest k <= n of the chain. The
    best chain from k on follows from the best ones from its multiples on.
    """
    if not weights:
        return Devices()
    finest = MILLI // min(weights)
    times = [0] * (finest + 2)
    for share, weight in weights.items():
        times[MILLI // share] += weight
    below = [0, *accumulate(times)]  # replicas whose share goes into a device fewer than k times
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    for k in range(finest, 0, -1):
        best[k] = ((below[-1] - below[k]) / k, (k,))
        for finer in range(2 * k, finest + 1, k):
            cost = (below[finer] - below[k]) / k + best[finer][0]
            best[k] = min(best[k], (cost if cost < best[k][0] - 1e-9 else inf, (k, *best[finer][1])))
    return Devices(best[1][1])
