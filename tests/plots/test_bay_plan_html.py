import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import plot_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plots.html_report import bay_plan_html
from planner.plots.labels import escaped, number, percent, shortened, text_width
from planner.plots.words import verdict

OPEN_ENDED = {"meta", "input", "br"}


class Page(HTMLParser):
    """Collects elements and text, and checks that every element is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in OPEN_ENDED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.text += data


@pytest.mark.parametrize("sample", samples.ALL)
def test_the_page_is_whole_and_fetches_nothing(sample):
    scenario, plan = samples.ALL[sample]()
    html = bay_plan_html(plan, scenario)
    page = Page(html)
    assert "://" not in html
    assert "@import" not in html
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#headroom"}
    for _, attributes in page.tags:
        assert "src" not in attributes
        assert not (attributes.get("href") or "#").startswith(("/", "h", "j"))
    assert sum(tag == "script" for tag, _ in page.tags) == 2


@pytest.mark.parametrize("sample", samples.ALL)
def test_every_view_shows_every_host(sample):
    scenario, plan = samples.ALL[sample]()
    views = re.split(r'<div class="view" data-view=', bay_plan_html(plan, scenario))[1:]
    for view in views:
        assert sum(map(int, re.findall(r'data-hosts="(\d+)"', view))) == len(plan.spec.hosts)
    assert [view for view in views if view.startswith('"pods">')] or sample != "density"


def test_hostile_names_stay_text():
    scenario, plan = samples.evil_names()
    html = bay_plan_html(plan, scenario)
    assert "<script>alert" not in html
    assert "\x1b" not in html
    page = Page(html)
    assert '<script>alert("1")</script>' in page.text
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    data = next(script for script in page.scripts if script.startswith("{"))
    assert "<" not in data
    assert json.loads(data)["names"][0].startswith('<script>alert("1")</script>')


def test_the_figures_stand_first():
    scenario, plan = samples.density()
    html = bay_plan_html(plan, scenario)
    assert re.search(r"<b><i>12</i>4</b><span>hosts in use, 8 freed", html)
    assert re.search(r"<b><i>33.3</i>100</b><span>databases per host", html)
    assert "$3,212" in html
    assert "before $9,636" in html
    assert "No plan that keeps every rule uses fewer hosts." in html


def test_what_was_left_out_is_told_with_its_funnel():
    scenario, plan = samples.three_clouds()
    text = Page(bay_plan_html(plan, scenario)).text
    for told in (
        "4 replicas left out, priority 10", "removed 112, 6 left: no GPU on 112", "removed 1, 0 left",
        "Smallest change: one more g5.12xlarge", "Within 3.8 % of the best", "sha256:5b1f0c2e", "savings 1y",
        "prices of 6 host types are older than 90 days", "rule funnel", "ortools 9.14", "not known",
    ):  # fmt: skip
        assert told in text


def test_a_plan_is_called_proven_only_where_it_is():
    said = {}
    for state, gap in (
        ("OPTIMAL", 0.0),
        ("FEASIBLE", 0.031),
        ("FEASIBLE", None),
        ("INFEASIBLE", None),
        ("UNKNOWN", None),
    ):
        _, plan = samples.density()
        status = plan.status.model_copy(update={"state": state, "gap": gap, "bound": 3.0 if gap else None})
        said[state, gap] = verdict(status)[0]
    assert [state for (state, _), head in said.items() if "optimal" in head.lower()] == ["OPTIMAL"]
    assert said["FEASIBLE", 0.031] == "Within 3.1 % of the best"
    assert said["FEASIBLE", None] == "Valid, not proven best"


def test_two_thousand_different_hosts_make_a_page_of_reasonable_size():
    scenario, plan = samples.ALL["fleet"]()
    html = bay_plan_html(plan, scenario)
    assert len(html.encode()) < 3_000_000


@given(st.text())
def test_any_text_is_safe_in_xml(text):
    ET.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>'.encode())


@given(st.text(max_size=80), st.floats(1, 30))
@settings(max_examples=50)
def test_shortened_text_fits(text, room):
    assert text_width(shortened(text, room)) <= room


def test_numbers_are_written_for_people():
    assert [number(value) for value in (0, 0.25, 2.5, 33.333, 100, 12345.6)] == [
        "0",
        "0.25",
        "2.5",
        "33.3",
        "100",
        "12,346",
    ]
    assert [percent(share) for share in (0, 0.004, 0.985, 0.996, 1.0)] == [
        "0\u00a0%", "<1\u00a0%", "98\u00a0%", "99\u00a0%", "100\u00a0%",
    ]  # fmt: skip
