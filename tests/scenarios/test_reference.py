"""Every rule and model has a fresh reference page; dropping a page's rule never costs more."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from scenario_files import ROOT

from planner.api import plan, verify

REFERENCE = ROOT / "docs" / "reference"
SECTIONS = (
    "## Parameters", "## Example", "## What it compiles to", "## How it is verified", "## What explains it",
    "## Limits", "## In Kubernetes",
)  # fmt: skip


def _refresh():
    spec = importlib.util.spec_from_file_location("reference_refresh", REFERENCE / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


refresh = _refresh()
PERMITTING = {"tolerations", "overload_risk"}
"""Rules that let more in: dropping them never costs less."""
RULES = sorted(refresh.rules())
PAGES = sorted(REFERENCE.glob("*/*.md"))


def test_every_rule_and_every_model_has_a_page_and_the_index_names_it():
    there = {f"{page.parent.name}/{page.stem}" for page in PAGES}
    assert there == {f"rules/{name}" for name in RULES} | {f"models/{name}" for name in refresh.pages_of_models()}
    index = (REFERENCE / "README.md").read_text(encoding="utf-8")
    assert [name for name in there if f"({name}.md)" not in index] == []


def _without_drawings(text: str) -> str:
    """A page without the bays of its pictures: plans of equal cost may differ in where things stand."""
    return re.sub(r"(<!-- picture -->\n```text\n.*?)\n\n.*?```", r"\1", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_the_page_is_fresh(page: Path):
    fresh, written = refresh.refreshed(page), page.read_text(encoding="utf-8")
    assert _without_drawings(fresh) == _without_drawings(written), "run `make docs`"


@pytest.mark.parametrize("name", RULES)
def test_the_page_tells_all_of_a_rule(name: str):
    text = (REFERENCE / "rules" / f"{name}.md").read_text(encoding="utf-8")
    assert [section for section in SECTIONS if f"\n{section}\n" not in text] == []


@pytest.mark.parametrize("name", RULES)
def test_dropping_the_rule_never_costs_more(name: str):
    scenario = refresh.example(REFERENCE / "rules" / f"{name}.md")
    assert any(rule.rule == name for rule in scenario.spec.rules_in_force)
    with_it, without = (plan(one, stop=refresh.EFFORT) for one in (scenario, refresh.without(scenario, name)))
    assert verify(scenario, with_it) == ()
    strict, free = (made.status.tiers for made in (with_it, without))
    if name in PERMITTING:
        strict, free = free, strict
    assert [tier.value for tier in free] <= [tier.value for tier in strict]
