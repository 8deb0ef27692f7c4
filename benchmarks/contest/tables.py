"""The contest's tables: four csv files without header, plain or packed by gzip or xz.

`app_resources`: app, CPU at each time joined by `|`, memory likewise, disk, P, M, PM.
`machine_resources`: host, CPU, memory, disk, P, M, PM. `instance_deploy`: container, app, host or empty.
`app_interference`: app a, app b, k.
"""

from __future__ import annotations

import csv
import gzip
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tables:
    """A data set in the files' own words and numbers.

    Attributes
    ----------
    apps, hosts : dict of str to int
        Names, with their rows in `need` and `capacity`.
    need : float64[A, 2 * T + 4]
        CPU at each of T times, memory at each, disk, P, M, PM of one container of the app.
    capacity : float64[H, 2 * T + 4]
        Likewise of the host.
    app_of : dict of str to int
        Row of the app of each container, in the file's order.
    current : dict of str to int
        Row of the host of each container that is placed already.
    limits : list of (int, int, int)
        (a, b, k): beside a container of a at most k of b; where a = b, k + 1 as the contest's scorer has it.
    """

    apps: dict[str, int]
    hosts: dict[str, int]
    need: Floats
    capacity: Floats
    app_of: dict[str, int]
    current: dict[str, int]
    limits: list[tuple[int, int, int]]

    @property
    def times(self) -> int:
        """T, the points of a curve."""
        return (self.need.shape[1] - 4) // 2


def read_tables(folder: Path) -> Tables:
    """Read a data set.

    Raises
    ------
    ValueError
        If a file is missing, or a line has too few columns or holds what is no number.
    KeyError
        If a line names an app or a host that is not there.
    """
    apps: dict[str, int] = {}
    need: list[Floats] = []
    for name, cpu, memory, *rest in _rows(folder, "app_resources"):
        apps[name] = len(need)
        need.append(np.array([*cpu.split("|"), *memory.split("|"), *rest], np.float64))
    times = (len(need[0]) - 4) // 2
    hosts: dict[str, int] = {}
    capacity: list[list[float]] = []
    for name, cpu, memory, *rest in _rows(folder, "machine_resources"):
        hosts[name] = len(capacity)
        capacity.append([float(cpu)] * times + [float(memory)] * times + [float(amount) for amount in rest])
    app_of, current = {}, {}
    for name, app, host in _rows(folder, "instance_deploy"):
        app_of[name] = apps[app]
        if host:
            current[name] = hosts[host]
    limits = [(apps[a], apps[b], int(k) + (a == b)) for a, b, k in _rows(folder, "app_interference")]
    return Tables(apps, hosts, np.stack(need), np.array(capacity), app_of, current, limits)


def read_placement(file: Path, tables: Tables) -> dict[str, int]:
    """Read `container,host` lines; of several for one container the last counts."""
    return {line[-2]: tables.hosts[line[-1]] for line in _lines(file) if len(line) >= 2}


def write_placement(file: Path, tables: Tables, placement: dict[str, int]) -> None:
    """Write `container,host` lines."""
    names = list(tables.hosts)
    text = "".join(f"{container},{names[host]}\n" for container, host in placement.items())
    with _opened(file, "wt") as stream:
        stream.write(text)


def _rows(folder: Path, name: str) -> Iterator[list[str]]:
    found = sorted(folder.glob(f"*{name}*.csv*"))
    if len(found) != 1:
        told = ", ".join(file.name for file in found) or "none"
        raise ValueError(f"{folder}: needs one file *{name}*.csv, plain, .gz or .xz; found {told}")
    yield from _lines(found[0])


def _lines(file: Path) -> Iterator[list[str]]:
    with _opened(file, "rt") as stream:
        yield from csv.reader(stream)


def _opened(file: Path, mode: str) -> IO[Any]:
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(file.suffix, open)
    return opener(file, mode, encoding="utf-8", newline="")
