"""Progress on standard error, and Ctrl-C or SIGTERM, in processes of their own."""

from __future__ import annotations

import signal
import time

import pytest
from cli_cases import start, write_case

from planner.cli.watch import line
from planner.formats.documents import read_plan
from planner.solvers.result import Progress
from planner.solvers.stop import Stop

SLOW = "FirstFit(pause=0.05)"


def await_line(process, text: str) -> str:
    for told in process.stderr:
        if text in told:
            return told
    raise AssertionError(f"ended without {text!r}")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_the_best_plan_is_kept(tmp_path, asked):
    out = tmp_path / "plan.json"
    process = start("plan", write_case(tmp_path), "--time-limit", "120", "--out", str(out), solver=SLOW)
    told = await_line(process, "unplaced")
    process.send_signal(asked)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "gap 100.0 %  0 unplaced  (fake)" in told
    assert "stopping: the best plan so far is kept" in stderr
    assert stdout.startswith("case  4 replicas on 1 host")
    assert read_plan(out).status.ended == "cancelled"


def test_a_second_ctrl_c_aborts_and_writes_nothing(tmp_path):
    out = tmp_path / "plan.json"
    process = start(
        "plan",
        write_case(tmp_path),
        "--time-limit",
        "120",
        "--out",
        str(out),
        solver="FirstFit(pause=0.05, stubborn=True)",
    )
    await_line(process, "unplaced")
    process.send_signal(signal.SIGINT)
    await_line(process, "stopping")
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert "aborted: nothing was written" in stderr
    assert not out.exists()


def test_ctrl_c_while_the_exact_solver_runs(tmp_path):
    shapes = [(1 + n % 5, 150 + n * 173 % 4300, 384 + n * 1237 % 9000) for n in range(25)]
    workloads = [
        {"name": f"w{n}", "replicas": count, "requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}}
        for n, (count, cpu, memory) in enumerate(shapes)
    ]
    case = write_case(tmp_path, workloads=workloads)
    real = "__import__('planner.solvers.portfolio', fromlist=['x']).Portfolio()"
    process = start("plan", case, "--time-limit", "120", solver=real)
    await_line(process, "CP-SAT")
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "the search ended: cancelled" in stdout or "the search ended: optimal" in stdout


def test_quiet_says_nothing(tmp_path):
    process = start("plan", write_case(tmp_path), "--time-limit", "2", "--quiet", solver=SLOW)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert stdout


def test_a_progress_line():
    clock = Stop().start()
    told = line(clock, Progress(1.0, "cost", 8_547_945.0, 8_219_178.0, 3, "cp-sat")).plain
    assert told == "0 s  cost $6,240 a month  bound $6,000 a month  gap 3.8 %  3 unplaced  (cp-sat)"
    assert line(clock, None).plain == "0 s  looking for a first plan"
    assert line(clock, Progress(1.0, "hosts", None, None, 0, "")).plain == "0 s  0 unplaced"
