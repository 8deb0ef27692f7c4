"""Published and computed figures of node allocatable, by platform."""

import pytest
from pydantic import TypeAdapter, ValidationError

from models.catalog import HostType
from models.platforms import (
    GIB,
    MIB,
    Aks,
    BareMetal,
    Eks,
    Gke,
    Hypervisor,
    Kubernetes,
    Platform,
    aks_memory_reserved,
    bracket_cpu,
    gke_memory_reserved,
)
from models.resources import Capacity, Resources

MB = 10**6


def machine(cpu=4, memory="16Gi", name="test", **more):
    capacity = {key: more.pop(key) for key in ("pods", "volumes", "ephemeral_storage") if key in more}
    return HostType(cloud="test", name=name, capacity=Capacity(cpu=cpu, memory=memory, **capacity), **more)


@pytest.mark.parametrize(
    ("cores", "reserved"), [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110), (32, 150), (64, 230), (96, 310)]
)
def test_cpu_reserved_on_eks_and_gke(cores, reserved):
    assert bracket_cpu(cores * 1000, (6, 1, 0.5, 0.25)) == reserved
    assert Eks(kind="eks").kube_reserved(machine(cores))["cpu"] == reserved
    assert Gke(kind="gke").kube_reserved(machine(cores))["cpu"] == reserved


@pytest.mark.parametrize(
    ("cores", "reserved"), [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740)]
)
def test_cpu_reserved_on_aks(cores, reserved):
    assert bracket_cpu(cores * 1000, (6, 4, 2, 1)) == reserved
    assert Aks(kind="aks").kube_reserved(machine(cores))["cpu"] == reserved


def test_shared_core_machines_on_gke_keep_more_back():
    assert Gke(kind="gke").kube_reserved(machine(2, "4Gi", name="e2-medium"))["cpu"] == 1060


@pytest.mark.parametrize(
    ("memory", "reserved"), [(4, 1.0), (8, 1.8), (16, 2.6), (32, 3.56), (64, 5.48), (128, 9.32), (256, 11.88)]
)
def test_memory_reserved_on_gke(memory, reserved):
    assert gke_memory_reserved(memory * GIB) == pytest.approx(reserved * GIB, abs=8)


def test_memory_reserved_on_the_smallest_gke_machines():
    assert gke_memory_reserved(GIB) == 255 * MIB


def test_gke_evicts_beside_what_it_reserves():
    assert Gke(kind="gke").allocatable(machine(4, "16Gi")).memory == pytest.approx((16 - 2.6) * GIB - 100 * MIB, abs=1)


@pytest.mark.parametrize(
    ("memory", "pods", "reserved"), [(4, 30, 650), (8, 70, 1450), (16, 110, 2250), (16, 250, 4000), (64, 250, 5050)]
)
def test_memory_reserved_on_aks(memory, pods, reserved):
    """As the documentation counts, in units of 10^6 bytes."""
    assert aks_memory_reserved(memory * 1000 * MB, pods, unit=MB) == reserved * MB


def test_aks_takes_its_megabytes_as_mebibytes():
    assert aks_memory_reserved(64 * GIB, 250) == 5050 * MIB


def test_aks_before_1_29_keeps_the_brackets_and_evicts_at_750_mib():
    left = Aks(kind="aks", before_1_29=True).allocatable(machine(4, "16Gi")).memory
    assert left == pytest.approx((16 - 2.6) * GIB - 750 * MIB, abs=1)


@pytest.mark.parametrize(
    ("network", "pods"), [("overlay", 250), ("pod_subnet", 110), ("kubenet", 110), ("node_subnet", 30)]
)
def test_pods_on_aks(network, pods):
    assert Aks(kind="aks", network=network).allocatable(machine()).pods == pods


