import time
import xml.etree.ElementTree as ET

import plot_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plots.bayplan import bay_plan_svg, shown_resources
from planner.plots.columns import tiles

SVG = "{http://www.w3.org/2000/svg}"


def hosts_of(svg: str) -> list[ET.Element]:
    return [g for g in ET.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "host"]


def stacks_of(host: ET.Element) -> list[ET.Element]:
    return [rect for rect in host.iter(f"{SVG}rect") if rect.get("class", "").startswith("s ")]


def room_of(host: ET.Element) -> ET.Element:
    return next(rect for rect in host.iter(f"{SVG}rect") if rect.get("class") == "room")


@pytest.mark.parametrize("sample", samples.ALL)
@pytest.mark.parametrize("resource", ["auto", "cpu", "memory", "pods", "volumes", "gpu"])
def test_every_picture_is_well_formed_and_shows_every_host(sample, resource):
    scenario, plan = samples.ALL[sample]()
    svg = bay_plan_svg(plan, scenario, resource)
    assert sum(int(host.get("data-hosts", 0)) for host in hosts_of(svg)) == len(plan.spec.hosts)
    assert svg.count("http") == 1  # the namespace: nothing is fetched


def test_heights_are_to_scale():
    scenario = samples.scenario_of(samples.workload("a", 2000, 4, 10), samples.workload("b", 1000, 16, 10))
    hosts = [
        samples.host("large", scenario, {"a": 3, "b": 2}, cpu=16_000, gib=64),
        samples.host("small", scenario, {"b": 1}, cpu=4000, gib=32),
    ]
    plan = samples.plan_of(scenario, hosts)
    # Large and small host; b (the larger share of all hosts, so at the bottom) and a in the large one, b in the small.
    for resource, sizes in (("cpu", (16, 4, 2, 6, 1)), ("memory", (64, 32, 32, 12, 16))):
        large, small = hosts_of(bay_plan_svg(plan, scenario, resource))
        drawn = [room_of(large), room_of(small), *stacks_of(large), *stacks_of(small)]
        heights = [float(rect.get("height")) for rect in drawn]
        assert heights == pytest.approx([size * heights[0] / sizes[0] for size in sizes], abs=0.2)


def test_stacks_lie_on_each_other_and_headroom_on_top():
    scenario, plan = samples.density()
    host = hosts_of(bay_plan_svg(plan, scenario, "cpu"))[0]
    level = 0.0
    for rect in stacks_of(host):
        level -= float(rect.get("height"))
        assert float(rect.get("y")) == pytest.approx(level, abs=0.15)
    kept = next(rect for rect in host.iter(f"{SVG}rect") if rect.get("class") == "kept")
    room = room_of(host)
    assert kept.get("y") == room.get("y")
    share = float(kept.get("height")) / float(room.get("height"))
    assert share == pytest.approx(8000 / 95_500, abs=0.002)


def test_a_workload_has_one_colour_in_every_resource():
    scenario, plan = samples.three_clouds()
    seen: dict[str, set[str]] = {}
    for resource in shown_resources(plan):
        for host in hosts_of(bay_plan_svg(plan, scenario, resource)):
            for rect in stacks_of(host):
                if " " not in rect.get("data-w"):
                    seen.setdefault(rect.get("data-w"), set()).add(rect.get("class"))
    coloured = {ids: classes for ids, classes in seen.items() if "s c" in " ".join(classes)}
    assert len(coloured) == 12
    assert all(len(classes) == 1 for classes in coloured.values())


def test_the_binding_resource_stands_under_the_host():
    scenario, plan = samples.density()
    svg = bay_plan_svg(plan, scenario)
    assert "heights show pods" in svg
    text = [t.text for t in hosts_of(svg)[0].iter(f"{SVG}text") if "binds" in t.get("class", "")]
    assert text == ["pods 98\u00a0%"]


def test_an_overfull_host_gets_a_red_line():
    scenario = samples.scenario_of(samples.workload("a", 9000, 1, 1))
    over = samples.plan_of(scenario, [samples.host("h", scenario, {"a": 1}, cpu=8000, gib=64)])
    fits = samples.plan_of(scenario, [samples.host("h", scenario, {"a": 1}, cpu=9000, gib=64)])
    assert 'class="over"' in bay_plan_svg(over, scenario, "cpu")
    assert 'class="over"' not in bay_plan_svg(fits, scenario, "cpu")


def test_work_from_outside_the_scenario_is_still_to_scale():
    _, plan = samples.density()
    other = samples.scenario_of(samples.workload("db-small", 250, 1, 240, 1))
    host = hosts_of(bay_plan_svg(plan, other, "cpu"))[0]
    used = sum(float(rect.get("height")) for rect in stacks_of(host)) / float(room_of(host).get("height"))
    assert used == pytest.approx(plan.spec.hosts[0].used.cpu / 95_500, abs=0.003)


def test_hosts_without_limit_are_drawn_as_high_as_their_use():
    scenario, plan = samples.one_host()
    host = hosts_of(bay_plan_svg(plan, scenario, "pods"))[0]
    assert len(stacks_of(host)) == 2
    assert not [rect for rect in host.iter(f"{SVG}rect") if rect.get("class") == "room"]


def test_an_unknown_resource_is_refused():
    scenario, plan = samples.density()
    with pytest.raises(ValueError, match="'bananas', expected auto or one of cpu, "):
        bay_plan_svg(plan, scenario, "bananas")


@pytest.mark.parametrize("alike", [True, False])
def test_a_large_fleet_stays_small_and_quick(alike):
    scenario, plan = samples.ALL["fleet_alike" if alike else "fleet"]()
    assert sum(host.replicas for host in plan.spec.hosts) == 50_000
    start = time.process_time()
    svg = bay_plan_svg(plan, scenario)
    assert time.process_time() - start < 3
    assert len(svg.encode()) < 3_000_000
    assert len(hosts_of(svg)) <= 150


@given(st.integers(1, 400), st.floats(20, 140), st.floats(3, 300))
def test_tiles_have_equal_areas_and_fill_the_stack(count, width, height):
    rows = tiles(count, width, height)
    assert sum(across for across, _ in rows) == count
    assert sum(row for _, row in rows) == pytest.approx(height)
    for across, row in rows:
        assert width / across * row == pytest.approx(width * height / count)
