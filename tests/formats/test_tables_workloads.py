"""CSV tables of workloads."""

import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.resources import Resources
from models.workload import DaemonSet, Job, Service, StatefulSet, VolumeClaim
from planner.errors import InputError
from planner.formats.tables import read_workloads, write_workloads


def read(folder, *lines):
    path = folder / "workloads.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_workloads(path)


def refused(folder, *lines):
    with pytest.raises(InputError) as caught:
        read(folder, *lines)
    assert caught.value.source.endswith("workloads.csv")
    return [str(finding) for finding in caught.value.findings]


def test_every_column(tmp_path):
    workloads, losses = read(
        tmp_path,
        "name,kind,replicas,cpu,memory,gpu,ephemeral_storage,local_disk,network,cpu_limit,memory_limit,volume_size,volume_iops,volume_mbps,"
        "storage_class,priority,environment,team,labels,example.com/fpga",
        "db,stateful_set,3,500m,2Gi,1,5Gi,40Gi,800,2,4Gi,100Gi,300,20,gp3,-7,prod,data,a=b;c=d,2",
    )
    assert losses == ()
    assert workloads == (
        StatefulSet(
            kind="stateful_set", name="db", replicas=3, priority=-7, environment="prod", team="data",
            labels={"a": "b", "c": "d"}, limits=Resources(cpu=2, memory="4Gi"),
            requests={"cpu": "500m", "memory": "2Gi", "gpu": 1, "ephemeral_storage": "5Gi", "local_disk": "40Gi",
                      "network": 800, "example.com/fpga": 2},
            volumes=(VolumeClaim(size="100Gi", iops=300, mbps=20, storage_class="gp3"),),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_synonyms_and_units_in_headers(tmp_path, separator):
    workloads, losses = read(
        tmp_path,
        separator.join(["Service", "Instances", "vCPU", "Memory (GiB)", "Env"]),
        separator.join(["web", "3", "2", "1.5", "prod"]),
        "",
    )
    assert workloads == (
        Service(name="web", replicas=3, requests=Resources(cpu=2, memory="1.5Gi"), environment="prod"),
    )
    assert [str(loss) for loss in losses] == [
        "column Service: its meaning assumed: read as name",
        "column Instances: its meaning assumed: read as replicas",
        "column vCPU: its meaning assumed: read as cpu",
        "column Memory (GiB): its meaning assumed: read as memory, bare numbers in Gi",
        "column Env: its meaning assumed: read as environment",
    ]


def test_an_unknown_column_is_said(tmp_path):
    (workload,), losses = read(tmp_path, "name,cpu,colour,prioritty", "web,1,red,3")
    assert workload.priority == 0
    assert [(loss.place, loss.level) for loss in losses] == [
        ("column colour", "dropped"),
        ("column prioritty", "dropped"),
    ]
    assert "priority" in losses[1].consequence


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("name,cpu", "web,4 cores", "row 2, column cpu: found '4 cores', expected a quantity"),
        ("name,Mem", "web,4GB", "row 2, column Mem: found '4GB', expected a Kubernetes suffix; did you mean 'G'?"),
        ("name,memory", "web,4", "row 2, column memory: found '4', expected a quantity with its unit, such as 4Gi"),
        ("name,replicas", "web,-1", "row 2, column replicas: found '-1', expected an amount of zero or more"),
        ("name,replicas", "web,1.5", "row 2, column replicas: found '1.5', expected a whole number"),
        ("name,kind", "web,deployment", "row 2, column kind: found 'deployment', expected one of: service"),
        ("name,priority", "web,high", "row 2, column priority: found 'high', expected a whole number"),
        ("name,labels", "web,app", "row 2, column labels: found 'app', expected key=value"),
        ("name,labels", "web,a=1;a=2", "row 2, column labels: found the key 'a' twice"),
        ("name,volume_iops", "web,100", "row 2, column volume_size: found nothing, expected the key 'size'"),
        ("name,kind,replicas", "web,daemon_set,3", "row 2, column replicas: found the unknown key 'replicas'"),
        ("name,cpu", ",1", "row 2, column name: found nothing, expected the key 'name'"),
        ("name,cpu", "web,1,2", "row 2: found 3 cells, expected 2, as the header has"),
        ("name,acme.com/x", "web,0.5", "row 2, column acme.com/x: found '0.5', expected a whole number"),
        ("name,cpu,vcpu", "web,1,2", "row 1: found the columns cpu and vcpu, which mean the same"),
        (
            "colour,shape",
            "red,round",
            "row 1: found the columns 'colour', 'shape', expected a header with some of: name",
        ),
        ("name,cpu", "", "a header without rows"),
        ("name,cpu", 'web,"1', "a broken table"),
    ],
)
def test_a_wrong_cell_has_its_row_and_column(tmp_path, header, row, words):
    (finding,) = refused(tmp_path, header, row)
    assert words in finding


