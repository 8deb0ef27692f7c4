"""Families: workloads that are one thing many times over, `db-s-1` to `db-s-240`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from models.resources import Resources

_NUMBERED = re.compile(r"(.+)-(\d+)", re.DOTALL)


def families_of(workloads: Iterable[str], demand: Mapping[str, Resources], most: int) -> dict[str, tuple[str, ...]]:
    """Join workloads whose names differ in a trailing number only, where there are more than `most`.

    Parameters
    ----------
    workloads : iterable of str
    demand : mapping of str to Resources
        What one replica takes, by workload, as far as it is known.
    most : int
        So many workloads can be told apart one by one.

    Returns
    -------
    dict of str to tuple of str
        Members in the order of their numbers, by the name of the family: `db-s-*`, or for a
        workload without kin its own. If all were of one family but ask for different amounts,
        each stays by itself: a picture in one colour would hide what differs.
    """
    names = sorted(workloads, key=_by_number)
    alone: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    if len(names) <= most:
        return alone
    kin: dict[str, list[str]] = {}
    for name in names:
        numbered = _NUMBERED.fullmatch(name)
        kin.setdefault(f"{numbered[1]}-*" if numbered else name, []).append(name)
    found = {family if len(members) > 1 else members[0]: tuple(members) for family, members in kin.items()}
    alike = all(demand.get(name) == demand.get(names[0]) for name in names)
    return found if len(found) > 1 or alike else alone


def _by_number(name: str) -> tuple[str, int, str]:
    numbered = _NUMBERED.fullmatch(name)
    return (numbered[1], int(numbered[2][:4000]), name) if numbered else (name, -1, name)
