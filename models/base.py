"""The common ground of all models: frozen, and strict about unknown keys."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

API_VERSION: Literal["bayplan/v1"] = "bayplan/v1"


class Frozen(BaseModel):
    """A read-only model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Metadata(Frozen):
    """Who a document is: its name and what a reader should know about it."""

    name: str
    description: str = ""
    note: str = ""
