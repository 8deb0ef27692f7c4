"""The pull-request summary: complete where it fits, cut where it does not, harmless always."""

from __future__ import annotations

import pytest
from builders import plan, scenario, service, slot

from models.base import Metadata
from models.plan import Conflict, Figures, Reason, Unplaced
from planner.cli.markdown import MOST_BYTES, summary


def made(left_out: int = 0, **status):
    case = scenario(service(replicas=4))
    entries = tuple(
        Unplaced(
            workload=f"workload-{n}", replicas=1, candidates=40,
            reasons=(Reason(rule="capacity", hosts=40, detail="short 350m CPU on 40"),),
            smallest_change="ask for 350m CPU less",
        )
        for n in range(left_out)
    )  # fmt: skip
    return plan(case, slot("h1", {"web": 4}), unplaced_workloads=entries, unplaced=left_out, **status)


def test_it_holds_what_a_reviewer_wants():
    before = Figures(hosts=12, replicas=4, density=0.33, cost_per_month="1752.00")
    text = summary(made(1, before=before))
    for part in ("| hosts | 12 | **1** |", "| cost a month | $1,752.00 | **$146.00** |", "| unplaced |",
                 "`workload-0`: 1 replica (of 40 candidate hosts: 40 capacity: short 350m CPU on 40)",
                 "Smallest change: ask for 350m CPU less."):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("count", [1, 300, 20_000])
def test_it_stays_under_the_limit_and_cuts_details_first(count):
    text = summary(made(count))
    assert len(text.encode()) <= MOST_BYTES
    assert "| hosts | 1 |" in text
    assert f"Left out: {count:,} replica" in text
    assert ("more\n" in text) == (count == 20_000)


def test_foreign_names_are_no_markup():
    evil = "`*|x|*` <script> @everyone [link](http://x) \x1b"
    text = summary(made(conflicts=(Conflict(workloads=(evil,), rules=(), message=f"{evil}: no"),)).model_copy(
        update={"metadata": Metadata(name=evil)}))  # fmt: skip
    assert "<script>" not in text.replace(text.splitlines()[0], "")
    assert text.splitlines()[0].count("`") == 2
    assert "@everyone" not in text.partition("\n")[2]
    assert "\\[link\\](http" in text
    assert "\x1b" not in text
