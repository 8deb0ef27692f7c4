"""Scenarios and plans: written so that people like to read them, and read again as the same."""

import io
import json
import os
import stat
from datetime import date
from decimal import Decimal

import pytest
from builders import keep, plan, scenario, slot, standing
from hypothesis import given
from hypothesis import strategies as st

from models.catalog import Catalog, HostType, Price, Region
from models.host import Host, HostPool, Taint
from models.platforms import Eks, Hypervisor, Kubernetes
from models.resources import Capacity, Resources
from models.scenario import Scenario
from models.workload import DaemonSet, Job, Service, StatefulSet, VirtualMachine, VolumeClaim
from planner.errors import InputError
from planner.formats.documents import (
    input_hash,
    parse_plan,
    parse_scenario,
    read_plan,
    read_scenario,
    write_plan,
    write_scenario,
)
from planner.formats.documents.plain import parse

EXISTS = {"key": "gpu", "operator": "Exists"}
RULES = [
    {"rule": "node_selector", "workloads": "web", "labels": {"disk": "ssd", "version": "1e3", "on": "yes"}},
    {"rule": "node_affinity", "terms": [[{"key": "zone", "operator": "In", "values": ["a"]}], [EXISTS]]},
    {"rule": "tolerations", "workloads": {"labels": {"tier": "front"}}, "tolerations": [EXISTS]},
    {"rule": "anti_affinity", "workloads": ["web", "db"], "level": "zone", "name": "apart"},
    {"rule": "anti_affinity", "workloads": "web", "away_from": "db"},
    {"rule": "affinity", "workloads": "web", "near": "db", "level": "region"},
    {"rule": "topology_spread", "workloads": "db", "max_skew": 2, "min_domains": 3},
    {"rule": "allow", "workloads": "db", "hosts": {"locations": ["aws"], "purchases": ["spot"]}},
    {"rule": "forbid", "hosts": {"architectures": ["arm64"]}},
    {"rule": "quota", "hosts": {"pools": ["p"]}, "max_capacity": {"cpu": "500m", "example.com/fpga": 3}},
    {"rule": "volume_locality", "level": "region"},
    {"rule": "attach_limit", "max_volumes": 0},
    {"rule": "headroom", "percent": 12.5},
    {"rule": "headroom", "replicas": 2, "requests": {"memory": "1500Mi"}, "per": "zone"},
    {"rule": "pinned", "workloads": "vm", "hosts": ["old"]},
]  # fmt: skip


DAY = date(2026, 1, 2)


def everything():
    """A scenario with something under every key."""
    return scenario(
        Service(name="web", replicas=0, priority=-5, labels={"tier": "front"}, requests={"cpu": "250m"}, team="shop"),
        StatefulSet(
            kind="stateful_set", name="db", replicas=3, requests={"nvidia.com/gpu": "500m", "example.com/fpga": 1},
            limits={"memory": "2Gi"}, environment="2026-01-31", volumes=(VolumeClaim(size="10G", iops=100),),
        ),
        Job(kind="job", name="batch", completions=3, parallelism=2),
        DaemonSet(kind="daemon_set", name="agent", requests={"memory": 1}),
        VirtualMachine(kind="virtual_machine", name="vm", replicas=2),
        pools=[
            HostPool(name="p", locations=("aws",), platform=Kubernetes(pods=50), overhead=Resources(pods=8)),
            HostPool(name="q", locations=("gcp",), platform=Eks(kind="eks"), max_hosts=0, taints=(Taint(key="a"),)),
            HostPool(name="r", locations=("gcp",), platform=Hypervisor(kind="hypervisor", cpu_overcommit=2)),
        ],
        hosts=[
            Host(name="old", location="aws", capacity=Capacity(cpu=4, memory="8Gi", volumes=0), runs={"vm": 1}),
            Host(name="new", location="aws", allocatable={"cpu": 4, "memory": "8Gi"}, per_hour="0.3", releasable=False),
        ],
        volumes=[{"name": "v", "workload": "db", "replica": 1, "size": "1Ti", "host": "old"}],
        rules=RULES,
        goals=["hosts", {"goal": "domains", "level": "region"}],
        catalog=Catalog(
            host_types=(HostType(cloud="own", name="big", capacity=Capacity(cpu=96, memory="256Gi")),),
            regions=(Region(cloud="own", name="dc", zones=("a",), latitude=-3.5),),
            prices=(Price(cloud="own", region="dc", host_type="big", per_hour=Decimal("1.000001"), as_of=DAY),),
        ),
        topology=[{"name": "own", "level": "cloud", "children": [{"name": "hall", "level": "site"}]}],
        unit={"name": "database", "workloads": "db"},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["scenario.yaml", "scenario.yml", "scenario.json", "scenario"])
def test_a_scenario_comes_back(tmp_path, name):
    path = tmp_path / name
    write_scenario(everything(), path)
    assert Scenario.model_validate(parse(path.read_text(), name)) == everything()
    assert path.read_text().startswith("{") == name.endswith(".json")


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_scenario_goes_to_a_stream(form):
    stream = io.StringIO()
    write_scenario(everything(), stream, form)
    assert Scenario.model_validate(parse(stream.getvalue(), "-")) == everything()


