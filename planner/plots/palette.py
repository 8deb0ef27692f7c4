"""One colour per workload or family of workloads, the same in every picture of a plan.

The twelve hues are after Paul Tol's "muted" scheme and his "bright" and "light" ones (SRON/EPS/TN/09-002,
2021), the darkest a little lighter, ordered so that the first ones differ most in lightness as well:
they stay apart for colour-blind readers. Families beyond the twelve largest are shades of grey.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from models.plan import Plan
from models.resources import Resources
from planner.plots.families import families_of

HUES = (
    "#4477aa", "#ddcc77", "#cc6677", "#44aa99", "#964372", "#88ccee",
    "#2a7f4a", "#ee8866", "#aa4499", "#999933", "#45379a", "#bbcc33",
)  # fmt: skip
GREYS = ("#a9adb0", "#8d9296", "#bfc3c5", "#777d81")


@dataclass(frozen=True)
class Family:
    """Workloads of one colour: many that differ in a number only, or one.

    Attributes
    ----------
    name : str
        `db-s-*`, or the name of the only workload.
    replicas : int
        Placed ones, of all its workloads.
    """

    name: str
    workloads: tuple[str, ...]
    replicas: int


@dataclass(frozen=True)
class Palette:
    """Families in the order of their size, with the colours that follow from it."""

    families: tuple[Family, ...]

    @property
    def coloured(self) -> tuple[Family, ...]:
        """The families that have a hue of their own, the largest first."""
        return self.families[: len(HUES)]

    @property
    def grey(self) -> tuple[Family, ...]:
        """The families that are drawn in grey."""
        return self.families[len(HUES) :]

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each family by its name, 0 for the largest."""
        return {family.name: rank for rank, family in enumerate(self.families)}

    @cached_property
    def family(self) -> Mapping[str, str]:
        """The family's name by workload; workloads stand in the order of families, then of numbers."""
        return {workload: family.name for family in self.families for workload in family.workloads}

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The place of each workload in `family`."""
        return {workload: i for i, workload in enumerate(self.family)}

    def has_hue(self, family: str) -> bool:
        """Whether a family has a hue of its own."""
        return self.rank.get(family, len(HUES)) < len(HUES)

    def css_class(self, family: str) -> str:
        """The class of a family's colour: `c0` to `c11`, `g0` to `g3`."""
        rank = self.rank.get(family, len(HUES))
        return f"c{rank}" if rank < len(HUES) else f"g{rank % len(GREYS)}"

    def colour(self, family: str) -> str:
        """The colour of a family as `#rrggbb`."""
        rank = self.rank.get(family, len(HUES))
        return HUES[rank] if rank < len(HUES) else GREYS[rank % len(GREYS)]


def palette_of(plan: Plan, demand: Mapping[str, Resources]) -> Palette:
    """Rank the placed families by the share of all hosts that they take, in their largest resource.

    Parameters
    ----------
    demand : mapping of str to Resources
        What one replica takes, by workload; replicas are counted where it is not known.
    """
    replicas: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for host in plan.spec.hosts:
        for workload, ordinals in host.runs.items():
            replicas[workload] += len(ordinals)
    for allocatable, hosts in Counter(host.allocatable for host in plan.spec.hosts).items():
        total.update({name: amount * hosts for name, amount in allocatable.amounts().items()})

    def share(family: Family) -> float:
        asked: Counter[str] = Counter()
        for workload in family.workloads:
            each = demand[workload].amounts() if workload in demand else {}
            asked.update({name: value * replicas[workload] for name, value in each.items()})
        return max((value / total[name] for name, value in asked.items() if total[name]), default=0.0)

    kin = families_of(+replicas, demand, len(HUES))
    families = [Family(name, members, sum(replicas[member] for member in members)) for name, members in kin.items()]
    return Palette(tuple(sorted(families, key=lambda family: (-share(family), -family.replicas, family.name))))


def is_dark(colour: str) -> bool:
    """Whether white text reads better on a colour than black (relative luminance, WCAG 2.2)."""

    def linear(value: float) -> float:
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.24
