"""Film documents: what they take, what they refuse, and that their policies are those that there are."""

from typing import get_args

import pytest
from pydantic import ValidationError

from models.film import Film, FilmSpec, Policy
from planner.errors import InputError
from planner.formats.documents import parse_film
from planner.simulation.policies.named import PLACING


def film(**spec):
    return {"apiVersion": "bayplan/v1", "kind": "Film", "metadata": {"name": "film"}, "spec": spec}


def test_an_empty_film_is_a_quiet_week():
    spec = Film.model_validate(film()).spec
    assert (spec.days, spec.seeds, spec.policies, spec.provision) == (7, 1, ("kubernetes",), None)


def test_the_policies_are_those_that_there_are():
    assert set(get_args(Policy)) == set(PLACING)


@pytest.mark.parametrize(
    "spec",
    [
        {"policies": ["kubernetes", "kubernetes"]},
        {"policies": []},
        {"policies": ["magic"]},
        {"days": 0},
        {"faults": {"outages": [{"where": "a", "at_hours": 1, "hours": 1, "share": 2}]}},
        {"prices": {"changes": [{"at_hours": 1}]}},
        {"prices": {"changes": [{"at_hours": 1, "factor": 2, "per_hour": 1}]}},
    ],
)
def test_what_makes_no_sense_is_refused(spec):
    with pytest.raises(ValidationError):
        FilmSpec.model_validate(spec)


def test_an_unknown_word_is_told_with_its_place():
    with pytest.raises(InputError, match="fault"):
        parse_film(film(fault={}), "film.yaml")
