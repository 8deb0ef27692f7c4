"""`bayplan simulate`: how a plan lives under one policy or several."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.text import Text

from planner.cli import watch
from planner.cli.exits import ExitCode
from planner.cli.output import OutputFormat, stderr_console, stdout_console
from planner.cli.plan import NoColor, Quiet, check_writable
from planner.errors import BayplanError

if TYPE_CHECKING:
    from rich.console import Console

    from models.film import Film
    from models.plan import Plan
    from models.scenario import Scenario
    from planner.simulation.simulated import Simulated

ScenarioFile = Annotated[
    str | None,
    typer.Argument(help="Scenario file; may be left out where the film names one.", metavar="[SCENARIO]"),
]
FilmFile = Annotated[Path | None, typer.Option("--film", help="What happens: a Film document.", metavar="FILE")]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="The plan to begin with; else today's hosts, or one made now.")
]
Policies = Annotated[str | None, typer.Option("--policy", help="Policies instead of the film's.", metavar="A,B")]
Faults = Annotated[
    Path | None, typer.Option("--faults", help="Faults instead of the film's: its `faults` alone.", metavar="FILE")
]
Trace = Annotated[Path | None, typer.Option("--trace", help="Containers that come, as a table.", metavar="FILE")]
Days = Annotated[float | None, typer.Option("--days", help="Days instead of the film's.", min=0.0, metavar="D")]
Seeds = Annotated[int | None, typer.Option("--seeds", help="Runs of each policy instead of the film's.", min=1)]
Jobs = Annotated[int, typer.Option("--jobs", "-j", help="Processes; 0 for as many as there are processors.", min=0)]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", help="Seconds to search for a plan where none is given.", min=0.001)
]
Output = Annotated[
    str, typer.Option("--output", "-o", help="Form of the data, or a file for it (.json, .yaml).", metavar="FORM|FILE")
]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write time series as CSV into a folder.", metavar="DIR")]
Parquet = Annotated[Path | None, typer.Option("--parquet", help="Write samples as Parquet.", metavar="FILE")]
Html = Annotated[Path | None, typer.Option("--html", help="Write charts and tables as a page.", metavar="FILE")]


def simulate(
    scenario: ScenarioFile = None,
    film: FilmFile = None,
    plan: PlanFile = None,
    policy: Policies = None,
    faults: Faults = None,
    trace: Trace = None,
    days: Days = None,
    seeds: Seeds = None,
    jobs: Jobs = 0,
    time_limit: TimeLimit = 30.0,
    output: Output = "table",
    csv: Csv = None,
    parquet: Parquet = None,
    html: Html = None,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Play how a plan lives: what fails, is released, scales and moves, under each policy with the same seeds.

    Exit codes: 0 every promise kept, 1 error, 4 a promise broken, 130 interrupted before any run was over.
    Ctrl-C keeps the runs that are over.
    """
    from planner.formats.documents import read_plan, read_scenario

    form, target = _form(output)
    for path in filter(None, (target, parquet, html)):
        check_writable(path)
    if parquet is not None:
        from planner.cli.series import arrow_modules

        arrow_modules()
    asked = _film(film, policy=policy, faults=faults, trace=trace, days=days, seeds=seeds)
    folder = film.parent if film else Path()
    stated = scenario or (str(folder / asked.spec.scenario) if asked.spec.scenario else None)
    if stated is None:
        raise typer.BadParameter("found no SCENARIO, expected one, or a film that names one")
    read = read_scenario(stated)
    messages = stderr_console(no_color or None)
    begin = read_plan(plan) if plan else _begin(read, asked, time_limit, messages, quiet=quiet)
    made = watch_film(read, asked, begin, folder, jobs, messages, quiet=quiet)
    if not made.runs:
        messages.print("interrupted before a run was over: nothing was written", style="bold red")
        raise typer.Exit(ExitCode.INTERRUPTED)
    wrote = _write(made, target, csv, parquet, html)
    _show(made, form, no_color=no_color)
    for line in wrote:
        messages.print(Text(line, style="dim"), soft_wrap=True)
    if not made.document.status.kept:
        raise typer.Exit(ExitCode.GUARD_RAIL)


