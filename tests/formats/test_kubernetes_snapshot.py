from pathlib import Path

import pytest
from kubernetes_texts import deployment, imported, said

from models.host import Taint
from models.references import unknown_to_catalog
from models.resources import Resources
from models.rules import AntiAffinity, Toleration, Tolerations, TopologySpread
from models.supply import offerings, topology_of
from models.volume import Volume
from planner.formats.catalogs import catalog_for
from planner.formats.kubernetes import read_kubernetes, read_snapshot, to_scenario

FILE = Path(__file__).parent / "data" / "eks-snapshot.json"
A, B, C, D = (
    f"ip-10-0-{part}.eu-central-1.compute.internal" for part in ("1-11", "2-22", "3-33", "1-44")
)  # fmt: skip


@pytest.fixture(scope="module")
def cluster():
    return read_snapshot(FILE)


def test_a_snapshot_is_recognised_by_its_content(cluster):
    assert read_kubernetes([FILE]) == cluster


def test_pods_are_grouped_by_what_keeps_them_running(cluster):
    found = {w.name: (w.kind, w.count) for w in cluster.workloads}
    assert found == {
        "shop/web": ("service", 5),
        "shop/db": ("stateful_set", 3),
        "kube-system/aws-node": ("daemon_set", 0),
        "batch/render": ("job", 1),
        "default/debug": ("service", 1),
    }


def test_hosts_hold_what_runs_on_them_and_pending_pods_run_nowhere(cluster):
    assert {host.name: host.runs for host in cluster.hosts} == {
        A: {"shop/web": 1, "shop/db": 1},
        B: {"shop/web": 1, "shop/db": 1, "default/debug": 1},
        C: {"shop/web": 2, "shop/db": 1},
        D: {"batch/render": 1},
    }


def test_pods_that_ended_are_left_out_and_said(cluster):
    assert said(cluster, "assumed", "1 succeeded pods")
    assert said(cluster, "assumed", "1 terminating pods")


def test_hosts_tell_what_they_are(cluster):
    first, spot = cluster.hosts[0], cluster.hosts[3]
    assert (first.host_type, first.purchase, first.pool) == ("m5.large", "on_demand", "general")
    assert (first.platform.kind, first.location) == ("eks", "aws/eu-central-1/eu-central-1a")
    assert first.allocatable["cpu"] == 1930
    assert first.allocatable["pods"] == 29
    assert "failure-domain.beta.kubernetes.io/zone" not in first.labels
    assert spot.purchase == "spot"
    assert spot.taints == (Taint(key="spot", value="true"), Taint(key="node.kubernetes.io/unschedulable"))


def test_rules_come_from_the_pods(cluster):
    assert list(cluster.rules) == [
        TopologySpread(rule="topology_spread", workloads="shop/web", level="zone"),
        AntiAffinity(rule="anti_affinity", workloads="shop/db"),
        Tolerations(rule="tolerations", workloads="kube-system/aws-node", tolerations=[Toleration(operator="Exists")]),
        Tolerations(
            rule="tolerations",
            workloads="batch/render",
            tolerations=[Toleration(key="spot", value="true", effect="NoSchedule")],
        ),
    ]


def test_volumes_stand_in_their_zones(cluster):
    zones = [f"aws/eu-central-1/eu-central-1{letter}" for letter in "abc"]
    assert cluster.volumes == tuple(
        Volume(
            name=f"pvc-0000000{i}",
            workload="shop/db",
            replica=i,
            storage_class="ebs-fast",
            size="20Gi",
            location=zone,
        )
        for i, zone in enumerate(zones)
    )
    assert [(c.name, c.cloud) for c in cluster.storage_classes] == [("ebs-fast", "aws")]
    assert said(cluster, "assumed", "pvc-old")


def test_the_scenario_is_valid_and_grows_like_today(cluster):
    scenario, losses = to_scenario(cluster, "shop")
    catalog = catalog_for(scenario)
    topology = topology_of(scenario, catalog)
    assert not unknown_to_catalog(scenario.spec, catalog, topology)
    general, spot = scenario.spec.pools
    assert (general.name, general.purchases, general.taints) == ("general", ("on_demand",), ())
    assert general.labels["eks.amazonaws.com/nodegroup"] == "general"
    assert "kubernetes.io/hostname" not in general.labels
    assert (spot.name, spot.purchases, spot.taints) == ("spot", ("spot",), (Taint(key="spot", value="true"),))
    hosts = offerings(scenario, catalog, topology)
    assert all(host.per_hour > 0 for host in hosts)
    assert {host.pool for host in hosts if not host.host} == {"general", "spot"}
    assert scenario.spec.hosts[0].allocatable.volumes == catalog.type_of["aws", "m5.large"].capacity.volumes - 3
    assert [loss.what for loss in losses].count("attach limit") == 2


NODE = """
    apiVersion: v1
    kind: Node
    metadata: {name: %s, labels: {kubernetes.io/hostname: %s-host%s}}
    spec: {%s}
    status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110", hugepages-2Mi: "0", attachable-volumes-x: "7"}}
"""
POD = """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, namespace: kube-system%s}
    spec: {nodeName: %s, containers: [{name: a, resources: {requests: {cpu: 250m, memory: 64Mi}}}]%s}
    status: {phase: %s}
"""


