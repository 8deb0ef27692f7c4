import io
import re

import plot_samples as samples
import pytest
from rich.cells import cell_len
from rich.console import Console

from planner.plots.terminal import bay_plan_text


def printed(plan, scenario=None, width=80, lines=25, encoding="utf-8", **console) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(width=width, file=file, **console).print(bay_plan_text(plan, width, scenario, lines))
    file.flush()
    return file.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("sample", samples.ALL)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("with_scenario", [True, False])
def test_lines_fit_the_terminal(sample, width, with_scenario):
    scenario, plan = samples.ALL[sample]()
    for most in (12, 25):
        text = printed(plan, scenario if with_scenario else None, width, most)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert len(text.splitlines()) <= most


@pytest.mark.parametrize("sample", ["density", "three_clouds", "fleet", "fleet_alike", "many_workloads", "one_host"])
def test_multiplicities_sum_to_the_hosts(sample):
    scenario, plan = samples.ALL[sample]()
    counts = re.findall(r"^ *[×⌀] ([\d,]+) ", printed(plan, scenario), re.MULTILINE)
    assert sum(int(count.replace(",", "")) for count in counts) == len(plan.spec.hosts)


def test_bars_are_to_scale():
    scenario = samples.scenario_of(samples.workload("a", 2000, 1, 10))
    hosts = [
        samples.host("large", scenario, {"a": 4}, cpu=16_000, gib=64, pods=None),
        samples.host("small", scenario, {"a": 1}, cpu=4000, gib=64, pods=None, host_type="r4"),
    ]
    bars = re.findall(r"× 1 (\S+)", printed(samples.plan_of(scenario, hosts), scenario))
    assert [len(bar) for bar in bars] == [36, 9]
    assert [bar.count("a") for bar in bars] == pytest.approx([18, 4.5], abs=0.5)


def test_headroom_is_drawn_apart_from_free_room():
    scenario = samples.scenario_of(samples.workload("a", 8000, 1, 10))
    kept = samples.Resources.of({"cpu": 4000})
    host = samples.host("h", scenario, {"a": 1}, cpu=16_000, gib=64, pods=None, reserved=kept)
    text = printed(samples.plan_of(scenario, [host]), scenario)
    assert "a" * 18 + "·" * 9 + "░" * 9 in text
    assert "░ headroom" in text


def test_colours_on_a_terminal_letters_without():
    scenario, plan = samples.density()
    assert "█" in printed(plan, scenario, force_terminal=True, color_system="truecolor")
    plain = printed(plan, scenario, force_terminal=True, color_system="truecolor", no_color=True)
    assert "█" not in plain
    assert "a db-small" in plain


def test_an_ascii_terminal_gets_ascii():
    scenario, plan = samples.three_clouds()
    assert "x 1 " in printed(plan, scenario, encoding="ascii")


def test_hostile_names_are_neither_markup_nor_escape_codes():
    scenario, plan = samples.evil_names()
    text = printed(plan, scenario, width=200)
    assert "\x1b" not in text
    assert "[red]" in text


def test_nothing_placed_is_said():
    _, plan = samples.nothing_placed()
    assert printed(plan) == "No host is in use: nothing is placed.\n"
