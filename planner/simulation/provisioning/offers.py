"""What may be opened: offerings as arrays, and what quotas leave of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.resources import CPU, MEMORY
from planner.simulation.cluster import Cluster, Ints

Bools = npt.NDArray[np.bool_]
Columns = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Offers:
    """The T offerings of a cluster.

    Attributes
    ----------
    capacity : int64[T, R]
    devices, kind : int64[T]
        GPUs; kind of host.
    opens : bool[T]
        Those of pools: hosts that stand already are not opened.
    spot : bool[T]
        Bought as spot.
    pools : tuple of str, length T
    weight : int64[Q, T]
        What a host counts in each quota; the limits of pools are among them.
    most : int64[Q]
    cpu, memory : tuple of int
        Columns of R: one, or one for each moment of the week that matters.
    """

    capacity: Ints
    devices: Ints
    kind: Ints
    opens: Bools
    spot: Bools
    pools: tuple[str, ...]
    weight: Ints
    most: Ints
    cpu: Columns
    memory: Columns

    @classmethod
    def of(cls, cluster: Cluster) -> Offers:
        """Read them off a cluster."""
        types, kinds = cluster.types, len(cluster.resources)
        kind = np.array([each.kind for each in types], dtype=np.int64)
        weight = [np.append(quota.weight, 0)[kind] for quota in cluster.quotas]
        return cls(
            capacity=np.array([each.capacity for each in types], dtype=np.int64).reshape(-1, kinds),
            devices=np.array([each.devices for each in types], dtype=np.int64),
            kind=kind,
            opens=np.array([not each.offering.host for each in types], dtype=bool),
            spot=np.array([each.offering.purchase == "spot" for each in types], dtype=bool),
            pools=tuple(each.offering.pool for each in types),
            weight=np.array(weight, dtype=np.int64).reshape(len(weight), len(types)),
            most=np.array([quota.most for quota in cluster.quotas], dtype=np.int64),
            cpu=_columns(cluster, CPU),
            memory=_columns(cluster, MEMORY),
        )

    @staticmethod
    def prices(cluster: Cluster) -> Ints:
        """int64[T]: what a host of each costs now, in micro-USD per hour."""
        return np.array([cluster.price_of(each) for each in cluster.types], dtype=np.int64)

    def left(self, cluster: Cluster) -> Ints:
        """int64[Q]: what quotas leave beside the hosts that a cluster has, those that are away, too."""
        if not len(self.most):
            return self.most
        row = {each: t for t, each in enumerate(cluster.types)}
        there = [row[cast] for cast in cluster.casts if cast is not None]
        left: Ints = self.most - self.weight[:, there].sum(axis=1)
        return left

    def within(self, left: Ints) -> Bools:
        """bool[T]: offerings of which one more may be opened."""
        may: Bools = self.opens & ((self.weight <= left[:, None]) | (self.weight == 0)).all(axis=0)
        return may

    def takes(self, cluster: Cluster, shape: int) -> Bools:
        """bool[T]: offerings that have room for a container of a shape when they are empty."""
        s = cluster.state
        room = (self.capacity >= s.size[shape]).all(axis=1) & (self.devices >= s.asks[shape, 0])
        takes: Bools = room & s.allowed[shape, self.kind]
        return takes


def _columns(cluster: Cluster, resource: str) -> Columns:
    return tuple(r for r, name in enumerate(cluster.resources) if name.partition("@")[0] == resource)
