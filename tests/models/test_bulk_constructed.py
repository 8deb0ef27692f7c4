"""Many instances at once are as those made one by one."""

from models.bulk import constructed
from models.plan import Reason


def test_an_instance_of_known_values_is_as_pydantic_makes_it():
    values = {"rule": "taints", "hosts": 3, "detail": "three hosts"}
    made, usual = constructed(Reason, set(values), dict(values)), Reason(**values)
    assert made == usual
    assert made.model_dump_json() == usual.model_dump_json()
    assert made.model_copy(update={"hosts": 4}) == usual.model_copy(update={"hosts": 4})
    assert hash(made) == hash(usual)
