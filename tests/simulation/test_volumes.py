"""Volumes that follow their containers, stay in their zone, wait for their host; pools that rebuild."""

import pytest
from builders import A, B, catalog, home, plan, pool, scenario, service, slot, standing

from models.catalog import HostType
from models.resources import Capacity
from models.storage import StoragePool
from models.workload import StatefulSet
from planner.simulation.cast import cluster_of
from planner.simulation.faults import Outage, Outages
from planner.simulation.film import Film
from planner.simulation.losses import NOTICED
from planner.simulation.state import HOST, READY, WAITING
from planner.simulation.volumes import Volumes

SURE = Volumes(attach_seconds=20, attach_spread=0.0, outlier_share=0.0)


def database(storage_class, replicas=1):
    return StatefulSet.model_validate(
        {
            "kind": "stateful_set", "name": "db", "replicas": replicas, "requests": {"cpu": 1, "memory": "1Gi"},
            "volumes": [{"size": "8Gi", "storage_class": storage_class}],
        }
    )  # fmt: skip


def film_of(storage_class, *second, lost="h1", hours=6.0):
    """A database on h1 in zone a; a second host in zone a or b."""
    roomy = HostType(cloud="alpha", name="std-4", capacity=Capacity(cpu=4, memory="16Gi", local_disk="100Gi"))
    rows = catalog(host_types=(roomy,))
    case = scenario(database(storage_class), service("web"), pools=[pool(purchases=("on_demand",))])
    made = plan(case, slot("h1", {"db": 1}, A), slot("h2", {"web": 1}, *second), rows=rows)
    film = Film(cluster_of(case, rows, made), [SURE, Outages([Outage(lost, 1, hours)])])
    film.play(days=0.5 / 24)
    return film


def host_of(film):
    h = film.cluster.state.containers[film.cluster.containers("db")[0], HOST]
    return film.cluster.host_names[h] if h >= 0 else None


def test_the_volume_of_a_dead_host_is_detached_by_force_and_attached_elsewhere_in_the_zone():
    film = film_of("alpha-disk", A)
    film.play(days=1 / 24)
    assert host_of(film) == "h2"
    c = film.cluster.containers("db")[0]
    assert film.cluster.state.containers[c, READY] == 3_600_000 + NOTICED + 360_000 + 20_000


def test_nobody_attaches_a_volume_in_another_zone():
    film = film_of("alpha-disk", B)
    film.play(days=3 / 24)
    assert host_of(film) is None
    assert film.cluster.state.now[WAITING] == 1
    film.play(days=4 / 24)
    assert host_of(film) == "h1"


def test_a_container_with_a_local_disk_waits_for_its_host():
    film = film_of("local", A)
    film.play(days=3 / 24)
    assert host_of(film) is None
    assert film.cluster.state.now[WAITING] == 0
    film.play(days=4 / 24)
    assert host_of(film) == "h1"


def test_a_pool_rebuilds_many_to_many_and_a_second_loss_meanwhile_costs_copies():
    racks = [standing(f"s{n}", f"home/hall/r{1 + n % 2}", host_type=None, capacity={"cpu": 8, "memory": "32Gi"},
                      runs={"db": 1} if n < 2 else {}) for n in range(4)]  # fmt: skip
    store = StoragePool(name="gold", protection_domain="home/hall", raw_capacity="4Ti", copies=2)
    case = scenario(database("gold", replicas=2), topology=[home()], hosts=racks, pools=[], storage_pools=[store])
    lost = [Outage("s2", 1, 6), Outage("s3", 1.0005, 6)]
    film = Film(cluster_of(case, catalog()), [Volumes(rebuild_mb_per_second=1.0), Outages(lost)])
    film.play(days=1)
    told = [(story["what"], story.get("minutes")) for story in film.recorder.told if "pool" in story["what"]]
    assert [what for what, _ in told] == ["pool rebuilds", "pool lost copies", "pool rebuilds", "pool rebuilt"]
    taken = 2 * 2 * 8 * 2**30  # two volumes, two copies
    assert told[0][1] == pytest.approx(taken / 4 / 3 / 1e6 / 60, abs=0.06)
    assert told[2][1] == pytest.approx(taken / 3 / 2 / 1e6 / 60, abs=0.06)
