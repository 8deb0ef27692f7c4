import io
from pathlib import Path

import pytest
from kubernetes_texts import deployment, imported, said

from models.references import unknown_to_catalog
from models.rules import NodeAffinity, NodeSelector, Tolerations
from models.scenario import Scenario
from models.selectors import WorkloadIndex
from models.supply import offerings, topology_of
from planner.errors import InputError
from planner.formats.catalogs import catalog_for, shipped_catalog
from planner.formats.documents import parse_scenario, write_scenario
from planner.formats.documents.plain import parse
from planner.formats.kubernetes import Imported, parse_pool, read_kubernetes, to_scenario

MANIFESTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "manifests"
KUBERNETES = sorted((MANIFESTS / "k8s").glob("*.yaml"))
COMPOSE = sorted((MANIFESTS / "compose").glob("*.y*ml"))
needs_manifests = pytest.mark.skipif(not KUBERNETES, reason="the real manifests are not beside this repository")


def admitted(scenario: Scenario) -> dict[str, set[str]]:
    """Clouds with a host that admits a replica of each workload: by labels, taints, and size."""
    catalog = catalog_for(scenario)
    hosts = offerings(scenario, catalog, topology_of(scenario, catalog))
    index = WorkloadIndex(scenario.spec.workloads)
    found = {}
    for i, workload in enumerate(scenario.spec.workloads):
        if workload.kind == "daemon_set":
            continue
        mine = [rule for rule in scenario.spec.rules if i in index.select(getattr(rule, "workloads", None))]
        selectors = [rule for rule in mine if isinstance(rule, NodeSelector)]
        affinities = [rule for rule in mine if isinstance(rule, NodeAffinity)]
        tolerated = [t for rule in mine if isinstance(rule, Tolerations) for t in rule.tolerations]
        demand = workload.demand().amounts()
        found[workload.name] = {
            host.cloud
            for host in hosts
            if all(host.labels.get(k) == v for rule in selectors for k, v in rule.labels.items())
            and all(rule.holds(host.labels) for rule in affinities)
            and all(any(t.covers(taint) for t in tolerated) for taint in host.taints)
            and all((room := host.allocatable.limit(name)) is None or room >= value for name, value in demand.items())
        }
    return found


@needs_manifests
@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: file.stem)
def test_every_real_manifest_becomes_a_scenario_that_hosts_can_carry(file):
    scenario, losses = to_scenario(read_kubernetes([file]), file.stem)
    catalog = catalog_for(scenario)
    assert not unknown_to_catalog(scenario.spec, catalog, topology_of(scenario, catalog))
    assert {pool.locations[0].split("/")[0] for pool in scenario.spec.pools} == {"aws", "azure", "gcp"}
    assert losses
    assert all(admitted(scenario).values())
    text = io.StringIO()
    write_scenario(scenario, text)
    assert parse_scenario(parse(text.getvalue(), "x"), "x") == scenario


@needs_manifests
def test_the_shop_has_all_its_requests():
    result = read_kubernetes([MANIFESTS / "k8s" / "online-boutique.yaml"])
    assert len(result.workloads) == 12
    frontend = next(w for w in result.workloads if w.name == "frontend")
    assert frontend.requests.amounts() == {"cpu": 100, "memory": 64 * 2**20}


@needs_manifests
def test_all_manifests_of_the_sock_shop_together():
    files = [MANIFESTS / "k8s" / f"{name}.yaml" for name in ("sock-shop", "sock-shop-autoscaling")]
    result = read_kubernetes(files)
    assert said(result, "approximated", "autoscaling from 1 to 10")


@needs_manifests
@pytest.mark.parametrize("file", COMPOSE, ids=lambda file: file.stem)
def test_compose_files_are_refused_with_a_sentence(file):
    with pytest.raises(InputError, match="a Compose file, which is not Kubernetes"):
        read_kubernetes([file])


def test_pools_open_over_three_clouds_and_are_said():
    result = imported(deployment("web"))
    scenario, losses = to_scenario(result, "web")
    assert [(pool.name, pool.platform.kind) for pool in scenario.spec.pools] == [
        ("aws", "eks"),
        ("azure", "aks"),
        ("gcp", "gke"),
    ]
    assert all(pool.architectures == ("amd64",) for pool in scenario.spec.pools)
    assert sum(loss.place.startswith("pool ") for loss in losses) == 3


def test_gpu_workloads_get_every_host_type():
    spec = "containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]"
    scenario, _ = to_scenario(imported(deployment("llm", spec)), "llm")
    assert all(pool.host_types == ("*",) for pool in scenario.spec.pools)
    assert admitted(scenario)["llm"]


def test_a_selector_of_processors_opens_both():
    scenario, _ = to_scenario(imported(deployment("a", "nodeSelector: {beta.kubernetes.io/arch: arm64}")), "a")
    assert admitted(scenario)["a"] == {"aws", "azure", "gcp"}
    assert all(not pool.architectures for pool in scenario.spec.pools)
    assert len(scenario.spec.pools) == 3


