"""A spread to mend over domains that are eligible but, for their taints, out of reach."""

from builders import catalog, pool, scenario, service, standing

from planner.problem import build


def test_domains_without_a_bin_type_hold_nothing():
    case = scenario(
        service("web", 3, "250m", "512Mi"),
        pools=[pool(locations=("alpha", "beta"), taints=[{"key": "dedicated", "value": "x", "effect": "NoSchedule"}])],
        hosts=[standing("old-1")],
        rules=[{"rule": "topology_spread", "mode": "mend", "workloads": "web", "level": "region", "max_skew": 1}],
    )
    (soft,) = build(case, catalog())[0].extras.soft
    assert soft.today == 0
