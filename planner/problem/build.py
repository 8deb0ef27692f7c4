"""Compile a scenario into arrays: merge what is equal, narrow places, add the forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.bulk import collection_paused
from models.catalog import Catalog
from models.scenario import Scenario
from planner.problem.carbon import carbon_of
from planner.problem.compiled import (
    caps_of,
    forms_of,
    held_rooms,
    moving_of,
    placing_of,
    rooms_of,
    soft_of,
    survivals_of,
)
from planner.problem.demand import demand_of
from planner.problem.draft import Draft
from planner.problem.extras import Extras
from planner.problem.extras.commitments import relaxed
from planner.problem.forms import Quota
from planner.problem.merge import (
    available,
    fits_alone,
    levels_asked,
    merge_offerings,
    merge_replicas,
    micro_usd,
    required,
)
from planner.problem.names import Names
from planner.problem.probe import probe_of
from planner.problem.problem import Problem
from planner.problem.rules import FORMS, PLACES, commitments, licence, node_affinity


@collection_paused()
def build(scenario: Scenario, catalog: Catalog) -> tuple[Problem, Names]:
    """Compile a scenario into a `Problem` and the `Names` behind its arrays.

    Parameters
    ----------
    scenario : Scenario
    catalog : Catalog
        The shipped catalog with the scenario's own laid over it.

    Returns
    -------
    problem : Problem
    names : Names
    """
    draft = Draft.of(scenario, catalog)
    for rule in PLACES:
        rule.compile_rules(draft)
        if rule is node_affinity:
            draft.eligible = draft.admits.copy()
    for rule in FORMS:
        rule.compile_rules(draft)
    demand = demand_of(draft)
    items, item_sets = merge_replicas(draft, demand)
    askers = [item.asker for item in items]
    admitted = np.array([item.fits for item in items], dtype=bool).reshape(len(items), len(draft.offerings))
    fits = reach = admitted & fits_alone(demand.size[askers], demand.room)
    if demand.least is not None and demand.most is not None:
        reach = admitted & fits_alone(demand.least[askers], demand.most)
    placing = placing_of(draft, items)
    caps = caps_of(draft.caps, items, item_sets)
    carbon = carbon_of(draft)
    members, first = merge_offerings(draft, demand, fits, reach, placing, carbon, [cap.weight for cap in caps])
    problem = Problem(
        resources=demand.resources,
        size=demand.size[askers],
        count=np.array([item.copies for item in items], dtype=np.int64),
        priority=np.array([item.priority for item in items], dtype=np.int64),
        capacity=demand.room[first],
        price=np.array([micro_usd(draft, o) for o in first], dtype=np.int64),
        available=np.array([available(draft, group) for group in members], dtype=np.int64),
        required=np.array([required(draft, group) for group in members], dtype=np.int64),
        fits=fits[:, first],
        domain=levels_asked(draft)[first],
        goals=scenario.spec.goals_in_force,
        quotas=tuple(Quota(quota.weight[first], quota.most, quota.rule) for quota in draft.quotas),
        caps=tuple(replace(cap, weight=cap.weight[:, first]) for cap in caps),
        placing=None if placing is None else placing[:, first],
        moving=moving_of(draft, items, first),
        carbon=None if carbon is None else carbon[first],
        probe=probe_of(scenario, demand.size),
        fixed=draft.fixed,
        device=demand.device,
        rooms=rooms_of(draft, items, first),
        **forms_of(draft, item_sets, held_rooms(items)),
    )
    egress = draft.egress and draft.egress.over(item_sets)
    extras = Extras(
        soft=soft_of(problem, draft, items, item_sets, members),
        survivals=survivals_of(draft, items),
        egress=egress,
        commitments=commitments.drafted(draft, first),
        licences=licence.drafted(draft, item_sets, first),
    )
    if demand.least is not None and demand.most is not None:
        loose = replace(problem, size=demand.least[askers], capacity=demand.most[first], fits=reach[:, first])
        problem = replace(problem, relaxation=loose)
    problem = replace(problem, extras=extras)
    problem = replace(problem, relaxation=relaxed(problem) or problem.relaxation)
    names = Names(
        scenario=scenario,
        catalog=catalog,
        topology=draft.topology,
        offerings=draft.offerings,
        allocatable=demand.allocatable,
        capacity=demand.room,
        over_time=demand.over_time,
        gpu_units=demand.gpu_units,
        parts=tuple(item.parts for item in items),
        members=members,
        domains=draft.domains,
        narrowings=tuple(draft.narrowings),
        room={
            i: (item.room, draft.rooms[item.asker - len(draft.admits)].shape)
            for i, item in enumerate(items)
            if item.room
        },
        held={i: item.held for i, item in enumerate(items) if item.held >= 0},
        warnings=tuple(draft.warnings),
    )
    return problem, names
