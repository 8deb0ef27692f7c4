"""Container images that crowd the boot disk of a host."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest

from models.units import format_bytes
from planner.lint.ground import Ground, Path

COLLECTED_ABOVE = 0.85
"""Share of the disk above which the kubelet removes images (KubeletConfiguration `imageGCHighThresholdPercent`)."""
_KUBELETS = ("kubernetes", "eks", "gke", "aks")


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Single images against the largest boot disk; all that a host may need at once against each pool's."""
    sizes: dict[str, int] = {}
    spec = ground.scenario.spec
    largest = max([*(pool.boot_disk for pool in spec.pools), *(host.boot_disk for host in spec.hosts)], default=0)
    for path, workload in ground.workloads:
        if workload.image is None or workload.kind == "virtual_machine":
            continue
        size = workload.image.size
        sizes[workload.image.name] = max(size, sizes.get(workload.image.name, 0))
        if size > largest:
            unwise = f"{workload.name}: its image takes {_gib(size)}, the largest boot disk has {_gib(largest)}"
            yield (*path, "image"), unwise, "make the image smaller, or the boot_disk of a pool larger"
    for i, pool in enumerate(spec.pools):
        if not sizes or pool.platform.kind not in _KUBELETS:
            continue
        pods = max((o.allocatable.pods or len(sizes) for o in ground.offers if o.pool == pool.name), default=0)
        together = sum(nlargest(pods, sizes.values()))
        if together > pool.boot_disk * COLLECTED_ABOVE and pool.boot_disk:
            unwise = (
                f"the images of what may run on one host take {_gib(together)} of {_gib(pool.boot_disk)}; "
                "above 85 % the kubelet removes images, which are pulled again"
            )
            larger = format_bytes(-(-int(together / COLLECTED_ABOVE) // 2**30) * 2**30)
            yield ("spec", "pools", i, "boot_disk"), unwise, f"set boot_disk to {larger} or more"


def _gib(size: int) -> str:
    return f"{size / 2**30:,.1f} GiB"
