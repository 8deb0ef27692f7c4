"""Volumes that exist today."""

from pydantic import Field

from models.base import Frozen, Name
from models.units import Bytes


class Volume(Frozen):
    """A volume that exists and holds data of one replica.

    `location` is the domain it stands in (a zone, or deeper), or `host` names the standing host
    whose local disk holds it.
    """

    name: Name
    workload: Name
    replica: int = Field(default=0, ge=0, description="ordinal of the replica that owns it")
    storage_class: str | None = None
    size: Bytes
    location: str | None = None
    host: str | None = None