def test_static_pods_are_taken_off_their_hosts():
    mirror = ", annotations: {kubernetes.io/config.mirror: abc}"
    role = ", node-role.kubernetes.io/control-plane: ''"
    result = imported(
        NODE % ("m1", "m1", role, ""),
        POD % ("api-m1", mirror, "m1", "", "Running"),
        POD % ("etcd-m1", mirror, "m1", "", "Running"),
        POD % ("app", "", "m1", "", "Running"),
        meaning="auto",
    )
    host = result.hosts[0]
    assert host.overhead == Resources.of({"cpu": 500, "memory": 2**27, "pods": 2})
    assert (host.runs, host.purchase, host.releasable) == ({"app": 1}, "owned", False)
    assert host.location == "onprem/cluster/zone-0"
    assert host.allocatable["volumes"] == 7
    assert said(result, "approximated", "2 static pods on 1 nodes")
    assert said(result, "assumed", "no region and zone")


def test_pods_on_nodes_that_are_not_in_the_snapshot_run_nowhere():
    result = imported(NODE % ("m1", "m1", "", ""), POD % ("app", "", "gone", "", "Running"), meaning="auto")
    assert not result.hosts[0].runs
    assert said(result, "dropped", "node gone")


def test_a_cordoned_node_is_tainted():
    result = imported(NODE % ("m1", "m1", "", "unschedulable: true"), POD % ("app", "", "m1", "", "Running"))
    assert result.hosts[0].taints == (Taint(key="node.kubernetes.io/unschedulable"),)


@pytest.mark.parametrize(
    ("labels", "provider", "location"),
    [
        ("topology.kubernetes.io/zone: europe-west3-b", "gce://p/europe-west3-b/n", "gcp/europe-west3/europe-west3-b"),
        ("a: b", "gce://p/europe-west3-b/n", "gcp/europe-west3/europe-west3-b"),
        ("topology.kubernetes.io/zone: germanywestcentral-2", "azure:///s/x", "azure/germanywestcentral/2"),
        (
            "topology.kubernetes.io/zone: '0', topology.kubernetes.io/region: westeurope",
            "azure:///s/x",
            "azure/westeurope/0",
        ),
        ("a: b", "aws:///eu-central-1a/i-1", "aws/eu-central-1/eu-central-1a"),
        ("topology.k8s.aws/zone-id: euc1-az2", "aws:///eu-central-1a/i-1", "aws/eu-central-1/euc1-az2"),
        (
            "topology.kubernetes.io/region: r1, topology.kubernetes.io/zone: z1",
            "kind://docker/n",
            "onprem/r1/z1",
        ),
    ],
)
def test_locations_of_nodes(labels, provider, location):
    result = imported(NODE % ("n", "n", f", {labels}", f"providerID: '{provider}'"), deployment("web"))
    assert result.hosts[0].location == location
    scenario, _ = to_scenario(result, "x")
    catalog = catalog_for(scenario)
    topology = topology_of(scenario, catalog)
    assert not unknown_to_catalog(scenario.spec, catalog, topology)
    zone = topology.ancestor(location, "zone")
    assert zone == (None if location == "azure/westeurope/0" else location)


def test_local_volumes_stand_on_their_host():
    volume = """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: disk}
        spec:
          capacity: {storage: 10Gi}
          accessModes: [ReadWriteOnce]
          claimRef: {namespace: kube-system, name: data}
          local: {path: /mnt}
          storageClassName: local
          nodeAffinity:
            required:
              nodeSelectorTerms:
              - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n-host]}]
    """
    claim = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: kube-system}
        spec: {accessModes: [ReadWriteOnce], storageClassName: local, resources: {requests: {storage: 10Gi}}}
    """
    mounts = ", volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"
    result = imported(
        NODE % ("n", "n", "", ""), volume, claim, POD % ("app", "", "n", mounts, "Running"), meaning="auto"
    )
    assert result.volumes == (Volume(name="disk", workload="app", storage_class="local", size="10Gi", host="n"),)
    assert result.storage_classes[0].scope == "host"
    to_scenario(result, "x")


def test_pods_of_unequal_size_are_counted_with_the_largest():
    owner = ", ownerReferences: [{kind: Cluster, name: pg, controller: true}]"
    small = POD % ("pg-1", owner, "m1", "", "Running")
    large = (POD % ("pg-2", owner, "m1", "", "Running")).replace("250m", "750m")
    result = imported(NODE % ("m1", "m1", "", ""), small, large, meaning="auto")
    assert [(w.name, w.count, w.requests["cpu"]) for w in result.workloads] == [("pg", 2, 750)]
    assert said(result, "approximated", "unequal requests")


def test_revisions_of_a_deployment_and_runs_of_a_cron_job_are_one_workload():
    def owned(name: str, kind: str, owner: str, label: str = "") -> str:
        labels = f", labels: {{pod-template-hash: {label}}}" if label else ""
        reference = f", ownerReferences: [{{kind: {kind}, name: {owner}, controller: true}}]{labels}"
        return POD % (name, reference, "m1", "", "Running")

    result = imported(
        NODE % ("m1", "m1", "", ""),
        owned("web-1-a", "ReplicaSet", "web-111", "111"),
        owned("web-2-a", "ReplicaSet", "web-222", "222"),
        owned("job-a", "Job", "report-29312340"),
        meaning="auto",
    )
    assert [(w.name, w.count) for w in result.workloads] == [("web", 2), ("report", 1)]
    assert result.hosts[0].runs == {"web": 2, "report": 1}
