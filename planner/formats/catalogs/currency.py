"""One currency for all of a catalog's money: the scenario's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from models.catalog import Catalog, Price
from models.egress import EgressTariff
from models.money import Currency
from models.reports import Finding
from models.storage import StorageClass
from planner.errors import InputError

MILLIONTH = Decimal("0.000001")
MOST_FINDINGS = 20


def converted(catalog: Catalog, currency: Currency, source: str) -> Catalog:
    """The catalog with its USD prices, storage classes and egress tariffs in a currency, at its rate.

    Hourly prices are rounded to a millionth. Rows that are in the currency already stay.

    Parameters
    ----------
    catalog : Catalog
    currency : Currency
    source : str
        What messages call the catalog.

    Raises
    ------
    InputError
        Naming the rows in a third currency, for which there is no rate.
    """
    wrong = list(islice(_third(catalog, currency.code), MOST_FINDINGS))
    if wrong:
        raise InputError(source, wrong)
    if currency.code == "USD":
        return catalog
    rate = currency.per_usd
    return Catalog.model_construct(
        host_types=catalog.host_types,
        regions=catalog.regions,
        prices=tuple(_price(row, rate, currency.code) for row in catalog.prices),
        storage_classes=tuple(_storage(row, rate, currency.code) for row in catalog.storage_classes),
        egress=tuple(_egress(row, rate, currency.code) for row in catalog.egress),
    )


def _third(catalog: Catalog, code: str) -> Iterator[Finding]:
    """Rows that are neither in the currency nor in USD."""
    named = (
        *((f"{row.cloud}/{row.region}/{row.host_type} {row.purchase}", row.currency) for row in catalog.prices),
        *((row.name, row.currency) for row in catalog.storage_classes),
        *((f"egress {row.cloud} {row.scope}", row.currency) for row in catalog.egress),
    )
    expected = "USD" if code == "USD" else f"{code}, or USD to be converted"
    for name, stated in named:
        if stated not in ("USD", code):
            yield Finding(("catalog", name, "currency"), repr(stated), expected)


def _price(row: Price, rate: Decimal, code: str) -> Price:
    if row.currency == code:
        return row
    money = {"per_hour": (row.per_hour * rate).quantize(MILLIONTH), "upfront": (row.upfront * rate).quantize(MILLIONTH)}
    return row.model_copy(update={**money, "currency": code})


def _storage(row: StorageClass, rate: Decimal, code: str) -> StorageClass:
    if row.currency == code:
        return row
    names = ("per_gb_month", "per_iops_month", "per_mbps_month")
    stated = {name: getattr(row, name) for name in names}
    money = {name: price * rate for name, price in stated.items() if price is not None}
    return row.model_copy(update={**money, "currency": code})


def _egress(row: EgressTariff, rate: Decimal, code: str) -> EgressTariff:
    if row.currency == code:
        return row
    tiers = tuple(tier.model_copy(update={"per_gb": tier.per_gb * rate}) for tier in row.tiers)
    return row.model_copy(update={"tiers": tiers, "currency": code})
