"""A release under way: rolling, blue/green, canary or in place, and back where it fails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.release import BlueGreen, Canary, Rolling, counted
from planner.simulation.agenda import Turn
from planner.simulation.film import SECOND, Film
from planner.simulation.rolling import roll
from planner.simulation.state import CAME, DROPPED, EVICTED, HOST, LEFT, PLACED, SERVING, WANTED
from planner.simulation.versions import Broken, Mark, Versions, serving

COUNTS = [WANTED, SERVING, CAME, PLACED, LEFT, EVICTED, DROPPED]
"""Columns of `State.workloads`."""


@dataclass(frozen=True)
class InPlace:
    """Replica after replica starts anew in its own row, from the last one to the first (Kubernetes StatefulSet)."""

    strategy: str = "in_place"

    def room(self, replicas: int) -> int:
        """Replicas that stand beside the present ones during a release: none."""
        return 0


@dataclass(frozen=True)
class Pace:
    """How often is looked and how long is waited, in milliseconds: see `releases.Releases`."""

    period: int
    deadline: int
    observe: int
    keep: int


@dataclass(eq=False)
class Rollout:
    """One release of one workload.

    Attributes
    ----------
    name : str
        Of the workload.
    release : Rolling, BlueGreen, Canary or InPlace
    versions : Versions
    pace : Pace
    broken : Broken
    share : float
        Of new containers that turn out broken.
    cause : str
        The stream that says which.
    begun, progressed : int
        When it began, and when it last got on.
    since : int or None
        Since when the canaries, or all of the new version beside the old one, serve.
    passed : bool
        Whether the canaries have been observed long enough.
    why : str
        Why it is rolled back; "" while it is not.
    over : bool
    """

    name: str
    release: Rolling | BlueGreen | Canary | InPlace
    versions: Versions
    pace: Pace
    broken: Broken
    share: float
    cause: str
    begun: int
    progressed: int
    since: int | None = None
    passed: bool = False
    why: str = ""
    over: bool = False
    _last: tuple[int, int, int] = (0, 0, 0)
    _counts: tuple[int, ...] = ()

    def sync(self, film: Film) -> None:
        """Do what may be done now; look again after a period, until it is over."""
        if self._is_idle(film):
            film.after(self.pace.period, Turn.RELEASE, self.sync)
            return
        self.versions.look(film.cluster)
        self._mind_progress(film)
        if film.now - self.progressed >= self.pace.deadline:
            self._give_up(film)
        if not self.over:
            self.over = self._go_back(film) if self.why else self._go_on(film)
        self._mind_progress(film)
        self.versions.watch(film.cluster, self._serving(film))
        self._counts = self._counted(film)
        if self.over:
            self._end(film)
        else:
            film.after(self.pace.period, Turn.RELEASE, self.sync)

    # forward and back

    def _go_on(self, film: Film) -> bool:
        """One look at the way forward; whether the release is done."""
        match self.release:
            case BlueGreen():
                return self._blue_green(film)
            case Canary():
                return self._canary(film) and self._roll(film, self._mark)
            case InPlace():
                return self._in_place(film, self._mark)
            case _:
                return self._roll(film, self._mark)

    def _go_back(self, film: Film) -> bool:
        """The same towards the old version."""
        if isinstance(self.release, InPlace):
            return self._in_place(film, self.broken.mend)
        return self._roll(film, self.broken.mend)

    def _blue_green(self, film: Film) -> bool:
        versions = self.versions
        if self.since is None:
            replicas = versions.replicas(film.cluster)
            versions.create(film, replicas - len(versions.incoming), self._mark)
            if serving(film.cluster, versions.incoming) >= replicas:
                self.since = film.now
        if self.since is None or film.now < self.since + self.pace.keep:
            return False
        versions.retire(film, versions.outgoing)
        roll(film, versions, 0, 0, self._mark)
        return True

    def _canary(self, film: Film) -> bool:
        """Whether the canaries have served as long as they are observed."""
        if self.passed:
            return True
        versions, number = self.versions, self._limits(film)[0]
        versions.create(film, number - len(versions.incoming), self._mark)
        if serving(film.cluster, versions.incoming) < number:
            self.since = None
        elif self.since is None:
            self.since = film.now
        if self.since is not None and film.now >= self.since + self.pace.observe:
            self.since, self.passed = None, True
        return self.passed

    def _in_place(self, film: Film, mark: Mark) -> bool:
        versions = self.versions
        ready = serving(film.cluster, versions.incoming) == len(versions.incoming)
        if ready and len(versions.outgoing):
            versions.renew_last(film, mark)
            return False
        return ready

    def _roll(self, film: Film, mark: Mark) -> bool:
        roll(film, self.versions, *self._limits(film), mark)
        return self.versions.is_complete(film.cluster)

    def _limits(self, film: Film) -> tuple[int, int]:
        """Replicas that may be there beyond those that there should be, and that may be missing."""
        replicas, stated = self.versions.replicas(film.cluster), self.release
        surge = stated.room(replicas)
        if not isinstance(stated, Rolling):
            return surge, 0
        missing = counted(stated.max_unavailable, replicas, up=False)
        return surge, 1 if surge == missing == 0 else missing

    def _mark(self, film: Film, container: int) -> None:
        if self.share > 0.0 and film.draw(self.cause).random() < self.share:
            self.broken.mark(film, container)

    def _give_up(self, film: Film) -> None:
        """Turn back; where even the way back leads nowhere, have all of the old version ask, and leave it at that."""
        versions = self.versions
        if self.why:
            if isinstance(self.release, InPlace):
                while len(versions.outgoing):
                    versions.renew_last(film, self.broken.mend)
            else:
                roll(film, versions, 0, versions.replicas(film.cluster), self.broken.mend)
            self.over = True
            return
        homeless = np.any(film.cluster.state.containers[versions.incoming, HOST] < 0)
        self.why = "no room" if homeless else "new containers do not serve"
        versions.turn_back()
        self.since, self.progressed, self._last = None, film.now, self._seen(film)

    # what is seen

    def _is_idle(self, film: Film) -> bool:
        """Whether nothing happened to the workload since the last look, and nothing is due by the clock."""
        due = self.progressed + self.pace.deadline
        if self.since is not None:
            due = self.since + (self.pace.observe if isinstance(self.release, Canary) else self.pace.keep)
        return film.now < due and self._counts == self._counted(film)

    def _counted(self, film: Film) -> tuple[int, ...]:
        """All counts of the workload: whatever happens to a container changes one of them."""
        return tuple(film.cluster.state.workloads[self.versions.workload, COUNTS].tolist())

    def _seen(self, film: Film) -> tuple[int, int, int]:
        versions = self.versions
        return len(versions.incoming), -len(versions.outgoing), serving(film.cluster, versions.incoming)

    def _mind_progress(self, film: Film) -> None:
        """More that are new, fewer that are old, or more of the new that serve: that is progress to Kubernetes, too."""
        seen = self._seen(film)
        if self.since is not None or any(now > was for now, was in zip(seen, self._last, strict=True)):
            self.progressed = film.now
        self._last = seen

    def _serving(self, film: Film) -> int:
        """Of two complete versions side by side, one serves."""
        if isinstance(self.release, BlueGreen):
            versions = self.versions
            return max(serving(film.cluster, versions.incoming), serving(film.cluster, versions.outgoing))
        return int(film.cluster.state.workloads[self.versions.workload, SERVING])

    def _end(self, film: Film) -> None:
        """Tell of it; replicas that come later are of the version that is there."""
        versions = self.versions
        if not self.why:
            for k, new in versions.newer.items():
                film.cluster.renew(k, new)
        film.tell(
            "release",
            workload=self.name,
            strategy=self.release.strategy,
            result="rolled back" if self.why else "done",
            why=self.why,
            seconds=(film.now - self.begun) / SECOND,
            surge=versions.surge,
            least=versions.least,
            waited=len(versions.waited),
            missing=max(0, versions.replicas(film.cluster) - self._serving(film)),
        )