def _form(output: str) -> tuple[OutputFormat, Path | None]:
    """The form on standard output, and the file that was named in its place."""
    if output.lower() in (OutputFormat.TABLE, OutputFormat.WIDE, OutputFormat.JSON, OutputFormat.YAML):
        return OutputFormat(output.lower()), None
    if Path(output).suffix.lower() not in (".json", ".yaml", ".yml"):
        raise typer.BadParameter(f"found {output!r}, expected table, wide, json, yaml, or a file .json or .yaml")
    return OutputFormat.TABLE, Path(output)


def _film(path: Path | None, **stated: Any) -> Film:
    """The film with what options say instead; a week without anything but the scenario's own jobs by default."""
    from planner.formats.documents import parse_film
    from planner.formats.documents.plain import load

    data = load(path) if path else {"metadata": {"name": "film"}, "spec": {}}
    source = str(path or "film")
    parse_film(data, source)
    spec = data["spec"] = dict(data["spec"])
    if stated["policy"]:
        spec["policies"] = [name.strip().replace("-", "_") for name in stated["policy"].split(",")]
    if stated["faults"]:
        found = load(stated["faults"])
        spec["faults"] = found.get("faults", found) if isinstance(found, dict) else found
    if stated["trace"]:
        spec["traces"] = {**spec.get("traces", {}), "arrivals": str(Path(stated["trace"]).resolve())}
    for key in ("days", "seeds"):
        if stated[key] is not None:
            spec[key] = stated[key]
    return parse_film(data, source)


def _begin(asked: Scenario, film: Film, seconds: float, messages: Console, *, quiet: bool) -> Plan | None:
    """A plan made now where nothing runs today."""
    from planner.solvers.stop import Stop

    if any(host.runs for host in asked.spec.hosts):
        return None
    if not quiet:
        messages.print(Text("nothing runs today: planning first", style="dim"))
    made = watch.solve(asked, Stop(seconds=seconds), 0, messages, quiet=quiet)
    if made.status.unplaced:
        left = f"note: the plan leaves out {made.status.unplaced:,} replicas (--time-limit searches longer)"
        messages.print(Text(left, style="yellow"), soft_wrap=True)
    return made


def watch_film(
    scenario: Scenario, film: Film, plan: Plan | None, folder: Path, jobs: int, messages: Console, *, quiet: bool
) -> Simulated:
    """Play in a worker thread, with a bar; Ctrl-C keeps the runs that are over."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from planner import api
    from planner.solvers.stop import Stop

    clock = Stop().start()
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=messages, disable=quiet or not messages.is_terminal, transient=True) as bar:
        task = bar.add_task("compiling", total=1.0)

        def see(share: float, over: int, runs: int) -> None:
            bar.update(task, completed=share, description=f"{over} of {runs} runs")

        def work(_: object) -> Any:
            return api.simulate(
                scenario, film, plan=plan, folder=folder, jobs=jobs,
                observer=see, cancelled=lambda: clock.cancelled,
            )  # fmt: skip

        with watch.interruptible(clock, messages, "the runs that are over are kept"):
            worker = watch.Worker(work)
            worker.start()
            while worker.is_alive():
                worker.join(watch.TICK)
        return cast("Simulated", worker.outcome())


def _write(
    made: Simulated, target: Path | None, csv: Path | None, parquet: Path | None, html: Path | None
) -> list[str]:
    from planner.cli.series import write_csv, write_parquet
    from planner.formats.documents import write_simulation
    from planner.formats.documents.writing import write_text

    wrote = []
    if target is not None:
        write_simulation(made.document, target)
        wrote.append(f"wrote the result to {target}")
    if html is not None:
        from planner.plots.film_report import film_html

        write_text(html, film_html(made.document))
        wrote.append(f"wrote the page to {html}")
    if csv is not None:
        try:
            files = write_csv(made.runs, csv)
        except OSError as error:
            raise BayplanError(f"{csv}: found a place that cannot be written ({error.strerror})") from None
        wrote += [f"wrote time series to {path}" for path in files]
    if parquet is not None:
        write_parquet(made.runs, parquet)
        wrote.append(f"wrote samples to {parquet}")
    return wrote


def _show(made: Simulated, form: OutputFormat, *, no_color: bool) -> None:
    from planner.cli.simulate_report import print_simulation
    from planner.formats.documents import write_simulation

    if form in (OutputFormat.JSON, OutputFormat.YAML):
        write_simulation(made.document, sys.stdout, "json" if form is OutputFormat.JSON else "yaml")
    else:
        print_simulation(made.document, stdout_console(no_color or None), wide=form is OutputFormat.WIDE)
