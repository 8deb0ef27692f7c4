"""Workloads: what asks for room."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, PositiveInt, Tag, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

from models.base import Frozen, Name
from models.demand import DAYS, Profile, Usage
from models.queueing import servers_needed
from models.release import DisruptionBudget, Release, ServiceObjective
from models.resources import IOPS, MBPS, PODS, VOLUMES, Resources, amounts_of, nothing
from models.schedule import Times, times_of
from models.units import Bytes, Count


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else () if value is None else value


class VolumeClaim(Frozen):
    """A volume that every replica of a workload brings with it.

    `storage_class` names the class, or several of which the cheapest on the host's cloud is taken
    (a *profile* such as gold: one class for each cloud). `iops` and `mbps` are the load it puts on
    the host's volume path (operations/s, MB/s), and what is paid for beyond what the class includes.
    """

    name: Name = "data"
    storage_class: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    size: Bytes
    iops: Count = 0
    mbps: Count = 0


class Image(Frozen):
    """The container image: what a host must pull before a replica starts there."""

    name: str
    size: Bytes


class _Workload(Frozen):
    name: Name
    requests: Resources = Field(default_factory=nothing)
    limits: Resources | None = None
    overhead: Resources = Field(
        default_factory=nothing, description="what running one replica takes beside it: pod or hypervisor overhead"
    )
    profile: Profile | None = None
    usage: Usage | None = None
    gpu_models: tuple[str, ...] = Field(default=(), description="GPU models that will do (`*`, `?`); any if left out")
    priority: int = Field(default=0, description="higher is placed first when room is short")
    labels: dict[str, str] = Field(default_factory=dict)
    environment: str | None = None
    team: str | None = None
    role: str | None = Field(default=None, description="the Mesos role whose reservations it may use")
    volumes: tuple[VolumeClaim, ...] = ()
    image: Image | None = None
    release: Release | None = None
    disruption_budget: DisruptionBudget | None = None
    objective: ServiceObjective | None = None

    @property
    def count(self) -> int:
        """How many replicas ask for room at the same time (0 for a daemonset: one per host)."""
        raise NotImplementedError

    @property
    def times(self) -> Times | None:
        """When the replicas run, for a workload that does not always run."""
        return None

    @property
    def varies(self) -> bool:
        """Whether its demand changes over time."""
        return self.profile is not None or self.times is not None

    def changes(self) -> set[Fraction]:
        """When its demand may change, in days since Monday 0:00; nothing where it never does."""
        found: set[Fraction] = set()
        if self.profile is not None:
            period = DAYS[self.profile.period]
            found |= {at + day for at in self.profile.breaks() for day in range(0, 7, period)}
        return found if self.times is None else found | self.times.breaks()

    def demand(self) -> Resources:
        """What one replica takes of a host at its peak: requests (or profile), overhead, a pod slot, volumes."""
        return Resources.of(self.asked())

    def asked(self) -> dict[str, int]:
        """The amounts of `demand`, without a model made around them."""
        return amounts_of(self._taken({} if self.profile is None else self.profile.peak()))

    def demand_at(self, day: Fraction) -> Resources:
        """What one replica takes at a time in days since Monday 0:00 UTC."""
        if self.times is not None and not self.times.covers(day):
            return Resources()
        profile = self.profile
        profiled = {} if profile is None else {name: profile.at(name, day) for name in profile.points}
        return Resources.of(self._taken(profiled))

    def _taken(self, profiled: Mapping[str, int]) -> dict[str, int]:
        """Requests, replaced by what is profiled of them, and what comes beside them."""
        taken = {**self.requests.amounts(), **profiled}
        for more in (self.overhead.amounts(), self._attached()):
            for name, amount in more.items():
                taken[name] = taken.get(name, 0) + amount
        return taken

    def _attached(self) -> dict[str, int]:
        if not self.volumes:
            return {PODS: 1}
        return {
            PODS: 1,
            VOLUMES: len(self.volumes),
            IOPS: sum(claim.iops for claim in self.volumes),
            MBPS: sum(claim.mbps for claim in self.volumes),
        }

    def takes_gpu(self, model: str | None) -> bool:
        """Whether a host with this GPU model will do (`gpu_models` may use `*` and `?`)."""
        return not self.gpu_models or any(fnmatchcase(model or "", pattern) for pattern in self.gpu_models)


class Service(_Workload):
    """Equal replicas without identity (a Kubernetes Deployment or ReplicaSet)."""

    kind: Literal["service"] = "service"
    replicas: Count = 1

    @property
    @override
    def count(self) -> int:
        return self.replicas


class StatefulSet(_Workload):
    """Replicas with an ordinal and, as a rule, volumes of their own."""

    kind: Literal["stateful_set"]
    replicas: Count = 1

    @property
    @override
    def count(self) -> int:
        return self.replicas


class Job(_Workload):
    """Work that ends: `completions` runs, at most `parallelism` of them at once."""

    kind: Literal["job"]
    completions: PositiveInt = 1
    parallelism: PositiveInt = 1

    @property
    @override
    def count(self) -> int:
        return min(self.completions, self.parallelism)


class CronJob(_Workload):
    """A job that runs again and again: at the times of `schedule` (cron, UTC), for `minutes` each.

    It takes room at those times only. A schedule by day of month is taken to run on that weekday of
    every week on which it may fall.
    """

    kind: Literal["cron_job"]
    schedule: str
    minutes: PositiveInt = 60
    parallelism: PositiveInt = 1

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        try:
            times_of(value, 1)
        except ValueError as error:
            raise PydanticCustomError(
                "schedule", "found {found}, expected a cron schedule such as 0 2 * * * ({why})",
                {"found": repr(value), "why": str(error)},
            ) from None  # fmt: skip
        return value

    @property
    @override
    def count(self) -> int:
        return self.parallelism

    @property
    @override
    def times(self) -> Times:
        return times_of(self.schedule, self.minutes)


def _points(value: Any) -> Any:
    return (value,) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


class QueuePromise(Frozen):
    """At least `share` of the jobs start within `seconds` of their arrival."""

    share: float = Field(default=0.95, gt=0, lt=1)
    seconds: float = Field(default=60, ge=0)


class RunnerPool(_Workload):
    """CI runners, each of which runs one job at a time.

    So many run that the queue keeps its promise in the busiest hour (Erlang C), `parallelism` at
    most. `jobs_per_hour` is one number, or points over a day.
    """

    kind: Literal["runner_pool"]
    jobs_per_hour: Annotated[tuple[float, ...], BeforeValidator(_points)] = Field(min_length=1)
    job_minutes: float = Field(gt=0)
    queue: QueuePromise = QueuePromise()
    parallelism: PositiveInt | None = None

    @property
    @override
    def count(self) -> int:
        needed = servers_needed(max(self.jobs_per_hour), self.job_minutes, self.queue.share, self.queue.seconds)
        return needed if self.parallelism is None else min(needed, self.parallelism)


class DaemonSet(_Workload):
    """One replica on every host whose labels and taints admit it, taken off the host's room."""

    kind: Literal["daemon_set"]

    @property
    @override
    def count(self) -> int:
        return 0


