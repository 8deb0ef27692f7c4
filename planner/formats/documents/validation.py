"""From plain data to a model, or to one error with all that is wrong."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.base import API_VERSION
from models.references import nearest
from planner.errors import InputError
from planner.formats.documents.errors import findings_of, shown
from planner.formats.documents.source import refuse

_Document = TypeVar("_Document", bound=BaseModel)
_KINDS = ("Scenario", "Plan", "Film", "Simulation")


def validated(data: Any, model: type[_Document], source: str) -> _Document:
    """Read plain data as a document of one kind.

    Raises
    ------
    InputError
        If it is a document of another kind, or anything in it is wrong.
    """
    _refuse_other_kinds(data, model.__name__, source)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(source, findings_of(error, data, model)) from None


def _refuse_other_kinds(data: Any, wanted: str, source: str) -> None:
    """One sentence for a file that is something else, instead of a finding for each of its keys."""
    expected = f"a {wanted} document: a mapping with apiVersion, kind, metadata and spec"
    if not isinstance(data, dict):
        raise refuse(source, shown(data), expected)
    kind, version = data.get("kind"), data.get("apiVersion")
    if kind in _KINDS and kind != wanted:
        raise refuse(source, f"a {kind} document", f"a {wanted} document")
    if isinstance(version, str) and version != API_VERSION and isinstance(kind, str):
        if version.partition("/")[0] == "bayplan":
            raise refuse(source, repr(version), repr(API_VERSION), place="apiVersion")
        raise refuse(source, f"a {kind} of {version} (a Kubernetes manifest?)", f"a {wanted} of {API_VERSION}")
    if kind is not None and kind != wanted:
        raise refuse(source, shown(kind), repr(wanted), nearest(str(kind), [wanted]), place="kind")
    if not {"kind", "metadata", "spec"} & data.keys():
        raise refuse(source, shown(data), expected)
