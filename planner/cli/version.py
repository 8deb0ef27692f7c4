"""`bayplan version`: what this is, exactly."""

from __future__ import annotations

import typer


def version() -> None:
    """Print the versions of Bayplan, of its exact solver and of Python, and the catalog's date."""
    from planner.api import versions
    from planner.formats.catalogs import catalog_date, shipped_catalog

    found = versions()
    typer.echo(f"bayplan {found.pop('bayplan')}")
    for name, number in found.items():
        typer.echo(f"{name} {number}")
    typer.echo(f"catalog {catalog_date(shipped_catalog())}")
