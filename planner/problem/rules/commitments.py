"""Commitments: what they cover costs nothing by the hour, as far as they reach; their fees are fixed.

Solvers pack by that picture (see `problem.covered`). What a plan really costs, by the commitments applied to
its hosts in their order, part of a host at the end, is counted by `extras.commitments`, which also says how
far the two may differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from planner.problem.covered import MICRO, most_of, selects, weight_of
from planner.problem.draft import Draft
from planner.problem.extras.commitments import FULL, Commitment, quota_label

Ints = npt.NDArray[np.int64]


def compile_rules(draft: Draft) -> None:
    """A quota on what each commitment covers, and its fee."""
    for commitment in draft.scenario.spec.commitments:
        draft.fixed += int(commitment.per_hour * MICRO)
        weight = [weight_of(commitment, offer) if offer.covered == commitment.name else 0 for offer in draft.offerings]
        if any(weight):
            draft.quota(np.array(weight, dtype=np.int64), most_of(commitment), quota_label(commitment.name))


def drafted(draft: Draft, first: Sequence[int]) -> tuple[Commitment, ...]:
    """The commitments over bin types, of which `first` names an offering each."""
    rows = told(draft)
    return tuple(
        Commitment(
            bins=rows[1 + n][first].astype(bool),
            list_price=rows[0][first],
            hosts=commitment.covers_hosts or 0,
            spend=int((commitment.spend_per_hour or 0) * MICRO),
            off=int(Decimal(str(commitment.percent or 0)) * FULL / 100),
            rule=commitment.name,
        )
        for n, commitment in enumerate(draft.scenario.spec.commitments)
    )


def told(draft: Draft) -> list[Ints]:
    """int64[O] each, by which commitments tell offerings apart: the list price, then who selects them."""
    commitments = draft.scenario.spec.commitments
    if not commitments:
        return []
    rows: list[list[int]] = [[int(offer.per_hour * MICRO) for offer in draft.offerings]]
    rows += [[int(selects(commitment, offer)) for offer in draft.offerings] for commitment in commitments]
    return [np.array(row, dtype=np.int64) for row in rows]
