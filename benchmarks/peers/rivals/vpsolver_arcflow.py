"""VPSolver's arc-flow model (Brandao and Pedroso 2016), one graph for all host types, solved by HiGHS."""

import time

import highspy
from given import asked, said
from pyvpsolver import AFG, MPS, MVP

instance, seconds = asked()
begun = time.monotonic()
unbounded = [-1] * len(instance.price)
problem = MVP(instance.capacity, instance.price, unbounded, [[size] for size in instance.size], instance.count)
graph = AFG(problem)
program = MPS(graph)  # its file lives as long as it does
model = highspy.Highs()
model.silent()
model.readModel(program.filename)
model.setOptionValue("time_limit", max(1.0, seconds - (time.monotonic() - begun)))
model.setOptionValue("threads", 2)
model.run()
info = model.getInfo()
found = info.primal_solution_status == 2
said(info.objective_function_value if found else None, max(0.0, info.mip_dual_bound))
