from benchmarks import recorded
from benchmarks.table import PAGE, written
from benchmarks.targets import TARGETS

ROW = {"types": "all", "containers": 100, "services": 30, "rules": "none", "slots": 1, "resources": 2, "best": None}


def fleet_rows(gaps):
    return [
        {**ROW, "name": f"all-100-30-{n}", "value": 2.0, "bound": 2.0 * (1 - gap), "gap": gap, "seconds": 1.0 + n}
        for n, gap in enumerate(gaps)
    ]


def line_of(page, work):
    return next(line for line in page.splitlines() if line.startswith(f"| {work}"))


def test_what_was_not_measured_says_so(tmp_path):
    page = written(tmp_path)
    assert page.count("| not measured |") == len(TARGETS)


def test_medians_over_seeds_stand_beside_the_aim(tmp_path):
    recorded.record("fleet", {"rows": fleet_rows([0.001, 0.02, 0.003])}, tmp_path)
    line = line_of(written(tmp_path), "three clouds, 100 of 30")
    assert "gap 0.300% (median of 3: 0.100% to 2.000%), 2.0 s" in line
    assert "cores" in line


def test_one_host_type_is_told_in_hosts(tmp_path):
    row = {**ROW, "types": "one", "name": "one", "value": 11, "bound": 10, "gap": 1 / 11, "seconds": 1.0}
    recorded.record("fleet", {"rows": [row]}, tmp_path)
    assert "1 over the bound (median of 1)" in line_of(written(tmp_path), "one host type, 100")


def test_packing_is_told_in_shares_and_lists_what_is_worse(tmp_path):
    rows = [
        {"name": f"i{n}", "value": 5 + (n == 3), "best": 5, "bound": 5, "gap": 0.0, "seconds": 1.0, "proven": n != 3}
        for n in range(80)
    ]
    recorded.record("packing-ct01", {"rows": rows}, tmp_path)
    page = written(tmp_path)
    assert "98.8% of 80 at or below the best known, 98.8% proven" in line_of(page, "vector packing, ct01")
    assert "| i3 | 6 | 5 |" in page
    assert "| i4 |" not in page


def test_families_with_known_values_are_compared(tmp_path):
    rows = [{"name": name, "value": value, "best": 100, "bound": 90, "gap": 0.1, "seconds": 9.0}
            for name, value in (("a", 99), ("b", 103))]  # fmt: skip
    recorded.record("contest", {"rows": rows}, tmp_path)
    assert "1 of 2 at or below the best known" in line_of(written(tmp_path), "contest")


def test_rivals_are_told_by_their_distance(tmp_path):
    rows = [
        {"name": name, "solver": solver, "value": value, "best": 10, "bound": 9, "gap": 0.1, "seconds": 9.0}
        for name, solver, value in
        (("a", "Bayplan", 10), ("a", "HiGHS", 12), ("b", "Bayplan", 11), ("b", "HiGHS", 10), ("b", "CP-SAT", 22))
    ]  # fmt: skip
    recorded.record("peers", {"rows": rows}, tmp_path)
    page = written(tmp_path)
    assert "no worse on 1 of 2, HiGHS +5.45%, CP-SAT +100.00%" in line_of(page, "rivals")
    assert "| b | 22 | 10 | 9 | 10.000 % | 9 | CP-SAT |" in page


def test_a_row_measured_again_takes_the_place_of_the_older(tmp_path):
    recorded.record("fleet", {"rows": fleet_rows([0.5, 0.5])}, tmp_path)
    recorded.record("fleet", {"rows": fleet_rows([0.1])}, tmp_path)
    rows = [row for run in recorded.recorded("fleet", tmp_path) for row in run["rows"]]
    assert [(row["name"], row["gap"]) for row in rows] == [("all-100-30-1", 0.5), ("all-100-30-0", 0.1)]


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == written(recorded.RESULTS), "run python -m benchmarks.table"
