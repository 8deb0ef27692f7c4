import json
import lzma
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.packing import __main__ as packing
from benchmarks.packing.instances import Instance, read_best, read_instances, sample
from benchmarks.packing.solved import breaches, problem_of, solved
from benchmarks.packing.summary import figures, summary
from benchmarks.rows import Row

PAIRS = {"name": "pairs", "capacity": [10, 10], "items": [[6, 1], [4, 9], [6, 1]], "demand": [1, 2, 1]}
SINGLE = {"name": "single", "capacity": [5], "items": [[3], [3], [2]]}
BEST = "name,lower_bound,optimum,best_heuristic\npairs,2,2,3\nsingle,1,,3\n"


@pytest.fixture
def files(tmp_path):
    instances, best = tmp_path / "two.jsonl.xz", tmp_path / "two.best.csv"
    with lzma.open(instances, "wt") as file:
        file.write("\n".join(map(json.dumps, (PAIRS, SINGLE))))
    best.write_text(BEST)
    return str(instances), str(best)


def invoke(*options):
    app = Typer()
    app.command()(packing.main)
    return CliRunner().invoke(app, [*options, "--time-limit", "2"])


def test_instances_and_best_values_are_read(files, tmp_path):
    pairs, single = read_instances(Path(files[0]))
    assert (pairs.demand, single.demand) == ((1, 2, 1), (1, 1, 1))
    plain = tmp_path / "plain.jsonl"
    plain.write_text(json.dumps(SINGLE) + "\n\n")
    assert read_instances(plain) == [single]
    known = read_best(Path(files[1]))
    assert (known["pairs"].best, known["pairs"].proven, known["pairs"].heuristic) == (2, True, 3)
    assert (known["single"].best, known["single"].proven) == (3, False)


def test_the_best_of_several_columns_is_taken(tmp_path):
    file = tmp_path / "best.csv"
    file.write_text("name,items,lower_bound,upper_bound,optimum,how\na,9,3,5,,bounds only\n")
    assert read_best(file)["a"].best == 5


def test_equal_items_are_merged():
    problem = problem_of(Instance("pairs", (10, 10), ((6, 1), (4, 9), (6, 1)), (1, 2, 1)))
    assert dict(zip(map(tuple, problem.size.tolist()), problem.count.tolist(), strict=True)) == {(6, 1): 2, (4, 9): 2}


def test_needs_below_zero_are_packed_as_nothing_and_never_make_a_bound_too_high():
    instance = Instance("below", (10, 10), ((5, -2), (5, 8), (5, 4), (5, 10)), (1, 1, 1, 1))  # two bins: 12 - 2, and 10
    problem = problem_of(instance)
    assert problem.size.min() == 0
    assert problem.relaxation is not None
    assert problem.relaxation.capacity.tolist() == [[10, 12]]
    row = solved(instance, None, 2.0, 0)
    assert row.bound == 2
    assert row.value >= 2


def test_a_sample_is_spread_from_the_first_to_the_last():
    assert sample(range(101), 5) == [0, 25, 50, 75, 100]
    assert sample(range(3), 9) == sample(range(3), None) == [0, 1, 2]
    assert sample(range(3), 1) == [0]


@pytest.mark.parametrize(
    ("bins", "said"),
    [
        ([[(6, 1), (6, 1)], [(4, 9)], [(4, 9)]], "bin 0 holds 12 of 10 in dimension 0"),
        ([[(6, 1), (4, 9)], [(6, 1)]], "1 of 2 items (4, 9) are packed"),
        ([[(6, 1), (4, 9)], [(6, 1), (4, 9)], [(1, 1)]], "1 of 0 items (1, 1) are packed"),
        ([[(6, 1), (4, 9)], [(6, 1), (4, 9)]], None),
    ],
)
def test_the_check_finds_what_is_wrong(bins, said):
    instance = Instance("pairs", (10, 10), ((6, 1), (4, 9), (6, 1)), (1, 2, 1))
    assert breaches(instance, bins) == ([said] if said else [])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_instance_has_a_row(files, jobs):
    instances, best = files
    shown = invoke(instances, "--best", best, "--jobs", jobs, "--json")
    assert shown.exit_code == 0, shown.output
    pairs, single = json.loads(shown.stdout)
    assert (pairs["value"], pairs["best"], pairs["gap"], pairs["proven"]) == (2, 2, 0, True)
    assert (single["value"], single["best"], single["heuristic"]) == (2, 3, 3)
    assert "100.00% at or below the best known value, 1 below it" in shown.stderr


def test_a_summary_lists_what_is_worse():
    rows = [
        Row("good", 4, 4, 1.0, best=4, more={"proven": True, "heuristic": 5}),
        Row("bad", 6, 4, 1.0, best=5, more={"proven": False, "heuristic": 6}),
        Row("open", 5, 4, 1.0, best=5, more={"proven": False, "heuristic": 7}),
    ]
    told = figures(rows)
    assert (told["as_good"], told["better"], told["beaten"]) == (2 / 3, 0, 0.5)
    assert "  worse: bad 6, best known 5, bound 4" in list(summary(rows))
