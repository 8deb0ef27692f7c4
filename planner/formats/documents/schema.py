"""JSON Schema of the documents, with the short forms that the models read, too."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from models.film import Film
from models.plan import Plan
from models.resources import Capacity, Resources
from models.scenario import Scenario
from models.simulation import Simulation
from planner.formats.documents.shapes import repeated_models

Schema = dict[str, Any]
Kind = Literal["Scenario", "Plan", "Film", "Simulation"]
_MODELS: dict[Kind, type[BaseModel]] = {
    "Scenario": Scenario, "Plan": Plan, "Film": Film, "Simulation": Simulation,
}  # fmt: skip


def json_schema(kind: Kind) -> Schema:
    """The JSON Schema (draft 2020-12) of a kind of document.

    It says what editors need for completion and checks: keys, types, choices, descriptions.
    References between the parts of a document, and amounts, are checked only when it is read.
    """
    schema = _MODELS[kind].model_json_schema()
    definitions = schema["$defs"]
    for vector in (Resources, Capacity):
        _open_to_extended(definitions.get(vector.__name__))
    if kind == "Scenario":
        _add_short_forms(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:bayplan:schema:v1:{kind.lower()}",
        **schema,
    }


def _open_to_extended(vector: Schema | None) -> None:
    """Extended resources stand beside the others; `extended` itself is never written."""
    if vector is None:
        return
    amount = {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0}]}
    vector["properties"].pop("extended")
    vector["properties"]["ephemeral-storage"] = {**amount, "title": "Ephemeral Storage"}
    vector["patternProperties"] = {"/": {**amount, "description": "an extended resource, such as example.com/fpga"}}


def _add_short_forms(definitions: Schema) -> None:
    name, names = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    definitions["WorkloadSelector"] = _or(definitions["WorkloadSelector"], name, names)
    goal = definitions["GoalTier"]
    definitions["GoalTier"] = _or(goal, {"enum": goal["properties"]["goal"]["enum"]})
    for owner in ("Host", "HostPool"):
        platform = definitions[owner]["properties"]["platform"]
        kinds = list(platform["discriminator"]["mapping"])
        platform["anyOf"] = [{"enum": kinds}, {"oneOf": platform.pop("oneOf")}]
        del platform["discriminator"]
    for model in repeated_models():
        definitions[model.__name__]["properties"]["count"] = {
            "type": "integer",
            "minimum": 0,
            "maximum": 100_000,
            "description": "stands for so many equal ones, NAME-1 to NAME-n",
        }


def _or(schema: Schema, *short_forms: Schema) -> Schema:
    """A definition that may also be written in a shorter way."""
    about: Schema = {key: schema.pop(key) for key in ("title", "description") if key in schema}
    return {**about, "anyOf": [*short_forms, schema]}
