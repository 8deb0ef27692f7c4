"""Every kind of name that leads nowhere is named, with its place and the nearest valid name."""

import pytest
from pydantic import ValidationError

from models.catalog import Catalog, HostType, Region
from models.references import broken_references, nearest, unknown_to_catalog
from models.scenario import Scenario
from models.storage import StorageClass
from models.supply import topology_of


def scenario(**spec):
    blank = {"workloads": [{"name": "web", "replicas": 3}, {"name": "db", "kind": "stateful_set", "replicas": 2}]}
    return Scenario.model_validate({"metadata": {"name": "test"}, "spec": {**blank, **spec}})


def broken(**spec):
    """The only finding about a scenario."""
    with pytest.raises(ValidationError) as caught:
        scenario(**spec)
    (error,) = caught.value.errors()
    (finding,) = error["ctx"]["findings"]
    return finding


HOST = {"name": "h", "location": "dc/a", "capacity": {"cpu": 4, "memory": "8Gi"}}


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"rule": "anti_affinity", "workloads": "wev"}, "spec.rules[0].workloads"),
        ({"rule": "anti_affinity", "workloads": "web", "away_from": ["wev"]}, "spec.rules[0].away_from"),
        ({"rule": "affinity", "workloads": "db", "near": {"names": ["wev"]}}, "spec.rules[0].near"),
        ({"rule": "latency", "workloads": "db", "to": "wev", "max_ms": 5}, "spec.rules[0].to"),
    ],
)
def test_a_rule_about_an_unknown_workload(rule, place):
    finding = broken(rules=[rule])
    assert (finding.place, finding.found, finding.nearest) == (place, "'wev'", "web")


def test_a_pattern_that_matches_nothing():
    assert broken(rules=[{"rule": "anti_affinity", "workloads": "x-*"}]).found == "'x-*'"
    assert scenario(rules=[{"rule": "anti_affinity", "workloads": "w*"}])


def test_a_rule_about_an_unknown_pool():
    pools = [{"name": "blue", "locations": ["aws"]}]
    finding = broken(pools=pools, rules=[{"rule": "allow", "hosts": {"pools": ["bleu"]}}])
    assert (finding.place, finding.nearest) == ("spec.rules[0].hosts.pools", "blue")


@pytest.mark.parametrize("end", ["source", "target"])
def test_traffic_of_an_unknown_workload(end):
    finding = broken(traffic=[{"source": "web", "target": "db"} | {end: "wev"}])
    assert (finding.place, finding.nearest) == (f"spec.traffic[0].{end}", "web")


@pytest.mark.parametrize(
    ("rule", "key"), [({"rule": "parity", "match": "ap"}, "match"), ({"rule": "exclusive", "by": "ap"}, "by")]
)
def test_workloads_told_apart_by_a_label_that_none_carries(rule, key):
    workloads = [{"name": "web", "labels": {"app": "shop"}}, {"name": "db"}]
    finding = broken(workloads=workloads, rules=[rule])
    assert (finding.place, finding.found, finding.nearest) == (f"spec.rules[0].{key}", "'ap'", "app")
    assert scenario(workloads=workloads, rules=[rule | {key: "app"}, {"rule": "exclusive", "by": "team"}])


@pytest.mark.parametrize("users", [{"name": "Basel"}, {"name": "Basel", "latitude": 47.6}])
def test_users_near_something_must_be_somewhere(users):
    finding = broken(rules=[{"rule": "latency", "users": users, "max_ms": 20}])
    assert (finding.place, finding.found) == ("spec.rules[0].users", "'Basel' without a place")
    flow = {"source": "web", "users": users}
    assert broken(traffic=[flow | {"max_latency_ms": 20}]).place == "spec.traffic[0].users"
    assert scenario(traffic=[flow])


def test_pinned_to_an_unknown_host():
    finding = broken(hosts=[HOST], rules=[{"rule": "pinned", "workloads": "web", "hosts": ["g"]}])
    assert finding.place == "spec.rules[0].hosts"


def test_density_counted_in_unknown_workloads():
    assert broken(unit={"name": "shop", "workloads": "wbe"}).place == "spec.unit.workloads"


def test_a_host_that_runs_an_unknown_workload():
    finding = broken(hosts=[{**HOST, "runs": {"wb": 1}}])
    assert (finding.place, finding.nearest) == ("spec.hosts[0].runs", "web")


def test_more_replicas_running_than_there_are():
    finding = broken(hosts=[{**HOST, "runs": {"web": 2}}, {**HOST, "name": "g", "runs": {"web": 2}}])
    assert finding.found == "4 replicas of 'web' running"


def test_a_host_without_any_size():
    assert broken(hosts=[{"name": "h", "location": "dc/a"}]).found == "no size"


@pytest.mark.parametrize("key", ["workloads", "pools", "hosts", "volumes"])
def test_a_name_given_twice(key):
    entry = {
        "workloads": {"name": "a"},
        "pools": {"name": "a", "locations": ["aws"]},
        "hosts": {**HOST, "name": "a"},
        "volumes": {"name": "a", "workload": "db", "size": "1Gi", "location": "dc/a"},
    }[key]
    finding = broken(**{key: [entry, entry]}) if key != "volumes" else broken(volumes=[entry, entry])
    assert (finding.place, finding.found) == (f"spec.{key}[1].name", "'a'")


