"""How names, amounts and money are written in pictures, and how foreign text is made harmless."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

from models.resources import CPU, EPHEMERAL_STORAGE, GPU, IOPS, MBPS, MEMORY, PODS, VOLUMES

# Control, direction-changing and surrogate characters: XML refuses some, terminals obey others.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]")

_PART = re.compile(r"[-._/]*[^-._/]+|[-._/]+$")

_TITLES = {
    CPU: "CPU", MEMORY: "memory", GPU: "GPU", EPHEMERAL_STORAGE: "disk",
    PODS: "pods", VOLUMES: "volumes", IOPS: "IOPS", MBPS: "MB/s",
}  # fmt: skip
_UNITS = {
    CPU: ("cores", 1000), MEMORY: ("GiB", 2**30), GPU: ("GPUs", 1000), EPHEMERAL_STORAGE: ("GiB", 2**30),
}  # fmt: skip


def printable(text: str) -> str:
    """The text with every unseen or illegal character replaced by the replacement character."""
    return _UNSEEN.sub("\ufffd", text)


def escaped(text: str) -> str:
    """The text, safe inside XML and HTML elements and quoted attributes."""
    return html.escape(printable(text), quote=True)


def text_width(text: str) -> float:
    """About how wide a text is set in a sans-serif face, in em (the font's size)."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in "iljtfr.,:;'|!()[] ":
        return 0.36
    if char in "mwMW@%":
        return 0.9
    return 0.7 if char.isupper() else 0.6


def shortened(text: str, room: float, measure: Callable[[str], float] = text_width, tail: float = 0.4) -> str:
    """The text cut in its middle, where names differ least, so that it is at most `room` wide.

    Parameters
    ----------
    measure : callable
        Width of a text in the unit of `room`: em by default, terminal cells for a terminal.
    tail : float
        The share of what is kept that is taken from the end.
    """
    text = printable(text)
    if measure(text) <= room:
        return text
    for keep in range(len(text) - 1, 0, -1):
        behind = int(keep * tail)
        cut = text[: keep - behind] + "…" + (text[-behind:] if behind else "")
        if measure(cut) <= room:
            return cut
    return "…" if measure("…") <= room else ""


def told_apart(names: Sequence[str], room: float) -> list[str]:
    """Names of neighbours, by what they differ in where not all are at most `room` em wide.

    `pool-fra-owned-1` and `pool-fra-owned-12` become `…-1` and `…-12`; a name without neighbours
    keeps its number. What is still too long loses its beginning.
    """
    if all(text_width(printable(name)) <= room for name in names):
        return [printable(name) for name in names]
    parts = [_PART.findall(name) for name in names]
    same = [len(set(column)) == 1 for column in zip(*parts, strict=False)]
    most = max(0, min(map(len, parts)) - 1)
    before = most if len(names) == 1 else min(most, (*same, False).index(False))
    back = [len(set(column)) == 1 for column in zip(*(part[::-1] for part in parts), strict=False)]
    after = 0 if len(names) == 1 else min(most - before, (*back, False).index(False))
    told = []
    for name, part in zip(names, parts, strict=True):
        own = "".join(part[before : len(part) - after])
        cut = ("…" if before else "") + own + ("…" if after else "")
        told.append(shortened(name if len(names) == 1 and not own[-1:].isdigit() else cut, room, tail=1))
    return told


def resource_title(resource: str) -> str:
    """What people call a resource: `CPU`, `memory`, `disk`; an extended one by its last part."""
    return _TITLES.get(resource, resource.rpartition("/")[2])


def unit_of(resource: str) -> tuple[str, int]:
    """The unit a resource is drawn in, and how many of the model's units are one of it."""
    return _UNITS.get(resource, (resource_title(resource), 1))


def number(value: float) -> str:
    """A number for people: thousands parted, at most three significant digits after small ones."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def amount(resource: str, value: float) -> str:
    """An amount in the model's units for people: `1.5 CPU`, `60 GiB memory`, `12 pods`."""
    unit, per = unit_of(resource)
    title = resource_title(resource)
    return f"{number(value / per)} {f'{unit} {title}' if unit == 'GiB' else title}"


def percent(share: float) -> str:
    """A share for people; never rounded up to 100 %, nor down to 0 %."""
    if 0 < share < 0.01:
        return "<1\u00a0%"
    if 0.99 < share < 1:
        return "99\u00a0%"
    return f"{share * 100:.0f}\u00a0%"


def bound_by(resource: str, share: float | None) -> str:
    """What binds hosts and how much of it is used, where hosts tell how much there is: `CPU 91 %`."""
    if not resource:
        return "–"
    return resource_title(resource) + (f" {percent(share)}" if share is not None else "")


def money(value: Decimal, currency: str) -> str:
    """An amount of money, with cents only where they matter."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
    return f"${text}" if currency == "USD" else f"{text} {currency}"


def to_the_cent(value: Decimal, currency: str) -> str:
    """An amount of money with its cents."""
    return f"${value:,.2f}" if currency == "USD" else f"{value:,.2f} {currency}"


def sign(currency: str) -> str:
    """What stands for a currency in units such as `$/h`."""
    return "$" if currency == "USD" else currency


def counted(count: float, noun: str) -> str:
    """A count with its noun: `1 host`, `12 hosts`, `3 boxes`, `2 policies`."""
    if count == 1:
        return f"1 {noun}"
    return f"{number(count)} {plural(noun)}"


def plural(noun: str) -> str:
    """The plural of an English noun that follows the rules."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
