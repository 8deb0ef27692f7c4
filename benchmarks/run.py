"""`python -m benchmarks.run`: measure every aim, one after the other, and write the table anew."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.recorded import RESULTS
from benchmarks.table import PAGE, written
from benchmarks.targets import TARGETS


def main(
    data: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Public instances.")] = None,
    only: Annotated[str, typer.Option(help="Commands that begin with this: fleet, packing, openb, ...")] = "",
) -> None:
    """Run the command of every aim in a process of its own; without --data, those that need no instances."""
    logs = Console(stderr=True)
    failed = []
    with TemporaryDirectory() as out:
        for command in (command for target in TARGETS for command in target.commands if command.startswith(only)):
            if data is None and "{data}" in command:
                continue
            logs.rule(command)
            module, *options = shlex.split(command.format(data=data, out=out))
            ended = subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *options], check=False)
            if ended.returncode:
                failed.append(command)
    PAGE.write_text(written(RESULTS), encoding="utf-8")
    for command in failed:
        logs.print(f"failed: {command}", style="red")
    raise typer.Exit(bool(failed))


if __name__ == "__main__":
    typer.run(main)
