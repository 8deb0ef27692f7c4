"""The charts of a film: what was there, what it cost, who waited, and what served, policies over each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.simulation import PolicyResult, Simulation
from planner.plots.labels import resource_title, sign
from planner.plots.time_chart import Band, Curves, time_chart

_USED = "used_"
MOST_RESOURCES = 4


def charts(simulation: Simulation) -> list[str]:
    """Time charts as SVG, each for the style sheet of `film_report`; none where nothing was sampled."""
    bands = bands_of(simulation.status.policies)
    return [time_chart(curves, bands) for curves in curves_of(simulation)]


def curves_of(simulation: Simulation) -> Iterator[Curves]:
    """What is drawn: a quantity that is 0 all the time is left out."""
    status = simulation.status
    results = [result for result in status.policies if result.series.hours]
    if not results:
        return
    for name, title, of in (
        ("hosts", "Hosts there", "hosts"),
        ("cost", "Cost", f"{sign(status.currency)} per hour"),
        ("density", "Containers on a host in use", "containers"),
        ("waiting", "Waiting for a host", "containers"),
    ):
        if any(any(result.series.values.get(name, ())) for result in results):
            yield _curves(results, name, title, of)
    wanted = results[0].series.values.get("wanted", ())
    yield _curves(results, "serving", "Serving, and wanted (grey)", "replicas", wanted=wanted)
    for resource in _resources(results):
        title = resource_title(resource)
        yield Curves(
            title=f"{title[:1].upper()}{title[1:]} in use", unit="% of what is there", hours=results[0].series.hours,
            lines={result.policy: _used(result, resource) for result in results},
        )  # fmt: skip


def bands_of(results: Sequence[PolicyResult]) -> list[Band]:
    """Faults and releases of the first run of all policies, each once."""
    events = dict.fromkeys(event for result in results for event in result.events)
    return [
        Band(event.kind, event.at_hours, event.at_hours + event.hours, f"{event.what}, hour {event.at_hours:.1f}")
        for event in events
    ]


def _curves(
    results: Sequence[PolicyResult], name: str, title: str, unit: str, *, wanted: Sequence[float] = ()
) -> Curves:
    lines = {result.policy: result.series.values.get(name, ()) for result in results}
    return Curves(title, unit, results[0].series.hours, lines, wanted)


def _resources(results: Sequence[PolicyResult]) -> list[str]:
    """Those in use, the fullest first."""
    fullest: dict[str, float] = {}
    for result in results:
        for resource, share in result.allocation.items():
            fullest[resource] = max(fullest.get(resource, 0.0), share.mean)
    return sorted(fullest, key=lambda resource: -fullest[resource])[:MOST_RESOURCES]


def _used(result: PolicyResult, resource: str) -> list[float]:
    """Percent in use over time; of a resource that is asked for by the moment, the fullest moment's."""
    values = result.series.values
    columns = [v for key, v in values.items() if key.startswith(_USED) and key[5:].partition("@")[0] == resource]
    return [100 * max(row) for row in zip(*columns, strict=True)]
