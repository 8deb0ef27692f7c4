from collections import Counter
from decimal import Decimal

import pytest

from models.base import Metadata
from models.catalog import Catalog, Price
from models.egress import Tariffs
from models.platforms import Eks
from models.scenario import Scenario, ScenarioSpec
from models.topology import Topology
from models.units import parse_bytes
from models.workload import Service
from planner.formats.catalogs import catalog_date, catalog_for, check_catalog, shipped_catalog, shipped_sources
from planner.formats.catalogs.checks import SPOT_CHECKS
from planner.formats.catalogs.quotes import natural_platform

GIB, MIB = 2**30, 2**20
CATALOG = shipped_catalog()


def own_price(per_hour: str, **over: str) -> Price:
    row = {"cloud": "aws", "region": "us-east-1", "host_type": "m5.large", "as_of": "2026-11-01", **over}
    return Price.model_validate({**row, "per_hour": per_hour})


def scenario(**spec: object) -> Scenario:
    return Scenario(metadata=Metadata(name="s"), spec=ScenarioSpec(workloads=(Service(name="web"),), **spec))


def test_it_is_read_once() -> None:
    assert shipped_catalog() is CATALOG


def test_clouds_in_full() -> None:
    types = Counter(host_type.cloud for host_type in CATALOG.host_types)
    assert types == {
        "aws": 59, "azure": 50, "gcp": 59, "oci": 12, "hetzner": 11, "digitalocean": 6, "onprem": 5,
    }  # fmt: skip
    # 2,864 source rows, less four zeros, and OCI's twelve stand for two regions
    assert len(CATALOG.prices) == 2864 - 4 + 12
    assert len(CATALOG.price_of) == len(CATALOG.prices)
    assert len(CATALOG.type_of) == len(CATALOG.host_types)
    assert len(CATALOG.storage_class_of) == len(CATALOG.storage_classes)


def test_hetzner_and_onprem_have_no_prices() -> None:
    assert {price.cloud for price in CATALOG.prices} == {"aws", "azure", "gcp", "oci", "digitalocean"}


@pytest.mark.parametrize("known", SPOT_CHECKS, ids=lambda known: known.host_type)
def test_known_prices(known) -> None:
    host_type = CATALOG.type_of[known.cloud, known.host_type]
    assert host_type.capacity.cpu == known.cores * 1000
    assert host_type.capacity.memory == known.gib * GIB
    assert CATALOG.price_of[known.cloud, known.region, known.host_type, "on_demand"].per_hour == known.per_hour


def test_there_are_ten_known_prices() -> None:
    assert len({known.host_type for known in SPOT_CHECKS}) == 10


def test_it_passes_its_own_checks() -> None:
    errors = [str(f) for f in check_catalog(CATALOG, CATALOG, spot_checks=SPOT_CHECKS) if f.severity == "error"]
    assert errors == []


def test_every_row_has_a_source_that_is_explained() -> None:
    rows = (*CATALOG.host_types, *CATALOG.regions, *CATALOG.prices, *CATALOG.storage_classes, *CATALOG.egress)
    used = {name for row in rows for name in row.source.split(";")}
    assert used == set(shipped_sources())


def test_dates_are_days() -> None:
    stated = {row.as_of for row in (*CATALOG.host_types, *CATALOG.storage_classes, *CATALOG.egress) if row.as_of}
    assert stated
    assert all(len(day) == 10 and day[4] == day[7] == "-" for day in stated)
    assert catalog_date(CATALOG) == "2026-08-03"
    assert catalog_date(Catalog()) == ""


def test_regions_form_one_topology() -> None:
    topology = Topology([region.tree() for region in CATALOG.regions])
    assert topology.level("aws/eu-central-1/euc1-az2") == "zone"
    assert topology.leaves_in("azure/japaneast") == tuple(f"azure/japaneast/{n}" for n in (1, 2, 3))
    assert topology.leaves_in("onprem/dc1") == ("onprem/dc1/pd1", "onprem/dc1/pd2")
    assert topology.leaves_in("hetzner/ash-dc1") == ("hetzner/ash-dc1/ash-dc1",)
    assert len(topology.leaves_in("oci/eu-frankfurt-1")) == 3


@pytest.mark.parametrize(
    ("name", "pods", "reserved_mib"), [("m5.large", 29, 574), ("m5.xlarge", 58, 893), ("m5.4xlarge", 234, 2829)]
)
def test_eks_allocatable_of_catalog_rows(name: str, pods: int, reserved_mib: int) -> None:
    host_type = CATALOG.type_of["aws", name]
    left = Eks(kind="eks").allocatable(host_type)
    assert left.pods == pods
    assert host_type.capacity.memory - left.memory == (reserved_mib + 100) * MIB


@pytest.mark.parametrize(
    ("cloud", "name", "volumes"),
    [
        ("aws", "m7g.4xlarge", 18),  # 27 - root disk - 8 network interfaces
        ("aws", "m7g.2xlarge", 22),
        ("aws", "m7i.4xlarge", 31),  # a count of its own, less the root disk
        ("azure", "Standard_D32s_v5", 32),
        ("azure", "Standard_D16ps_v6", 48),
        ("gcp", "e2-standard-16", 127),
        ("gcp", "n4-standard-8", 15),
        ("gcp", "n4-standard-16", 31),
    ],
)
def test_data_volumes_that_can_be_attached(cloud: str, name: str, volumes: int) -> None:
    assert natural_platform(cloud).allocatable(CATALOG.type_of[cloud, name]).volumes == volumes


