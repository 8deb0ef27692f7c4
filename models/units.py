"""Quantities as Kubernetes writes them, held as exact integers.

CPU is held in millicores, GPU in milli-GPU, memory and disk in bytes, everything else as a
count. Source of the syntax: Kubernetes "Resource Management for Pods and Containers" and the
`Quantity` type of k8s.io/apimachinery. As there, an amount finer than the unit rounds up.
"""

import re
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12),
    "P": Decimal(10**15), "E": Decimal(10**18),
}  # fmt: skip
_QUANTITY = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d{1,3})|([A-Za-z]*))$")
_LOOSE = re.compile(r"^[\d.]+\s+([A-Za-z]+)$")
_LARGEST = 2**62
HOURS_PER_MONTH = 730
"""As clouds count it."""


def parse_quantity(text: object) -> Decimal:
    """Read a Kubernetes quantity (`500m`, `2Gi`, `1e3`, `0.5`, 3) as an exact number.

    Raises
    ------
    PydanticCustomError
        If the text is no quantity, has a suffix that Kubernetes does not know, or is negative.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal):
        raise _refuse(text, "a quantity such as 500m, 2 or 4Gi")
    match = _QUANTITY.match(str(text).strip())
    if match is None:
        loose = _LOOSE.match(str(text).strip())
        hint = f"; {_suffix_hint(loose[1])}" if loose else ""
        raise _refuse(text, f"a quantity such as 500m, 2 or 4Gi{hint}")
    number, exponent, suffix = match.groups()
    if exponent:
        value = Decimal(number + exponent)
    elif (suffix or "") in _DECIMAL:
        value = Decimal(number) * _DECIMAL[suffix or ""]
    elif suffix in _BINARY:
        value = Decimal(number) * _BINARY[suffix]
    else:
        raise _refuse(text, f"a Kubernetes suffix; {_suffix_hint(suffix)}")
    if value < 0:
        raise _refuse(text, "an amount of zero or more")
    if value > _LARGEST:
        raise _refuse(text, "an amount below 4Ei")
    return value


def _suffix_hint(suffix: str) -> str:
    known = [*_BINARY, *filter(None, _DECIMAL)]
    stem = suffix[:1].upper() + ("i" if "i" in suffix.lower()[1:] else "")
    nearest = next((k for k in known if k.lower() == stem.lower() and k != "m"), "Mi")
    return f"did you mean {nearest!r}? (known: m, k, M, G, T, Ki, Mi, Gi, Ti)"


def _refuse(found: object, expected: str) -> PydanticCustomError:
    return PydanticCustomError(
        "quantity", "found {found}, expected {expected}", {"found": repr(found), "expected": expected}
    )


def _units(value: object, per_unit: int) -> int:
    return int((parse_quantity(value) * per_unit).to_integral_value(rounding=ROUND_CEILING))


def parse_milli(value: object) -> int:
    """Millicores (or milli-GPU) of a quantity: `500m` and 0.5 are both 500."""
    return _units(value, 1000)


def parse_bytes(value: object) -> int:
    """Bytes of a quantity: `1Ki` is 1024."""
    return _units(value, 1)


def parse_count(value: object) -> int:
    """A count of a quantity: `1k` is 1000; a fraction is refused."""
    if type(value) is int and 0 <= value <= _LARGEST:
        return value
    number = parse_quantity(value)
    if number != number.to_integral_value():
        raise _refuse(value, "a whole number")
    return int(number)


def format_milli(value: int) -> str:
    """Millicores as Kubernetes writes them: 500 -> `500m`, 2000 -> `2`."""
    return str(value // 1000) if value % 1000 == 0 else f"{value}m"


def format_bytes(value: int) -> str:
    """Bytes with the largest suffix that keeps them exact: 2**30 -> `1Gi`."""
    best = (len(str(value)), str(value))
    for suffix, factor in [*_BINARY.items(), ("k", 10**3), ("M", 10**6), ("G", 10**9), ("T", 10**12)]:
        if value and value % factor == 0:
            text = f"{value // factor}{suffix}"
            best = min(best, (len(text), text), key=lambda pair: pair[0])
    return best[1]


def _schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0}], "examples": [example]})


def _from_python(parse: Any) -> BeforeValidator:
    return BeforeValidator(parse)


def _written(formatter: Any) -> PlainSerializer:
    return PlainSerializer(formatter, return_type=str, when_used="json")


Cpu = Annotated[int, _from_python(parse_milli), _written(format_milli), _schema("500m")]
"""CPU in millicores, written in cores or `m`."""
Gpu = Annotated[int, _from_python(parse_milli), _written(format_milli), _schema("1")]
"""GPU in thousandths of a device, written in devices or `m`."""
Bytes = Annotated[int, _from_python(parse_bytes), _written(format_bytes), _schema("4Gi")]
"""Memory or disk in bytes."""
Count = Annotated[int, BeforeValidator(parse_count), _schema("110")]
"""A whole number of zero or more."""
