"""`bayplan validate`: check scenario documents without planning them, and tell what is unwise in them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from models.scenario import Scenario
from planner.cli.exits import ExitCode
from planner.cli.lazy import tell
from planner.cli.output import Output, OutputFormat, Row, emit, stdout_console
from planner.errors import InputError


def validate(
    scenarios: Annotated[list[str], typer.Argument(help="Scenario files; - is standard input.", metavar="SCENARIO...")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing about documents that are fine.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 4 if there is any advice.")] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Check scenario documents: keys, amounts, references, and names that the catalog must know.

    What is wrong goes to standard error, and the exit code is 1. What is legal but unwise is told as
    advice, each with its place and a mend.
    """
    from planner.api import lint
    from planner.cli.advice import COLUMNS, advice_rows, print_advice
    from planner.formats.documents import read_with_places

    console = stdout_console()
    in_words = output in (OutputFormat.TABLE, OutputFormat.WIDE)
    wrong, rows = False, list[Row]()
    for path in scenarios:
        try:
            found, places = read_with_places(path)
            rows += advice_rows(path, lint(found), places.written)
        except InputError as error:
            wrong = True
            for line in str(error).splitlines():
                tell(line)
            continue
        if in_words and not quiet:
            console.print(Text.assemble(("ok ", "bold green"), f"{path}: {_size(found)}"), soft_wrap=True)
    if in_words:
        print_advice(rows, console, wide=output is OutputFormat.WIDE)
    else:
        emit(rows, output, COLUMNS, console, kind="AdviceList")
    if wrong:
        raise typer.Exit(ExitCode.ERROR)
    if strict and rows:
        raise typer.Exit(ExitCode.GUARD_RAIL)


def _size(scenario: Scenario) -> str:
    """`shop (12 workloads with 30 replicas, 2 pools, 0 standing hosts, 5 rules)`."""
    from planner.plots.labels import counted

    spec = scenario.spec
    replicas = sum(workload.count for workload in spec.workloads)
    size = f"{counted(len(spec.workloads), 'workload')} with {counted(replicas, 'replica')}, "
    size += f"{counted(len(spec.pools), 'pool')}, {counted(len(spec.hosts), 'standing host')}, "
    return f"{scenario.name} ({size}{counted(len(spec.rules), 'rule')})"
