"""CP-SAT with the assignment model of the textbooks: copies of item types on host slots of any type."""

from given import asked, said
from ortools.sat.python import cp_model

instance, seconds = asked()
start = instance.first_fit()
model = cp_model.CpModel()
items, types, slots = range(len(instance.count)), range(len(instance.price)), range(len(start))
of_type = [[model.new_bool_var("") for _ in types] for _ in slots]
put = [[model.new_int_var(0, instance.count[i], "") for i in items] for _ in slots]
for h in slots:
    model.add_at_most_one(of_type[h])
    for r in range(len(instance.size[0])):
        room = sum(instance.capacity[b][r] * of_type[h][b] for b in types)
        model.add(sum(instance.size[i][r] * put[h][i] for i in items) <= room)
    for b in types:
        model.add_hint(of_type[h][b], start[h][0] == b)
    for i in items:
        model.add_hint(put[h][i], start[h][1].count(i))
for i in items:
    model.add(sum(put[h][i] for h in slots) == instance.count[i])
model.minimize(sum(instance.price[b] * of_type[h][b] for h in slots for b in types))
solver = cp_model.CpSolver()
solver.parameters.max_time_in_seconds = seconds
solver.parameters.num_workers = 2
found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
said(solver.objective_value if found else None, max(0.0, solver.best_objective_bound))
