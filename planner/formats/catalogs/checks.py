"""What a price list must pass before it is believed.

Sources of the rules: EC2 on-demand prices are proportional to size within a family (AWS
"Instance size flexibility" rests on it); a spot price is never above on-demand (AWS and Google
list spot as a discount on it).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from statistics import median_low
from typing import Literal

from models.catalog import Catalog, Price
from models.references import nearest
from models.reports import Finding

LINEAR_WITHIN = 0.03
LARGEST_CHANGE = Decimal("0.4")
OLD_AFTER_DAYS = 365
MOST_GRAMS_PER_KWH = 1500


@dataclass(frozen=True)
class CatalogFinding(Finding):
    """A finding about a catalog: an error refuses it, a warning is for its reader to weigh.

    Attributes
    ----------
    check : str
        The name of the check that found it.
    severity : {"error", "warning"}
    """

    check: str = ""
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class SpotCheck:
    """A price known from elsewhere: cores, GiB and USD per hour on demand."""

    cloud: str
    region: str
    host_type: str
    cores: int
    gib: int
    per_hour: Decimal


SPOT_CHECKS = tuple(
    SpotCheck(cloud, region, host_type, cores, gib, Decimal(per_hour))
    for cloud, region, host_type, cores, gib, per_hour in (
        ("aws", "us-east-1", "m5.xlarge", 4, 16, "0.192"),
        ("aws", "us-east-1", "c5.4xlarge", 16, 32, "0.680"),
        ("aws", "us-east-1", "r5.2xlarge", 8, 64, "0.504"),
        ("aws", "us-east-1", "m7g.2xlarge", 8, 32, "0.3264"),
        ("azure", "eastus", "Standard_D4s_v5", 4, 16, "0.192"),
        ("azure", "eastus", "Standard_E8s_v5", 8, 64, "0.504"),
        ("gcp", "us-central1", "n2-standard-8", 8, 32, "0.388472"),
        ("gcp", "us-central1", "e2-highmem-4", 4, 32, "0.180799"),
        ("gcp", "us-central1", "c3-standard-22", 22, 88, "1.108844"),
        ("aws", "us-east-1", "p4d.24xlarge", 96, 1152, "21.957642"),
    )
)
"""Ten public list prices of 2026-06-18 to 2026-08-03."""


def check_catalog(
    catalog: Catalog,
    previous: Catalog | None = None,
    *,
    over: Catalog | None = None,
    confirmed: Collection[str] = (),
    spot_checks: Collection[SpotCheck] = (),
    today: date | None = None,
) -> list[CatalogFinding]:
    """Check a catalog; errors first.

    Parameters
    ----------
    catalog : Catalog
        Its rows are checked.
    previous : Catalog, optional
        What it replaces: no price may differ from it by more than 40 %, or be in another currency, unless confirmed.
    over : Catalog, optional
        What it is laid over: host types, regions and on-demand prices are looked up there too.
    confirmed : collection of str
        Patterns of host types (`m5.*`) whose large changes are meant.
    spot_checks : collection of SpotCheck
        Prices that must stand in it.
    today : date, optional
        The day ages are counted to.
    """
    whole = over.extended_by(catalog) if over else catalog
    findings = [
        *_blanks(catalog),
        *_zeros(catalog),
        *_shapes(catalog, whole),
        *_linear(catalog, whole),
        *_spot(catalog, whole),
        *_storage(catalog),
        *_tariffs(catalog, whole),
        *_intensity(catalog),
        *_changes(catalog, previous or Catalog(), confirmed),
        *_known(whole, spot_checks),
        *_aged(catalog, today or date.today()),
        *_aged_beside_hosts(catalog, today or date.today()),
    ]
    return sorted(findings, key=lambda finding: finding.severity)


def _at(price: Price) -> tuple[str, str]:
    return "prices", f"{price.cloud}/{price.region}/{price.host_type} {price.purchase}"


def _blanks(catalog: Catalog) -> Iterator[CatalogFinding]:
    for price in catalog.prices:
        if not price.source and price.quality != "user":
            yield CatalogFinding(_at(price), "no source", f"a source for a price called {price.quality}", check="blank")


def _zeros(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Only a host that one owns may cost nothing an hour."""
    for price in catalog.prices:
        if price.per_hour == 0 and price.purchase != "owned":
            yield CatalogFinding(_at(price), f"0 {price.currency}/h", "a price above zero", check="zero")
    for host_type in catalog.host_types:
        if not host_type.capacity.cpu or not host_type.capacity.memory:
            place = ("host_types", f"{host_type.cloud}/{host_type.name}")
            yield CatalogFinding(place, "no CPU or no memory", "a capacity above zero", check="zero")


