"""Every rule: a good plan passes, the same plan broken once is caught by that rule and no other."""

from dataclasses import dataclass
from typing import Any, get_args

import pytest
from builders import (
    BETA,
    RACK_1,
    RACK_2,
    WEST,
    A,
    B,
    C,
    Slot,
    catalog,
    daemonset,
    home,
    keep,
    plan,
    pool,
    scenario,
    service,
    slot,
    standing,
)  # fmt: skip

from models.rules import Licence, Rule, Tolerations, VolumeLocality
from models.scenario import Scenario
from planner.verify import verify
from planner.verify.checks import BY_RULE


@dataclass(frozen=True)
class Case:
    """One way to break a rule; `says` is part of the sentence that a reader gets."""

    about: str
    rule: str
    scenario: Scenario
    good: tuple[Slot, ...]
    bad: tuple[Slot, ...]
    says: str


def rule(kind: str, **stated: Any) -> dict[str, Any]:
    return {"rule": kind, "name": f"my {kind}", **stated}


def single(about: str, kind: str, good: Slot, bad: Slot, says: str, stated: dict[str, Any], **spec: Any) -> Case:
    """A rule on the single host: one replica on a good host, then on a bad one."""
    return Case(about, kind, scenario(rules=[rule(kind, **stated)], **spec), (good,), (bad,), says)


def called(case: Case) -> str:
    return f"{case.rule}: {case.about}"


WEB = {"web": 1}
ON_A = slot("h", WEB)
HERE = standing("old-1", A, runs={"web": 2})
THERE = standing("old-2", B, runs={"web": 1})
FOUR = {"host_type": None, "capacity": {"cpu": 4, "memory": "16Gi"}}
AT_HOME = {"hosts": [standing("rack-1", RACK_1, **FOUR), standing("rack-2", RACK_2, **FOUR)], "topology": [home()]}
RACKED = scenario(**AT_HOME).spec.hosts
DISK = {"name": "data", "storage_class": "regional", "size": "10Gi"}
FPGA = {"name": "web", "requests": {"cpu": 1, "example.com/fpga": 1}}
BOARD = standing("board", RACK_1, capacity={"cpu": 4, "memory": "16Gi", "example.com/fpga": 1})
TWO = (service("web", 2), service("db", 2))


def volume(**stated: Any) -> dict[str, Any]:
    return {"name": "v", "workload": "web", "replica": 1, "size": "10Gi", **stated}


