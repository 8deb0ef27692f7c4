import pytest
from pydantic import TypeAdapter

from models.resources import Capacity
from models.selectors import Hosts, WorkloadIndex, Workloads, WorkloadSelector
from models.supply import Offering
from models.workload import Service

WEB = Service(name="web-1", labels={"tier": "front"}, environment="prod", team="shop")
API = Service(name="api", labels={"tier": "back"}, environment="prod")
TEST = Service(name="web-2", labels={"tier": "front"}, environment="test")
ALL = (WEB, API, TEST)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("api", ["api"]),
        (["api", "web-1"], ["web-1", "api"]),
        ("web-*", ["web-1", "web-2"]),
        (["web-?", "api"], ["web-1", "api", "web-2"]),
        ({}, ["web-1", "api", "web-2"]),
        ({"labels": {"tier": "front"}}, ["web-1", "web-2"]),
        ({"labels": {"tier": "front"}, "environment": "prod"}, ["web-1"]),
        ({"team": "shop"}, ["web-1"]),
        ({"names": ["api", "web-1"], "labels": {"tier": "front"}}, ["web-1"]),
        ("nobody", []),
    ],
)
def test_selects(written, names):
    selector = TypeAdapter(Workloads).validate_python(written)
    assert [workload.name for workload in ALL if selector.selects(workload)] == names
    assert [ALL[i].name for i in WorkloadIndex(ALL).select(selector)] == names


def test_a_name_is_short_for_names():
    assert TypeAdapter(Workloads).validate_python("api") == WorkloadSelector(names=("api",))


def test_hosts_are_selected_by_all_conditions():
    offering = Offering(
        pool="p", location="aws/eu-central-1/a", host_type="m7g.2xlarge", architecture="arm64", purchase="spot",
        per_hour=0, allocatable=Capacity(cpu=1, memory=1), capacity=Capacity(cpu=1, memory=1), runs="containers",
        labels={"disk": "ssd"}, taints=(),
    )  # fmt: skip
    assert Hosts().selects(offering)
    assert Hosts(locations=("gcp", "aws/eu-central-1"), host_types=("m7g.*",), labels={"disk": "ssd"}).selects(offering)
    for wrong in (
        {"locations": ("aws/eu-central-10",)}, {"host_types": ("m5.*",)}, {"architectures": ("amd64",)},
        {"purchases": ("on_demand",)}, {"pools": ("q",)}, {"labels": {"disk": "hdd"}},
    ):  # fmt: skip
        assert not Hosts(**wrong).selects(offering), wrong
