"""Numba kernels: what containers will do, the earliest first; a heap of four children each.

An event is one number: when, what and who, so that a comparison is one.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

WHO_BITS = 24
"""Bits of an event that tell the container: there may be 16 million, and 4 years."""
WHO = (1 << WHO_BITS) - 1
LATEST = 2**37
"""Milliseconds: what would be later is left out."""


@njit(cache=True, inline="always")
def event_of(now, kind, who):
    """The event: what a container does at a time."""
    return (((now << 1) | kind) << WHO_BITS) | who


@njit(cache=True, inline="always")
def time_of(event):
    """When."""
    return event >> (WHO_BITS + 1)


@njit(cache=True, inline="always")
def kind_of(event):
    """What."""
    return (event >> WHO_BITS) & 1


@njit(cache=True)
def push(heap, size, event):
    """Add an event to a heap of `size`; there must be a place for it."""
    at = size
    while at > 0:
        up = (at - 1) >> 2
        if heap[up] <= event:
            break
        heap[at] = heap[up]
        at = up
    heap[at] = event


@njit(cache=True)
def pop(heap, size):
    """Take the first event away, which leaves `size`."""
    event, at = heap[size], 0
    while True:
        child = 4 * at + 1
        if child + 3 < size:
            left = child if heap[child] <= heap[child + 1] else child + 1
            right = child + 2 if heap[child + 2] <= heap[child + 3] else child + 3
            least = left if heap[left] <= heap[right] else right
        elif child < size:
            least = child
            for other in range(child + 1, size):
                if heap[other] < heap[least]:
                    least = other
        else:
            break
        if heap[least] >= event:
            break
        heap[at] = heap[least]
        at = least
    heap[at] = event
