from models.catalog import Region
from models.topology import DomainNode, Topology, is_within

FRANKFURT = Region(cloud="aws", name="eu-central-1", zones=("a", "b"))
HALL = DomainNode(
    name="dc", level="cloud",
    children=(DomainNode(name="hall", level="site", children=(DomainNode(name="r1", level="rack"),)),),
)  # fmt: skip


def test_leaves_are_where_hosts_stand():
    topology = Topology([FRANKFURT.tree(), HALL])
    assert topology.leaves == ("aws/eu-central-1/a", "aws/eu-central-1/b", "dc/hall/r1")
    assert topology.leaves_in("aws") == ("aws/eu-central-1/a", "aws/eu-central-1/b")
    assert topology.leaves_in("aws/eu-central-1/a") == ("aws/eu-central-1/a",)
    assert topology.leaves_in("gcp") == ()


def test_an_ancestor_may_be_skipped():
    topology = Topology([FRANKFURT.tree(), HALL])
    assert topology.ancestor("aws/eu-central-1/a", "region") == "aws/eu-central-1"
    assert topology.ancestor("dc/hall/r1", "site") == "dc/hall"
    assert topology.ancestor("dc/hall/r1", "zone") is None
    assert topology.ancestor("aws/eu-central-1", "zone") is None
    assert topology.ancestor("aws", "cloud") == "aws"


def test_trees_of_a_cloud_are_joined():
    rack = DomainNode(name="r9", level="rack")
    zone = DomainNode(name="a", level="zone", children=(rack,))
    own = DomainNode(
        name="aws", level="cloud", children=(DomainNode(name="eu-central-1", level="region", children=(zone,)),)
    )
    topology = Topology([FRANKFURT.tree(), own])
    assert topology.leaves == ("aws/eu-central-1/b", "aws/eu-central-1/a/r9")
    assert topology.level("aws/eu-central-1/a/r9") == "rack"


def test_a_path_is_within_whole_steps_only():
    assert is_within("aws/eu-central-1", "aws")
    assert is_within("aws", "aws")
    assert not is_within("aws/eu-central-10", "aws/eu-central-1")
    assert not is_within("aws", "aws/eu-central-1")
