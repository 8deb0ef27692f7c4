"""What came out of a film: figures by policy over all seeds, how sure they are, and which promises were kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.base import API_VERSION, Frozen, Metadata
from models.film import FilmSpec

Measure = Literal[
    "density", "cost_per_month", "hosts", "hosts_used", "pending_mean_seconds", "pending_p95_seconds",
    "pending_longest_seconds", "evictions", "moves", "dropped", "waiting_at_end", "unavailable_minutes",
    "missing_replica_hours",
]  # fmt: skip
"""What is measured of a run: `density` units on a host in use, money a month of 730 hours, hosts there and in use;
how long those that were placed (or still wait) waited for a host; how often containers lost their host, and got another
one; such as no host could ever take; minutes in which a workload ran fewer replicas than its objective asks for, all
workloads added up; hours of a replica by which what served was short of what should have."""


class Estimate(Frozen):
    """The mean over seeds, with its 95 % confidence interval (Student's t) where there was more than one."""

    mean: float
    low: float | None = None
    high: float | None = None


class ReleaseRun(Frozen):
    """A release in one run."""

    seed: int
    workload: str
    at_hours: float = Field(description="when it was ordered")
    strategy: str = ""
    result: Literal["done", "rolled back", "not finished"]
    why: str = ""
    minutes: float | None = None
    surge: int = Field(default=0, description="most replicas beyond those there should be")
    waited: int = Field(default=0, description="new containers that found no host at once")


class Recovery(Frozen):
    """A fault in one run, and how long it took until all that it took off its hosts had a host again."""

    seed: int
    what: str
    where: str = ""
    at_hours: float
    hours: float | None = Field(default=None, description="how long the fault itself lasted, where it ends")
    containers: int
    seconds: float | None = Field(default=None, description="None where some never had a host again")
    never: dict[str, int] = Field(default_factory=dict, description="containers that never had one, by workload")
    why: str = ""


class ObjectiveVerdict(Frozen):
    """Whether a promise was kept, in every run."""

    workload: str
    promise: Literal["availability", "recovery", "queue"]
    promised: float = Field(description="shares, or seconds of recovery")
    mean: float
    worst: float
    kept_runs: int
    runs: int

    @property
    def kept(self) -> bool:
        """Whether it was kept in every run."""
        return self.kept_runs == self.runs


class FilmEvent(Frozen):
    """Something that people should see in a chart: a fault or a release, of the first run."""

    kind: Literal["fault", "release"]
    what: str
    at_hours: float
    hours: float


class Series(Frozen):
    """Means over seeds by time: one number for each of `hours`, when the interval before it ended."""

    hours: tuple[float, ...] = ()
    values: dict[str, tuple[float, ...]] = Field(
        default_factory=dict,
        description="hosts, hosts_used, cost (an hour), running, waiting, density, serving, wanted, used_RESOURCE",
    )


class RunTrace(Frozen):
    """How to know a run again: its seed, the hash of all its decisions, and the days that were played."""

    seed: int
    decisions: str
    days: float


class PolicyResult(Frozen):
    """What a policy made of the film. Differences are to the first policy, paired by seed."""

    policy: str
    runs: tuple[RunTrace, ...]
    figures: dict[Measure, Estimate]
    differences: dict[Measure, Estimate] = Field(default_factory=dict)
    allocation: dict[str, Estimate] = Field(
        default_factory=dict, description="the share of what the hosts there have that containers ask for, by resource"
    )
    unavailable_minutes: dict[str, Estimate] = Field(
        default_factory=dict, description="by workload with an objective: fewer replicas served than it asks for"
    )
    unavailable_by_priority: dict[str, Estimate] = Field(default_factory=dict, description="the same by priority")
    missing_replica_hours: dict[str, Estimate] = Field(
        default_factory=dict, description="by workload, those of which any were missing"
    )
    releases: tuple[ReleaseRun, ...] = ()
    recoveries: tuple[Recovery, ...] = Field(default=(), description="the hundred slowest, those without end first")
    faults: int = Field(default=0, description="faults in all runs")
    objectives: tuple[ObjectiveVerdict, ...] = ()
    events: tuple[FilmEvent, ...] = ()
    series: Series = Series()

    @property
    def kept(self) -> bool:
        """Whether every promise was kept in every run."""
        return all(verdict.kept for verdict in self.objectives)


class SimulationSpec(Frozen):
    """What was played."""

    scenario: str
    film: FilmSpec
    begins_with: str = Field(default="", description="where the hosts that the film begins with come from")


class SimulationStatus(Frozen):
    """What came out of it."""

    ended: Literal["done", "cancelled"] = "done"
    policies: tuple[PolicyResult, ...] = ()
    currency: str = "USD"
    density_unit: str = "container"
    seconds: float = 0
    input_hash: str = ""
    catalog_date: str = ""
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether every policy kept every promise."""
        return all(result.kept for result in self.policies)


class Simulation(Frozen):
    """The result of a film (`kind: Simulation`)."""

    apiVersion: Literal["bayplan/v1"] = API_VERSION  # noqa: N815 (as Kubernetes writes it)
    kind: Literal["Simulation"] = "Simulation"
    metadata: Metadata
    spec: SimulationSpec
    status: SimulationStatus
