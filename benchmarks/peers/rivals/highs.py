"""HiGHS with the assignment model of the textbooks: copies of item types on host slots of any type."""

import highspy
from given import asked, said

instance, seconds = asked()
start = instance.first_fit()
model = highspy.Highs()
model.silent()
model.setOptionValue("time_limit", seconds)
model.setOptionValue("threads", 2)
items, types, slots = range(len(instance.count)), range(len(instance.price)), range(len(start))
of_type = [[model.addBinary() for _ in types] for _ in slots]
put = [[model.addIntegral(lb=0, ub=instance.count[i]) for i in items] for _ in slots]
for h in slots:
    model.addConstr(sum(of_type[h]) <= 1)
    for r in range(len(instance.size[0])):
        room = sum(instance.capacity[b][r] * of_type[h][b] for b in types)
        model.addConstr(sum(instance.size[i][r] * put[h][i] for i in items) <= room)
for i in items:
    model.addConstr(sum(put[h][i] for h in slots) == instance.count[i])
begin = highspy.HighsSolution()
begin.col_value = [0.0] * model.numVariables
for h, (b, content) in enumerate(start):
    begin.col_value[of_type[h][b].index] = 1.0
    for i in content:
        begin.col_value[put[h][i].index] += 1.0
begin.value_valid = True
model.setSolution(begin)
model.minimize(sum(instance.price[b] * of_type[h][b] for h in slots for b in types))
info = model.getInfo()
found = info.primal_solution_status == 2
said(info.objective_function_value if found else None, max(0.0, info.mip_dual_bound))
