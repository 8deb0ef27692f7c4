"""The plan: which hosts to use, what each carries, and what is known about how good that is."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from models.base import API_VERSION, Frozen, Metadata
from models.resources import Capacity, Resources
from models.units import Count

Usd = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""Money in the plan's currency, exact inside and a plain number in documents, so that pipelines can compare it."""
State = Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"]


class PlannedHost(Frozen):
    """A host of the plan with the ordinals of the replicas it carries, by workload.

    `allocatable` is what workloads could use of it, `used` what the placed ones ask for (both
    with daemonsets taken off first; where demand varies, the most at any moment), `reserved`
    what rules keep free of it. `held` says for how many further replicas of which workloads some
    of that is held. `binding` is the resource that is used most, by share.
    """

    name: str
    location: str
    host_type: str
    pool: str = ""
    purchase: str
    per_hour: Usd
    standing: bool = False
    allocatable: Capacity
    used: Resources = Resources()
    reserved: Resources = Resources()
    binding: str = ""
    runs: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    held: dict[str, Count] = Field(default_factory=dict)

    @property
    def replicas(self) -> int:
        """How many replicas it carries."""
        return sum(len(ordinals) for ordinals in self.runs.values())

    @property
    def cloud(self) -> str:
        """The cloud it stands in."""
        return self.location.split("/")[0]


class Reason(Frozen):
    """Why hosts were ruled out for a workload: one step of the funnel.

    `hosts` counts the offerings (and standing hosts) that `rule` removed from those still left.
    """

    rule: str
    hosts: int
    detail: str


class Unplaced(Frozen):
    """Replicas that found no room, and what would change that."""

    workload: str
    replicas: int
    priority: int = 0
    candidates: int = Field(default=0, description="offerings and standing hosts looked at")
    reasons: tuple[Reason, ...] = ()
    smallest_change: str = ""


class TierResult(Frozen):
    """One goal tier: the plan's value, the proven bound, the relative gap between them.

    Units: `unplaced` and `moves` replicas, `hosts`, `domains` and `breaches` counts, `cost` and `egress`
    money per hour, `balance`, `fragmentation` and `risk` shares 0-1, `carbon` gCO2e per hour.
    `method` names the bound; "" where none is known.
    """

    goal: str
    value: float
    bound: float | None = None
    gap: float | None = None
    method: str = ""


class Figures(Frozen):
    """How a set of hosts looks: the numbers to compare before and after."""

    hosts: int
    replicas: int
    density: float = Field(description="units of density per host in use")
    cost_per_month: Usd = Field(description="730 h")


class Conflict(Frozen):
    """Why not everything can be placed: the rules and workloads that exclude each other."""

    workloads: tuple[str, ...]
    rules: tuple[str, ...]
    message: str


class Breach(Frozen):
    """How often a plan breaks a rule that is soft or to be mended, against the placement of today.

    `penalty_per_month` is what all its breaches cost; None for a rule to mend.
    """

    rule: str
    mode: Literal["soft", "mend"]
    count: int
    today: int = 0
    penalty_per_month: Usd | None = None


class CommitmentUse(Frozen):
    """What a commitment costs in a month, and how much of that the plan's hosts use, at the committed rate."""

    name: str
    paid_per_month: Usd
    used_per_month: Usd
    unused_per_month: Usd


class PlanStatus(Frozen):
    """What is known about the plan. `objective`, `bound` and `gap` are those of the deciding tier.

    `cost_per_month` is the whole bill; penalties of soft rules are no part of it, but of the goal `cost`.
    `cost_breakdown` has both by part, those that occur: `compute` (hosts that no commitment covers), storage,
    egress, licences, commitments (their fees), penalties, moves. By cloud and by purchase option are hosts at
    their prices, before commitments. `upfront` is paid once, for opened hosts and for commitments, and is part
    of the monthly cost, spread over the term.
    """

    state: State
    hosts_used: int
    density: float
    density_unit: str = "container"
    cost_per_month: Usd
    currency: str = "USD"
    objective: float
    objective_goal: str
    bound: float | None
    gap: float | None
    unplaced: int
    unplaced_workloads: tuple[Unplaced, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    tiers: tuple[TierResult, ...] = ()
    breaches: tuple[Breach, ...] = Field(default=(), description="soft rules and rules to mend that break, or did")
    before: Figures | None = None
    hosts_released: int = 0
    moves: int | None = Field(default=None, description="replicas that leave their host, where any run today")
    cost_breakdown: dict[str, Usd] = Field(default_factory=dict, description="money per month by part of the bill")
    upfront: Usd = Decimal(0)
    commitments: tuple[CommitmentUse, ...] = ()
    cost_by_cloud: dict[str, Usd] = Field(default_factory=dict)
    cost_by_purchase: dict[str, Usd] = Field(default_factory=dict)
    oldest_price: str = Field(default="", description="date of the oldest price used")
    warnings: tuple[str, ...] = ()
    ended: str = ""
    seconds: float = 0
    solver: str = ""
    seed: int = 0
    input_hash: str = ""
    catalog_date: str = ""
    versions: dict[str, str] = Field(default_factory=dict)


class PlanSpec(Frozen):
    """Where everything goes."""

    scenario: str
    hosts: tuple[PlannedHost, ...] = ()


class Plan(Frozen):
    """A placement plan (`kind: Plan`)."""

    apiVersion: Literal["bayplan/v1"] = API_VERSION  # noqa: N815 (as Kubernetes writes it)
    kind: Literal["Plan"] = "Plan"
    metadata: Metadata
    spec: PlanSpec
    status: PlanStatus
