"""Junk anywhere in an object gives an import or one clear error, never a crash."""

import copy
import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.formats.kubernetes import Defaults, to_scenario
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.manifests import manifests
from planner.formats.kubernetes.objects import read_objects
from planner.formats.kubernetes.snapshot import snapshot

DATA = Path(__file__).parent / "data"
SNAPSHOT = json.loads((DATA / "eks-snapshot.json").read_text(encoding="utf-8"))
MANIFESTS = {
    "apiVersion": "v1",
    "kind": "List",
    "items": list(yaml.safe_load_all((DATA / "every-field.yaml").read_text(encoding="utf-8"))),
}
JUNK = st.sampled_from(
    [None, True, -1, 0, 3, 1.5, 10**30, "", "x", "-1Gi", "*", [], [None], [[]], ["x"], {}, {"x": None}, {"x": {}}]
)


def spots(value, path=()):
    """Every place inside a document."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from spots(inner, (*path, key))


def spoilt(document, path, junk):
    document = copy.deepcopy(document)
    here = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = junk
    return document


@pytest.mark.parametrize(
    ("document", "read"), [(MANIFESTS, manifests), (SNAPSHOT, snapshot)], ids=["manifests", "snapshot"]
)
@given(data=st.data())
def test_junk_is_read_or_refused(document, read, data, tmp_path_factory):
    path = data.draw(st.sampled_from(list(spots(document))))
    file = tmp_path_factory.mktemp("junk") / "objects.json"
    file.write_text(json.dumps(spoilt(document, path, data.draw(JUNK))), encoding="utf-8")
    report = Report()
    with suppress(InputError):
        to_scenario(read(read_objects([file], report), Defaults(), report), "junk")


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (Entry.text, []),
        (Entry.whole, "3"),
        (Entry.whole, -1),
        (Entry.whole, True),
        (Entry.number, 1.5),
        (Entry.flag, "yes"),
        (Entry.texts, {"c": []}),
        (Entry.mapping, [1]),
        (lambda entry: list(entry.items()), {"c": 1}),
    ],
)
def test_an_entry_refuses_with_its_place(read, wrong):
    with pytest.raises(InputError, match=r"^file\.yaml: document 1\.a\.b"):
        read(Entry("file.yaml", ("document 1",), {"a": {"b": wrong}}).get("a", "b"))