def _shapes(catalog: Catalog, whole: Catalog) -> Iterator[CatalogFinding]:
    """Every price belongs to a host type and a region that are known."""
    types: dict[str, list[str]] = defaultdict(list)
    regions: dict[str, list[str]] = defaultdict(list)
    for host_type in whole.host_types:
        types[host_type.cloud].append(host_type.name)
    for region in whole.regions:
        regions[region.cloud].append(region.name)
    for price in catalog.prices:
        if price.cloud not in types:
            hint = nearest(price.cloud, types)
            yield CatalogFinding(_at(price), f"cloud {price.cloud!r}", "a known cloud", hint, check="shape")
            continue
        if price.host_type not in types[price.cloud]:
            hint = nearest(price.host_type, types[price.cloud])
            found = f"host type {price.host_type!r}"
            yield CatalogFinding(_at(price), found, "a host type with a known shape", hint, check="shape")
        if price.region not in regions[price.cloud]:
            hint = nearest(price.region, regions[price.cloud])
            yield CatalogFinding(_at(price), f"region {price.region!r}", "a known region", hint, check="shape")


def _linear(catalog: Catalog, whole: Catalog) -> Iterator[CatalogFinding]:
    """EC2 prices are proportional to size in a family; memory stands for size, metal included.

    Prices of different sources are not compared: a user's discount on one size is no mistake.
    """
    families: dict[tuple[str, ...], list[tuple[float, Price]]] = defaultdict(list)
    for price in catalog.prices:
        host_type = whole.type_of.get((price.cloud, price.host_type))
        if price.cloud != "aws" or price.purchase == "spot" or host_type is None or host_type.capacity.gpu:
            continue
        like = (price.region, host_type.family, price.purchase, price.source, price.currency)
        families[like].append((float(price.per_hour) / host_type.capacity.memory * 2**30, price))
    for (_, family, *_), members in families.items():
        usual = median_low(per_gib for per_gib, _ in members)
        for per_gib, price in members:
            if abs(per_gib - usual) > LINEAR_WITHIN * usual:
                found = f"{per_gib:.5f} {price.currency}/h per GiB"
                expected = f"{usual:.5f} within 3 % as in the {family} family"
                yield CatalogFinding(_at(price), found, expected, check="linear")


def _spot(catalog: Catalog, whole: Catalog) -> Iterator[CatalogFinding]:
    for price in catalog.prices:
        usual = whole.price_of.get((price.cloud, price.region, price.host_type, "on_demand"))
        if price.purchase != "spot" or usual is None or usual.currency != price.currency:
            continue
        if price.per_hour >= usual.per_hour:
            expected = f"less than {usual.per_hour} on demand"
            yield CatalogFinding(_at(price), f"{price.per_hour} {price.currency}/h", expected, check="spot")


