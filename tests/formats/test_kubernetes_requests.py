import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes_texts import deployment, imported, said

from models.resources import Resources
from planner.formats.kubernetes import Defaults
from planner.formats.kubernetes.requests import effective_request, largest

vectors = st.builds(
    lambda cpu, memory, gpu: Resources.of({"cpu": cpu, "memory": memory, "gpu": gpu}),
    st.integers(0, 4000),
    st.integers(0, 2**32),
    st.integers(0, 3).map(lambda n: n * 1000),
)
inits = st.lists(st.tuples(vectors, st.booleans()), max_size=5)


def covers(a: Resources, b: Resources) -> bool:
    return all(a[name] >= value for name, value in b.amounts().items())


@given(st.lists(vectors, min_size=1, max_size=4), inits)
def test_effective_request_covers_every_step(apps, init_steps):
    whole = effective_request(apps, init_steps)
    for request in [*apps, *(request for request, _ in init_steps)]:
        assert covers(whole, request)
    sidecars = [request for request, restartable in init_steps if restartable]
    running = Resources()
    for request in [*apps, *sidecars]:
        running = running.plus(request)
    assert covers(whole, running)


@given(st.lists(vectors, min_size=1, max_size=4), inits)
def test_effective_request_never_exceeds_everything_at_once(apps, init_steps):
    everything = Resources()
    for request in [*apps, *(request for request, _ in init_steps)]:
        everything = everything.plus(request)
    assert covers(everything, effective_request(apps, init_steps))


@given(st.lists(vectors, min_size=1, max_size=4), st.lists(vectors, max_size=4))
def test_without_sidecars_it_is_the_larger_of_running_and_starting(apps, starting):
    running = effective_request(apps)
    assert effective_request(apps, [(request, False) for request in starting]) == largest(running, *starting)


def test_a_sidecar_counts_in_the_init_steps_after_it():
    app, sidecar, step = (Resources.of({"cpu": cpu}) for cpu in (100, 200, 500))
    assert effective_request([app], [(sidecar, True), (step, False)])["cpu"] == 700
    assert effective_request([app], [(step, False), (sidecar, True)])["cpu"] == 500


def requests_of(spec: str, **options: Defaults) -> Resources:
    return imported(deployment("web", spec), **options).workloads[0].requests


def test_limits_stand_in_for_missing_requests():
    spec = """
        containers:
        - {name: a, resources: {limits: {cpu: 500m, memory: 1Gi, nvidia.com/gpu: 1}}}
        - {name: b, resources: {requests: {cpu: 100m}, limits: {cpu: 2, memory: 1Gi}}}
    """
    assert requests_of(spec) == Resources.of({"cpu": 600, "memory": 2 * 2**30, "gpu": 1000})


def test_an_explicit_zero_request_stays_zero_below_its_limit():
    assert requests_of("containers: [{name: a, resources: {requests: {cpu: 0}, limits: {cpu: 1}}}]")["cpu"] == 0


def test_missing_requests_get_the_default_and_a_warning():
    result = imported(deployment("web"), defaults=Defaults(cpu=50, memory=2**20))
    assert result.workloads[0].requests == Resources.of({"cpu": 50, "memory": 2**20})
    assert said(result, "assumed", "no cpu request")
    assert said(result, "assumed", "counted with 1Mi")


def test_limits_are_known_only_where_every_container_has_one():
    both = (
        "containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}, {name: b, resources: {limits: {cpu: 1}}}]"
    )
    limits = imported(deployment("web", both)).workloads[0].limits
    assert limits == Resources.of({"cpu": 2000})
    assert imported(deployment("web")).workloads[0].limits is None


def test_runtime_class_overhead_is_kept_by_itself():
    runtime = """
        apiVersion: node.k8s.io/v1
        kind: RuntimeClass
        metadata: {name: kata}
        handler: kata
        overhead: {podFixed: {cpu: 250m, memory: 120Mi}}
        scheduling: {nodeSelector: {kata: "true"}}
    """
    result = imported(runtime, deployment("web", "runtimeClassName: kata"))
    assert result.workloads[0].requests == Resources()
    assert result.workloads[0].overhead == Resources.of({"cpu": 250, "memory": 120 * 2**20})
    assert result.workloads[0].demand().cpu == 250
    assert result.rules[0].labels == {"kata": "true"}
    assert said(imported(deployment("web", "runtimeClassName: gvisor")), "assumed", "runtime class gvisor")


def test_pod_level_resources_replace_the_sum_of_containers():
    spec = """
        resources: {requests: {cpu: 2}}
        containers: [{name: a, resources: {requests: {cpu: 500m, memory: 1Gi}}}, {name: b}]
    """
    result = imported(deployment("web", spec), defaults=Defaults(cpu=100, memory=0))
    assert result.workloads[0].requests == Resources.of({"cpu": 2000, "memory": 2**30})
    assert not said(result, "assumed", "no cpu request")


def test_empty_dir_size_limit_is_a_request_for_disk_unless_one_is_stated():
    spec = "volumes: [{name: a, emptyDir: {sizeLimit: 2Gi}}, {name: b, emptyDir: {medium: Memory, sizeLimit: 1Gi}}]"
    result = imported(deployment("web", spec))
    assert result.workloads[0].requests["ephemeral_storage"] == 2 * 2**30
    assert said(result, "approximated", "emptyDir")
    stated = spec + "\ncontainers: [{name: a, resources: {requests: {ephemeral-storage: 1Gi}}}]"
    assert requests_of(stated)["ephemeral_storage"] == 2**30


@pytest.mark.parametrize(("key", "loss"), [("hugepages-2Mi", "hugepages-2Mi"), ("cpus", "cpus")])
def test_resources_that_are_not_planned_are_named(key, loss):
    spec = f"containers: [{{name: a, resources: {{requests: {{cpu: 1, {key}: 4}}}}}}]"
    result = imported(deployment("web", spec))
    assert result.workloads[0].requests == Resources.of({"cpu": 1000})
    assert said(result, "dropped", loss)


def test_extended_resources_are_kept():
    spec = "containers: [{name: a, resources: {limits: {example.com/fpga: 2, amd.com/gpu: 1}}}]"
    assert requests_of(spec) == Resources.of({"gpu": 1000, "example.com/fpga": 2})


def test_gpu_share_annotations_become_whole_devices():
    text = """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, annotations: {alibabacloud.com/gpu-mem: 1024Mi, alibabacloud.com/gpu-count: "2"}}
        spec: {containers: [{name: a}]}
    """
    result = imported(text)
    assert result.workloads[0].requests["gpu"] == 2000
    assert said(result, "approximated", "1024Mi")
