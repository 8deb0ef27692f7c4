from itertools import combinations

import plot_samples as samples

from planner.plots.demand import Demands
from planner.plots.palette import GREYS, HUES, Family, is_dark, palette_of

# Viénot, Brettel and Mollon (1999): linear RGB as seen without long- or middle-wave cones.
PROTAN = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTAN = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def lab(colour: str, sight) -> tuple[float, float, float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    red, green, blue = (max(0.0, sum(a * b for a, b in zip(row, linear, strict=True))) for row in sight)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    f, g, h = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def distance(one: str, two: str, sight) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(two, sight), strict=True)) ** 0.5


def test_colours_stay_apart_for_everyone():
    for sight, least in ((NORMAL, 15), (PROTAN, 7), (DEUTAN, 7)):
        for one, two in combinations(HUES, 2):
            assert distance(one, two, sight) > least, (one, two)
        for one, two in combinations(HUES[:6], 2):
            assert distance(one, two, sight) > 12, (one, two)


def test_the_largest_workload_comes_first_and_the_rest_is_grey():
    scenario, plan = samples.many_workloads()
    palette = palette_of(plan, Demands(scenario))
    assert len(palette.coloured) == len(HUES)
    assert len(palette.grey) == 288
    assert {palette.colour(family.name) for family in palette.grey} == set(GREYS)
    demand, size = Demands(scenario), plan.spec.hosts[0].allocatable

    def share(family: Family) -> float:
        asked = demand[family.name]
        return max(asked.cpu / size.cpu, asked.memory / size.memory, asked.pods / (size.pods or 1))

    assert min(map(share, palette.coloured)) >= max(map(share, palette.grey))


def test_light_and_dark_inks():
    assert is_dark("#45379a")
    assert not is_dark("#ddcc77")
