"""A simulator that is slow and plain: every host is asked at every arrival, nothing is kept. For tests."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field


@dataclass
class Container:
    size: tuple[int, ...]
    stay: int
    start: int = 0
    group: int | None = None
    host: int | None = None
    leaves: int | None = None
    asked: int = 0


@dataclass
class Plain:
    """Hosts with what they carry; of a group, at most `most` on a host."""

    capacity: list[tuple[int, ...]]
    order: str
    weight: list[int]
    most: int = 1
    queues: bool = True
    up: list[bool] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    heap: list[tuple[int, int]] = field(default_factory=list)
    dropped: int = 0

    def __post_init__(self) -> None:
        self.up = [True] * len(self.capacity)

    def free(self, h: int) -> list[int]:
        there = [c.size for c in self.containers if c.host == h]
        return [room - sum(size[r] for size in there) for r, room in enumerate(self.capacity[h])]

    def key(self, h: int) -> int:
        free = sum(w * f for w, f in zip(self.weight, self.free(h), strict=True))
        return {"first": h, "best": free, "worst": -free}[self.order]

    def takes(self, h: int, one: Container) -> bool:
        if not self.up[h] or any(f < s for f, s in zip(self.free(h), one.size, strict=True)):
            return False
        return one.group is None or sum(c.host == h and c.group == one.group for c in self.containers) < self.most

    def choose(self, c: int) -> int | None:
        takes = [h for h in range(len(self.capacity)) if self.takes(h, self.containers[c])]
        return min(takes, key=lambda h: (self.key(h), h), default=None)

    def ask(self, c: int, now: int) -> None:
        self.containers[c].asked = now
        h = self.choose(c)
        if h is not None:
            self.put(c, h, now)
        elif self.queues:
            self.waiting.append(c)
        else:
            self.dropped += 1

    def put(self, c: int, h: int, now: int) -> None:
        one = self.containers[c]
        one.host, one.leaves = h, now + one.start + one.stay
        heapq.heappush(self.heap, (one.leaves, c))

    def stir(self, now: int) -> None:
        self.waiting.sort(key=lambda c: (self.containers[c].asked, c))
        for c in self.waiting:
            h = self.choose(c)
            if h is not None:
                self.waiting.remove(c)
                self.put(c, h, now)
                return self.stir(now)
        return None

    def fail(self, h: int, now: int) -> None:
        """All that a host carries asks again, elsewhere."""
        self.up[h] = False
        gone = [c for c, one in enumerate(self.containers) if one.host == h]
        for c in gone:
            self.containers[c].host = self.containers[c].leaves = None
        for c in gone:
            self.ask(c, now)

    def repair(self, h: int, now: int) -> None:
        self.up[h] = True
        self.stir(now)

    def run(self, arrivals: list[tuple[int, Container]], until: int) -> None:
        """Arrivals before a time, departures up to it."""
        for when, one in [*((when, one) for when, one in arrivals if when < until), (until, None)]:
            while self.heap and self.heap[0][0] <= when:
                now, c = heapq.heappop(self.heap)
                if self.containers[c].leaves == now:
                    self.containers[c].host = self.containers[c].leaves = None
                    self.stir(now)
            if one is not None:
                self.containers.append(one)
                self.ask(len(self.containers) - 1, when)
