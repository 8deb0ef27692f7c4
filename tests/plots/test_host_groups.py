import plot_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plots.groups import HostGroup, binding_resource, by_location, equal_hosts, host_groups


@pytest.mark.parametrize("sample", samples.ALL)
@pytest.mark.parametrize("most", [1, 2, 5, 400])
def test_groups_hold_every_host_once_within_the_limit(sample, most):
    _, plan = samples.ALL[sample]()
    groups = host_groups(plan.spec.hosts, most) if plan.spec.hosts else ()
    names = [host.name for group in groups for host in group.hosts]
    assert sorted(names) == sorted(host.name for host in plan.spec.hosts)
    assert len(groups) <= most


def test_equal_hosts_differ_in_nothing_that_is_drawn():
    _, plan = samples.ALL["fleet_alike"]()
    groups = equal_hosts(plan.spec.hosts)
    assert len(groups) < 60
    for group in groups:
        first = group.hosts[0]
        assert group.alike
        for host in group.hosts:
            assert (host.host_type, host.purchase, host.location) == (first.host_type, first.purchase, first.location)
            assert {w: len(o) for w, o in host.runs.items()} == {w: len(o) for w, o in first.runs.items()}


def test_which_replica_lies_where_does_not_matter_but_how_many_does():
    scenario = samples.scenario_of(samples.workload("a", replicas=9))
    one, two = (samples.host(name, scenario, {"a": 2}) for name in ("one", "two"))
    two = two.model_copy(update={"runs": {"a": (7, 8)}})
    three = samples.host("three", scenario, {"a": 3})
    assert [group.count for group in equal_hosts([one, two, three])] == [2, 1]


def test_an_average_is_one_and_keeps_amounts():
    _, plan = samples.three_clouds()
    for group in host_groups(plan.spec.hosts, most=3):
        total = sum(host.used["cpu"] for host in group.hosts)
        assert group.used("cpu") * group.count == pytest.approx(total)
        assert group.alike == (group.count == 1)


@given(st.lists(st.sampled_from(["a/r/1", "a/r/2", "a/s/1/rack-1", "b/r"]), min_size=1), st.integers(1, 5))
def test_places_are_cut_to_a_depth_that_fits(paths, most):
    scenario = samples.scenario_of(samples.workload("a"))
    hosts = [samples.host(str(i), scenario, {}, location=path) for i, path in enumerate(paths)]
    places = by_location(hosts, most)
    assert sum(map(len, places.values())) == len(hosts)
    assert len(places) <= max(most, len({path.split("/")[0] for path in paths}))


def test_a_resource_without_limit_has_no_share():
    scenario = samples.scenario_of(samples.workload("a"))
    group = HostGroup((samples.host("h", scenario, {"a": 1}, pods=None),))
    assert group.limit("pods") is None
    assert group.share("pods") is None
    assert group.used("pods") == 1


def test_the_binding_resource_is_that_of_most_hosts():
    _, plan = samples.density()
    assert binding_resource(plan.spec.hosts) == "pods"
    assert binding_resource(()) == "cpu"
