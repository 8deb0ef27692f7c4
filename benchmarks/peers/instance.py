"""Packing instances that every rival can be given: sizes, counts, capacities, prices, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from benchmarks.fleet.drawn import Types, drawn_scenario
from planner.formats.catalogs import catalog_for
from planner.problem import UNLIMITED, Problem, build
from planner.solvers.result import deciding_goal


@dataclass(frozen=True)
class Instance:
    """A drawn fleet without rules, as a problem of ours and as a document for the others.

    Attributes
    ----------
    name : str
    problem : Problem
    document : str
        JSON: `size` [items][resources], `count`, `capacity` [types][resources], and `price`, in micro-USD
        per hour, or 1 where hosts are counted.
    """

    name: str
    problem: Problem
    document: str


def instance(types: Types, containers: int, services: int, resources: int, seed: int) -> Instance:
    """Draw one: the fewest hosts of a single type, or the cheapest hosts of all.

    Resources that no host type limits are left out of the document, and capacities beyond all demand cut.
    """
    scenario = drawn_scenario(types, containers, services, resources=resources, seed=seed)
    problem, _ = build(scenario, catalog_for(scenario))
    limited = np.flatnonzero((problem.capacity < UNLIMITED).any(axis=0))
    counted = deciding_goal(problem.goals).goal == "hosts"
    document = {
        "size": problem.size[:, limited].tolist(),
        "count": problem.count.tolist(),
        "capacity": np.minimum(problem.capacity, problem.count @ problem.size)[:, limited].tolist(),
        "price": [1] * problem.bins if counted else problem.price.tolist(),
    }
    return Instance(f"{types} {containers:,} of {services} shapes, seed {seed}", problem, json.dumps(document))
