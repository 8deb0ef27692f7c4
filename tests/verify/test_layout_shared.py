"""A layout may be used again for the same hosts only, and hosts that carry the same share their load."""

from builders import catalog, plan, scenario, service, slot

from planner.verify import verify
from planner.verify.layout import Layout


def test_a_layout_of_the_same_hosts_does_for_another_status_only():
    case = scenario(service(replicas=2, cpu=1), catalog=catalog())
    made = plan(case, slot("h1", {"web": 1}), slot("h2", {"web": 1}))
    layout = Layout(case, made, catalog())
    assert layout.stands[0].load is layout.stands[1].load
    status = made.status.model_copy(update={"hosts_used": 9})
    boasting = made.model_copy(update={"status": status})
    again = layout.of(boasting)
    assert again.stands is layout.stands
    assert again.plan is boasting
    said = verify(case, boasting, catalog(), layout=layout)
    assert said == verify(case, boasting, catalog())
    assert "hosts_used" in {violation.subject for violation in said}
    moved = made.model_copy(update={"spec": made.spec.model_copy(update={"hosts": made.spec.hosts[:1]})})
    assert len(layout.of(moved).stands) == 1
    assert verify(case, moved, catalog(), layout=layout) == verify(case, moved, catalog())
