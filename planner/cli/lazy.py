"""A group of commands that are imported when they are called, with one place for all errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group
from typing_extensions import override

from planner.cli.exits import ExitCode

DEBUG = "BAYPLAN_DEBUG"


@dataclass(frozen=True)
class Lazy:
    """Where a command is found: `module:attribute` of a function or a Typer app, and its one line of help."""

    target: str
    help: str

    def load(self, name: str) -> Any:
        """Import the command."""
        module, _, attribute = self.target.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            return get_group(found)
        command = typer.Typer(add_completion=False, rich_markup_mode="rich")
        command.command(name)(found)
        return get_command(command)


class LazyGroup(TyperGroup):
    """Lists commands from a table; imports one only to run it or to show its own help."""

    table: ClassVar[dict[str, Lazy]] = {}

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.table)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        known = self.table.get(cmd_name)
        return TyperCommand(cmd_name, help=known.help) if known else None

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        names: Any = dict.fromkeys(self.table)
        self.commands = names  # "did you mean" looks for names here
        name, stub, rest = super().resolve_command(ctx, args)
        return name, self.table[name].load(name) if stub and name else stub, rest

    @override
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        with _told_errors():
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        if standalone_mode:
            sys.exit(code or ExitCode.FINE)
        return code


@contextmanager
def _told_errors() -> Iterator[None]:
    """Tell every error in a sentence on standard error, and leave with its exit code."""
    from planner.errors import BayplanError

    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _quiet_pipe()
        sys.exit(ExitCode.ERROR)
    except (KeyboardInterrupt, typer.Abort):
        tell("interrupted: nothing was written")
        sys.exit(ExitCode.INTERRUPTED)
    except BayplanError as error:
        if os.environ.get(DEBUG):
            raise
        for line in str(error).splitlines():
            tell(line)
        sys.exit(ExitCode.ERROR)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        if hasattr(error, "format_message"):  # a wrong option or argument; 2 means "changes" here
            _tell_usage(error)
        else:
            tell(f"an unexpected {type(error).__name__} ({error}): a bug in Bayplan. {DEBUG}=1 shows where.")
        sys.exit(ExitCode.ERROR)


def _tell_usage(error: Any) -> None:
    message = error.format_message().replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    path = context.command_path.partition(" ")[2] if context else ""
    if message:  # empty where the command's help was shown instead
        tell(f"{message} See `{' '.join(filter(None, ('bayplan', path)))} --help`.")


def tell(line: str) -> None:
    """One line of an error on standard error."""
    from planner.plots.labels import printable

    console = Console(stderr=True, highlight=False)
    console.print(Text.assemble(("error: ", "bold red"), printable(line)), soft_wrap=True)


def _quiet_pipe() -> None:
    """Whoever read our output has left (`| head`); nothing more can or needs to be said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
