"""The commands around planning, and what holds for every command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_cases import WEB, run, start, use_solver, write_case

from planner.cli.app import Commands


def test_help_lists_every_command_and_loads_none():
    code = (
        "import sys\nfrom planner.cli import main\nsys.argv = ['bayplan', '--help']\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'ortools', 'numba', 'numpy', 'plotly', 'streamlit', 'pydantic', 'networkx'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"
    for name, lazy in Commands.table.items():
        assert name in found.stdout
        assert lazy.help.split()[0] in found.stdout


@pytest.mark.parametrize("name", list(Commands.table))
def test_every_command_has_help(name):
    found = run(name, "--help")
    assert found.exit_code == 0
    assert "Usage" in found.stdout


@pytest.mark.parametrize("arguments", [["plann"], ["catalog", "lst"], ["schema", "Nope"], ["validate"], ["--nope"]])
def test_wrong_usage_is_one_line_and_1(arguments):
    found = run(*arguments)
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith("error: ")
    assert "--help`" in found.stderr


def test_a_mistyped_command_gets_a_hint():
    assert "Did you mean 'plan'?" in run("plann").stderr


class TestValidate:
    def test_good_and_bad_documents(self, tmp_path):
        good = write_case(tmp_path)
        bad = tmp_path / "bad.yaml"
        bad.write_text("kind: Scenario\nmetadata: {name: x}\nspec: {workloads: [{name: a, requests: {cpu: -1}}]}")
        found = run("validate", good, str(bad), str(tmp_path / "none.yaml"))
        assert found.exit_code == 1
        assert found.stdout.startswith("ok ")
        assert "case (1 workload with 4 replicas, 1 pool, 0 standing hosts, 0 rules)" in found.stdout
        assert "bad.yaml: spec.workloads[0].requests.cpu" in found.stderr
        assert "none.yaml: " in found.stderr
        assert run("validate", good).exit_code == 0
        assert run("validate", "--quiet", good).stdout == ""

    def test_standard_input(self, tmp_path):
        assert run("validate", "-", input=Path(write_case(tmp_path)).read_text()).exit_code == 0


class TestAdvice:
    BUDGET = {**WEB, "disruption_budget": {"max_unavailable": 0}}  # noqa: RUF012

    def test_it_is_printed_after_what_is_fine_and_fails_only_if_asked(self, tmp_path):
        case = write_case(tmp_path, workloads=[self.BUDGET])
        found = run("validate", case, "--quiet")
        assert found.exit_code == 0
        lines = [line.strip() for line in found.stdout.splitlines()]
        assert lines[0].endswith("scenario.yaml: 1 thing to look at")
        assert lines[1:3] == [
            "spec.workloads[0].disruption_budget  disruption",
            "web: no drain may take a replica away, of 4; its hosts cannot be drained",
        ]
        assert lines[3].startswith("→ set max_unavailable to 1")
        assert run("validate", case, "--strict").exit_code == 4
        assert run("validate", write_case(tmp_path), "--strict").exit_code == 0

    def test_errors_come_first_and_win(self, tmp_path):
        case = write_case(tmp_path, workloads=[self.BUDGET])
        found = run("validate", str(tmp_path / "none.yaml"), case, "--strict", "-q")
        assert found.exit_code == 1
        assert "1 thing to look at" in found.stdout

    @pytest.mark.parametrize("form", ["json", "markdown"])
    def test_other_forms(self, tmp_path, form):
        found = run("validate", write_case(tmp_path, workloads=[self.BUDGET]), "-o", form)
        assert found.exit_code == 0
        if form == "json":
            (row,) = json.loads(found.stdout)["items"]
            assert (row["lint"], row["place"]) == ("disruption", "spec.workloads[0].disruption_budget")
        else:
            assert found.stdout.startswith("| document | subject | place | unwise | better |")

    def test_an_entry_that_stands_for_many_is_told_once_where_it_is_written(self, tmp_path):
        first, many = {**WEB, "count": 3}, {**self.BUDGET, "name": "db", "count": 20}
        rows = json.loads(run("validate", write_case(tmp_path, workloads=[first, many]), "-o", "json").stdout)["items"]
        assert [row["place"] for row in rows] == ["spec.workloads[1].disruption_budget"]

    def test_much_of_one_subject_is_cut_unless_wide(self, tmp_path):
        many = [{**self.BUDGET, "name": f"w{n}"} for n in range(8)]
        case = write_case(tmp_path, workloads=many)
        assert "… and 3 more on disruption (-o wide prints all)" in run("validate", case).stdout
        assert "w7: no drain" in run("validate", case, "-o", "wide").stdout


class TestVerify:
    @pytest.fixture
    def made(self, tmp_path, monkeypatch):
        use_solver(monkeypatch)
        case = write_case(tmp_path)
        return case, run("plan", case, "-o", "json").stdout

    def test_a_good_plan(self, made):
        case, plan = made
        found = run("verify", case, "-", input=plan)
        assert (found.exit_code, found.stdout) == (0, "ok 4 replicas on 1 host: every rule is kept\n")

    def test_every_breach_is_a_line(self, made, tmp_path):
        case, plan = made
        document = json.loads(plan)
        document["spec"]["hosts"][0]["runs"]["web"] = [0, 1, 2]
        found = run("verify", case, "-", input=json.dumps(document))
        assert found.exit_code == 1
        assert any(line.startswith("document: web:") for line in found.stdout.splitlines())

    def test_a_plan_of_another_version_is_noted(self, made, tmp_path):
        _, plan = made
        case = write_case(tmp_path, workloads=[{**WEB, "priority": 1}])
        assert "another version of this scenario" in run("verify", case, "-", input=plan).stderr

    def test_both_from_standard_input(self):
        assert run("verify", "-", "-").exit_code == 1


@pytest.mark.parametrize("kind", ["Scenario", "Plan", "plan", "Film", "Simulation"])
def test_schema(kind):
    schema = json.loads(run("schema", kind).stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["properties"]["kind"]["const"] == kind.title()


def test_version():
    for arguments in (["version"], ["--version"]):
        found = run(*arguments)
        assert found.exit_code == 0
        assert [line.split()[0] for line in found.stdout.splitlines()] == ["bayplan", "ortools", "python", "catalog"]


def test_a_reader_that_leaves_is_no_error_to_speak_of(tmp_path):
    process = start("schema", "Scenario")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait(60) in (0, 1)
    assert told == ""
