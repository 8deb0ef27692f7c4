"""Refresh the generated blocks of the reference pages: parameters from the models, pictures from plans.

Run it after changing a model (`make docs`); a test fails while a page is not fresh. In a page,

    <!-- parameters --> … <!-- end -->     is a table of the model's fields
    <!-- picture --> … <!-- end -->        is the plan of the page's first yaml block, with the page's
                                            rule and without it

Everything else on a page is written by hand.
"""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from rich.console import Console

import models.demand
import models.egress
import models.film
import models.host
import models.money
import models.ownership
import models.platforms
import models.release
import models.storage
import models.traffic
import models.volume
import models.workload
from models.catalog import Catalog, HostType, Price, Region
from models.goals import GoalTier
from models.plan import Plan
from models.rules import Rule
from models.scenario import Scenario, ScenarioSpec, Unit
from models.selectors import Hosts, WorkloadSelector
from models.topology import DomainNode
from planner import api
from planner.formats.documents import parse_scenario
from planner.formats.documents.plain import parse
from planner.plots.labels import counted, money
from planner.plots.terminal import bay_plan_text
from planner.solvers.stop import Stop

FOLDER = Path(__file__).parent
EFFORT = Stop(seconds=60, iterations=60)
"""Enough to prove the small examples, and the same on every machine."""
_BLOCK = re.compile(r"<!-- (parameters|picture) -->\n.*?<!-- end -->", re.DOTALL)
_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def rules() -> dict[str, type[BaseModel]]:
    """Every rule class by what `rule:` calls it."""
    union = get_args(get_args(Rule)[0])
    return {get_args(cls.model_fields["rule"].annotation)[0]: cls for cls in union}


def pages_of_models() -> dict[str, tuple[type[BaseModel], ...]]:
    """What each page of `models/` documents."""
    work, place, cash, play = models.workload, models.platforms, models.money, models.film
    return {
        "scenario": (ScenarioSpec, Unit),
        "workloads": (work.Service, work.StatefulSet, work.Job, work.CronJob, work.RunnerPool, work.DaemonSet,
                      work.VirtualMachine, work.Part, work.VolumeClaim, work.Image, work.QueuePromise),
        "demand": (models.demand.Profile, models.demand.Usage, models.demand.CpuUsage),
        "releases": (models.release.Rolling, models.release.BlueGreen, models.release.Canary,
                     models.release.DisruptionBudget, models.release.ServiceObjective),
        "hosts": (models.host.HostPool, models.host.Host, models.host.Taint, models.ownership.Ownership),
        "platforms": (place.Kubernetes, place.Eks, place.Gke, place.Aks, place.BareMetal, place.Hypervisor,
                      place.Docker, place.Swarm, place.Mesos, place.Caas, place.Registry),
        "storage": (models.storage.StorageClass, models.storage.StoragePool, models.volume.Volume),
        "traffic": (models.traffic.Traffic, models.traffic.Users, models.traffic.MeasuredLatency,
                    models.egress.EgressTariff, models.egress.Tier),
        "money": (cash.Commitment, cash.Discount, cash.Currency),
        "catalog": (Catalog, HostType, Region, Price),
        "selectors": (WorkloadSelector, Hosts),
        "topology": (DomainNode,),
        "goals": (GoalTier,),
        "films": (play.FilmSpec, play.FilmFaults, play.HostFailures, play.DomainFailures, play.DomainOutage,
                  play.IncidentTable, play.FilmRelease, play.FilmUpgrade, play.FilmClone, play.FilmScaling,
                  play.FilmSpot, play.FilmProvision, play.FilmPrices, play.FilmPriceChange, play.FilmWork,
                  play.FilmBursts, play.FilmTraces),
    }  # fmt: skip


def refreshed(page: Path) -> str:
    """The text of a page with its generated blocks made anew."""
    text = page.read_text(encoding="utf-8")
    known = (rules()[page.stem],) if page.parent.name == "rules" else pages_of_models()[page.stem]

    def block(match: re.Match[str]) -> str:
        kind = match[1]
        body = "\n\n".join(_parameters(cls) for cls in known) if kind == "parameters" else _picture(page.stem, text)
        return f"<!-- {kind} -->\n{body}\n<!-- end -->"

    return _BLOCK.sub(block, text)


