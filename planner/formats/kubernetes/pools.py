"""Pools for an imported scenario: what the user names, or a choice of our own that the report says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.catalog import Architecture, Catalog, Purchase
from models.host import Host, HostPool, Taint
from models.reports import Finding
from models.resources import GPU
from models.rules import NodeAffinity, NodeSelector, Rule
from models.topology import is_within
from models.workload import Workload
from planner.errors import InputError
from planner.formats.catalogs.quotes import natural_platform

THREE_CLOUDS = ("aws/eu-central-1", "azure/germanywestcentral", "gcp/europe-west3")
"""Where pools are opened unless the user or the input's own nodes say otherwise: three near regions."""

_GENERAL_TYPES = {
    "aws": ("m*", "c*", "r*"),
    "azure": ("Standard_D*", "Standard_E*", "Standard_F*"),
    "gcp": ("e2-standard-*", "e2-high*", "n2-*", "n2d-*", "n4-*", "c3-*", "c4a-*"),
}
_ARCH = "kubernetes.io/arch"
_CONDITION = "node.kubernetes.io/"
"""Taints with this prefix say how a node is now (cordoned, not ready), not what its group is."""
_OF_ONE_HOST = (
    "kubernetes.io/", "beta.kubernetes.io/", "node.kubernetes.io/", "topology.", "failure-domain.",
    "karpenter.k8s.aws/instance-", "k8s.io/cloud-provider-aws",
)  # fmt: skip
"""Labels with these prefixes say what one host is, not what its group is."""


def parse_pool(text: str) -> HostPool:
    """Read `cloud/region` or `cloud/region=type,type` (types may use `*`) as a pool.

    Raises
    ------
    InputError
        If the text has another shape.
    """
    location, _, types = text.partition("=")
    if "/" not in location.strip("/"):
        raise InputError("--pool", [Finding(("its value",), repr(text), "cloud/region or cloud/region=type,type")])
    patterns = tuple(name.strip() for name in types.split(",") if name.strip())
    return _pool(location.strip("/"), (location.strip("/"),), patterns)


def default_pools(hosts: Sequence[Host], catalog: Catalog) -> tuple[HostPool, ...]:
    """Pools like the node groups of today, in regions that the catalog knows; else over three clouds.

    Hosts of one region, group, purchase option and set of taints make a pool: in the zones where
    they stand, with the taints and the labels that all of them carry.
    """
    groups: dict[tuple[str, str, Purchase, tuple[Taint, ...]], list[Host]] = {}
    for host in hosts:
        region = next((r.path for r in catalog.regions if is_within(host.location, r.path)), None)
        if region is not None and host.releasable:
            taints = tuple(taint for taint in host.taints if not taint.key.startswith(_CONDITION))
            groups.setdefault((region, host.pool, host.purchase, taints), []).append(host)
    alike = [_group_pool(*key, members) for key, members in groups.items()]
    return tuple(alike) or tuple(_pool(path, (path,), ()) for path in THREE_CLOUDS)


def _group_pool(
    region: str, group: str, purchase: Purchase, taints: tuple[Taint, ...], hosts: Sequence[Host]
) -> HostPool:
    shared = set.intersection(*(set(host.labels.items()) for host in hosts))
    labels = {key: value for key, value in sorted(shared) if not key.startswith(_OF_ONE_HOST)}
    pool = _pool(region, tuple(sorted({host.location for host in hosts})), ())
    own = {"purchases": (purchase,), "labels": labels, "taints": taints}
    return pool.model_copy(update=own | ({"name": group} if group else {}))


def fitted(pools: Iterable[HostPool], workloads: Sequence[Workload], rules: Sequence[Rule]) -> tuple[HostPool, ...]:
    """Pools with the host types and architectures that the workloads call for, where none are named."""
    with_gpu = any(workload.requests[GPU] for workload in workloads)
    architectures: tuple[Architecture, ...] = () if _chooses_architecture(rules) else ("amd64",)
    return tuple(
        pool.model_copy(
            update={
                "host_types": pool.host_types or _types(pool, with_gpu=with_gpu),
                "architectures": () if pool.host_types else architectures,
            }
        )
        for pool in _with_names(pools)
    )


def _types(pool: HostPool, *, with_gpu: bool) -> tuple[str, ...]:
    cloud = pool.locations[0].split("/")[0]
    if with_gpu or cloud not in _GENERAL_TYPES:
        return ("*",)
    return _GENERAL_TYPES[cloud]


def _pool(path: str, locations: tuple[str, ...], types: tuple[str, ...]) -> HostPool:
    cloud = path.split("/")[0]
    purchases: tuple[Purchase, ...] = ("on_demand", "owned") if cloud == "onprem" else ("on_demand",)
    return HostPool(
        name=path.replace("/", "-"),
        locations=locations,
        host_types=types,
        purchases=purchases,
        platform=natural_platform(cloud),
    )


def _with_names(pools: Iterable[HostPool]) -> list[HostPool]:
    """Pools named after their cloud alone where no other is there, and no name given twice."""
    pools = list(pools)
    clouds = [pool.locations[0].split("/")[0] for pool in pools]
    taken: dict[str, int] = {}
    named = []
    for pool, cloud in zip(pools, clouds, strict=True):
        unnamed = pool.name == "-".join(pool.locations[0].split("/")[:2])
        name = cloud if unnamed and clouds.count(cloud) == 1 else pool.name
        taken[name] = taken.get(name, 0) + 1
        number = f"-{taken[name]}" if taken[name] > 1 else ""
        named.append(pool.model_copy(update={"name": name + number}))
    return named


def _chooses_architecture(rules: Sequence[Rule]) -> bool:
    """Whether some workload says which processors its images are built for."""
    for rule in rules:
        if isinstance(rule, NodeSelector) and _ARCH in rule.labels:
            return True
        if isinstance(rule, NodeAffinity) and any(e.key == _ARCH for term in rule.terms for e in term):
            return True
    return False
