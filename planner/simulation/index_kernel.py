"""Numba kernels: hosts in the order of a key, found by what they have room for.

Hosts lie in blocks, each for a range of keys and in no order within: a host comes and goes in a few steps, and all of a
block are compared in one sweep. A block that is full is parted at its median, so that steps grow with the root of
the number of hosts. It knows the most that any of its hosts may have free of each resource. The first host in order
with room is found by asking blocks, and only in those that promise enough, hosts: exact. A promise grows with each
host that enters, and is made anew when it was broken since one left.

What is free of all resources is kept in one word, as many bits for each and a bit between, so that all are compared
by one subtraction (Lamport, "Multiple byte processing with full-word instructions", CACM 1975). Bits that do not fit
are dropped, so that a word may promise more than there is, and the host is asked.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.simulation.room_kernel import fits, suits
from planner.simulation.rules_kernel import admits, is_ruled
from planner.simulation.state import (
    BETWEEN,
    BITS,
    BLOCK,
    BLOCKS,
    BOUND_BELOW,
    BY_INDEX,
    BY_LEAST_FREE,
    CUT,
    FULL,
    HOST_BITS,
    HOST_STATE,
    LINED,
    NEVER,
    NONE,
    NOT_KEPT,
    ORDER,
    PROMISE,
    SHAPE,
    SHIFTED,
    SLOT,
    SLOTS,
    STALE,
    UP,
    WEIGHT,
)

HOST_MASK = (1 << HOST_BITS) - 1
"""The bits of a key that tell the host: of equal hosts, the first."""


@njit(cache=True, inline="always")
def enough(most, asked, between):
    """Whether each resource of one word is at least that of another."""
    return ((most | between) - asked) & between == between


@njit(cache=True, inline="always")
def larger(a, b, between, bits):
    """The larger of each resource of two words."""
    at_least = ((a | between) - b) & between
    mask = at_least - (at_least >> bits)
    return (a & mask) | (b & ~mask & ~between)


@njit(cache=True)
def pack(lanes, amounts, row):
    """A row of amounts in one word."""
    packed = 0
    for r in range(amounts.shape[1]):
        if lanes[SHIFTED, r] >= 0:
            packed |= (amounts[row, r] >> lanes[CUT, r]) << lanes[SHIFTED, r]
    return packed


@njit(cache=True)
def weighed(lanes, amounts, row):
    """A row of amounts as a number: all that the largest host has of a resource weighs the same."""
    total = 0
    for r in range(amounts.shape[1]):
        total += lanes[WEIGHT, r] * amounts[row, r]
    return total


@njit(cache=True)
def _place_of(line, blocks, key):
    """The place in line of the block for a key: the last whose keys begin at it or below."""
    low, length = 0, blocks
    while length > 1:
        half = length >> 1
        low = low + half if line[low + half, BOUND_BELOW] <= key else low
        length -= half
    return low


@njit(cache=True)
def enter(s, h):
    """Put a host that takes containers where its key belongs."""
    number, hosts = s.number, s.hosts
    order = number[ORDER]
    if order == NOT_KEPT or hosts[h, HOST_STATE] != UP:
        return
    key, lanes, free = h, s.lanes, s.free
    if order != BY_INDEX:
        key = weighed(lanes, free, h)
        if order != BY_LEAST_FREE:
            key = number[FULL] - key
        key = (key << HOST_BITS) | h
    keys, line, length = s.keys, s.line, s.length
    at = _place_of(line, number[BLOCKS], key)
    while length[line[at, LINED], SLOTS] == keys.shape[1]:
        _part(s, at)
        at = _place_of(line, number[BLOCKS], key)
    b, packed = line[at, LINED], pack(lanes, free, h)
    slot = length[b, SLOTS]
    length[b, SLOTS] = slot + 1
    keys[b, slot] = key
    s.words[b, slot] = packed
    hosts[h, BLOCK], hosts[h, SLOT] = b, slot
    line[at, PROMISE] = larger(line[at, PROMISE], packed, number[BETWEEN], number[BITS])


@njit(cache=True)
def leave(s, h):
    """Take a host out of the order; its state must be as when it was put there."""
    hosts = s.hosts
    if s.number[ORDER] == NOT_KEPT or hosts[h, HOST_STATE] != UP:
        return
    keys, words, length = s.keys, s.words, s.length
    b, slot = hosts[h, BLOCK], hosts[h, SLOT]
    last = length[b, SLOTS] - 1
    length[b, SLOTS], length[b, STALE] = last, True
    if slot < last:  # the last takes its place
        keys[b, slot], words[b, slot] = keys[b, last], words[b, last]
        hosts[keys[b, last] & HOST_MASK, SLOT] = slot


@njit(cache=True)
def _part(s, at):
    """Make two of a full block; where none is left, deal all anew."""
    keys, words, line, blocks = s.keys, s.words, s.line, s.number[BLOCKS]
    size = keys.shape[1]
    if blocks == len(line):
        _deal(s)
        return
    old, new = line[at, LINED], line[blocks, LINED]
    for n in range(blocks, at + 1, -1):
        line[n] = line[n - 1]
    s.number[BLOCKS] = blocks + 1
    order = np.argsort(keys[old])
    own, free = keys[old][order], words[old][order]
    _fill(s, at, old, own[: size // 2], free[: size // 2])
    _fill(s, at + 1, new, own[size // 2 :], free[size // 2 :])
    line[at + 1, BOUND_BELOW] = own[size // 2]


@njit(cache=True)
def _fill(s, at, b, own, free):
    """Let a block have these hosts."""
    s.line[at, LINED] = b
    s.length[b, SLOTS] = len(own)
    for n in range(len(own)):
        s.keys[b, n], s.words[b, n] = own[n], free[n]
        h = own[n] & HOST_MASK
        s.hosts[h, BLOCK], s.hosts[h, SLOT] = b, n
    _keep_promise(s, at)


@njit(cache=True)
def _deal(s):
    """Deal all hosts anew, in order, to blocks that are half full."""
    keys, words, line, length = s.keys, s.words, s.line, s.length
    all_keys, all_words = np.empty(len(s.hosts), dtype=np.int64), np.empty(len(s.hosts), dtype=np.int64)
    hosts = 0
    for b in range(len(length)):
        for n in range(length[b, SLOTS]):
            all_keys[hosts], all_words[hosts] = keys[b, n], words[b, n]
            hosts += 1
        length[b, SLOTS] = 0
    order = np.argsort(all_keys[:hosts])
    own, free = all_keys[:hosts][order], all_words[:hosts][order]
    size = keys.shape[1] // 2
    s.number[BLOCKS] = -(-hosts // size)
    for at in range(s.number[BLOCKS]):
        part = slice(at * size, min(hosts, (at + 1) * size))
        line[at, BOUND_BELOW] = own[at * size] if at else -1
        _fill(s, at, line[at, LINED], own[part], free[part])


@njit(cache=True)
def _keep_promise(s, at):
    """Let a block promise what one of its hosts has of each resource, no more."""
    b, most = s.line[at, LINED], 0
    between, bits = s.number[BETWEEN], s.number[BITS]
    for n in range(s.length[b, SLOTS]):
        most = larger(most, s.words[b, n], between, bits)
    s.line[at, PROMISE], s.length[b, STALE] = most, False


@njit(cache=True)
def first_with_room(s, k, c):
    """The host with the smallest key that takes container c of class k; the lower index of equals, -1 if none."""
    shape = s.classes[k, SHAPE]
    ruled = is_ruled(s, k, c)
    number, keys, words, line, length = s.number, s.keys, s.words, s.line, s.length
    size, free = s.size, s.free
    between, blocks, at = number[BETWEEN], number[BLOCKS], 0
    if number[ORDER] == BY_LEAST_FREE:  # a host with less in all has too little of something
        at = _place_of(line, blocks, weighed(s.lanes, size, shape) << HOST_BITS)
    asked = pack(s.lanes, size, shape)
    while at < blocks:
        if enough(line[at, PROMISE], asked, between):
            b = line[at, LINED]
            key = _least(keys[b], words[b], length[b, SLOTS], asked, between, NONE)
            if key == NEVER and length[b, STALE]:
                _keep_promise(s, at)
            while key < NEVER:
                h = key & HOST_MASK
                if fits(size, free, shape, h) and suits(s, shape, h) and (not ruled or admits(s, k, c, h)):
                    return h
                key = _least(keys[b], words[b], length[b, SLOTS], asked, between, key)
        at += 1
    return NONE


@njit(cache=True)
def _least(keys, words, length, asked, between, above):
    """The least key above another of those in a block with enough of all; `NEVER` where there is none."""
    least = NEVER
    for n in range(length):
        key = keys[n]
        if enough(words[n], asked, between) and key > above:
            least = min(least, key)
    return least
