"""`python -m benchmarks.reassignment`: re-place the processes of one model, within a time limit kept to the end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.lifetime import lifetime
from benchmarks.reassignment.known import known_cost
from benchmarks.reassignment.text import read_problem, write_assignment
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from planner.solvers.reassign import Reassign, Reassigned, Reassignment
from planner.solvers.reassign.evaluate import costs, violations
from planner.solvers.stop import Stop

MARGIN, PER_NUMBER = 0.4, 2e-6
"""CPU seconds kept for checking, writing and ending; and for each process and resource."""


def main(
    model: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The contest's format (plain, .xz, .gz).")],
    assignment: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Where processes run now.")],
    out: Annotated[Path, typer.Option(help="The new assignment (plain, .xz, .gz).")],
    time_limit: Annotated[float, typer.Option(min=1, help="Wall-clock seconds of the whole command.")] = 300.0,
    best: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Known costs (.csv).")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the row in results/reassignment.json.")] = False,
) -> None:
    """Find a cheaper assignment, check it by an evaluation of its own, and write it."""
    problem = read_problem(model, assignment)
    stop = Stop(seconds=max(0.0, time_limit - lifetime() - margin(problem)))
    found = Reassign().solve(problem, stop, seed=seed)
    check(problem, found)
    write_assignment(out, found.place)
    name = model.name.partition(".")[0].removeprefix("model_")
    row = told(problem, found, name, known_cost(best, name) if best else None, seed)
    show([row], f"{name}, {time_limit:g} s", as_json=as_json)
    if keep:
        kept = record("reassignment", {"time_limit": time_limit, "rows": [row.flat()]})
        Console(stderr=True).print(f"recorded in {kept}")


def margin(problem: Reassignment) -> float:
    """Seconds that the rest of the command may take: more where others have slowed its start down."""
    slowness = max(1.0, lifetime() / time.process_time())
    return slowness * (MARGIN + PER_NUMBER * problem.need.size)


def check(problem: Reassignment, found: Reassigned) -> None:
    """Check an assignment and its cost by the problem's own words.

    Raises
    ------
    AssertionError
        If it breaks a rule or costs something else: a bug in Bayplan.
    """
    broken = {rule: count for rule, count in violations(problem, found.place).items() if count}
    paid = costs(problem, found.place)
    if broken or sum(paid.values()) != found.cost:
        raise AssertionError(f"breaks {broken}, costs {paid}, told {found.cost}")


def told(problem: Reassignment, found: Reassigned, name: str, best: int | None, seed: int) -> Row:
    """What the benchmark says of an assignment; `score` is the contest's: (value - best) / initial cost."""
    initial = sum(costs(problem, problem.initial).values())
    more = {
        **costs(problem, found.place),
        "initial": initial,
        "score": None if best is None else round((found.cost - best) / max(1, initial), 8),
        "moved": int((found.place != problem.initial).sum()),
        "ended": found.ended,
        "seed": seed,
    }
    return Row(name, found.cost, found.bound, round(found.seconds, 2), best, more)


if __name__ == "__main__":
    typer.run(main)
