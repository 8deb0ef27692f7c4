"""The bill in the terminal report and on the page: by part where there is more than hosts, in its currency."""

from decimal import Decimal
from io import StringIO

from builders import plan, scenario, service, slot
from rich.console import Console

from models.plan import CommitmentUse
from planner.cli.report import print_report
from planner.plots.html_report import bay_plan_html

USE = CommitmentUse(
    name="ri", paid_per_month=Decimal("182.50"), used_per_month=Decimal("91.25"), unused_per_month=Decimal("91.25")
)
STATED = {
    "currency": "CHF",
    "cost_per_month": Decimal("328.50"),
    "cost_breakdown": {"compute": Decimal("146"), "commitments": Decimal("182.50"), "penalties": Decimal(20)},
    "commitments": (USE,),
    "upfront": Decimal(100),
}


def shown(**status) -> tuple[str, str]:
    """The report and the page of a plan."""
    case = scenario(service())
    made = plan(case, slot("h", {"web": 1}), **status)
    console = Console(width=100, file=StringIO())
    print_report(made, case, console)
    return str(console.file.getvalue()), bay_plan_html(made, case)


def test_parts_commitments_and_upfront_are_shown_where_there_are_any():
    report, page = shown(**STATED)
    assert "Cost by part" in report
    lines = [" ".join(line.split()) for line in report.splitlines()]
    assert "compute 146.00 CHF 44 %" in [line.replace("\u00a0", " ") for line in lines]  # 146 / 328.50
    assert "ri 182.50 CHF 91.25 CHF 91.25 CHF" in lines
    assert "penalties of soft rules, not paid: 20.00 CHF" in lines
    assert "paid once, upfront: 100.00 CHF; the parts above spread it over the term" in lines
    assert any("CHF/h" in line for line in lines)
    assert "$" not in report
    for told in ("<th>Part</th>", "<td>ri</td>", "91.25 CHF", "Penalties of soft rules, not paid: 20.00 CHF a month."):
        assert told in page


def test_a_bill_of_hosts_alone_is_told_as_before():
    report, page = shown(cost_breakdown={"compute": Decimal("146.00")})
    assert "Cost by part" not in report
    assert "$/h" in report
    assert "<th>Part</th>" not in page
