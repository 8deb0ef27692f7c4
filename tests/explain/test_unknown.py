"""What counts nothing because nobody states it is said, and nothing else."""

import pytest
from builders import BETA, A, B, catalog, plan, scenario, service, slot

from models.catalog import Region
from models.egress import EgressTariff
from models.storage import StorageClass
from planner.explain.outcome import Outcome
from planner.explain.unknown import unknown
from planner.problem import Solution, build

ZONES = EgressTariff(cloud="alpha", scope="zone", tiers="0.01")
OUT = EgressTariff(cloud="alpha", scope="internet", tiers="0.09")
PRICED = StorageClass(name="priced", cloud="alpha", per_gb_month="0.1")
FREE = StorageClass(name="unpriced", cloud="alpha")
ELSEWHERE = StorageClass(name="elsewhere", cloud="beta")
DISK = StorageClass(name="disk", cloud="alpha", scope="host")
FLOW = {"source": "web", "target": "db", "gb_per_month": 5}


def said(web_at, db_at, rows, web=None, **spec):
    """What is said of a plan of one web and one db, each on a host of its own."""
    workloads = (web or service(), service("db"))
    problem, names = build(scenario(*workloads, **spec), rows)
    hosts = plan(
        scenario(*workloads), slot("h1", {"web": 1}, web_at), slot("h2", {"db": 1}, db_at), rows=rows
    ).spec.hosts
    return list(unknown(Outcome(problem, names, Solution.of([])), hosts))


@pytest.mark.parametrize(
    ("places", "tariffs", "clouds"),
    [
        ((A, A), (), []),
        ((A, B), (ZONES,), []),
        ((A, B), (OUT,), ["alpha"]),
        ((A, BETA), (OUT,), []),
        ((BETA, A), (OUT,), ["beta"]),
    ],
)
def test_traffic_without_a_tariff(places, tariffs, clouds):
    warned = [
        f"egress: no tariff is known for all traffic out of {name}; the rest of it counts nothing" for name in clouds
    ]
    assert said(*places, rows=catalog(egress=tariffs), traffic=[FLOW]) == warned


def test_traffic_to_users_without_a_tariff():
    flow = {"source": "web", "users": {}, "gb_per_month": 5}
    assert said(A, A, rows=catalog(egress=(OUT,)), traffic=[flow]) == []
    (warning,) = said(A, A, rows=catalog(egress=(ZONES,)), traffic=[flow])
    assert "out of alpha" in warning


@pytest.mark.parametrize(
    ("classes", "warned"),
    [
        (["priced"], []),
        (["unpriced"], ["storage: no price is known of unpriced; its volumes count nothing"]),
        (["unpriced", "priced"], []),  # the priced one is taken
        (["priced", "elsewhere"], []),  # nothing stands there
        (["disk"], []),  # paid with its host
    ],
)
def test_storage_without_a_price(classes, warned):
    types = [row.model_copy(update={"capacity": row.capacity.model_copy(update={"local_disk": 2**40})})
             for row in catalog().host_types]  # fmt: skip
    rows = catalog(storage_classes=(PRICED, FREE, ELSEWHERE, DISK), host_types=tuple(types))
    web = service(volumes=[{"size": "1Gi", "storage_class": classes}])
    assert said(A, A, rows=rows, web=web) == warned


def test_hosts_of_unknown_emission_where_carbon_is_a_goal():
    grid = (Region(cloud="alpha", name="north", zones=("a",), grams_per_kwh=300),
            Region(cloud="beta", name="south", zones=("a",)))  # fmt: skip
    rows = catalog(regions=grid)
    assert said(A, BETA, rows) == []
    (warning,) = said(A, BETA, rows, goals=["unplaced", "carbon"])
    assert warning == "carbon: power or grid intensity is unknown of std-4, beta/south; such hosts count nothing"
    watts = tuple(row.model_copy(update={"watts": 90}) for row in rows.host_types)
    assert said(A, A, rows=catalog(regions=grid, host_types=watts), goals=["unplaced", "carbon"]) == []
