from planner.formats.catalogs.checks import CatalogFinding, check_catalog
from planner.formats.catalogs.sheets import read_price_sheet
from planner.formats.catalogs.shipped import catalog_date, catalog_for, shipped_catalog, shipped_sources

__all__ = [
    "CatalogFinding",
    "catalog_date",
    "catalog_for",
    "check_catalog",
    "read_price_sheet",
    "shipped_catalog",
    "shipped_sources",
]
