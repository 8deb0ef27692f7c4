"""`bayplan import`: foreign files to a scenario, with a report of what did not carry over."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.base import API_VERSION
from models.reports import Finding
from models.units import parse_bytes, parse_milli
from planner.cli.output import reported_errors, stderr_console
from planner.errors import InputError

if TYPE_CHECKING:
    from planner.formats.kubernetes import Choices, Defaults, Imported
    from planner.formats.loss import Loss

_STYLES = {"dropped": "red", "approximated": "yellow", "assumed": "cyan"}


class Source(StrEnum):
    """What the files are."""

    AUTO = "auto"
    KUBERNETES = "kubernetes"
    SNAPSHOT = "snapshot"
    TABLES = "tables"


Files = Annotated[list[str], typer.Argument(help="Files or directories; - is standard input.", metavar="FILE...")]
From = Annotated[Source, typer.Option("--from", help="What the files are; auto looks into them.")]
Out = Annotated[str, typer.Option("--output", "-o", help="Where the scenario goes (.yaml or .json).", metavar="FILE")]
Pools = Annotated[
    list[str] | None,
    typer.Option("--pool", help="Where hosts may be opened. May be repeated.", metavar="CLOUD/REGION[=TYPE,…]"),
]
Named = Annotated[str, typer.Option("--name", help="The scenario's name. [default: the file's]")]
DefaultCpu = Annotated[
    str, typer.Option("--default-cpu", help="CPU of containers that ask for none.", metavar="QUANTITY")
]
DefaultMemory = Annotated[
    str, typer.Option("--default-memory", help="Memory of containers that ask for none.", metavar="QUANTITY")
]
ReleaseRoom = Annotated[bool, typer.Option("--release-room", help="Hold the room of Deployments' rolling updates.")]
Soft = Annotated[
    float | None,
    typer.Option(
        "--soft", min=0, help="Keep preferences as soft rules: money a month for a breach of weight 100.",
        metavar="PENALTY",
    ),
]  # fmt: skip
Strict = Annotated[bool, typer.Option("--strict", help="Write nothing and exit with 1 if anything was dropped.")]
LossFile = Annotated[Path | None, typer.Option("--loss", help="Write the loss report as JSON, too.", metavar="FILE")]


def import_command(
    files: Files,
    source: From = Source.AUTO,
    output: Out = "-",
    pool: Pools = None,
    name: Named = "",
    default_cpu: DefaultCpu = "100m",
    default_memory: DefaultMemory = "128Mi",
    release_room: ReleaseRoom = False,
    soft: Soft = None,
    strict: Strict = False,
    loss: LossFile = None,
) -> None:
    """Make a scenario from Kubernetes manifests, a cluster snapshot, or CSV tables.

    A snapshot is what `kubectl get nodes,pods,pv,pvc,pdb -A -o json` writes. The scenario goes to
    standard output or a file; what was dropped, approximated or assumed goes to standard error.
    """
    from planner.formats.documents import write_scenario
    from planner.formats.kubernetes import Choices, Defaults, parse_pool, to_scenario

    console = stderr_console()
    with reported_errors():
        defaults = Defaults(
            cpu=_quantity("--default-cpu", default_cpu, parse_milli),
            memory=_quantity("--default-memory", default_memory, parse_bytes),
        )
        pools = [parse_pool(text) for text in pool or ()]
        choices = Choices(release_room, None if soft is None else Decimal(str(soft)))
        imported = _read(files, source, defaults, choices)
        try:
            scenario, losses = to_scenario(imported, name or _name_of(files[0]), pools)
        except InputError:
            _show(imported.losses, console)
            raise
        _show(losses, console)
        if loss is not None:
            _write_losses(losses, loss)
        dropped = sum(item.level == "dropped" for item in losses)
        if strict and dropped:
            console.print(Text(f"--strict: {dropped} dropped, so nothing is written", style="bold red"))
            raise typer.Exit(1)
        write_scenario(scenario, sys.stdout if output == "-" else output)
        spec = scenario.spec
        counts = {"workloads": spec.workloads, "hosts": spec.hosts, "pools": spec.pools, "rules": spec.rules}
        written = ", ".join(f"{len(items):,} {what}" for what, items in counts.items() if items)
        target = "standard output" if output == "-" else output
        console.print(Text(f"{written} → {target}"), soft_wrap=True)


def _read(files: Sequence[str], source: Source, defaults: Defaults, choices: Choices) -> Imported:
    from planner.formats.kubernetes import Imported, read_kubernetes

    tables = [file for file in files if source is Source.TABLES or (source is Source.AUTO and _is_table(file))]
    others = [file for file in files if file not in tables]
    imported = Imported()
    if others:
        meanings = {Source.SNAPSHOT: "snapshot", Source.KUBERNETES: "manifests"}
        imported = read_kubernetes(others, defaults, meanings.get(source, "auto"), choices)  # type: ignore[arg-type]
    for table in tables:
        imported = _with_table(imported, table)
    return imported


def _with_table(imported: Imported, file: str) -> Imported:
    """Add the workloads or the hosts of a table; only hosts have a location."""
    from planner.formats.tables import hosts, read_hosts, read_workloads

    location = next(column for column in hosts.COLUMNS if column.name == "location")
    if file != "-" and {*_header(file)} & {location.name, *location.synonyms}:
        found, losses = read_hosts(file)
        return replace(imported, hosts=(*imported.hosts, *found), losses=(*imported.losses, *losses))
    workloads, losses = read_workloads(file)
    return replace(imported, workloads=(*imported.workloads, *workloads), losses=(*imported.losses, *losses))


def _is_table(file: str) -> bool:
    """Whether a file looks like a table: several cells in its first line, and nothing of YAML or JSON."""
    if file == "-" or not Path(file).is_file():
        return False
    if Path(file).suffix.lower() in {".csv", ".tsv"}:
        return True
    line = _first_line(file)
    return len(_header(file)) > 1 and not any(mark in line for mark in (":", "{", "["))


def _header(file: str) -> list[str]:
    line = _first_line(file)
    separator = max(",;\t", key=line.count)
    return [cell.strip().strip('"').lower().replace(" ", "_") for cell in line.split(separator)]


def _first_line(file: str) -> str:
    with Path(file).open(encoding="utf-8-sig", errors="replace") as stream:
        return next((line for line in iter(lambda: stream.readline(10_000), "") if line.strip()), "").strip()


def _name_of(file: str) -> str:
    return "imported" if file == "-" else Path(file).resolve().stem


def _quantity(option: str, text: str, parse: Callable[[object], int]) -> int:
    try:
        return parse(text)
    except ValueError:
        raise InputError(option, [Finding(("its value",), repr(text), "a quantity such as 250m or 512Mi")]) from None


def _show(losses: Sequence[Loss], console: Console) -> None:
    """Print the loss report, equal losses together, what is missing first."""
    if not losses:
        console.print("Nothing was lost.")
        return
    together: dict[tuple[str, str, str], list[str]] = {}
    for item in sorted(losses, key=lambda item: list(_STYLES).index(item.level)):
        together.setdefault((item.level, item.what, item.consequence), []).append(item.place)
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    table.add_column("Loss", no_wrap=True)
    for title, ratio in (("Where", 3), ("What", 4), ("For the plan", 5)):
        table.add_column(title, overflow="fold", ratio=ratio)
    for (level, what, consequence), places in together.items():
        table.add_row(Text(level, style=_STYLES[level]), Text(_few(places)), Text(what), Text(consequence))
    console.print(table)


def _few(places: Sequence[str]) -> str:
    """The first places, the kind that all of them share named once."""
    kinds = {place.partition(" ")[0] for place in places}
    if len(kinds) == 1 and all(" " in place for place in places):
        places = [places[0], *(place.partition(" ")[2] for place in places[1:])]
    return ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")


def _write_losses(losses: Sequence[Loss], file: Path) -> None:
    from planner.formats.documents.writing import to_text, write_text

    report = {"apiVersion": API_VERSION, "kind": "LossReport", "items": [asdict(item) for item in losses]}
    write_text(file, to_text(report, "json"))
