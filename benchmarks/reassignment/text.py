"""The contest's text formats: a model, and assignments of its processes; plain, or compressed by xz or gzip.

ROADEF/EURO challenge 2012, problem description, section 4. All numbers are integers, in one stream.
"""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.solvers.reassign import Reassignment

Integers = NDArray[np.int64]

_OPENERS = {".xz": lzma.open, ".gz": gzip.open}


class _Stream:
    """Numbers, taken from the front."""

    def __init__(self, file: Path) -> None:
        self.file, self.numbers, self.at = file, read_numbers(file), 0

    def take(self, count: int) -> Integers:
        """Take the next numbers.

        Raises
        ------
        ValueError
            Where the file has no more.
        """
        taken = self.numbers[self.at : self.at + count]
        if count < 0 or len(taken) < count:
            raise ValueError(f"{self.file}: ends early, or has a wrong count before number {self.at + 1}")
        self.at += count
        return taken

    def table(self, rows: int, columns: int) -> Integers:
        """Take the next numbers as rows."""
        return self.take(rows * columns).reshape(rows, columns)

    def one(self) -> int:
        """Take one number."""
        return int(self.take(1)[0])


def read_numbers(file: Path) -> Integers:
    """All numbers of a file.

    Raises
    ------
    ValueError
        Where there is something else in it.
    """
    opened = _OPENERS.get(file.suffix, open)
    with opened(file, "rb") as stream:  # type: ignore[operator]
        text = stream.read()
    if text.translate(None, b"0123456789- \t\r\n"):
        raise ValueError(f"{file}: holds more than integers and white space")
    return np.fromstring(text, dtype=np.int64, sep=" ")


def read_problem(model: Path, assignment: Path) -> Reassignment:
    """Read a model and the assignment to start from.

    Raises
    ------
    ValueError
        Where a file is cut off, too long, or names something that does not exist.
    """
    stream = _Stream(model)
    resources = stream.one()
    kinds = stream.table(resources, 2)
    machines = stream.one()
    hosts = stream.table(machines, 2 + 2 * resources + machines)
    spread, depends = _services(stream)
    tasks = stream.table(stream.one(), 2 + resources)
    balance = stream.table(stream.one(), 4)
    weights = stream.take(3)
    if stream.at < len(stream.numbers):
        raise ValueError(f"{model}: {len(stream.numbers) - stream.at} numbers after the end")
    return Reassignment(
        need=tasks[:, 1:-1].copy(),
        service=tasks[:, 0].copy(),
        initial=read_numbers(assignment),
        process_move=tasks[:, -1].copy(),
        capacity=hosts[:, 2 : 2 + resources].copy(),
        safety=hosts[:, 2 + resources : 2 + 2 * resources].copy(),
        location=hosts[:, 1].copy(),
        neighbourhood=hosts[:, 0].copy(),
        machine_move=hosts[:, 2 + 2 * resources :].copy(),
        transient=kinds[:, 0] > 0,
        load_weight=kinds[:, 1].copy(),
        spread=spread,
        depends=depends,
        balance=balance.copy(),
        move_weights=weights.copy(),
    )


def _services(stream: _Stream) -> tuple[Integers, Integers]:
    """Spread (S,) and pairs of dependent services (E, 2)."""
    spread, pairs = [], [np.zeros((0, 2), dtype=np.int64)]
    for service in range(stream.one()):
        spread.append(stream.one())
        needs = stream.take(stream.one())
        pairs.append(np.stack([np.full(len(needs), service), needs], axis=1))
    return np.array(spread, dtype=np.int64), np.concatenate(pairs)


def write_assignment(file: Path, place: Integers) -> None:
    """Write the machine of each process; compressed where the name says so."""
    opened = _OPENERS.get(file.suffix, open)
    with opened(file, "wb") as stream:  # type: ignore[operator]
        stream.write(b" ".join(str(machine).encode() for machine in place.tolist()) + b"\n")
