"""Advice on scenarios as lines for the terminal, and as rows for everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from models.reports import written_path
from planner.cli.output import Column, Row
from planner.lint import Advice, Path
from planner.plots.labels import counted, printable

MOST_ALIKE = 5
"""So much advice of one subject is printed for a document; a table of all is one option away."""

COLUMNS = (
    Column("document", "document"),
    Column("lint", "subject"),
    Column("place", "place"),
    Column("unwise", "unwise", write=printable),
    Column("mend", "better", write=printable),
)


def advice_rows(document: str, found: Iterable[Advice], written: Callable[[Path], Path]) -> list[Row]:
    """Advice as rows, at the places where a document has them; what one entry stands for many of is told once.

    Parameters
    ----------
    document : str
        What its rows call the document.
    found : iterable of Advice
    written : callable
        From a place in the scenario to the one in the document as it was written.
    """
    rows: dict[tuple[str, str, str], Row] = {}
    for advice in found:
        place = written_path(written(advice.path))
        rows.setdefault(
            (advice.lint, place, advice.mend),
            {"document": document, "lint": advice.lint, "place": place, "unwise": advice.unwise, "mend": advice.mend},
        )
    return list(rows.values())


def print_advice(rows: Sequence[Row], console: Console, *, wide: bool) -> None:
    """Print rows document by document and subject by subject, a few of each unless `wide`."""
    grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        grouped[row["document"]][row["lint"]].append(row)
    for document, subjects in grouped.items():
        told = counted(sum(map(len, subjects.values())), "thing")
        console.print(
            Text.assemble(("advice ", "bold yellow"), f"{printable(document)}: {told} to look at"), soft_wrap=True
        )
        for subject, alike in subjects.items():
            for row in alike if wide else alike[:MOST_ALIKE]:
                _print(row, console)
            if not wide and len(alike) > MOST_ALIKE:
                rest = f"… and {len(alike) - MOST_ALIKE:,} more on {subject} (-o wide prints all)"
                console.print(Padding(Text(rest, style="dim"), (0, 0, 0, 2)), soft_wrap=True)


def _print(row: Row, console: Console) -> None:
    head = Text.assemble((printable(row["place"]), "bold"), "  ", (row["lint"], "dim"))
    console.print(Padding(head, (0, 0, 0, 2), expand=False), soft_wrap=True)
    console.print(Padding(Text(printable(row["unwise"])), (0, 0, 0, 4), expand=False))
    console.print(Padding(Text.assemble(("→ ", "green"), printable(row["mend"])), (0, 0, 0, 4), expand=False))