HOST_RULES = [
    single("a zone's label", "node_selector", ON_A, slot("h", WEB, B),
           "needs the label topology.kubernetes.io/zone=a, the host has topology.kubernetes.io/zone=b",
           {"labels": {"topology.kubernetes.io/zone": "a"}}),
    single("a pool's own label", "node_selector", slot("h", WEB, pool="fast"), ON_A, "the host has no disk",
           {"labels": {"disk": "ssd"}}, pools=[pool(), pool("fast", labels={"disk": "ssd"})]),
    single("one of two terms", "node_affinity", slot("h", WEB, host_type="arm-4"), slot("h", WEB, B),
           "meets none of 2 terms; the host has kubernetes.io/arch=amd64, topology.kubernetes.io/zone=b",
           {"terms": [[{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}],
                      [{"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["a", "b"]}]]}),
    single("a cloud", "allow", ON_A, slot("h", WEB, BETA), "not among the allowed hosts (locations: alpha)",
           {"hosts": {"locations": ["alpha"]}}),
    single("an architecture", "allow", slot("h", WEB, host_type="arm-4"), ON_A, "not among the allowed hosts",
           {"hosts": {"architectures": ["arm64"]}}),
    single("a region", "forbid", ON_A, slot("h", WEB, WEST), "among the forbidden hosts (locations: alpha/west)",
           {"hosts": {"locations": ["alpha/west"]}}),
    single("a purchase option", "forbid", ON_A, slot("h", WEB, purchase="spot"), "(purchases: spot)",
           {"hosts": {"purchases": ["spot"]}}),
    single("a host type by pattern", "forbid", ON_A, slot("h", WEB, host_type="big-16"), "(host_types: big-*)",
           {"hosts": {"host_types": ["big-*"]}}),
]  # fmt: skip

GROUP_RULES = [
    Case("from itself on a host", "anti_affinity", scenario(TWO[0], rules=[rule("anti_affinity")]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", {"web": 2}),), "2 replicas of 'web' in this host, 1 allowed"),
    Case("from itself in a zone", "anti_affinity", scenario(TWO[0], rules=[rule("anti_affinity", level="zone")]),
         (slot("h1", WEB), slot("h2", WEB, B)), (slot("h1", WEB), slot("h2", WEB)), "in this zone"),
    Case("from others", "anti_affinity", scenario(*TWO, rules=[rule("anti_affinity", workloads="web", away_from="db")]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2})), (slot("h1", {"web": 2, "db": 1}), slot("h2", {"db": 1})),
         "replicas that keep apart share this host: 2 of 'web', 1 of 'db'"),
    Case("from all of a group it is in", "anti_affinity",
         scenario(*TWO, rules=[rule("anti_affinity", workloads="web", away_from=["web", "db"])]),
         (slot("h1", WEB), slot("h2", WEB), slot("h3", {"db": 2})), (slot("h1", {"web": 2}), slot("h3", {"db": 2})),
         "share this host: 2 of 'web'"),
    Case("a host outside any rack conflicts with none", "anti_affinity",
         scenario(service(replicas=3), rules=[rule("anti_affinity", level="rack")], **AT_HOME),
         (keep(RACKED[0], WEB), slot("h", {"web": 2})), (keep(RACKED[0], {"web": 2}), slot("h", WEB)), "in this rack"),
    Case("near another in a zone", "affinity",
         scenario(*TWO, rules=[rule("affinity", workloads="web", near="db", level="zone")]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2})), (slot("h1", {"web": 1, "db": 2}), slot("h2", WEB, B)),
         "1 of its replicas in alpha/north/b without a replica of 'db' there"),
    Case("near itself", "affinity",
         scenario(TWO[0], rules=[rule("affinity", workloads="web", near="web", level="zone")]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", WEB), slot("h2", WEB, B)), "spread over 2 zones"),
    Case("outside any rack", "affinity",
         scenario(TWO[0], rules=[rule("affinity", workloads="web", near="web", level="rack")], **AT_HOME),
         (keep(RACKED[0], {"web": 2}), keep(RACKED[1])), (keep(RACKED[0], WEB), slot("h", WEB)), "outside any rack"),
    Case("three zones of one region", "topology_spread",
         scenario(service(replicas=3), pools=[pool(locations=("alpha/north",))], rules=[rule("topology_spread")]),
         (slot("h1", WEB), slot("h2", WEB, B), slot("h3", WEB, C)), (slot("h1", {"web": 2}), slot("h2", WEB, B)),
         "2 replicas in alpha/north/a against a minimum of 0 over 3 eligible zones: skew 2, 1 allowed"),
    Case("only the zones that its selector admits", "topology_spread",
         scenario(service(replicas=4), rules=[rule("topology_spread", level="region"),
                                              rule("allow", hosts={"locations": ["alpha"]})]),
         (slot("h1", {"web": 2}), slot("h2", {"web": 2}, WEST)), (slot("h1", {"web": 3}), slot("h2", WEB, WEST)),
         "over 2 eligible regions"),
    Case("too few domains", "topology_spread",
         scenario(TWO[0], pools=[pool(locations=("beta",)), pool("x", locations=("alpha/west",))],
                  rules=[rule("topology_spread", level="cloud", min_domains=3)]),
         (slot("h1", WEB, BETA), slot("h2", WEB, WEST, pool="x")), (slot("h1", {"web": 2}, BETA),),
         "against a minimum of 0 over 2 eligible clouds: skew 2"),
    Case("outside any rack", "topology_spread",
         scenario(TWO[0], rules=[rule("topology_spread", level="rack")], **AT_HOME),
         (keep(RACKED[0], WEB), keep(RACKED[1], WEB)), (keep(RACKED[0], WEB), slot("h", WEB)), "outside any rack"),
]  # fmt: skip

LIMITS = [
    Case("hosts", "quota", scenario(TWO[0], rules=[rule("quota", hosts={"locations": ["alpha"]}, max_hosts=1)]),
         (slot("h1", WEB), slot("h2", WEB, BETA)), (slot("h1", WEB), slot("h2", WEB)),
         "2 hosts in the plan, at most 1 allowed"),
    Case("whole hosts, however little is used", "quota",
         scenario(TWO[0], rules=[rule("quota", max_capacity={"cpu": 8})]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", WEB), slot("h2", WEB, host_type="big-16")),
         "20 CPU on 2 hosts, at most 8 CPU allowed"),
    Case("the price of hosts", "budget", scenario(TWO[0], rules=[rule("budget", max_per_month=146)]),
         (slot("h1", {"web": 2}),), (slot("h1", WEB), slot("h2", WEB)), "292.00 USD a month, at most 146.00 allowed"),
    Case("what workloads take of hosts", "budget",  # a quarter of 0.20 each, then an eighth of 2.00 each; times 730
         scenario(service(replicas=2), service("db"), rules=[rule("budget", workloads="web", max_per_month=73)]),
         (slot("h1", {"web": 2, "db": 1}),), (slot("h1", {"web": 2, "db": 1}, host_type="gpu-8"),),
         "365.00 USD a month, at most 73.00 allowed"),
    Case("requests on a cloud", "resource_quota",
         scenario(service(replicas=4), rules=[rule("resource_quota", hosts={"locations": ["alpha"]},
                                                   max_requests={"cpu": 3, "pods": 3})]),
         (slot("h1", {"web": 3}), slot("h2", WEB, BETA)), (slot("h1", {"web": 4}),),
         "4 CPU requested, at most 3 CPU allowed"),
    Case("volumes of a driver", "attach_limit",
         scenario(service(replicas=2, volumes=[DISK]), daemonset(volumes=[DISK]),
                  rules=[rule("attach_limit", max_volumes=2)]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", {"web": 2}), slot("h2")),
         "3 volumes attached, at most 2 allowed"),
    Case("a share of each host", "headroom", scenario(service(replicas=4), rules=[rule("headroom", percent=25)]),
         (slot("h1", {"web": 3}), slot("h2", WEB)), (slot("h1", {"web": 4}), slot("h2")), "25 % is to stay free"),
    Case("a share of what daemonsets leave", "headroom",
         scenario(service(replicas=3), daemonset(cpu=2), rules=[rule("headroom", percent=50)]),
         (slot("h1", WEB), slot("h2", WEB), slot("h3", WEB)), (slot("h1", {"web": 2}), slot("h2", WEB)),
         "2 CPU of 2 CPU used"),
    Case("room in all hosts together", "headroom",
         scenario(service(replicas=4), rules=[rule("headroom", replicas=2, requests={"cpu": 2, "memory": "1Gi"})]),
         (slot("h1", {"web": 2}), slot("h2", {"web": 2})), (slot("h1", WEB), slot("h2", {"web": 3})),
         "room for 1 further replica of 2 CPU, 1 GiB memory, 2 wanted"),
    Case("room in each zone in use", "headroom",
         scenario(service(replicas=5), rules=[rule("headroom", replicas=1, requests={"cpu": 1}, per="zone")]),
         (slot("h1", {"web": 3}), slot("h2", {"web": 2}, B)), (slot("h1", {"web": 4}), slot("h2", WEB, B)),
         "room for 0 further replicas of 1 CPU"),
    Case("to named hosts", "pinned",
         scenario(service(replicas=3), hosts=[HERE, THERE],
                  rules=[rule("pinned", workloads="web", hosts=["old-2"])]),
         (keep(THERE, {"web": 3}),), (keep(THERE, {"web": 2}), keep(HERE, WEB)), "1 replica on old-1, pinned to old-2"),
    Case("where they run now", "pinned",
         scenario(service(replicas=4), hosts=[HERE, THERE], rules=[rule("pinned", workloads="web")]),
         (keep(HERE, {"web": 2}), keep(THERE, {"web": 2})), (keep(HERE, WEB), keep(THERE, {"web": 3})), "1 from old-1"),
]  # fmt: skip

ALWAYS = [
    Case("CPU", "capacity", scenario(service(replicas=5)), (slot("h1", {"web": 4}), slot("h2", WEB)),
         (slot("h1", {"web": 5}),), "5 CPU asked for, 4 CPU there: 1 CPU too much"),
    Case("daemonsets take room", "capacity", scenario(service(replicas=4), daemonset()),
         (slot("h1", {"web": 3}), slot("h2", WEB)), (slot("h1", {"web": 4}),), "4500m CPU asked for"),
    Case("pods of a kubelet", "capacity",
         scenario(service(replicas=3, cpu="1m"), pools=[pool(platform={"kind": "kubernetes", "pods": 2})]),
         (slot("h1", {"web": 2}), slot("h2", WEB)), (slot("h1", {"web": 3}),), "3 pods asked for, 2 pods there"),
    Case("volumes of a host type", "capacity", scenario(service(replicas=9, cpu="1m", volumes=[DISK])),
         (slot("h1", {"web": 8}), slot("h2", WEB)), (slot("h1", {"web": 9}),), "9 volumes asked for, 8 volumes there"),
    Case("an extended resource", "capacity", scenario(FPGA, hosts=[BOARD], topology=[home()]),
         (keep(BOARD, WEB),), (keep(BOARD), slot("h", WEB)), "1 example.com/fpga asked for, 0 example.com/fpga there"),
    Case("GPU shares on two devices", "capacity",
         scenario(service(replicas=3, gpu="600m"), service("half", 2, gpu="400m")),
         (slot("h1", {"web": 2, "half": 2}, host_type="gpu-8"), slot("h2", WEB, host_type="gpu-8")),
         (slot("h1", {"web": 3}, host_type="gpu-8"), slot("h2", {"half": 2}, host_type="gpu-8")),
         "shares of 1800m GPU do not fit onto the devices of 2 GPU"),
    Case("a VM on a container host", "platform",
         scenario({"kind": "virtual_machine", "name": "web", "requests": {"cpu": 1}},
                  pools=[pool(), pool("vm", platform="hypervisor")]),
         (slot("h", WEB, pool="vm"),), (ON_A,), "a virtual machine, but its platform runs containers only"),
    Case("a container on a hypervisor", "platform", scenario(pools=[pool(), pool("vm", platform="hypervisor")]),
         (ON_A,), (slot("h", WEB, pool="vm"),), "a service, but its platform runs virtual machines only"),
    Case("of effect NoSchedule", "taints", scenario(pools=[pool(), pool("t", taints=[{"key": "gpu", "value": "yes"}])]),
         (ON_A,), (slot("h", WEB, pool="t"),), "does not tolerate the taint gpu=yes:NoSchedule"),
    Case("one of two tolerated", "taints",
         scenario(pools=[pool("pool", taints=[{"key": "a"}, {"key": "soft", "effect": "PreferNoSchedule"}]),
                         pool("t", taints=[{"key": "a"}, {"key": "b", "effect": "NoExecute"}])],
                  rules=[rule("tolerations", tolerations=[{"key": "a", "operator": "Exists"}])]),
         (ON_A,), (slot("h", WEB, pool="t"),), "does not tolerate the taint b:NoExecute"),
]  # fmt: skip

VOLUMES = [
    Case("within a region by its class", "volume_locality",
         scenario(TWO[0], volumes=[volume(storage_class="regional", location=A)]),
         (slot("h1", {"web": (1,)}, C), slot("h2", {"web": (0,)}, BETA)),
         (slot("h1", {"web": (0,)}, C), slot("h2", {"web": (1,)}, BETA)), "follows within its region only"),
    Case("within its zone where no class is named", "volume_locality", scenario(TWO[0], volumes=[volume(location=A)]),
         (slot("h1", {"web": 2}),), (slot("h1", {"web": 2}, B),), "its volume is in alpha/north/a"),
    Case("on its host", "volume_locality",
         scenario(service(replicas=3), hosts=[HERE, THERE], volumes=[volume(host="old-2")]),
         (keep(HERE, {"web": (0, 2)}), keep(THERE, {"web": (1,)})),
         (keep(HERE, {"web": (1, 2)}), keep(THERE, {"web": (0,)})),
         "follows within its host only"),
    Case("a rule narrows what the class allows", "volume_locality",
         scenario(TWO[0], volumes=[volume(storage_class="anywhere", location=A)],
                  rules=[rule("volume_locality", level="cloud")]),
         (slot("h1", {"web": 2}, WEST),), (slot("h1", {"web": 2}, BETA),), "follows within its cloud only"),
]  # fmt: skip

SCALEIO = {"name": "sio", "protection_domain": "alpha/north", "raw_capacity": "100Gi"}  # 90 GiB usable
ON_POOL = {"volumes": [{"size": "10Gi", "storage_class": "sio", "iops": 600}]}  # 16 GiB in steps of 8, twice: 32 GiB
NVME = [
    standing(f"nvme-{n}", A, host_type=None, capacity={"cpu": 4, "memory": "16Gi", "local_disk": "100Gi"})
    for n in (1, 2)
]
TWO_CLOUDS = ["alpha-disk", "beta-small"]

STORAGE = [
    Case("a class of another cloud", "storage",
         scenario(service(volumes=[{"size": "1Gi", "storage_class": "alpha-disk"}])),
         (ON_A,), (slot("h", WEB, BETA),), "where 'alpha-disk' does not serve its volume"),
    Case("larger than the class of this cloud", "storage",
         scenario(service(volumes=[{"size": "2Ti", "storage_class": TWO_CLOUDS}])),
         (ON_A,), (slot("h", WEB, BETA),), "where 'alpha-disk' or 'beta-small' does not serve its volume"),
    Case("a pool on hosts outside its protection domain", "storage",
         scenario(service(**ON_POOL), storage_pools=[SCALEIO]), (ON_A,), (slot("h", WEB, WEST),),
         "'sio' does not serve"),
    Case("a volume faster than its pool", "storage",
         scenario(service(volumes=[{"size": "1Gi", "storage_class": ["sio", "beta-small"], "iops": 600}]),
                  storage_pools=[SCALEIO | {"max_iops_per_volume": 500}]),
         (slot("h", WEB, BETA),), (ON_A,), "'sio' or 'beta-small' does not serve"),
    Case("an overfull pool, copies and steps counted", "storage",
         scenario(service(replicas=3, **ON_POOL), storage_pools=[SCALEIO]),
         (slot("h1", {"web": 2}), slot("h2")), (slot("h1", {"web": 2}), slot("h2", WEB)),
         "its volumes take 96 GiB in 2 copies each, 90 GiB usable"),
    Case("a pool's operations on one host", "storage",
         scenario(service(replicas=2, **ON_POOL), storage_pools=[SCALEIO | {"max_iops_per_host": 1000}]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", {"web": 2}), slot("h2")),
         "1,200 IOPS asked of 'sio', at most 1,000 IOPS per host"),
    Case("an overfull local disk", "capacity",
         scenario(service(replicas=2, volumes=[{"size": "60Gi", "storage_class": "local"}]), hosts=NVME),
         (keep(NVME[0], WEB), keep(NVME[1], WEB)), (keep(NVME[0], {"web": 2}), keep(NVME[1])),
         "120 GiB local disk asked for, 100 GiB local disk there"),
]  # fmt: skip

SWISS = {"topology": [{"name": "alpha", "level": "cloud", "country": "Switzerland"}]}
MAPPED = {
    "topology": [
        {"name": "alpha", "level": "cloud", "latitude": 50, "longitude": 8},
        {"name": "beta", "level": "cloud", "latitude": 40, "longitude": -74},
    ]
}
RHINE = {"name": "the Rhine", "latitude": 50, "longitude": 8}
NORTH = {"pools": [pool(locations=("alpha/north",))]}
PAIR = (service("web", 2, labels={"app": "shop"}), service("dev", labels={"app": "shop"}), service("db"))
RED, BLUE = service("red", 2, team="red"), service("blue", 2, team="blue")

PLACES_AND_GROUPS = [
    single("a country", "residency", ON_A, slot("h", WEB, BETA),
           "stands in no known country (beta/south/a), to stay in Switzerland",
           {"countries": ["Switzerland"]}, **SWISS),
    single("a region", "residency", ON_A, slot("h", WEB, WEST), "to stay in alpha/north",
           {"locations": ["alpha/north"]}),
    Case("of one workload", "share", scenario(service(replicas=5), rules=[rule("share", max_share=0.6)]),
         (slot("h1", {"web": 3}), slot("h2", {"web": 2}, BETA)), (slot("h1", {"web": 4}), slot("h2", WEB, BETA)),
         "4 of 5 replicas in alpha, at most 3 allowed (60%)"),
    Case("of all together", "share", scenario(*TWO, rules=[rule("share", max_share=0.5, together=True)]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2}, BETA)),
         (slot("h1", {"web": 2, "db": 1}), slot("h2", {"db": 1}, BETA)), "3 of 4 replicas in alpha"),
    Case("three zones, unevenly", "share",
         scenario(service(replicas=4), rules=[rule("share", level="zone", at_least=3)], **NORTH),
         (slot("h1", {"web": 2}), slot("h2", WEB, B), slot("h3", WEB, C)),
         (slot("h1", {"web": 2}), slot("h2", {"web": 2}, B)), "replicas in 2 zones, 3 or more wanted"),
    Case("two hosts", "share", scenario(service(replicas=4), rules=[rule("share", level="host", at_least=2)]),
         (slot("h1", {"web": 3}), slot("h2", WEB)), (slot("h1", {"web": 4}),), "replicas in 1 host, 2 or more wanted"),
    Case("outside any rack", "share",
         scenario(TWO[0], rules=[rule("share", level="rack", at_least=2)], **AT_HOME),
         (keep(RACKED[0], WEB), keep(RACKED[1], WEB)), (keep(RACKED[0], WEB), slot("h", WEB)), "outside any rack"),
    Case("noisy neighbours", "colocation", scenario(*TWO, rules=[rule("colocation", workloads=["web", "db"], most=3)]),
         (slot("h1", {"web": 2, "db": 1}), slot("h2", {"db": 1})), (slot("h1", {"web": 2, "db": 2}),),
         "4 replicas of the selected workloads together, at most 3 allowed"),
    Case("hosts of their own", "exclusive", scenario(*TWO, daemonset(), rules=[rule("exclusive", workloads="web")]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2})), (slot("h1", {"web": 2, "db": 1}), slot("h2", {"db": 1})),
         "2 replicas and 1 other share this host"),
    Case("a team's zones", "exclusive", scenario(RED, BLUE, rules=[rule("exclusive", by="team", level="zone")]),
         (slot("h1", {"red": 2}), slot("h2", {"blue": 2}, B)), (slot("h1", {"red": 2}), slot("h2", {"blue": 2})),
         "2 replicas of team 'red' and 2 others share this zone"),
    Case("architecture", "parity", scenario(*PAIR, rules=[rule("parity")]),
         (slot("h1", {"web": 2, "dev": 1}), slot("h2", {"db": 1}, host_type="arm-4")),
         (slot("h1", {"web": 2}), slot("h2", {"db": 1, "dev": 1}, host_type="arm-4")),
         "several kinds of architecture: 2 on amd64, 1 on arm64"),
    Case("platform", "parity",
         scenario(*PAIR, pools=[pool(), pool("d", platform="docker")], rules=[rule("parity", on="platform")]),
         (slot("h1", {"web": 2, "dev": 1}), slot("h2", {"db": 1}, pool="d")),
         (slot("h1", {"web": 2}), slot("h2", {"db": 1, "dev": 1}, pool="d")), "1 on docker"),
    Case("half of the replicas", "spot", scenario(service(replicas=4), rules=[rule("spot", max_share=0.5)]),
         (slot("h1", {"web": 2}, purchase="spot"), slot("h2", {"web": 2})),
         (slot("h1", {"web": 3}, purchase="spot"), slot("h2", WEB)), "3 of 4 replicas on spot hosts, at most 2"),
    Case("none at all", "spot", scenario(rules=[rule("spot")]), (ON_A,), (slot("h", WEB, purchase="spot"),),
         "1 of 1 replicas on spot hosts, at most 0 allowed"),
    Case("to others", "latency", scenario(*TWO, rules=[rule("latency", workloads="web", to="db", max_ms=1)]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2})), (slot("h1", WEB), slot("h2", {"db": 2, "web": 1}, B)),
         "1 replica in alpha/north/a, about 2 ms (estimated) from the nearest of 'db'; at most 1 ms allowed"),
    Case("measured", "latency",
         scenario(*TWO, rules=[rule("latency", workloads="web", to="db", max_ms=1)],
                  latencies=[{"between": [B, A], "ms": 0.9}, {"between": ["alpha/north", C], "ms": 1.1}]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2}, B)), (slot("h1", {"web": 2}), slot("h2", {"db": 2}, C)),
         "2 replicas in alpha/north/a, 1.1 ms from the nearest"),
    Case("to itself", "latency", scenario(TWO[0], rules=[rule("latency", workloads="web", to="web", max_ms=1)]),
         (slot("h1", WEB), slot("h2", WEB)), (slot("h1", WEB), slot("h2", WEB, B)),
         "replicas in alpha/north/a and in alpha/north/b are about 2 ms (estimated) from each other"),
    single("to users", "latency", ON_A, slot("h", WEB, BETA), "about 107 ms (estimated) from the Rhine; at most 10 ms",
           {"users": RHINE, "max_ms": 10}, **MAPPED),
]  # fmt: skip

