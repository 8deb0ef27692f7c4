"""Compiling the kernels of the simulator once per installation, before anyone waits for a film.

python -m planner.simulation.warm
"""

from __future__ import annotations

from models.catalog import Catalog
from models.scenario import Scenario
from planner.simulation.cast import cluster_of
from planner.simulation.cluster import Cluster
from planner.simulation.state import CORDONED


def warm() -> None:
    """Compile all kernels that films call, or load them, on two hosts."""
    for policy in ("best_fit", "kubernetes"):
        cluster = cluster_of(_two_hosts(), Catalog(), policy=policy, logged=64)
        _act(cluster)


def _two_hosts() -> Scenario:
    size = {"cpu": 4, "memory": "8Gi", "pods": 10}
    hosts = [{"name": f"h{n}", "location": "here", "platform": "bare_metal", "capacity": size} for n in range(2)]
    web = {"name": "web", "replicas": 2, "requests": {"cpu": 1, "memory": "1Gi"}}
    spec = {
        "topology": [{"name": "here", "level": "cloud"}],
        "workloads": [web],
        "hosts": [{**hosts[0], "runs": {"web": 2}}, hosts[1]],
    }
    return Scenario.model_validate({"metadata": {"name": "warm"}, "spec": spec})


def _act(cluster: Cluster) -> None:
    """Everything once."""
    one, two = cluster.add(0, 2, 0).tolist()
    cluster.advance(1)
    cluster.evict([one], 1)
    cluster.put(one, 1, 1)
    cluster.resize(one, 0, 1)
    cluster.retire([two], 1)
    gone = cluster.empty(1, 2)
    cluster.ask(gone, 2)
    cluster.recall(cluster.add(0, 9, 2).tolist(), 2)
    cluster.reprice(0, 1, 3)
    cluster.want(0, 3, 1, 3)
    cluster.set_state(1, CORDONED, 3)
    cluster.advance(4)


if __name__ == "__main__":
    warm()
