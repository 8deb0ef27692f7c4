"""CSV tables of standing hosts."""

import io
from decimal import Decimal

import pytest

from models.host import Host, Taint
from models.platforms import BareMetal, Eks
from models.resources import Capacity
from planner.errors import InputError
from planner.formats.tables import read_hosts, write_hosts


def read(folder, *lines):
    path = folder / "hosts.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_hosts(path)


def test_every_column(tmp_path):
    hosts, losses = read(
        tmp_path,
        "name,location,host_type,architecture,cpu,memory,gpu,ephemeral_storage,local_disk,network,pods,volumes,iops,mbps,pool,platform,"
        "purchase,per_hour,labels,taints,runs,releasable,example.com/fpga",
        "h,dc/hall,big,arm64,96,256Gi,2,1Ti,2Ti,25000,110,28,5000,900,blue,eks,owned,1.25,a=b,gpu=yes:NoExecute;spot:NoSchedule,"
        "web=3;db=1,no,4",
    )
    assert losses == ()
    assert hosts == (
        Host(
            name="h", location="dc/hall", host_type="big", architecture="arm64", pool="blue", platform=Eks(kind="eks"),
            capacity={"cpu": 96, "memory": "256Gi", "gpu": 2, "ephemeral_storage": "1Ti", "pods": 110, "volumes": 28,
                      "iops": 5000, "mbps": 900, "network": 25000, "local_disk": "2Ti", "example.com/fpga": 4},
            purchase="owned", per_hour=Decimal("1.25"), labels={"a": "b"}, runs={"web": 3, "db": 1}, releasable=False,
            taints=(Taint(key="gpu", value="yes", effect="NoExecute"), Taint(key="spot")),
        ),
    )  # fmt: skip


def test_one_row_stands_for_many_hosts(tmp_path):
    hosts, _ = read(tmp_path, "name,location,host_type,count,runs", "h,aws,m5.large,3,db=33", "g,aws,m5.large,,")
    assert [(host.name, host.runs) for host in hosts] == [
        ("h-1", {"db": 33}), ("h-2", {"db": 33}), ("h-3", {"db": 33}), ("g", {}),
    ]  # fmt: skip


def test_synonyms_are_said(tmp_path):
    (host,), losses = read(tmp_path, "Hostname;Zone;vCPUs;RAM (GB);Price per hour", "h;dc/a;8;32;0.5")
    assert host == Host(name="h", location="dc/a", capacity=Capacity(cpu=8, memory="32G"), per_hour=Decimal("0.5"))
    assert [loss.consequence for loss in losses] == [
        "read as name", "read as location", "read as cpu", "read as memory, bare numbers in G", "read as per_hour",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("cpu", "8", "row 2, column memory: found nothing, expected the key 'memory'"),
        ("cpu,memory", "8,-1Gi", "row 2, column memory: found '-1Gi', expected an amount of zero or more"),
        ("count", "many", "row 2, column count: found 'many', expected a whole number from 1 to 100,000"),
        ("count", "1000000000", "row 2, column count: found '1000000000', expected a whole number"),
        ("taints", "gpu", "row 2, column taints: found 'gpu', expected key=value:Effect"),
        ("taints", "gpu:NoSchedul", "row 2, column taints: found 'NoSchedul', expected one of: NoSchedule"),
        ("runs", "web=x", "row 2, column runs: found 'x', expected a quantity"),
        ("releasable", "maybe", "row 2, column releasable: found 'maybe', expected true or false"),
        ("platform", "ekss", "row 2, column platform: found 'ekss', expected one of: kubernetes, eks"),
        ("purchase", "cash", "row 2, column purchase: found 'cash', expected one of: on_demand"),
        ("per_hour", "-1", "row 2, column per_hour: found '-1', expected a number greater than or equal to 0"),
    ],
)
def test_a_wrong_cell_has_its_row_and_column(tmp_path, header, row, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, f"name,location,{header}", f"h,aws,{row}")
    (finding,) = caught.value.findings
    assert words in str(finding)


def test_hosts_with_one_name(tmp_path):
    with pytest.raises(InputError, match="row 3, column name: found 'h-2', as in row 2"):
        read(tmp_path, "name,location,count", "h,aws,2", "h-2,aws,")


def test_what_is_written_is_read_again(tmp_path):
    hosts = (
        Host(name="h-1", location="dc/a", capacity=Capacity(cpu=96, memory="256Gi", pods=0),
             platform=BareMetal(kind="bare_metal")),
        Host(name="=h", location="aws/x", host_type="m5.large", labels={"a": "", "b": "-1"}, taints=(Taint(key="x"),),
             runs={"web": 2}, releasable=False, per_hour=Decimal("0.192")),
        Host(name="g", location="aws", host_type="m5.large", capacity={"cpu": 2, "memory": 1000, "example.com/x": 1}),
    )  # fmt: skip
    assert write_hosts(hosts, tmp_path / "hosts.csv") == ()
    assert read_hosts(tmp_path / "hosts.csv") == (hosts, ())


def test_what_a_row_cannot_hold_is_said():
    host = Host(
        name="h", location="aws", allocatable=Capacity(cpu=1, memory="1Gi"),
        platform=Eks(kind="eks", network="prefix_delegation"), boot_disk="50Gi",
    )  # fmt: skip
    losses = write_hosts([host], io.StringIO())
    assert {loss.what for loss in losses} == {
        "allocatable.cpu", "allocatable.memory", "allocatable.gpu", "platform.network", "boot_disk",
    }  # fmt: skip


def test_a_zip_named_csv(tmp_path):
    (tmp_path / "hosts.csv").write_bytes(b"PK\x03\x04xlsx")
    with pytest.raises(InputError, match="a zip archive"):
        read_hosts(tmp_path / "hosts.csv")
