"""What a pod asks of its node.

The effective request of a pod is, for each resource,
max(sum of app containers and sidecars, largest init step),
where an init step is one init container together with the sidecars (init containers with
`restartPolicy: Always`) started before it. The pod's overhead comes on top; workloads have a
word of its own for it. Source: Kubernetes "Init Containers", section "Resource sharing within
containers"; KEP-753 "Sidecar containers"; "Pod Overhead".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from models.resources import CPU, EPHEMERAL_STORAGE, MEMORY, Resources
from models.units import format_bytes, format_milli, parse_bytes
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Defaults, Report

NOTHING = Resources()
_PLAIN = {"cpu", "memory", "ephemeral-storage"}


def largest(*vectors: Resources) -> Resources:
    """The greater amount of each resource."""
    names = {name for vector in vectors for name in vector.amounts()}
    return Resources.of({name: max(vector[name] for vector in vectors) for name in sorted(names)})


def total(vectors: Iterable[Resources]) -> Resources:
    """The sum of vectors."""
    return reduce(Resources.plus, vectors, NOTHING)


def effective_request(apps: Sequence[Resources], inits: Sequence[tuple[Resources, bool]] = ()) -> Resources:
    """The effective request of a pod, its overhead aside.

    Parameters
    ----------
    apps : sequence of Resources
        Requests of the app containers.
    inits : sequence of (Resources, bool)
        Requests of the init containers in their order; true marks a sidecar.
    """
    sidecars, peak = NOTHING, NOTHING
    for request, restartable in inits:
        step = sidecars.plus(request)
        peak = largest(peak, step)
        if restartable:
            sidecars = step
    return largest(sidecars.plus(total(apps)), peak)


def pod_request(spec: Entry, defaults: Defaults, place: str, report: Report) -> Resources:
    """The effective request that a pod spec states, overhead aside, with defaults where it is silent."""
    pod_level = _stated(spec.get("resources"), place, report)
    covered = pod_level.amounts()
    apps = [_container(c, defaults, covered, place, report) for c in spec.get("containers").items()]
    inits = [
        (_container(c, defaults, covered, place, report), c.get("restartPolicy").text() == "Always")
        for c in spec.get("initContainers").items()
    ]
    if not apps:
        raise spec.get("containers").refuse("at least one container")
    effective = effective_request(apps, inits)
    if covered:  # pod-level resources replace the sum of the containers' (Kubernetes 1.34)
        effective = Resources.of({**effective.amounts(), **covered})
    return _with_scratch_space(spec, effective, place, report)


def pod_limits(spec: Entry, place: str, report: Report) -> Resources | None:
    """The limits of the app containers and sidecars together; None unless all state one."""
    running = [
        *spec.get("containers").items(),
        *(c for c in spec.get("initContainers").items() if c.get("restartPolicy").text() == "Always"),
    ]
    limits = [_amounts(c.get("resources", "limits"), place, report) for c in running]
    if not limits:
        return None
    shared = set.intersection(*(set(limit.amounts()) for limit in limits))
    summed = total(limits).amounts()
    return Resources.of({name: summed[name] for name in summed if name in shared}) if shared else None


def _container(container: Entry, defaults: Defaults, covered: dict[str, int], place: str, report: Report) -> Resources:
    stated = _stated(container.get("resources"), place, report).amounts()
    asked = container.get("resources", "requests").mapping().keys() | container.get("resources", "limits").mapping()
    filled = {CPU: (defaults.cpu, format_milli), MEMORY: (defaults.memory, format_bytes)}
    for name, (amount, written) in filled.items():
        if name in asked or name in covered:
            continue
        stated[name] = amount
        each = f"each such container is counted with {written(amount)}; more than that in truth overfills hosts"
        report.assumed(place, f"no {name} request", each)
    return Resources.of(stated)


def _stated(resources: Entry, place: str, report: Report) -> Resources:
    """Requests, and limits where a request is missing, as the API server fills them in."""
    requests = _amounts(resources.get("requests"), place, report).amounts()
    limits = _amounts(resources.get("limits"), place, report).amounts()
    explicit = {_name(key) for key in resources.get("requests").mapping()}
    return Resources.of({**{k: v for k, v in limits.items() if k not in explicit}, **requests})


def _name(key: str) -> str:
    return key.replace("-", "_") if key in _PLAIN else key


def _amounts(entry: Entry, place: str, report: Report) -> Resources:
    known = {}
    for key, value in entry.mapping().items():
        if key in _PLAIN or "/" in key:
            known[key] = value
        elif key.startswith("hugepages-"):
            report.dropped(place, f"request for {key}", "huge pages of hosts are not planned")
        else:
            report.dropped(place, f"request for {key!r}", "Kubernetes knows no such resource")
    return entry.build(Resources, **known)


def _with_scratch_space(spec: Entry, request: Resources, place: str, report: Report) -> Resources:
    """Count the size limits of emptyDir volumes where no container asks for ephemeral storage."""
    sizes = 0
    for volume in spec.get("volumes").items():
        limit = volume.get("emptyDir", "sizeLimit")
        if limit and volume.get("emptyDir", "medium").text() != "Memory":
            sizes += amount_in_bytes(limit)
    if not sizes or request[EPHEMERAL_STORAGE]:
        return request
    report.approximated(
        place, "emptyDir size limits", f"counted as a request for {format_bytes(sizes)} of ephemeral storage"
    )
    return request.plus(Resources.of({EPHEMERAL_STORAGE: sizes}))


def amount_in_bytes(entry: Entry) -> int:
    """A quantity of bytes.

    Raises
    ------
    InputError
        If it is no quantity.
    """
    try:
        return parse_bytes(entry.value)
    except ValueError:
        raise entry.refuse("a quantity such as 10Gi") from None
