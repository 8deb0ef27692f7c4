"""Persistent volumes that are bound, read as volumes that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.storage import StorageClass
from models.volume import Volume
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.neighbours import LEVEL_OF
from planner.formats.kubernetes.nodes import Nodes
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.places import region_of_zone
from planner.formats.kubernetes.podset import PodSet, workload_names
from planner.formats.kubernetes.requests import amount_in_bytes
from planner.formats.kubernetes.selectors import HOSTNAME, modern
from planner.formats.kubernetes.storage import cloud_of_driver, storage_class

_IN_TREE = {
    "awsElasticBlockStore": "kubernetes.io/aws-ebs",
    "gcePersistentDisk": "kubernetes.io/gce-pd",
    "azureDisk": "kubernetes.io/azure-disk",
    "local": "kubernetes.io/no-provisioner",
    "hostPath": "kubernetes.io/host-path",
}


@dataclass(frozen=True)
class Existing:
    """Volumes that exist, and the storage classes that their drivers tell."""

    volumes: tuple[Volume, ...]
    storage_classes: tuple[StorageClass, ...]


def existing_volumes(objects: Iterable[Object], sets: Sequence[PodSet], nodes: Nodes, cluster: Cluster) -> Existing:
    """Read every bound PersistentVolume whose claim a pod of the input uses."""
    objects = list(objects)
    users = dict(_users(sets))
    bound = {item.entry.get("spec", "volumeName").text(): key for key, item in cluster.claims.claims.items()}
    volumes, classes = [], {}
    for item in objects:
        if item.kind != "PersistentVolume":
            continue
        spec = item.entry.get("spec")
        claim = bound.get(item.name) or (
            spec.get("claimRef", "namespace").text(),
            spec.get("claimRef", "name").text(),
        )
        if claim not in users:
            cluster.report.assumed(str(item), "volume that no pod of the input uses", "it keeps nothing in its place")
            continue
        volume = _volume(item, users[claim], nodes, cluster)
        if volume is not None:
            volumes.append(volume)
            name = spec.get("storageClassName").text()
            if name:
                classes[name] = storage_class(spec, name, _driver(spec))
    return Existing(tuple(volumes), tuple(classes.values()))


def _users(sets: Sequence[PodSet]) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    """Workload name and ordinal of the replica that uses a claim, by the claim's namespace and name."""
    for each, name in zip(sets, workload_names(sets), strict=True):
        for template in each.claim_templates:
            stem = f"{template.get('metadata', 'name').text('data')}-{each.name}"
            for ordinal in range(each.replicas):
                yield (each.namespace, f"{stem}-{ordinal}"), (name, ordinal)
        if each.model == "daemon_set":
            continue
        for ordinal, pod in enumerate(each.templates):
            for volume in pod.get("spec", "volumes").items():
                claim = volume.get("persistentVolumeClaim", "claimName").text()
                if claim:
                    yield (each.namespace, claim), (name, ordinal)


def _volume(item: Object, user: tuple[str, int], nodes: Nodes, cluster: Cluster) -> Volume | None:
    spec = item.entry.get("spec")
    modes = {mode.text() for mode in spec.get("accessModes").items()}
    if modes and not modes & {"ReadWriteOnce", "ReadWriteOncePod"}:
        return None  # a file system over the network; its claim has been reported
    place = dict(_place(item, nodes, cluster))
    if not place:
        cluster.report.dropped(str(item), "volume without a place", "it keeps its replica nowhere")
        return None
    return spec.build(
        Volume,
        name=item.name,
        workload=user[0],
        replica=user[1],
        storage_class=spec.get("storageClassName").text() or None,
        size=amount_in_bytes(spec.get("capacity", "storage")),
        **place,
    )


def _place(item: Object, nodes: Nodes, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """The host or the location where a volume's node affinity lets it be attached."""
    spec = item.entry.get("spec")
    zones = []
    for term in spec.get("nodeAffinity", "required", "nodeSelectorTerms").items():
        for expression in term.get("matchExpressions").items():
            key = modern(expression.get("key").text())
            values = [value.text() for value in expression.get("values").items()]
            if key == HOSTNAME and values and values[0] in nodes.by_hostname:
                yield "host", nodes.by_hostname[values[0]]
                return
            if LEVEL_OF.get(key) == "zone":
                zones.extend(values)
    if not zones:
        zones = [value for key, value in item.labels.items() if LEVEL_OF.get(modern(key)) == "zone"]
    places = list(dict.fromkeys(path for zone in zones if (path := _zone(zone, spec, nodes))))
    if len(places) > 1:
        cluster.report.approximated(str(item), f"volume in {len(places)} zones", f"kept in the first, {places[0]}")
    if places:
        yield "location", places[0]


def _zone(zone: str, spec: Entry, nodes: Nodes) -> str | None:
    known = nodes.places.named(zone)
    cloud = cloud_of_driver(_driver(spec))
    region = region_of_zone(cloud or "", zone)
    if known or cloud is None or not region:
        return known
    return nodes.places.of_zone(cloud, region, zone)


def _driver(spec: Entry) -> str:
    in_tree = next((driver for key, driver in _IN_TREE.items() if spec.get(key)), "")
    return spec.get("csi", "driver").text(in_tree)
