"""Walking a document and the models it is read as side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from models.host import Host
from models.reports import Finding
from models.resources import NAMES, Vector
from models.scenario import REPEATABLE
from models.workload import Workload

TAGS = ("rule", "kind", "strategy")
"""Keys that tell the members of a union apart."""

Step = str | int


@dataclass(frozen=True)
class Spot:
    """One place of a document: its path, what stands there, and the type it should have."""

    path: tuple[Step, ...]
    value: Any
    shape: Any


def models_in(shape: Any) -> Iterator[type[BaseModel]]:
    """The models that a value of this type can be read as."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        yield shape
    elif get_origin(shape) is Annotated:
        yield from models_in(get_args(shape)[0])
    elif get_origin(shape) in (Union, UnionType):
        for member in get_args(shape):
            yield from models_in(member)


def tag_of(model: type[BaseModel]) -> tuple[str, str] | None:
    """The key and value that mark a model in a union (`rule`, `quota`)."""
    for key in TAGS:
        field = model.model_fields.get(key)
        if field is not None and get_origin(field.annotation) is Literal:
            return key, str(get_args(field.annotation)[0])
    return None


def model_at(spot: Spot) -> type[BaseModel] | None:
    """The model that a spot is read as; of a union the one whose tag stands in the document."""
    members = list(models_in(spot.shape))
    if len(members) < 2 or not isinstance(spot.value, dict):
        return members[0] if members else None
    for member in members:
        tag = tag_of(member)
        if tag and spot.value.get(tag[0], _default(member, tag[0])) == tag[1]:
            return member
    return None


def _default(model: type[BaseModel], key: str) -> Any:
    return model.model_fields[key].default


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys that a document may use for a model."""
    if issubclass(model, Vector):
        return [*NAMES, "example.com/resource"]
    more = ["count"] if model in repeated_models() else []
    return [*model.model_fields, *more]


def repeated_models() -> tuple[type[BaseModel], ...]:
    """The models of which one entry with `count: n` stands for many."""
    return (Host, *models_in(Workload))


def follow(root: Spot, location: Sequence[Step]) -> Spot:
    """Go from the root along an error's location, past the steps that only pydantic knows.

    Such a step is the tag of a union's member, a validator's name, or a key that a short form
    (a name instead of a mapping) stands for.
    """
    spot, last = root, len(location) - 1
    tagged = False
    for i, step in enumerate(location):
        if not tagged and _is_tag(spot, step):
            tagged = True
            continue
        onward = _child(spot, step, last=i == last)
        if onward is not None:
            spot, tagged = onward, False
    return spot


def _is_tag(spot: Spot, step: Step) -> bool:
    members = list(models_in(spot.shape))
    return len(members) > 1 and any((tag := tag_of(member)) and tag[1] == step for member in members)


def _child(spot: Spot, step: Step, *, last: bool) -> Spot | None:
    if isinstance(spot.value, dict):
        model = model_at(spot)
        field = model.model_fields.get(str(step)) if model else None
        if step in spot.value or last:
            inner = field.annotation if field else _element(spot.shape)
            return Spot((*spot.path, step), spot.value.get(step), inner)
    elif isinstance(spot.value, list | tuple) and isinstance(step, int) and step < len(spot.value):
        return Spot((*spot.path, step), spot.value[step], _element(spot.shape))
    return None


def _element(shape: Any) -> Any:
    """The type of the elements of a tuple, list or mapping."""
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return _element(arguments[0])
    if origin in (Union, UnionType):
        return next((inner for inner in map(_element, arguments) if inner is not None), None)
    if origin is dict:
        return arguments[1]
    return arguments[0] if origin in (tuple, list) else None


class WrittenEntries:
    """Finds the written entry of a workload or host that came out of one with `count: n`.

    Parameters
    ----------
    data : dict or list
        A scenario as it was written (anything else holds no such entries).
    """

    def __init__(self, data: Any) -> None:
        spec = data.get("spec") if isinstance(data, dict) else None
        lists = {key: spec.get(key) for key in REPEATABLE} if isinstance(spec, dict) else {}
        self._entry = {key: _positions(entries) for key, entries in lists.items() if isinstance(entries, list)}

    def written(self, location: Sequence[Step]) -> tuple[Step, ...]:
        """The location with the index of the written entry instead of the expanded one."""
        path = tuple(location)
        if len(path) > 2 and path[0] == "spec" and isinstance(path[2], int):
            positions = self._entry.get(str(path[1]), [])
            if path[2] < len(positions):
                return ("spec", path[1], positions[path[2]], *path[3:])
        return path

    def place(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings at their written places, each said once."""
        return list(dict.fromkeys(replace(finding, path=self.written(finding.path)) for finding in findings))


def _positions(entries: list[Any]) -> list[int]:
    """For each expanded entry the position of the written one."""
    positions: list[int] = []
    for i, entry in enumerate(entries):
        count = entry.get("count", 1) if isinstance(entry, dict) else 1
        many = isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= 100_000
        positions.extend([i] * (count if many else 1))
    return positions
