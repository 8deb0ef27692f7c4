"""The verifier: every breach of every rule by a plan, from the scenario's own words."""

from __future__ import annotations

from models.bulk import collection_paused
from models.catalog import Catalog
from models.plan import Plan
from models.reports import Violation
from models.scenario import Scenario
from planner.verify.checks import ALWAYS
from planner.verify.layout import Layout
from planner.verify.modes import violations


@collection_paused()
def verify(scenario: Scenario, plan: Plan, catalog: Catalog, *, layout: Layout | None = None) -> tuple[Violation, ...]:
    """Check a plan against its scenario; nothing of how the plan was made is believed.

    Parameters
    ----------
    scenario : Scenario
        What the plan was asked to do.
    plan : Plan
        What to check, its status included. It may be wrong in any way.
    catalog : Catalog
        All that can be rented: the shipped catalog with the scenario's price sheets and its own
        `catalog` laid over it.
    layout : Layout, optional
        Of this scenario and catalog: it is laid out anew unless its hosts are the very objects of the plan.

    Returns
    -------
    tuple of Violation
        Every breach, those of the checks always in force first, then rule by rule in the
        scenario's order; empty for a good plan. Replicas that the plan declares as unplaced
        break no placement rule. Soft rules forbid nothing, they cost; a rule to mend forbids to
        break it more than the placement of today does (see `modes`).
    """
    layout = Layout(scenario, plan, catalog) if layout is None else layout.of(plan)
    found = [violation for check in ALWAYS for violation in check(layout)]
    for rule in scenario.spec.rules_in_force:
        found.extend(violations(rule, layout))
    return tuple(found)
