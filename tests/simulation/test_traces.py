"""Traces: containers that come and leave, and requests that change, by hand."""

import gzip

import numpy as np
import pytest
from builders import A, B, catalog, daemonset, plan, pool, scenario, service, slot
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults
from planner.simulation.film import DAY, HOUR, MINUTE, SECOND, Film
from planner.simulation.state import CAME, CLASS, COUNT, HOST, LEFT, NEVER, RUNNING, SHAPE, WAITING, WORKLOAD
from planner.simulation.traces import Arrivals, Change, Requests, read_arrivals, read_requests

ARRIVALS = "time_s,workload,duration_s,note\n"
REQUESTS = "time_s,workload,cpu,memory\n"


def cluster_for(policy="first_fit", hosts=2, runs=1, cpu=1, rows=0, **more):
    case = scenario(
        service("web", replicas=max(1, runs), cpu=cpu, **more), service("db"), daemonset("agent", cpu="1m"),
        pools=[pool(purchases=("on_demand",), platform="bare_metal")],
    )  # fmt: skip
    slots = [slot("h1", {"web": runs, "db": 1}, A), *(slot(f"h{n}", {}, B) for n in range(2, hosts + 1))]
    return cluster_of(case, catalog(), plan(case, *slots), policy=policy, rows=rows)


def written(folder, text, packed=False):
    path = folder / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path


def running(film, *times):
    found = []
    for time in times:
        film.play((time - film.now) / DAY)
        found.append(int(film.cluster.state.now[RUNNING]))
    return found


@pytest.mark.parametrize("packed", [False, True])
def test_containers_come_and_leave_as_the_table_has_it(tmp_path, packed):
    cluster = cluster_for(runs=2)
    path = written(tmp_path, ARRIVALS + "10,web,5.5,\n2,web,20,x\n12,web,,\n", packed)
    arrivals = read_arrivals(path, cluster)
    web = cluster.class_of("web")
    assert arrivals.rows.tolist() == [[2000, web, 20_000], [10_000, web, 5500], [12_000, web, NEVER]]
    film = Film(cluster, [arrivals])
    assert running(film, 0) == [1]  # that of db
    assert running(film, 1999, 2001, 10_001, 12_001, 15_499, 15_500, 22_000, HOUR) == [1, 2, 3, 4, 4, 3, 2, 2]
    assert cluster.state.workloads[0, [CAME, LEFT]].tolist() == [2 + 3, 2 + 2]