class Part(Frozen):
    """One of the services that a monolith becomes when it is refactored."""

    name: Name
    requests: Resources
    replicas: PositiveInt = 1
    volumes: tuple[VolumeClaim, ...] = ()


class VirtualMachine(_Workload):
    """A whole virtual machine; it needs a host whose platform runs virtual machines.

    `run_as` modernises it: `container` lifts and shifts it (a stateful set of its size and volumes),
    `parts` refactors it into the services of `parts`, named NAME-PART.
    """

    kind: Literal["virtual_machine"]
    replicas: Count = 1
    run_as: Literal["virtual_machine", "container", "parts"] = "virtual_machine"
    parts: tuple[Part, ...] = ()

    @property
    @override
    def count(self) -> int:
        return self.replicas


def _kind(value: Any) -> str:
    kind = value.get("kind", "service") if isinstance(value, dict) else getattr(value, "kind", "service")
    return str(kind)


Workload = Annotated[
    Annotated[Service, Tag("service")]
    | Annotated[StatefulSet, Tag("stateful_set")]
    | Annotated[Job, Tag("job")]
    | Annotated[CronJob, Tag("cron_job")]
    | Annotated[RunnerPool, Tag("runner_pool")]
    | Annotated[DaemonSet, Tag("daemon_set")]
    | Annotated[VirtualMachine, Tag("virtual_machine")],
    Discriminator(_kind),
]
"""Any workload; `kind` may be left out for a service."""
