"""Licences: paid for each host that runs one of some workloads, whatever their number.

No form holds them: they are counted by `extras.licences`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.rules import Licence as Rule
from models.rules import rule_label
from models.supply import Offering
from planner.problem.draft import Draft, WorkloadForm, per_hour
from planner.problem.extras.licences import Licence
from planner.problem.forms import Cap

Ints = npt.NDArray[np.int64]


def drafted(draft: Draft, item_sets: Mapping[int, list[int]], first: Sequence[int]) -> tuple[Licence, ...]:
    """The licences over item types and bin types, of which `first` names an offering each."""
    made = []
    for rule, weight, everywhere in zip(_rules(draft), told(draft)[::2], told(draft)[1::2], strict=True):
        items = np.array(
            sorted({i for w in draft.select(rule.workloads) for i in item_sets.get(w, ())}), dtype=np.int64
        )
        made.append(Licence(items, weight[first], everywhere[first].astype(bool), rule_label(rule)))
    return tuple(made)


def told(draft: Draft) -> list[Ints]:
    """int64[O] each, by which licences tell offerings apart: what a host costs, and whether a daemonset needs it."""
    rows: list[Ints] = []
    for rule in _rules(draft):
        rows.append(np.array([_cost(rule, offer) for offer in draft.offerings], dtype=np.int64))
        daemons = [w for w in draft.select(rule.workloads) if draft.scenario.spec.workloads[w].kind == "daemon_set"]
        rows.append(np.asarray(draft.admits[daemons].any(axis=0), dtype=np.int64))
    return rows


def forms(draft: Draft) -> list[WorkloadForm]:
    """Whom each licence speaks of, so that no other replicas are taken as equal to theirs."""
    return [WorkloadForm(Cap, {"licensed": draft.select(rule.workloads)}, {}) for rule in _rules(draft)]


def _rules(draft: Draft) -> list[Rule]:
    return list(draft.rules(Rule))


def _cost(rule: Rule, offer: Offering) -> int:
    """Micro-USD per hour for one host; a started vCPU is a core."""
    return per_hour(rule.per_month * (-(-offer.capacity.cpu // 1000) if rule.per == "core" else 1))
