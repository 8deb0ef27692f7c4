"""What came out of a film, in words and cells: for terminals and pages alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models.simulation import (
    Estimate,
    Measure,
    ObjectiveVerdict,
    PolicyResult,
    Recovery,
    ReleaseRun,
    Simulation,
)
from planner.plots.labels import counted, money, number, plural


@dataclass(frozen=True)
class Line:
    """A row of the table of figures: what is measured, its unit, and what is better.

    Attributes
    ----------
    measure : Measure
    title : str
    unit : str
    better : {"", "least", "most"}
        Which policy to mark.
    always : bool
        Whether it is shown where all policies have 0.
    """

    measure: Measure
    title: str
    unit: str = ""
    better: Literal["", "least", "most"] = "least"
    always: bool = False


def lines(simulation: Simulation) -> list[Line]:
    """The rows to show: those that are 0 everywhere are left out, but for the main ones."""
    unit = plural(simulation.status.density_unit)
    rows = [
        Line("density", "density", f"{unit} per host in use", "most", always=True),
        Line("cost_per_month", "cost", "a month", always=True),
        Line("hosts", "hosts there", "mean", always=True),
        Line("hosts_used", "hosts in use", "mean", always=True),
        Line("pending_mean_seconds", "wait for a host", "mean"),
        Line("pending_p95_seconds", "wait for a host", "95 % wait less"),
        Line("pending_longest_seconds", "wait for a host", "longest"),
        Line("waiting_at_end", "waiting at the end", "containers"),
        Line("evictions", "evictions", "a run"),
        Line("moves", "moves", "a run"),
        Line("dropped", "dropped", "containers"),
        Line("unavailable_minutes", "below objective", "minutes, all workloads"),
        Line("missing_replica_hours", "missing replicas", "replica-hours"),
    ]
    results = simulation.status.policies
    return [row for row in rows if row.always or any(r.figures[row.measure].mean for r in results)]


def value(measure: Measure, amount: float, currency: str) -> str:
    """An amount of a measure for people."""
    if measure == "cost_per_month":
        return money(Decimal(str(round(amount, 2))), currency)
    if measure.endswith("_seconds"):
        return span(amount)
    return number(round(amount, 3))


def cell(measure: Measure, figure: Estimate, currency: str) -> str:
    """The mean with its interval: `1.98 ± 0.02`."""
    told = value(measure, figure.mean, currency)
    return told if not margin(figure) else f"{told} ± {value(measure, margin(figure), currency)}"


def margin(figure: Estimate) -> float:
    """Half of the 95 % interval; 0 where there is none, or hardly any."""
    off = 0.0 if figure.high is None else figure.high - figure.mean
    return off if off > 5e-4 * abs(figure.mean) else 0.0


def best(simulation: Simulation, line: Line) -> set[str]:
    """The policies that are best at a measure; none where all are alike."""
    means = {result.policy: round(result.figures[line.measure].mean, 6) for result in simulation.status.policies}
    if not line.better or len(set(means.values())) < 2:
        return set()
    goal = min(means.values()) if line.better == "least" else max(means.values())
    return {policy for policy, mean in means.items() if mean == goal}


def span(seconds: float) -> str:
    """A stretch of time for people: `8 s`, `5.8 min`, `3.2 h`, `2.5 days`."""
    for unit, per, least in (("days", 86_400, 172_800), ("h", 3600, 5400), ("min", 60, 90)):
        if seconds >= least:
            return f"{number(seconds / per)} {unit}"
    return f"{number(round(seconds, 3))} s"


def promise(verdict: ObjectiveVerdict) -> str:
    """A verdict as a sentence."""
    if verdict.promise == "recovery":
        told = f"back after {span(verdict.worst)} at the longest, promised {span(verdict.promised)}"
    elif verdict.promise == "queue":
        told = f"{_share(verdict.worst)} of the jobs start in time, promised {_share(verdict.promised)}"
    else:
        told = f"available {_share(verdict.worst)} of the time, promised {_share(verdict.promised)}"
    worst = f" in the worst of {counted(verdict.runs, 'run')}" if verdict.runs > 1 else ""
    kept = "kept" if verdict.kept else "broken"
    some = f" ({verdict.kept_runs} of {verdict.runs} runs keep it)" if 0 < verdict.kept_runs < verdict.runs else ""
    return f"{verdict.workload}: {kept}{some}, {told}{worst}"


def _share(share: float) -> str:
    """Five digits, never rounded up: 99.95 % is not 100 %."""
    cut = int(share * 1e5 + 1e-6) / 1e3
    return f"{cut:.3f}".rstrip("0").rstrip(".") + " %"


def release(run: ReleaseRun) -> str:
    """A release as a sentence."""
    how = f" ({run.strategy.replace('_', '/')})" if run.strategy else ""
    took = f" after {span(run.minutes * 60)}" if run.minutes is not None else ""
    why = f": {run.why}" if run.why else ""
    beside = f"; {counted(run.surge, 'replica')} beside those there should be" if run.surge else ""
    late = f", {counted(run.waited, 'new container')} had to wait" if run.waited else ""
    return f"{run.workload}{how}, ordered at hour {number(run.at_hours)}: {run.result}{took}{why}{beside}{late}"


def recovery(fault: Recovery) -> str:
    """A fault and what became of it as a sentence."""
    head = f"{fault.what} {fault.where} at hour {number(fault.at_hours)}: {counted(fault.containers, 'container')}"
    if fault.seconds is not None:
        return f"{head}, all placed again after {span(fault.seconds)}"
    left = ", ".join(f"{count:,} {name}" for name, count in fault.never.items())
    return f"{head}, never placed again: {left} ({fault.why})"


def gathered(sentences: Iterable[str]) -> list[str]:
    """Sentences that are told of several runs once, with how many."""
    return [told if n == 1 else f"{told} ({n} runs)" for told, n in Counter(sentences).items()]


def compared(result: PolicyResult, first: str, simulation: Simulation) -> Iterator[str]:
    """What of a policy differs from the first one for sure: the 95 % interval of paired differences leaves out 0."""
    for line in lines(simulation):
        figure = result.differences.get(line.measure)
        if figure is None or figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
            continue
        if abs(figure.mean) < 1e-9:
            continue
        low, high = sorted((abs(figure.low), abs(figure.high)))
        more = "more" if figure.mean > 0 else "less"
        told = [value(line.measure, each, simulation.status.currency) for each in (abs(figure.mean), low, high)]
        name = f"{line.title} ({line.unit})" if line.unit else line.title
        yield f"{name}: {told[0]} {more} than {first} ({told[1]} to {told[2]})"