def test_a_parquet_table_is_read_like_a_csv_table(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {"workload": ["web", "db"], "time_s": [1, 0], "duration_s": [None, 3.0], "other": [1, 2]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    cluster = cluster_for()
    web, db = cluster.class_of("web"), cluster.class_of("db")
    assert read_arrivals(tmp_path / "t.parquet", cluster).rows.tolist() == [[0, db, 3000], [1000, web, NEVER]]
    parquet.write_table(pyarrow.table(columns | {"time_s": [1, -1]}), tmp_path / "bad.parquet")
    with pytest.raises(InputError, match=r"row\[2\].time_s: found -1, expected a number, at least 0"):
        read_arrivals(tmp_path / "bad.parquet", cluster)
    with pytest.raises(InputError, match="expected a column 'cpu'"):
        read_requests(tmp_path / "t.parquet", cluster)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            ARRIVALS + "1,web,5,\n2,wep,5,\n",
            "found 'wep', expected one of web, db - did you mean 'web'?",
        ),
        (ARRIVALS + "1,agent,5,\n", "row[2].workload: found 'agent'"),
        (ARRIVALS + "soon,web,5,\n,web,5,\n", "row[2].time_s: found 'soon'"),
        (ARRIVALS + "soon,web,5,\n,web,5,\n", "row[3].time_s: found a blank"),
        (ARRIVALS + "1,web,-5,\n", "row[2].duration_s: found '-5', expected a number, at least 0, or nothing"),
        ("time,workload,duration_s\n", "did you mean 'time'?"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        read_arrivals(written(tmp_path, text), cluster_for())
    assert message in str(error.value)


def test_tables_grow_for_arrivals_and_those_without_room_wait():
    cluster = cluster_for(hosts=1, rows=0)
    web = cluster.class_of("web")
    rows = np.array([[n * MINUTE, web, 10 * MINUTE] for n in range(100)])
    film = Film(cluster, [Arrivals(rows)])
    film.play(1)
    # Two others fit beside db and the agent; each pair takes ten minutes: fifty pairs, the last one from minute 490 on.
    assert cluster.state.workloads[0, CAME] == 1 + 100
    assert cluster.state.workloads[0, LEFT] == 1 + 100
    assert cluster.state.now[[RUNNING, WAITING]].tolist() == [1, 0]


def test_two_traces_are_one():
    cluster = cluster_for()
    web, db = cluster.class_of("web"), cluster.class_of("db")
    film = Film(cluster, [Arrivals(np.array([[5, web, 10], [9, web, 10]])), Arrivals(np.array([[7, db, 10]]))])
    assert running(film, 1, 6, 8, 10, 16, 18, 20) == [0, 1, 2, 3, 2, 1, 0]


def test_a_fork_goes_on_with_what_is_still_to_come():
    def made():
        cluster = cluster_for(hosts=3)
        draw = np.random.default_rng(4)
        when = np.sort(draw.integers(0, 3 * DAY, 500))
        rows = np.stack([when, np.full(500, cluster.class_of("web")), draw.integers(MINUTE, 3 * HOUR, 500)], axis=1)
        changes = [Change(n * 5 * HOUR, "web", 0.5 + n % 3, 1.0) for n in range(12)]
        return Film(cluster, [Arrivals(rows), Requests(tuple(changes)), HostFaults(40, 2)], seed=2)

    films = [made(), made()]
    films[0].play(3)
    films[1].play(1)
    fork = films[1].fork()
    films[1].play(2)
    fork.play(2)
    for film in (films[1], fork):
        assert film.recorder.told == films[0].recorder.told
        assert film.cluster.hash == films[0].cluster.hash
        assert all(np.array_equal(a, b) for a, b in zip(film.cluster.state, films[0].cluster.state, strict=True))
        assert film.cluster.class_of("web") == films[0].cluster.class_of("web") == 0
    assert any(s["what"] == "requests changed" and s["containers"] for s in fork.recorder.told)


def used(film):
    """Millicores that the containers of web ask for on each host that is there."""
    state = film.cluster.state
    cpu = film.cluster.resources.index("cpu")
    rows = film.cluster.placed("web")
    size = state.size[state.classes[state.containers[rows, CLASS], SHAPE], cpu]
    return np.bincount(state.containers[rows, HOST], size, minlength=len(film.cluster.there)).tolist()


def test_requests_change_where_containers_are(tmp_path):
    cluster = cluster_for(runs=2)
    path = written(tmp_path, REQUESTS + "60,web,1.2,1\n120,web,0.5,\n180,web,1,1\n")
    film = Film(cluster, [read_requests(path, cluster)])
    seen = []
    for second in (59, 60, 120, 180):
        film.play((second * SECOND - film.now) / DAY)
        seen.append(used(film)[0])
    assert seen == [2000, 2500, 1000, 2000]  # 1.2 is rounded up to 1.25
    facts = [(s["workload"], s["containers"], s["deferred"]) for s in film.recorder.told]
    assert facts == [("web", 2, 0)] * 3
    assert cluster.placed("web").tolist() == cluster.containers("web").tolist()


def test_what_has_no_room_is_deferred_until_there_is_some():
    # 3.999 cores on a host: web and db ask for one each. Twice as much fits once, and three times not at all.
    cluster = cluster_for(runs=2, hosts=1)
    film = Film(cluster, [Requests((Change(10 * SECOND, "web", 2.0, 1.0),))])
    film.play(1 / 24 / 60)
    assert used(film) == [2000]
    assert (film.recorder.told[0]["containers"], film.recorder.told[0]["deferred"]) == (0, 2)
    cluster.retire(cluster.placed("db"), film.now)
    film.play(10 * SECOND / DAY)
    assert used(film) == [3000]


def test_who_comes_later_is_resized_when_it_is_looked_at_again():
    cluster = cluster_for(runs=1)
    film = Film(cluster, [Requests((Change(0, "web", 0.5, 1.0),), again_minutes=2)])
    film.play(1 / 24 / 60)
    cluster.add(cluster.class_of("web"), 1, film.now)
    assert sum(used(film)) == 1500
    film.play(1 / 24 / 60)
    assert sum(used(film)) == 1000


def test_nothing_asks_for_more_than_the_largest_host_has():
    cluster = cluster_for(runs=1)
    film = Film(cluster, [Requests((Change(0, "web", 999.0, 1.0),))])
    film.play(0.01)
    largest = max(each.capacity[cluster.resources.index("cpu")] for each in cluster.types)
    assert cluster.state.size[:, cluster.resources.index("cpu")].max() == largest
    assert used(film)[0] == 1000


def test_wrong_factors_are_told(tmp_path):
    with pytest.raises(InputError, match=r"row\[2\].cpu: found '2000', expected a number, at least 0, at most 1000"):
        read_requests(written(tmp_path, REQUESTS + "1,web,2000,1\n"), cluster_for())


@pytest.mark.parametrize("policy", ["first_fit", "best_fit", "worst_fit", "kubernetes", "random"])
@given(data=st.data())
def test_room_is_never_exceeded_and_all_are_accounted_for(policy, data):
    cluster = cluster_for(policy, hosts=3)
    times = st.integers(0, 200)
    rows = data.draw(st.lists(st.tuples(times, st.integers(0, 1), st.integers(0, 60)), min_size=1, max_size=40))
    table = np.array(sorted(rows), dtype=np.int64) * [MINUTE, 1, MINUTE]
    factor = st.sampled_from([0.0, 0.3, 1.0, 1.7, 3.0])
    changes = data.draw(st.lists(st.tuples(times, st.sampled_from(["web", "db"]), factor, factor), max_size=8))
    stated = [Change(when * MINUTE, who, cpu, memory) for when, who, cpu, memory in sorted(changes)]
    film = Film(cluster, [Arrivals(table), Requests(tuple(stated))])
    for _ in range(20):
        film.play(17 / 24 / 60)
        state = cluster.state
        there = state.containers[: state.number[5]]
        for h in cluster.there:
            shapes = state.classes[there[there[:, HOST] == h, CLASS], SHAPE]
            assert state.hosts[h, COUNT] == len(shapes)
            assert (state.size[shapes].sum(axis=0) + state.free[h] == state.capacity[h]).all()
            assert (state.free[h] >= 0).all()
        came, left = state.workloads[:, CAME].sum(), state.workloads[:, LEFT].sum()
        assert came == left + state.now[RUNNING] + state.now[WAITING]
    assert set(state.classes[there[:, CLASS], WORKLOAD]) <= {0, 1}
