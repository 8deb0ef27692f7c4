import pytest
from pydantic import TypeAdapter, ValidationError

from models.host import Taint
from models.rules import Expression, Headroom, NodeAffinity, Quota, Rule, Toleration, rule_label

LABELS = {"zone": "a", "cores": "16", "odd": "many"}


@pytest.mark.parametrize(
    ("key", "operator", "values", "holds"),
    [
        ("zone", "In", ("a", "b"), True),
        ("zone", "In", ("b",), False),
        ("none", "In", ("a",), False),
        ("zone", "NotIn", ("b",), True),
        ("zone", "NotIn", ("a",), False),
        ("none", "NotIn", ("a",), True),
        ("zone", "Exists", (), True),
        ("none", "Exists", (), False),
        ("zone", "DoesNotExist", (), False),
        ("none", "DoesNotExist", (), True),
        ("cores", "Gt", ("8",), True),
        ("cores", "Gt", ("16",), False),
        ("cores", "Lt", ("32",), True),
        ("cores", "Lt", ("16",), False),
        ("odd", "Gt", ("1",), False),
        ("none", "Lt", ("1",), False),
    ],
)
def test_an_expression_as_kubernetes_reads_it(key, operator, values, holds):
    assert Expression(key=key, operator=operator, values=values).holds(LABELS) is holds


@pytest.mark.parametrize(
    ("operator", "values"),
    [("In", ()), ("NotIn", ()), ("Exists", "a"), ("DoesNotExist", "a"), ("Gt", ()), ("Gt", ("1", "2")), ("Lt", "x")],
)
def test_an_operator_says_how_many_values(operator, values):
    with pytest.raises(ValidationError, match=f"for operator {operator}"):
        Expression(key="zone", operator=operator, values=tuple(values))


def test_terms_are_alternatives_and_expressions_add_up():
    a, big = (
        Expression(key="zone", operator="In", values=("a",)),
        Expression(key="cores", operator="Gt", values=("64",)),
    )
    assert not NodeAffinity(rule="node_affinity", terms=((a, big),)).holds(LABELS)
    assert NodeAffinity(rule="node_affinity", terms=((a, big), (a,))).holds(LABELS)
    assert not NodeAffinity(rule="node_affinity", terms=((),)).holds(LABELS), "an empty term admits nothing"


@pytest.mark.parametrize(
    ("toleration", "covers"),
    [
        ({"key": "gpu", "value": "yes"}, True),
        ({"key": "gpu", "value": "no"}, False),
        ({"key": "gpu", "operator": "Exists"}, True),
        ({"operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "gpu", "value": "yes", "effect": "NoSchedule"}, True),
        ({"key": "other", "operator": "Exists"}, False),
        ({}, False),
    ],
)
def test_a_toleration_covers_a_taint(toleration, covers):
    assert Toleration(**toleration).covers(Taint(key="gpu", value="yes")) is covers


def test_a_quota_limits_something():
    with pytest.raises(ValidationError, match="max_hosts or max_capacity"):
        Quota(rule="quota")


@pytest.mark.parametrize(
    "form", [{}, {"percent": 10, "replicas": 1, "requests": {"cpu": 1}}, {"replicas": 1}, {"requests": {"cpu": 1}}]
)
def test_headroom_has_one_form(form):
    with pytest.raises(ValidationError, match="either percent, or replicas and requests"):
        Headroom(rule="headroom", **form)


def test_every_rule_is_told_apart_by_its_kind():
    rule = TypeAdapter(Rule).validate_python({"rule": "anti_affinity", "workloads": "web", "level": "zone"})
    assert rule_label(rule) == "anti_affinity"
    named = TypeAdapter(Rule).validate_python({"rule": "attach_limit", "max_volumes": 3, "name": "csi"})
    assert rule_label(named) == "csi"
    with pytest.raises(ValidationError):
        TypeAdapter(Rule).validate_python({"rule": "antiaffinity"})
