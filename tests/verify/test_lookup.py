"""The verifier's own look-ups agree with what the planner is offered."""

from dataclasses import fields
from decimal import Decimal

import pytest
from builders import BETA, RACK_1, A, catalog, home, pool, scenario, standing

from models.plan import PlannedHost
from models.resources import Capacity
from models.supply import Offering, offerings, topology_of
from planner.verify.lookup import Lookup

CASE = scenario(
    pools=[
        pool(labels={"disk": "ssd"}, taints=[{"key": "a"}], overhead={"cpu": "100m"}),
        pool("eks", locations=("alpha/north",), platform="eks", architectures=("arm64",), max_hosts=3),
        pool("vm", locations=("beta",), platform={"kind": "hypervisor", "cpu_overcommit": 2}),
    ],
    hosts=[
        standing("typed", A, pool="eks", purchase="spot", labels={"x": "y"}),
        standing("priced", A, per_hour="0.5", platform="kubernetes", overhead={"memory": "1Gi"}),
        standing("own size", BETA, host_type="std-4", capacity={"cpu": 2, "memory": "4Gi"}),
        standing("reported", RACK_1, allocatable={"cpu": 3, "memory": "7Gi", "pods": 30}, releasable=False),
        standing("unknown price", RACK_1, host_type="metal", capacity={"cpu": 8, "memory": "64Gi"}),
    ],
    topology=[home()],
)
ROWS = catalog()
TOPOLOGY = topology_of(CASE, ROWS)
OFFERED = offerings(CASE, ROWS, TOPOLOGY)


@pytest.mark.parametrize("offer", OFFERED, ids=lambda o: o.host or f"{o.pool} {o.location} {o.host_type} {o.purchase}")
def test_facts_equal_the_offering(offer: Offering):
    claim = PlannedHost(
        name=offer.host or "h", location=offer.location, host_type=offer.host_type, pool=offer.pool,
        purchase=offer.purchase, per_hour=Decimal(99), standing=bool(offer.host), allocatable=Capacity(cpu=0, memory=0),
    )  # fmt: skip
    facts = Lookup(CASE, ROWS, TOPOLOGY).facts(claim)
    assert facts is not None
    for field in fields(Offering):
        assert getattr(facts, field.name) == getattr(offer, field.name), field.name


def test_equal_hosts_share_their_facts():
    lookup = Lookup(CASE, ROWS, TOPOLOGY)
    one, other = (
        PlannedHost(name=name, location=A, host_type="std-4", pool="pool", purchase="spot", per_hour=Decimal(0),
                    allocatable=Capacity(cpu=0, memory=0))
        for name in ("h1", "h2")
    )  # fmt: skip
    assert lookup.facts(one) is lookup.facts(other)
