"""Every bad input gives one InputError with file and place, in words that lead to its mending."""

import pytest

from planner.errors import InputError
from planner.formats.documents import parse_scenario, read_plan, read_scenario


def document(**spec):
    blank = {"workloads": [{"name": "web", "replicas": 3, "requests": {"cpu": "500m", "memory": "1Gi"}}]}
    return {"apiVersion": "bayplan/v1", "kind": "Scenario", "metadata": {"name": "test"}, "spec": {**blank, **spec}}


def findings(data):
    with pytest.raises(InputError) as caught:
        parse_scenario(data, "file.yaml")
    assert caught.value.source == "file.yaml"
    return caught.value.findings


def only(**spec):
    (finding,) = findings(document(**spec))
    return finding


def web(**more):
    return [{"name": "web", **more}]


POOL = {"name": "p", "locations": ["aws/eu-central-1"]}
HOST = {"name": "h", "location": "aws/eu-central-1", "capacity": {"cpu": 4, "memory": "8Gi"}}


@pytest.mark.parametrize(
    ("spec", "place", "found", "near"),
    [
        ({"workload": []}, "spec.workload", "'workload'", "workloads"),
        ({"workloads": web(replica=3)}, "spec.workloads[0].replica", "'replica'", "replicas"),
        ({"workloads": web(requests={"cpus": 1})}, "spec.workloads[0].requests.cpus", "'cpus'", "cpu"),
        ({"workloads": web(requests={"mem": "1Gi"})}, "spec.workloads[0].requests.mem", "'mem'", "memory"),
        ({"rules": [{"rule": "quota", "max_hosts": 1, "host": {}}]}, "spec.rules[0].host", "'host'", "hosts"),
        ({"hosts": [{**HOST, "cout": 3}]}, "spec.hosts[0].cout", "'cout'", "count"),
        ({"pools": [{**POOL, "platform": {"kind": "gke", "pod": 9}}]}, "spec.pools[0].platform.pod", "'pod'", "pods"),
        ({"workloads": web(cuont=3)}, "spec.workloads[0].cuont", "'cuont'", "count"),
        ({"unit": {"nam": "db"}}, "spec.unit.nam", "'nam'", "name"),
        ({"hosts": [{**HOST, "taints": [{"key": "a", "efect": "NoSchedule"}]}]},
         "spec.hosts[0].taints[0].efect", "'efect'", "effect"),
    ],
)  # fmt: skip
def test_an_unknown_key_names_the_nearest(spec, place, found, near):
    finding = only(**spec)
    assert (finding.place, finding.nearest) == (place, near)
    assert finding.found == f"the unknown key {found}"
    assert finding.expected.startswith("one of: ")
    assert near in finding.expected


def test_a_misspelt_key_is_said_once_though_the_right_one_is_missing():
    finding = only(workloads=[{"nam": "web"}])
    assert (finding.place, finding.nearest) == ("spec.workloads[0].nam", "name")


@pytest.mark.parametrize(
    ("spec", "place", "found", "near"),
    [
        ({"rules": [{"rule": "anti-affinity"}]}, "spec.rules[0].rule", "'anti-affinity'", "anti_affinity"),
        ({"workloads": web(kind="statefulset")}, "spec.workloads[0].kind", "'statefulset'", "stateful_set"),
        ({"pools": [{**POOL, "platform": "ekss"}]}, "spec.pools[0].platform", "'ekss'", "eks"),
        ({"pools": [{**POOL, "platform": {"kind": "aksx"}}]}, "spec.pools[0].platform.kind", "'aksx'", "aks"),
        ({"goals": ["host"]}, "spec.goals[0]", "'host'", "hosts"),
        ({"goals": [{"goal": "domains", "level": "zones"}]}, "spec.goals[0].level", "'zones'", "zone"),
        ({"pools": [{**POOL, "purchases": ["spott"]}]}, "spec.pools[0].purchases[0]", "'spott'", "spot"),
        ({"rules": [{"rule": "tolerations", "tolerations": [{"effect": "NoScheduled"}]}]},
         "spec.rules[0].tolerations[0].effect", "'NoScheduled'", "NoSchedule"),
    ],
)  # fmt: skip
def test_a_wrong_choice_names_the_nearest(spec, place, found, near):
    finding = only(**spec)
    assert (finding.place, finding.found, finding.nearest) == (place, found, near)


