"""A value of a foreign document that knows where it stands, so that every refusal names its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.reports import Finding
from planner.errors import InputError

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Entry:
    """One value with its file and path; `value` None means that nothing stands there.

    Parameters
    ----------
    source : str
        The file's name, or `-` for standard input.
    path : tuple of str or int
        Keys and indices from the file's root.
    value : object
        What stands there: a mapping, a list, a scalar or None.
    """

    source: str
    path: tuple[str | int, ...]
    value: Any

    def __bool__(self) -> bool:
        return self.value is not None

    def get(self, *keys: str) -> Entry:
        """The value below these keys, or an entry without value.

        Raises
        ------
        InputError
            If something on the way is no mapping.
        """
        here = self
        for key in keys:
            value = here.mapping().get(key)
            here = Entry(here.source, (*here.path, key), value)
        return here

    def mapping(self) -> dict[str, Any]:
        """The value as a mapping, empty where nothing stands."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):  # with text keys: the readers give no others
            raise self.refuse("a mapping")
        return self.value

    def items(self) -> Iterator[Entry]:
        """The elements of a list, none where nothing stands."""
        if self.value is None:
            return
        if not isinstance(self.value, list | tuple):
            raise self.refuse("a list")
        for i, value in enumerate(self.value):
            yield Entry(self.source, (*self.path, i), value)

    def text(self, default: str = "") -> str:
        """The value as text; numbers and truth values as YAML writes them."""
        if self.value is None:
            return default
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, str | int | float):
            return str(self.value)
        raise self.refuse("text")

    def whole(self, default: int = 0) -> int:
        """The value as a whole number of zero or more."""
        if self.value is None:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self.refuse("a whole number of zero or more")
        return self.value

    def number(self, default: int = 0) -> int:
        """The value as a whole number, which may be negative."""
        if self.value is None:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.refuse("a whole number")
        return self.value

    def flag(self) -> bool:
        """Whether the value is true; absent is false."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.refuse("true or false")
        return self.value

    def texts(self) -> dict[str, str]:
        """A mapping of text to text, as labels and annotations are."""
        return {key: self.get(key).text() for key in self.mapping()}

    def build(self, model: type[_Model], **fields: Any) -> _Model:
        """Make a model from what stands here; what it refuses is refused at this place."""
        try:
            return model(**fields)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise self.refuse(f"{where}: {first['msg']}" if where else first["msg"]) from None

    def refuse(self, expected: str) -> InputError:
        """The error that says what stands here and what should."""
        shown = repr(self.value)
        found = "nothing" if self.value is None else shown if len(shown) <= 60 else f"{shown[:57]}…"
        return InputError(self.source, [Finding(self.path, found, expected)])