PAIR = service("web", 2, cpu=2)
RELEASED = {"release": {"strategy": "blue_green"}}
RELEASES = (service("web", 4, **RELEASED), service("api", 4, **RELEASED))
RANKED = [service(name, 2, cpu=2, priority=rank) for name, rank in (("low", 0), ("web", 10), ("high", 20))]

TIGHT = [service(*each) for each in (("a", 1, "2"), ("b", 2, "1600m"), ("c", 1, "1200m"), ("d", 2, "800m"))]
FULL = (slot("h1", {"a": 1, "c": 1, "d": 1}), slot("h2", {"b": 2, "d": 1}))
"""Full hosts: first fit by size needs a third one for what they hold."""

PROMISES = [
    Case("any zone", "survive", scenario(service(replicas=4, cpu=2), rules=[rule("survive")]),
         (slot("h1", {"web": 2}), slot("h2", {"web": 2}, B), slot("h3", None, C)),
         (slot("h1", {"web": 2}), slot("h2", {"web": 2}, B)), "2 replicas would find no room (2 of 'web')"),
    Case("any host", "survive", scenario(PAIR, rules=[rule("survive", level="host")]),
         (slot("h1", {"web": 2}), slot("h2")), (slot("h1", {"web": 2}),), "2 replicas would find no room"),
    Case("hosts as a whole", "survive",
         scenario(*TIGHT, rules=[rule("survive")]),
         (*FULL, slot("h3", None, B), slot("h4", None, B)), (*FULL, slot("h3", None, B)),
         "would find no room"),
    Case("in place of lower priorities only", "survive",
         scenario(*RANKED, rules=[rule("survive", workloads="web", level="host")]),
         (slot("h1", {"web": 2}), slot("h2", {"low": 2}), slot("h3", {"high": 2})),
         (slot("h1", {"web": 2}), slot("h3", {"high": 2})), "2 of 'web'"),
    Case("apart on hosts", "survive",
         scenario(service(replicas=2), rules=[rule("survive"), rule("anti_affinity")]),
         (slot("h1", WEB), slot("h2", WEB, B), slot("h3", None, C)), (slot("h1", WEB), slot("h2", WEB, B)),
         "1 of 'web'"),
    Case("apart from others on hosts", "survive",
         scenario(*TWO, rules=[rule("survive", workloads="web"), rule("exclusive", workloads="db")]),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2}), slot("h3", None, B)),
         (slot("h1", {"web": 2}), slot("h2", {"db": 2}, B)), "2 of 'web'"),
    Case("where it may go", "survive",
         scenario(service(), rules=[rule("survive"), rule("forbid", hosts={"locations": ["beta"]})]),
         (ON_A, slot("h2", None, WEST)), (ON_A, slot("h2", None, BETA)), "1 of 'web'"),
    Case("where its volume follows", "survive",
         scenario(service(replicas=2), volumes=[volume(storage_class="regional", location=A)], rules=[rule("survive")]),
         (slot("h1", {"web": 2}), slot("h2", None, B)), (slot("h1", {"web": 2}), slot("h2", None, BETA)), "1 of 'web'"),
    Case("on the hosts it is pinned to", "survive",
         scenario(service(replicas=3), hosts=[HERE, THERE],
                  rules=[rule("survive"), rule("pinned", workloads="web", hosts=["old-1", "old-2"])]),
         (keep(HERE, {"web": 3}), keep(THERE)), (keep(HERE, {"web": 3}), slot("h", None, B)), "3 of 'web'"),
    Case("one workload at a time", "release_room", scenario(*RELEASES, rules=[rule("release_room")]),
         (slot("h1", {"web": 4}), slot("h2", {"api": 4}), slot("h3")), (slot("h1", {"web": 4}), slot("h2", {"api": 4})),
         "room for 0 further replicas is left, a release needs it for 4"),
    Case("by the release strategy alone", "release_room",
         scenario(service(replicas=10, cpu="1", release={"strategy": "rolling"})),
         (slot("h1", {"web": 10}, host_type="big-16"),),
         tuple(slot(f"h{n}", {"web": count}) for n, count in enumerate((4, 4, 2))),
         "room for 2 further replicas is left, a release needs it for 3"),
    Case("where the workload may go", "release_room",
         scenario(service(cpu=4, release={"strategy": "canary"}),
                  rules=[rule("release_room"), rule("forbid", hosts={"locations": ["beta"]})]),
         (slot("h1", WEB), slot("h2", None, B)), (slot("h1", WEB), slot("h2", None, BETA)),
         "room for 0 further replicas is left"),
    Case("apart on hosts", "release_room",
         scenario(service(replicas=2, **RELEASED), rules=[rule("release_room"), rule("anti_affinity")]),
         (slot("h1", WEB), slot("h2", WEB), slot("h3"), slot("h4")), (slot("h1", WEB), slot("h2", WEB), slot("h3")),
         "room for 1 further replica is left, a release needs it for 2"),
    Case("all at once", "release_room", scenario(*RELEASES, rules=[rule("release_room", at_once="all")]),
         (slot("h1", {"web": 4}), slot("h2", {"api": 4}), slot("h3", held={"web": 4}), slot("h4", held={"api": 4})),
         (slot("h1", {"web": 4}), slot("h2", {"api": 4}), slot("h3", held={"web": 4})),
         "room for 0 further replicas is held"),
    Case("what is held is there", "release_room", scenario(*RELEASES, rules=[rule("release_room", at_once="all")]),
         (slot("h1", {"web": 4}), slot("h2", {"api": 4}), slot("h3", held={"web": 4}), slot("h4", held={"api": 4})),
         (slot("h1", {"web": 4}), slot("h2", {"api": 4}), slot("h3", held={"web": 4, "api": 4})),
         "8 CPU are held, 4 CPU are left"),
    Case("what is held keeps its distance", "release_room",
         scenario(service(replicas=2, **RELEASED), rules=[rule("release_room"), rule("anti_affinity")]),
         (slot("h1", WEB), slot("h2", WEB), slot("h3", held=WEB), slot("h4", held=WEB)),
         (slot("h1", WEB, held=WEB), slot("h2", WEB), slot("h3", held=WEB), slot("h4")),
         "holds room for 1 further replica of 'web', its rules allow 0"),
    Case("what is held may go there", "release_room",
         scenario(service(release={"strategy": "canary"}),
                  rules=[rule("release_room"), rule("forbid", hosts={"locations": ["beta"]})]),
         (slot("h1", WEB, held=WEB),), (slot("h1", WEB), slot("h2", None, BETA, held=WEB)),
         "holds room for 'web', which may not run there"),
    Case("at most so many", "moves",
         scenario(service(replicas=4), hosts=[HERE, THERE], rules=[rule("moves", at_most=1)]),
         (keep(HERE, {"web": 4}),), (keep(THERE, {"web": 4}),), "2 replicas leave their host (2 of 'web'), at most 1"),
]  # fmt: skip

