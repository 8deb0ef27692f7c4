"""Claims on the arrays: places, prices per replica, pools as caps, local disks and pool operations as sizes."""

import numpy as np
from builders import A, B, catalog, pool, scenario, service, standing

from models.storage import StorageClass
from planner.problem import UNLIMITED, Solution, broken_forms, build, score

GOLD_A = StorageClass(name="gold-a", cloud="alpha", per_gb_month="0.08", included_iops=3000, per_iops_month="0.005")
DEAR_A = StorageClass(name="dear-a", cloud="alpha", per_gb_month="0.20")
FREE_A = StorageClass(name="free-a", cloud="alpha")  # nobody states its price
GOLD_B = StorageClass(name="gold-b", cloud="beta", per_gb_month="0.10")
SMALL_B = StorageClass(name="small-b", cloud="beta", per_gb_month="0.01", largest="50Gi")
DISK = StorageClass(name="local", scope="host")
ROWS = catalog(storage_classes=(GOLD_A, DEAR_A, FREE_A, GOLD_B, SMALL_B, DISK))
SIO = {"name": "sio", "protection_domain": "alpha/north", "raw_capacity": "1000Gi"}
ONE_EACH = [pool(host_types=("std-4",), purchases=("on_demand",))]


def claim(*classes, size="100Gi", **more):
    return {"size": size, "storage_class": list(classes), **more}


def arrays(*workloads, **spec):
    return build(scenario(*workloads, pools=ONE_EACH, **spec), ROWS)


def price_in(problem, names, cloud, item=0):
    """Micro-USD per hour of a copy on the bin types of a cloud, which must agree."""
    placing = np.zeros((problem.items, problem.bins)) if problem.placing is None else problem.placing
    bins = [b for b, members in enumerate(names.members) if names.offerings[members[0]].cloud == cloud]
    (price,) = {int(placing[item, b]) for b in bins if problem.fits[item, b]}
    return price


def clouds_of(problem, names, item=0):
    return {names.offerings[names.members[b][0]].cloud for b in np.flatnonzero(problem.fits[item])}


def test_a_profile_takes_the_cheapest_class_of_each_cloud():
    problem, names = arrays(service(volumes=[claim("dear-a", "gold-a", "small-b", "gold-b")]))
    # alpha: 100 x 0.08 = 8.00 a month, / 730 = 0.0109589 an hour; beta: 100 x 0.10 = 10.00, small-b ends at 50 GiB
    assert price_in(problem, names, "alpha") == 10_959
    assert price_in(problem, names, "beta") == 13_699


def test_operations_beyond_the_included_ones_are_paid():
    problem, names = arrays(service(volumes=[claim("gold-a", "dear-a", iops=6000)]))
    # gold-a: 8.00 + 3,000 x 0.005 = 23.00; dear-a: 20.00 and no limit, so it is the cheaper one: 0.0273973 an hour
    assert price_in(problem, names, "alpha") == 27_397
    assert clouds_of(problem, names) == {"alpha"}


def test_each_claim_of_a_replica_is_paid():
    problem, names = arrays(service(volumes=[claim("gold-a") | {"name": "one"}, claim("gold-a") | {"name": "two"}]))
    assert price_in(problem, names, "alpha") == 2 * 10_959


def test_a_class_without_a_price_comes_last():
    problem, names = arrays(service(volumes=[claim("free-a", "gold-a")]))
    assert price_in(problem, names, "alpha") == 10_959
    problem, names = arrays(service(volumes=[claim("free-a")]))
    assert price_in(problem, names, "alpha") == 0


def test_no_class_that_serves_is_no_place():
    problem, names = arrays(service(volumes=[claim("gold-a", "small-b")]), service("tiny", volumes=[claim("small-b")]))
    assert clouds_of(problem, names) == {"alpha"}
    assert not problem.fits[1].any()
    assert [narrowing.rule for narrowing in names.narrowings if narrowing.workloads == {1}] == ["storage"]


def test_the_total_is_that_of_all_replicas():
    problem, names = arrays(service(replicas=4, volumes=[claim("gold-a", "gold-b")]))
    beta = next(b for b in range(problem.bins) if names.offerings[names.members[b][0]].cloud == "beta")
    # one host of beta at 0.18 an hour, four volumes at 0.013699
    assert score(problem, Solution.of([(beta, 1, {0: 4})])) == (0, 180_000 + 4 * 13_699, 1)


def test_a_pool_is_a_cap_over_copies_in_steps():
    problem, names = arrays(service("a", 20, volumes=[claim("sio", size="9Gi")]), service("b"), storage_pools=[SIO])
    (cap,) = problem.caps
    assert cap.most == 900 * 1024  # MiB: a tenth is kept free to rebuild
    inside = np.array([names.offerings[members[0]].location.startswith("alpha/north") for members in names.members])
    assert (cap.weight[:, inside] == 32 * 1024).all()  # 9 GiB take two steps of 8, twice
    assert (cap.weight[:, ~inside] == 0).all()
    assert (problem.fits[cap.items] == inside).all()
    full = Solution.of([(int(np.flatnonzero(inside)[0]), 10, {int(cap.items[0]): 3})])  # 30 x 32 GiB against 900
    assert any("storage pool sio" in broken for broken in broken_forms(problem, full))


def test_a_pool_beside_a_class_elsewhere():
    problem, names = arrays(service(volumes=[claim("gold-b", "sio")]), storage_pools=[SIO])
    assert clouds_of(problem, names) == {"alpha", "beta"}
    assert (price_in(problem, names, "alpha"), price_in(problem, names, "beta")) == (0, 13_699)


def test_a_volume_faster_than_its_pool_goes_elsewhere():
    slow = SIO | {"max_iops_per_volume": 500}
    problem, names = arrays(service(volumes=[claim("gold-b", "sio", iops=501)]), storage_pools=[slow])
    assert clouds_of(problem, names) == {"beta"}


def test_operations_of_a_pool_on_one_host():
    busy = SIO | {"max_iops_per_host": 1000}
    problem, names = arrays(service(volumes=[claim("sio", "gold-b", size="1Gi", iops=400)]), storage_pools=[busy])
    r = problem.resources.index("pool/sio-iops")
    assert problem.size[0, r] == 400
    rooms = {names.offerings[names.members[b][0]].cloud: int(problem.capacity[b, r]) for b in range(problem.bins)}
    assert rooms == {"alpha": 1000, "beta": UNLIMITED}


def test_local_disks_are_room_of_the_host():
    nvme = standing("nvme", A, host_type=None, capacity={"cpu": 4, "memory": "16Gi", "local_disk": "100Gi"})
    plain = standing("plain", B)
    problem, names = build(
        scenario(service(volumes=[claim("local", size="60Gi")]), hosts=[nvme, plain], pools=[]), ROWS
    )
    r = problem.resources.index("local_disk")
    assert problem.size[0, r] == 60 * 1024  # MiB
    rooms = {names.offerings[names.members[b][0]].host: int(problem.capacity[b, r]) for b in range(problem.bins)}
    assert rooms == {"nvme": 100 * 1024, "plain": 0}
    assert {names.offerings[names.members[b][0]].host for b in np.flatnonzero(problem.fits[0])} == {"nvme"}


def test_equal_sizes_of_unequal_storage_are_no_equal_items():
    problem, _ = arrays(service("a", volumes=[claim("gold-a")]), service("b", volumes=[claim("dear-a")]))
    assert problem.items == 2
