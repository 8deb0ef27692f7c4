"""Room for releases: for one workload at a time, or for all of them at once."""

import numpy as np

from models.rules import ReleaseRoom, rule_label
from planner.problem.draft import Draft, KeptRoom
from planner.problem.forms import HOST, Apart, Limit


def compile_rules(draft: Draft) -> None:
    """Room for the replicas that a release brings beside those that run, where the workload may go.

    One at a time: a room over all hosts as one domain, the same for all workloads. A workload with a limit
    on hosts, or kept apart from others there, has room of its own instead, handed out to hosts on which
    the limit allows it. All at once: that for every workload.
    """
    alone = {
        w for form in draft.forms for w in form.workloads()
        if form.kind in (Limit, Apart) and form.values["level"] == HOST
    }  # fmt: skip
    for rule in draft.rules(ReleaseRoom):
        shared: dict[tuple[object, ...], KeptRoom] = {}
        for w in draft.select(rule.workloads):
            workload = draft.scenario.spec.workloads[w]
            copies = workload.release.room(workload.count) if workload.release else 0
            if not copies:
                continue
            # A row of `admits` is a view: what narrows the workload from here on narrows its room, too.
            kept = KeptRoom(rule_label(rule), workload.demand(), copies, draft.admits[w], None, workload=w)
            if rule.at_once == "all" or w in alone:
                draft.rooms.append(kept)
                continue
            kept.level, kept.workload = draft.partition(np.zeros(len(draft.offerings), dtype=np.int64)), None
            shape = tuple(sorted(kept.shape.amounts().items()))
            alike = shared.setdefault((shape, kept.hosts.tobytes()), kept)
            alike.copies = max(alike.copies, copies)
        draft.rooms.extend(shared.values())
