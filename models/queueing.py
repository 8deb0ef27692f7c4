"""How many servers a queue needs: the Erlang C formula (A. K. Erlang, 1917), a pool as an M/M/c queue."""

from __future__ import annotations

from functools import lru_cache
from math import exp

MOST_SERVERS = 100_000


def waiting_probability(servers: int, load: float) -> float:
    """The chance that a job must wait, for `load` erlangs (arrival rate × mean time) on so many servers."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = _one_more(blocked, n, load)
    return _waiting(blocked, servers, load)


@lru_cache(maxsize=4096)
def servers_needed(jobs_per_hour: float, job_minutes: float, share: float, within_seconds: float) -> int:
    """The fewest servers on which at least `share` of the jobs start within `within_seconds`.

    P(wait > t) = C(c, a) · exp(-(c - a) · t / s), with C the Erlang C formula, a the load in erlangs
    and s the mean time of a job. At most `MOST_SERVERS`.
    """
    load = jobs_per_hour * job_minutes / 60
    if load <= 0:
        return 0
    blocked = 1.0
    for servers in range(1, MOST_SERVERS):
        blocked = _one_more(blocked, servers, load)
        late = _waiting(blocked, servers, load) * exp(-max(0.0, servers - load) * within_seconds / (job_minutes * 60))
        if servers > load and late <= 1 - share + 1e-12:
            return servers
    return MOST_SERVERS


def _one_more(blocked: float, servers: int, load: float) -> float:
    """Erlang's B (blocking) for `servers` from that for one fewer: the recursion is stable for any size."""
    return load * blocked / (servers + load * blocked)


def _waiting(blocked: float, servers: int, load: float) -> float:
    """Erlang's C from B."""
    return 1.0 if load >= servers else blocked / (1 - load / servers * (1 - blocked))
