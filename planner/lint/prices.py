"""Prices that should be checked before anything is bought by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from models.catalog import Price
from planner.lint.ground import Ground, Path

YEAR = timedelta(days=365)


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Each pool's prices, and those of standing hosts: of dated sources, derived ones, those older than a year."""
    for path, prices in _prices(ground).items():
        derived = [price for price in prices if price.quality == "derived"]
        found = [*worth_checking(prices, ground.today), *([f"{_told(derived)} derived, not listed"] if derived else [])]
        if found:
            yield path, "; ".join(found), "check before buying; a price sheet of your own overrides them"


def worth_checking(prices: Sequence[Price], today: date) -> Iterator[str]:
    """What is old in some prices, in words: those of a source that is itself dated, and those older than a year."""
    dated = [price for price in prices if price.quality == "dated"]
    if dated:
        yield f"{_told(dated)} of a source that is itself dated"
    old = [price for price in prices if price.as_of < today - YEAR and price.quality != "dated"]
    if old:
        yield f"{_told(old)} older than a year"


def _told(prices: Sequence[Price]) -> str:
    oldest = min(prices, key=lambda price: (price.as_of, price.host_type))
    which = f"{oldest.host_type} in {oldest.cloud}/{oldest.region}, of {oldest.as_of}"
    return f"1 price ({which}) is" if len(prices) == 1 else f"{len(prices):,} prices (the oldest: {which}) are"


def _prices(ground: Ground) -> dict[Path, list[Price]]:
    """The prices that may be used, by the pool or the hosts that use them."""
    pools = {pool.name: i for i, pool in enumerate(ground.scenario.spec.pools)}
    own = {host.name for host in ground.scenario.spec.hosts if host.per_hour is not None or host.owned is not None}
    found: dict[Path, dict[int, Price]] = defaultdict(dict)
    for offer in ground.offers:
        if offer.host in own:
            continue
        region = (ground.ancestor(offer.location, "region") or offer.location).rpartition("/")[2]
        price = ground.catalog.price_of.get((offer.cloud, region, offer.host_type, offer.purchase))
        if price is not None:
            path: Path = ("spec", "hosts") if offer.host else ("spec", "pools", pools[offer.pool])
            found[path][id(price)] = price
    return {path: list(prices.values()) for path, prices in found.items()}
