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

from models.rules import Rule, Tolerations, VolumeLocality
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
    Case("a claim on a cloud's class", "volume_locality",
         scenario(service(volumes=[{"size": "1Gi", "storage_class": "alpha-disk"}])),
         (ON_A,), (slot("h", WEB, BETA),), "storage class 'alpha-disk' is for 'alpha' only"),
]  # fmt: skip

CASES = [*HOST_RULES, *GROUP_RULES, *LIMITS, *ALWAYS, *VOLUMES]


@pytest.mark.parametrize("case", CASES, ids=called)
def test_good_plan_passes_and_broken_plan_is_caught_by_name(case: Case):
    assert verify(case.scenario, plan(case.scenario, *case.good), catalog()) == ()
    found = verify(case.scenario, plan(case.scenario, *case.bad), catalog())
    assert {violation.rule for violation in found} == {case.rule}
    assert any(case.says in violation.message for violation in found), [str(violation) for violation in found]


@pytest.mark.parametrize("case", [*HOST_RULES, *GROUP_RULES, *LIMITS], ids=called)
def test_a_violation_carries_the_rules_own_name(case: Case):
    found = verify(case.scenario, plan(case.scenario, *case.bad), catalog())
    assert {violation.label for violation in found} == {f"my {case.rule}"}


def test_every_rule_class_has_a_check_and_a_broken_plan():
    classes = set(get_args(get_args(Rule)[0]))
    assert classes == set(BY_RULE) | {Tolerations, VolumeLocality}
    kinds = {get_args(cls.model_fields["rule"].annotation)[0] for cls in classes} - {"tolerations"}
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
