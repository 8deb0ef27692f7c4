"""A cluster as documents: who stands where, counted by hand, and what the verifier says of it."""

import pytest
from builders import A, B, C, catalog, plan, pool, scenario, service, slot, standing

from models.volume import Volume
from planner.simulation.cast import cluster_of
from planner.simulation.staged import EXCUSED, as_plan, breaches, staged
from planner.verify import verify


def staged_of(case, made=None, **more):
    cluster = cluster_of(case, catalog(), made, policy="best_fit", spare=2, **more)
    return cluster, *staged(cluster)


def one_pool(**more):
    return [pool(purchases=("on_demand",), **more)]


def test_a_film_that_has_not_begun_is_its_plan():
    case = scenario(service("web", replicas=2, cpu=2), service("db"), pools=one_pool(max_hosts=3))
    made = plan(case, slot("h1", {"web": 1, "db": 1}, A), slot("h2", {"web": 1}, B))
    cluster, document, hosts = staged_of(case, made)
    assert [host.runs for host in hosts] == [dict(sorted(host.runs.items())) for host in made.spec.hosts]
    assert [host.used for host in hosts] == [host.used for host in made.spec.hosts]
    assert [(host.name, host.runs) for host in document.spec.hosts] == [("h1", {"web": 1, "db": 1}), ("h2", {"web": 1})]
    assert document.spec.pools[0].max_hosts == 1
    told = as_plan(document, hosts, catalog())
    assert (told.status.hosts_used, told.status.cost_per_month) == (2, made.status.cost_per_month)
    assert verify(document, told, catalog()) == ()
    assert breaches(cluster) == ()


def test_who_waits_is_wanted_and_who_left_is_not():
    case = scenario(service("web", replicas=3, cpu=2), pools=one_pool())
    cluster, *_ = staged_of(case, plan(case, slot("h1", {"web": 2}), slot("h2", {"web": 1})))
    cluster.add(0, 2, 0)  # one finds room on h2, one waits
    cluster.retire(cluster.containers("web")[:1], 0)  # of h1: who waits comes there
    cluster.add(0, 1, 0)
    document, hosts = staged(cluster)
    assert document.spec.workloads[0].replicas == 5
    assert [host.runs for host in hosts] == [{"web": (0, 1)}, {"web": (2, 3)}]
    assert as_plan(document, hosts, catalog()).status.unplaced == 1
    assert breaches(cluster) == ()


def test_hosts_that_were_opened_or_cost_something_else_stand_at_their_price():
    case = scenario(service("web", replicas=1), pools=one_pool(), hosts=[standing("old-1")])
    cluster, *_ = staged_of(case)
    row = cluster.open(next(t for t in cluster.types if t.offering.location == C), 0, name="new")
    cluster.reprice(row, 50_000, 0)
    document, hosts = staged(cluster)
    assert [(host.name, host.location, float(host.per_hour)) for host in hosts] == [
        ("old-1", A, pytest.approx(0.20)),
        ("new", C, pytest.approx(0.05)),
    ]
    assert document.spec.hosts[1].pool == "pool"
    assert breaches(cluster) == ()


def test_a_volume_goes_with_its_container_whatever_number_that_has():
    db = {"name": "db", "kind": "stateful_set", "replicas": 2, "requests": {"cpu": 1, "memory": "1Gi"}}
    volume = Volume(name="v1", workload="db", replica=1, storage_class="alpha-disk", size="8Gi", location=B)
    case = scenario(db, pools=one_pool(), volumes=[volume])
    cluster, document, _ = staged_of(case, plan(case, slot("h1", {"db": (0,)}, A), slot("h2", {"db": (1,)}, B)))
    assert document.spec.volumes == (volume,)
    cluster.retire(cluster.placed("db")[:1], 0)
    document, hosts = staged(cluster)
    assert [(v.name, v.replica) for v in document.spec.volumes] == [("v1", 0)]
    assert [host.runs for host in hosts] == [{}, {"db": (0,)}]
    assert breaches(cluster) == ()


def test_a_spread_may_be_uneven_once_somebody_left_and_that_is_excused():
    rules = [{"rule": "topology_spread", "level": "zone"}]
    case = scenario(service("web", replicas=3), pools=one_pool(locations=("alpha/north",)), rules=rules)
    made = plan(case, slot("h1", {"web": 1}, A), slot("h2", {"web": 1}, B), slot("h3", {"web": 1}, C))
    cluster, *_ = staged_of(case, made)
    cluster.add(0, 2, 0)
    cluster.retire(cluster.on(2), 0)
    document, hosts = staged(cluster)
    rows = catalog()
    assert [found.rule for found in verify(document, as_plan(document, hosts, rows), rows)] == ["topology_spread"]
    assert "topology_spread" in EXCUSED
    assert breaches(cluster) == ()


def test_what_no_scheduler_may_do_is_told():
    rules = [{"rule": "anti_affinity", "level": "host"}]
    case = scenario(service("web", replicas=2), pools=one_pool(), rules=rules)
    cluster, *_ = staged_of(case, plan(case, slot("h1", {"web": 2})))  # a plan that breaks its own rule
    assert [found.rule for found in breaches(cluster)] == ["anti_affinity"]
