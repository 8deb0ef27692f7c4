from planner.formats.tables.hosts import read_hosts, write_hosts
from planner.formats.tables.workloads import read_workloads, write_workloads

__all__ = ["read_hosts", "read_workloads", "write_hosts", "write_workloads"]
