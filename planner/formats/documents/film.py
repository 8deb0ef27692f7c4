"""Film documents, and what came out of films."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

from models.film import Film
from models.simulation import Simulation
from planner.formats.documents.plain import load
from planner.formats.documents.validation import validated
from planner.formats.documents.writing import Format, format_of, to_text, write_text


def read_film(path: str | Path) -> Film:
    """Read a film from a YAML or JSON file (`-`: standard input).

    Raises
    ------
    InputError
        With all that is wrong with it.
    """
    return parse_film(load(path), str(path))


def parse_film(data: Any, source: str) -> Film:
    """Make a film of plain data."""
    return validated(data, Film, source)


def read_simulation(path: str | Path) -> Simulation:
    """Read what came out of a film.

    Raises
    ------
    InputError
        With all that is wrong with it.
    """
    return validated(load(path), Simulation, str(path))


def write_simulation(simulation: Simulation, target: str | Path | TextIO, form: Format | None = None) -> None:
    """Write what came out of a film, as JSON unless the file's name or `form` says YAML."""
    write_text(target, to_text(simulation.model_dump(mode="json"), form or format_of(target, "json")))
