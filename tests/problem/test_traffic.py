"""Traffic on the arrays: places, what a solution's traffic costs, and who talks to whom."""

from builders import BETA, WEST, A, B, C, catalog, pool, scenario, service

from models.catalog import Region
from models.egress import EgressTariff
from models.goals import GoalTier
from planner.problem import Solution, build, score
from planner.problem.extras.egress import linked
from planner.problem.score import tier_value

ZONES = EgressTariff(cloud="alpha", scope="zone", tiers="0.01")
REGIONS = EgressTariff(cloud="alpha", scope="region", tiers="0.02")
OUT = EgressTariff(cloud="alpha", scope="internet", tiers=[{"up_to_gb": 1000, "per_gb": "0.09"}, {"per_gb": "0.05"}])
BACK = EgressTariff(cloud="beta", scope="internet", tiers="0.12")
ROWS = catalog(egress=(ZONES, REGIONS, OUT, BACK))
POOLS = [pool(host_types=("std-4",), purchases=("on_demand",))]
WEB, DB = service("web", 4), service("db", 2, cpu=2)


def flow(source="web", target="db", gb=730.0):
    return {"source": source, "gb_per_month": gb} | ({"target": target} if target else {"users": {}})


def arrays(*workloads, rows=ROWS, **spec):
    return build(scenario(*(workloads or (WEB, DB)), pools=POOLS, **spec), rows)


def standing_at(problem, names, *hosts):
    """A solution of (location, {item: copies})."""
    places = {names.offerings[o].location: b for b, members in enumerate(names.members) for o in members}
    return Solution.of((places[location], 1, content) for location, content in hosts)


def per_hour(problem, names, *hosts):
    """Micro-USD per hour of traffic."""
    return tier_value(problem, standing_at(problem, names, *hosts), GoalTier(goal="egress"))


def test_inside_a_zone_it_is_free():
    problem, names = arrays(traffic=[flow()])
    assert per_hour(problem, names, (A, {0: 4, 1: 2})) == 0


def test_between_zones_it_is_paid_in_both_directions():
    problem, names = arrays(traffic=[flow()])
    # 730 GB x 0.01 x 2 = 14.60 a month, 0.02 an hour
    assert per_hour(problem, names, (A, {0: 4}), (B, {1: 2})) == 20_000
    # half of the databases in the other zone: half of the traffic crosses
    assert per_hour(problem, names, (A, {0: 4, 1: 1}), (B, {1: 1})) == 10_000
    # web 3:1 and db 1:1 over two zones: 3/4 x 1/2 + 1/4 x 1/2 = 1/2 crosses
    assert per_hour(problem, names, (A, {0: 3, 1: 1}), (B, {0: 1, 1: 1})) == 10_000


def test_a_tariff_of_one_end_is_charged_once():
    one = ZONES.model_copy(update={"both_ends": False})
    problem, names = arrays(rows=catalog(egress=(one,)), traffic=[flow()])
    assert per_hour(problem, names, (A, {0: 4}), (B, {1: 2})) == 10_000


def test_between_regions_the_sender_pays():
    problem, names = arrays(traffic=[flow()])
    assert per_hour(problem, names, (A, {0: 4}), (WEST, {1: 2})) == 20_000  # 730 x 0.02 / 730


def test_between_clouds_it_is_paid_as_to_the_internet_by_who_sends():
    there = arrays(traffic=[flow()])
    assert per_hour(*there, (A, {0: 4}), (BETA, {1: 2})) == 90_000  # 730 x 0.09 / 730
    back = arrays(traffic=[flow("db", "web")])
    assert per_hour(*back, (A, {0: 4}), (BETA, {1: 2})) == 120_000  # 730 x 0.12 / 730


def test_traffic_of_all_workloads_adds_up_through_the_tiers():
    problem, names = arrays(traffic=[flow(target=None, gb=900), flow("db", None, gb=600), flow("web", "db", gb=500)])
    # all but the databases' 600 GB leave alpha: 900 to users and 500 to beta; 1,000 x 0.09 + 400 x 0.05 = 110.00
    # the databases send 600 from beta: 72.00; 182.00 / 730 = 0.249315…
    assert per_hour(problem, names, (A, {0: 4}), (BETA, {1: 2})) == 249_315


