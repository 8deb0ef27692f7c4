"""`bayplan plan`: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from cli_cases import OLD, POOL, WEB, run, use_solver, write_case

from planner.formats.documents import read_plan


@pytest.fixture(autouse=True)
def _first_fit(monkeypatch):
    use_solver(monkeypatch)


class TestExitCodes:
    def test_a_feasible_plan_is_fine(self, tmp_path):
        found = run("plan", write_case(tmp_path))
        assert (found.exit_code, found.stderr) == (0, "")

    def test_changes_only_where_asked_for(self, tmp_path):
        same = write_case(tmp_path, hosts=[{**OLD, "runs": {"web": 4}}], pools=[])
        assert run("plan", same, "--detailed-exitcode").exit_code == 0
        other = write_case(tmp_path, hosts=[{**OLD, "runs": {"web": 3}}], pools=[])
        assert run("plan", other, "--detailed-exitcode").exit_code == 2
        assert run("plan", other).exit_code == 0

    def test_infeasible_names_the_conflict(self, tmp_path):
        rule = {"rule": "node_selector", "name": "ssd-only", "labels": {"disk": "ssd"}}
        found = run("plan", write_case(tmp_path, rules=[rule]))
        assert found.exit_code == 3
        assert found.stderr.startswith("infeasible: web: none of")
        assert "ssd-only" in found.stderr
        assert "Traceback" not in found.output

    def test_what_may_be_left_out_is_accepted(self, tmp_path):
        case = write_case(tmp_path, workloads=[WEB, {**WEB, "name": "big", "replicas": 2, "requests": {"cpu": 99}}])
        found = run("plan", case, "--max-unplaced", "2")
        assert found.exit_code == 0
        assert "accepted: 2 replicas left out, within --max-unplaced 2" in found.stderr
        assert run("plan", case, "--max-unplaced", "1").exit_code == 3

    @pytest.mark.parametrize(
        ("guard", "limit", "told"),
        [
            ("--max-cost", "100", "cost: $116.80 a month, $16.80 above --max-cost 100.00"),
            ("--min-density", "4.5", "density: 4.00 containers per host, 0.50 below --min-density 4.5"),
            ("--max-hosts", "0", "hosts: 1, 1 above --max-hosts 0"),
        ],
    )
    def test_guard_rails_say_by_how_much(self, tmp_path, guard, limit, told):
        case = write_case(tmp_path, pools=[{**POOL, "host_types": ["arm-4"]}])
        found = run("plan", case, guard, limit)
        assert (found.exit_code, found.stderr.strip()) == (4, f"guard-rail: {told}")

    def test_guard_rails_that_hold(self, tmp_path):
        case = write_case(tmp_path, pools=[{**POOL, "host_types": ["arm-4"]}])
        assert run("plan", case, "--max-cost", "116.80", "--min-density", "4", "--max-hosts", "1").exit_code == 0

    def test_left_out_without_proof_breaches_the_default(self, tmp_path):
        sizes = (("web", 2, "2500m"), ("db", 1, "3"))
        workloads = [
            {"name": name, "replicas": count, "requests": {"cpu": cpu, "memory": "1Gi"}} for name, count, cpu in sizes
        ]
        case = write_case(tmp_path, workloads=workloads, pools=[], hosts=[{**OLD, "count": 2}])
        found = run("plan", case)
        assert found.exit_code == 4
        assert "unplaced: 1 replica, 1 above --max-unplaced 0 (not proven impossible)" in found.stderr
        assert "Incomplete" in found.stdout
        assert run("plan", case, "--max-unplaced", "1").exit_code == 0

    def test_out_of_time_without_any_plan(self, tmp_path, monkeypatch):
        use_solver(monkeypatch, idle=True)
        found = run("plan", write_case(tmp_path), "--out", str(tmp_path / "plan.json"))
        assert (found.exit_code, found.stdout) == (5, "")
        assert not (tmp_path / "plan.json").exists()


class TestWrongInput:
    def test_every_finding_is_one_line(self, tmp_path):
        case = write_case(tmp_path, workloads=[{**WEB, "replica": 3}], pools=[{**POOL, "locations": ["alpa"]}])
        found = run("plan", case, "--out", str(tmp_path / "plan.json"))
        assert (found.exit_code, found.stdout) == (1, "")
        assert re.search(
            r"scenario.yaml: spec.workloads\[0\].replica: found .* did you mean 'replicas'\?", found.stderr
        )
        assert not (tmp_path / "plan.json").exists()

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["--time-limit", "0"],
            ["--time-limit", "nan"],
            ["--time-limit", "inf"],
            ["--gap", "2"],
            ["--seed", "-1"],
            ["--max-cost", "nan"],
            ["--max-unplaced", "-1"],
            ["-o", "xml"],
            ["--nope"],
        ],
    )
    def test_wrong_usage_is_1_because_2_means_changes(self, tmp_path, arguments):
        scenario = [write_case(tmp_path)] if arguments else []
        found = run("plan", *scenario, *arguments)
        assert (found.exit_code, found.stdout) == (1, "")
        assert found.stderr.startswith("error: ")
        assert found.stderr.strip().endswith("See `bayplan plan --help`.") or len(found.stderr.splitlines()) > 1

    @pytest.mark.parametrize("option", ["--out", "--html", "--svg"])
    def test_files_that_cannot_be_written_are_refused_before_planning(self, tmp_path, option, monkeypatch):
        monkeypatch.setattr("planner.cli.watch.solve", lambda *_, **__: pytest.fail("planned"))
        case = write_case(tmp_path)
        for place in (tmp_path, tmp_path / "no" / "where.x"):
            found = run("plan", case, option, str(place))
            assert (found.exit_code, found.stdout) == (1, "")

    def test_an_unexpected_error_is_one_sentence(self, tmp_path, monkeypatch):
        def fail(*_, **__):
            raise ZeroDivisionError("oh")

        monkeypatch.setattr("planner.api.plan", fail)
        found = run("plan", write_case(tmp_path))
        assert (found.exit_code, found.stdout) == (1, "")
        assert found.stderr.splitlines() == [
            "error: an unexpected ZeroDivisionError (oh): a bug in Bayplan. BAYPLAN_DEBUG=1 shows where."
        ]
        assert isinstance(run("plan", write_case(tmp_path), BAYPLAN_DEBUG="1").exception, ZeroDivisionError)


class TestReport:
    def test_the_sections_stand_in_order(self, tmp_path):
        workloads = [WEB, {**WEB, "name": "huge", "requests": {"cpu": 99}}]
        hosts = [{**OLD, "count": 4, "runs": {"web": 1}}]
        case = write_case(tmp_path, workloads=workloads, hosts=hosts, pools=[{**POOL, "platform": "eks"}])
        found = run("plan", case, "--max-unplaced", "9", "--html", str(tmp_path / "p.html"))
        expected = [
            "case  ", "hosts ", "density ", "cost ", "no plan below", "Cost by cloud", "Cost by purchase option",
            "Hosts\n", "binds", "Bay plan\n", "Left out: 4 replicas of 1 workload", "smallest change: ",
            "Why not everything can be placed", "wrote the page to",
        ]  # fmt: skip
        places = [found.stdout.index(title) for title in expected]
        assert places == sorted(places)

    def test_before_and_after(self, tmp_path):
        case = write_case(tmp_path, hosts=[{**OLD, "count": 4, "runs": {"web": 1}}], pools=[])
        lines = [" ".join(line.split()) for line in run("plan", case).stdout.splitlines()]
        assert lines[0] == "case 4 replicas on 1 host, 3 standing hosts released"
        assert lines[1:4] == [
            "hosts 4 → 1 in use −75 %",
            "density 1 → 4 containers per host +300 %",
            "cost $584.00 → $146.00 a month −75 %",
        ]

    @pytest.mark.parametrize("width", [80, 120])
    def test_lines_are_no_wider_than_the_terminal(self, tmp_path, width):
        names = [f"a-workload-with-quite-a-long-name-{n}" for n in range(9)]
        workloads = [{**WEB, "name": name, "requests": {"cpu": 2, "memory": "1Gi"}} for name in names]
        case = write_case(tmp_path, workloads=workloads, rules=[{"rule": "anti_affinity", "level": "zone"}])
        found = run("plan", case, COLUMNS=str(width))
        assert max(map(len, found.stdout.splitlines())) <= width

    def test_wide_has_more_columns(self, tmp_path):
        assert "stranded" in run("plan", write_case(tmp_path), "-o", "wide").stdout
        assert "stranded" not in run("plan", write_case(tmp_path)).stdout

    def test_names_are_text_and_never_markup(self, tmp_path):
        evil = "[bold red]x[/] \x1b[31m"
        case = write_case(
            tmp_path, name=evil, workloads=[{**WEB, "name": evil}, {**WEB, "name": "[/]", "requests": {"cpu": 99}}]
        )
        found = run("plan", case, FORCE_COLOR="1", TERM="xterm-256color")
        assert "[bold red]x[/] \ufffd[31m" in found.stdout
        assert "\x1b[31m\ufffd" not in found.stdout
        assert "[/]" in found.stderr

    def test_no_colours_when_piped_or_told_so(self, tmp_path):
        case = write_case(tmp_path)
        assert "\x1b" not in run("plan", case).output
        coloured = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
        colour = re.compile(r"\x1b\[[0-9;]*3[0-7]")
        assert colour.search(run("plan", case, **coloured).stdout)
        assert not colour.search(run("plan", case, "--no-color", **coloured).stdout)
        assert not colour.search(run("plan", case, NO_COLOR="1", **coloured).stdout)


class TestDocuments:
    def test_json_and_yaml_are_the_plan_document(self, tmp_path):
        case = write_case(tmp_path)
        as_json = json.loads(run("plan", case, "-o", "json").stdout)
        as_yaml = yaml.safe_load(run("plan", case, "-o", "yaml").stdout)
        assert (as_json["kind"], as_yaml["kind"]) == ("Plan", "Plan")
        for key in ("state", "hosts_used", "density", "cost_per_month", "objective", "bound", "gap", "unplaced"):
            assert key in as_json["status"]

    def test_files_are_written_and_told_on_stderr_beside_data(self, tmp_path):
        case = write_case(tmp_path)
        files = {option: tmp_path / f"plan.{option[2:]}" for option in ("--html", "--svg")} | {
            "--out": tmp_path / "p.yaml"
        }
        found = run("plan", case, "-o", "json", *(str(part) for pair in files.items() for part in pair))
        assert read_plan(files["--out"]).status.state == "FEASIBLE"
        assert files["--html"].read_text().startswith("<!doctype html>") or "<html" in files["--html"].read_text()
        assert files["--svg"].read_text().startswith("<svg")
        json.loads(found.stdout)
        assert [line.split(" to ")[0] for line in found.stderr.splitlines()] == [
            "wrote the plan", "wrote the page", "wrote the picture",
        ]  # fmt: skip
        assert not list(Path(tmp_path).glob(".*.part"))

    def test_standard_input(self, tmp_path):
        text = Path(write_case(tmp_path)).read_text()
        assert json.loads(run("plan", "-", "-o", "json", input=text).stdout)["metadata"]["name"] == "case"

    def test_the_seed_is_in_the_plan(self, tmp_path):
        assert (
            json.loads(run("plan", write_case(tmp_path), "-o", "json", "--seed", "11").stdout)["status"]["seed"] == 11
        )
