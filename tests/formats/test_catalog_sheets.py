import io
import json
import sys
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reports import Finding
from planner.errors import InputError
from planner.formats.catalogs import read_price_sheet

HEADER = "cloud,region,host_type,purchase,per_hour,as_of\n"
ROW = "aws,us-east-1,m5.large,on_demand,0.08,2026-11-01\n"


@pytest.fixture
def sheet(tmp_path):
    def write(content: str | bytes, name: str = "prices.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refused(path) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        read_price_sheet(path)
    return caught.value.findings


def test_a_sheet_s_columns_may_stand_in_any_order(sheet) -> None:
    text = "as_of,Per_Hour , host_type,region,cloud\n2026-11-01,0.08,m5.large,us-east-1,aws\n\n"
    (price,) = read_price_sheet(sheet(text)).prices
    assert (price.host_type, price.purchase, price.per_hour) == ("m5.large", "on_demand", Decimal("0.08"))
    assert price.quality == "user"
    assert price.as_of.isoformat() == "2026-11-01"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_a_byte_order_mark(sheet, separator: str) -> None:
    text = "\ufeff" + (HEADER + ROW).replace(",", separator).replace("\n", "\r\n")
    assert read_price_sheet(sheet(text)).prices[0].cloud == "aws"


def test_standard_input(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEADER + ROW).encode())))
    assert len(read_price_sheet("-").prices) == 1


def test_wrong_cells_are_named_by_row_and_column(sheet) -> None:
    text = HEADER + ROW + "aws,us-east-1,m5.xlarge,ondemand,$0.1,2026\n"
    purchase, per_hour, as_of = refused(sheet(text))
    assert purchase.path == ("row", 3, "purchase")
    assert purchase.nearest == "on_demand"
    assert per_hour == Finding(("row", 3, "per_hour"), "'$0.1'", "a number such as 0.192")
    assert as_of.path == ("row", 3, "as_of")


@pytest.mark.parametrize("column", ["cloud", "region", "host_type", "purchase", "per_hour", "as_of"])
def test_blanks_are_refused(sheet, column: str) -> None:
    names = HEADER.strip().split(",")
    cells = ROW.strip().split(",")
    cells[names.index(column)] = " "
    (finding,) = refused(sheet(HEADER + ",".join(cells) + "\n"))
    assert finding.path == ("row", 2, column)


@pytest.mark.parametrize("amount", ["-0.1", "NaN", "inf", "0.1234567", "0,1"])
def test_amounts_that_are_no_prices(sheet, amount: str) -> None:
    (finding,) = refused(sheet(HEADER + ROW.replace("0.08", f'"{amount}"')))
    assert finding.path == ("row", 2, "per_hour")


def test_unknown_and_missing_columns(sheet) -> None:
    unknown, missing = refused(sheet("cloud,region,host_type,per_houre,as_of\n"))
    assert unknown.nearest == "per_hour"
    assert missing.expected == "a column 'per_hour'"


def test_a_column_twice(sheet) -> None:
    (finding,) = refused(sheet(HEADER.replace("purchase", "purchase,purchase")))
    assert finding.found == "column 'purchase' twice"


def test_a_row_with_too_many_cells(sheet) -> None:
    (finding,) = refused(sheet(HEADER + ROW + ROW.replace("0.08", "0,08")))
    assert finding.path == ("row", 3)


def test_the_same_price_twice(sheet) -> None:
    (finding,) = refused(sheet(HEADER + ROW + ROW))
    assert finding.found == "the same price twice"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "an empty file"),
        (",\n,\n", "an empty table"),
        (HEADER, "no rows below the header"),
        (b"PK\x03\x04\xff\xfe\x00", "a zip archive (an xlsx, docx or jar file is one, too)"),
        (HEADER + 'aws,"us-east-1\n', "unexpected end of data"),
        (b"a" * (17 * 2**20), "17.0 MiB"),
    ],
)
def test_files_that_are_no_sheets(sheet, content, found: str) -> None:
    assert refused(sheet(content))[0].found == found


def test_a_file_that_is_not_there(tmp_path) -> None:
    assert refused(tmp_path / "none.csv")[0].found == "no such file"


PRICE = {"cloud": "aws", "region": "us-east-1", "host_type": "m5.large", "per_hour": 0.08, "as_of": "2026-11-01"}


def test_a_catalog_in_json_and_yaml(sheet) -> None:
    text = json.dumps({"prices": [PRICE], "host_types": [{"cloud": "own", "name": "box", "capacity": BOX}]})
    for name in ("own.json", "own.yaml"):
        catalog = read_price_sheet(sheet(text, name))
        assert catalog.prices[0].per_hour == Decimal("0.08")
        assert catalog.host_types[0].capacity.memory == 64 * 2**30


BOX = {"cpu": 16, "memory": "64Gi"}


def test_an_unknown_key_names_the_nearest(sheet) -> None:
    (finding,) = refused(sheet(json.dumps({"pricez": []}), "own.json"))
    assert (finding.path, finding.nearest) == (("pricez",), "prices")


def test_a_wrong_quantity_in_a_catalog(sheet) -> None:
    data = {"host_types": [{"cloud": "own", "name": "box", "capacity": {"cpu": 16, "memory": "64GB"}}]}
    (finding,) = refused(sheet(json.dumps(data), "own.json"))
    assert finding.place == "host_types[0].capacity.memory"
    assert finding.found == "'64GB'"
    assert "did you mean" in finding.expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "".join(f"k{n}: &k{n} [{f'*k{n - 1}, ' * 9 if n else 'x'}]\n" for n in range(12))),
        ("b.yaml", "prices: [\n"),
        ("c.yaml", "- 1\n"),
        ("d.yaml", ""),
        ("e.json", "{"),
        ("f.json", "[" * 100_000),
        ("g.yaml", "!!python/object/apply:os.system ['true']"),
    ],
)
def test_documents_that_are_refused(sheet, name: str, text: str) -> None:
    assert len(refused(sheet(text, name))) == 1


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "prices.csv"
    path.write_bytes((HEADER + text).encode("utf-8", "surrogatepass"))
    with suppress(InputError):
        assert read_price_sheet(path).prices
