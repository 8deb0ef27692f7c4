"""The re-placement benchmark: its command, and its figures against the contest's where the data is at hand."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reassignments import drawn
from test_reassignment_text import model_text

from benchmarks.reassignment.__main__ import check
from benchmarks.reassignment.known import known_cost
from benchmarks.reassignment.text import read_numbers, read_problem, write_assignment
from planner.solvers.reassign.bound import lower_bound
from planner.solvers.reassign.evaluate import costs, violations
from planner.solvers.reassign.facts import facts_of
from planner.solvers.reassign.result import Reassigned

DATA = Path(__file__).parents[3] / "shared" / "data" / "roadef2012"
NAMES = ["a1_1", "a1_4", "a2_2", "a2_3"]
public = pytest.mark.skipif(not DATA.exists(), reason="the contest's instances are not at hand")


def test_the_command_writes_what_it_tells(tmp_path):
    problem = drawn(2, processes=20, machines=5)
    model, assignment, out = tmp_path / "model_small.txt", tmp_path / "assignment.txt.xz", tmp_path / "new.txt.xz"
    model.write_text(model_text(problem))
    write_assignment(assignment, problem.initial)
    best = tmp_path / "best.csv"
    best.write_text("instance,team_s41_reported_300s,team_s41_program_rerun_verified\nsmall,999999,\n")
    options = ["--model", model, "--assignment", assignment, "--out", out, "--best", best, "--time-limit", "5"]
    command = [sys.executable, "-m", "benchmarks.reassignment", *map(str, options), "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    [row] = json.loads(printed.stdout)
    place = read_numbers(out)
    assert not any(violations(problem, place).values())
    assert row["value"] == sum(costs(problem, place).values())
    assert (row["name"], row["best"], row["initial"]) == (
        "small",
        999999,
        sum(costs(problem, problem.initial).values()),
    )
    assert row["bound"] <= row["value"] <= row["initial"]
    assert row["gap"] == (row["value"] - row["bound"]) / row["value"]


def test_wrong_results_are_found_out():
    problem = drawn(2)
    cost = sum(costs(problem, problem.initial).values())
    found = Reassigned(problem.initial, cost, 0, "time", 1.0)
    check(problem, found)
    with pytest.raises(AssertionError, match=f"told {cost - 1}"):
        check(problem, replace(found, cost=cost - 1))
    with pytest.raises(AssertionError, match="conflict"):
        check(problem, replace(found, place=np.zeros_like(problem.initial)))


@public
@pytest.mark.parametrize("name", NAMES)
def test_published_costs_and_reference_solutions(name):
    problem = read_problem(DATA / f"model_{name}.txt.xz", DATA / f"assignment_{name}.txt.xz")
    with (DATA / "best_known.csv").open() as stream:
        row = next(row for row in csv.DictReader(stream) if row["instance"] == name)
    assert sum(costs(problem, problem.initial).values()) == int(row["initial_cost"])
    reference = read_numbers(DATA / "reference_solutions" / f"{name}.txt.xz")
    assert sum(costs(problem, reference).values()) == int(row["team_s41_program_rerun_verified"])
    assert not any(violations(problem, reference).values())
    assert lower_bound(facts_of(problem)) == int(row["lower_bound_team_j12"])
    assert known_cost(DATA / "best_known.csv", name) <= int(row["team_s41_reported_300s"])


@public
@pytest.mark.parametrize("name", NAMES)
def test_the_contest_checker_agrees(name, monkeypatch):
    monkeypatch.syspath_prepend(str(DATA))
    contest = pytest.importorskip("check").Model(str(DATA / f"model_{name}.txt.xz"))
    problem = read_problem(DATA / f"model_{name}.txt.xz", DATA / f"assignment_{name}.txt.xz")
    random = np.random.default_rng(1)
    place = np.where(random.random(problem.processes) < 0.3, random.integers(0, problem.machines, problem.processes),
                     problem.initial)  # fmt: skip
    theirs, ours = contest.violations(problem.initial, place), violations(problem, place)
    assert {rule: count > 0 for rule, count in ours.items()} == {
        "capacity": theirs["capacity"] + theirs["transient"] > 0,
        **{rule: theirs[rule] > 0 for rule in ("conflict", "spread", "dependency")},
    }
    paid = contest.cost(problem.initial, place)
    assert costs(problem, place) == {part: paid[part] for part in ("load", "balance", "process", "service", "machine")}
