"""One run of CP-SAT under a clock: limits, progress, and what it proved."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from planner.problem import Solution
from planner.solvers.cp_sat.model import Model
from planner.solvers.stop import Clock

_POLL = 0.05


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes
    ----------
    seconds : float
    work : float or None
        CP-SAT's deterministic time; under it, a run with one worker is repeatable.
    workers, seed : int
    gap : float
        Relative gap that is good enough.
    """

    seconds: float
    work: float | None
    workers: int
    seed: int
    gap: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a run found.

    Attributes
    ----------
    solution : Solution or None
    bound : int
        Proven for the objective, 0 where nothing is.
    optimal, infeasible : bool
    work : float
        Deterministic time used.
    """

    solution: Solution | None
    bound: int
    optimal: bool
    infeasible: bool
    work: float


def run(model: Model, limits: Limits, clock: Clock, told: Callable[[Solution, float], None] | None = None) -> Found:
    """Solve a model until a limit is met or someone cancels; `told` hears of each better solution and the bound."""
    cp_model = model.cp_model
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed % 2**31
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is for the clock, which keeps the best plan
    solver.parameters.relative_gap_limit = limits.gap
    if math.isfinite(limits.seconds):
        solver.parameters.max_time_in_seconds = limits.seconds
    if limits.work is not None:
        solver.parameters.max_deterministic_time = limits.work
    with _watched(solver, clock):
        status = solver.solve(model.model, _listener(model, told) if told else None)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    proven = solver.best_objective_bound if model.model.has_objective() else 0.0
    return Found(
        solution=model.solution(solver.value) if found else None,
        bound=max(0, math.ceil(proven - 1e-6)) if math.isfinite(proven) else 0,
        optimal=status == cp_model.OPTIMAL,
        infeasible=status == cp_model.INFEASIBLE,
        work=float(solver.response_proto.deterministic_time),
    )


@contextmanager
def _watched(solver: Any, clock: Clock) -> Iterator[None]:
    """Stop the solver soon after the clock is cancelled."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_POLL):
            if clock.cancelled:
                solver.stop_search()

    thread = threading.Thread(target=watch, name="cp-sat watcher", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _listener(model: Model, told: Callable[[Solution, float], None]) -> Any:
    class Listener(model.cp_model.CpSolverSolutionCallback):  # type: ignore[misc, name-defined]
        """Passes each better solution on."""

        def on_solution_callback(self) -> None:
            told(model.solution(self.value), float(self.best_objective_bound))

    return Listener()
