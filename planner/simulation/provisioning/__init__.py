"""Hosts by demand: who opens hosts when containers wait, and gives them back when fewer will do."""

from planner.simulation.provisioning.autoscaler import ClusterAutoscaler
from planner.simulation.provisioning.karpenter import Karpenter

__all__ = ["ClusterAutoscaler", "Karpenter"]
