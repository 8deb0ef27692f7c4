from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.units import Bytes, Count, Cpu, format_bytes, format_milli, parse_bytes, parse_count, parse_milli

CPU = TypeAdapter(Cpu)
BYTES = TypeAdapter(Bytes)
COUNT = TypeAdapter(Count)


@pytest.mark.parametrize(
    ("text", "millicores"),
    [("500m", 500), ("0.5", 500), (0.5, 500), (2, 2000), ("2", 2000), ("0.1", 100), ("100m", 100), ("1e3", 1_000_000),
     (".5", 500), ("1k", 1_000_000), ("0", 0), ("0.0001", 1), ("1n", 1), ("1500u", 2)],
)  # fmt: skip
def test_cpu_as_kubernetes_writes_it(text, millicores):
    assert CPU.validate_python(text) == millicores


@pytest.mark.parametrize(
    ("text", "count"),
    # The same amount written in four ways (Kubernetes "Meaning of memory": about the same value).
    [("128974848", 128974848), ("129e6", 129_000_000), ("129M", 129_000_000), ("128974848000m", 128974848),
     ("123Mi", 128974848), ("1Ki", 1024), ("1k", 1000), ("1Gi", 2**30), ("1.5Gi", 3 * 2**29), ("1Ti", 2**40),
     ("1Pi", 2**50), ("1E3", 1000), ("2E", 2 * 10**18), ("400m", 1), (4096, 4096)],
)  # fmt: skip
def test_bytes_as_kubernetes_writes_them(text, count):
    assert BYTES.validate_python(text) == count


@pytest.mark.parametrize("value", ["1.5", 0.5, "100m"])
def test_a_count_is_whole(value):
    with pytest.raises(ValidationError, match="a whole number"):
        COUNT.validate_python(value)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("4GB", "'G'"), ("4 Gigs", "'Gi'"), ("512MB", "'M'"), ("4gi", "'Gi'"), ("10kb", "'k'"), ("2 Mi", "'Mi'"),
     ("3tb", "'T'")],
)  # fmt: skip
def test_a_wrong_unit_names_the_nearest(text, nearest):
    with pytest.raises(ValidationError, match=f"found '{text}'.*did you mean {nearest}"):
        BYTES.validate_python(text)


@pytest.mark.parametrize("value", ["-1", -1, "-500m", "", "abc", "1 2", "0x10", "1_000", True, None, [1], {"a": 1}])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(ValidationError, match=r"found .* expected"):
        CPU.validate_python(value)


@pytest.mark.parametrize("value", ["5Ei", "1e300", "1e999", "9" * 40])
def test_an_amount_without_measure_is_refused(value):
    with pytest.raises(ValidationError, match="below 4Ei"):
        BYTES.validate_python(value)


@given(st.integers(0, 2**62))
def test_bytes_come_back(value):
    assert parse_bytes(format_bytes(value)) == value


@given(st.integers(0, 2**50))
def test_millicores_come_back(value):
    assert parse_milli(format_milli(value)) == value


@given(st.integers(0, 2**62))
def test_counts_come_back(value):
    assert parse_count(str(value)) == value


@given(st.decimals(0, 10**9, places=6))
def test_an_amount_finer_than_the_unit_rounds_up(value):
    units = parse_bytes(value)
    assert value <= units < value + 1
    assert isinstance(units, int)


@given(st.integers(0, 10**6))
def test_the_suffix_is_only_a_way_of_writing(value):
    assert parse_bytes(f"{value}Ki") == parse_bytes(value * 1024)
    assert parse_milli(f"{value}m") == parse_milli(Decimal(value) / 1000)
