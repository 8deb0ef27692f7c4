"""The probe of the goal `fragmentation`."""

from __future__ import annotations

import pytest
from builders import catalog, daemonset, scenario, service

from planner.problem import build
from planner.problem.probe import probe_workload

SIZES = service("small", 3, cpu=1), service("large", 1, cpu=8), service("middle", 2, cpu=2), daemonset(cpu=9)


@pytest.mark.parametrize(
    ("room_for", "workloads", "position"),
    [
        ("largest", SIZES, 1),
        ("typical", SIZES, 0),  # of 1 1 1 2 2 8 the lower median
        ("typical", (*SIZES, service("more", 1, cpu=3)), 2),
        ("typical", (service("a", memory="2Gi"), service("b"), service("c", memory="3Gi")), 0),
        ("largest", (service("a", 0), service("b", 0)), None),
        ("largest", (), None),
    ],
)
def test_which_workload_is_the_probe(room_for, workloads, position):
    assert probe_workload(workloads, room_for) == position


@pytest.mark.parametrize(("room_for", "cpu"), [("largest", 4000), ("typical", 1000)])
def test_what_the_probe_takes(room_for, cpu):
    goals = ["unplaced", {"goal": "fragmentation", "room_for": room_for}]
    problem, _ = build(scenario(service("a", 3), service("b", cpu=4), goals=goals), catalog())
    assert problem.probe[problem.resources.index("cpu")] == cpu


def test_without_the_goal_there_is_no_probe():
    assert build(scenario(), catalog())[0].probe is None
