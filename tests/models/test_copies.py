"""Copies of models with other values."""

from __future__ import annotations

from models.rules import Survive
from models.workload import RunnerPool


def test_a_copy_forgets_what_was_worked_out_from_the_old_values() -> None:
    pool = RunnerPool(name="runners", kind="runner_pool", jobs_per_hour=(30.0,), job_minutes=20)
    before = pool.count
    assert pool.model_copy(update={"jobs_per_hour": (300.0,)}).count > before
    assert pool.model_copy().count == pool.count == before


def test_a_copy_keeps_values_and_which_of_them_were_stated() -> None:
    rule = Survive(rule="survive", level="host")
    copied = rule.model_copy(update={"level": "zone"})
    assert (copied.level, rule.level) == ("zone", "host")
    assert copied.model_fields_set == {"rule", "level"}
    assert copied.model_dump(exclude={"level"}) == rule.model_dump(exclude={"level"})
