"""The re-placement problem in arrays: who runs where today, and what a better place costs.

The problem is Google's machine reassignment (ROADEF/EURO challenge 2012, problem description, sections 1-3):
processes sit on machines and may move, under hard rules, so that load, imbalance and moving cost fall.

Axis letters: ``P`` processes, ``M`` machines, ``R`` resources, ``S`` services, ``B`` balances, ``E`` dependencies.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reassignment:
    """One problem; amounts are in the resources' own units, all costs in one currency.

    Attributes
    ----------
    need : (P, R) int64
        What a process uses, wherever it runs.
    service : (P,) int64
        The service of a process. Two processes of one service never share a machine.
    initial : (P,) int64
        Where a process runs today. This assignment must keep all rules.
    process_move : (P,) int64
        Cost of moving a process, before `move_weights`.
    capacity, safety : (M, R) int64
        What a machine has, and from where on usage costs.
    location, neighbourhood : (M,) int64
    machine_move : (M, M) int64
        Cost of moving any process from one machine (row) to another, before `move_weights`.
    transient : (R,) bool
        Resources that a moved process uses on its old and its new machine.
    load_weight : (R,) int64
        Cost of a unit of usage above `safety`.
    spread : (S,) int64
        Locations that a service covers at least.
    depends : (E, 2) int64
        Pairs (a, b): wherever a process of service a runs, one of service b runs in the same neighbourhood.
    balance : (B, 4) int64
        Rows (r1, r2, target, weight): each machine pays weight * max(0, target * free of r1 - free of r2).
    move_weights : (3,) int64
        Weights of the process, service and machine move costs.
    """

    need: Integers
    service: Integers
    initial: Integers
    process_move: Integers
    capacity: Integers
    safety: Integers
    location: Integers
    neighbourhood: Integers
    machine_move: Integers
    transient: NDArray[np.bool_]
    load_weight: Integers
    spread: Integers
    depends: Integers
    balance: Integers
    move_weights: Integers

    def __post_init__(self) -> None:
        """Check shapes and ranges once, then make all arrays read-only.

        Raises
        ------
        ValueError
            Where an array has the wrong shape or names something that does not exist.
        """
        processes, resources = self.need.shape
        machines, services = len(self.capacity), len(self.spread)
        shapes = {
            "service": (processes,), "initial": (processes,), "process_move": (processes,),
            "capacity": (machines, resources), "safety": (machines, resources), "location": (machines,),
            "neighbourhood": (machines,), "machine_move": (machines, machines), "transient": (resources,),
            "load_weight": (resources,), "depends": (len(self.depends), 2), "balance": (len(self.balance), 4),
            "move_weights": (3,),
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")
        for name, most in (("service", services), ("initial", machines), ("depends", services)):
            _check_range(name, getattr(self, name), most)
        _check_range("balance", self.balance[:, :2], resources)
        for each in fields(self):
            getattr(self, each.name).flags.writeable = False

    @property
    def processes(self) -> int:
        """How many processes there are."""
        return len(self.need)

    @property
    def machines(self) -> int:
        """How many machines there are."""
        return len(self.capacity)


def _check_range(name: str, values: Integers, most: int) -> None:
    if values.size and (values.min() < 0 or values.max() >= most):
        raise ValueError(f"{name} names {values.min()} to {values.max()}, expected 0 to {most - 1}")
