"""The command line: see README.md."""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run `bayplan` and leave with its exit code."""
    from planner.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without "→" gets "?" instead of a traceback
    app(prog_name="bayplan")
