"""The page of a film: charts to scale, units on every axis, and hostile names that stay text."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from models.base import Metadata
from models.film import FilmSpec
from models.simulation import (
    Estimate,
    FilmEvent,
    ObjectiveVerdict,
    PolicyResult,
    RunTrace,
    Series,
    Simulation,
    SimulationSpec,
    SimulationStatus,
)
from planner.plots import film_words as words
from planner.plots.film import charts, curves_of
from planner.plots.film_report import film_html
from planner.plots.time_chart import Band, Curves, thinned, ticks, time_chart
from planner.simulation.summary import MEASURES

HOSTILE = "<script>alert('x')</script>"


def result(policy, cost):
    return PolicyResult(
        policy=policy,
        runs=(RunTrace(seed=1, decisions="00", days=1),),
        figures={name: Estimate(mean=cost if name == "cost_per_month" else 1.0) for name in MEASURES},
        objectives=(
            ObjectiveVerdict(
                workload=HOSTILE, promise="availability", promised=0.999, mean=1, worst=1, kept_runs=1, runs=1
            ),
        ),
        events=(FilmEvent(kind="fault", what=HOSTILE, at_hours=1, hours=2),),
        series=Series(hours=(1.0, 2.0, 3.0), values={"hosts": (4.0, 2.0, 4.0), "serving": (1.0, 1.0, 1.0)}),
    )


def simulation():
    return Simulation(
        metadata=Metadata(name="film", description=HOSTILE),
        spec=SimulationSpec(scenario=HOSTILE, film=FilmSpec()),
        status=SimulationStatus(policies=(result("kubernetes", 100.0), result("best_fit", 90.0))),
    )


def test_a_page_holds_names_as_text_and_marks_the_best():
    page = film_html(simulation())
    assert HOSTILE not in page
    assert '<td class="n best">$90.00</td>' in page
    assert "Every promise is kept" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_every_chart_is_xml_and_names_its_units():
    curves = list(curves_of(simulation()))
    assert [each.title for each in curves][:1] == ["Hosts there"]
    assert all(each.unit for each in curves)
    for chart in charts(simulation()):
        ElementTree.fromstring(chart)
        assert "hours since the film began" in chart


def test_heights_and_bands_are_to_scale():
    chart = time_chart(Curves("Hosts", "hosts", [1.0, 2.0], {"a": [10.0, 0.0]}), [Band("fault", 0.0, 1.0, "one")])
    (width,) = re.findall(r'class="band fault" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', chart)
    first, level, second = map(float, re.search(r'd="M[\d.]+ ([\d.]+)H[\d.]+ V([\d.]+)H([\d.]+)"', chart).groups())
    assert first < level
    assert second - 48 == pytest.approx(2 * float(width), abs=0.2)


@pytest.mark.parametrize(
    ("low", "high", "marks"), [(0, 10, [0, 5, 10]), (0, 4, [0, 1, 2, 3, 4]), (0, 0.3, [0, 0.1, 0.2, 0.3])]
)
def test_ticks_are_round(low, high, marks):
    assert ticks(low, high) == pytest.approx(marks)


def test_thinned_values_are_means():
    assert thinned([1.0, 3.0, 5.0, 7.0], 2) == [2.0, 6.0]


def test_shares_are_never_rounded_up():
    verdict = simulation().status.policies[0].objectives[0].model_copy(update={"worst": 0.9999999, "workload": "web"})
    assert words.promise(verdict) == "web: kept, available 99.999 % of the time, promised 99.9 %"
