"""Small catalogs, scenarios and plans: everything has a default, override what matters.

    web = service("web", replicas=2)
    case = scenario(web, rules=[{"rule": "anti_affinity"}])
    good = plan(case, slot("h1", {"web": 1}), slot("h2", {"web": 1}))

`plan` writes the whole document, figures included, by its own arithmetic: it shares no code with
`planner`. It believes what it is told, so a bad placement makes a plan that is wrong in nothing
but the placement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from models.base import Metadata
from models.catalog import Catalog, HostType, Price, Region
from models.goals import GoalTier
from models.host import Host, HostPool
from models.plan import Plan, PlannedHost, PlanSpec, PlanStatus, TierResult, Unplaced
from models.resources import Capacity, Resources
from models.scenario import Scenario
from models.storage import StorageClass
from models.supply import topology_of
from models.topology import DomainNode
from models.workload import DaemonSet, Service

A, B, C = "alpha/north/a", "alpha/north/b", "alpha/north/c"
WEST, BETA = "alpha/west/a", "beta/south/a"
RACK_1, RACK_2 = "home/hall/r1", "home/hall/r2"
PRICE_DATE = date(2026, 1, 1)


def host_type(name: str = "std-4", cloud: str = "alpha", cpu: Any = 4, memory: Any = "16Gi", **more: Any) -> HostType:
    """A host type; `gpu` and `volumes` go into its capacity."""
    capacity = {key: more.pop(key) for key in ("gpu", "volumes", "pods") if key in more}
    return HostType(cloud=cloud, name=name, capacity=Capacity(cpu=cpu, memory=memory, **capacity), **more)


def price(per_hour: str, name: str = "std-4", cloud: str = "alpha", region: str = "north", **more: Any) -> Price:
    """A price, in USD per hour."""
    stated = {"as_of": PRICE_DATE} | more
    return Price(cloud=cloud, region=region, host_type=name, per_hour=Decimal(per_hour), **stated)


def catalog(**replaced: Any) -> Catalog:
    """Clouds `alpha` (regions north with zones a b c, west with a) and `beta` (south with a b)."""
    rows: dict[str, Any] = {
        "host_types": (
            host_type(volumes=8),
            host_type("big-16", cpu=16, memory="64Gi"),
            host_type("arm-4", architecture="arm64"),
            host_type("gpu-8", cpu=8, memory="32Gi", gpu=2, gpu_model="T4"),
            host_type(cloud="beta"),
        ),
        "regions": (
            Region(cloud="alpha", name="north", zones=("a", "b", "c")),
            Region(cloud="alpha", name="west", zones=("a",)),
            Region(cloud="beta", name="south", zones=("a", "b")),
        ),
        "prices": (
            price("0.20"),
            price("0.22", region="west"),
            price("0.06", purchase="spot"),
            price("0.80", "big-16"),
            price("0.16", "arm-4"),
            price("2.00", "gpu-8"),
            price("0.18", cloud="beta", region="south"),
        ),
        "storage_classes": (
            StorageClass(name="alpha-disk", cloud="alpha", scope="zone"),
            StorageClass(name="beta-small", cloud="beta", scope="zone", largest="1Ti"),
            StorageClass(name="local", scope="host"),
            StorageClass(name="regional", scope="region"),
            StorageClass(name="anywhere", scope="any"),
        ),
    }
    return Catalog(**rows | replaced)


def home() -> DomainNode:
    """A data centre of one's own: cloud `home`, region `hall`, racks r1 and r2, no zones."""
    racks = tuple(DomainNode(name=name, level="rack") for name in ("r1", "r2"))
    return DomainNode(name="home", level="cloud", children=(DomainNode(name="hall", level="region", children=racks),))


