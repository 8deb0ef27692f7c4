"""A user's own prices: a CSV sheet with the columns of `prices.csv`, or a catalog in YAML or JSON."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from models.catalog import Catalog, Price
from models.reports import Finding
from planner.errors import InputError
from planner.formats.catalogs.tables import Table
from planner.formats.documents.errors import findings_of, shown
from planner.formats.documents.plain import parse
from planner.formats.documents.source import read_text, refuse

LARGEST_SHEET = 16 * 2**20
"""Bytes; some eighty times the shipped price list."""

_REQUIRED = ("cloud", "region", "host_type", "per_hour", "as_of")


def read_price_sheet(path: str | Path) -> Catalog:
    """Read prices to lay over a catalog.

    A CSV sheet needs the columns cloud, region, host_type, per_hour (USD) and as_of, in any
    order; purchase is on_demand and quality is user where these columns are left out. A file
    ending in .yaml, .yml or .json holds the keys of a catalog: host_types, regions, prices,
    storage_classes.

    Parameters
    ----------
    path : str or Path
        The file; `-` reads a CSV sheet from standard input.

    Raises
    ------
    InputError
        With every wrong cell by row and column, or key by path.
    """
    source = str(path)
    text = read_text(path, LARGEST_SHEET)
    if Path(source).suffix.lower() in {".yaml", ".yml", ".json"}:
        return _document(text, source)
    return Catalog.model_construct(prices=_prices(text, source))


def _prices(text: str, source: str) -> tuple[Price, ...]:
    table = Table.of(text, source)
    table.require(_REQUIRED, tuple(Price.model_fields))
    # A blank in a purchase column is an oversight; only a sheet without that column means on_demand.
    blank = {"purchase": ""} if "purchase" in table.names else {}
    prices = table.models(Price, lambda row: blank | row)
    if not prices:
        raise refuse(source, "no rows below the header", "at least one price")
    _refuse_repeats(prices, source)
    return prices


def _refuse_repeats(prices: tuple[Price, ...], source: str) -> None:
    seen: set[tuple[str, ...]] = set()
    wrong = []
    for price in prices:
        key = (price.cloud, price.region, price.host_type, price.purchase)
        if key in seen:
            wrong.append(Finding(("prices", " ".join(key)), "the same price twice", "one row for each"))
        seen.add(key)
    if wrong:
        raise InputError(source, wrong)


def _document(text: str, source: str) -> Catalog:
    data = parse(text, source)
    if not isinstance(data, dict) or not data:
        raise refuse(source, shown(data), f"a mapping with {', '.join(Catalog.model_fields)}")
    try:
        catalog = Catalog.model_validate(data)
    except ValidationError as error:
        raise InputError(source, findings_of(error, data, Catalog)) from None
    _refuse_repeats(catalog.prices, source)
    return catalog
