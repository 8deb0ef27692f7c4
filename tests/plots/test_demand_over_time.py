"""Hosts whose workloads peak at different times: drawn at their fullest, never above what they are planned for."""

import re

import pytest
from plot_samples import host, plan_of, scenario_of, workload

from models.demand import Profile, Usage
from models.rules import OverloadRisk
from planner.plots.bayplan import bay_plan_svg
from planner.plots.columns import column
from planner.plots.demand import APART, Demands
from planner.plots.groups import HostGroup
from planner.plots.html_report import bay_plan_html
from planner.plots.palette import palette_of

DAY = [1] * 8 + [6] * 8 + [2] * 8
"""CPU by the hour: the most in the third of the day from 8:00 on."""
NIGHT = [5] * 8 + [1] * 8 + [0] * 8


def profiled(name, points, **more):
    return workload(name, **more).model_copy(update={"profile": Profile(cpu=points)})


SHOP, BATCH = profiled("shop", DAY), profiled("batch", NIGHT)
CASE = scenario_of(SHOP, BATCH, workload("web", 500, 1))


def busy(name, runs, used):
    """A host of 8 CPU; `used` is its peak, as a plan states it."""
    made = host(name, CASE, runs, cpu=8000, gib=32)
    return made.model_copy(update={"used": made.used.model_copy(update={"cpu": used})})


def drawn(*hosts, alike=True):
    plan = plan_of(CASE, list(hosts))
    return column(HostGroup(tuple(hosts), alike), "cpu", Demands(CASE), palette_of(plan, Demands(CASE)))


def test_a_column_is_the_peak_of_the_sum_not_the_sum_of_peaks():
    both = drawn(busy("h1", {"shop": 1, "batch": 1, "web": 2}, 8000))
    assert both.when == "at 08:00 UTC"
    assert {stack.family: stack.amount for stack in both.stacks} == {"shop": 6000, "batch": 1000, "web": 1000}
    assert both.used == both.limit == 8000


def test_who_takes_nothing_then_is_told():
    evening = profiled("late", [0] * 23 + [1])
    case = scenario_of(SHOP, evening)
    made = host("h1", case, {"shop": 1, "late": 1}, cpu=8000)
    made = made.model_copy(update={"used": made.used.model_copy(update={"cpu": 6000})})
    plan = plan_of(case, [made])
    drawn_ = column(HostGroup((made,)), "cpu", Demands(case), palette_of(plan, Demands(case)))
    assert [stack.family for stack in drawn_.stacks] == ["shop"]
    assert drawn_.idle == ("late",)
    assert "take nothing then: late" in bay_plan_svg(plan, case, "cpu")


def test_an_average_takes_each_host_at_its_fullest():
    mixed = drawn(busy("h1", {"shop": 1}, 6000), busy("h2", {"batch": 1}, 5000), alike=False)
    assert mixed.when == APART
    assert mixed.used == pytest.approx(5500)


def test_resources_that_do_not_vary_have_no_time():
    made = busy("h1", {"shop": 1, "batch": 1}, 7000)
    plan = plan_of(CASE, [made])
    memory = column(HostGroup((made,)), "memory", Demands(CASE), palette_of(plan, Demands(CASE)))
    assert memory.when == ""
    assert memory.used == made.used.memory


def test_the_time_is_told_where_the_pointer_is_and_the_page_says_so():
    plan = plan_of(CASE, [busy("h1", {"shop": 1, "batch": 1, "web": 2}, 8000)])
    page, svg = bay_plan_html(plan, CASE), bay_plan_svg(plan, CASE, "cpu")
    assert "8 CPU of 8 CPU (100\u00a0%, binds) at 08:00 UTC" in svg
    assert re.search(r"shop × 1\n6 CPU \(75\u00a0% of the host\) at 08:00 UTC", svg)
    assert "heights show CPU of each host at its fullest" in svg
    assert "Demand varies: every host" in page
    assert 'class="over"' not in svg


def test_a_plan_without_profiles_says_nothing_of_time():
    case = scenario_of(workload("web", 500, 1))
    plan = plan_of(case, [host("h1", case, {"web": 2})])
    assert "UTC" not in bay_plan_svg(plan, case)
    assert "Demand varies" not in bay_plan_html(plan, case)


class TestUsageInPlaceOfRequests:
    """Hosts of an overload_risk rule are planned by usage: their requests may be far above what they have."""

    STEADY = Usage(cpu={"median": "500m", "p95": "664m"})  # mean 500m, deviation 99.7m

    def scenario(self, **hosts):
        web = workload("web", 2000, 1, 6).model_copy(update={"usage": self.STEADY})
        case = scenario_of(web, workload("db", 400, 1))
        rule = OverloadRisk(rule="overload_risk", hosts=hosts, risk=0.01)
        return case.model_copy(update={"spec": case.spec.model_copy(update={"rules": (rule,)})})

    def test_used_is_what_all_together_stay_below_but_for_the_chance(self):
        """6 × 500m + 2.326 × sqrt(6) × 99.7m = 3568m, and a replica of 400m that states no usage."""
        case = self.scenario()
        plan = plan_of(case, [host("h1", case, {"web": 6, "db": 1}, cpu=4000, gib=32)])
        assert plan.spec.hosts[0].used.cpu == 12_400
        assert Demands(case).as_used(plan).spec.hosts[0].used.cpu == pytest.approx(3968, abs=1)

    def test_the_margin_is_drawn_and_told(self):
        case = self.scenario()
        svg = bay_plan_svg(plan_of(case, [host("h1", case, {"web": 6, "db": 1}, cpu=4000, gib=32)]), case, "cpu")
        assert "margin of 0.57 CPU over mean usage: a chance of 1 % that all together use more" in svg
        assert "99\u00a0% of CPU used" in svg
        assert 'class="over"' not in svg

    def test_hosts_that_the_rule_does_not_select_show_requests(self):
        case = self.scenario(pools=["risky"])
        plan = plan_of(case, [host("h1", case, {"web": 6}, cpu=16_000, gib=32)])
        assert Demands(case).as_used(plan) == plan