def service(name: str = "web", replicas: int = 1, cpu: Any = 1, memory: Any = "1Gi", **more: Any) -> Service:
    """A replicated service; `gpu` goes into its requests."""
    requests = {key: more.pop(key) for key in ("gpu",) if key in more}
    return Service(name=name, replicas=replicas, requests=Resources(cpu=cpu, memory=memory, **requests), **more)


def daemonset(name: str = "agent", cpu: Any = "500m", memory: Any = "1Gi", **more: Any) -> DaemonSet:
    """A daemonset."""
    return DaemonSet(kind="daemon_set", name=name, requests=Resources(cpu=cpu, memory=memory), **more)


def pool(name: str = "pool", **replaced: Any) -> HostPool:
    """A pool that opens every type of both clouds on bare metal: nothing is reserved."""
    stated = {"locations": ("alpha", "beta"), "purchases": ("on_demand", "spot"), "platform": "bare_metal"}
    return HostPool(name=name, **stated | replaced)


def standing(name: str = "old-1", location: str = A, **replaced: Any) -> Host:
    """A standing `std-4` on bare metal."""
    stated: dict[str, Any] = {"platform": "bare_metal"}
    if "capacity" not in replaced and "allocatable" not in replaced:
        stated["host_type"] = "std-4"
    return Host(name=name, location=location, **stated | replaced)


def scenario(*workloads: Any, pools: Iterable[HostPool] | None = None, **spec: Any) -> Scenario:
    """A scenario with one pool; `rules` may be written as mappings."""
    filled = {"workloads": list(workloads or (service(),)), "pools": [pool()] if pools is None else list(pools)}
    return Scenario.model_validate({"metadata": {"name": "case"}, "spec": {**filled, **spec}})


@dataclass(frozen=True)
class Slot:
    """A host of a plan to be: `runs` are counts, or the ordinals themselves."""

    name: str
    runs: Mapping[str, int | tuple[int, ...]]
    location: str = A
    host_type: str = "std-4"
    pool: str = "pool"
    purchase: str = "on_demand"
    standing: bool = False
    daemonsets: tuple[str, ...] | None = None
    held: Mapping[str, int] | None = None


def slot(name: str, runs: Mapping[str, int | tuple[int, ...]] | None = None, location: str = A, **more: Any) -> Slot:
    """A host to be opened."""
    return Slot(name, runs or {}, location, **more)


def keep(host: Host, runs: Mapping[str, int | tuple[int, ...]] | None = None, **more: Any) -> Slot:
    """A standing host that the plan keeps."""
    return Slot(host.name, runs or {}, host.location, host.type_name, host.pool, host.purchase, standing=True, **more)


def plan(
    case: Scenario, *slots: Slot, rows: Catalog | None = None, state: str = "FEASIBLE", beside: str = "0", **status: Any
) -> Plan:
    """The document of a placement, with every figure as it comes to; `status` replaces single fields.

    `beside` is what storage and traffic cost in a month, in USD, beside the hosts.
    """
    rows = rows or catalog()
    numbers = _Numbers(case)
    return document(case, tuple(_host(case, rows, entry, numbers) for entry in slots), rows, state, beside, **status)


def document(
    case: Scenario,
    hosts: tuple[PlannedHost, ...],
    rows: Catalog,
    state: str = "FEASIBLE",
    beside: str = "0",
    **status: Any,
) -> Plan:
    """The document around planned hosts that are already there (a solver's, say)."""
    figures = {"state": state} | _figures(case, rows, hosts, state, Decimal(beside)) | status
    return Plan(
        metadata=Metadata(name=case.name), spec=PlanSpec(scenario=case.name, hosts=hosts), status=PlanStatus(**figures)
    )


