"""Release strategies and disruption budgets: counts, percentages and which way they round."""

import pytest
from pydantic import TypeAdapter, ValidationError

from models.release import DisruptionBudget, Release, counted
from models.workload import Service


def release(**stated):
    return TypeAdapter(Release).validate_python(stated)


@pytest.mark.parametrize(
    ("value", "replicas", "up", "meant"),
    [(3, 10, True, 3), ("25%", 10, True, 3), ("25%", 10, False, 2), ("0%", 9, True, 0), ("100%", 7, False, 7),
     ("1%", 1, True, 1), ("99%", 1, False, 0), ("150%", 3, True, 5), ("50%", 0, True, 0)],
)  # fmt: skip
def test_percentages_are_of_the_replicas_and_round_as_asked(value, replicas, up, meant):
    assert counted(value, replicas, up=up) == meant


@pytest.mark.parametrize(
    ("stated", "replicas", "room"),
    [
        ({"strategy": "rolling"}, 10, 3),  # Kubernetes' default of 25 %: 2.5, rounded up
        ({"strategy": "rolling"}, 1, 1),
        ({"strategy": "rolling", "max_surge": 0, "max_unavailable": 1}, 10, 0),
        ({"strategy": "rolling", "max_surge": 4}, 10, 4),
        ({"strategy": "blue_green"}, 10, 10),
        ({"strategy": "canary"}, 10, 1),
        ({"strategy": "canary"}, 11, 2),
        ({"strategy": "canary", "replicas": "0%"}, 10, 1),
        ({"strategy": "canary", "replicas": 3}, 10, 3),
        ({"strategy": "canary"}, 0, 0),
        ({"strategy": "blue_green"}, 0, 0),
    ],
)
def test_the_room_of_a_release(stated, replicas, room):
    assert release(**stated).room(replicas) == room


def test_a_workload_reads_its_strategy_and_refuses_what_is_none():
    web = Service(name="web", replicas=8, release={"strategy": "canary", "replicas": "20%"})
    assert web.release is not None
    assert web.release.room(web.count) == 2
    with pytest.raises(ValidationError, match="Input tag 'big_bang'"):
        release(strategy="big_bang")
    with pytest.raises(ValidationError, match="pattern"):
        release(strategy="rolling", max_surge="a quarter")


@pytest.mark.parametrize(
    ("stated", "replicas", "allowed"),
    [
        ({"min_available": "50%"}, 7, 3),  # Kubernetes' own example: 50 % of 7 is 4 that stay
        ({"max_unavailable": "50%"}, 7, 4),  # and 4 that may be away: both round up
        ({"min_available": 2}, 3, 1),
        ({"min_available": 3}, 2, 0),
        ({"max_unavailable": 5}, 3, 3),
        ({"max_unavailable": 0}, 3, 0),
    ],
)
def test_how_many_replicas_a_drain_may_take(stated, replicas, allowed):
    assert DisruptionBudget(**stated).allowed(replicas) == allowed


@pytest.mark.parametrize("stated", [{}, {"min_available": 1, "max_unavailable": 1}])
def test_a_budget_says_one_of_both(stated):
    with pytest.raises(ValidationError, match="either min_available or max_unavailable"):
        DisruptionBudget(**stated)
