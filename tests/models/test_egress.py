"""Egress tariffs: marginal tiers, and which row is meant."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from models.egress import EgressTariff, Tariffs
from models.references import unknown_to_catalog
from models.scenario import Scenario
from models.topology import DomainNode, Topology

TB = 1024  # clouds' TB, in GB
STEPS = [(10 * TB, "0.09"), (50 * TB, "0.085"), (150 * TB, "0.07"), (None, "0.05")]
LISTED = EgressTariff(cloud="a", scope="internet", tiers=[{"up_to_gb": to, "per_gb": price} for to, price in STEPS])


@pytest.mark.parametrize(
    ("terabytes", "usd"),
    [
        (0, "0"),
        (1, "92.16"),  # 1,024 x 0.09
        (10, "921.60"),  # 10,240 x 0.09
        (11, "1008.64"),  # 921.60 + 1,024 x 0.085
        (50, "4403.20"),  # 921.60 + 40,960 x 0.085
        (60, "5120.00"),  # 4,403.20 + 10,240 x 0.07
        (150, "11571.20"),  # 4,403.20 + 102,400 x 0.07
        (200, "14131.20"),  # 11,571.20 + 51,200 x 0.05
    ],
)
def test_published_sums(terabytes, usd):
    assert LISTED.cost(terabytes * TB) == Decimal(usd)


def test_a_price_alone_is_one_tier():
    assert EgressTariff(cloud="a", scope="zone", tiers="0.01").cost(250.5) == Decimal("2.505")


@pytest.mark.parametrize(
    "tiers",
    [
        [{"up_to_gb": 100, "per_gb": 1}],  # nobody says what the rest costs
        [{"per_gb": 1}, {"per_gb": 2}],
        [{"up_to_gb": 100, "per_gb": 1}, {"up_to_gb": 50, "per_gb": 2}, {"per_gb": 3}],
    ],
)
def test_tiers_ascend_to_an_open_end(tiers):
    with pytest.raises(ValidationError, match="ascending up_to_gb"):
        EgressTariff(cloud="a", scope="internet", tiers=tiers)


def test_only_traffic_between_zones_is_charged_at_both_ends():
    assert [EgressTariff(cloud="a", scope=scope, tiers=1).times for scope in ("zone", "region", "internet")] == [
        2,
        1,
        1,
    ]
    assert EgressTariff(cloud="a", scope="zone", tiers=1, both_ends=False).times == 1


def leaf(name, level="zone"):
    return DomainNode(name=name, level=level)


def cloud(name, *regions):
    return DomainNode(name=name, level="cloud", children=regions)


def region(name, *inside):
    return DomainNode(name=name, level="region", children=inside)


TOPOLOGY = Topology([
    cloud("a", region("north", leaf("1"), leaf("2")), region("south", leaf("1")), region("east", leaf("1"))),
    cloud("b", region("west", leaf("1"))),
    cloud("home", region("hall", leaf("r1", "rack"), leaf("r2", "rack"))),
])  # fmt: skip
ROWS = [
    EgressTariff(cloud="a", scope="zone", tiers="0.01"),
    EgressTariff(cloud="a", scope="region", tiers="0.09"),
    EgressTariff(cloud="a", scope="region", region="north", tiers="0.02"),
    EgressTariff(cloud="a", scope="region", region="north", to_region="south", tiers="0.005"),
    EgressTariff(cloud="a", scope="internet", tiers="0.1"),
    EgressTariff(cloud="b", scope="internet", tiers="0.2"),
    EgressTariff(cloud="b", scope="cloud", tiers="0.03"),
]


@pytest.mark.parametrize(
    ("here", "there", "price"),
    [
        ("a/north/1", "a/north/1", None),
        ("a/north/1", "a/north/2", "0.01"),
        ("a/north/1", "a/south/1", "0.005"),  # region and destination come first
        ("a/north/1", "a/east/1", "0.02"),  # then the region
        ("a/south/1", "a/north/1", "0.09"),  # then the whole cloud
        ("a/north/1", "b/west/1", "0.1"),  # between clouds by the internet …
        ("b/west/1", "a/north/1", "0.03"),  # … unless the sender has a row for it
        ("home/hall/r1", "home/hall/r2", None),  # racks are no zones
        ("home/hall/r1", "a/north/1", None),  # nobody states a tariff
    ],
)
def test_the_most_specific_row_is_meant(here, there, price):
    found = Tariffs(ROWS, TOPOLOGY).between(here, there)
    assert (found and str(found.tiers[0].per_gb)) == price


def test_to_users():
    tariffs = Tariffs(ROWS, TOPOLOGY)
    assert tariffs.to_users("a/south/1") is ROWS[4]
    assert tariffs.to_users("home/hall/r1") is None


@pytest.mark.parametrize(
    ("row", "place", "nearest"),
    [
        ({"cloud": "homw", "scope": "internet"}, "spec.catalog.egress[0].cloud", "home"),
        ({"cloud": "a", "scope": "zone", "region": "nord"}, "spec.catalog.egress[0].region", "north"),
        ({"cloud": "a", "scope": "region", "to_region": "sout"}, "spec.catalog.egress[0].to_region", "south"),
    ],
)
def test_a_tariff_of_an_unknown_place(row, place, nearest):
    spec = {"workloads": [{"name": "web"}], "catalog": {"egress": [row | {"tiers": 1}]}}
    case = Scenario.model_validate({"metadata": {"name": "case"}, "spec": spec})
    (finding,) = unknown_to_catalog(case.spec, case.spec.catalog, TOPOLOGY)
    assert (finding.place, finding.nearest) == (place, nearest)


@pytest.mark.parametrize("key", ["source", "target"])
def test_traffic_of_an_unknown_workload(key):
    flow = {"source": "web", "target": "web", "gb_per_month": 1} | {key: "wev"}
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(
            {"metadata": {"name": "case"}, "spec": {"workloads": [{"name": "web"}], "traffic": [flow]}}
        )
    (finding,) = caught.value.errors()[0]["ctx"]["findings"]
    assert (finding.place, finding.nearest) == (f"spec.traffic[0].{key}", "web")
