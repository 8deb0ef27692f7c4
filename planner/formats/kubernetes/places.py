"""Where nodes and volumes stand: node labels to domains of the topology."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.topology import DomainNode, Level
from planner.formats.kubernetes.selectors import modern

REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
ZONE_ID = "topology.k8s.aws/zone-id"
UNKNOWN_REGION, UNKNOWN_ZONE = "cluster", "zone-0"

_CLOUD_OF_PROVIDER = {
    "aws": "aws", "azure": "azure", "gce": "gcp", "digitalocean": "digitalocean", "hcloud": "hetzner", "oci": "oci",
}  # fmt: skip
_CLOUD_OF_LABEL = {
    "eks.amazonaws.com/": "aws", "karpenter.k8s.aws/": "aws", "topology.k8s.aws/": "aws",
    "cloud.google.com/": "gcp", "kubernetes.azure.com/": "azure",
}  # fmt: skip
_ZONE_IN_PROVIDER = re.compile(r"^(?:aws:///|gce://[^/]+/)([^/]+)/")
_AZURE_ZONE = re.compile(r"^(?P<region>.+)-(?P<zone>[1-9])$")


def cloud_of_label(key: str) -> str | None:
    """The cloud whose nodes alone carry a label, or None."""
    return next((cloud for prefix, cloud in _CLOUD_OF_LABEL.items() if key.startswith(prefix)), None)


def modern_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """A node's labels under their present names; an old name never overrides a present one."""
    return {modern(key): value for key, value in labels.items()} | {
        key: value for key, value in labels.items() if modern(key) == key
    }


def region_of_zone(cloud: str, zone: str) -> str:
    """The region that a zone's name tells, or "" (`eu-central-1a`, `europe-west3-b`, `germanywestcentral-1`)."""
    shapes = {"aws": r"^([a-z-]+-\d+)[a-z]$", "gcp": r"^([a-z]+-[a-z]+\d+)-[a-z]$", "azure": r"^([a-z0-9]+)-\d$"}
    match = re.match(shapes.get(cloud, r"(?!)"), zone)
    return match.group(1) if match else ""


@dataclass
class Places:
    """Collects the domains in which something stands, and finds them again by zone name."""

    _levels: dict[str, Level] = field(default_factory=dict)
    _path_of_zone: dict[str, str] = field(default_factory=dict)

    def of_node(self, labels: Mapping[str, str], provider_id: str) -> tuple[str, str]:
        """The location of a node, and what had to be assumed about it ("" for nothing)."""
        cloud = self._cloud(labels, provider_id)
        match = _ZONE_IN_PROVIDER.match(provider_id)
        zone = labels.get(ZONE) or (match.group(1) if match else "")
        region = labels.get(REGION) or region_of_zone(cloud, zone)
        path = self.of_zone(cloud, region, labels.get(ZONE_ID) or zone)
        self._path_of_zone.setdefault(zone, path)
        if not region or not zone:
            lacking = "region" if zone else "zone" if region else "region and zone"
            return path, f"no {lacking}: taken to stand in {path}"
        if cloud == "aws" and ZONE_ID not in labels:
            return path, f"zone {zone} is a name of the account's own: kept beside the catalog's zone ids"
        return path, ""

    def of_zone(self, cloud: str, region: str, zone: str) -> str:
        """The path of a zone, by the names that nodes and volumes give it."""
        steps: list[tuple[str, Level]] = [(cloud, "cloud"), (region or UNKNOWN_REGION, "region")]
        azure = _AZURE_ZONE.match(zone)
        if cloud == "azure" and azure:
            steps.append((azure["zone"], "zone"))
        elif cloud == "azure" and zone in {"", "0"}:
            steps.append(("0", "site"))  # Azure's hosts outside its zones: no spread domain
        else:
            steps.append((zone or UNKNOWN_ZONE, "zone"))
        path = ""
        for name, level in steps:
            path = f"{path}/{name}" if path else name
            self._levels[path] = level
        return path

    def named(self, zone: str) -> str | None:
        """The path of the zone that some node names so."""
        return self._path_of_zone.get(zone)

    def trees(self) -> tuple[DomainNode, ...]:
        """All domains as trees, one for each cloud."""
        return tuple(self._tree(path) for path, level in self._levels.items() if level == "cloud")

    def _tree(self, path: str) -> DomainNode:
        children = (inner for inner in self._levels if inner.rpartition("/")[0] == path)
        level = self._levels[path]
        assert level != "host", "nodes are no domains of their own"
        return DomainNode(
            name=path.rpartition("/")[2], level=level, children=tuple(self._tree(inner) for inner in children)
        )

    @staticmethod
    def _cloud(labels: Mapping[str, str], provider_id: str) -> str:
        scheme = provider_id.partition(":")[0].partition(".")[0]
        if scheme.startswith("ocid"):
            return "oci"
        by_label = next((cloud for key in labels if (cloud := cloud_of_label(key))), "onprem")
        return _CLOUD_OF_PROVIDER.get(scheme, by_label)
