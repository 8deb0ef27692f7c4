"""Outages from a table, and domains that fail as a whole."""

import gzip
from collections import Counter

import numpy as np
import pytest
from builders import BETA, A, B, C, catalog, plan, pool, scenario, service, slot

from planner.errors import InputError
from planner.simulation.cast import cluster_of
from planner.simulation.film import DAY, HOUR, MINUTE, Film
from planner.simulation.incidents import DomainFaults, Incident, Incidents, read_incidents

HEADER = "failure_interval,failure_duration,failure_intensity\n"


def film_of(*actors, seed=1, hosts=(A, B, C)):
    case = scenario(service("web", replicas=len(hosts)), pools=[pool(purchases=("on_demand",))])
    slots = [slot(f"h{n}", {"web": 1}, where) for n, where in enumerate(hosts, 1)]
    return Film(cluster_of(case, catalog(), plan(case, *slots)), actors, seed=seed)


def written(folder, text, packed=False):
    path = folder / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path


def outages(film):
    return [(s["at"] / MINUTE, s["hosts"], s["hours"]) for s in film.recorder.told if s["what"] == "outage"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_table_of_incidents(tmp_path, packed):
    path = written(tmp_path, HEADER + "0,14400000,1.0\n1200000,19200000,0.5\n\n60000,60000,1.0\n", packed)
    incidents = read_incidents(path)
    assert incidents == (
        Incident(0, 14_400_000, 1.0),
        Incident(1_200_000, 19_200_000, 0.5),
        Incident(60_000, 60_000, 1.0),
    )
    film = film_of(Incidents(incidents, "alpha", drawn=False))
    film.play(1)
    found = outages(film)
    assert [(minute, hours) for minute, _, hours in found] == [(0, 4), (20, 16 / 3), (21, 1 / 60)]
    assert (found[0][1], found[2][1]) == (3, 3)
    over = [(s["at"] / MINUTE, s["hosts"]) for s in film.recorder.told if s["what"] == "outage over"]
    assert over == [(22, 3), (240, 3), (340, found[1][1])]
    assert len(film.cluster.there) == 3


def test_an_overlap_keeps_hosts_away_until_both_are_over():
    film = film_of(Incidents([Incident(0, 2 * HOUR, 1.0), Incident(HOUR, 3 * HOUR, 1.0)], "alpha", drawn=False))
    film.play(3 / 24)
    assert len(film.cluster.there) == 0
    film.play(1 / 24)
    assert len(film.cluster.there) == 3


def test_each_seed_sees_another_stretch_of_the_table_and_all_of_it_once():
    incidents = [Incident(n * HOUR, MINUTE, 1.0) for n in range(1, 8)]
    pauses = {}
    for seed in range(6):
        film = film_of(Incidents(incidents, "alpha"), seed=seed)
        film.play(3)
        begins = [0.0, *(minute / 60 for minute, _, _ in outages(film))]
        pauses[seed] = np.diff(begins).round(6).tolist()
        assert sorted(pauses[seed]) == [1, 2, 3, 4, 5, 6, 7]
        first = int(pauses[seed][0])
        assert pauses[seed] == [*range(first, 8), *range(1, first)]
    assert len({tuple(each) for each in pauses.values()}) > 1


def test_the_share_of_hosts_that_is_lost():
    film = film_of(Incidents([Incident(HOUR, 1, 0.25)] * 200, "alpha", drawn=False))
    film.play(10)
    assert np.mean([hosts for _, hosts, _ in outages(film)]) == pytest.approx(0.75, abs=0.15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "0,1,1\n5,x,0.5\n", "row[3].failure_duration: found 'x', expected a number, at least 0"),
        (
            HEADER + "0,1,1\n\n5,1,1.5\n",
            "row[4].failure_intensity: found '1.5', expected a number, at least 0, at most",
        ),
        (HEADER + "-3,1,1\n", "row[2].failure_interval: found '-3'"),
        (HEADER + "nan,1,1\n", "row[2].failure_interval: found 'nan'"),
        (HEADER + "0,,1\n", "row[2].failure_duration: found a blank"),
        (HEADER + "0,1\n", "row[2]: found 2 cells, expected 3 cells"),
        (HEADER + '0,1,"1\n', "expected a CSV table"),
        ("failure_interval,duration,failure_intensity\n", "expected a column 'failure_duration'"),
        ("", "found an empty table"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_incidents(path)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))


def test_files_that_are_no_tables(tmp_path):
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress((HEADER + "0,1,1\n" * 999).encode())[:40])
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"caf\xe9\n")
    for path, found in [
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "a directory"),
        (broken, "cannot be read"),
        (latin, "no UTF-8"),
    ]:
        with pytest.raises(InputError, match=found):
            read_incidents(path)


def test_zones_fail_as_a_whole():
    film = film_of(DomainFaults("zone", mtbf_hours=30, repair_hours=2), hosts=(A, A, B, C, BETA))
    film.play(40)
    told = [s for s in film.recorder.told if s["what"] == "outage"]
    # Zones a, b, c, that of the west and two of the south, each about 960 / 30 times; hosts are away one by one then.
    counts = Counter(s["where"] for s in told)
    assert set(counts) == {A, B, C, "alpha/west/a", BETA, "beta/south/b"}
    assert all(count == pytest.approx(32, abs=18) for count in counts.values())
    assert {s["where"]: s["hosts"] for s in told}[A] == 2
    assert np.mean([s["hours"] for s in told]) == pytest.approx(2, rel=0.25)


@pytest.mark.parametrize(("level", "domains"), [("region", 3), ("cloud", 2), ("rack", 0)])
def test_domains_of_other_levels(level, domains):
    film = film_of(DomainFaults(level, mtbf_hours=20, repair_hours=1))
    film.play(30)
    assert len({s["where"] for s in film.recorder.told}) == domains


def test_equal_seeds_lose_equal_zones_whatever_hosts_there_are():
    actors = [DomainFaults(mtbf_hours=50), Incidents([Incident(5 * HOUR, HOUR, 0.5)] * 20, "alpha/north")]
    small, large = film_of(*actors), film_of(*actors, hosts=(A, B, C, A, B))
    small.play(5)
    large.play(2)
    fork = large.fork()
    fork.play(3)
    large.play(3)
    assert fork.recorder.told == large.recorder.told
    assert fork.cluster.hash == large.cluster.hash
    causes = [[(s["at"], s["what"], s["where"]) for s in film.recorder.told] for film in (small, large)]
    assert causes[0] == causes[1]
    assert small.now == 5 * DAY
