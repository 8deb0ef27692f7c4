"""A proven bound on one goal tier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """No plan has a smaller value of the goal, given the values of the tiers before it.

    Attributes
    ----------
    value : int
        In the units of `problem.score`: replicas, hosts, micro-USD per hour, domains, millionths.
    method : str
        How it was proven; "trivial" for 0.
    """

    value: int
    method: str

    def better(self, other: Bound) -> Bound:
        """The larger of the two."""
        return other if other.value > self.value else self


TRIVIAL = Bound(0, "trivial")