def test_named_pools_stand_as_named():
    pools = [parse_pool("aws/eu-central-1=m7g.*, c6i.*"), parse_pool("onprem/dc1"), parse_pool("aws/us-east-1")]
    scenario, losses = to_scenario(imported(deployment("web")), "web", pools)
    found = {pool.name: (pool.host_types, pool.purchases) for pool in scenario.spec.pools}
    assert found == {
        "aws-eu-central-1": (("m7g.*", "c6i.*"), ("on_demand",)),
        "onprem": (("*",), ("on_demand", "owned")),
        "aws-us-east-1": (("m*", "c*", "r*"), ("on_demand",)),
    }
    assert scenario.spec.pools[0].architectures == ()
    assert not any(loss.place.startswith("pool ") for loss in losses)


def affinity(*expressions: str) -> str:
    terms = f"nodeSelectorTerms: [{{matchExpressions: [{', '.join(expressions)}]}}]"
    return f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}}}}}"


def test_labels_that_selectors_ask_for_are_given_to_further_pools():
    master = "nodeSelector: {node-role.kubernetes.io/master: ''}"
    result = imported(deployment("a", master), deployment("b", master), deployment("c"))
    scenario, losses = to_scenario(result, "x")
    assert [p.name for p in scenario.spec.pools] == ["aws", "azure", "gcp", "aws-master", "azure-master", "gcp-master"]
    assert not scenario.spec.pools[0].labels
    assert scenario.spec.pools[3].labels == {"node-role.kubernetes.io/master": ""}
    assert scenario.spec.rules == result.rules
    assert any("workload a, b" in loss.place and "master" in loss.what for loss in losses)
    assert all(clouds == {"aws", "azure", "gcp"} for clouds in admitted(scenario).values())


@pytest.mark.parametrize(
    ("expressions", "labels"),
    [
        (["{key: disk, operator: In, values: [ssd, nvme]}"], {"disk": "ssd"}),
        (["{key: cores, operator: Gt, values: ['8']}"], {"cores": "9"}),
        (["{key: cores, operator: Lt, values: ['8']}"], {"cores": "7"}),
        (["{key: fast, operator: Exists}", "{key: old, operator: DoesNotExist}"], {"fast": "true"}),
    ],
)
def test_labels_from_expressions(expressions, labels):
    scenario, _ = to_scenario(imported(deployment("a", affinity(*expressions))), "x")
    assert {tuple(pool.labels.items()) for pool in scenario.spec.pools} == {(), tuple(labels.items())}
    assert admitted(scenario)["a"] == {"aws", "azure", "gcp"}


def test_a_label_of_one_cloud_is_given_to_that_cloud_only():
    spec = "nodeSelector: {cloud.google.com/gke-nodepool: fast}"
    scenario, _ = to_scenario(imported(deployment("a", spec)), "x")
    assert admitted(scenario)["a"] == {"gcp"}


def test_what_a_host_is_cannot_be_labelled_away():
    spec = "nodeSelector: {topology.kubernetes.io/zone: eu-central-1a, kubernetes.io/hostname: n1}"
    result = imported(deployment("a", spec))
    scenario, losses = to_scenario(result, "x")
    assert len(scenario.spec.pools) == 3
    assert scenario.spec.rules == result.rules
    assert any("no host of the scenario can have" in loss.what for loss in losses)


def test_a_daemonset_asks_for_no_labelled_pool():
    scenario, _ = to_scenario(
        imported(deployment("agent", "nodeSelector: {a: b}", kind="DaemonSet"), deployment("web")), "x"
    )
    assert len(scenario.spec.pools) == 3


def test_unknown_storage_classes_lose_their_name_and_known_ones_keep_it():
    claims = [
        f"{{name: {name}, ephemeral: {{volumeClaimTemplate: {{spec: {{storageClassName: {name}, "
        "resources: {requests: {storage: 1Gi}}}}}}"
        for name in ("gp3", "mystery", "own")
    ]
    own = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: own}\nprovisioner: pd.csi.storage.gke.io"
    scenario, losses = to_scenario(imported(deployment("a", f"volumes: [{', '.join(claims)}]"), own), "x")
    assert [claim.storage_class for claim in scenario.spec.workloads[0].volumes] == [("gp3",), (), ("own",)]
    assert [item.name for item in scenario.spec.catalog.storage_classes] == ["own"]
    assert any("mystery" in loss.what and loss.level == "assumed" for loss in losses)


def test_a_resource_that_no_host_has_is_said():
    spec = "containers: [{name: a, resources: {limits: {example.com/fpga: 1}}}]"
    _, losses = to_scenario(imported(deployment("a", spec)), "x")
    assert any("example.com/fpga" in loss.what for loss in losses)


def test_standing_hosts_without_a_price_are_said():
    node = """
        apiVersion: v1
        kind: Node
        metadata: {name: n, labels: {node.kubernetes.io/instance-type: m99.huge}}
        spec: {providerID: "aws:///eu-central-1a/i-1"}
        status: {capacity: {cpu: 4, memory: 16Gi}}
    """
    scenario, losses = to_scenario(imported(node, deployment("a")), "x")
    assert scenario.spec.hosts[0].capacity is not None
    assert any("no on_demand price for type m99.huge" in loss.what for loss in losses)


def test_names_given_twice_are_refused():
    web = imported(deployment("web")).workloads
    with pytest.raises(InputError, match="'web'"):
        to_scenario(Imported(workloads=(*web, *web)), "x")


def test_the_default_regions_are_in_the_catalog():
    regions = {region.path for region in shipped_catalog().regions}
    assert {"aws/eu-central-1", "azure/germanywestcentral", "gcp/europe-west3"} <= regions
