"""The few forms that every rule compiles to.

A *level* is a column of `Problem.domain`: 0 to 4 are those of `models.topology.LEVELS`, `HOST` means
"each single host is a domain" and has no ids, and from `HOST + 1` on stand partitions that rules
made up (spot hosts, hosts near each other, architectures); a bin type outside all domains has -1.
`items` are indices of item types, `rule` names the rule for messages.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.topology import LEVELS

Ints = npt.NDArray[np.int64]
HOST = LEVELS.index("host")


def level_name(level: int) -> str:
    """What messages call one domain of a level."""
    return LEVELS[level] if level < len(LEVELS) else "host group"


@dataclass(frozen=True, eq=False)
class Limit:
    """At most `most` copies of all `items` together in any one domain of `level`."""

    level: int
    items: Ints
    most: int
    rule: str


@dataclass(frozen=True, eq=False)
class Apart:
    """No domain of `level` has both a copy of an `a` item and one of a `b` item (disjoint sets)."""

    level: int
    a: Ints
    b: Ints
    rule: str


@dataclass(frozen=True, eq=False)
class Together:
    """All copies of `items` stand in one domain of `level`."""

    level: int
    items: Ints
    rule: str


@dataclass(frozen=True, eq=False)
class Near:
    """Every domain of `level` with a copy of an `a` item has one of a `b` item (disjoint sets)."""

    level: int
    a: Ints
    b: Ints
    rule: str


@dataclass(frozen=True, eq=False)
class Spread:
    """Copies of `items` per domain, over `domains`, exceed their minimum by at most `max_skew`.

    `domains` are ids of one level; for `level == HOST` it is empty and the form is not made (see
    `rules/topology_spread.py`). `zero_minimum`: the minimum counts as 0 whatever it is.
    """

    level: int
    items: Ints
    max_skew: int
    domains: Ints
    zero_minimum: bool
    rule: str


@dataclass(frozen=True, eq=False)
class Quota:
    """The weights of all opened hosts, `weight[B]` each, sum to at most `most`."""

    weight: Ints
    most: int
    rule: str


@dataclass(frozen=True, eq=False)
class Cap:
    """Copies of `items` weigh `weight[k, b]` each on bin type b: all together at most `most`."""

    items: Ints
    weight: Ints
    most: int
    rule: str


@dataclass(frozen=True, eq=False)
class Room:
    """In every domain of `level` with an opened host of `bins`, `copies` more of item `item` fit.

    The item has a count of 0: it is no demand of its own, only the shape of the room kept free.
    """

    level: int
    item: int
    copies: int
    bins: npt.NDArray[np.bool_]
    rule: str


Form = Limit | Apart | Together | Near | Spread | Quota | Cap | Room
