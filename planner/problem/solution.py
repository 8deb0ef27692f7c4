"""A solution: patterns and how often each is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        heads = zip(self.bin.tolist(), self.multiplicity.tolist(), strict=True)
        return [(b, m, self.pattern(p)) for p, (b, m) in enumerate(heads)]

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
        np.add.at(total, np.repeat(np.arange(len(self.bin)), np.diff(self.start)), entries)
        return total
