"""What fleets are placed on: one region of each cloud, or a host type of one's own."""

from __future__ import annotations

from typing import Any

from planner.formats.catalogs import shipped_catalog

REGIONS = {
    "aws": "aws/eu-central-1/euc1-az1",
    "gcp": "gcp/europe-west3/europe-west3-a",
    "azure": "azure/germanywestcentral/1",
}
"""A zone in Frankfurt of each cloud; with rules over zones, all three zones of its region."""
PLATFORMS = {"aws": "eks", "gcp": "gke", "azure": "aks"}
LARGEST = {"one": 56 * 1024, "aws": 64 * 1024, "gcp": 64 * 1024, "azure": 64 * 1024, "all": 64 * 1024}
"""The most memory of a container, MiB: what the largest hosts hold."""
OWN = {
    "host_types": [{
        "cloud": "own", "name": "node",
        "capacity": {"cpu": "15890m", "memory": "57Gi", "network": 10_000, "iops": 20_000},
    }],
    "regions": [{"cloud": "own", "name": "site", "zones": ["a", "b", "c"]}],
    "prices": [{
        "cloud": "own", "region": "site", "host_type": "node", "purchase": "owned",
        "per_hour": "0.50", "as_of": "2026-11-01",
    }],
}  # fmt: skip


def supply(types: str, *, zoned: bool) -> dict[str, Any]:
    """Pools, own catalog rows and goals of a scenario: fewest hosts of one type, least cost of many."""
    if types == "one":
        place = "own/site" if zoned else "own/site/a"
        pool = {"name": "own", "locations": [place], "purchases": ["owned"], "platform": {"kind": "bare_metal"}}
        return {"pools": [pool], "catalog": OWN, "goals": ["unplaced", "hosts"]}
    clouds = REGIONS if types == "all" else {types: REGIONS[types]}
    return {"pools": [_pool(cloud, zone, zoned=zoned) for cloud, zone in clouds.items()]}


def _pool(cloud: str, zone: str, *, zoned: bool) -> dict[str, Any]:
    """Every type of a cloud without GPUs, on demand."""
    types = [row.name for row in shipped_catalog().host_types if row.cloud == cloud and not row.capacity.gpu]
    place = zone.rpartition("/")[0] if zoned else zone
    return {"name": cloud, "locations": [place], "host_types": types, "platform": PLATFORMS[cloud]}