def test_defaults_are_left_out_and_what_it_is_stays():
    stream = io.StringIO()
    write_scenario(scenario(Service(name="web", replicas=2, requests={"cpu": "500m"}), pools=[]), stream)
    assert stream.getvalue() == (
        "apiVersion: bayplan/v1\n"
        "kind: Scenario\n"
        "metadata: {name: case}\n"
        "spec:\n"
        "  workloads:\n"
        "  - name: web\n"
        "    requests: {cpu: 500m}\n"
        "    replicas: 2\n"
    )


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4), st.text(min_size=1, max_size=253))
def test_any_text_comes_back(labels, name):
    odd = scenario(Service(name=name, labels=labels))
    for form in ("yaml", "json"):
        stream = io.StringIO()
        write_scenario(odd, stream, form)
        assert Scenario.model_validate(parse(stream.getvalue(), "-")) == odd


def test_the_hash_is_that_of_the_meaning(tmp_path):
    path = tmp_path / "scenario.yaml"
    write_scenario(everything(), path)
    again = Scenario.model_validate(parse(path.read_text(), "f"))
    assert input_hash(again) == input_hash(everything())
    assert len(input_hash(again)) == 16
    assert input_hash(scenario(Service(name="web", replicas=2))) != input_hash(
        scenario(Service(name="web", replicas=3))
    )
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    assert input_hash(scenario(Service(name="w", labels=one))) == input_hash(scenario(Service(name="w", labels=other)))
    cpu = [{"name": "w", "requests": {"cpu": amount}} for amount in ("500m", 0.5)]
    assert input_hash(scenario(cpu[0])) == input_hash(scenario(cpu[1]))


SHEET = "cloud,region,host_type,purchase,per_hour,as_of\naws,eu-central-1,m7g.2xlarge,on_demand,0.111,2026-01-02\n"


def test_price_sheets_become_part_of_the_scenario(tmp_path):
    (tmp_path / "mine.csv").write_text(SHEET)
    own = {
        "cloud": "aws",
        "region": "eu-central-1",
        "host_type": "m7g.4xlarge",
        "per_hour": "0.5",
        "as_of": "2026-01-01",
    }
    (tmp_path / "s.json").write_text(json.dumps({
        "kind": "Scenario", "metadata": {"name": "a"},
        "spec": {"workloads": [{"name": "w"}], "price_sheets": ["mine.csv"], "catalog": {"prices": [own]}},
    }))  # fmt: skip
    read = read_scenario(tmp_path / "s.json")
    prices = {price.host_type: str(price.per_hour) for price in read.spec.catalog.prices}
    assert prices == {"m7g.2xlarge": "0.111", "m7g.4xlarge": "0.5"}
    assert read.spec.price_sheets == ()


def test_a_scenario_lays_its_own_prices_over_its_sheets(tmp_path):
    (tmp_path / "mine.csv").write_text(SHEET)
    own = {
        "cloud": "aws",
        "region": "eu-central-1",
        "host_type": "m7g.2xlarge",
        "per_hour": "0.5",
        "as_of": "2026-01-01",
    }
    spec = {"workloads": [{"name": "w"}], "price_sheets": ["mine.csv"], "catalog": {"prices": [own]}}
    read = parse_scenario({"kind": "Scenario", "metadata": {"name": "a"}, "spec": spec}, "f", tmp_path)
    assert [str(price.per_hour) for price in read.spec.catalog.prices] == ["0.5"]


def a_plan():
    old = standing()
    case = scenario(Service(name="web", replicas=30, requests={"cpu": "100m"}), hosts=[old])
    return plan(case, keep(old, {"web": 12}), slot("new-1", {"web": 18}))


@pytest.mark.parametrize("name", ["plan.json", "plan.yaml", "plan"])
def test_a_plan_comes_back(tmp_path, name):
    path = tmp_path / name
    write_plan(a_plan(), path)
    assert read_plan(path) == a_plan()
    assert path.read_text().startswith("{") == (not name.endswith(".yaml"))


def test_ordinals_stand_on_one_line():
    stream = io.StringIO()
    write_plan(a_plan(), stream)
    assert '"web": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]' in stream.getvalue()
    assert parse_plan(json.loads(stream.getvalue()), "-") == a_plan()


def test_a_plan_with_faults_names_their_places():
    data = a_plan().model_dump(mode="json")
    data["status"]["state"] = "GOOD"
    data["spec"]["hosts"][0]["rnus"] = {}
    with pytest.raises(InputError) as caught:
        parse_plan(data, "plan.json")
    assert {(finding.place, finding.nearest) for finding in caught.value.findings} == {
        ("status.state", ""),
        ("spec.hosts[0].rnus", "runs"),
    }


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    path.write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", _full_disk)
    with pytest.raises(InputError, match=r"plan\.json.*No space left"):
        write_plan(a_plan(), path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["plan.json"]  # noqa: PTH208


def _full_disk(*_):
    raise OSError(28, "No space left on device")


def test_a_written_file_can_be_read_by_others_as_any_other(tmp_path):
    write_plan(a_plan(), tmp_path / "plan.json")
    (tmp_path / "other").write_text("")
    assert stat.S_IMODE((tmp_path / "plan.json").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "there.json").write_text("before")
    (tmp_path / "link.json").symlink_to(tmp_path / "there.json")
    write_plan(a_plan(), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert read_plan(tmp_path / "there.json") == a_plan()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_plan(a_plan(), tmp_path / "nowhere" / "plan.json")