SHOP = service("shop", cpu=3, profile={"cpu": [1, 3, 1]})  # eight hours each
BATCH = service("batch", cpu=3, profile={"cpu": [3, 1, 1]})
NIGHTLY = {"kind": "cron_job", "name": "nightly", "schedule": "0 2 * * 1", "requests": {"cpu": 2}}
STEADY = {"cpu": {"median": "500m", "p95": "664m"}}
"""Mean 500m, deviation 99.7m: 6 replicas use 3568m but for a chance of 1 %, 7 use 4114m."""
AGENT = standing("agent", capacity={"cpu": 4, "memory": "17Gi"}, host_type=None,
                 platform={"kind": "mesos", "reservations": {"ads": {"cpu": 2}, "web": {"cpu": "500m"}}})  # fmt: skip
ROLES = (service("ads", role="ads"), service("free", 4))

DEMAND = [
    Case("at night and by day", "capacity", scenario(SHOP, service("extra"), BATCH),
         (slot("h1", {"shop": 1, "batch": 1}), slot("h2", {"extra": 1})),
         (slot("h1", {"shop": 1, "extra": 1, "batch": 1}),),
         "5 CPU asked for at 00:00 on Monday, 4 CPU there: 1 CPU too much"),
    Case("while a cron job runs", "capacity", scenario(service("web", 3), NIGHTLY),
         (slot("h1", {"web": 2, "nightly": 1}), slot("h2", WEB)), (slot("h1", {"web": 3, "nightly": 1}),),
         "5 CPU asked for at 02:00 on Monday"),
    Case("beside a daemonset at its peak", "capacity",
         scenario(SHOP, service("web"), daemonset(profile={"cpu": ["1", "500m", "500m"]})),
         (slot("h1", {"shop": 1}), slot("h2", {"web": 1})), (slot("h1", {"shop": 1, "web": 1}),),
         "4500m CPU asked for at 08:00 on Monday, 4 CPU there"),
    Case("usage over all of a host", "overload_risk",
         scenario(service("web", 7, usage=STEADY), rules=[rule("overload_risk")]),
         (slot("h1", {"web": 6}), slot("h2", WEB)), (slot("h1", {"web": 7}),),
         "with a chance of more than 1 % over 4 CPU: 4114m CPU at that chance"),
    Case("requests of who states no usage", "overload_risk",
         scenario(service("web", 5, usage=STEADY), service("db", 2), rules=[rule("overload_risk", risk=0.05)]),
         (slot("h1", {"web": 3, "db": 2}), slot("h2", {"web": 2})), (slot("h1", {"web": 4, "db": 2}),),
         "with a chance of more than 5 % over 4 CPU: 4328m CPU at that chance"),
    Case("memory on some hosts", "overload_risk",
         scenario(service("web", 4, cpu="10m", memory="8Gi", usage={"memory": {"median": "5Gi", "p95": "5Gi"}}),
                  rules=[rule("overload_risk", hosts={"purchases": ["spot"]}, resources=["memory"])]),
         (slot("h1", {"web": 3}, purchase="spot"), slot("h2", WEB)), (slot("h1", {"web": 4}, purchase="spot"),),
         "20 GiB memory at that chance"),
    Case("room kept for a role", "roles", scenario(*ROLES, hosts=[AGENT]),
         (keep(AGENT, {"ads": 1, "free": 1}), slot("h1", {"free": 3})),
         (keep(AGENT, {"ads": 1, "free": 3}), slot("h1", {"free": 1})),
         "3 CPU asked for by others than ads, 2 CPU not reserved for them"),
    Case("no such GPU", "gpu_models", scenario(service("web", gpu_models=["L4", "T4*"])),
         (slot("h1", WEB, host_type="gpu-8"),), (ON_A,),
         "runs 'web', which asks for L4 or T4*; it has no GPU of a known model"),
]  # fmt: skip

