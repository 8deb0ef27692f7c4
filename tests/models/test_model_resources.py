import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.resources import Capacity, Resources, describe_amount

AMOUNTS = st.dictionaries(
    st.sampled_from(["cpu", "memory", "gpu", "pods", "volumes", "iops", "example.com/fpga", "example.com/nic"]),
    st.integers(0, 10**15),
)


def test_reads_kubernetes_names():
    vector = Resources.model_validate(
        {"cpu": "250m", "memory": "1Gi", "ephemeral-storage": "2Gi", "nvidia.com/gpu": 1, "example.com/fpga": 2}
    )
    assert vector.amounts() == {
        "cpu": 250, "memory": 2**30, "gpu": 1000, "ephemeral_storage": 2**31, "example.com/fpga": 2,
    }  # fmt: skip


def test_an_unstated_limit_is_no_limit_but_an_unstated_gpu_is_none():
    capacity = Capacity(cpu=4, memory="8Gi")
    assert capacity.limit("pods") is None
    assert capacity.limit("gpu") == 0
    assert capacity.limit("example.com/fpga") == 0


def test_a_stated_zero_is_a_limit():
    assert Capacity(cpu=4, memory="8Gi", volumes=0).limit("volumes") == 0


def test_an_extended_resource_is_counted_in_whole():
    with pytest.raises(ValidationError, match=r"example\.com/fpga"):
        Resources.model_validate({"example.com/fpga": "0.5"})


def test_a_capacity_says_cpu_and_memory():
    with pytest.raises(ValidationError, match="memory"):
        Capacity.model_validate({"cpu": 4})


@given(AMOUNTS, AMOUNTS)
def test_the_sum_does_not_ask_for_order(a, b):
    one, other = Resources.of(a), Resources.of(b)
    assert one.plus(other) == other.plus(one)
    assert one.plus(other)["cpu"] == a.get("cpu", 0) + b.get("cpu", 0)
    assert one.plus(other)["example.com/fpga"] == a.get("example.com/fpga", 0) + b.get("example.com/fpga", 0)


@given(AMOUNTS)
def test_twice_is_the_sum_with_itself(amounts):
    assert Resources.of(amounts).times(2) == Resources.of(amounts).plus(Resources.of(amounts))


@given(AMOUNTS)
def test_what_is_written_is_read_again(amounts):
    vector = Resources.of({name: value for name, value in amounts.items() if value})
    assert Resources.model_validate(vector.model_dump(mode="json")) == vector


def test_taking_off_stops_at_zero():
    left = Capacity(cpu=1, memory="1Gi", pods=5).minus(Resources(cpu=2, memory="512Mi", pods=1))
    assert left.amounts() == {"cpu": 0, "memory": 2**29, "gpu": 0, "pods": 4}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("cpu", 350, "350m CPU"), ("cpu", 2000, "2 CPU"), ("memory", 2 * 2**30, "2 GiB memory"), ("pods", 3, "3 pods"),
     ("memory", 3 * 2**29, "1.5 GiB memory"), ("iops", 12000, "12,000 IOPS")],
)  # fmt: skip
def test_amounts_for_people(name, value, text):
    assert describe_amount(name, value) == text


def test_equal_vectors_are_found_as_one():
    vectors = [Resources(cpu="1", memory="1Gi"), Resources(cpu="1000m", memory="1024Mi"), Resources(cpu="2")]
    assert len(set(vectors)) == 2
    assert hash(Capacity(cpu="1", memory="1Gi", **{"example.com/fpga": 1})) == hash(Capacity(cpu="1", memory="1Gi"))
