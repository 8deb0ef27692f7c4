"""The shipped tables against the facts they were made from, where these are at hand."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from models.egress import Tariffs
from models.topology import Topology
from models.units import parse_bytes
from planner.formats.catalogs import shipped_catalog

FACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalog"
PURCHASES = {
    "reserved_1yr_no_upfront": "reserved_1y",
    "reserved_1yr": "reserved_1y",
    "savings_plan_1yr": "savings_1y",
    "cud_1yr": "committed_1y",
    "cud_3yr": "committed_3y",
}


def facts(name: str) -> list[dict[str, str]]:
    path = FACTS / name
    if not path.exists():
        pytest.skip("the facts that the catalog was made from are not here")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_sourced_price_is_there() -> None:
    prices = shipped_catalog().price_of
    missing, zeros = [], 0
    for row in facts("prices.csv"):
        region = "eu-frankfurt-1" if row["provider"] == "oci" else row["region"]
        purchase = PURCHASES.get(row["purchase"], row["purchase"])
        price = prices.get((row["provider"], region, row["instance_type"], purchase))
        zeros += Decimal(row["usd_per_hour"]) == 0
        if price is None or price.per_hour != Decimal(row["usd_per_hour"]):
            missing.append(row)
    assert len(missing) == zeros == 4


def test_every_sourced_shape_is_there() -> None:
    types = shipped_catalog().type_of
    for row in facts("instance_types.csv"):
        host_type = types[row["provider"], row["instance_type"]]
        assert host_type.capacity.cpu == int(row["vcpu"]) * 1000
        assert host_type.capacity.memory == parse_bytes(row["memory_gib"] + "Gi")
        assert host_type.capacity.gpu == int(row["gpu_count"]) * 1000
        assert host_type.architecture == {"x86_64": "amd64", "arm64": "arm64"}[row["arch"]]
        if row["max_block_volumes"]:
            root_disk = row["provider"] == "aws"
            assert host_type.capacity.volumes == int(row["max_block_volumes"]) - root_disk


def test_every_sourced_class_of_volumes_is_there() -> None:
    names = {"standard": "ebs-standard", "block-volume": "oci-block-volume", "volume": "hetzner-volume"}
    classes = shipped_catalog().storage_class_of
    for row in facts("storage.csv"):
        known = classes[names.get(row["storage_class"], row["storage_class"])]
        assert known.included_iops == int(row["included_iops"] or 0)
        assert known.included_mbps == int(row["included_mbps"] or 0)
        assert known.max_iops == (int(row["max_iops"]) if row["max_iops"] else None)
        for column, price in (
            ("usd_per_iops_month", known.per_iops_month),
            ("usd_per_mbps_month", known.per_mbps_month),
        ):
            assert price == (Decimal(row[column]) if row[column] else None)
        if row["usd_per_disk_month"]:
            assert known.per_month(1, 0, 0) == Decimal(row["usd_per_disk_month"])


def test_every_sourced_tariff_of_a_region_is_there() -> None:
    catalog = shipped_catalog()
    tariffs = Tariffs(catalog.egress, Topology([region.tree() for region in catalog.regions]))
    zone = {region.path: f"{region.path}/{region.zones[0]}" for region in catalog.regions}
    seen = 0
    for row in facts("egress.csv"):
        here = zone.get(f"{row['provider']}/{row['src_region']}")
        if here is None or not row["usd_per_gb"]:
            continue  # rows by continent, or without a price
        there = zone.get(f"{row['provider']}/{row['dst']}", "")
        found = {"internet": tariffs.to_users(here), "inter_zone": tariffs.across_zones(here)}
        tariff = found.get(row["scope"]) or tariffs.between(here, there)
        assert tariff is not None
        up_to = float(row["tier_to_gb"]) if row["tier_to_gb"] else None
        assert (up_to, Decimal(row["usd_per_gb"])) in [(tier.up_to_gb, tier.per_gb) for tier in tariff.tiers]
        seen += 1
    assert seen == 298


def test_every_sourced_region_is_there() -> None:
    regions = {(region.cloud, region.name): region for region in shipped_catalog().regions}
    for row in facts("regions.csv"):
        if row["provider"] != "oci":
            zones = tuple(filter(None, row["zones"].split("|"))) or (row["region"],)
            assert regions[row["provider"], row["region"]].zones == zones