CASES = [*HOST_RULES, *GROUP_RULES, *PLACES_AND_GROUPS, *LIMITS, *ALWAYS, *VOLUMES, *STORAGE, *PROMISES, *DEMAND]


@pytest.mark.parametrize("case", CASES, ids=called)
def test_good_plan_passes_and_broken_plan_is_caught_by_name(case: Case):
    assert verify(case.scenario, plan(case.scenario, *case.good), catalog()) == ()
    found = verify(case.scenario, plan(case.scenario, *case.bad), catalog())
    assert {violation.rule for violation in found} == {case.rule}
    assert any(case.says in violation.message for violation in found), [str(violation) for violation in found]


@pytest.mark.parametrize("case", [*HOST_RULES, *GROUP_RULES, *PLACES_AND_GROUPS, *LIMITS], ids=called)
def test_a_violation_carries_the_rules_own_name(case: Case):
    found = verify(case.scenario, plan(case.scenario, *case.bad), catalog())
    assert {violation.label for violation in found} == {f"my {case.rule}"}


def test_every_rule_class_has_a_check_and_a_broken_plan():
    classes = set(get_args(get_args(Rule)[0]))
    assert classes == set(BY_RULE) | {Tolerations, VolumeLocality, Licence}  # a licence is a part of the bill
    kinds = {get_args(cls.model_fields["rule"].annotation)[0] for cls in classes} - {"tolerations", "licence"}
    assert kinds <= {case.rule for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_plan_that_places_nothing_but_says_so_breaks_nothing(case: Case):
    kept = [keep(host) for host in case.scenario.spec.hosts]
    assert verify(case.scenario, plan(case.scenario, *kept), catalog()) == ()


def test_every_violation_is_returned_not_only_the_first():
    rules = [rule("anti_affinity"), rule("forbid", hosts={"locations": [A]}), rule("quota", max_hosts=0)]
    case = scenario(service(replicas=5), rules=rules)
    found = verify(case, plan(case, slot("h1", {"web": 5}), cost_per_month=1), catalog())
    assert [violation.rule for violation in found] == ["capacity", "cost", "anti_affinity", "forbid", "quota"]


def test_unplaced_replicas_excuse_an_empty_pinned_host():
    case = scenario(TWO[0], hosts=[standing("old-1", runs={"web": 2})], rules=[rule("pinned", workloads="web")])
    assert verify(case, plan(case, keep(case.spec.hosts[0], WEB)), catalog()) == ()
    assert verify(case, plan(case), catalog()) == ()
