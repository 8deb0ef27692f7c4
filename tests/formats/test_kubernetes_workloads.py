import pytest
from kubernetes_texts import deployment, imported, said

from models.catalog import StorageClass
from models.workload import VolumeClaim

POD = "{spec: {containers: [{name: a, image: x}]}}"


def test_each_kind_becomes_its_workload():
    counts = "parallelism: 3, completions: 9"
    job = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec: {{{counts}, template: {POD}}}"
    result = imported(
        deployment("d", replicas=4),
        deployment("s", replicas=3, kind="StatefulSet"),
        deployment("n", kind="DaemonSet"),
        deployment("r", replicas=2, kind="ReplicaSet"),
        job,
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}]}",
    )
    found = {workload.name: (workload.kind, workload.count) for workload in result.workloads}
    assert found == {
        "d": ("service", 4),
        "s": ("stateful_set", 3),
        "n": ("daemon_set", 0),
        "r": ("service", 2),
        "j": ("job", 3),
        "p": ("service", 1),
    }


def test_a_job_without_completions_runs_all_of_its_parallel_pods():
    text = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec: {{parallelism: 5, template: {POD}}}"
    assert imported(text).workloads[0].count == 5


def test_a_cron_job_keeps_its_room_and_a_suspended_one_asks_for_none():
    text = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: "0 2 * * *"
          suspend: %s
          jobTemplate: {spec: {parallelism: 2, template: {spec: {containers: [{name: a}]}}}}
    """
    result = imported(text % "false")
    assert result.workloads[0].count == 2
    assert said(result, "approximated", "schedule")
    suspended = imported(text % "true")
    assert not suspended.workloads
    assert said(suspended, "dropped", "suspended")


SCHEDULED = """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: nightly}
    spec:
      schedule: "%s"
      %s
      jobTemplate:
        spec: {parallelism: 2, activeDeadlineSeconds: %s, template: {spec: {containers: [{name: a}]}}}
"""


def test_a_cron_job_whose_runs_end_takes_room_only_then():
    result = imported(SCHEDULED % ("0 2 * * *", "timeZone: Etc/UTC", 5400 - 30))
    (nightly,) = result.workloads
    assert (nightly.kind, nightly.schedule, nightly.minutes, nightly.count) == ("cron_job", "0 2 * * *", 90, 2)
    assert not said(result, "approximated", "schedule")


@pytest.mark.parametrize(
    ("schedule", "more", "seconds", "why"),
    [
        ("0 2 * * *", "timeZone: Europe/Zurich", 600, "in the time zone Europe/Zurich"),
        ("@daily", "", 600, "not a cron schedule of five fields"),
        ("*/10 * * * *", "", 900, "its runs may overlap"),
        ("0 2 * * *", "", 0, "no activeDeadlineSeconds"),
    ],
)
def test_a_cron_job_that_may_run_at_any_time_keeps_its_room(schedule, more, seconds, why):
    result = imported(SCHEDULED % (schedule, more, seconds))
    assert result.workloads[0].kind == "job"
    assert any(why in loss.consequence for loss in result.losses)


def test_runs_that_replace_each_other_do_not_overlap():
    result = imported(SCHEDULED % ("*/10 * * * *", "concurrencyPolicy: Replace", 900))
    assert result.workloads[0].kind == "cron_job"


def test_owned_objects_are_counted_by_their_owner():
    owned = """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
        spec: {replicas: 3, template: {spec: {containers: [{name: a}]}}}
    """
    assert [w.name for w in imported(deployment("web", replicas=3), owned).workloads] == ["web"]
    assert [w.name for w in imported(owned).workloads] == ["web-1"]


def test_lists_hold_objects():
    text = f"""
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: PodList
          items: [{{metadata: {{name: a}}, spec: {{containers: [{{name: a}}]}}}}]
        - {{apiVersion: batch/v1, kind: Job, metadata: {{name: j}}, spec: {{template: {POD}}}}}
    """
    assert [w.name for w in imported(text).workloads] == ["a", "j"]


def test_names_carry_the_namespace_where_there_are_several():
    assert [w.name for w in imported(deployment("web", namespace="a")).workloads] == ["web"]
    several = imported(deployment("web", namespace="a"), deployment("web", namespace="b"))
    assert [w.name for w in several.workloads] == ["a/web", "b/web"]
    assert several.workloads[0].labels == {"app": "web", "kubernetes.io/metadata.namespace": "a"}


def test_equal_names_of_different_kinds_are_told_apart():
    result = imported(deployment("web"), deployment("web", kind="StatefulSet"))
    assert [w.name for w in result.workloads] == ["web-deployment", "web-statefulset"]


def test_an_object_given_twice_counts_as_the_later_one():
    result = imported(deployment("web", replicas=1), deployment("web", replicas=7))
    assert [w.count for w in result.workloads] == [7]
    assert said(result, "approximated", "more than once")


def autoscaler(name: str) -> str:
    return f"""
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: scale}}
spec: {{scaleTargetRef: {{kind: Deployment, name: {name}}}, minReplicas: 3, maxReplicas: 9}}
"""


def test_autoscaling_is_planned_with_the_stated_replicas_or_the_least():
    stated = imported(deployment("web", replicas=5), autoscaler("web"))
    assert stated.workloads[0].count == 5
    assert said(stated, "approximated", "from 3 to 9")
    silent = imported(deployment("web").replace("  replicas: 1\n", ""), autoscaler("web"))
    assert silent.workloads[0].count == 3
    assert said(imported(deployment("web"), autoscaler("api")), "dropped", "not in the input")


def test_priorities_by_class():
    classes = """
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: gold}
        value: 500
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: usual}
        value: -5
        globalDefault: true
    """
    specs = ["", "gold", "system-node-critical", "system-cluster-critical", "lost"]
    texts = [deployment(f"w{i}", f"priorityClassName: {name}" if name else "") for i, name in enumerate(specs)]
    result = imported(classes, *texts)
    assert [w.priority for w in result.workloads] == [-5, 500, 2_000_001_000, 2_000_000_000, 0]
    assert said(result, "assumed", "priority class lost")


STATEFUL = """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db}
    spec:
      replicas: 3
      template:
        spec:
          containers: [{name: a}]
          volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
      volumeClaimTemplates:
      - metadata: {name: data}
        spec: {storageClassName: fast, resources: {requests: {storage: 10Gi}}}
      - metadata: {name: logs, annotations: {volume.beta.kubernetes.io/storage-class: slow}}
        spec: {resources: {requests: {storage: 1Gi}}}
      - metadata: {name: rest}
        spec: {resources: {requests: {storage: 2Gi}}}
