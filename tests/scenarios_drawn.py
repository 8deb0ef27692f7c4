"""Hypothesis strategies for small scenarios with every rule, over the builders' two clouds."""

from __future__ import annotations

from typing import Any, get_args

from builders import A, B, catalog, standing
from hypothesis import strategies as st

from models.egress import EgressTariff
from models.host import Taint
from models.rules import Rule, SoftRule
from models.scenario import Scenario
from models.storage import StorageClass
from models.volume import Volume

NAMES = ("web", "api", "db")
LEVELS = ("host", "zone", "region", "cloud")
PLACES = ("alpha", "beta", "alpha/north", "alpha/west", A, B)

_names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
_level = st.sampled_from(LEVELS)
_hosts = st.one_of(
    st.fixed_dictionaries({"locations": st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)}),
    st.fixed_dictionaries({"host_types": st.sampled_from([["std-4"], ["big-*", "std-4"], ["arm-4"]])}),
    st.fixed_dictionaries({"purchases": st.sampled_from([["on_demand"], ["spot"]])}),
)


def _rule(kind: str, **keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"rule": st.just(kind), **keys})


RULES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "node_selector": _rule(
        "node_selector", workloads=_names, labels=st.sampled_from([{"kubernetes.io/arch": "amd64"}, {"tier": "gold"}])
    ),
    "node_affinity": _rule(
        "node_affinity",
        workloads=_names,
        terms=st.sampled_from(
            [
                [[{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a", "b"]}]],
                [
                    [{"key": "bayplan.io/cloud", "operator": "NotIn", "values": ["beta"]}],
                    [{"key": "tier", "operator": "Exists"}],
                ],
            ]
        ),
    ),
    "tolerations": _rule(
        "tolerations", workloads=_names, tolerations=st.just([{"key": "dedicated", "operator": "Exists"}])
    ),
    "anti_affinity": _rule("anti_affinity", workloads=_names, level=_level),
    "anti_affinity (group)": _rule("anti_affinity", workloads=_names, away_from=_names, level=_level),
    "affinity": _rule("affinity", workloads=st.just(["web"]), near=st.sampled_from([["web"], ["db"]]), level=_level),
    "topology_spread": _rule(
        "topology_spread", workloads=_names, level=_level, max_skew=st.integers(1, 2), min_domains=st.integers(1, 4)
    ),
    "allow": _rule("allow", workloads=_names, hosts=_hosts),
    "forbid": _rule("forbid", workloads=_names, hosts=_hosts),
    "quota": _rule("quota", hosts=_hosts, max_hosts=st.integers(0, 3)),
    "quota (capacity)": _rule("quota", hosts=_hosts, max_capacity=st.just({"cpu": 12})),
    "budget": _rule("budget", hosts=_hosts, max_per_month=st.sampled_from(["0", "200.01", "500"])),
    "budget (workloads)": _rule(
        "budget", hosts=_hosts, workloads=_names, max_per_month=st.sampled_from(["0", "33.33", "120"])
    ),
    "resource_quota": _rule(
        "resource_quota",
        workloads=_names,
        hosts=_hosts,
        max_requests=st.sampled_from([{"cpu": "2500m"}, {"memory": "5Gi", "pods": 4}, {"volumes": 2}]),
    ),
    "volume_locality": _rule(
        "volume_locality", workloads=st.just(["db"]), level=st.sampled_from(["zone", "region", "cloud"])
    ),
    "attach_limit": _rule("attach_limit", hosts=_hosts, max_volumes=st.integers(1, 4)),
    "headroom": _rule("headroom", hosts=_hosts, percent=st.sampled_from([10, 33.3])),
    "headroom (room)": _rule(
        "headroom",
        hosts=_hosts,
        replicas=st.integers(1, 3),
        requests=st.just({"cpu": 1, "memory": "1Gi"}),
        per=st.sampled_from([None, "zone", "cloud"]),
    ),
    "residency": _rule(
        "residency",
        workloads=_names,
        countries=st.sampled_from([[], ["Alphaland"]]),
        locations=st.sampled_from([["beta/south/a"], ["alpha/north", "beta"]]),
    ),
    "share": _rule(
        "share", workloads=_names, level=_level, max_share=st.sampled_from([0.3, 0.5]), together=st.booleans()
    ),
    "share (at least)": _rule(
        "share", workloads=_names, level=_level, at_least=st.integers(1, 3), together=st.booleans()
    ),
    "colocation": _rule("colocation", workloads=_names, level=_level, most=st.integers(0, 3)),
    "exclusive": _rule("exclusive", workloads=_names, level=_level, by=st.sampled_from([None, "team", "app"])),
    "parity": _rule("parity", workloads=_names, on=st.sampled_from(["architecture", "cloud", "host_type", "platform"])),
    "spot": _rule("spot", workloads=_names, max_share=st.sampled_from([0, 0.3, 0.5])),
    "latency": _rule("latency", workloads=_names, to=_names, max_ms=st.sampled_from([0.4, 1, 2, 10, 60])),
    "latency (users)": _rule(
        "latency", workloads=_names, users=st.just({"latitude": 50, "longitude": 8}), max_ms=st.sampled_from([10, 200])
    ),
    "pinned": _rule("pinned", workloads=_names, hosts=st.sampled_from([["old-1"], ["old-1", "old-2"], []])),
}
"""A strategy for every rule that needs nothing else, by its kind."""
CLASSES = (
    StorageClass(name="gold", cloud="alpha", per_gb_month="2", included_iops=5, per_iops_month="1", smallest="4Gi"),
    StorageClass(name="silver", cloud="beta", per_gb_month="3.33", size_step="3Gi"),
    StorageClass(name="tiny", cloud="beta", per_gb_month="1", largest="8Gi"),
)
TARIFFS = (
    EgressTariff(cloud="alpha", scope="zone", tiers="0.01"),
    EgressTariff(cloud="alpha", scope="region", region="north", tiers="0.02"),
    EgressTariff(cloud="alpha", scope="internet", tiers=[{"up_to_gb": 1000, "per_gb": "0.09"}, {"per_gb": "0.05"}]),
    EgressTariff(cloud="beta", scope="internet", tiers="0.12"),
)
_claims = st.lists(
    st.fixed_dictionaries(
        {
            "size": st.sampled_from(["3Gi", "8Gi", "9Gi"]),
            "iops": st.sampled_from([0, 10, 60]),
            "storage_class": st.sampled_from([[], ["gold"], ["gold", "silver", "tiny"], ["sio"], ["silver", "sio"]]),
        }
    ),
    max_size=2,
)
_storage_pool = st.fixed_dictionaries(
    {
        "name": st.just("sio"),
        "protection_domain": st.sampled_from(["alpha", "alpha/north", B]),
        "raw_capacity": st.sampled_from(["40Gi", "100Gi"]),
        "copies": st.integers(1, 2),
        "max_iops_per_volume": st.sampled_from([None, 50]),
        "max_iops_per_host": st.sampled_from([None, 100]),
    }
)
_traffic = st.lists(
    st.fixed_dictionaries(
        {
            "source": _names,
            "target": st.one_of(st.none(), _names),
            "gb_per_month": st.sampled_from([10, 333.3, 2000]),
        }
    ),
    max_size=3,
)
LENIENT = {
    kind.model_fields["rule"].annotation.__args__[0]
    for kind in get_args(get_args(Rule)[0])
    if issubclass(kind, SoftRule)
}
"""The kinds of rules that may be broken."""


@st.composite
def scenarios(
    draw: st.DrawFn,
    rules: int = 4,
    lenient: bool = False,
    money: bool = False,
    promises: bool = False,
    demand: bool = False,
) -> Scenario:
    """Up to four workloads of a few replicas, standing hosts, a volume, and up to `rules` rules.

    With `lenient`, something runs today, and rules that may be soft or to be mended mostly are. With
    `money`, there are commitments, discounts and licences, and another currency. With `promises`, something
    runs today, workloads are released, and up to two rules speak of losses, releases and moves. With
    `demand`, it varies over time or is a distribution, GPUs are shared, and hosts reserve for roles.
    """
    workloads: list[dict[str, Any]] = [
        {
            "name": name,
            "kind": "stateful_set" if name == "db" else "service",
            "replicas": draw(st.integers(1, 5)),
            "priority": draw(st.sampled_from([0, 0, 10])),
            "requests": {
                "cpu": draw(st.sampled_from(["250m", "500m", "1", "1500m", "3"])),
                "memory": draw(st.sampled_from(["512Mi", "1Gi", "3Gi", "7Gi"])),
            },
            "volumes": draw(_claims) if name == "db" else [],
            "labels": {"app": draw(st.sampled_from(["shop", "bank"]))},
            "team": draw(st.sampled_from([None, "red", "blue"])),
        }
        for name in NAMES[: draw(st.integers(1, 3))]
    ]
    if draw(st.booleans()):
        workloads.append({"name": "agent", "kind": "daemon_set", "requests": {"cpu": "200m", "memory": "256Mi"}})
    known = [workload["name"] for workload in workloads]
    hosts = [standing("old-1", A), standing("old-2", B, releasable=False, labels={"tier": "gold"})]
    tainted = {"taints": (Taint(key="dedicated", value="x"),)} if draw(st.booleans()) else {}
    hosts = hosts[: draw(st.integers(0, 2))]
    drawn = draw(st.lists(st.sampled_from(sorted(RULES)).flatmap(RULES.__getitem__), max_size=rules))
    spec: dict[str, Any] = {
        "workloads": workloads,
        "hosts": hosts,
        "pools": [
            {
                "name": "pool",
                "locations": draw(st.sampled_from([["alpha", "beta"], ["alpha/north"], ["beta"]])),
                "purchases": ["on_demand", "spot"],
                "platform": "bare_metal",
                "max_hosts": draw(st.sampled_from([None, None, 4])),
                **tainted,
            }
        ],
        "volumes": [Volume(name="v0", workload="db", replica=0, storage_class="regional", size="8Gi", location=A)]
        if "db" in known and draw(st.booleans())
        else [],
        "rules": [rule for rule in (_about(r, known, [h.name for h in hosts]) for r in drawn) if rule],
        "goals": draw(
            st.sampled_from(
                [
                    ["unplaced", "cost"],
                    ["unplaced", "hosts", "cost"],
                    ["unplaced", "cost", "domains", "balance"],
                    ["unplaced", "cost", "egress", "carbon"],
                ]
            )
        ),
        "latencies": draw(
            st.sampled_from([[], [{"between": [A, B], "ms": 1}, {"between": ["alpha", "beta"], "ms": 50}]])
        ),
        "topology": [
            {"name": "alpha", "level": "cloud", "country": "Alphaland", "latitude": 50, "longitude": 8},
            {"name": "beta", "level": "cloud", "latitude": 40, "longitude": -74},
        ],
        "storage_pools": [draw(_storage_pool)],
        "traffic": [flow for flow in (_between(flow, known) for flow in draw(_traffic)) if flow],
        "catalog": catalog(storage_classes=(*catalog().storage_classes, *CLASSES), egress=TARIFFS),
    }
    if money:
        spec |= {key: draw(strategy) for key, strategy in MONEY.items()}
        spec["rules"] = [*spec["rules"], *draw(_licences)]
    if promises:
        spec["rules"] = [*spec["rules"], *(rule for r in draw(_promised) if (rule := _about(r, known, [])))]
        for workload in workloads:
            workload["release"] = draw(_release)
        spec["goals"] = draw(st.sampled_from([spec["goals"], ["unplaced", "moves", "cost"]]))
    if lenient or promises:
        spec["hosts"] = _running(draw, spec["hosts"], workloads)
    if demand:
        for workload in workloads:
            workload |= draw(_demand)
        spec["workloads"] = [_at_times(draw, workload) for workload in workloads]
        spec["rules"] = [*spec["rules"], *draw(_overload)]
        spec["pools"] = [{**spec["pools"][0], "platform": draw(_agents)}]
    if lenient:
        spec["rules"] = [_meant(draw, rule) for rule in spec["rules"]]
    return Scenario.model_validate({"metadata": {"name": "drawn"}, "spec": spec})


def _commitment(name: str) -> st.SearchStrategy[dict[str, Any]]:
    resource = {"kind": "resource", "covers_hosts": 2, "fee_per_hour": "0.31", "upfront": 100}
    spending = {"kind": "spend", "spend_per_hour": "0.37", "percent": 27.5}
    return st.builds(
        lambda hosts, kind: {"name": name, "hosts": hosts, **kind}, _hosts, st.sampled_from([resource, spending])
    )


MONEY: dict[str, st.SearchStrategy[Any]] = {
    "commitments": st.sampled_from([("a",), ("a", "b")]).flatmap(lambda names: st.tuples(*map(_commitment, names))),
    "discounts": st.sampled_from([[], [{"cloud": "alpha", "percent": 12.5}]]),
    "currency": st.sampled_from([{}, {"code": "CHF", "per_usd": "0.8871", "as_of": "2026-10-30"}]),
}
LICENCES = {
    "licence": st.sampled_from(
        [
            {"rule": "licence", "workloads": {}, "per_month": "11.11"},
            {"rule": "licence", "workloads": "web", "per": "core", "per_month": "3.33"},
        ]
    )
}
_licences = st.lists(LICENCES["licence"], max_size=1)


_release = st.sampled_from(
    [None, {"strategy": "rolling"}, {"strategy": "blue_green"}, {"strategy": "canary", "replicas": 1}]
)
PROMISES = {
    "survive": _rule("survive", workloads=_names, level=_level),
    "release_room": _rule("release_room", workloads=_names, at_once=st.sampled_from(["one", "all"])),
    "moves": _rule("moves", workloads=_names, at_most=st.integers(0, 3)),
    "moves (price)": _rule("moves", workloads=_names, price=st.sampled_from(["5", "33.33"])),
}
_promised = st.lists(st.one_of(*PROMISES.values()), min_size=1, max_size=2)


_points = st.lists(st.sampled_from(["100m", "500m", "1", "2500m"]), min_size=1, max_size=4)
_demand = st.fixed_dictionaries(
    {},
    optional={
        "profile": st.one_of(
            st.fixed_dictionaries({"cpu": _points}),
            st.fixed_dictionaries({"cpu": _points, "memory": st.just(["1Gi", "5Gi"])}),
            st.fixed_dictionaries({"period": st.just("week"), "gpu": st.just(["0.5", "0", "0.7"])}),
        ),
        "usage": st.sampled_from(
            [
                {"cpu": {"median": "200m", "p95": "600m"}},
                {"cpu": {"median": "900m", "p95": "950m"}, "memory": {"median": "1Gi", "p95": "3Gi"}},
            ]
        ),
        "overhead": st.just({"cpu": "50m", "memory": "10Mi"}),
        "role": st.sampled_from(["red", "blue", "green"]),
        "requests": st.sampled_from(
            [{"cpu": "500m", "memory": "1Gi", "gpu": share} for share in ("0.3", "0.25", "0.6", "1")]
        ),
    },
)
OVERLOAD = {
    "overload_risk": _rule(
        "overload_risk",
        hosts=st.one_of(st.just({}), _hosts),
        resources=st.sampled_from([["cpu"], ["memory"], ["cpu", "memory"]]),
        risk=st.sampled_from([0.001, 0.05, 0.4]),
    )
}
_overload = st.lists(OVERLOAD["overload_risk"], max_size=2)
DRAWN = {name.partition(" (")[0] for name in (*RULES, *LICENCES, *PROMISES, *OVERLOAD)}
"""The kinds of rules that scenarios are drawn with."""
_agents = st.sampled_from(
    [
        "bare_metal",
        {"kind": "mesos", "reservations": {"red": {"cpu": 1}}},
        {"kind": "mesos", "reservations": {"red": {"cpu": "1500m", "memory": "4Gi"}, "blue": {"cpu": 1, "gpu": 1}}},
    ]
)


def _at_times(draw: st.DrawFn, workload: dict[str, Any]) -> dict[str, Any]:
    """The workload as a cron job now and then."""
    if workload.get("kind") != "service" or draw(st.booleans()):
        return workload
    times = draw(st.sampled_from([("0 2 * * *", 60), ("30 23 * * 0", 90), ("*/30 * * * *", 10), ("0 4 1 * *", 60)]))
    rest = {key: value for key, value in workload.items() if key != "replicas"}
    return {**rest, "kind": "cron_job", "schedule": times[0], "minutes": times[1], "parallelism": workload["replicas"]}


def _between(flow: dict[str, Any], known: list[str]) -> dict[str, Any] | None:
    """Traffic between workloads that exist, to users where it has no target; None where nobody is left."""
    ends = {key: [name for name in flow[key] or () if name in known] for key in ("source", "target")}
    if not ends["source"] or (flow["target"] and not ends["target"]):
        return None
    there = {"target": ends["target"]} if flow["target"] else {"users": {}}
    return {"source": ends["source"], "gb_per_month": flow["gb_per_month"], **there}


def _running(draw: st.DrawFn, hosts: list[Any], workloads: list[dict[str, Any]]) -> list[Any]:
    """The hosts with some replicas on them, fitting or not."""
    left = {workload["name"]: workload["replicas"] for workload in workloads if "replicas" in workload}
    busy = []
    for host in hosts:
        runs = {name: draw(st.integers(0, count)) for name, count in left.items()}
        left = {name: count - runs[name] for name, count in left.items()}
        busy.append(host.model_copy(update={"runs": {name: count for name, count in runs.items() if count}}))
    return busy


def _meant(draw: st.DrawFn, rule: dict[str, Any]) -> dict[str, Any]:
    """The rule, meant as strictly as drawn where its kind can be broken."""
    if rule["rule"] not in LENIENT:
        return rule
    strictness = [{}, {"mode": "mend"}, {"mode": "soft", "penalty": "20"}, {"mode": "soft", "penalty": "200"}]
    return {**rule, **draw(st.sampled_from(strictness))}


def _about(rule: dict[str, Any], known: list[str], hosts: list[str]) -> dict[str, Any] | None:
    """The rule with the names that exist; None where nothing is left to speak of."""
    rule = dict(rule)
    for key in ("workloads", "away_from", "near", "to"):
        if key in rule:
            rule[key] = [name for name in rule[key] if name in known]
            if not rule[key]:
                return None
    if rule["rule"] == "pinned" and not set(rule["hosts"]) <= set(hosts):
        return None
    return rule
