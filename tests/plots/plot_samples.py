"""Sample plans for the pictures, made without any solver: what matters here is how they look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from random import Random

from models.base import Metadata
from models.plan import Figures, Plan, PlannedHost, PlanSpec, PlanStatus, Reason, TierResult, Unplaced
from models.resources import Capacity, Resources
from models.scenario import Scenario, ScenarioSpec, Unit
from models.workload import Service, VolumeClaim

GIB = 2**30


def workload(name: str, cpu: int = 250, gib: float = 1, replicas: int = 1, volumes: int = 0, gpu: int = 0) -> Service:
    """A service; `cpu` in millicores, `gpu` in thousandths."""
    return Service(
        name=name,
        requests=Resources.of({"cpu": cpu, "memory": int(gib * GIB), "gpu": gpu}),
        replicas=replicas,
        volumes=tuple(VolumeClaim(name=f"v{i}", size=GIB) for i in range(volumes)),
    )


def scenario_of(*workloads: Service, name: str = "sample", unit: str = "container") -> Scenario:
    return Scenario(metadata=Metadata(name=name), spec=ScenarioSpec(workloads=workloads, unit=Unit(name=unit)))


def host(
    name: str, scenario: Scenario, runs: Mapping[str, int], *, cpu: int = 95_500, gib: float = 255,
    pods: int | None = 102, volumes: int | None = None, gpu: int = 0, location: str = "own/fra/hall-1",
    host_type: str = "r96-256", purchase: str = "owned", per_hour: str = "1.10", reserved: Resources | None = None,
) -> PlannedHost:  # fmt: skip
    """A host whose `used` and `binding` follow from what it runs."""
    allocatable = Capacity.of(
        {"cpu": cpu, "memory": int(gib * GIB)}
        | ({"pods": pods} if pods else {})
        | ({"volumes": volumes} if volumes else {})
        | ({"gpu": gpu} if gpu else {})
    )
    by_name = {item.name: item for item in scenario.spec.workloads}
    total: Counter[str] = Counter()
    for workload_name, count in runs.items():
        total.update({r: amount * count for r, amount in by_name[workload_name].demand().amounts().items()})
    used = Resources.of(total)
    shares = {r: used[r] / a for r in allocatable.amounts() if (a := allocatable.limit(r))}
    return PlannedHost(
        name=name, location=location, host_type=host_type, purchase=purchase, per_hour=Decimal(per_hour),
        allocatable=allocatable, used=used, reserved=reserved or Resources(),
        binding=max(shares, key=lambda r: shares[r]) if any(shares.values()) else "",
        runs={w: tuple(range(n)) for w, n in runs.items()},
    )  # fmt: skip


def plan_of(scenario: Scenario, hosts: list[PlannedHost], **status: object) -> Plan:
    replicas = sum(item.replicas for item in hosts)
    per_hour = sum((item.per_hour for item in hosts), Decimal(0))
    by_cloud: dict[str, Decimal] = {}
    by_purchase: dict[str, Decimal] = {}
    for item in hosts:
        by_cloud[item.cloud] = by_cloud.get(item.cloud, Decimal(0)) + item.per_hour * 730
        by_purchase[item.purchase] = by_purchase.get(item.purchase, Decimal(0)) + item.per_hour * 730
    known: dict[str, object] = {
        "state": "OPTIMAL", "hosts_used": len(hosts), "density": replicas / len(hosts) if hosts else 0,
        "density_unit": scenario.spec.unit.name, "cost_per_month": per_hour * 730, "objective": len(hosts),
        "objective_goal": "hosts", "bound": len(hosts), "gap": 0.0, "unplaced": 0, "cost_by_cloud": by_cloud,
        "cost_by_purchase": by_purchase, "oldest_price": "2026-05-04", "ended": "proven optimal", "seconds": 1.8,
        "solver": "portfolio", "seed": 7, "input_hash": "sha256:5b1f0c2e", "catalog_date": "2026-08-14",
        "versions": {"bayplan": "0.1.0", "ortools": "9.14"},
    }  # fmt: skip
    return Plan(
        metadata=Metadata(name=scenario.name),
        spec=PlanSpec(scenario=scenario.name, hosts=tuple(hosts)),
        status=PlanStatus(**{**known, **status}),  # type: ignore[arg-type]
    )


def density() -> tuple[Scenario, Plan]:
    """Four hosts of 96 CPU and 256 GiB with a hundred databases each; the pod limit binds."""
    scenario = scenario_of(
        workload("db-small", 250, 1, 240, 1), workload("db-medium", 500, 2.5, 120, 1),
        workload("db-large", 2000, 10, 40, 1), name="Database density, own data centre", unit="database",
    )  # fmt: skip
    runs = {"db-small": 60, "db-medium": 30, "db-large": 10}
    hosts = [
        host(f"rack-{i}", scenario, runs, volumes=250, reserved=Resources.of({"cpu": 8000, "memory": 16 * GIB}))
        for i in range(1, 5)
    ]
    before = Figures(hosts=12, replicas=400, density=33.33, cost_per_month=Decimal("9636.00"))
    tiers = (
        TierResult(goal="unplaced", value=0, bound=0, gap=0, method="trivial"),
        TierResult(goal="hosts", value=4, bound=4, gap=0, method="volume bound (pods)"),
        TierResult(goal="cost", value=4.4, bound=4.4, gap=0, method="linear relaxation"),
    )
    return scenario, plan_of(scenario, hosts, before=before, hosts_released=8, tiers=tiers)


def three_clouds(hosts_in_all: int = 60, seed: int = 3) -> tuple[Scenario, Plan]:
    """Sixty hosts of six types in nine zones of three clouds, hardly two alike, some work left out."""
    random = Random(seed)
    names = ["checkout", "search", "catalogue", "ledger", "mail", "images", "sessions", "reports",
             "gateway", "fraud", "ranking", "export", "audit", "push", "cron-runner", "feature-flags"]  # fmt: skip
    items = [
        workload(n, random.choice((250, 500, 1000, 2000)), random.choice((0.5, 1, 2, 4, 8)), 60, i % 3 == 0)
        for i, n in enumerate(names)
    ]
    items.append(workload("llm-inference", 4000, 24, 8, gpu=1000))
    scenario = scenario_of(*items, name="Shop on three clouds")
    shapes = {
        "aws/eu-central-1": [
            ("m7g.4xlarge", 15_890, 57.2, 110, 26, "0.7824"),
            ("r7g.2xlarge", 7910, 58, 58, 26, "0.53"),
        ],
        "azure/germanywestcentral": [
            ("D16ps_v6", 15_740, 61, 250, 48, "0.74"),
            ("E8s_v5", 7820, 59, 250, 16, "0.61"),
        ],
        "gcp/europe-west3": [
            ("e2-standard-16", 15_890, 57.5, 110, 127, "0.69"),
            ("n2-standard-8", 7910, 29, 110, 127, "0.5"),
        ],
    }
    zones = [f"{region}/{region.split('/')[0]}-{z}" for region in shapes for z in "abc"]
    hosts = []
    for i in range(hosts_in_all):
        zone = zones[i % 9]
        kind, cpu, gib, pods, volumes, price = random.choice(shapes["/".join(zone.split("/")[:2])])
        purchase = random.choice(("on_demand", "spot", "savings_1y"))
        held = _filled(random, items[:-1], cpu, gib)
        size = {"cpu": cpu, "gib": gib, "pods": pods, "volumes": volumes, "purchase": purchase, "per_hour": price}
        hosts.append(host(f"{kind}-{i:02d}", scenario, held, location=zone, host_type=kind, **size))
    gpu_runs = {"llm-inference": 4, "gateway": 2}
    hosts.append(
        host("gpu-1", scenario, gpu_runs, cpu=47_000, gib=180, pods=110, volumes=26, gpu=4000, location=zones[0],
             host_type="g5.12xlarge", purchase="on_demand", per_hour="7.09")
    )  # fmt: skip
    cost = float(sum(item.per_hour for item in hosts))
    reasons = (
        Reason(rule="gpu", hosts=112, detail="no GPU on 112"),
        Reason(rule="capacity", hosts=5, detail="short 8Gi memory on 5"),
        Reason(rule="quota (spot in aws)", hosts=1, detail="quota spent: 48 of 48 vCPU"),
    )
    left = Unplaced(workload="llm-inference", replicas=4, priority=10, candidates=118, reasons=reasons,
                    smallest_change="one more g5.12xlarge in aws/eu-central-1, or 4 GPUs of quota")  # fmt: skip
    tiers = (
        TierResult(goal="unplaced", value=4, bound=4, gap=0, method="rule funnel"),
        TierResult(goal="cost", value=cost, bound=cost * 0.962, gap=0.038, method="column generation"),
        TierResult(goal="hosts", value=len(hosts), bound=None, gap=None),
    )
    return scenario, plan_of(
        scenario, hosts, state="FEASIBLE", objective=cost, objective_goal="cost", bound=cost * 0.962, gap=0.038,
        ended="time limit", seconds=60.0, unplaced=4, unplaced_workloads=(left,), tiers=tiers,
        warnings=("prices of 6 host types are older than 90 days", "2 prices are derived, not listed"),
    )  # fmt: skip


def _filled(random: Random, items: list[Service], cpu: int, gib: float) -> dict[str, int]:
    room = {"cpu": cpu, "memory": int(gib * GIB)}
    runs: dict[str, int] = {}
    for item in random.sample(items, k=min(len(items), random.randint(4, 9))):
        fits = min(room["cpu"] // item.requests.cpu, room["memory"] // item.requests.memory)
        count = min(fits, random.randint(1, 6))
        if count:
            runs[item.name] = count
            room = {r: room[r] - count * item.requests[r] for r in room}
    return runs


def fleet(alike: bool = False, count: int = 2000, workloads: int = 300, seed: int = 5) -> tuple[Scenario, Plan]:
    """Two thousand hosts with 25 containers each; all different, or of twelve patterns."""
    random = Random(seed)
    items = [
        workload(f"service-{i:03d}", random.choice((200, 300, 500)), random.choice((0.5, 1, 2)), 2000, i % 9 == 0)
        for i in range(workloads)
    ]
    scenario = scenario_of(*items, name="Fleet of two thousand")

    def mixture() -> dict[str, int]:
        runs: dict[str, int] = {}
        for item in random.choices(items, weights=[1 / (1 + i) for i in range(workloads)], k=25):
            runs[item.name] = runs.get(item.name, 0) + 1
        return runs

    patterns = [mixture() for _ in range(12)]
    zones = [f"{c}/{r}/{z}" for c, r in (("aws", "us-east-1"), ("azure", "eastus"), ("gcp", "us-east4")) for z in "abc"]
    hosts = [
        host(f"node-{i:04d}", scenario, patterns[i * i % 12] if alike else mixture(), cpu=15_890, gib=57.2, pods=110,
             volumes=26, location=zones[i % 9], host_type=("m7g.4xlarge", "m6i.4xlarge")[i % 2],
             purchase=("on_demand", "spot")[i % 3 == 0], per_hour="0.7824")
        for i in range(count)
    ]  # fmt: skip
    return scenario, plan_of(scenario, hosts, state="FEASIBLE", objective=1.0, bound=None, gap=None)


def many_workloads() -> tuple[Scenario, Plan]:
    """Three hundred workloads with very long names on eight hosts."""
    long = "payments-reconciliation-worker-for-the-north-european-markets-with-a-long-name"
    items = [workload(f"{long}-{i:03d}", 100 + 17 * (i % 40), 0.3 + i % 7 / 2, 2) for i in range(300)]
    scenario = scenario_of(*items, name="Three hundred workloads with names that are much longer than anyone expects")
    hosts = [
        host(f"{long}-host-{i}", scenario, {item.name: 2 for item in items[i::8]}, pods=110,
             location="a-cloud-with-a-long-name/a-region-with-a-longer-name/a-zone-with-the-longest-name-of-all")
        for i in range(8)
    ]  # fmt: skip
    return scenario, plan_of(scenario, hosts)


def one_host() -> tuple[Scenario, Plan]:
    scenario = scenario_of(workload("web", 500, 2, 3), workload("db", 4000, 16, 1, 1), name="One host")
    return scenario, plan_of(scenario, [host("alone", scenario, {"web": 3, "db": 1}, cpu=8000, gib=32, pods=None)])


def nothing_placed() -> tuple[Scenario, Plan]:
    scenario = scenario_of(workload("huge", 500_000, 2, 3), name="Nothing placed")
    left = Unplaced(workload="huge", replicas=3, candidates=40,
                    reasons=(Reason(rule="capacity", hosts=40, detail="short 404 CPU on 40"),),
                    smallest_change="a host type with 500 CPU, or requests of at most 96 CPU")  # fmt: skip
    why = {"workloads": ("huge",), "rules": ("capacity",), "message": "huge needs 500 CPU; the largest host has 96"}
    return scenario, plan_of(
        scenario, [], state="INFEASIBLE", bound=None, gap=None, unplaced=3, unplaced_workloads=(left,), conflicts=(why,)
    )


EVIL = "<script>alert(\"1\")</script> & 'x' [red]]]> \x1b[31m --> </title>"


def evil_names() -> tuple[Scenario, Plan]:
    """Every name of the plan is an attack on the page or the terminal."""
    scenario = scenario_of(workload(EVIL, 500, 2, 30), workload("b" + EVIL, 1000, 2, 8), name=EVIL, unit=EVIL)
    hosts = [
        host(f"{EVIL}{i}", scenario, {EVIL: 15, "b" + EVIL: 4}, location=f"{EVIL}/r{EVIL}/z{EVIL}", host_type=EVIL,
             purchase=EVIL)
        for i in range(2)
    ]  # fmt: skip
    left = Unplaced(workload=EVIL, replicas=1, candidates=4, reasons=(Reason(rule=EVIL, hosts=4, detail=EVIL),),
                    smallest_change=EVIL)  # fmt: skip
    return scenario, plan_of(
        scenario, hosts, unplaced=1, unplaced_workloads=(left,), warnings=(EVIL,), ended=EVIL, solver=EVIL,
        input_hash=EVIL, tiers=(TierResult(goal=EVIL, value=1, bound=1, gap=0, method=EVIL),), versions={EVIL: EVIL},
        objective_goal=EVIL, conflicts=({"workloads": (EVIL,), "rules": (EVIL,), "message": EVIL},),
    )  # fmt: skip


_MAKERS = {
    "density": density, "three_clouds": three_clouds, "fleet": fleet, "fleet_alike": lambda: fleet(alike=True),
    "many_workloads": many_workloads, "one_host": one_host, "nothing_placed": nothing_placed, "evil": evil_names,
}  # fmt: skip
ALL = {name: cache(make) for name, make in _MAKERS.items()}
"""Samples by name; each is made once."""
