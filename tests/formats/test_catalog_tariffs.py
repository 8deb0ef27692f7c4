"""Egress tariffs as a table: tiers of one tariff stand under each other; what is wrong is named."""

from decimal import Decimal

import pytest

from models.catalog import Catalog, Region
from models.egress import EgressTariff
from models.storage import StorageClass
from planner.errors import InputError
from planner.formats.catalogs import check_catalog
from planner.formats.catalogs.tables import Table
from planner.formats.catalogs.tariffs import tariffs_of

HEADER = "cloud,scope,region,to_region,up_to_gb,per_gb,both_ends,as_of,source\n"


def read(*rows: str) -> tuple[EgressTariff, ...]:
    return tariffs_of(Table.of(HEADER + "\n".join(rows), "egress.csv"))


def test_rows_become_tariffs() -> None:
    tiered, pair, zone = read(
        "a,internet,north,,100,0,,2024-08-09,x",
        "a,internet,north,,,0.08,,2024-08-09,x",
        "a,region,north,south,,0.02,,,x",
        "a,zone,,,,0.01,no,,x",
    )
    assert [(tier.up_to_gb, tier.per_gb) for tier in tiered.tiers] == [(100, 0), (None, Decimal("0.08"))]
    assert (tiered.region, tiered.to_region, tiered.as_of) == ("north", None, "2024-08-09")
    assert (pair.to_region, zone.region, zone.times) == ("south", None, 1)


def test_a_wrong_cell_is_named_by_row_and_column() -> None:
    with pytest.raises(InputError, match=r"row\[3\]\.scope: found 'intrnet'.*did you mean 'internet'"):
        read("a,zone,,,,0.01,,,x", "a,intrnet,,,,0.01,,,x")


def test_tiers_that_do_not_ascend_to_an_open_end_are_named() -> None:
    with pytest.raises(InputError, match=r"a internet north: found its tiers"):
        read("a,internet,north,,100,0.09,,,x", "a,internet,north,,50,0.08,,,x", "a,internet,north,,,0.07,,,x")


NORTH = Region(cloud="a", name="north", zones=("1",))


def found(**rows: object) -> list[tuple[str, str]]:
    """(check, place) of what is found about rows laid over a region."""
    catalog = Catalog.model_validate({"regions": (NORTH,), **rows})
    return [(finding.check, finding.place) for finding in check_catalog(catalog)]


def tariff(**stated: object) -> dict[str, object]:
    return {"cloud": "a", "scope": "internet", "tiers": "0.1", **stated}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([tariff(), tariff()], ("twice", "egress.a internet")),
        ([tariff(region="nrth")], ("shape", "egress.a internet nrth")),
        ([tariff(tiers=[{"up_to_gb": 1, "per_gb": 1}, {"per_gb": 2}])], ("tiers", "egress.a internet")),
        ([tariff(as_of="2020-01-01")], ("age", "egress.a (1 row)")),
    ],
)
def test_tariffs_that_cannot_be_meant(rows, finding) -> None:
    assert found(egress=rows) == [finding]


def test_a_free_allowance_is_no_tier_that_gets_dearer() -> None:
    tiers = [{"up_to_gb": 100, "per_gb": 0}, {"up_to_gb": 1000, "per_gb": "0.1"}, {"per_gb": "0.05"}]
    assert found(egress=[tariff(tiers=tiers, region="north")]) == []


@pytest.mark.parametrize(
    ("row", "check"),
    [
        ({"per_gb_month": 0}, "zero"),
        ({"smallest": "2Gi", "largest": "1Gi"}, "limits"),
        ({"included_iops": 3000, "max_iops": 500}, "limits"),
        ({"per_gb_month": 1, "as_of": "2020-01-01"}, "age"),
    ],
)
def test_storage_classes_that_cannot_be_meant(row, check) -> None:
    assert [name for name, _ in found(storage_classes=[StorageClass(name="disk", **row)])] == [check]


def test_kilograms_for_grams() -> None:
    region = NORTH.model_copy(update={"grams_per_kwh": 380_000})
    assert found(regions=(region,)) == [("intensity", "regions.a/north")]
