"""Numba kernel: fragmentation gradient descent (FGD).

A host's fragmentation is what of its free devices typical containers cannot use, in expectation; a container goes
where that grows least. Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
Fragmentation Gradient Descent", USENIX ATC 2023, section 4.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import math

from numba import njit

from planner.simulation.state import DEVICE, KIND

LACKS_BOTH, LACKS_GPU, SATISFIED, LACKS_CPU, IDLE_FITS, IDLE_LACKS, NO_ACCESS = range(7)
"""What a typical container meets on a host: sums are kept apart and added in this order, as published."""


@njit(cache=True)
def fragmentation(s, h, cpu, shared, milli, whole, sums):
    """Milli-GPU that typical containers cannot use on a host with `cpu` less of its first resource.

    Less also `milli` on the device `shared`, or `whole` devices, the first free ones. `sums` is scratch float64[7].
    """
    sums[:] = 0.0
    devices = s.device.shape[1]
    idle, taken = 0, whole
    for g in range(devices):
        free = s.device[h, g] - milli if g == shared else s.device[h, g]
        if taken > 0 and free == DEVICE:
            taken -= 1
        elif free > 0:
            idle += free
    room = s.free[h, 0] - cpu
    for t in range(len(s.typical)):
        share = s.typical_share[t]
        enough = room >= s.typical[t, 0]
        if s.typical[t, 1] == 0:
            sums[IDLE_FITS if enough else IDLE_LACKS] += share * idle
            continue
        if not s.typical_allowed[t, s.hosts[h, KIND]]:
            sums[NO_ACCESS] += share * idle
            continue
        need, small, taken = s.typical[t, 1], 0, whole
        for g in range(devices):
            free = s.device[h, g] - milli if g == shared else s.device[h, g]
            if taken > 0 and free == DEVICE:
                taken -= 1
            elif free >= s.typical[t, 2]:
                need -= 1
            elif free > 0:
                small += free
        if need > 0:
            sums[LACKS_GPU if enough else LACKS_BOTH] += share * idle
        elif enough:
            sums[LACKS_GPU] += share * small
        else:
            sums[LACKS_CPU] += share * idle
    total = 0.0
    for part in range(7):
        total += sums[part]
    return total


@njit(cache=True)
def score(s, shape, h, sums):
    """The published score, 0 to 100, and the device for a share (-1 for whole devices or none)."""
    before = fragmentation(s, h, 0, -1, 0, 0, sums)
    cpu, devices, milli = s.size[shape, 0], s.asks[shape, 0], s.asks[shape, 1]
    if devices != 1 or milli >= DEVICE:
        return _gradient(before, fragmentation(s, h, cpu, -1, 0, devices, sums)), -1
    best, at = -1, -1
    for g in range(s.device.shape[1]):
        if s.device[h, g] < milli or _repeated(s, h, g):
            continue
        found = _gradient(before, fragmentation(s, h, cpu, g, milli, 0, sums))
        if found > best:
            best, at = found, g
    return best, at


@njit(cache=True)
def _repeated(s, h, g):
    """Whether an earlier device has as much free: the score would be the same."""
    for earlier in range(g):
        if s.device[h, earlier] == s.device[h, g]:
            break
    else:
        return False
    return True


@njit(cache=True)
def _gradient(before, after):
    """Sigmoid of the change, in whole devices, times 100 and truncated."""
    return int(100.0 / (1.0 + math.exp(-(before - after) / 1000.0)))
