"""Running one rival, or Bayplan, on an instance in this run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.peers.instance import Instance
from benchmarks.rows import Row
from planner.problem import broken_forms
from planner.problem.score import tier_value, unplaced
from planner.solvers.portfolio import Portfolio
from planner.solvers.result import deciding_goal
from planner.solvers.stop import Stop

SCRIPTS = Path(__file__).parent / "rivals"
RIVALS = {
    "CP-SAT": "cp_sat",
    "HiGHS": "highs",
    "Timefold": "timefold_solver",
    "VPSolver": "vpsolver_arcflow",
    "Rebalancer search": "rebalancer_search",
    "Rebalancer MIP": "rebalancer_mip",
    "Rebalancer subsets": "rebalancer_subsets",
}
GRACE = 60.0
"""Seconds beyond its limit after which a rival is ended: several build their model without looking at the clock."""


class SkippedError(Exception):
    """A rival that cannot be had here, or that ended without a plan; the message says why."""


def ours(instance: Instance, seconds: float, seed: int) -> Row:
    """Bayplan's portfolio."""
    begun = perf_counter()
    result = Portfolio().solve(instance.problem, Stop(seconds=seconds), seed=seed)
    taken = perf_counter() - begun
    if broken_forms(instance.problem, result.solution) or unplaced(instance.problem, result.solution).any():
        raise AssertionError(f"{instance.name}: the plan breaks its forms or leaves copies out")
    goal = deciding_goal(instance.problem.goals)
    bound = result.bounds[instance.problem.goals.index(goal)].value
    return _row(instance, "Bayplan", tier_value(instance.problem, result.solution, goal), bound, taken)


def rival(instance: Instance, name: str, python: Mapping[str, str], seconds: float) -> Row:
    """A rival in a process of its own.

    Parameters
    ----------
    python : mapping
        The interpreters that have rivals' packages, by the rival's first word; this one by default.

    Raises
    ------
    SkippedError
        With one sentence.
    """
    interpreter = python.get(name.split()[0], sys.executable)
    path = f"{Path(interpreter).absolute().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "instance.json"
        file.write_text(instance.document, encoding="utf-8")
        command = [interpreter, str(SCRIPTS / f"{RIVALS[name]}.py"), str(file), str(seconds)]
        begun = perf_counter()
        code, told, said = _ended(
            command, seconds + GRACE, {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        )
        taken = perf_counter() - begun
    if code is None:
        raise SkippedError(f"{name} found nothing within {seconds + GRACE:g} s")
    if code:
        why = (said.strip() or "no message").splitlines()[-1]
        raise SkippedError(f"{name} cannot be run by {interpreter}: {why[:200]}")
    found = json.loads(told.strip().splitlines()[-1])
    if found["value"] is None:
        raise SkippedError(f"{name} found no plan within {seconds:g} s")
    return _row(instance, name, found["value"], found["bound"], taken)


def _ended(command: list[str], seconds: float, environment: Mapping[str, str]) -> tuple[int | None, str, str]:
    """Exit code, output and errors of a command, None out of time; all that it started is ended with it."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            told, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None, "", ""
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, told, said


def _row(instance: Instance, solver: str, value: float, bound: float | None, seconds: float) -> Row:
    counted = deciding_goal(instance.problem.goals).goal == "hosts"
    unit = 1 if counted else 1_000_000
    bound = None if bound is None else bound / unit
    return Row(instance.name, value / unit, bound, seconds, more={"solver": solver})
