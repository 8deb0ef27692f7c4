"""Hosts by demand, against the rules of Karpenter worked out by hand."""

import numpy as np
import pytest
from builders import A, B, C, catalog, plan, pool, price, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.film import SECOND, Film
from planner.simulation.provisioning import Karpenter
from planner.simulation.state import HOST, HOST_STATE, UP, WAITING

BIG = "big-16"
TYPES = ("std-4", BIG)
PLAIN = pool(host_types=TYPES, locations=(A,), purchases=("on_demand",))
MIXED = pool(host_types=TYPES, locations=(A,), purchases=("on_demand", "spot"))
SPOT = pool(host_types=TYPES, locations=(A,), purchases=("spot",))
NEVER = 10**6
"""A round that does not come, for tests of what opens hosts."""


def rows(**spot):
    """The catalog, with prices of spot hosts by type."""
    plain = (price("0.20"), price("0.06", purchase="spot"), price("0.80", "big-16"))
    return catalog(prices=(*plain, *(price(each, f"{name}-16", purchase="spot") for name, each in spot.items())))


def film_of(*workloads, slots, actor=None, pools=(PLAIN,), prices=None, spare=8, policy="first_fit", **more):
    case = scenario(*workloads, pools=list(pools), **more)
    known = prices or catalog()
    made = plan(case, *slots, rows=known)
    actors = [actor or Karpenter(boot_seconds=100, round_seconds=NEVER)]
    return Film(cluster_of(case, known, made, policy=policy, spare=spare), actors, seed=1)


def consolidating(**more):
    return Karpenter(boot_seconds=100, **more)


def more_of(film, name, number):
    return film.cluster.add(film.cluster.class_of(name), number, film.now)


def told(film, what, *facts):
    return [(s["at"] // SECOND, *(s[fact] for fact in facts)) for s in film.recorder.told if s["what"] == what]


def names(film):
    return [film.cluster.host_names[h] for h in film.cluster.there]


FULL = slot("h1", {"web": 4})


def test_a_claim_becomes_the_cheapest_offering_that_holds_all_of_it():
    film = film_of(service("web", replicas=4), slots=[FULL])
    more_of(film, "web", 6)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "type", "why") == [(101, "big-16", "6 wait")]
    film = film_of(service("web", replicas=4), slots=[FULL])
    more_of(film, "web", 3)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "type") == [(101, "std-4")]
    assert film.cluster.state.now[WAITING] == 0


def test_spot_is_taken_where_it_is_cheapest():
    film = film_of(service("web", replicas=4), slots=[FULL], pools=[MIXED])
    more_of(film, "web", 3)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "purchase") == [(101, "spot")]


def test_pools_are_asked_in_order():
    dear = pool("dear", host_types=("big-16",), locations=(A,), purchases=("on_demand",))
    cheap = pool("pool", host_types=("std-4",), locations=(A,), purchases=("on_demand",))
    film = film_of(service("web", replicas=4), slots=[FULL], pools=[dear, cheap])
    more_of(film, "web", 1)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "type", "pool") == [(101, "big-16", "dear")]


def test_the_largest_come_first_and_the_emptiest_claim_is_asked_first():
    # 10 + 9 + 5 + 5: 10 and 9 need claims of their own; the fives go to the one with the fewest, then to the other.
    film = film_of(
        service("web", replicas=4),
        service("ten", cpu=10), service("nine", cpu=9), service("five", cpu=5),
        slots=[FULL, slot("h2", {"ten": 1, "five": 1}, host_type=BIG), slot("h3", {"nine": 1}, host_type=BIG)],
    )  # fmt: skip
    more_of(film, "web", 1)  # h2 has one left, h3 seven: they are filled first
    more_of(film, "five", 1)
    for name in ("ten", "nine", "five", "five"):
        more_of(film, name, 1)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "type", "why") == [(101, "big-16", "2 wait"), (101, "big-16", "2 wait")]
    assert film.cluster.state.now[WAITING] == 0


def test_a_batch_ends_after_a_second_without_anybody():
    film = film_of(service("web", replicas=4), slots=[FULL])
    film.play(days=5.5 / 86_400)
    more_of(film, "web", 1)
    film.play(days=200 / 86_400)
    assert told(film, "host opened") == [(107,)]  # came at 5.5, idle for a second at 7


