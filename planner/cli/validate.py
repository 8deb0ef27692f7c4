"""`bayplan validate`: check scenario documents without planning them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from planner.cli.exits import ExitCode
from planner.cli.lazy import tell
from planner.cli.output import stdout_console
from planner.errors import InputError


def validate(
    scenarios: Annotated[list[str], typer.Argument(help="Scenario files; - is standard input.", metavar="SCENARIO...")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing about documents that are fine.")] = False,
) -> None:
    """Check scenario documents: keys, amounts, references, and names that the catalog must know."""
    from planner.formats.documents import read_scenario
    from planner.plots.labels import counted

    console = stdout_console()
    wrong = False
    for path in scenarios:
        try:
            found = read_scenario(path)
        except InputError as error:
            wrong = True
            for line in str(error).splitlines():
                tell(line)
            continue
        if not quiet:
            spec = found.spec
            replicas = sum(workload.count for workload in spec.workloads)
            size = f"{counted(len(spec.workloads), 'workload')} with {counted(replicas, 'replica')}, "
            size += f"{counted(len(spec.pools), 'pool')}, {counted(len(spec.hosts), 'standing host')}, "
            size += counted(len(spec.rules), "rule")
            console.print(Text.assemble(("ok ", "bold green"), f"{path}: {found.name} ({size})"), soft_wrap=True)
    if wrong:
        raise typer.Exit(ExitCode.ERROR)