def test_all_wrong_cells_are_said(tmp_path):
    said = refused(tmp_path, "name,cpu,replicas", "web,1,1", "=1+1,x,1", "api,1,y", "web,1,1")
    assert [place.split(":")[0] for place in said] == [
        "row 3, column name", "row 3, column cpu", "row 4, column replicas", "row 5, column name",
    ]  # fmt: skip
    assert "'web', as in row 2" in said[3]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-cmd|calc", "@SUM(A1)"])
def test_a_formula_is_no_name(tmp_path, formula):
    (finding,) = refused(tmp_path, "name,cpu", f"{formula},1")
    assert "a spreadsheet takes for a formula" in finding


def test_a_formula_is_written_as_plain_text():
    stream = io.StringIO()
    write_workloads([Service(name="=1+1", team="@x", replicas=2)], stream)
    assert stream.getvalue() == "name,replicas,team\n'=1+1,2,'@x\n"


TEXT = st.text(string.ascii_letters + "=+-@' ,;\"\n\täß1", min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)
LABELS = st.dictionaries(
    st.text(string.ascii_letters + "/.-@+'", min_size=1, max_size=8),
    st.text(string.ascii_letters + "=+-'1 ", max_size=8).map(str.strip),
    max_size=3,
)
REQUESTS = st.builds(
    lambda cpu, memory, disk, fpga: Resources.of({"cpu": cpu, "memory": memory, "ephemeral_storage": disk, **fpga}),
    st.integers(0, 10**6), st.integers(0, 2**40), st.integers(0, 2**40),
    st.dictionaries(st.just("example.com/fpga"), st.integers(1, 9)),
)  # fmt: skip
ABOUT = {
    "name": TEXT, "requests": REQUESTS, "labels": LABELS, "team": st.none() | TEXT, "priority": st.integers(-9, 9),
    "volumes": st.just(()) | st.builds(lambda *of: (VolumeClaim(name=of[0], size=of[1], iops=of[2]),), TEXT,
                                       st.integers(0, 2**50), st.integers(0, 9)),
}  # fmt: skip
WORKLOAD = st.one_of(
    st.builds(Service, replicas=st.integers(0, 9), **ABOUT),
    st.builds(StatefulSet, kind=st.just("stateful_set"), replicas=st.integers(0, 9), **ABOUT),
    st.builds(Job, kind=st.just("job"), completions=st.integers(1, 9), parallelism=st.integers(1, 9), **ABOUT),
    st.builds(DaemonSet, kind=st.just("daemon_set"), **ABOUT),
)


@given(st.lists(WORKLOAD, min_size=1, max_size=4, unique_by=lambda workload: workload.name))
def test_what_is_written_is_read_again(tmp_path_factory, workloads):
    path = tmp_path_factory.mktemp("tables") / "workloads.csv"
    assert write_workloads(workloads, path) == ()
    again, losses = read_workloads(path)
    assert again == tuple(workloads)
    assert losses == ()


def test_what_a_row_cannot_hold_is_said():
    two = (VolumeClaim(size="1Gi"), VolumeClaim(name="log", size="2Gi"))
    odd = Service(name="web", volumes=two, labels={"a": "x;y", "b": "fine"}, limits=Resources(gpu=1))
    stream = io.StringIO()
    losses = write_workloads([odd], stream)
    assert {loss.what for loss in losses} == {"volumes.1.name", "volumes.1.size", "limits.gpu", "labels 'a'"}
    assert all(loss.place == "web" and loss.level == "dropped" for loss in losses)
    assert "b=fine" in stream.getvalue()
    assert "x;y" not in stream.getvalue()
