"""Virtual machines need a host that runs virtual machines, containers one that runs containers."""

from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow every workload to the offerings whose platform can run it."""
    workloads = draft.scenario.spec.workloads
    machines = [w for w, workload in enumerate(workloads) if workload.kind == "virtual_machine"]
    containers = [w for w, workload in enumerate(workloads) if workload.kind != "virtual_machine"]
    draft.narrow("platform", machines, draft.mask("runs VMs", lambda o: o.runs == "virtual_machines"))
    draft.narrow("platform", containers, draft.mask("runs containers", lambda o: o.runs == "containers"))