def first_fit(case: Scenario, rows: Catalog | None = None, location: str = A, of_type: str = "std-4") -> Plan:
    """Replicas one after the other onto the first host with room (CPU and memory only); no rule is asked."""
    rows = rows or catalog()
    whole = rows.type_of[location.split("/")[0], of_type].capacity
    rooms: list[list[int]] = []
    runs: list[dict[str, int]] = []
    for workload in case.spec.workloads:
        for _ in range(workload.count):
            cpu, memory = workload.requests.cpu, workload.requests.memory
            at = next((i for i, room in enumerate(rooms) if room[0] >= cpu and room[1] >= memory), len(rooms))
            if at == len(rooms):
                rooms.append([whole.cpu, whole.memory])
                runs.append({})
            rooms[at][0] -= cpu
            rooms[at][1] -= memory
            runs[at][workload.name] = runs[at].get(workload.name, 0) + 1
    slots = (slot(f"h{i}", content, location, host_type=of_type) for i, content in enumerate(runs, 1))
    return plan(case, *slots, rows=rows)


class _Numbers:
    """Hands out ordinals in order."""

    def __init__(self, case: Scenario) -> None:
        self._next = {workload.name: 0 for workload in case.spec.workloads}

    def take(self, name: str, asked: int | tuple[int, ...]) -> tuple[int, ...]:
        if isinstance(asked, tuple):
            return asked
        first = self._next.get(name, 0)
        self._next[name] = first + asked
        return tuple(range(first, first + asked))


def _host(case: Scenario, rows: Catalog, entry: Slot, numbers: _Numbers) -> PlannedHost:
    runs = {name: numbers.take(name, asked) for name, asked in entry.runs.items()}
    allocatable, per_hour, containers = _stated(case, rows, entry)
    used, daemons = list[Resources](), list[Resources]()  # day by day
    for day in _days(case):
        carried, beside = Resources(), Resources()
        for workload in case.spec.workloads:
            asked = _asked(workload, rows, day)
            carried = carried.plus(asked.times(len(runs.get(workload.name, ()))))
            daemon = workload.name in entry.daemonsets if entry.daemonsets is not None else containers
            if workload.kind == "daemon_set" and daemon:
                beside = beside.plus(asked)
        used.append(carried)
        daemons.append(beside)
    least = {name: min(d[name] for d in daemons) for name in daemons[0].amounts()}
    allocatable = allocatable.minus(Resources.of(least))
    peak = {name: max(u[name] for u in used) for name in {name: 0 for u in used for name in u.amounts()}}
    return PlannedHost(
        name=entry.name, location=entry.location, host_type=entry.host_type, pool=entry.pool,
        purchase=entry.purchase, per_hour=per_hour, standing=entry.standing, allocatable=allocatable,
        used=Resources.of(peak), runs=runs, held=dict(entry.held or {}),
    )  # fmt: skip


def _days(case: Scenario) -> list[Fraction]:
    """Every quarter of an hour of a week where some demand varies, else one moment; in days since Monday."""
    varies = any(workload.varies for workload in case.spec.workloads)
    return [Fraction(n, 96) for n in range(7 * 96)] if varies else [Fraction(0)]


def _asked(workload: Any, rows: Catalog, day: Fraction) -> Resources:
    """The demand of a replica while it runs, with the local disks that its claims take."""
    asked = workload.demand_at(day)
    if not asked.pods:
        return asked
    disks = {row.name for row in rows.storage_classes if row.scope == "host"}
    local = sum(claim.size for claim in workload.volumes if set(claim.storage_class) & disks)
    return asked.plus(Resources(local_disk=local))


def _stated(case: Scenario, rows: Catalog, entry: Slot) -> tuple[Capacity, Decimal, bool]:
    """What a host has for workloads, its price, and whether it runs containers."""
    cloud, region = entry.location.split("/")[:2]
    known = rows.type_of.get((cloud, entry.host_type))
    row = rows.price_of.get((cloud, region, entry.host_type, entry.purchase))
    per_hour = row.per_hour if row else Decimal(0)
    if entry.standing:
        host = next(host for host in case.spec.hosts if host.name == entry.name)
        machine = host_type(entry.host_type, cloud) if known is None else known
        machine = machine.model_copy(update={"capacity": host.capacity or machine.capacity})
        left = host.allocatable or host.platform.allocatable(machine, host.boot_disk)
        own = per_hour if host.per_hour is None else host.per_hour
        return left.minus(host.overhead), own, host.platform.runs == "containers"
    of = next(pool for pool in case.spec.pools if pool.name == entry.pool)
    assert known is not None, f"the catalog has no {entry.host_type} in {cloud}"
    left = of.platform.allocatable(known, of.boot_disk).minus(of.overhead)
    return left, per_hour, of.platform.runs == "containers"