def _parameters(cls: type[BaseModel]) -> str:
    """A heading with the class's words, and a table of its fields."""
    schema = cls.model_json_schema(by_alias=False)
    if "$ref" in schema:  # a model that holds itself
        schema = schema["$defs"][cls.__name__]
    rows = ["| field | is | default | |", "|---|---|---|---|"]
    required = set(schema.get("required", ()))
    for name, field in schema["properties"].items():
        if name in ("rule", "kind", "strategy") and "const" in field:
            continue
        default = "required" if name in required else _written(field.get("default"))
        rows.append(f"| `{name}` | {_kind(field, schema)} | {default} | {field.get('description', '')} |")
    return f"### {cls.__name__}\n\n{inspect.cleandoc(cls.__doc__ or '')}\n\n" + "\n".join(rows)


def _written(default: Any) -> str:
    if isinstance(default, dict) and not any(default.values()):
        return "all" if "names" in default or "locations" in default else ""
    return "" if default in (None, "", [], {}) else f"`{default}`".replace("'", "")


def _kind(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a field takes, in words."""
    if "$ref" in field:
        return field["$ref"].rpartition("/")[2]
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "anyOf" in field or "oneOf" in field:
        parts = (_kind(part, schema) for part in field.get("anyOf", field.get("oneOf")))
        return " or ".join(dict.fromkeys(part for part in parts if part != "null"))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), schema)}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"mapping to {_kind(field['additionalProperties'], schema)}"
    return {"string": "text", "number": "number", "integer": "integer", "boolean": "yes or no"}.get(
        field.get("type", ""), field.get("type", "anything")
    )


def example(page: Path) -> Scenario:
    """The scenario of a page's first yaml block."""
    return _example(page.stem, page.read_text(encoding="utf-8"))


def _example(name: str, text: str) -> Scenario:
    match = _YAML.search(text)
    if match is None:
        raise ValueError(f"the page {name} has no yaml block")
    return parse_scenario(parse(match[1], name), name)


def without(scenario: Scenario, kind: str) -> Scenario:
    """The scenario without its rules of one kind, and without what brings such rules with it."""
    kept = tuple(rule for rule in scenario.spec.rules if rule.rule != kind)
    workloads = scenario.spec.workloads
    if kind == "release_room":
        workloads = tuple(workload.model_copy(update={"release": None}) for workload in workloads)
    changed = {"rules": kept, "workloads": workloads}
    # A copy would carry the cached rules in force along.
    fields = {name: getattr(scenario.spec, name) for name in type(scenario.spec).model_fields} | changed
    return scenario.model_copy(update={"spec": ScenarioSpec.model_construct(**fields)})


def _picture(name: str, text: str) -> str:
    scenario = _example(name, text)
    made = api.plan(scenario, stop=EFFORT)
    lines = [f"with the rule  {_figures(made)}"] if name in rules() else [_figures(made)]
    if name in rules():
        lines.append(f"without it     {_figures(api.plan(without(scenario, name), stop=EFFORT))}")
    return "```text\n" + "\n".join([*lines, "", *_drawn(made, scenario)]) + "\n```"


def _figures(plan: Plan) -> str:
    status = plan.status
    left = f", {counted(status.unplaced, 'replica')} left out" if status.unplaced else ""
    cost = money(status.cost_per_month, status.currency)
    return f"{counted(status.hosts_used, 'host')}, {cost} a month{left}"


def _drawn(plan: Plan, scenario: Scenario) -> Iterator[str]:
    console = Console(file=io.StringIO(), width=78, no_color=True, legacy_windows=False)
    console.print(bay_plan_text(plan, 78, scenario))
    for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]
        yield line.rstrip()


def main() -> None:
    """Refresh every page in place."""
    for page in sorted(FOLDER.glob("*/*.md")):
        page.write_text(refreshed(page), encoding="utf-8")


if __name__ == "__main__":
    main()
