"""Numba kernel: `Given` and `Plan` behind one pointer each.

A kernel that takes a named tuple takes each of its arrays apart; with forty of them, compiling takes minutes.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,attr-defined"

from numba import float64, int32, int64, njit, types, uint64
from numba.experimental import structref

from planner.solvers.search.arrays import Given, Plan

_KINDS = {
    "Ints": int64[::1], "Small": int32[::1], "Floats": float64[::1], "Bools": types.boolean[::1],
    "States": uint64[::1], "IntTable": int64[:, ::1], "SmallTable": int32[:, ::1],
    "FloatTable": float64[:, ::1], "BoolTable": types.boolean[:, ::1],
}  # fmt: skip


@structref.register
class _Held(types.StructRef):
    """The type of a tuple of arrays behind a pointer."""


class Pointer(structref.StructRefProxy):
    """What kernels are given."""


def _held(kind, name):
    held = _Held([(field, _KINDS[hint.__forward_arg__]) for field, hint in kind.__annotations__.items()])
    held.name = name  # short, for it is part of the name of every compiled function
    return held


structref.define_boxing(_Held, Pointer)
GIVEN = _held(Given, "search.Given")
PLAN = _held(Plan, "search.Plan")


@njit(cache=True)
def point_at_given(arrays):
    """Put a `Given` behind a pointer; the arrays stay the same."""
    held = structref.new(GIVEN)
    held.size = arrays.size
    held.device = arrays.device
    held.bulk = arrays.bulk
    held.capacity = arrays.capacity
    held.fits = arrays.fits
    held.open = arrays.open
    held.place = arrays.place
    held.loss = arrays.loss
    held.worth = arrays.worth
    held.dear = arrays.dear
    held.share = arrays.share
    held.reward = arrays.reward
    held.full = arrays.full
    held.spot = arrays.spot
    held.spot_start = arrays.spot_start
    held.spot_bins = arrays.spot_bins
    held.most = arrays.most
    held.loose = arrays.loose
    held.near_start = arrays.near_start
    held.near_of = arrays.near_of
    held.near_kind = arrays.near_kind
    held.near_mate = arrays.near_mate
    held.near_most = arrays.near_most
    held.group_start = arrays.group_start
    held.group_of = arrays.group_of
    held.group_kind = arrays.group_kind
    held.group_mate = arrays.group_mate
    held.group_skew = arrays.group_skew
    held.group_zero = arrays.group_zero
    held.group_level = arrays.group_level
    held.group_cell = arrays.group_cell
    held.domain = arrays.domain
    held.counted = arrays.counted
    held.cap_start = arrays.cap_start
    held.cap_of = arrays.cap_of
    held.cap_row = arrays.cap_row
    held.cap_table = arrays.cap_table
    held.quota_start = arrays.quota_start
    held.quota_of = arrays.quota_of
    held.quota_weight = arrays.quota_weight
    held.room_item = arrays.room_item
    held.room_level = arrays.room_level
    held.room_cell = arrays.room_cell
    held.room_bins = arrays.room_bins
    held.room_takes = arrays.room_takes
    held.goal_domain = arrays.goal_domain
    held.goal_price = arrays.goal_price
    return held


@njit(cache=True)
def point_at_plan(arrays):
    """Put a `Plan` behind a pointer; the arrays stay the same."""
    held = structref.new(PLAN)
    held.bin = arrays.bin
    held.slots = arrays.slots
    held.item = arrays.item
    held.copies = arrays.copies
    held.free = arrays.free
    held.left = arrays.left
    held.waiting = arrays.waiting
    held.seat = arrays.seat
    held.used = arrays.used
    held.available = arrays.available
    held.required = arrays.required
    held.held = arrays.held
    held.least = arrays.least
    held.most = arrays.most
    held.placed = arrays.placed
    held.placed_near = arrays.placed_near
    held.cap_left = arrays.cap_left
    held.quota_left = arrays.quota_left
    held.room_held = arrays.room_held
    held.room_hosts = arrays.room_hosts
    held.room_need = arrays.room_need
    held.goal_hosts = arrays.goal_hosts
    held.reserved = arrays.reserved
    held.best_bin = arrays.best_bin
    held.best_slots = arrays.best_slots
    held.best_item = arrays.best_item
    held.best_copies = arrays.best_copies
    held.best_hosts = arrays.best_hosts
    held.pool_item = arrays.pool_item
    held.pool_copies = arrays.pool_copies
    held.pool_key = arrays.pool_key
    held.asked = arrays.asked
    held.total = arrays.total
    held.order = arrays.order
    held.order_noise = arrays.order_noise
    held.entry = arrays.entry
    held.origin = arrays.origin
    held.closed = arrays.closed
    held.mark = arrays.mark
    held.number = arrays.number
    held.value = arrays.value
    held.random = arrays.random
    held.tried = arrays.tried
    held.won = arrays.won
    held.odds = arrays.odds
    return held
