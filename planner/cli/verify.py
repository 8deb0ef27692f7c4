"""`bayplan verify`: check a plan against its scenario."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from planner.cli.exits import ExitCode
from planner.cli.output import stderr_console, stdout_console


def verify(
    scenario: Annotated[str, typer.Argument(help="Scenario file; - is standard input.", metavar="SCENARIO")],
    plan: Annotated[str, typer.Argument(help="Plan file; - is standard input.", metavar="PLAN")],
) -> None:
    """Check every rule and figure of a plan, whoever made it; prints one line for each breach."""
    from planner import api
    from planner.formats.documents import input_hash, read_plan, read_scenario
    from planner.plots.labels import counted

    if scenario == plan == "-":
        raise typer.BadParameter("only one of SCENARIO and PLAN can be standard input")
    asked, found = read_scenario(scenario), read_plan(plan)
    console = stdout_console()
    made_of = found.status.input_hash
    if made_of and made_of != input_hash(asked):
        note = "note: the plan was made from another version of this scenario"
        stderr_console().print(Text(note, style="yellow"), soft_wrap=True)
    violations = api.verify(asked, found)
    for violation in violations:
        console.print(Text(str(violation)), soft_wrap=True)
    if violations:
        raise typer.Exit(ExitCode.ERROR)
    kept = f"{counted(sum(host.replicas for host in found.spec.hosts), 'replica')} on "
    kept += f"{counted(len(found.spec.hosts), 'host')}: every rule is kept"
    console.print(Text.assemble(("ok ", "bold green"), kept), soft_wrap=True)
