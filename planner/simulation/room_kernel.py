"""Numba kernel: whether a host has room for a container, and which devices it gets."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.state import DEVICE, KIND


@njit(cache=True)
def has_room(s, shape, h):
    """Whether a container of a shape fits host h as it is, each of its devices, too."""
    return fits(s.size, s.free, shape, h) and suits(s, shape, h)


@njit(cache=True)
def suits(s, shape, h):
    """Whether host h is of a kind that a shape may use, with devices for it."""
    return s.allowed[shape, s.hosts[h, KIND]] and fits_devices(s, shape, h)


@njit(cache=True)
def fits(size, free, shape, h):
    """Whether the amounts of a shape are free on host h."""
    for r in range(size.shape[1]):
        if size[shape, r] > free[h, r]:
            break
    else:
        return True
    return False


@njit(cache=True)
def fits_devices(s, shape, h):
    """Whether the devices of host h take what a shape asks of them."""
    wanted = s.asks[shape, 0]
    if wanted:
        for g in range(s.device.shape[1]):
            if s.device[h, g] >= s.asks[shape, 1]:
                wanted -= 1
                if wanted == 0:
                    break
    return wanted == 0


@njit(cache=True)
def devices_left(s, h):
    """Milli-GPU free on all devices of a host."""
    total = 0
    for g in range(s.device.shape[1]):
        total += max(0, s.device[h, g])
    return total


@njit(cache=True)
def tightest(s, shape, h):
    """The device with the least room that takes a share; the first of equals, -1 where no share is asked for."""
    best = -1
    if s.asks[shape, 0] != 1 or s.asks[shape, 1] == DEVICE:
        return best
    for g in range(s.device.shape[1]):
        free = s.device[h, g]
        if free >= s.asks[shape, 1] and (best < 0 or free < s.device[h, best]):
            best = g
    return best


@njit(cache=True)
def likeness(s, shape):
    """The place of a shape in `like`: no device, a share, n whole ones."""
    if s.asks[shape, 0] == 0:
        return 0
    return 1 if s.asks[shape, 1] < DEVICE else 1 + s.asks[shape, 0]


@njit(cache=True)
def take(s, shape, h, shared):
    """Take the room of a container: a share on the device `shared`, whole ones on the first free; the devices' bits."""
    size, free = s.size, s.free
    for r in range(size.shape[1]):
        free[h, r] -= size[shape, r]
    wanted = s.asks[shape, 0]
    if wanted == 0:
        return 0
    s.like[h, likeness(s, shape)] += 1
    if shared >= 0:
        s.device[h, shared] -= s.asks[shape, 1]
        return 1 << shared
    taken = 0
    for g in range(s.device.shape[1]):
        if wanted and s.device[h, g] == DEVICE:
            s.device[h, g] = 0
            taken |= 1 << g
            wanted -= 1
    return taken


@njit(cache=True)
def take_these(s, shape, h, taken):
    """Take the room of a container, on the devices whose bits are set."""
    for r in range(s.size.shape[1]):
        s.free[h, r] -= s.size[shape, r]
    if taken:
        s.like[h, likeness(s, shape)] += 1
        for g in range(s.device.shape[1]):
            if taken >> g & 1:
                s.device[h, g] -= s.asks[shape, 1]


@njit(cache=True)
def give_back(s, shape, h, taken):
    """Give the room of a container back, on the devices that it had."""
    size, free = s.size, s.free
    for r in range(size.shape[1]):
        free[h, r] += size[shape, r]
    if taken:
        s.like[h, likeness(s, shape)] -= 1
        for g in range(s.device.shape[1]):
            if taken >> g & 1:
                s.device[h, g] += s.asks[shape, 1]
