import json

import pytest
import yaml
from typer.testing import CliRunner

from planner.cli.catalog import catalog_app

runner = CliRunner()


def run(*args: str, code: int = 0, **kwargs):
    result = runner.invoke(catalog_app, args, **kwargs)
    assert result.exit_code == code, result.output
    return result


def items(*args: str) -> list[dict]:
    document = json.loads(run(*args, "-o", "json").stdout)
    assert document["apiVersion"] == "bayplan/v1"
    return document["items"]


@pytest.fixture
def sheet(tmp_path):
    def write(*rows: str) -> str:
        path = tmp_path / "mine.csv"
        path.write_text("\n".join(("cloud,region,host_type,purchase,per_hour,as_of", *rows, "")))
        return str(path)

    return write


def test_list_filters() -> None:
    found = items(
        "list", "--cloud", "aws", "--region", "eu-central-1", "--type", "m*", "--arch", "arm64", "--min-cpu", "8",
        "--min-memory", "33Gi",
    )  # fmt: skip
    assert [row["host_type"] for row in found] == ["m7g.4xlarge"]
    assert found[0]["volumes"] == 18
    assert found[0]["region"] == "eu-central-1"
    assert found[0]["purchase"] == "on_demand"


def test_list_takes_the_cheapest_matching_price() -> None:
    (anywhere,) = items("list", "--type", "e2-standard-4")
    (europe,) = items("list", "--type", "e2-standard-4", "--region", "europe-*")
    (spot,) = items("list", "--type", "e2-standard-4", "--region", "europe-*", "--purchase", "spot")
    assert anywhere["per_hour"] < europe["per_hour"]
    assert europe["region"].startswith("europe-")
    assert spot["per_hour"] < europe["per_hour"]


def test_list_shows_types_without_a_price_unless_a_region_is_asked_for() -> None:
    assert {row["per_hour"] for row in items("list", "--cloud", "hetzner")} == {None}
    result = run("list", "--cloud", "hetzner", "--region", "fsn1-dc14", "-o", "json")
    assert json.loads(result.stdout)["items"] == []
    assert "no host type has a price like that" in result.stderr


@pytest.mark.parametrize(("key", "field"), [("price", "per_hour"), ("cpu", "cpu"), ("per-memory", "per_gib_hour")])
def test_list_sorts(key: str, field: str) -> None:
    values = [row[field] for row in items("list", "--sort", key)]
    known = [value for value in values if value is not None]
    assert known == sorted(known)
    assert values[: len(known)] == known, "types without a price come last"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--cloud", "awz"), "did you mean 'aws'"),
        (("--type", "m5.larg"), "did you mean 'm5.large'"),
        (("--region", "us-east1"), "did you mean"),
        (("--min-memory", "4GB"), "--min-memory"),
        (("--prices", "no-such-file.csv"), "no-such-file.csv"),
    ],
)
def test_list_refuses_with_a_hint(args: tuple[str, ...], message: str) -> None:
    result = run("list", *args, code=1)
    assert message in result.stderr
    assert result.stdout == ""


def test_a_user_s_prices_win(sheet) -> None:
    mine = sheet(
        "aws,us-east-1,m5.large,on_demand,0.01,2026-11-01", "hetzner,fsn1-dc14,cx22,on_demand,0.006,2026-11-01"
    )
    assert items("list", "--type", "m5.large", "--prices", mine)[0]["per_hour"] == 0.01
    priced = [row["host_type"] for row in items("list", "--cloud", "hetzner", "--prices", mine) if row["per_hour"]]
    assert priced == ["cx22"]


@pytest.mark.parametrize("output", ["table", "wide", "markdown"])
def test_tables_are_never_cut_in_a_pipe(output: str) -> None:
    text = run("list", "--cloud", "azure", "-o", output).stdout
    assert "Standard_NC24ads_A100_v4" in text
    assert "germanywestcentral" in run("list", "--region", "germanywestcentral", "-o", output).stdout
    assert "USD/h" in text
    assert "…" not in text
    assert ("source" in text) == (output == "wide")


