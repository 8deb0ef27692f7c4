"""Round-trip times: which knowledge wins, and how places are grouped by them."""

from itertools import combinations
from math import inf

import pytest
from builders import WEST, A, B, C, catalog, home
from hypothesis import given
from hypothesis import strategies as st

from models.latency import SAME_REGION_MS, SAME_ZONE_MS, Latencies, RoundTrip, clusters
from models.topology import DomainNode, Topology
from models.traffic import MeasuredLatency, Users

HALL, RACK = "home/hall", "home/hall/r1"
ALPHA = DomainNode(name="alpha", level="cloud", latitude=50, longitude=8)
BETA = DomainNode(name="beta", level="cloud", latitude=40, longitude=-74)


def latencies(*measured, mapped=True):
    roots = [*(region.tree() for region in catalog().regions), home(), *((ALPHA, BETA) if mapped else ())]
    return Latencies([MeasuredLatency(between=(a, b), ms=ms) for a, b, ms in measured], Topology(roots))


def test_what_is_known_of_zones_and_regions_without_measuring():
    plain = latencies()
    assert plain.round_trip(A, A) == RoundTrip(SAME_ZONE_MS, estimated=True)
    assert plain.round_trip(A, B) == RoundTrip(SAME_REGION_MS, estimated=True)
    assert plain.ms(RACK, RACK) == SAME_ZONE_MS  # a rack where no zones are known
    assert plain.ms(RACK, "home/hall/r2") == SAME_REGION_MS


def test_between_regions_an_estimate_by_distance():
    # 6213.5 km from 50 N 8 E to 40 N 74 W by the spherical law of cosines: 8.7 + 0.0159 x 6213.5 = 107.5
    assert latencies().ms(A, "beta/south/a") == pytest.approx(107.5, abs=0.05)
    assert latencies().ms(A, WEST) == pytest.approx(8.7)  # one place on the map
    assert latencies(mapped=False).ms(A, WEST) == inf
    assert str(latencies(mapped=False).round_trip(A, WEST)) == "an unknown time"


def test_measured_pairs_hold_either_way_and_the_deepest_wins():
    known = latencies(("alpha", "beta", 90), ("beta/south", "alpha/north", 80), (A, "beta", 70))
    assert known.round_trip("beta/south/a", B) == RoundTrip(80, estimated=False)
    assert known.ms(WEST, "beta/south/b") == 90
    assert known.ms(A, "beta/south/b") == 80  # a zone to a cloud is as deep as a region to a region, but faster


def test_the_slower_of_equally_deep_pairs():
    assert latencies((A, B, 1.0), (B, A, 1.5)).ms(A, B) == 1.5


def test_what_is_known_of_a_zone_goes_before_a_measured_region():
    inside = latencies(("alpha/north", "alpha/north", 1.2))
    assert inside.ms(A, B) == 1.2
    assert inside.ms(A, A) == SAME_ZONE_MS
    assert latencies((A, A, 0.2)).ms(A, A) == 0.2


def test_measured_racks_are_told_apart_others_stand_for_their_zone():
    assert latencies().spot(RACK) == RACK
    zone = DomainNode(name="z", level="zone", children=tuple(DomainNode(name=n, level="rack") for n in "pq"))
    site = DomainNode(name="dc", level="cloud", children=(DomainNode(name="r", level="region", children=(zone,)),))
    known = Latencies([MeasuredLatency(between=("dc/r/z/p", "dc/r/z/p"), ms=0.1)], Topology([site]))
    assert (known.spot("dc/r/z/p"), known.spot("dc/r/z/q")) == ("dc/r/z/p", "dc/r/z")
    assert (known.ms("dc/r/z/p", "dc/r/z/p"), known.ms("dc/r/z/p", "dc/r/z/q")) == (0.1, SAME_ZONE_MS)


def test_users_are_estimated_by_distance():
    assert latencies().to_users(A, Users(latitude=50, longitude=8)) == RoundTrip(8.7, estimated=True)
    assert latencies().to_users(RACK, Users(latitude=50, longitude=8)).ms == inf
    assert latencies().to_users(A, Users(name="somewhere")).ms == inf


def test_places_near_each_other_in_a_chain_make_two_groups():
    chain = latencies((A, B, 1), (B, C, 1), (A, C, 3))
    assert clusters(chain, 1, [A, B, C], [A, B, C]) == (frozenset({A, B}), frozenset({C}))


def test_sources_need_not_be_near_each_other():
    chain = latencies((A, B, 1), (B, C, 1), (A, C, 3))
    assert clusters(chain, 1, [A, C], [B]) == (frozenset({A, B, C}),)


def test_a_group_goes_where_the_sources_are():
    # Targets at b, c and west are one large group; the only source is near c alone.
    known = latencies((A, C, 1), (A, B, 9), (A, WEST, 9), (B, C, 1), (B, WEST, 1), (C, WEST, 1))
    assert clusters(known, 1, [A], [B, C, WEST]) == (frozenset({A, C}),)


def test_a_place_too_slow_in_itself_is_in_no_group():
    assert clusters(latencies(), 0.4, [A, B], [A, B]) == ()
    assert clusters(latencies(), 0.5, [A, B], [B]) == (frozenset({B}),)


@given(
    times=st.lists(st.integers(1, 4), min_size=6, max_size=6),
    sources=st.sets(st.sampled_from([A, B, C, WEST]), min_size=1),
    targets=st.sets(st.sampled_from([A, B, C, WEST]), min_size=1),
)
def test_in_every_group_every_source_is_near_every_target(times, sources, targets):
    pairs = combinations([A, B, C, WEST], 2)
    known = latencies(*((*pair, ms) for pair, ms in zip(pairs, times, strict=True)))
    groups = clusters(known, 2, sources, targets)
    assert len(set().union(*groups)) == sum(map(len, groups))
    for group in groups:
        assert group & sources
        assert group & targets
        assert all(known.ms(a, b) <= 2 for a in group & sources for b in group & targets)
    lone = sources - set().union(*groups)
    assert all(known.ms(a, b) > 2 or b in set().union(*groups) for a in lone for b in targets)
