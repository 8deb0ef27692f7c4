"""What a plan breaks of soft rules, in the report and in Markdown."""

from io import StringIO

from builders import plan, scenario, service, slot
from rich.console import Console

from models.plan import Breach
from planner.cli.markdown import summary
from planner.cli.report import print_report

BROKEN = (
    Breach(rule="apart|ever", mode="soft", count=3, today=1, penalty_per_month=150),
    Breach(rule="spread", mode="mend", count=0, today=2),
)


def made(**status):
    case = scenario(service(replicas=4))
    return case, plan(case, slot("h1", {"web": 4}), **status)


def test_the_report_has_a_row_for_each_rule():
    case, broken = made(breaches=BROKEN)
    console = Console(file=StringIO(), width=120)
    print_report(broken, case, console)
    text = console.file.getvalue()
    rows = [line.split() for line in text.partition("Rules that may be broken")[2].splitlines()]
    assert ["apart|ever", "soft", "3", "1", "$150.00"] in rows
    assert ["spread", "no", "worse", "than", "today", "0", "2", "–"] in rows


def test_the_summary_has_them_too_and_nothing_where_there_are_none():
    text = summary(made(breaches=BROKEN)[1])
    assert "| apart\\|ever | soft | 3 | 1 | $150.00 |" in text
    assert "| spread | no worse than today | 0 | 2 | – |" in text
    assert "Rules that may be broken" not in summary(made()[1])
