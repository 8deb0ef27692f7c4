"""What came out of a film for the terminal: policies side by side, then promises, faults and releases in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.simulation import PolicyResult, Simulation
from planner.plots import film_words as words
from planner.plots.labels import counted, number, percent, printable, resource_title

MOST = 8
"""Sentences of a kind for a policy, unless all are asked for."""


def print_simulation(simulation: Simulation, console: Console, *, wide: bool = False) -> None:
    """Print figures and sentences.

    Parameters
    ----------
    wide : bool
        All sentences, not only the first few of each kind.
    """
    for part in _parts(simulation, wide=wide):
        usual = console.width
        if isinstance(part, Table):  # a cell is never cut: the terminal may wrap lines
            options = console.options.update(max_width=10_000)
            console.width = max(usual, console.measure(part, options=options).maximum)
        console.print(part, soft_wrap=isinstance(part, Text))
        console.width = usual


def _parts(simulation: Simulation, *, wide: bool) -> Iterator[Text | Table | Padding]:
    status, film = simulation.status, simulation.spec.film
    days = f"{counted(film.days, 'day')} of {printable(simulation.spec.scenario)}"
    runs = sum(len(result.runs) for result in status.policies)
    head = f"{days}, {counted(len(status.policies), 'policy')}, {counted(runs, 'run')}, {words.span(status.seconds)}"
    yield Text(head, style="bold")
    yield _figures(simulation)
    yield Text("")
    for result in status.policies:
        if sentences := list(_sentences(result, simulation, wide=wide)):
            yield Text(result.policy, style="bold")
            for text in sentences:
                yield Padding(text, (0, 0, 0, 2), expand=False)


def _figures(simulation: Simulation) -> Table:
    """Policies as columns; the best of each row in green, intervals where there are several runs."""
    status = simulation.status
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True)
    for result in status.policies:
        table.add_column(result.policy, justify="right", no_wrap=True)
    for line in words.lines(simulation):
        winners = words.best(simulation, line)
        cells = (
            Text(
                words.cell(line.measure, result.figures[line.measure], status.currency),
                style="bold green" if result.policy in winners else "",
            )
            for result in status.policies
        )
        table.add_row(line.title, Text(line.unit, style="dim"), *cells)
    for resource in dict.fromkeys(name for result in status.policies for name in result.allocation):
        shares = (result.allocation.get(resource) for result in status.policies)
        title = Text(f"{printable(resource_title(resource))} in use")
        table.add_row(title, Text("of what is there", style="dim"), *(percent(s.mean) if s else "–" for s in shares))
    return table


def _sentences(result: PolicyResult, simulation: Simulation, *, wide: bool) -> Iterator[Text]:
    first = simulation.status.policies[0].policy
    verdicts = sorted(result.objectives, key=lambda verdict: verdict.kept)
    marks = [("✓ ", "green") if verdict.kept else ("✗ ", "bold red") for verdict in verdicts]
    promises = [Text.assemble(mark, printable(words.promise(v))) for mark, v in zip(marks, verdicts, strict=True)]
    faults = [Text(printable(line)) for line in words.gathered(map(words.recovery, result.recoveries))]
    releases = [Text(printable(line)) for line in words.gathered(map(words.release, result.releases))]
    differences = [Text(line) for line in words.compared(result, first, simulation)]
    for what, found in (("promise", promises), ("fault", faults), ("release", releases), ("difference", differences)):
        yield from found if wide else found[:MOST]
        if not wide and len(found) > MOST:
            rest = f"… and {number(len(found) - MOST)} more on {what}s (-o wide prints all)"
            yield Text(rest, style="dim")