def test_a_batch_ends_after_ten_seconds_in_any_case():
    film = film_of(service("web", replicas=4), slots=[FULL])
    for _ in range(30):
        more_of(film, "web", 1)
        film.play(days=0.5 / 86_400)
    film.play(days=200 / 86_400)
    # Those of 0 to 10.5 s are a batch at 11 s: 16 on one host, 6 on another, to which 8 later ones find room.
    assert told(film, "host opened", "type", "why") == [(111, "big-16", "16 wait"), (111, "big-16", "6 wait")]


def test_rules_are_part_of_the_packing():
    apart = [{"rule": "anti_affinity", "level": "zone"}]
    zones = pool(host_types=TYPES, locations=("alpha/north",), purchases=("on_demand",))
    film = film_of(service("web", replicas=2), slots=[slot("h1", {"web": 1}), slot("h2", {"web": 1}, B)],
                   pools=[zones], rules=apart)  # fmt: skip
    more_of(film, "web", 2)
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "location", "type") == [(101, C, "std-4")]
    assert film.cluster.state.now[WAITING] == 1


def test_devices_are_part_of_the_packing():
    case = scenario(service("web"), service("half", gpu="500m"), pools=[pool(locations=(A,), purchases=("on_demand",))])
    made = plan(case, slot("h1", {"web": 1}), slot("h2", {"half": 1}, host_type="gpu-8"))
    film = Film(cluster_of(case, catalog(), made, policy="first_fit"), [Karpenter(100, round_seconds=NEVER)])
    more_of(film, "half", 3 + 5)  # three beside the one on h2, four on two GPUs of another host, one on a third
    film.play(days=150 / 86_400)
    assert told(film, "host opened", "type", "why") == [(101, "gpu-8", "4 wait"), (101, "gpu-8", "1 wait")]
    assert film.cluster.state.now[WAITING] == 0


def test_a_limit_of_the_pool_holds():
    tight = pool(host_types=TYPES, locations=(A,), purchases=("on_demand",), max_hosts=2)
    film = film_of(service("web", replicas=4), slots=[FULL], pools=[tight])
    more_of(film, "web", 30)
    film.play(days=0.01)
    assert told(film, "host opened", "type") == [(101, "big-16")]


def test_empty_hosts_are_given_back_within_the_budget_of_the_pool():
    film = film_of(service("web", replicas=2), slots=[slot("h1", {"web": 2}), slot("h2"), slot("h3")],
                   actor=consolidating())  # fmt: skip
    film.play(days=0.01)
    assert told(film, "host closed", "host", "why") == [(10, "h2", "empty"), (20, "h3", "empty")]
    film = film_of(service("web", replicas=2), slots=[slot("h1", {"web": 2}), slot("h2"), slot("h3")],
                   actor=consolidating(disrupted_percent=50, consolidate_after_seconds=30))  # fmt: skip
    film.play(days=0.01)
    assert told(film, "host closed", "host") == [(40, "h2"), (40, "h3")]


def test_a_host_goes_whose_containers_fit_elsewhere():
    film = film_of(service("web", replicas=4), slots=[slot("h1", {"web": 3}), slot("h2", {"web": 1})],
                   actor=consolidating())  # fmt: skip
    film.play(days=0.01)
    assert told(film, "host closed", "host", "why") == [(10, "h2", "fits elsewhere")]
    assert film.cluster.used(0) == 4


def test_a_host_is_replaced_by_a_cheaper_one_once_that_is_there():
    film = film_of(service("web", replicas=3), slots=[slot("h1", {"web": 3}, host_type="big-16")],
                   actor=consolidating())  # fmt: skip
    film.play(days=60 / 86_400)
    assert names(film) == ["h1"]
    assert film.cluster.used(0) == 3
    film.play(days=0.01)
    assert told(film, "host opened", "type", "why") == [(110, "std-4", "in place of h1")]
    assert told(film, "host closed", "host", "why") == [(110, "h1", "replaced")]
    assert len(film.cluster.placed("web")) == 3


def test_several_hosts_go_for_one_cheaper_one():
    film = film_of(
        service("web", replicas=4, cpu="1800m"),
        slots=[slot(f"h{n}", {"web": 2}, host_type="big-16") for n in (1, 2)],
        actor=consolidating(disrupted_percent=100),
    )
    film.play(days=0.01)
    # 4 x 1.8 CPU: no std-4 holds them, and a big-16 would be one of the same type; but one of them holds all.
    assert told(film, "host opened") == []
    assert told(film, "host closed", "host") == [(10, "h1")]
    film = film_of(
        service("web", replicas=4), slots=[slot(f"h{n}", {"web": 2}, host_type="big-16") for n in (1, 2)],
        actor=consolidating(disrupted_percent=100),
    )  # fmt: skip
    film.play(days=0.01)
    assert told(film, "host opened", "type", "why") == [(110, "std-4", "in place of h1, h2")]
    assert told(film, "host closed", "host") == [(110, "h1"), (110, "h2")]


