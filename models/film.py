"""A film: what happens to a plan over time, and which policies are to cope with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from models.base import API_VERSION, Frozen, Metadata, Name
from models.catalog import Purchase
from models.release import IntOrPercent
from models.selectors import Hosts

Policy = Literal[
    "kubernetes", "most_allocated", "first_fit", "best_fit", "worst_fit", "random", "dot_product", "fgd",
    "gpu_best_fit", "gpu_packing", "gpu_clustering", "swarm_spread", "swarm_binpack",
]  # fmt: skip
"""Who places containers that come, or come back."""
Share = Annotated[float, Field(gt=0, le=1)]


class HostFailures(Frozen):
    """Single hosts that fail and come back, each by itself; both times are exponential."""

    mtbf_hours: PositiveFloat = Field(default=8760.0, description="mean time between failures of one host")
    repair_hours: PositiveFloat = Field(default=4.0, description="mean time until it is back")


class DomainOutage(Frozen):
    """A domain (its path), or a host (its name), that is away for a while."""

    where: Name
    at_hours: NonNegativeFloat
    hours: PositiveFloat
    share: Share = Field(default=1.0, description="the share of its hosts that is lost, drawn")


class DomainFailures(Frozen):
    """Domains of a level that fail as a whole, each by itself; both times are exponential."""

    level: Literal["rack", "site", "zone", "region", "cloud"] = "zone"
    mtbf_hours: PositiveFloat = Field(default=26_280.0, description="mean time between failures of one domain")
    repair_hours: PositiveFloat = 4.0


class IncidentTable(Frozen):
    """Incidents of a table (columns of OpenDC's failure traces), each of which takes a share of a domain's hosts."""

    file: str = Field(description="relative to this document: CSV, or Parquet where that can be read")
    where: Name
    drawn: bool = Field(default=True, description="whether each seed begins at another row of the table")


class FilmFaults(Frozen):
    """What fails: hosts and domains by chance, domains at stated times or as a table has it."""

    hosts: HostFailures | None = None
    domains: tuple[DomainFailures, ...] = ()
    outages: tuple[DomainOutage, ...] = ()
    incidents: tuple[IncidentTable, ...] = ()


class FilmRelease(Frozen):
    """A new version of a workload, released as the workload states (`release`)."""

    workload: Name
    at_hours: NonNegativeFloat
    fails: Share | None = Field(default=None, description="the share of new containers that turn out broken, drawn")
    times: dict[str, PositiveFloat] = Field(
        default_factory=dict, description="what the new version asks for, in units of what it asks for now, by resource"
    )


class FilmUpgrade(Frozen):
    """Hosts that are replaced by new ones of their type, `batch` at a time, within disruption budgets."""

    at_hours: NonNegativeFloat
    hosts: Hosts = Field(default_factory=Hosts, description="which ones; all that are there if left out")
    batch: IntOrPercent = 1
    surge: bool = Field(default=True, description="whether the new host comes before the old one goes")
    timeout_hours: PositiveFloat | None = Field(default=1.0, description="after that, budgets are overruled")


class FilmClone(Frozen):
    """All that stands in an environment, once more for a while."""

    environment: Name
    at_hours: NonNegativeFloat
    hours: PositiveFloat
    factor: PositiveFloat = Field(default=1.0, description="replicas of the clone for each of the original")


class FilmScaling(Frozen):
    """Replicas by load (Kubernetes HorizontalPodAutoscaler).

    `load` are points (hour of the day UTC, load in units of what a replica requests), linear between them.
    """

    workload: Name
    load: tuple[tuple[NonNegativeFloat, NonNegativeFloat], ...] = Field(min_length=1)
    least: PositiveInt = 1
    most: PositiveInt = 10
    target_percent: PositiveInt = 80
    noise: NonNegativeFloat = Field(default=0.0, description="standard deviation of the load, as a share of it")


class FilmSpot(Frozen):
    """Hosts bought on the spot market that their cloud takes back after its notice."""

    reclaimed_per_month: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.05, description="the share of hosts that is taken back within a month of 730 hours"
    )
    drained: bool = Field(default=True, description="whether a host is drained when its notice comes")


class FilmProvision(Frozen):
    """Who opens hosts when containers wait, and gives them back."""

    by: Literal["cluster_autoscaler", "karpenter"]
    boot_seconds: PositiveFloat = Field(default=210.0, description="from an order until the host takes containers")


class FilmBursts(Frozen):
    """Stretches in which jobs arrive `factor` times as fast."""

    factor: Annotated[float, Field(ge=1)] = 4.0
    minutes: PositiveFloat = 30.0
    every_hours: PositiveFloat = Field(default=24.0, description="mean time between two of them")


class FilmWork(Frozen):
    """How runner pools, cron jobs and jobs run; those of the scenario do in any film."""

    standing_runners: bool = Field(default=False, description="runners stand and wait, in place of one for each job")
    bursts: FilmBursts | None = None
    overlap: bool = Field(default=True, description="whether a cron job begins while its last run is still there")
    job_minutes: PositiveFloat = Field(default=60.0, description="how long a run of a job takes")


class FilmTraces(Frozen):
    """Tables of what published clusters did, relative to this document."""

    arrivals: str | None = Field(
        default=None, description="containers that come: seconds, workload, how long they stay"
    )
    requests: str | None = Field(default=None, description="what replicas of a workload ask for from a time on")


class FilmPriceChange(Frozen):
    """What some offerings cost from a time on: a factor of the scenario's price, or a price of their own."""

    at_hours: NonNegativeFloat
    factor: PositiveFloat | None = None
    per_hour: Annotated[Decimal, Field(ge=0)] | None = None
    where: str = Field(default="", description="path of a domain; everywhere if left out")
    host_type: str = Field(default="*", description="`*` and `?` may be used")
    purchase: Purchase | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> FilmPriceChange:
        if (self.factor is None) == (self.per_hour is None):
            raise PydanticCustomError("price_change", "expected either factor or per_hour", {})
        return self


class FilmPrices(Frozen):
    """Prices that change: at stated times, and spot prices that wander around those of the scenario."""

    changes: tuple[FilmPriceChange, ...] = ()
    spot_spread: NonNegativeFloat = Field(
        default=0.0, description="standard deviation of the logarithm of spot prices in the long run"
    )


class FilmSpec(Frozen):
    """What happens, for how long, how often it is played, and under which policies.

    Every policy is played with the same seeds, and sees the same faults, loads and jobs.
    """

    scenario: str | None = Field(default=None, description="file of the scenario, relative to this document")
    days: PositiveFloat = Field(default=7.0, le=3660)
    seeds: PositiveInt = Field(default=1, le=10_000, description="runs of each policy; seeds count from 1")
    policies: tuple[Policy, ...] = Field(default=("kubernetes",), min_length=1)
    record_minutes: PositiveFloat = Field(default=60.0, description="between two samples")
    spare_hosts: Annotated[int, Field(ge=0)] = Field(
        default=64, description="how many hosts may be there beyond those it begins with"
    )
    faults: FilmFaults = FilmFaults()
    releases: tuple[FilmRelease, ...] = ()
    upgrades: tuple[FilmUpgrade, ...] = ()
    clones: tuple[FilmClone, ...] = ()
    scaling: tuple[FilmScaling, ...] = ()
    spot: FilmSpot | None = None
    prices: FilmPrices = FilmPrices()
    work: FilmWork = FilmWork()
    traces: FilmTraces = FilmTraces()
    provision: FilmProvision | None = Field(default=None, description="nobody, if left out")

    @model_validator(mode="after")
    def _policies_differ(self) -> FilmSpec:
        if len(set(self.policies)) < len(self.policies):
            raise PydanticCustomError("policies", "found a policy twice, expected each once", {})
        return self


class Film(Frozen):
    """What happens to a plan over time (`kind: Film`)."""

    apiVersion: Literal["bayplan/v1"] = API_VERSION  # noqa: N815 (as Kubernetes writes it)
    kind: Literal["Film"] = "Film"
    metadata: Metadata
    spec: FilmSpec