"""


def test_claim_templates_are_volumes_of_each_replica():
    usual = """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: usual, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
        provisioner: ebs.csi.aws.com
    """
    claims = imported(STATEFUL, usual).workloads[0].volumes
    assert claims == (
        VolumeClaim(name="data", storage_class="fast", size="10Gi"),
        VolumeClaim(name="logs", storage_class="slow", size="1Gi"),
        VolumeClaim(name="rest", storage_class="usual", size="2Gi"),
    )


@pytest.mark.parametrize(
    ("driver", "cloud", "scope"),
    [
        ("ebs.csi.aws.com", "aws", "zone"),
        ("pd.csi.storage.gke.io", "gcp", "zone"),
        ("disk.csi.azure.com", "azure", "zone"),
        ("kubernetes.io/no-provisioner", None, "host"),
        ("rancher.io/local-path", None, "host"),
        ("efs.csi.aws.com", None, "any"),
        ("block.example.com", None, "zone"),
    ],
)
def test_storage_classes_by_their_driver(driver, cloud, scope):
    text = f"apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: c}}\nprovisioner: {driver}"
    result = imported(text)
    found: StorageClass = result.storage_classes[0]
    assert (found.cloud, found.scope) == (cloud, scope)
    assert said(result, "assumed", driver) == (cloud is None)


CLAIM = """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: files}
    spec: {accessModes: [%s], resources: {requests: {storage: 5Gi}}}
"""
MOUNT = "volumes: [{name: data, persistentVolumeClaim: {claimName: files}}]"


def test_a_claim_of_its_own_is_a_volume():
    result = imported(CLAIM % "ReadWriteOnce", deployment("web", MOUNT))
    assert result.workloads[0].volumes == (VolumeClaim(name="data", size="5Gi"),)
    assert not said(result, "approximated", "shared")


def test_a_claim_that_replicas_share_is_said():
    assert said(imported(CLAIM % "ReadWriteOnce", deployment("web", MOUNT, replicas=2)), "approximated", "shared by 2")
    shared = imported(CLAIM % "ReadWriteMany", deployment("web", MOUNT, replicas=2))
    assert not shared.workloads[0].volumes
    assert said(shared, "dropped", "shared volume")


def test_a_claim_that_is_missing_is_assumed():
    result = imported(deployment("web", MOUNT))
    assert len(result.workloads[0].volumes) == 1
    assert said(result, "assumed", "not in the input")


def test_generic_ephemeral_volumes_are_claims():
    spec = "volumes: [{name: tmp, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 3Gi}}}}}}]"
    assert imported(deployment("web", spec)).workloads[0].volumes == (VolumeClaim(name="tmp", size="3Gi"),)


def test_volumes_that_have_no_model_are_said():
    spec = "volumes: [{name: a, hostPath: {path: /data}}, {name: b, nfs: {server: x, path: /}}, {name: c, secret: {}}]"
    result = imported(deployment("web", spec))
    assert said(result, "dropped", "hostPath")
    assert said(result, "dropped", "nfs")
    assert not said(result, "dropped", "secret")


def test_what_needs_no_room_is_named_once_per_kind():
    services = [f"apiVersion: v1\nkind: Service\nmetadata: {{name: s{i}}}" for i in range(5)]
    result = imported(deployment("web"), *services)
    lines = [loss for loss in result.losses if loss.what == "Service"]
    assert [(loss.level, loss.place) for loss in lines] == [("assumed", "s0, s1, s2 and 2 more")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}", "Rollout of argoproj.io"),
        ("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: r}", "Service of serving.knative.dev"),
        ("apiVersion: v1\nkind: LimitRange\nmetadata: {name: r}", "LimitRange"),
    ],
)
def test_what_is_not_understood_is_dropped_by_name(text, words):
    assert said(imported(deployment("web"), text), "dropped", words)
