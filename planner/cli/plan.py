"""`bayplan plan`: from a scenario to a plan, its figures and its picture."""

from __future__ import annotations

import math
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from planner.cli import watch
from planner.cli.exits import ExitCode
from planner.cli.output import Output, OutputFormat, stderr_console, stdout_console
from planner.errors import BayplanError

if TYPE_CHECKING:
    from models.plan import Plan
    from models.scenario import Scenario


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"found {value}, expected a finite number")
    return value


ScenarioFile = Annotated[
    str, typer.Argument(help="Scenario file (YAML or JSON); - is standard input.", metavar="SCENARIO")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write the plan document (.json or .yaml).", metavar="FILE")]
Html = Annotated[Path | None, typer.Option("--html", help="Write the bay plan as a page.", metavar="FILE")]
Svg = Annotated[Path | None, typer.Option("--svg", help="Write the bay plan as a picture.", metavar="FILE")]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", help="Seconds to search.", min=0.001, callback=_finite, metavar="S")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of all randomness.", min=0, max=2**31 - 1)]
Gap = Annotated[
    float,
    typer.Option("--gap", help="Relative gap to the bound that is good enough: 0.02.", min=0, max=1, callback=_finite),
]
_GUARDS = "Guard-rails (exit code 4)"
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", help="Money a month.", min=0, callback=_finite, rich_help_panel=_GUARDS),
]
MinDensity = Annotated[
    float | None,
    typer.Option("--min-density", help="Units per host.", min=0, callback=_finite, rich_help_panel=_GUARDS),
]
MaxHosts = Annotated[int | None, typer.Option("--max-hosts", help="Hosts in use.", min=0, rich_help_panel=_GUARDS)]
MaxUnplaced = Annotated[
    int, typer.Option("--max-unplaced", help="Replicas that may be left out.", min=0, rich_help_panel=_GUARDS)
]
Detailed = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit with 2 if the plan differs from what runs today.")
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; so does NO_COLOR.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress line.")]


def plan(
    scenario: ScenarioFile,
    output: Output = OutputFormat.TABLE,
    out: Out = None,
    html: Html = None,
    svg: Svg = None,
    time_limit: TimeLimit = 30.0,
    seed: Seed = 0,
    gap: Gap = 0.0,
    max_cost: MaxCost = None,
    min_density: MinDensity = None,
    max_hosts: MaxHosts = None,
    max_unplaced: MaxUnplaced = 0,
    detailed_exitcode: Detailed = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Plan a scenario: where everything goes, what it costs, and how good that is known to be.

    Exit codes: 0 fine, 1 error, 2 changes (with --detailed-exitcode), 3 infeasible,
    4 guard-rail breached, 5 out of time without any plan. Ctrl-C or SIGTERM ends the search and
    keeps the best plan so far.
    """
    from models.bulk import collection_paused
    from planner import api
    from planner.cli.guards import Guards, found_nothing, verdict
    from planner.formats.documents import read_scenario
    from planner.plots.labels import printable
    from planner.solvers.stop import Stop

    files = {kind: path for kind, path in (("plan", out), ("page", html), ("picture", svg)) if path is not None}
    for path in files.values():
        check_writable(path)
    messages = stderr_console(no_color or None)
    asked = read_scenario(scenario)
    made = watch.solve(asked, Stop(seconds=time_limit, gap=gap), seed, messages, quiet=quiet)
    guards = Guards(_decimal(max_cost), min_density, max_hosts, max_unplaced)
    code, lines = verdict(made, guards)
    if not found_nothing(made):
        with collection_paused():
            _write(files, made, asked)
            _show(made, asked, output, files, no_color)
    for line in lines:
        style = "green" if code is ExitCode.FINE else "bold red"
        head, colon, rest = printable(line).partition(":")
        messages.print(Text.assemble((head + colon, style), rest), soft_wrap=True)
    if code is ExitCode.FINE and detailed_exitcode and api.differs_from_today(asked, made):
        code = ExitCode.CHANGES
    raise typer.Exit(code)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def check_writable(path: Path) -> None:
    """Refuse a file that cannot be written before time is spent on planning."""
    folder = path.resolve().parent
    if path.is_dir():
        raise BayplanError(f"{path}: found a directory, expected a file to write")
    if not folder.is_dir():
        raise BayplanError(f"{path}: found no directory {folder}, expected one to write into")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise BayplanError(f"{path}: found no permission to write, expected a writable file")


def _write(files: dict[str, Path], made: Plan, asked: Scenario) -> None:
    """Write every file that was asked for; each is replaced at once or not at all."""
    from planner.formats.documents import write_plan
    from planner.formats.documents.writing import write_text

    texts: dict[str, str] = {}
    if "page" in files:
        from planner.plots.html_report import bay_plan_html

        texts["page"] = bay_plan_html(made, asked)
    if "picture" in files:
        from planner.plots.bayplan import bay_plan_svg

        texts["picture"] = bay_plan_svg(made, asked)
    for kind, text in texts.items():
        write_text(files[kind], text)
    if "plan" in files:
        write_plan(made, files["plan"])


def _show(made: Plan, asked: Scenario, output: OutputFormat, files: dict[str, Path], no_color: bool) -> None:
    """The data on standard output; where files went beside it, or on standard error."""
    from planner.formats.documents import write_plan

    wrote = [f"wrote the {kind} to {path}" for kind, path in files.items()]
    match output:
        case OutputFormat.JSON:
            write_plan(made, sys.stdout, "json")
        case OutputFormat.YAML:
            write_plan(made, sys.stdout, "yaml")
        case OutputFormat.MARKDOWN:
            from planner.cli.markdown import summary

            sys.stdout.write(summary(made))
        case _:
            from planner.cli.report import print_report

            print_report(made, asked, stdout_console(no_color or None), wide=output is OutputFormat.WIDE)
    console = stdout_console(no_color or None)
    if output in (OutputFormat.JSON, OutputFormat.YAML, OutputFormat.MARKDOWN):
        console = stderr_console(no_color or None)
    for line in wrote:
        console.print(Text(line, style="dim"), soft_wrap=True)
