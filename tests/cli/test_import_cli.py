import json
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from planner.cli.import_ import import_command
from planner.formats.documents import read_scenario

app = typer.Typer()
app.command("import")(import_command)
SNAPSHOT = Path(__file__).parents[1] / "formats" / "data" / "eks-snapshot.json"
MANIFESTS = sorted((Path(__file__).resolve().parents[3] / "shared" / "data" / "manifests" / "k8s").glob("*.yaml"))
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 2, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
"""
BUDGET = """
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: gone}}}
"""


def run(*arguments: object, stdin: str | None = None):
    return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin, env={"COLUMNS": "200"})


@pytest.fixture
def web(tmp_path):
    file = tmp_path / "web.yaml"
    file.write_text(WEB)
    return file


def test_the_scenario_goes_to_stdout_and_the_report_to_stderr(web, tmp_path):
    result = run(web)
    assert result.exit_code == 0
    assert result.stdout.startswith("apiVersion: bayplan/v1\nkind: Scenario\nmetadata: {name: web}\n")
    assert "no cpu request" in result.stderr
    assert "no cpu request" not in result.stdout
    assert "1 workloads, 3 pools → standard output" in result.stderr
    copy = tmp_path / "copy.yaml"
    copy.write_text(result.stdout)
    assert read_scenario(copy).spec.workloads[0].count == 2


def test_standard_input_and_a_file_for_the_scenario(tmp_path):
    out = tmp_path / "out.json"
    result = run("-", "-o", out, "--name", "shop", "--pool", "gcp/europe-west3=n2-*", stdin=WEB)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert json.loads(out.read_text())["metadata"] == {"name": "shop"}
    assert [pool.host_types for pool in read_scenario(out).spec.pools] == [("n2-*",)]


def test_defaults_are_options(web, tmp_path):
    out = tmp_path / "out.yaml"
    assert run(web, "-o", out, "--default-cpu", "2", "--default-memory", "1Gi").exit_code == 0
    assert read_scenario(out).spec.workloads[0].requests.amounts() == {"cpu": 2000, "memory": 2**30}
    refused = run(web, "--default-cpu", "two")
    assert refused.exit_code == 1
    assert "--default-cpu" in refused.stderr


def test_strict_writes_nothing_if_anything_was_dropped(web, tmp_path):
    out, report = tmp_path / "out.yaml", tmp_path / "loss.json"
    assert run(web, "--strict", "-o", out).exit_code == 0
    out.unlink()
    web.write_text(WEB + BUDGET)
    result = run(web, "--strict", "-o", out, "--loss", report)
    assert result.exit_code == 1
    assert not out.exists()
    items = json.loads(report.read_text())["items"]
    assert [item["place"] for item in items if item["level"] == "dropped"] == ["PodDisruptionBudget default/web"]


ROLLING = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web}]
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway,
         labelSelector: {matchLabels: {app: web}}}
"""


def test_room_for_releases_and_wishes_are_kept_if_asked_for(web, tmp_path):
    web.write_text(ROLLING)
    out = tmp_path / "out.yaml"
    assert "--release-room holds it" in run(web, "-o", out).stderr
    spec = read_scenario(out).spec
    assert (spec.rules, spec.workloads[0].release) == ((), None)
    assert run(web, "-o", out, "--release-room", "--soft", "12.5").exit_code == 0
    spec = read_scenario(out).spec
    assert spec.workloads[0].release.room(4) == 2
    assert (spec.rules[0].mode, spec.rules[0].penalty) == ("soft", Decimal("12.5"))


def test_a_snapshot_is_recognised(tmp_path):
    out = tmp_path / "out.yaml"
    assert run(SNAPSHOT, "-o", out).exit_code == 0
    scenario = read_scenario(out)
    assert (len(scenario.spec.hosts), len(scenario.spec.volumes)) == (4, 3)
    as_manifests = run(SNAPSHOT, "--from", "kubernetes", "-o", out)
    assert as_manifests.exit_code == 0
    assert not any(host.runs for host in read_scenario(out).spec.hosts)


def test_tables_of_workloads_and_hosts(tmp_path):
    workloads, hosts, out = tmp_path / "apps.txt", tmp_path / "servers.csv", tmp_path / "out.yaml"
    workloads.write_text("name,replicas,cpu,memory\nweb,3,500m,1Gi\n")
    hosts.write_text("name,location,cpu,memory,runs\nn1,onprem/dc1/pd1,8,32Gi,web=2\n")
    result = run(workloads, hosts, "-o", out)
    assert result.exit_code == 0, result.stderr
    scenario = read_scenario(out)
    assert [(w.name, w.count) for w in scenario.spec.workloads] == [("web", 3)]
    assert scenario.spec.hosts[0].runs == {"web": 2}


def test_manifests_and_hosts_of_a_table_together(web, tmp_path):
    hosts, out = tmp_path / "servers.csv", tmp_path / "out.yaml"
    hosts.write_text("name,location,cpu,memory\nn1,onprem/dc1/pd1,8,32Gi\n")
    assert run(web, hosts, "-o", out).exit_code == 0
    assert len(read_scenario(out).spec.hosts) == 1


def test_what_runs_on_a_host_must_be_a_workload(web, tmp_path):
    hosts = tmp_path / "servers.csv"
    hosts.write_text("name,location,cpu,memory,runs\nn1,onprem/dc1/pd1,8,32Gi,wib=2\n")
    result = run(web, hosts)
    assert result.exit_code == 1
    assert "did you mean 'web'" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: {web: {image: x}}", "Compose file"),
        ("PK\x03\x04rubbish", "zip archive"),
        ("a: [1", "broken YAML"),
        ("", "an empty file"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: a}", "no workload"),
    ],
)
def test_bad_input_gives_one_error_and_writes_nothing(text, words, tmp_path):
    file, out = tmp_path / "bad.yaml", tmp_path / "out.yaml"
    file.write_text(text)
    result = run(file, "-o", out)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()


@pytest.mark.skipif(not MANIFESTS, reason="the real manifests are not beside this repository")
@pytest.mark.parametrize("file", [*MANIFESTS, SNAPSHOT], ids=lambda file: file.stem)
def test_what_is_imported_can_be_planned(file, tmp_path):
    from planner import api
    from planner.solvers.greedy import Greedy

    out = tmp_path / "out.yaml"
    assert run(file, "-o", out).exit_code == 0
    plan = api.plan(read_scenario(out), solver=Greedy())
    assert plan.status.unplaced == 0
    assert plan.status.hosts_used >= 1
