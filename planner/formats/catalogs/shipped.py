"""The catalog that comes with Bayplan, and what a scenario lays over it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import planner
from models.catalog import Catalog, HostType, Price, Region
from models.scenario import Scenario
from models.storage import StorageClass
from planner.formats.catalogs.currency import converted
from planner.formats.catalogs.sheets import read_price_sheet
from planner.formats.catalogs.tables import Table, with_capacity, with_zones
from planner.formats.catalogs.tariffs import tariffs_of

FOLDER = Path(planner.__file__).parents[1] / "datasets" / "catalog"


@cache
def shipped_catalog() -> Catalog:
    """The tables of `datasets/catalog`, read once."""
    return read_tables(FOLDER)


def read_tables(folder: Path) -> Catalog:
    """Read the tables of a catalog folder.

    Raises
    ------
    InputError
        With every wrong cell of the first table that has one.
    """

    def table(name: str) -> Table:
        return Table.of((folder / name).read_text(encoding="utf-8"), name)

    return Catalog.model_construct(
        host_types=table("host_types.csv").models(HostType, with_capacity),
        regions=table("regions.csv").models(Region, with_zones),
        prices=table("prices.csv").models(Price),
        storage_classes=table("storage_classes.csv").models(StorageClass),
        egress=tariffs_of(table("egress.csv")),
    )


@cache
def shipped_sources() -> dict[str, str]:
    """What the source ids in the shipped tables stand for."""
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"]: row["description"] for row in csv.DictReader(file)}


def catalog_for(scenario: Scenario, folder: Path | None = None) -> Catalog:
    """The catalog a scenario is planned with; later layers win. All its money is in the scenario's currency.

    Shipped tables, then the scenario's price sheets, then the rows it states itself.

    Parameters
    ----------
    scenario : Scenario
    folder : Path, optional
        Where the price sheets' relative names start; the current folder by default.

    Raises
    ------
    InputError
        If a price sheet cannot be read, or a row is in a third currency.
    """
    catalog = shipped_catalog()
    for sheet in scenario.spec.price_sheets:
        catalog = catalog.extended_by(read_price_sheet((folder or Path()) / sheet))
    return converted(catalog.extended_by(scenario.spec.catalog), scenario.spec.currency, scenario.name)


def catalog_date(catalog: Catalog) -> str:
    """The day of the newest price (YYYY-MM-DD), "" without prices."""
    return max((price.as_of.isoformat() for price in catalog.prices), default="")