@pytest.mark.parametrize(
    ("amount", "words"),
    [("4GB", "did you mean 'G'"), ("4 Gigs", "did you mean 'Gi'"), ("-1Gi", "zero or more"), ("lots", "a quantity"),
     (None, "a quantity"), (True, "a quantity"), ("5Ei", "below 4Ei")],
)  # fmt: skip
def test_a_wrong_unit(amount, words):
    finding = only(workloads=web(requests={"memory": amount}))
    assert finding.place == "spec.workloads[0].requests.memory"
    assert words in finding.expected


def test_a_wrong_amount_of_an_extended_resource():
    finding = only(workloads=web(requests={"example.com/fpga": "1.5"}))
    assert (finding.place, finding.found) == ("spec.workloads[0].requests.example.com/fpga", "'1.5'")


@pytest.mark.parametrize(
    ("spec", "place", "expected"),
    [
        ({"workloads": web(replicas=-1)}, "spec.workloads[0].replicas", "an amount of zero or more"),
        ({"workloads": web(volumes=[{"size": "-1Gi"}])}, "spec.workloads[0].volumes[0].size", "an amount of zero"),
        ({"hosts": [{**HOST, "per_hour": -1}]}, "spec.hosts[0].per_hour", "a number greater than or equal to 0"),
        ({"rules": [{"rule": "topology_spread", "max_skew": 0}]}, "spec.rules[0].max_skew", "a number greater than 0"),
        ({"workloads": []}, "spec.workloads", "at least 1"),
        ({"workloads": web(labels={"version": 1.1})}, "spec.workloads[0].labels.version", "text (in quotes where"),
        ({"workloads": {"web": {}}}, "spec.workloads", "a list"),
        ({"workloads": ["web"]}, "spec.workloads[0]", "a mapping"),
        ({"workloads": web(requests=3)}, "spec.workloads[0].requests", "a mapping"),
        ({"workloads": [{"replicas": 2}]}, "spec.workloads[0].name", "the key 'name'"),
        ({"rules": [{"level": "zone"}]}, "spec.rules[0].rule", "the key 'rule'"),
        ({"rules": [{"rule": "headroom"}]}, "spec.rules[0]", "either percent, or replicas and requests"),
        ({"rules": [{"rule": "affinity", "near": [3]}]}, "spec.rules[0].near[0]", "text"),
        ({"rules": [{"rule": "node_affinity", "terms": [[{"key": "a", "operator": "In"}]]}]},
         "spec.rules[0].terms[0][0]", "at least one value for operator In"),
        ({"workloads": web(count=-1)}, "spec.workloads[0].count", "a whole number from 0 to 100,000"),
        ({"hosts": [{**HOST, "count": "3"}]}, "spec.hosts[0].count", "a whole number from 0 to 100,000"),
    ],
)  # fmt: skip
def test_a_wrong_value(spec, place, expected):
    finding = only(**spec)
    assert finding.place == place
    assert finding.expected.startswith(expected)


def test_the_place_is_that_of_the_written_entry_though_it_stands_for_many():
    finding = only(
        hosts=[{**HOST, "count": 40}, {**HOST, "name": "g", "capacity": {"cpu": "x", "memory": 1}, "count": 9}]
    )
    assert finding.place == "spec.hosts[1].capacity.cpu"
    finding = only(workloads=[*web(count=7), {"name": "db", "kin": "job", "count": 3}])
    assert finding.place == "spec.workloads[1].kin"
    finding = only(hosts=[{**HOST, "count": 40}, {**HOST, "name": "g", "location": "aws/nowhere", "count": 9}])
    assert finding.place == "spec.hosts[1].location"


