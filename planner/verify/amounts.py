"""Sums of resource vectors as plain mappings, exact integers in units."""

from collections.abc import Iterable, Mapping

from models.resources import Capacity, describe_amount


def total(parts: Iterable[tuple[Mapping[str, int], int]]) -> dict[str, int]:
    """The sum of amounts, each taken so many times."""
    summed: dict[str, int] = {}
    for amounts, times in parts:
        for name, value in amounts.items():
            summed[name] = summed.get(name, 0) + value * times
    return summed


def excess(asked: Mapping[str, int], capacity: Capacity) -> list[tuple[str, int, int]]:
    """(resource, asked, given) for every resource that is asked for beyond what a host gives."""
    limits = ((name, value, capacity.limit(name)) for name, value in asked.items() if value)
    return [(name, value, limit) for name, value, limit in limits if limit is not None and value > limit]


def described(amounts: Mapping[str, int]) -> str:
    """Amounts for people: `350m CPU, 2 GiB memory`, or `nothing`."""
    return ", ".join(describe_amount(name, value) for name, value in amounts.items() if value) or "nothing"


def counted(count: int, noun: str) -> str:
    """A count with its noun: `1 replica`, `3 replicas`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def started_percent(value: int, most: int) -> int:
    """By how many percent of `most`, each started one counted, a value exceeds it; every unit where that is 0."""
    over = max(0, value - most)
    return -(-over * 100 // most) if most else over
