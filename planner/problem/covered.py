"""Covered offerings: what commitments pay for, as offerings of their own.

Every on-demand offering that a commitment selects gets a *covered* twin with a price of 0, and all covered
hosts of a commitment share a quota: so many hosts, or so much spent at the discounted price. Standing hosts
have no twin (one machine would stand twice): those that the commitments cover when applied to all standing
hosts count as covered, and use up the same quota while they stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from models.money import Commitment
from models.supply import Offering

MICRO = 1_000_000


def with_covered(offers: Sequence[Offering], commitments: Sequence[Commitment]) -> tuple[Offering, ...]:
    """The offerings, standing hosts marked that are covered, and a covered twin for each offering and commitment."""
    if not commitments:
        return tuple(offers)
    paid = _covered_standing(offers, commitments)
    marked = [replace(offer, covered=paid[o]) if o in paid else offer for o, offer in enumerate(offers)]
    twins = (
        replace(offer, covered=commitment.name)
        for commitment in commitments
        for offer in offers
        if not offer.host and selects(commitment, offer)
    )
    return (*marked, *twins)


def selects(commitment: Commitment, offer: Offering) -> bool:
    """Whether a commitment may cover the host: on demand only."""
    return offer.purchase == "on_demand" and commitment.hosts.selects(offer)


def weight_of(commitment: Commitment, offer: Offering) -> int:
    """What one covered host uses of the commitment: itself, or its discounted price in micro-USD, rounded up."""
    if commitment.kind == "resource":
        return 1
    charged = offer.per_hour * (100 - Decimal(str(commitment.percent))) / 100
    return int((charged * MICRO).to_integral_value(ROUND_CEILING))


def most_of(commitment: Commitment) -> int:
    """How many hosts, or how many micro-USD per hour at the discounted price, it covers."""
    return commitment.covers_hosts or int((commitment.spend_per_hour or 0) * MICRO)


def _covered_standing(offers: Sequence[Offering], commitments: Sequence[Commitment]) -> dict[int, str]:
    """Standing hosts that are covered in full today, by the commitment that covers them; the dearest first."""
    paid: dict[int, str] = {}
    dearest = sorted((o for o, offer in enumerate(offers) if offer.host), key=lambda o: -offers[o].per_hour)
    for commitment in commitments:
        room = most_of(commitment)
        for o in dearest:
            weight = weight_of(commitment, offers[o])
            if o not in paid and offers[o].per_hour and weight <= room and selects(commitment, offers[o]):
                paid[o] = commitment.name
                room -= weight
    return paid