@pytest.mark.parametrize(
    ("spec", "place", "near"),
    [
        ({"pools": [{**POOL, "locations": ["aws/eu-central-1/euc1-az9"]}]}, "spec.pools[0].locations", "aws/eu-c"),
        ({"pools": [{**POOL, "host_types": ["m7g.2xlrge"]}]}, "spec.pools[0].host_types", "m7g.2xlarge"),
        ({"rules": [{"rule": "anti_affinity", "workloads": "wob"}]}, "spec.rules[0].workloads", "web"),
        ({"rules": [{"rule": "allow", "hosts": {"locations": ["azur"]}}]}, "spec.rules[0].hosts.locations", "azure"),
        ({"volumes": [{"name": "v", "workload": "x", "size": 1, "location": "aws"}]}, "spec.volumes[0].workload", ""),
    ],
)  # fmt: skip
def test_a_reference_to_nothing(spec, place, near):
    finding = only(**spec)
    assert finding.place == place
    assert finding.nearest.startswith(near)


def test_an_affinity_cycle():
    two = [{"name": "a"}, {"name": "b"}]
    finding = only(workloads=two, rules=[{"rule": "affinity", "workloads": x, "near": y} for x, y in ("ab", "ba")])
    assert "the cycle" in finding.found


def test_all_faults_are_said_at_once():
    said = findings(document(workloads=web(replicas=-1, kin="job"), rules=[{"rule": "x"}], goals=["speed"]))
    assert {finding.place for finding in said} == {
        "spec.workloads[0].replicas", "spec.workloads[0].kin", "spec.rules[0].rule", "spec.goals[0]",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"name": "web"}], "found a list of 1, expected a Scenario document"),
        ("hello", "found 'hello', expected a Scenario document"),
        (42, "found 42"),
        ({}, "found an empty mapping"),
        ({"a": 1}, "found a mapping with a, expected a Scenario document"),
        ({**document(), "kind": "Plan"}, "found a Plan document, expected a Scenario document"),
        ({**document(), "kind": "scenario"}, "kind: found 'scenario', expected 'Scenario' - did you mean 'Scenario'?"),
        ({**document(), "apiVersion": "bayplan/v2"}, "apiVersion: found 'bayplan/v2', expected 'bayplan/v1'"),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}}, "found a Deployment of apps/v1"),
        ({**document(), "metadata": {}}, "metadata.name: found nothing, expected the key 'name'"),
        ({**document(), "spec": None}, "spec: found nothing, expected a mapping"),
    ],
)
def test_a_document_of_another_kind_is_one_sentence(data, words):
    (finding,) = findings(data)
    assert words in str(InputError("file.yaml", [finding]))


def test_a_scenario_where_a_plan_is_expected(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{"apiVersion": "bayplan/v1", "kind": "Scenario", "metadata": {"name": "a"}, "spec": {}}')
    with pytest.raises(
        InputError, match=r"plan\.json: \(document\): found a Scenario document, expected a Plan document"
    ):
        read_plan(path)


def test_a_price_sheet_that_is_not_there(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "kind: Scenario\nmetadata: {name: a}\nspec:\n  workloads: [{name: web}]\n  price_sheets: [none.csv]\n"
    )
    with pytest.raises(InputError, match=r"s\.yaml: spec\.price_sheets\[0\]: found 'none\.csv', expected a file"):
        read_scenario(path)


def test_very_deep_topology_is_refused():
    node = {"name": "x", "level": "zone"}
    for _ in range(300):
        node = {"name": "x", "level": "zone", "children": [node]}
    assert only(topology=[node]).found == "too many levels"


def test_a_long_list_of_findings_is_cut_but_kept():
    with pytest.raises(InputError) as caught:
        parse_scenario(document(workloads=[{"name": f"w{n}", "replicas": "x"} for n in range(120)]), "file.yaml")
    told = str(caught.value).splitlines()
    assert len(caught.value.findings) == 120
    assert len(told) == 21
    assert told[-1] == "file.yaml: … and 100 more"