def test_markdown_is_a_table() -> None:
    lines = run("list", "--type", "m5.*", "-o", "markdown").stdout.splitlines()
    assert len({line.count("|") for line in lines if line}) == 1
    assert "---:" in lines[1]


def test_yaml_and_json_agree() -> None:
    text = run("list", "--type", "m5.*", "-o", "yaml").stdout
    assert yaml.safe_load(text)["items"] == items("list", "--type", "m5.*")


def test_no_colour_in_a_pipe() -> None:
    assert "\x1b" not in run("compare", "m5.large", "m5.xlarge").stdout


def test_compare() -> None:
    found = {row["host_type"]: row for row in items("compare", "m5.large", "m5.xlarge", "--region", "us-east-1")}
    large = found["m5.large"]
    assert large["pods"] == 29
    assert large["allocatable_memory_gib"] == pytest.approx((8192 - 574 - 100) / 1024, abs=1e-3)
    assert large["per_month"] == pytest.approx(0.096 * 730)
    assert large["per_cpu_hour"] == 0.048
    assert large["per_gib_hour"] == 0.012


def test_compare_marks_the_best() -> None:
    text = run("compare", "m5.large", "m5.xlarge", "--region", "us-east-1", "-o", "markdown").stdout
    assert "**0.0960**" in text
    assert "**58**" in text
    assert "**0.04800**" not in text, "alike is not better"


def test_show() -> None:
    text = run("show", "m7g.4xlarge").stdout
    assert "usable on EKS" in text
    assert "eu-central-1" in text
    assert "20 mo" in text or " y" in text
    assert "recon: " in text, "sources are explained"


def test_show_as_document() -> None:
    document = json.loads(run("show", "m5.xlarge", "--region", "us-east-1", "-o", "json").stdout)
    assert document["spec"]["capacity"] == {
        "cpu": "4", "memory": "16Gi", "gpu": "0", "volumes": 26, "iops": 6000, "mbps": 143, "network": 1250,
    }  # fmt: skip
    assert document["status"]["platform"] == "eks"
    assert document["status"]["allocatable"]["pods"] == 58
    prices = {row["purchase"]: row for row in document["status"]["prices"]}
    assert set(prices) == {"on_demand", "spot", "reserved_1y"}
    assert prices["reserved_1y"]["quality"] == "dated"


def test_show_says_when_there_is_no_price() -> None:
    result = run("show", "cx32")
    assert "no price" in result.stderr
    assert "usable on Kubernetes" in result.stdout


def test_show_wants_one_type() -> None:
    assert "one type" in run("show", "m5.*", code=1).stderr


def test_check_of_the_shipped_catalog() -> None:
    result = run("check", "-o", "json")
    found = json.loads(result.stdout)["items"]
    assert {row["severity"] for row in found} == {"warning"}
    assert "0 errors" in result.stderr


def test_check_of_a_good_sheet(sheet) -> None:
    result = run("check", sheet("aws,us-east-1,m5.large,on_demand,0.09,2999-01-01"))
    assert result.stdout == ""
    assert "1 prices up to 2999-01-01: 0 errors, 0 warnings" in result.stderr


def test_check_of_a_bad_sheet(sheet) -> None:
    bad = sheet("aws,us-east-1,m5.large,on_demand,0.9,2999-01-01", "aws,us-east-1,m5.larg,spot,0,2999-01-01")
    result = run("check", bad, "-o", "json", code=1)
    assert {row["check"] for row in json.loads(result.stdout)["items"]} == {"change", "zero", "shape"}


def test_check_with_a_confirmed_change(sheet) -> None:
    mine = sheet("aws,us-east-1,m5.large,on_demand,0.03,2999-01-01")
    run("check", mine, code=1)
    run("check", mine, "--confirm", "m5.*")
    run("check", mine, "--previous", mine)


def test_check_of_standard_input() -> None:
    text = "cloud,region,host_type,per_hour,as_of\naws,us-east-1,m5.large,0.09,2999-01-01\n"
    assert "0 errors" in run("check", "-", input=text).stderr
