"""Hypothesis strategies for small scenarios with every rule, over the builders' two clouds."""

from __future__ import annotations

from typing import Any

from builders import A, B, catalog, standing
from hypothesis import strategies as st

from models.host import Taint
from models.scenario import Scenario
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
    "pinned": _rule("pinned", workloads=_names, hosts=st.sampled_from([["old-1"], ["old-1", "old-2"], []])),
}
"""A strategy for every rule, by its kind."""


@st.composite
def scenarios(draw: st.DrawFn, rules: int = 4) -> Scenario:
    """Up to four workloads of a few replicas, standing hosts, a volume, and up to `rules` rules."""
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
            "volumes": [{"size": "8Gi", "iops": 10}] if name == "db" else [],
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
                [["unplaced", "cost"], ["unplaced", "hosts", "cost"], ["unplaced", "cost", "domains", "balance"]]
            )
        ),
        "catalog": catalog(),
    }
    return Scenario.model_validate({"metadata": {"name": "drawn"}, "spec": spec})


def _about(rule: dict[str, Any], known: list[str], hosts: list[str]) -> dict[str, Any] | None:
    """The rule with the names that exist; None where nothing is left to speak of."""
    rule = dict(rule)
    for key in ("workloads", "away_from", "near"):
        if key in rule:
            rule[key] = [name for name in rule[key] if name in known]
            if not rule[key]:
                return None
    if rule["rule"] == "pinned" and not set(rule["hosts"]) <= set(hosts):
        return None
    return rule