def _figures(
    case: Scenario, rows: Catalog, hosts: tuple[PlannedHost, ...], state: str, beside: Decimal
) -> dict[str, Any]:
    placed = {w.name: len({n for host in hosts for n in host.runs.get(w.name, ())}) for w in case.spec.workloads}
    left = {w.name: w.count - placed[w.name] for w in case.spec.workloads if w.count > placed[w.name]}
    tiers = tuple(_tier(case, rows, hosts, goal, sum(left.values()), state, beside) for goal in case.spec.goals)
    deciding = next((tier for tier in tiers if tier.goal != "unplaced"), tiers[0])
    standing_kept = {host.name for host in hosts if host.standing}
    density = sum(host.replicas for host in hosts) / len(hosts) if hosts else 0.0
    return {
        "hosts_used": len(hosts), "hosts_released": sum(h.name not in standing_kept for h in case.spec.hosts),
        "density": density, "cost_per_month": _monthly(hosts) + beside,
        "cost_by_cloud": {cloud: _monthly(h for h in hosts if h.cloud == cloud) for cloud in {h.cloud for h in hosts}},
        "cost_by_purchase": {p: _monthly(h for h in hosts if h.purchase == p) for p in {h.purchase for h in hosts}},
        "objective": deciding.value, "objective_goal": deciding.goal, "bound": deciding.bound, "gap": deciding.gap,
        "tiers": tiers, "unplaced": sum(left.values()),
        "unplaced_workloads": tuple(Unplaced(workload=name, replicas=count) for name, count in left.items()),
    }  # fmt: skip


def _monthly(hosts: Iterable[PlannedHost]) -> Decimal:
    return (sum((host.per_hour for host in hosts), Decimal(0)) * 730).quantize(Decimal("0.01"))


def _tier(
    case: Scenario,
    rows: Catalog,
    hosts: tuple[PlannedHost, ...],
    goal: GoalTier,
    unplaced: int,
    state: str,
    beside: Decimal,
) -> TierResult:
    topology = topology_of(case, rows)
    places = (host.name if goal.level == "host" else topology.ancestor(host.location, goal.level) for host in hosts)
    value = {
        "unplaced": unplaced,
        "hosts": len(hosts),
        "cost": float(sum(host.per_hour for host in hosts) + beside / 730),
        "domains": len({place for place in places if place}),
        "balance": max((_fullest(host) for host in hosts), default=0.0),
        "moves": _moves(case, hosts, unplaced),
    }[goal.goal]
    bound = float(value) if state == "OPTIMAL" else 0.0
    return TierResult(goal=str(goal), value=value, bound=bound, gap=0.0 if value == bound else 1.0)


def _moves(case: Scenario, hosts: Iterable[PlannedHost], unplaced: int) -> int:
    """Replicas that leave their hosts; those left out are taken to run today."""
    stay = {host.name: host.runs for host in hosts if host.standing}
    now = ((host.name, name, count) for host in case.spec.hosts for name, count in host.runs.items())
    return max(0, sum(max(0, n - len(stay.get(host, {}).get(name, ()))) for host, name, n in now) - unplaced)


def _fullest(host: PlannedHost) -> float:
    limits = {name: host.allocatable.limit(name) for name in host.used.amounts()}
    return max((host.used[name] / limit for name, limit in limits.items() if limit), default=0.0)
