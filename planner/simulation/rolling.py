"""The rolling update of Kubernetes: new replicas come, and old ones go, within surge and unavailability."""

from __future__ import annotations

from planner.simulation.film import Film
from planner.simulation.versions import Mark, Versions, first_to_go, serving


def roll(film: Film, versions: Versions, surge: int, unavailable: int, mark: Mark) -> None:
    """Kubernetes' rolling update, as far as it goes at one time.

    Never more than `replicas + surge` are there, and none that serves is retired while fewer than
    `replicas - unavailable` would be left: `reconcileNewReplicaSet`, `reconcileOldReplicaSets` with
    `cleanupUnhealthyReplicas`, and `scaleDownOldReplicaSetsForRollingUpdate` of `pkg/controller/deployment/rolling.go`.
    """
    cluster = film.cluster
    while True:
        replicas = versions.replicas(cluster)
        least = replicas - unavailable
        up = min(replicas + surge - versions.there, replicas - len(versions.incoming))
        versions.create(film, up, mark)
        versions.retire(film, first_to_go(cluster, versions.incoming, len(versions.incoming) - replicas))
        new, old = serving(cluster, versions.incoming), serving(cluster, versions.outgoing)
        spare = versions.there - least - (len(versions.incoming) - new)
        if spare <= 0:
            return
        idle = min(spare, len(versions.outgoing) - old)
        going = idle + max(0, min(old, new + old - least))
        if going <= 0:
            return
        versions.retire(film, first_to_go(cluster, versions.outgoing, going))