def test_storage_classes() -> None:
    classes = CATALOG.storage_class_of
    assert classes["gp3"].scope == "zone"
    assert classes["gp3"].largest == parse_bytes("16Ti")
    assert classes["local-nvme"].scope == "host"
    assert classes["pd-ssd"].per_gb_month == Decimal("0.17")
    assert "standard" not in classes, "a common name of default classes must not mean one cloud's disks"


@pytest.mark.parametrize(
    ("name", "gib", "iops", "mbps", "usd"),
    [
        ("gp3", 100, 5000, 200, "21.00"),  # 8.00 + 2,000 x 0.005 + 75 x 0.04
        ("gp2", 100, 1000, 0, "33.40"),  # 334 GiB bring 1,000 IOPS
        ("io2", 100, 1000, 0, "77.50"),  # 12.50 + 1,000 x 0.065
        ("premium_ssd_P10", 100, 500, 100, "19.71"),  # the whole disk
        ("standard_hdd_S6", 10, 0, 0, "3.01"),
        ("ultra_disk", 64, 1000, 10, "60.7608"),  # 7.6608 + 49.60 + 3.50
        ("pd-ssd", 16, 1000, 0, "5.78"),  # 34 GiB bring 1,000 IOPS
        ("scaleio-powerflex", 9, 0, 0, "0"),
    ],
)
def test_prices_of_volumes(name: str, gib: int, iops: int, mbps: int, usd: str) -> None:
    assert CATALOG.storage_class_of[name].per_month(gib * GIB, iops, mbps) == Decimal(usd)


@pytest.mark.parametrize(
    ("here", "there", "usd"),
    [
        ("aws/eu-central-1/euc1-az1", "aws/eu-central-1/euc1-az2", "20.00"),  # 0.01, sent and received
        ("azure/westeurope/1", "azure/westeurope/2", "0"),
        ("gcp/europe-west3/europe-west3-a", "gcp/europe-west3/europe-west3-b", "10.00"),  # the sender pays
        ("aws/us-east-1/use1-az1", "aws/us-east-2/use2-az1", "10.00"),
        ("aws/us-east-1/use1-az1", "aws/eu-central-1/euc1-az1", "20.00"),
        ("aws/sa-east-1/sae1-az1", "aws/us-east-1/use1-az1", "138.00"),
        ("azure/westeurope/1", "azure/northeurope/1", "20.00"),
        ("azure/westeurope/1", "azure/eastus/1", "50.00"),
        ("azure/japaneast/1", "azure/centralindia/1", "80.00"),
        ("gcp/us-central1/us-central1-a", "gcp/us-west1/us-west1-a", "10.00"),
        ("gcp/us-central1/us-central1-a", "gcp/europe-west3/europe-west3-a", "80.00"),
        ("aws/eu-central-1/euc1-az1", "azure/westeurope/1", "90.00"),  # as to the internet
        ("azure/westeurope/1", "aws/eu-central-1/euc1-az1", "72.00"),  # 900 x 0.08, the first 100 are free
        ("oci/eu-frankfurt-1/AD-1", "aws/eu-central-1/euc1-az1", "0"),  # 10 TB are free
    ],
)
def test_a_thousand_gb_of_traffic(here: str, there: str, usd: str) -> None:
    tariffs = Tariffs(CATALOG.egress, Topology([region.tree() for region in CATALOG.regions]))
    row = tariffs.between(here, there)
    assert row is not None
    assert row.cost(1000) * row.times == Decimal(usd)


@pytest.mark.parametrize(
    ("cloud", "name", "watts"),
    [
        ("aws", "m5.xlarge", 8.48),  # 4 x (0.74 + 3.5) / 2
        ("azure", "Standard_D4s_v5", 9.08),  # 4 x (0.78 + 3.76) / 2
        ("gcp", "n2-standard-8", 19.88),  # 8 x (0.71 + 4.26) / 2
        ("aws", "p4d.24xlarge", 2015.52),  # 96 x 2.12 + 8 x (46 + 407) / 2
        ("aws", "g6.xlarge", None),  # nobody states the watts of an L4
        ("hetzner", "cx22", None),
    ],
)
def test_watts_at_half_load(cloud: str, name: str, watts: float | None) -> None:
    assert CATALOG.type_of[cloud, name].watts == watts


def test_carbon_of_grids() -> None:
    stated = {region.path: region.grams_per_kwh for region in CATALOG.regions if region.grams_per_kwh is not None}
    assert stated == {
        "aws/ap-southeast-2": 498.9, "azure/westeurope": 272.8, "gcp/europe-west1": 142.2, "gcp/europe-west4": 272.8,
    }  # fmt: skip


def test_a_scenario_s_own_rows_win() -> None:
    mine = own_price("0.05")
    catalog = catalog_for(scenario(catalog=Catalog(prices=(mine,))))
    assert catalog.price_of["aws", "us-east-1", "m5.large", "on_demand"] is mine
    assert len(catalog.prices) == len(CATALOG.prices)
    assert catalog_date(catalog) == "2026-11-01"


def test_price_sheets_lie_between_the_catalog_and_the_scenario(tmp_path) -> None:
    header = "cloud,region,host_type,per_hour,as_of\n"
    rows = "aws,us-east-1,m5.large,0.07,2026-11-01\naws,us-east-1,m5.xlarge,0.15,2026-11-01\n"
    (tmp_path / "mine.csv").write_text(header + rows)
    stated = scenario(price_sheets=("mine.csv",), catalog=Catalog(prices=(own_price("0.05"),)))
    catalog = catalog_for(stated, tmp_path)
    assert catalog.price_of["aws", "us-east-1", "m5.xlarge", "on_demand"].per_hour == Decimal("0.15")
    assert catalog.price_of["aws", "us-east-1", "m5.large", "on_demand"].per_hour == Decimal("0.05")