def test_replicas_left_out_send_nothing():
    problem, names = arrays(traffic=[flow(target=None, gb=730)])
    assert per_hour(problem, names, (A, {0: 1})) == 22_500  # a quarter of 730 GB x 0.09


def test_traffic_is_part_of_the_cost():
    problem, names = arrays(traffic=[flow()])
    solution = standing_at(problem, names, (A, {0: 4}), (B, {1: 2}))
    assert score(problem, solution) == (0, 2 * 200_000 + 20_000, 2)


def test_zones_are_one_place_where_traffic_between_them_is_free():
    paid, _ = arrays(traffic=[flow()])
    free, _ = arrays(rows=catalog(egress=(REGIONS, OUT, BACK)), traffic=[flow()])
    users, _ = arrays(traffic=[flow(target=None)])
    assert (paid.extras.egress.places, paid.bins) == (
        5,
        5,
    )  # alpha a, b, c and west, and beta as a whole
    assert (free.extras.egress.places, free.bins) == (3, 3)
    assert users.extras.egress.places == 3


def test_traffic_that_nobody_charges_is_left_out():
    problem, _ = arrays(rows=catalog(), traffic=[flow()])
    assert problem.extras.egress is None
    assert problem.bins == arrays()[0].bins


def test_equal_workloads_with_unequal_traffic_are_no_equal_items():
    one, two, three = (service(name, 2) for name in ("one", "two", "three"))
    problem, _ = arrays(one, two, three, traffic=[flow("one", "three"), flow("two", "three", gb=1)])
    assert problem.items == 3
    problem, _ = arrays(one, two, three, traffic=[flow(["one", "two"], "three")])
    assert problem.items == 2


def test_who_talks_to_whom():
    names = ("web", "api", "db", "cron", "log")
    sizes = {name: service(name, 1, cpu=f"{n + 1}00m") for n, name in enumerate(names)}
    flows = [flow("web", "api"), flow("api", "db"), flow("cron", "log"), flow("log", None)]
    problem, _ = arrays(*sizes.values(), service("alone", cpu=2), traffic=flows)
    assert [group.tolist() for group in linked(problem)] == [[0, 1, 2], [3, 4]]
    assert linked(arrays()[0]) == []


def test_carbon_of_hosts():
    north = Region(cloud="alpha", name="north", zones=("a", "b"), grams_per_kwh=300)
    west = Region(cloud="alpha", name="west", zones=("a",))
    types = [row.model_copy(update={"watts": 100.5}) if row.name == "std-4" else row for row in catalog().host_types]
    rows = catalog(regions=(north, west), host_types=tuple(types))
    case = scenario(
        WEB, pools=[pool(locations=("alpha",), host_types=("std-4", "arm-4"))], goals=["unplaced", "carbon"]
    )
    problem, names = build(case, rows)
    milligrams = {(names.offerings[m[0]].location, names.offerings[m[0]].host_type): int(problem.carbon[b])
                  for b, m in enumerate(names.members)}  # fmt: skip
    assert milligrams[A, "std-4"] == 30_150  # 100.5 W x 300 g/kWh = 30.15 g in an hour
    assert milligrams[WEST, "std-4"] == milligrams[A, "arm-4"] == 0  # nobody knows the grid, or the power
    assert score(problem, standing_at(problem, names, (WEST, {0: 4}))) == (0, 0)
    assert build(scenario(WEB), rows)[0].carbon is None  # nobody asks


def test_an_owner_s_watts_count_with_the_data_centre_s_pue():
    north = Region(cloud="alpha", name="north", zones=("a",), grams_per_kwh=300)
    owned = {"capex": 1000, "watts": 200, "pue": 1.4}
    pools = [pool(locations=("alpha/north",), host_types=("std-4",), purchases=("owned",), owned=owned)]
    problem, _ = build(scenario(WEB, pools=pools, goals=["unplaced", "carbon"]), catalog(regions=(north,)))
    assert problem.carbon.tolist() == [84_000]  # 200 W x 1.4 x 300 g/kWh = 84 g


def test_three_zones_have_three_places():
    problem, names = arrays(traffic=[flow()])
    level = problem.extras.egress.level
    places = {names.offerings[m[0]].location: int(problem.domain[b, level]) for b, m in enumerate(names.members)}
    assert len({places[A], places[B], places[C]}) == 3
