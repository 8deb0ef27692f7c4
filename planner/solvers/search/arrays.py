"""The two tuples of arrays that kernels work on: what is given, and the plan in hand.

Axes: I item types, B bin types, R resources, H rows of hosts, K slots of a host, C cells (a group of item
types in one domain), S spots (bin types in equal domains).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint64]
IntTable = npt.NDArray[np.int64]
SmallTable = npt.NDArray[np.int32]
FloatTable = npt.NDArray[np.float64]
BoolTable = npt.NDArray[np.bool_]
"""Arrays of two axes; those above have one."""

LIMIT, APART, TOGETHER, NEEDS, NEEDED, SPREAD = range(6)
"""What a group of item types is to its form: limited, apart from its mate, together, in need of its mate,
needed by its mate, or spread."""
HOSTS, BAD, WAITING, TAKEN, CLOSED, POOLED, STAMP, WORK = range(8)
"""Places in `Plan.number`: hosts in use, broken forms, item types with copies left out, scratch rows and
closed hosts of the move at hand, entries of its pool, how many moves there were, and steps of work in all."""
LEFT, SPENT, ENERGY, BEST_LEFT, BEST_SPENT = range(5)
"""Places in `Plan.value`: weight of what is left out, objective, objective with the reward for slack; the best."""


class Given(NamedTuple):
    """What no move changes.

    Attributes
    ----------
    size, capacity, fits
        As in `Problem`; capacities no larger than all copies ask for.
    device : int64[R]
        Units of one device (see `Problem.device`); 0 for resources that come in none.
    bulk : float64[I, R]
        Size in units of what a typical host has.
    open, place : float64[B], float64[I, B] or [0, 0]
        The objective of a host, and of a copy beside it.
    loss : float64[I]
        The weight of a copy left out.
    worth, dear : float64[I]
        What a copy should cost by the linear relaxation, and that in relation to its size.
    share : float64[B, R]
        What a unit of free room is in the slack of a host: the slack of an empty host is 1.
    reward : float64[B]
        What slack squared is worth, so that what is free gathers on few hosts.
    full : float64[B, R]
        1 / capacity.
    spot : int64[B]; spot_start : int64[S + 1]; spot_bins
        Bin types in equal domains, those of the least objective first.
    most : int64[I]
        Copies of an item type on one host; `loose` where neither limits nor devices bind it.
    near_start, near_of, near_kind, near_mate, near_most
        Groups of item types bound on single hosts: item i is in `near_of[near_start[i]:near_start[i + 1]]`.
    group_start, group_of, group_kind, group_mate, group_skew, group_zero, group_level, group_cell
        Alike for groups bound in domains (zero: the minimum of a spread counts as 0); their cells are from
        `group_cell[g]` to `group_cell[g + 1]`.
    domain : int64[levels in use, B]
        The domain of a bin type at a level, by its id + 1: the cell within a group.
    counted : bool[C]
        Cells among which a spread is even.
    cap_start, cap_of, cap_row, cap_table
        Caps that an item type is in, and what a copy weighs on each bin type.
    quota_start, quota_of, quota_weight
        Quotas that a bin type is in, and what a host weighs.
    room_item, room_level, room_cell, room_bins, room_takes
        Kept room: its shape, its cells, on which bin types it is asked, and which of those can hold it.
    goal_domain, goal_price
        The domains of bin types whose number is a goal, and what one in use is worth; 0 if none is.
    """

    size: IntTable
    device: Ints
    bulk: FloatTable
    capacity: IntTable
    fits: BoolTable
    open: Floats
    place: FloatTable
    loss: Floats
    worth: Floats
    dear: Floats
    share: FloatTable
    reward: Floats
    full: FloatTable
    spot: Ints
    spot_start: Ints
    spot_bins: Ints
    most: Ints
    loose: Ints
    near_start: Ints
    near_of: Ints
    near_kind: Ints
    near_mate: Ints
    near_most: Ints
    group_start: Ints
    group_of: Ints
    group_kind: Ints
    group_mate: Ints
    group_skew: Ints
    group_zero: Bools
    group_level: Ints
    group_cell: Ints
    domain: IntTable
    counted: Bools
    cap_start: Ints
    cap_of: Ints
    cap_row: Ints
    cap_table: IntTable
    quota_start: Ints
    quota_of: Ints
    quota_weight: Ints
    room_item: Ints
    room_level: Ints
    room_cell: Ints
    room_bins: BoolTable
    room_takes: BoolTable
    goal_domain: Ints
    goal_price: Floats


class Plan(NamedTuple):
    """Hosts in rows, and the books kept of them; the last rows are scratch for the move at hand.

    Attributes
    ----------
    bin, slots : int32[H]
    item, copies : int32[H, K]
    free : int64[H, R]
    left : int64[I]
        Copies left out; `waiting` lists those item types, `seat` is their place in it or -1.
    used, available, required : int64[B]
    held, least, most : int64[C]
        Copies in a cell, and what it must and may hold.
    placed, placed_near : int64[groups]
        All copies of a group.
    cap_left, quota_left : int64[]
    room_held, room_hosts, room_need, reserved : int64[]
        Kept room by cell: what fits, hosts of the rule in use, what must fit there; and what the host at hand keeps.
    goal_hosts : int64[]
        Hosts in use by domain.
    best_bin, best_slots, best_item, best_copies
        The best plan seen, `best_hosts[0]` hosts.
    pool_item, pool_copies, pool_key, asked, total, order, order_noise, entry
        What a move has taken off, and what it asks for in all (`asked` is scratch); `entry[i]` is the place of item
        type i in the pool, or -1.
    origin, closed, mark
        The row that a scratch row stands for (or -1), rows that were emptied, and the last move at each row.
    number, value, random
        Counters, objective values, and the state of the random numbers.
    tried, won, odds
        The work that each operator was given, how often it found better, and how likely it is drawn.
    """

    bin: Small
    slots: Small
    item: SmallTable
    copies: SmallTable
    free: IntTable
    left: Ints
    waiting: Ints
    seat: Ints
    used: Ints
    available: Ints
    required: Ints
    held: Ints
    least: Ints
    most: Ints
    placed: Ints
    placed_near: Ints
    cap_left: Ints
    quota_left: Ints
    room_held: Ints
    room_hosts: Ints
    room_need: Ints
    goal_hosts: Ints
    reserved: Ints
    best_bin: Small
    best_slots: Small
    best_item: SmallTable
    best_copies: SmallTable
    best_hosts: Ints
    pool_item: Ints
    pool_copies: Ints
    pool_key: Floats
    asked: Ints
    total: Ints
    order: Ints
    order_noise: Floats
    entry: Ints
    origin: Ints
    closed: Ints
    mark: Ints
    number: Ints
    value: Floats
    random: States
    tried: Floats
    won: Floats
    odds: Floats


Arrays = dict[str, Any]
