"""The contest's files: what is written is what is read, and what is wrong is said."""

from dataclasses import fields

import numpy as np
import pytest
from reassignments import drawn

from benchmarks.reassignment.text import read_numbers, read_problem, write_assignment


def model_text(problem):
    """A model file of a problem, written from the description of the format."""
    lines = [[len(problem.transient)], *zip(problem.transient.astype(int), problem.load_weight, strict=True)]
    lines.append([problem.machines])
    columns = (problem.capacity, problem.safety, problem.machine_move)
    hosts = zip(problem.neighbourhood, problem.location, *columns, strict=True)
    lines += [[around, place, *has, *safe, *moves] for around, place, has, safe, moves in hosts]
    lines.append([len(problem.spread)])
    for service, spread in enumerate(problem.spread):
        needs = problem.depends[problem.depends[:, 0] == service, 1]
        lines += [[spread, len(needs)], needs]
    lines.append([problem.processes])
    tasks = zip(problem.service, problem.need, problem.process_move, strict=True)
    lines += [[service, *need, cost] for service, need, cost in tasks]
    lines.append([len(problem.balance)])
    for first, second, target, weight in problem.balance:
        lines += [[first, second, target], [weight]]
    lines.append(problem.move_weights)
    return "\n".join(" ".join(map(str, line)) for line in lines) + "\n"


@pytest.mark.parametrize("suffix", ["", ".xz", ".gz"])
def test_what_is_written_is_what_is_read(tmp_path, suffix):
    file = tmp_path / f"assignment.txt{suffix}"
    write_assignment(file, np.array([3, 0, 12]))
    assert read_numbers(file).tolist() == [3, 0, 12]


def test_a_model_is_read_whole(tmp_path):
    problem = drawn(4)
    (tmp_path / "model.txt").write_text(model_text(problem))
    write_assignment(tmp_path / "assignment.txt.xz", problem.initial)
    read = read_problem(tmp_path / "model.txt", tmp_path / "assignment.txt.xz")
    for field in fields(problem):
        expected = getattr(problem, field.name)
        if field.name == "depends":
            expected = expected[np.lexsort((expected[:, 1], expected[:, 0]))]
        np.testing.assert_array_equal(getattr(read, field.name), expected, err_msg=field.name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "ends early"),
        (lambda text: text + " 7", "1 numbers after the end"),
        (lambda text: text.replace(" ", " x ", 1), "holds more than integers"),
    ],
)
def test_broken_models_are_refused(tmp_path, change, said):
    problem = drawn(4)
    model, assignment = tmp_path / "model.txt", tmp_path / "assignment.txt"
    model.write_text(change(model_text(problem)))
    write_assignment(assignment, problem.initial)
    with pytest.raises(ValueError, match=said):
        read_problem(model, assignment)