@pytest.mark.parametrize(
    ("volume", "place"),
    [
        ({"workload": "dbs", "location": "dc/a"}, "spec.volumes[0].workload"),
        ({"workload": "db", "location": "dc/a", "replica": 2}, "spec.volumes[0].replica"),
        ({"workload": "db"}, "spec.volumes[0]"),
        ({"workload": "db", "location": "dc/a", "host": "h"}, "spec.volumes[0]"),
        ({"workload": "db", "host": "g"}, "spec.volumes[0].host"),
    ],
)
def test_a_volume_of_nothing_or_nowhere(volume, place):
    assert broken(hosts=[HOST], volumes=[{"name": "v", "size": "1Gi", **volume}]).place == place


def test_an_affinity_cycle_is_walked_through():
    finding = broken(
        workloads=[{"name": "a"}, {"name": "b"}, {"name": "c"}],
        rules=[{"rule": "affinity", "workloads": x, "near": y} for x, y in ("ab", "bc", "ca")],
    )
    assert finding.place.startswith("spec.rules[")
    assert finding.found in ("the cycle a -> b -> c -> a", "the cycle b -> c -> a -> b", "the cycle c -> a -> b -> c")


def test_affinity_to_itself_and_in_a_line_is_no_cycle():
    assert scenario(rules=[{"rule": "affinity", "workloads": "web", "near": "web"},
                           {"rule": "affinity", "workloads": "web", "near": "db"}])  # fmt: skip


def test_every_broken_reference_is_named_at_once():
    with pytest.raises(ValidationError) as caught:
        scenario(rules=[{"rule": "anti_affinity", "workloads": name} for name in ("x1", "x2", "x3")])
    assert len(caught.value.errors()[0]["ctx"]["findings"]) == 3


TYPED = {"name": "h", "location": "aws/eu-central-1", "host_type": "m5.xlarge"}
VOLUME = {"name": "v", "workload": "db", "size": "1Gi", "location": "aws"}


def pool(location, **more):
    return {"name": "p", "locations": [location], **more}


def claiming(storage_class):
    return {"name": "w", "volumes": [{"size": "1Gi", "storage_class": storage_class}]}


CATALOG = Catalog(
    host_types=(HostType(cloud="aws", name="m5.large", capacity={"cpu": 2, "memory": "8Gi"}),),
    regions=(Region(cloud="aws", name="eu-central-1", country="Germany", zones=("euc1-az1", "euc1-az2")),),
    storage_classes=(StorageClass(name="gp3", cloud="aws"),),
)


@pytest.mark.parametrize(
    ("spec", "place", "near"),
    [
        ({"pools": [pool("aws/eu-centrl-1")]}, "spec.pools[0].locations", "aws/eu-central-1"),
        ({"pools": [pool("euc1-az2")]}, "spec.pools[0].locations", "aws/eu-central-1/euc1-az2"),
        ({"pools": [pool("aws", host_types=["m5.lrge"])]}, "spec.pools[0].host_types", "m5.large"),
        ({"hosts": [{**HOST, "location": "aws/eu-central-2"}]}, "spec.hosts[0].location", "aws/eu-central-1"),
        ({"hosts": [TYPED]}, "spec.hosts[0].host_type", "m5.large"),
        ({"rules": [{"rule": "forbid", "hosts": {"locations": ["gcp"]}}]}, "spec.rules[0].hosts.locations", ""),
        (
            {"rules": [{"rule": "residency", "locations": ["aws/eu-central"]}]},
            "spec.rules[0].locations",
            "aws/eu-central-1",
        ),
        ({"rules": [{"rule": "residency", "countries": ["Germania"]}]}, "spec.rules[0].countries", "Germany"),
        (
            {"latencies": [{"between": ["aws", "aws/eu-centrl-1"], "ms": 1}]},
            "spec.latencies[0].between",
            "aws/eu-central-1",
        ),
        ({"workloads": [claiming("gp2")]}, "spec.workloads[0].volumes[0].storage_class", "gp3"),
        ({"volumes": [{**VOLUME, "storage_class": "gp"}]}, "spec.volumes[0].storage_class", "gp3"),
        ({"volumes": [{**VOLUME, "location": "aws/eu-central"}]}, "spec.volumes[0].location", "aws/eu-central-1"),
    ],
)
def test_a_name_that_the_catalog_does_not_know(spec, place, near):
    checked = scenario(**spec)
    findings = unknown_to_catalog(checked.spec, CATALOG, topology_of(checked, CATALOG))
    assert [(finding.place, finding.nearest) for finding in findings] == [(place, near)]


def test_a_scenario_without_faults_has_no_findings():
    good = scenario(
        pools=[{"name": "p", "locations": ["aws"], "host_types": ["m5.*"]}],
        hosts=[{"name": "h", "location": "aws/eu-central-1/euc1-az1", "host_type": "m5.large", "runs": {"web": 2}}],
        volumes=[{"name": "v", "workload": "db", "size": "1Gi", "host": "h"}],
    )
    assert broken_references(good.spec) == []
    assert unknown_to_catalog(good.spec, CATALOG, topology_of(good, CATALOG)) == []


def test_the_nearest_of_many_names():
    names = [f"workload-{n}" for n in range(5000)]
    assert nearest("workloda-77", names) == "workload-77"
    assert nearest("wrkload-4321", names) == "workload-4321"
    assert nearest("zzz", names) == ""
