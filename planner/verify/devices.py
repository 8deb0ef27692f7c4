"""Whether GPU requests fit onto a host's devices: a share of a device cannot straddle two."""

from __future__ import annotations

from collections.abc import Sequence

DEVICE = 1000
"""Thousandths of a device."""
_MOST_STEPS = 20_000


def fits_on_devices(asks: Sequence[int], milli: int) -> bool:
    """Whether requests in milli-GPU fit onto the devices of a host with `milli`.

    A request takes whole devices for its thousands and, for what is left, a share of one more. The search
    tries the largest share first and the fullest device first; devices with equal room count as
    one. It gives up, and answers no, after 20,000 steps.
    """
    devices = milli // DEVICE - sum(ask // DEVICE for ask in asks)
    if devices < 0:
        return False
    shares = sorted((ask % DEVICE for ask in asks if ask % DEVICE), reverse=True)
    return _Search(shares).fits(0, (milli % DEVICE, *[DEVICE] * devices))


class _Search:
    """Depth-first search over which device takes which share."""

    def __init__(self, shares: Sequence[int]) -> None:
        self._shares = shares
        self._failed: set[tuple[int, tuple[int, ...]]] = set()
        self._steps = 0

    def fits(self, position: int, rooms: tuple[int, ...]) -> bool:
        """Whether the shares from `position` on fit into the devices' rooms (ascending)."""
        if position == len(self._shares):
            return True
        self._steps += 1
        if (position, rooms) in self._failed or self._steps > _MOST_STEPS:
            return False
        share = self._shares[position]
        for room in sorted(set(rooms)):
            if room >= share:
                left = list(rooms)
                left.remove(room)
                if self.fits(position + 1, tuple(sorted((*left, room - share)))):
                    return True
        self._failed.add((position, rooms))
        return False
