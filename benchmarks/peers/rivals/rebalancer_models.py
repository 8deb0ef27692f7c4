"""Meta's Rebalancer: containers of every host type, capacity as hard constraints, their cost as the goal."""

from given import asked, said
from rebalancer import ProblemSolver

HARD, HIGHS = 2, 2
"""Numbers of a policy and of a package: the binding takes no names."""


def solve(spec_of):
    """Solve the instance of the command line with the solver that `spec_of(seconds)` describes."""
    instance, seconds = asked()
    start = instance.first_fit()
    assignment, copies, types = {}, {}, {}
    for h, (b, content) in enumerate(start):
        names = []
        for i in content:
            names.append(f"c{len(copies)}")
            copies[names[-1]] = i
        assignment[f"h{h}"], types[f"h{h}"] = names, b
    for b in range(len(instance.price)):  # as many empty hosts of every other type as could be worth it
        for n in range(len(start) if len(instance.price) > 1 else 0):
            if b != start[0][0]:
                assignment[f"t{b}-{n}"], types[f"t{b}-{n}"] = [], b
    solver = ProblemSolver(service_name="benchmark", service_scope="packing")
    solver.set_object_name("copy").set_container_name("host").set_assignment(assignment)
    for r in range(len(instance.size[0])):
        solver.add_object_dimension(f"r{r}", {name: float(instance.size[i][r]) for name, i in copies.items()})
        solver.add_container_dimension(f"r{r}", {name: float(instance.capacity[b][r]) for name, b in types.items()})
        capacity = {"name": f"capacity-{r}", "scope": "host", "dimension": f"r{r}"}
        solver.add_constraint({"capacitySpec": capacity}, policy=HARD)
    costs = {name: float(instance.price[b]) for name, b in types.items()}
    used = {"name": "cost", "scope": "host", "dimension": "r0", "containerCosts": costs}
    solver.add_goal({"minimizeContainersSpec": used})
    solver.add_solver(spec_of(seconds))
    solver.disable_solution_summary()
    solution = solver.solve()
    said(sum(costs[host] for host in set(solution["assignment"].values())), None)
