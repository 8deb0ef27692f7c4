"""A solution: patterns and how often each is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Solution:
    """Hosts as patterns: a bin type with copies of item types, used `multiplicity` times.

    Attributes
    ----------
    bin : int64[P]
        The bin type of each pattern.
    multiplicity : int64[P]
        How many equal hosts have it.
    start : int64[P + 1]
        Where each pattern begins in `item` and `copies`.
    item, copies : int64[start[P]]
        The item types of each pattern (each at most once) and how many copies of each.
    """

    bin: Ints
    multiplicity: Ints
    start: Ints
    item: Ints
    copies: Ints

    def __post_init__(self) -> None:
        for array in (self.bin, self.multiplicity, self.start, self.item, self.copies):
            array.flags.writeable = False

    @classmethod
    def of(cls, patterns: Iterable[tuple[int, int, Mapping[int, int]]]) -> Solution:
        """Build from (bin type, multiplicity, {item: copies}); equal patterns are joined."""
        merged: Counter[tuple[int, tuple[tuple[int, int], ...]]] = Counter()
        for bin_type, multiplicity, content in patterns:
            if multiplicity > 0:
                inside = tuple(sorted((int(i), int(n)) for i, n in content.items() if n > 0))
                merged[int(bin_type), inside] += int(multiplicity)
        contents = [inside for _, inside in merged]
        start = np.cumsum([0, *(len(inside) for inside in contents)], dtype=np.int64)
        flat = np.array([pair for inside in contents for pair in inside], dtype=np.int64).reshape(-1, 2)
        return cls(
            bin=np.array([bin_type for bin_type, _ in merged], dtype=np.int64),
            multiplicity=np.array(list(merged.values()), dtype=np.int64),
            start=start,
            item=flat[:, 0].copy(),
            copies=flat[:, 1].copy(),
        )

    @classmethod
    def joined(cls, bin_type: Ints, multiplicity: Ints, pattern: Ints, item: Ints, copies: Ints) -> Solution:
        """Build from arrays, as `of` does from mappings: at a cost that hundreds of thousands of patterns allow.

        Parameters
        ----------
        bin_type, multiplicity : int64[P]
        pattern, item, copies : int64[E]
            What stands in which pattern, in any order; what is said of an item twice adds up.
        """
        order = np.lexsort((item, pattern))
        pattern, item, copies = pattern[order], item[order], copies[order]
        first = np.flatnonzero(np.diff(pattern, prepend=-1) | np.diff(item, prepend=-1))
        pattern, item, copies = pattern[first], item[first], np.add.reduceat(copies, first) if len(first) else copies
        kept = (copies > 0) & (multiplicity[pattern] > 0)
        item, copies, length = item[kept], copies[kept], np.bincount(pattern[kept], minlength=len(bin_type))
        start = np.cumsum([0, *length], dtype=np.int64)
        used = np.flatnonzero(multiplicity > 0)
        known, alike = np.unique(_alike(bin_type, start, item, copies)[used], return_inverse=True)
        one_of = np.full(len(known), len(bin_type), dtype=np.int64)
        np.minimum.at(one_of, alike, used)
        total = np.bincount(alike, weights=multiplicity[used], minlength=len(known)).astype(np.int64)
        by_first = np.argsort(one_of)
        one_of = one_of[by_first]
        inside = ranges(start[one_of], length[one_of])
        return cls(
            bin=bin_type[one_of],
            multiplicity=total[by_first],
            start=np.cumsum([0, *length[one_of]], dtype=np.int64),
            item=item[inside],
            copies=copies[inside],
        )

    @property
    def hosts(self) -> int:
        """How many hosts it opens."""
        return int(self.multiplicity.sum())

    def pattern(self, p: int) -> dict[int, int]:
        """The content of one pattern: copies by item type."""
        inside = slice(self.start[p], self.start[p + 1])
        return dict(zip(self.item[inside].tolist(), self.copies[inside].tolist(), strict=True))

    def patterns(self) -> list[tuple[int, int, dict[int, int]]]:
        """Every pattern as (bin type, multiplicity, {item: copies})."""
        items, copies, start = self.item.tolist(), self.copies.tolist(), self.start.tolist()
        heads = zip(self.bin.tolist(), self.multiplicity.tolist(), pairwise(start), strict=True)
        return [(b, m, dict(zip(items[begin:end], copies[begin:end], strict=True))) for b, m, (begin, end) in heads]

    def bins_used(self, bins: int) -> Ints:
        """int64[B]: hosts opened of each bin type."""
        return np.bincount(self.bin, weights=self.multiplicity, minlength=bins).astype(np.int64)

    def placed(self, items: int) -> Ints:
        """int64[I]: copies placed of each item type."""
        per_entry = self.copies * np.repeat(self.multiplicity, np.diff(self.start))
        return np.bincount(self.item, weights=per_entry, minlength=items).astype(np.int64)

    def load(self, size: Ints) -> Ints:
        """int64[P, R]: what one host of each pattern carries, for sizes int64[I, R]."""
        entries = size[self.item] * self.copies[:, None]
        total = np.zeros((len(self.bin), size.shape[1]), dtype=np.int64)
        filled = np.diff(self.start) > 0
        if filled.any():
            total[filled] = np.add.reduceat(entries, self.start[:-1][filled], axis=0)
        return total


def _alike(bin_type: Ints, start: Ints, item: Ints, copies: Ints) -> Ints:
    """int64[P]: equal numbers for patterns of equal bin type and content (sorted by item).

    Patterns are told apart by one entry after the other, as in sorting by radix.
    """
    length = np.diff(start)
    longest = int(length.max(initial=0))
    entry = np.unique(item * (copies.max(initial=0) + 1) + copies, return_inverse=True)[1].reshape(-1)
    rank = np.unique(bin_type * (longest + 1) + length, return_inverse=True)[1].reshape(-1).astype(np.int64)
    for n in range(longest):
        longer = np.flatnonzero(length > n)
        told = rank[longer] * len(entry) + entry[start[longer] + n]
        rank[longer] = len(rank) * (n + 1) + np.unique(told, return_inverse=True)[1].reshape(-1)
    return np.asarray(rank)


def ranges(start: Ints, length: Ints) -> Ints:
    """The numbers from each start on, as many as its length, one range after the other."""
    ends = np.cumsum(length)
    return np.asarray(np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - (ends - length), length))