@pytest.mark.parametrize(
    ("name", "nics", "addresses", "pods", "mebibytes"),
    [("m5.large", 3, 10, 29, 574), ("m5.xlarge", 4, 15, 58, 893), ("m5.4xlarge", 8, 30, 234, 2829)],
)
def test_pods_and_memory_reserved_on_eks(name, nics, addresses, pods, mebibytes):
    host = machine(16, "64Gi", name=name, nics=nics, addresses_per_nic=addresses)
    eks = Eks(kind="eks")
    assert eks.max_pods(host) == pods
    assert eks.kube_reserved(host)["memory"] == (mebibytes + 100) * MIB  # and 100 MiB of eviction threshold
    assert eks.allocatable(host).pods == pods


@pytest.mark.parametrize(("cores", "nics", "pods"), [(2, 3, 110), (30, 8, 110), (32, 8, 250), (2, 1, 110)])
def test_prefix_delegation_stops_at_the_recommended_ceiling(cores, nics, pods):
    host = machine(cores, "64Gi", nics=nics, addresses_per_nic=10)
    assert Eks(kind="eks", network="prefix_delegation").max_pods(host) == pods


def test_prefix_delegation_on_a_machine_with_few_addresses():
    host = machine(2, "4Gi", nics=2, addresses_per_nic=2)
    assert Eks(kind="eks", network="prefix_delegation").max_pods(host) == 2 * 16 + 2


def test_volumes_shared_with_network_cards():
    host = machine(nics=3, addresses_per_nic=10, volumes=28, volumes_share_nics=True)
    assert Eks(kind="eks").allocatable(host).volumes == 25
    assert Eks(kind="eks").allocatable(machine(nics=3, addresses_per_nic=10, volumes=28)).volumes == 28


def test_the_example_of_the_kubernetes_documentation():
    """16 CPU, 32Gi, 100Gi leave 14.5 CPU, 28.5Gi, 88Gi ("Reserve Compute Resources", 2026)."""
    profile = Kubernetes(
        kube=Resources(cpu=1, memory="2Gi", ephemeral_storage="1Gi"),
        reserved=Resources(cpu="500m", memory="1Gi", ephemeral_storage="1Gi"),
        eviction_memory="500Mi",
    )
    left = profile.allocatable(machine(16, "32Gi", ephemeral_storage="100Gi"))
    assert left.cpu == 14_500
    assert left.memory == pytest.approx(28.5 * GIB, abs=12 * MIB)
    assert left.memory == 32 * GIB - 3 * GIB - 500 * MIB
    assert left.ephemeral_storage == 88 * GIB
    assert left.pods == 110


def test_a_boot_disk_is_the_ephemeral_storage_of_a_machine_without_its_own():
    assert Kubernetes().allocatable(machine(), 100 * GIB).ephemeral_storage == 90 * GIB
    assert Kubernetes().allocatable(machine(ephemeral_storage="50Gi"), 100 * GIB).ephemeral_storage == 45 * GIB


def test_bare_metal_reserves_only_what_is_stated():
    host = machine(96, "256Gi", pods=110)
    assert BareMetal(kind="bare_metal").allocatable(host).amounts() == host.capacity.amounts()
    left = BareMetal(kind="bare_metal", reserved=Resources(cpu="500m", memory="1Gi", pods=8)).allocatable(host)
    assert (left.cpu, left.memory, left.pods) == (95_500, 255 * GIB, 102)


def test_a_hypervisor_promises_cpu_more_than_once():
    platform = Hypervisor(kind="hypervisor", reserved=Resources(memory="26Gi"), cpu_overcommit=1.5)
    left = platform.allocatable(machine(96, "256Gi"))
    assert (left.cpu, left.memory) == (144_000, 230 * GIB)
    assert platform.runs == "virtual_machines"


def test_a_platform_is_written_as_its_kind():
    adapter = TypeAdapter(Platform)
    assert adapter.validate_python("eks") == Eks(kind="eks")
    assert adapter.validate_python({"kind": "gke", "pods": 64}) == Gke(kind="gke", pods=64)
    with pytest.raises(ValidationError, match="does not match"):
        adapter.validate_python("ecs")
    with pytest.raises(ValidationError, match="256"):
        adapter.validate_python({"kind": "gke", "pods": 300})
