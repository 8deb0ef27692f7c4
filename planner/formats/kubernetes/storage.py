"""Storage: classes, claims, and volumes that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.storage import StorageClass
from models.workload import VolumeClaim
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.podset import PodSet
from planner.formats.kubernetes.requests import amount_in_bytes

_CLOUD_OF_DRIVER = {
    "ebs.csi.aws.com": "aws",
    "kubernetes.io/aws-ebs": "aws",
    "pd.csi.storage.gke.io": "gcp",
    "kubernetes.io/gce-pd": "gcp",
    "disk.csi.azure.com": "azure",
    "kubernetes.io/azure-disk": "azure",
    "dobs.csi.digitalocean.com": "digitalocean",
    "csi.hetzner.cloud": "hetzner",
    "blockvolume.csi.oraclecloud.com": "oci",
}
_SHARED_DRIVERS = ("efs.", "file.", "nfs", "filestore", "cephfs", "azurefile", "azure-file", "glusterfs")
_LOCAL_WORDS = ("no-provisioner", "hostpath", "local", "lvm", "topolvm")
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_HARMLESS_SOURCES = {
    "configMap", "secret", "emptyDir", "projected", "downwardAPI", "persistentVolumeClaim", "ephemeral", "image",
}  # fmt: skip


def cloud_of_driver(driver: str) -> str | None:
    """The cloud whose volumes a driver provisions, or None."""
    return _CLOUD_OF_DRIVER.get(driver)


def storage_class(entry: Entry, name: str, driver: str) -> StorageClass:
    """A storage class in our words, by what its driver is known to be."""
    cloud = _CLOUD_OF_DRIVER.get(driver)
    local = cloud is None and any(word in driver.lower() for word in _LOCAL_WORDS)
    shared = any(word in driver.lower() for word in _SHARED_DRIVERS)
    scope = "host" if local else "any" if shared else "zone"
    return entry.build(StorageClass, name=name, cloud=cloud, scope=scope, source=f"StorageClass with {driver}")


def read_storage_class(item: Object, report: Report) -> StorageClass:
    """Read a StorageClass object."""
    driver = item.entry.get("provisioner").text()
    made = storage_class(item.entry, item.name, driver)
    if driver not in _CLOUD_OF_DRIVER:
        report.assumed(
            str(item), f"the scope of provisioner {driver}", f"its volumes are taken to be of one {made.scope}"
        )
    return made


def default_class(classes: list[Object]) -> str | None:
    """The name of the class that claims without one are given, or None."""
    return next((item.name for item in classes if item.annotations.get(_DEFAULT_CLASS) == "true"), None)


@dataclass(frozen=True)
class ClaimReader:
    """Reads the volume claims of pods.

    Attributes
    ----------
    claims : mapping
        PersistentVolumeClaims by namespace and name.
    default_class : str or None
        What claims without a class are given.
    """

    claims: Mapping[tuple[str, str], Object]
    default_class: str | None
    report: Report

    def of(self, each: PodSet) -> tuple[VolumeClaim, ...]:
        """The claims that every replica of a set brings with it."""
        made = [self._claim(t, t.get("metadata", "name").text("data"), each.place) for t in each.claim_templates]
        taken = {claim.name for claim in made}
        for volume in each.spec.get("volumes").items():
            name = volume.get("name").text()
            self._say_odd_source(volume, each)
            claim = volume.get("persistentVolumeClaim", "claimName").text()
            if claim and name not in taken:
                made.extend(self._existing(claim, name, each))
            elif volume.get("ephemeral"):
                made.append(self._claim(volume.get("ephemeral", "volumeClaimTemplate"), name, each.place))
        return tuple(made)

    def _existing(self, claim: str, name: str, each: PodSet) -> Iterator[VolumeClaim]:
        found = self.claims.get((each.namespace, claim))
        if found is None:
            what = f"claim {claim}, which is not in the input"
            self.report.assumed(each.place, what, "counted as one attached volume of 1Gi without a storage class")
            yield each.spec.get("volumes").build(VolumeClaim, name=name, size=2**30)
            return
        modes = {mode.text() for mode in found.entry.get("spec", "accessModes").items()}
        if modes and not modes & {"ReadWriteOnce", "ReadWriteOncePod"}:
            self.report.dropped(each.place, f"shared volume {claim}", "taken for a file system over the network")
            return
        if self._claims_mounted(name, each) < each.replicas:
            what = f"claim {claim} shared by {each.replicas} replicas"
            self.report.approximated(each.place, what, "each replica is counted with a volume of its own")
        yield self._claim(found.entry, name, each.place)

    @staticmethod
    def _claims_mounted(volume: str, each: PodSet) -> int:
        """How many different claims the pods of a set mount as one volume."""
        mounted = (item for pod in each.templates for item in pod.get("spec", "volumes").items())
        named = (item for item in mounted if item.get("name").text() == volume)
        return len({item.get("persistentVolumeClaim", "claimName").text() for item in named})

    def _claim(self, entry: Entry, name: str, place: str) -> VolumeClaim:
        spec = entry.get("spec")
        size = entry.get("status", "capacity", "storage") or spec.get("resources", "requests", "storage")
        if not size:
            self.report.assumed(place, f"volume claim {name} without a size", "counted with 1Gi")
        for key in ("selector", "dataSource"):
            if spec.get(key):
                self.report.dropped(place, f"{key} of volume claim {name}", "any volume of the class will do")
        amount = amount_in_bytes(size) if size else 2**30
        return entry.build(VolumeClaim, name=name, storage_class=self._class_of(entry), size=amount)

    def _class_of(self, entry: Entry) -> str | None:
        stated = entry.get("spec", "storageClassName")
        beta = entry.get("metadata", "annotations").texts().get(_BETA_CLASS)
        if not stated and beta is None:
            return self.default_class
        return stated.text(beta or "") or None

    def _say_odd_source(self, volume: Entry, each: PodSet) -> None:
        sources = volume.mapping().keys() - {"name"} - _HARMLESS_SOURCES
        for source in sorted(sources):
            if source == "hostPath" and each.model == "daemon_set":
                continue  # a daemonset runs on every host: it finds its path everywhere
            why = "data on the host does not keep the workload there" if source == "hostPath" else "it is not attached"
            self.report.dropped(each.place, f"volume of type {source}", why)