@pytest.mark.parametrize(("pools", "purchase", "opened"), [([SPOT], "spot", []), ([MIXED], "on_demand", ["spot"])])
def test_spot_replaces_others_but_not_spot(pools, purchase, opened):
    first = slot("h1", {"web": 2}, host_type="big-16", purchase=purchase)
    film = film_of(service("web", replicas=2), slots=[first], pools=pools, prices=rows(big="0.30"),
                   actor=consolidating())  # fmt: skip
    film.play(days=0.02)
    assert [bought for _, bought in told(film, "host opened", "purchase")] == opened
    assert len(names(film)) == 1


def test_a_spot_host_may_go_for_nothing():
    hosts = [slot("h1", {"web": 2}, purchase="spot"), slot("h2", {"web": 1}, purchase="spot")]
    film = film_of(service("web", replicas=3), slots=hosts, pools=[SPOT], actor=consolidating())
    film.play(days=0.01)
    assert names(film) == ["h1"]


def test_budgets_of_workloads_hold_hosts_and_slow_them():
    kept = service("web", replicas=3, disruption_budget={"min_available": 3})
    film = film_of(kept, slots=[slot("h1", {"web": 3}, host_type="big-16")], actor=consolidating())
    film.play(days=0.02)
    assert names(film) == ["h1"]
    slow = service("web", replicas=3, disruption_budget={"min_available": 2})
    film = film_of(slow, slots=[slot("h1", {"web": 3}, host_type="big-16")], actor=consolidating())
    film.play(days=0.02)
    assert told(film, "host closed", "host") == [(120, "h1")]  # one at 110, at 115, at 120


def test_nothing_is_done_twice():
    film = film_of(service("web", replicas=4, cpu=3), slots=[slot(f"h{n}", {"web": 1}) for n in range(1, 5)],
                   actor=consolidating(disrupted_percent=100))  # fmt: skip
    film.play(days=0.5)
    assert film.recorder.told == []
    assert names(film) == ["h1", "h2", "h3", "h4"]


@pytest.mark.parametrize("policy", ["best_fit", "kubernetes", "random"])
def test_hosts_opened_less_closed_are_there_and_a_fork_goes_on_as_the_film_does(policy):
    zones = pool(host_types=TYPES, locations=("alpha/north",), purchases=("on_demand", "spot"))
    spread = [{"rule": "topology_spread", "workloads": {"names": ["web"]}, "level": "zone", "max_skew": 2}]

    def churn():
        hosts = [slot("h1", {"web": 2}), slot("h2", {"web": 2}, B)]
        budget = {"max_unavailable": "50%"}
        return film_of(service("web", replicas=4, disruption_budget=budget), slots=hosts, pools=[zones], rules=spread,
                       actor=consolidating(round_seconds=60, idle_seconds=5), policy=policy)  # fmt: skip

    def play(film, first, last):
        for hour in range(first, last):
            rng = np.random.default_rng(hour)
            film.cluster.retire(rng.permutation(film.cluster.placed("web"))[: int(rng.integers(0, 9))], film.now)
            more_of(film, "web", int(rng.integers(0, 8)))
            film.play(days=1 / 24)
            cluster, state = film.cluster, film.cluster.state
            assert 2 + len(told(film, "host opened")) - len(told(film, "host closed")) == len(cluster.there)
            assert (state.free >= 0).all()
            assert (state.capacity >= state.free).all()
            on_hosts = state.containers[cluster.placed("web"), HOST]
            assert np.bincount(on_hosts, minlength=len(cluster.casts)).tolist() == [
                cluster.used(h) for h in range(len(cluster.casts))
            ]

    whole, part = churn(), churn()
    play(whole, 0, 12)
    play(part, 0, 5)
    fork = part.fork()
    for film in (part, fork):
        play(film, 5, 12)
        assert film.cluster.hash == whole.cluster.hash
        assert film.recorder.told == whole.recorder.told
    assert len(told(whole, "host opened")) > 1
    assert len(told(whole, "host closed")) > 1
    assert (whole.cluster.state.hosts[whole.cluster.there, HOST_STATE] == UP).all()
