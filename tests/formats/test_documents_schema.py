"""The published JSON Schema accepts what the models accept, short forms included."""

import json

import pytest

from models.rules import Rule
from planner.formats.documents import json_schema
from planner.formats.documents.shapes import models_in, tag_of

KINDS = ["Scenario", "Plan", "Film", "Simulation"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is(kind):
    schema = json_schema(kind)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["$id"] == f"urn:bayplan:schema:v1:{kind.lower()}"
    assert schema["title"] == kind
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) >= {"metadata", "spec"}
    json.dumps(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_is_described(kind):
    for name, part in json_schema(kind)["$defs"].items():
        assert part.get("description"), name
        assert part.get("title"), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_leads_somewhere(kind):
    schema = json_schema(kind)
    references = {part["$ref"].rpartition("/")[2] for part in _parts(schema) if "$ref" in part}
    assert references <= set(schema["$defs"])


def _parts(schema):
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from _parts(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _parts(inner)


def test_every_rule_is_in_it():
    definitions = json_schema("Scenario")["$defs"]
    kinds = {definition["properties"]["rule"]["const"] for definition in definitions.values()
             if "rule" in definition.get("properties", {})}  # fmt: skip
    assert kinds == {tag_of(model)[1] for model in models_in(Rule)}


def test_short_forms_are_allowed():
    definitions = json_schema("Scenario")["$defs"]
    assert {"type": "string"} in definitions["WorkloadSelector"]["anyOf"]
    assert "hosts" in definitions["GoalTier"]["anyOf"][0]["enum"]
    assert "eks" in definitions["HostPool"]["properties"]["platform"]["anyOf"][0]["enum"]
    assert all("count" in definitions[name]["properties"] for name in ("Host", "Service", "StatefulSet"))
    assert "/" in definitions["Resources"]["patternProperties"]
    assert "extended" not in definitions["Capacity"]["properties"]
