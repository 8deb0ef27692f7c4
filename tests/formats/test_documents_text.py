"""What is no document at all is refused early, in one sentence."""

import gzip
import io
import json
import time
import zipfile
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.formats.documents.plain import documents, load, parse
from planner.formats.documents.source import read_text
from planner.formats.documents.writing import to_text


def refused(path):
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.source == str(path)
    (finding,) = caught.value.findings
    return finding


def written(folder, content):
    path = folder / "input.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("content", ["", "  \n\n", "\ufeff", "\ufeff\n"])
def test_an_empty_file(tmp_path, content):
    assert refused(written(tmp_path, content)).found == "an empty file"


@pytest.mark.parametrize("content", ["# nothing here\n", "---\n", "null\n"])
def test_an_empty_document(tmp_path, content):
    assert refused(written(tmp_path, content)).found == "an empty document"


def test_a_file_of_100_mb_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.truncate(100 * 2**20)
    started = time.perf_counter()
    finding = refused(path)
    assert (finding.found, finding.expected) == ("100.0 MiB", "at most 64 MiB")
    assert time.perf_counter() - started < 1


def test_a_stream_without_end_is_refused(monkeypatch):
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            assert 0 < size <= 2**27
            return b"a" * size

    class Standard:
        buffer = Endless()

    monkeypatch.setattr("sys.stdin", Standard())
    with pytest.raises(InputError, match="more than 64 MiB"):
        read_text("-")


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a: [1, 2]")))
    assert load("-") == {"a": [1, 2]}


def _zip():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("scenario.yaml", "kind: Scenario")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [(_zip(), "a zip archive"), (gzip.compress(b"kind: Scenario", mtime=0), "a gzip archive"), (b"%PDF-1.7", "a PDF"),
     (b"\x89PNG\r\n", "a PNG picture"), ("kind: Scenario".encode("utf-16"), "UTF-16 text"),
     (b"kind:\x00 x", "binary data"), (b"kind: x\nname: caf\xe9\n", "the byte 0xe9, which is not UTF-8")],
    ids=["zip", "gzip", "pdf", "png", "utf-16", "binary", "latin-1"],
)  # fmt: skip
def test_a_file_of_something_else(tmp_path, content, looks_like):
    assert refused(written(tmp_path, content)).found.startswith(looks_like)


def test_a_byte_that_is_no_utf8_has_a_line(tmp_path):
    assert refused(written(tmp_path, b"kind: x\nname: caf\xe9\n")).place == "line 2"


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "onprem.yaml").write_text("a: 1")
    finding = refused(tmp_path / "on-prem.yaml")
    assert (finding.found, finding.nearest) == ("no such file", "onprem.yaml")
    assert refused(tmp_path / "nowhere" / "x.yaml").found == "no such file"


def test_a_directory(tmp_path):
    assert refused(tmp_path).found == "a directory"


def _bomb(levels):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def _merging_bomb(levels):
    steps = (f"m{n}: &m{n} {{<<: *m{n - 1}, a{n}: *m{n - 1}, b{n}: *m{n - 1}}}" for n in range(1, levels))
    return "\n".join(["m0: &m0 {k: v}", *steps])


@pytest.mark.parametrize("bomb", [_bomb(9), _bomb(60), _merging_bomb(30)])
def test_aliases_that_explode(tmp_path, bomb):
    started = time.perf_counter()
    assert refused(written(tmp_path, bomb)).found == "aliases that grow without measure"
    assert time.perf_counter() - started < 2


def test_a_few_aliases_are_welcome():
    text = "base: &b {cpu: 1, memory: 1Gi}\nx: *b\ny: {<<: *b, cpu: 2}\nz: {<<: [*b, {gpu: 1}]}"
    assert parse(text, "f") == {
        "base": {"cpu": 1, "memory": "1Gi"},
        "x": {"cpu": 1, "memory": "1Gi"},
        "y": {"cpu": 2, "memory": "1Gi"},
        "z": {"cpu": 1, "memory": "1Gi", "gpu": 1},
    }


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a:\n  - b: 1\n    c: 2\n    b: 3\n", "a[0]", "the key 'b' twice (lines 2 and 4)"),
        ('{"a": {\n"b": 1,\n"b": 2}}', "a", "the key 'b' twice (lines 2 and 3)"),
        ("a: &x [1, *x]", "a[1]", "*x, which contains itself"),
        ("a: *x", "a", "*x"),
        ("a: !!python/object/apply:os.getcwd []", "a", "the tag tag:yaml.org,2002:python/object/apply:os.getcwd"),
        ("a: 1\n---\nb: 2", "(document)", "several documents (separated by ---)"),
        ("a: b: c", "line 1, column 5", "broken YAML (mapping values are not allowed in this context)"),
        ("a: [1, 2", "line 2, column 1", "broken YAML (did not find expected ',' or ']')"),
        ("a: {{ .Values.x }}", "a", "a mapping or list as a key (is a template's {{ }} not filled in?)"),
        ("[" * 5000, "line 1", "too many levels"),
        ('{"a":' * 5000, "line 1", "too many levels"),
        ("a:\n  <<: 3", "a", "<< with something that is no mapping"),
    ],
)
def test_bad_yaml_and_json_have_a_place(text, place, found):
    with pytest.raises(InputError) as caught:
        parse(text, "f.yaml")
    (finding,) = caught.value.findings
    assert (finding.place, finding.found) == (place, found)


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", "yes"), ("on", "on"), ("NO", "NO"), ("2026-01-31", "2026-01-31"), ("1e3", "1e3"), ("0x1F", "0x1F"),
     ("007", "007"), ("12:30:45", "12:30:45"), (".inf", ".inf"), (".nan", ".nan"), ("1_000", "1_000"), ("true", True),
     ("False", False), ("~", None), ("null", None), ("12", 12), ("-3", -3), ("0.5", 0.5), ("1.5e+3", 1500.0),
     ("'12'", "12"), ('"true"', "true"), ("!!str 5", "5"), ("!!int '5'", 5)],
)  # fmt: skip
def test_plain_scalars_mean_little(text, value):
    assert parse(f"a: {text}", "f") == {"a": value}


def test_keys_are_text():
    assert parse("on: 1\n1: 2\nnull: 3\n'': 4", "f") == {"on": 1, "1": 2, "null": 3, "": 4}


def test_many_documents():
    assert list(documents("a: 1\n---\n---\n- b\n...\n", "f")) == [{"a": 1}, None, ["b"]]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), PLAIN, min_size=1))
def test_what_is_written_is_read_again(data):
    assert parse(to_text(data, "json"), "f") == data
    assert parse(to_text(data, "yaml"), "f") == data


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), PLAIN, min_size=1))
def test_reads_what_others_write(data):
    assert parse(json.dumps(data), "f") == data
    assert parse(yaml.safe_dump(data), "f") == data


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@`# \n\t0~<=")))
def test_any_text_is_read_or_refused(text):
    with suppress(InputError):
        assert all(isinstance(document, dict | list | str | int | float | None) for document in documents(text, "f"))


def test_json_keeps_lists_of_numbers_on_one_line_and_has_no_nan():
    assert to_text({"runs": {"ü": [0, 12]}, "gap": float("nan")}, "json") == (
        '{\n  "runs": {\n    "ü": [0, 12]\n  },\n  "gap": null\n}\n'
    )
