import pytest
from kubernetes_texts import deployment, imported

from planner.errors import InputError
from planner.formats.kubernetes import parse_pool, read_kubernetes, to_scenario


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: {web: {image: x}}", "Compose file, which is not Kubernetes"),
        ("apiVersion: bayplan/v1\nkind: Scenario", "needs no import"),
        ("kind: Deployment\nmetadata: {name: a}", "a mapping without apiVersion"),
        ("just text", "expected a mapping"),
        ("# nothing\n---\n", "no Kubernetes object"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: [a]}", "document 1.metadata.name"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: 'a*'}", "the name of a Kubernetes object"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}", "document 1.spec.template.spec"),
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: []", "document 1.spec: found []"),
        (deployment("a").replace("replicas: 1", "replicas: -1"), "found -1, expected a whole number"),
        (deployment("a").replace("replicas: 1", "replicas: many"), "spec.replicas: found 'many'"),
        (deployment("a", "containers: []"), "at least one container"),
        (deployment("a", "containers: [{name: a, resources: {requests: {cpu: lots}}}]"), "requests: found"),
        (deployment("a", "containers: [{name: a, resources: {requests: {memory: -1Gi}}}]"), "zero or more"),
        (
            deployment("a", "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: 3}}"),
            "expected a list",
        ),
        (deployment("a", "nodeSelector: {a: {b: c}}"), "nodeSelector.a"),
        ("a: &a [1, *a]", "*a"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}", "template"),
    ],
)
def test_one_clear_error_with_its_place(text, words):
    with pytest.raises(InputError) as caught:
        imported(text)
    assert words in str(caught.value)
    assert "objects.yaml" in str(caught.value)
    assert len(caught.value.findings) == 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_kubernetes([tmp_path / "nothing.yaml"])


def test_a_directory_is_read_and_strangers_in_it_are_said(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "web.yaml").write_text(deployment("web"))
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    (tmp_path / "notes.txt").write_text("not read")
    result = read_kubernetes([tmp_path])
    assert [w.name for w in result.workloads] == ["web"]
    assert any("values.yaml" in loss.place and loss.level == "dropped" for loss in result.losses)
    assert not any("notes" in loss.place for loss in result.losses)


def test_a_directory_without_objects_is_refused(tmp_path):
    with pytest.raises(InputError, match="no Kubernetes object"):
        read_kubernetes([tmp_path])


def test_nothing_to_place_is_refused():
    with pytest.raises(InputError, match="no workload"):
        to_scenario(imported("apiVersion: v1\nkind: Service\nmetadata: {name: a}"), "empty")


@pytest.mark.parametrize("text", ["aws", "", "=m5.*", "/"])
def test_a_pool_is_a_region_of_a_cloud(text):
    with pytest.raises(InputError, match="cloud/region"):
        parse_pool(text)


@pytest.mark.parametrize(("pool", "words"), [("aws/eu-centrl-1", "did you mean"), ("aws/eu-central-1=m55.*", "m55")])
def test_a_pool_that_the_catalog_does_not_know_is_refused(pool, words):
    with pytest.raises(InputError, match=words):
        to_scenario(imported(deployment("web")), "web", [parse_pool(pool)])