def _storage(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Classes have limits that some volume keeps, and a price above zero where they state one."""
    for row in catalog.storage_classes:
        place = ("storage_classes", row.name)
        if row.per_gb_month == 0 and not row.local:
            yield CatalogFinding(place, "0 USD per GB", "a price above zero, or none", check="zero")
        for what, least, most in (
            ("bytes", row.smallest or 0, row.largest),
            ("IOPS", row.included_iops, row.max_iops),
            ("MB/s", row.included_mbps, row.max_mbps),
        ):
            if most is not None and least > most:
                found = f"at least {least} {what}, at most {most}"
                yield CatalogFinding(place, found, "limits in ascending order", check="limits")


def _tariffs(catalog: Catalog, whole: Catalog) -> Iterator[CatalogFinding]:
    """Tariffs name known regions, stand once each, and get no dearer with the amount."""
    regions: dict[str, list[str]] = defaultdict(list)
    for region in whole.regions:
        regions[region.cloud].append(region.name)
    keys = Counter((row.cloud, row.scope, row.region, row.to_region) for row in catalog.egress)
    for (cloud, scope, here, there), rows in keys.items():
        place = ("egress", " ".join(filter(None, (cloud, scope, here, there))))
        if rows > 1:
            yield CatalogFinding(place, f"{rows} tariffs", "one tariff, its rows under each other", check="twice")
        for name in filter(None, (here, there)):
            if name not in regions[cloud]:
                hint = nearest(name, regions[cloud])
                yield CatalogFinding(place, f"region {name!r}", "a known region", hint, check="shape")
    for row in catalog.egress:
        priced = [tier.per_gb for tier in row.tiers if tier.per_gb]  # a free allowance comes first
        if priced != sorted(priced, reverse=True):
            place = ("egress", " ".join(filter(None, (row.cloud, row.scope, row.region, row.to_region))))
            found = f"{', '.join(map(str, priced))} USD per GB"
            yield CatalogFinding(place, found, "prices that fall with the amount", check="tiers", severity="warning")


def _intensity(catalog: Catalog) -> Iterator[CatalogFinding]:
    """No grid of the world is above a kilogram and a half of CO2e per kWh: more is a slip of the unit."""
    for region in catalog.regions:
        if region.grams_per_kwh is not None and region.grams_per_kwh > MOST_GRAMS_PER_KWH:
            found = f"{region.grams_per_kwh:g} gCO2e per kWh"
            yield CatalogFinding(
                ("regions", region.path), found, f"at most {MOST_GRAMS_PER_KWH}, in grams per kWh", check="intensity"
            )


def _changes(catalog: Catalog, previous: Catalog, confirmed: Collection[str]) -> Iterator[CatalogFinding]:
    for price in catalog.prices:
        before = previous.price_of.get((price.cloud, price.region, price.host_type, price.purchase))
        if before is None or not before.per_hour or any(fnmatchcase(price.host_type, name) for name in confirmed):
            continue
        if price.currency != before.currency:
            expected = f"{before.currency} as before ({before.as_of}), or a confirmation"
            yield CatalogFinding(_at(price), f"a price in {price.currency}", expected, check="currency")
            continue
        change = (price.per_hour - before.per_hour) / before.per_hour
        if abs(change) > LARGEST_CHANGE:
            found = f"{price.per_hour} {price.currency}/h, {change:+.0%}"
            expected = f"within 40 % of {before.per_hour} ({before.as_of}), or a confirmation"
            yield CatalogFinding(_at(price), found, expected, check="change")


def _known(whole: Catalog, spot_checks: Collection[SpotCheck]) -> Iterator[CatalogFinding]:
    for known in spot_checks:
        place = ("prices", f"{known.cloud}/{known.region}/{known.host_type} on_demand")
        price = whole.price_of.get((known.cloud, known.region, known.host_type, "on_demand"))
        host_type = whole.type_of.get((known.cloud, known.host_type))
        if price is None or host_type is None:
            yield CatalogFinding(place, "nothing", f"{known.per_hour} USD/h", check="known price")
            continue
        shape = (host_type.capacity.cpu, host_type.capacity.memory)
        same = (price.per_hour, price.currency) == (known.per_hour, "USD")
        if shape != (known.cores * 1000, known.gib * 2**30) or not same:
            found = f"{shape[0] / 1000:g} cores, {shape[1] / 2**30:g} GiB, {price.per_hour} {price.currency}/h"
            expected = f"{known.cores} cores, {known.gib} GiB, {known.per_hour} USD/h"
            yield CatalogFinding(place, found, expected, check="known price")


def _aged(catalog: Catalog, today: date) -> Iterator[CatalogFinding]:
    """Warn of prices that are old or called dated, once for each list they come from."""
    lists: dict[tuple[str, str, str, date, bool], int] = Counter(
        (price.cloud, price.purchase, price.source, price.as_of, price.quality == "dated") for price in catalog.prices
    )
    for (cloud, purchase, source, as_of, dated), rows in lists.items():
        old = (today - as_of).days > OLD_AFTER_DAYS
        if dated or old:
            place = ("prices", f"{cloud} {purchase} ({source or 'no source'}, {rows} row{'s' if rows > 1 else ''})")
            found = f"{'`dated` ' if dated else ''}prices of {as_of}, {describe_age(as_of, today)} old"
            check = "dated" if dated else "age"
            yield CatalogFinding(place, found, "prices of the last year", check=check, severity="warning")


def _aged_beside_hosts(catalog: Catalog, today: date) -> Iterator[CatalogFinding]:
    """The same of storage classes and tariffs, once for each cloud; a day that is not stated is no finding."""
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for row in catalog.storage_classes:
        days["storage_classes", row.cloud or "any cloud"] += _day(row.as_of)
    for tariff in catalog.egress:
        days["egress", tariff.cloud] += _day(tariff.as_of)
    for (table, cloud), stated in days.items():
        old = [day for day in stated if (today - day).days > OLD_AFTER_DAYS]
        if old:
            place = (table, f"{cloud} ({len(old)} row{'s' if len(old) > 1 else ''})")
            found = f"prices of {min(old)}, {describe_age(min(old), today)} old"
            yield CatalogFinding(place, found, "prices of the last year", check="age", severity="warning")


def _day(text: str) -> list[date]:
    try:
        return [date.fromisoformat(text)]
    except ValueError:
        return []


def describe_age(day: date, today: date) -> str:
    """An age for people: `12 d`, `7 mo`, `3.1 y`."""
    days = (today - day).days
    if days < 60:
        return f"{max(days, 0)} d"
    return f"{days * 12 // 365} mo" if days < 730 else f"{days / 365:.1f} y"
