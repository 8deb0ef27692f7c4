"""Latency rules that rest on estimates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from models.latency import Latencies
from models.rules import Latency
from models.selectors import WorkloadSelector
from planner.lint.ground import Ground, Path
from planner.lint.words import few


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Round-trip times that nobody measured, between the places that two workloads may use.

    The estimate by distance is 19 ms off as a median (`models.traffic.estimated_ms`).
    """
    latencies = Latencies(ground.scenario.spec.latencies, ground.topology)
    for path, source, target in _rules(ground):
        here, there = _places(ground, latencies, source), _places(ground, latencies, target)
        pairs = {(min(a, b), max(a, b)) for a, b in product(here, there)}
        guessed = [pair for pair in sorted(pairs) if latencies.round_trip(*pair).estimated]
        if guessed:
            between = few(list(dict.fromkeys(" – ".join(_region(ground, end) for end in pair) for pair in guessed)))
            unwise = f"{len(guessed):,} of {len(pairs):,} round-trip times are estimates: {between}"
            yield path, unwise, "measure them and state them in latencies; by distance is 19 ms off as a median"


def _rules(ground: Ground) -> Iterator[tuple[Path, WorkloadSelector, WorkloadSelector]]:
    """Latency rules between workloads, and traffic that is short for one; to users it is always an estimate."""
    for path, rule in ground.rules(Latency):
        if rule.to is not None:
            yield path, rule.workloads, rule.to
    for i, flow in enumerate(ground.scenario.spec.traffic):
        if flow.max_latency_ms is not None and flow.target is not None:
            yield ("spec", "traffic", i, "max_latency_ms"), flow.source, flow.target


def _places(ground: Ground, latencies: Latencies, selector: WorkloadSelector) -> set[str]:
    locations = {ground.locations(w) for w in ground.select(selector)}
    return {latencies.spot(location) for location in frozenset().union(*locations)}


def _region(ground: Ground, place: str) -> str:
    return ground.ancestor(place, "region") or place
