import json

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.openb_online import __main__ as online

NODES = "sn,cpu_milli,memory_mib,gpu,model\na,16000,65536,2,G2\nb,16000,65536,2,G2\nc,8000,16384,1,T4\nd,9000,9000,0,\n"
PODS = (
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n"
    "p0,4000,8192,1,600,,LS\np1,4000,8192,1,600,,LS\np2,4000,8192,1,600,,LS\n"
    "p3,2000,4096,2,1000,,LS\np4,1000,1024,1,300,T4,LS\np5,20000,1024,0,0,,BE\n"
)


@pytest.fixture
def trace(tmp_path):
    nodes, pods, orders = tmp_path / "nodes.csv", tmp_path / "openb_pod_list_tiny.csv", tmp_path / "orders.npz"
    nodes.write_text(NODES)
    pods.write_text(PODS)
    np.savez(orders, **{"tiny/42/pods": [0, 4, 3, 1, 2, 5, 0, 4], "tiny/42/noderank": [1, 0, 2]})
    return ["--nodes", str(nodes), "--pods", str(pods)], orders, tmp_path


def told(options, code=0):
    app = Typer()
    app.command()(online.main)
    shown = CliRunner().invoke(app, options)
    assert shown.exit_code == code, shown.output
    return json.loads(shown.stdout) if code == 0 else None


def test_pods_arrive_in_the_stored_order(trace):
    options, orders, _ = trace
    found = told([*options, "--policy", "FGD", "--orders", str(orders), "--json"])
    # Two whole devices, two of 600 beside them, 600 and 300 on the T4; 20 cores, and the last two, find no host.
    assert (found["orders"], found["pods"], found["failed_pods"]) == ("stored", 8, 3)
    assert found["milli_gpu"] == 2000 + 2 * 600 + 600 + 300
    assert found["arrived_percent"] == 100
    assert found["gpu_allocated_percent_at_arrival_100"] == found["gpu_allocated_percent_at_end"] == 82.0


def test_without_stored_orders_one_is_drawn_and_drawn_again(trace):
    options = [*trace[0], "--policy", "BestFit", "--seed", "3", "--json"]
    one, two = told(options), told(options)
    assert one["orders"] == "drawn"
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_means_stand_beside_the_published_ones(trace):
    options, orders, folder = trace
    table = folder / "published.csv"
    table.write_text(
        "variant,policy,runs,gpu_allocated_percent_at_arrival_100,std_at_100,gpu_allocated_percent_at_end\n"
        "tiny,FGD,1,80.0,0,82.0\nother,FGD,1,1,0,1\n"
    )
    rows = told(
        [*options, "--orders", str(orders), "--published", str(table), "--seed", "41", "--seeds", "2", "--json"]
    )
    assert [(row["name"], row["value"], row["at_end"], row["runs"]) for row in rows] == [("FGD", 2.0, 0.0, 1)]


def test_what_cannot_be_run_is_said(trace):
    options = trace[0]
    told([*options, "--policy", "Nobody"], 2)
    told([*options, *options[2:]], 2)
    told([*options, "--published", options[3]], 2)
