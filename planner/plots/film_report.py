"""A film as one page: what each policy made of it, the charts, and what was promised, lost and released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from models.simulation import Estimate, PolicyResult, Simulation
from planner.plots import film_words as words
from planner.plots.film import charts
from planner.plots.html_tables import table
from planner.plots.labels import counted, escaped, number, percent, resource_title
from planner.plots.time_chart import colour, dash

MOST = 40
"""Sentences of a kind for a policy."""


def film_html(simulation: Simulation) -> str:
    """One self-contained page: no network, no scripts, light and dark.

    Returns
    -------
    str
        An HTML document.
    """
    folder = files("planner.plots") / "page"
    style = "".join((folder / name).read_text(encoding="utf-8") for name in ("report.css", "film.css"))
    name, film = escaped(simulation.spec.scenario), simulation.spec.film
    about = simulation.metadata.description
    told = f'<p class="quiet">{escaped(about)}</p>' if about else ""
    runs = counted(film.seeds, "run")
    span = f"{counted(film.days, 'day')}, {runs} of each policy, beginning with {escaped(simulation.spec.begins_with)}"
    drawn = charts(simulation)
    pictures = f'<div class="charts">{"".join(drawn)}</div>' if drawn else '<p class="quiet">Nothing was sampled.</p>'
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Film of {name}</title><style>{style}</style></head><body><main>
<header><p class="over-line">Film</p><h1>{name}</h1>{told}<p class="quiet">{span}</p>{_verdict(simulation)}</header>
<section class="side-by-side"><h2>Policies side by side</h2>{_figures(simulation)}</section>
<section><h2>Over time</h2><ul class="keys">{"".join(_keys(simulation))}</ul>{pictures}</section>
<section><h2>What came of it</h2>{"".join(_policies(simulation))}</section>
<section><h2>Where this comes from</h2>{_provenance(simulation)}</section>
</main></body></html>
"""


def _verdict(simulation: Simulation) -> str:
    results = simulation.status.policies
    promised = [verdict for result in results for verdict in result.objectives]
    if not promised:
        return '<div class="verdict"><strong>Nothing is promised</strong><p>No workload states an objective.</p></div>'
    kept = [result.policy for result in results if result.kept]
    if len(kept) == len(results):
        head, told, state = "Every promise is kept", "By every policy, in every run.", "OPTIMAL"
    else:
        broken = ", ".join(result.policy for result in results if not result.kept)
        head, state = "Promises are broken", "INFEASIBLE"
        told = f"By {broken}. " + (f"Kept by {', '.join(kept)}." if kept else "No policy keeps them all.")
    return f'<div class="verdict {state}"><strong>{head}</strong><p>{escaped(told)}</p></div>'


def _figures(simulation: Simulation) -> str:
    """A row for each figure, a column for each policy; the best in green, half the 95 % interval beside the mean."""
    status = simulation.status
    rows: list[list[str]] = []
    for line in words.lines(simulation):
        winners = words.best(simulation, line)
        cells = [f"{escaped(line.title)} <small>{escaped(line.unit)}</small>"]
        for result in status.policies:
            figure = result.figures[line.measure]
            told = escaped(words.value(line.measure, figure.mean, status.currency))
            if off := words.margin(figure):
                told += f" <small>± {escaped(words.value(line.measure, off, status.currency))}</small>"
            cells.append(f'<td class="n{" best" if result.policy in winners else ""}">{told}</td>')
        rows.append(cells)
    for resource in dict.fromkeys(name for result in status.policies for name in result.allocation):
        shares = (result.allocation.get(resource) for result in status.policies)
        rows.append(
            [f"{escaped(resource_title(resource))} in use <small>of what is there</small>"]
            + [f">{percent(share.mean) if share else '–'}" for share in shares]
        )
    return table(["", *(f">{escaped(result.policy)}" for result in status.policies)], rows)


def _keys(simulation: Simulation) -> Iterator[str]:
    for n, result in enumerate(simulation.status.policies):
        line = f'<path d="M0 6H34" stroke="{colour(n)}" stroke-width="2.4" stroke-dasharray="{dash(n)}"/>'
        yield f'<li><svg viewBox="0 0 34 12">{line}</svg>{escaped(result.policy)}</li>'
    kinds = {event.kind for result in simulation.status.policies for event in result.events}
    for kind, told in (("fault", "fault"), ("release", "release")):
        if kind in kinds:
            box = f'<rect class="band {kind}" width="34" height="12"/>'
            yield f'<li><svg viewBox="0 0 34 12">{box}</svg>{told} (first run)</li>'


def _policies(simulation: Simulation) -> Iterator[str]:
    for result in simulation.status.policies:
        yield _policy(result, simulation)


def _policy(result: PolicyResult, simulation: Simulation) -> str:
    first = simulation.status.policies[0].policy
    promises = "".join(
        f'<li class="{"kept" if verdict.kept else "broken"}"><span class="mark">{"✓" if verdict.kept else "✗"}</span>'
        f"{escaped(words.promise(verdict))}</li>"
        for verdict in sorted(result.objectives, key=lambda each: each.kept)
    )
    parts = [
        f'<h3 class="policy">{escaped(result.policy)}</h3>',
        f'<ul class="promises">{promises}</ul>' if promises else "",
        _told("Faults", map(words.recovery, result.recoveries)),
        _told("Releases", map(words.release, result.releases)),
        _told(f"Other than {first}, for sure", words.compared(result, first, simulation)),
        _by_name(result),
    ]
    return "".join(parts)


def _told(title: str, sentences: Iterable[str]) -> str:
    found = words.gathered(sentences)
    more = [f"and {number(len(found) - MOST)} more"] if len(found) > MOST else []
    items = "".join(f"<li>{escaped(line)}</li>" for line in (*found[:MOST], *more))
    return f'<p class="quiet">{escaped(title)}</p><ul class="told">{items}</ul>' if found else ""


def _by_name(result: PolicyResult) -> str:
    """Workloads that were below their objective, or missed replicas: the worst first."""
    missing, below = result.missing_replica_hours, result.unavailable_minutes
    names = [name for name in dict.fromkeys([*below, *missing]) if _mean(below, name) or _mean(missing, name)]
    names.sort(key=lambda name: (-_mean(below, name), -_mean(missing, name)))
    rows = [
        [escaped(name), f">{number(round(_mean(below, name), 2)) if name in below else '–'}",
         f">{number(round(_mean(missing, name), 2))}"]
        for name in names[:MOST]
    ]  # fmt: skip
    return table(["Workload", ">minutes below its objective", ">replica-hours missing"], rows) if rows else ""


def _mean(figures: Mapping[str, Estimate], name: str) -> float:
    return figures[name].mean if name in figures else 0.0


def _provenance(simulation: Simulation) -> str:
    status = simulation.status
    hashes = "; ".join(
        f"{result.policy}: {', '.join(f'{run.seed} → {run.decisions}' for run in result.runs[:5])}"
        + (" …" if len(result.runs) > 5 else "")
        for result in status.policies
    )
    known = {
        "Scenario": simulation.spec.scenario, "Input hash": status.input_hash, "Catalog of": status.catalog_date,
        "Decisions by seed": hashes, "Ended": f"{status.ended}, after {words.span(status.seconds)}",
        "Versions": ", ".join(f"{name} {version}" for name, version in status.versions.items()),
    }  # fmt: skip
    return f"<dl>{''.join(f'<dt>{k}</dt><dd>{escaped(v)}</dd>' for k, v in known.items() if v)}</dl>"
