"""Scenario documents: reading with every check, writing so that people like to read it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TextIO

from models.bulk import collection_paused
from models.catalog import Catalog
from models.references import unknown_to_catalog
from models.reports import Finding
from models.scenario import Scenario
from models.supply import topology_of
from planner.errors import InputError
from planner.formats.documents.plain import load
from planner.formats.documents.shapes import WrittenEntries
from planner.formats.documents.source import STDIN
from planner.formats.documents.validation import validated
from planner.formats.documents.writing import Format, format_of, to_text, write_text


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario from a YAML or JSON file (`-`: standard input).

    Its price sheets, whose names are relative to the scenario's folder, are laid under its own
    catalog, so that the scenario stands for itself afterwards.

    Raises
    ------
    InputError
        With all that is wrong: keys, units, references, and names that the catalog does not know.
    """
    return read_with_places(path)[0]


@collection_paused()
def read_with_places(path: str | Path) -> tuple[Scenario, WrittenEntries]:
    """Read a scenario as `read_scenario` does, with what finds its places in the file again."""
    source = str(path)
    folder = Path() if source == STDIN else Path(path).parent
    data = load(path)
    return parse_scenario(data, source, folder), WrittenEntries(data)


def parse_scenario(data: Any, source: str, folder: Path | None = None) -> Scenario:
    """Make a scenario of plain data, with the checks of `read_scenario`.

    Parameters
    ----------
    data : dict
    source : str
        What messages call the document.
    folder : Path, optional
        Where its price sheets lie; by default the working directory.
    """
    scenario = _with_price_sheets(validated(data, Scenario, source), source, folder or Path())
    _check_against_catalog(scenario, data, source)
    return scenario


def _with_price_sheets(scenario: Scenario, source: str, folder: Path) -> Scenario:
    if not scenario.spec.price_sheets:
        return scenario
    from planner.formats.catalogs import read_price_sheet

    catalog = Catalog()
    for i, name in enumerate(scenario.spec.price_sheets):
        if not (folder / name).is_file():
            place = ("spec", "price_sheets", i)
            raise InputError(source, [Finding(place, repr(name), "a file beside the scenario")])
        catalog = catalog.extended_by(read_price_sheet(folder / name))
    own = scenario.spec.catalog
    spec = scenario.spec.model_copy(update={"catalog": catalog.extended_by(own), "price_sheets": ()})
    return scenario.model_copy(update={"spec": spec})


def _check_against_catalog(scenario: Scenario, data: Any, source: str) -> None:
    from planner.formats.catalogs import catalog_for

    catalog = catalog_for(scenario)
    findings = unknown_to_catalog(scenario.spec, catalog, topology_of(scenario, catalog))
    if findings:
        raise InputError(source, WrittenEntries(data).place(findings))


def write_scenario(scenario: Scenario, target: str | Path | TextIO, form: Format | None = None) -> None:
    """Write a scenario, leaving out what is as it would be without saying.

    Parameters
    ----------
    scenario : Scenario
    target : str, Path or text stream
    form : {"yaml", "json"}, optional
        By default what the file's name says, else YAML.
    """
    write_text(target, to_text(plain_scenario(scenario), form or format_of(target, "yaml")))


def plain_scenario(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data without defaults; reading it gives the same scenario."""
    spec = scenario.spec.model_dump(mode="json", exclude_defaults=True)
    for key in ("pools", "hosts"):
        for written, item in zip(spec.get(key, ()), getattr(scenario.spec, key), strict=True):
            if "platform" in written:
                parameters = {"kind": item.platform.kind, **written["platform"]}
                written["platform"] = parameters if len(parameters) > 1 else item.platform.kind
    return {
        "apiVersion": scenario.apiVersion,
        "kind": scenario.kind,
        "metadata": scenario.metadata.model_dump(exclude_defaults=True),
        "spec": spec,
    }


def input_hash(scenario: Scenario) -> str:
    """Sixteen hexadecimal digits that stand for everything the scenario says."""
    canonical = json.dumps(plain_scenario(scenario), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
