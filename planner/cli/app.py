"""The application: every command with where it is found and one line of help."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.lazy import Lazy, LazyGroup


class Commands(LazyGroup):
    """All commands, in the order of use."""

    table = {  # noqa: RUF012 (declared as ClassVar above)
        "plan": Lazy("planner.cli.plan:plan", "Plan a scenario: where everything goes, what it costs, how good it is."),
        "simulate": Lazy("planner.cli.simulate:simulate", "Play how a plan lives: faults, releases, load, policies."),
        "validate": Lazy("planner.cli.validate:validate", "Check scenario documents without planning them."),
        "verify": Lazy("planner.cli.verify:verify", "Check a plan against its scenario, whoever made it."),
        "catalog": Lazy("planner.cli.catalog:catalog_app", "Host types and prices: list, show, compare, check."),
        "import": Lazy("planner.cli.import_:import_command", "Make a scenario from Kubernetes objects or tables."),
        "schema": Lazy("planner.cli.schema:schema", "Print the JSON Schema of a kind of document."),
        "version": Lazy("planner.cli.version:version", "Print versions."),
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from planner.cli.version import version

        version()
        raise typer.Exit


@app.callback()
def bayplan(
    version: Annotated[
        bool, typer.Option("--version", help="Print versions.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Place containers on hosts of several clouds: a plan, its proven bound, and its picture."""
