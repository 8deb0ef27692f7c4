"""The common ground of all models: frozen, and strict about unknown keys."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

Name = Annotated[str, Field(min_length=1, max_length=253)]
API_VERSION: Literal["bayplan/v1"] = "bayplan/v1"


class Frozen(BaseModel):
    """A read-only model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, without what was worked out from the old ones (cached properties)."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Metadata(Frozen):
    """Who a document is: its name and what a reader should know about it."""

    name: str
    description: str = ""
    note: str = ""
