import pytest
from pydantic import ValidationError

from models.goals import DEFAULT_GOALS, GoalTier
from models.rules import Allow, BaseRule, Forbid, SoftRule
from models.scenario import Scenario, ScenarioSpec

HOST = {"name": "h", "location": "dc/a", "capacity": {"cpu": 4, "memory": "8Gi"}}


def scenario(**spec):
    blank = {"workloads": [{"name": "web", "replicas": 3}, {"name": "db", "kind": "stateful_set", "replicas": 2}]}
    return Scenario.model_validate({"metadata": {"name": "test"}, "spec": {**blank, **spec}})


def test_one_entry_stands_for_many_hosts():
    hosts = scenario(
        hosts=[{**HOST, "count": 3}, {**HOST, "name": "g"}, {**HOST, "name": "none", "count": 0}]
    ).spec.hosts
    assert [host.name for host in hosts] == ["h-1", "h-2", "h-3", "g"]


def test_one_entry_stands_for_many_workloads():
    spec = ScenarioSpec.model_validate({"workloads": [{"name": "set", "replicas": 3, "count": 2}, {"name": "web"}]})
    assert [(workload.name, workload.count) for workload in spec.workloads] == [("set-1", 3), ("set-2", 3), ("web", 1)]


@pytest.mark.parametrize("count", ["3", -1, True, 1.5, 100_001, None])
def test_a_count_of_hosts_is_a_whole_number(count):
    with pytest.raises(ValidationError, match="count"):
        scenario(hosts=[{**HOST, "count": count}])


def test_goals_are_written_as_names():
    assert scenario(goals=["hosts", {"goal": "domains", "level": "region"}]).spec.goals == (
        GoalTier(goal="hosts"),
        GoalTier(goal="domains", level="region"),
    )
    assert scenario().spec.goals == DEFAULT_GOALS


def test_models_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        scenario().spec.workloads[0].name = "other"


def test_a_workload_without_kind_is_a_service():
    web, db = scenario().spec.workloads
    assert (web.kind, web.count, db.kind, db.count) == ("service", 3, "stateful_set", 2)


def test_no_field_takes_infinity():
    with pytest.raises(ValidationError, match="finite"):
        scenario(hosts=[{**HOST, "platform": {"kind": "hypervisor", "cpu_overcommit": float("inf")}}])


def test_a_job_asks_for_what_runs_at_once():
    jobs = ScenarioSpec.model_validate(
        {"workloads": [{"name": "j", "kind": "job", "completions": 3, "parallelism": 8}]}
    )
    assert jobs.workloads[0].count == 3


def test_demand_counts_a_pod_and_the_volumes():
    claim = {"name": "data", "size": "1Gi", "iops": 300, "mbps": 20}
    spec = ScenarioSpec.model_validate(
        {"workloads": [{"name": "w", "requests": {"cpu": 1}, "volumes": [claim, {**claim, "name": "log"}]}]}
    )
    assert spec.workloads[0].demand().amounts() == {"cpu": 1000, "pods": 1, "volumes": 2, "iops": 600, "mbps": 40}


def test_rules_are_found_by_class_in_their_order():
    soft = {"mode": "soft", "penalty": 3}
    rules = [
        {"rule": "forbid", "hosts": {}, **soft},
        {"rule": "spot", "max_share": 0.5},
        {"rule": "allow", "hosts": {}},
        {"rule": "forbid", "hosts": {}, "mode": "mend"},
        {"rule": "moves", "at_most": 1},
    ]
    spec = ScenarioSpec.model_validate({"workloads": [{"name": "web"}], "rules": rules})
    forbid, spot, allow, other, moves = spec.rules_in_force
    assert spec.rules_of(Forbid) == [forbid, other]
    assert spec.rules_of(Allow, Forbid) == [forbid, allow, other]
    assert spec.rules_of(SoftRule) == [forbid, spot, allow, other]
    assert spec.rules_of(BaseRule)[-1] == moves
    assert spec.lenient == (forbid, other)
