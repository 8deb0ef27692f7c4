import gzip
import json
from collections import Counter

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.openb import __main__ as openb
from benchmarks.openb.asked import scenario_of
from benchmarks.openb.check import breaches, fit_on_devices
from benchmarks.openb.trace import Node, Pod, placeable, read_nodes, read_pods
from planner.api import plan
from planner.solvers.stop import Stop

NODES = (
    "sn,cpu_milli,memory_mib,gpu,model\na,16000,65536,2,G2\nb,16000,65536,2,G2\nc,8000,16384,1,T4\nd,32000,65536,0,\n"
)
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n"
    "p0,4000,8192,1,600,,LS\np1,4000,8192,1,600,,LS\np2,4000,8192,1,600,,LS\n"
    "p3,2000,4096,2,1000,,LS\np4,1000,1024,1,300,T4|T4,LS\np5,20000,1024,0,0,,BE\n"
)


@pytest.fixture
def trace(tmp_path):
    nodes, pods = tmp_path / "nodes.csv", tmp_path / "openb_pod_list_tiny.csv.gz"
    nodes.write_text(NODES)
    with gzip.open(pods, "wt") as file:
        file.write(PODS)
    return nodes, pods


def test_the_trace_is_read(trace):
    nodes, pods = read_nodes(trace[0]), read_pods(trace[1])
    assert nodes.most_common(1) == [(Node(16000, 65536, 2, "G2"), 2)]
    assert pods[Pod(4000, 8192, 600, ())] == 3
    assert pods[Pod(2000, 4096, 2000, ())] == 1
    assert pods[Pod(1000, 1024, 300, ("T4",))] == 1


def test_pods_that_no_host_can_take_are_left_aside(trace):
    nodes = read_nodes(trace[0])
    small, large = Pod(1000, 1024, 300, ("T4",)), Pod(9000, 1024, 300, ("T4",))  # hosts with T4 have 8 cores
    assert placeable(Counter({small: 2, large: 1}), nodes) == {small: 2}


@pytest.mark.parametrize(
    ("asks", "devices", "fit"),
    [
        ([600, 600, 600], 2, False),
        ([600, 600, 400, 400], 2, True),
        ([500, 400, 400, 300, 200, 200], 2, True),
        ([700, 500, 400, 400], 2, False),
        ([2000, 300], 2, False),
        ([2000, 300], 3, True),
        ([], 0, True),
    ],
)
def test_shares_are_not_split_over_devices(asks, devices, fit):
    assert fit_on_devices(asks, devices) is fit


def test_the_check_finds_a_plan_that_shares_what_it_cannot(trace):
    nodes, pods = read_nodes(trace[0]), read_pods(trace[1])
    made = plan(scenario_of(nodes, pods, "hosts"), stop=Stop(seconds=2))
    assert breaches(made, nodes, pods) == []
    missing = made.model_copy(update={"spec": made.spec.model_copy(update={"hosts": made.spec.hosts[1:]})})
    assert any("are placed" in why for why in breaches(missing, nodes, pods))
    asked = sorted(pods)
    crowded = made.spec.hosts[0].model_copy(
        update={"host_type": "G2-2-16-64", "runs": {f"pod-{asked.index(Pod(4000, 8192, 600, ()))}": (0, 1, 2)}}
    )
    full = made.model_copy(update={"spec": made.spec.model_copy(update={"hosts": (crowded,)})})
    assert any("no way to give 2 devices to [600, 600, 600]" in why for why in breaches(full, nodes, pods))


def test_pods_keep_to_the_commonest_kind_where_they_can(trace):
    nodes, pods = read_nodes(trace[0]), read_pods(trace[1])
    made = plan(scenario_of(nodes, pods, "hosts"), stop=Stop(seconds=2))
    types = sorted(host.host_type for host in made.spec.hosts)
    # Three of 600 take two hosts, the pair of devices one more; the T4 pod and the one of 20 cores have their own.
    assert types == ["G2-2-16-64", "G2-2-16-64", "G2-2-16-64", "T4-1-8-16", "cpu-0-32-64"]


def test_both_goals_have_a_row(trace):
    app = Typer()
    app.command()(openb.main)
    nodes, pods = map(str, trace)
    shown = CliRunner().invoke(app, ["--nodes", nodes, "--pods", pods, "--time-limit", "2", "--json"])
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert [(row["name"], row["pods"], row["kinds"]) for row in rows] == [
        ("tiny-hosts-s0", 6, 4),
        ("tiny-cost-s0", 6, 4),
    ]
    assert rows[0]["value"] == 5
    assert rows[1]["value"] == pytest.approx(rows[1]["cost"])
