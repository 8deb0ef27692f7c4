"""Mesos roles and reservations that do not meet."""

from __future__ import annotations

from collections.abc import Iterator

from models.platforms import Mesos
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Roles that no agent keeps anything for, and reservations whose role nobody has."""
    spec = ground.scenario.spec
    standing = ((("spec", "hosts", i), host.name, host.platform) for i, host in enumerate(spec.hosts))
    opened = ((("spec", "pools", i), pool.name, pool.platform) for i, pool in enumerate(spec.pools))
    agents = [(path, name, platform) for path, name, platform in (*opened, *standing) if isinstance(platform, Mesos)]
    reserved = {role for _, _, platform in agents for role in platform.reservations}
    roles = {workload.role for workload in spec.workloads if workload.role is not None}
    for path, workload in ground.workloads:
        if workload.role is not None and workload.role not in reserved:
            unwise = f"{workload.name}: no Mesos agent has reservations for the role {workload.role!r}"
            yield (*path, "role"), unwise, "reserve resources for the role in a Mesos platform, or leave the role out"
    for path, name, platform in agents:
        for role in platform.reservations:
            if role not in roles:
                unwise = f"{name}: what is reserved for the role {role!r} stays empty: no workload has it"
                here = (*path, "platform", "reservations", role)
                yield here, unwise, "give the role to a workload, or drop the reservation"
