"""Re-placement problems, drawn so that everybody may stay at home."""

from __future__ import annotations

import numpy as np

from planner.solvers.reassign import Reassignment


def drawn(seed: int, processes: int = 12, machines: int = 4, *, tight: bool = True) -> Reassignment:
    """A problem with every kind of cost and rule; the rules are as narrow as the initial assignment lets them be."""
    random = np.random.default_rng(seed)
    resources, services = 3, max(2, processes // 3)
    service = random.integers(0, services, processes)
    initial = np.zeros(processes, dtype=np.int64)
    for p in range(processes):
        taken = set(initial[:p][service[:p] == service[p]].tolist())
        free = [m for m in range(machines) if m not in taken]
        if not free:  # one service more, of this process alone
            service[p], services = services, services + 1
            free = list(range(machines))
        initial[p] = random.choice(free)
    need = random.integers(1, 30, (processes, resources))
    location, neighbourhood = random.integers(0, 3, machines), random.integers(0, 2, machines)
    used = np.zeros((machines, resources), dtype=np.int64)
    np.add.at(used, initial, need)
    capacity = used + random.integers(10, 40, (machines, resources))
    covers = [len(set(location[initial[service == k]].tolist())) for k in range(services)]
    near = [set(neighbourhood[initial[service == k]].tolist()) for k in range(services)]
    pairs = [(a, b) for a in range(services) for b in range(services) if near[a] <= near[b] and random.random() < 0.3]
    return Reassignment(
        need=need,
        service=service,
        initial=initial,
        process_move=random.integers(0, 5, processes),
        capacity=capacity,
        safety=capacity * 3 // 5,
        location=location,
        neighbourhood=neighbourhood,
        machine_move=random.integers(0, 4, (machines, machines)) * (1 - np.eye(machines, dtype=np.int64)),
        transient=np.array([True, False, False]),
        load_weight=np.array([2, 1, 0]),
        spread=np.array(covers) if tight else np.zeros(services, dtype=np.int64),
        depends=np.array(pairs if tight else [], dtype=np.int64).reshape(-1, 2),
        balance=np.array([[0, 1, 2, 3], [2, 0, 1, 1]]),
        move_weights=np.array([1, 3, 2]),
    )
