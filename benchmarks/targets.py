"""What Bayplan means to reach, each aim with the command that measures it and how its rows are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.packing.summary import figures
from benchmarks.rows import Row

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Target:
    """One line of the table.

    Attributes
    ----------
    work, aim : str
        What is planned, and how good the plan should be.
    results : str
        The file in `results/` that holds its rows.
    told : callable
        The measured figures as words.
    commands : tuple of str
        What measures it, after `python -m benchmarks.`; `{data}` is the folder of the public instances, `{out}`
        one for what is written on the way.
    where : mapping
        What its rows have in common; all rows of the file by default.
    """

    work: str
    aim: str
    results: str
    told: Callable[[Rows], str]
    commands: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The rows of all recorded runs that it speaks of."""
        rows = [row for run in runs for row in run.get("rows", ())]
        return [row for row in rows if all(row.get(key) == value for key, value in self.where.items())]


def gaps(rows: Rows) -> str:
    """The median gap and its range, seconds, and what else the rows have: savings, memory."""
    known = [row["gap"] for row in rows if row["gap"] is not None]
    told = [_median_of(known, "gap") if known else "no bound"]
    told.append(f"{median(row['seconds'] for row in rows):.1f} s")
    if "saving" in rows[0]:
        told.append(f"{median(row['saving'] for row in rows):.1%} cheaper than peak sizing")
    if rows[0].get("containers", 0) >= 1_000_000:
        told.append(f"{max(row['peak_mib'] for row in rows) / 1024:.1f} GiB")
    left = sum(row.get("unplaced", 0) for row in rows)
    return ", ".join([*told, *([f"{left:,} unplaced"] if left else [])])


def hosts(rows: Rows) -> str:
    """How many hosts more than the bound, and seconds."""
    above = median(row["value"] - row["bound"] for row in rows)
    over = "optimal" if above == 0 else f"{above:g} over the bound"
    return f"{over} (median of {len(rows)}), {gaps(rows)}"


def packed(rows: Rows) -> str:
    """Shares of instances."""
    told = figures([_row(row) for row in rows])
    words = [f"{told['as_good']:.1%} of {len(rows):,} at or below the best known", f"{told['proven']:.1%} proven"]
    if "beaten" in told:
        words.append(f"{told['beaten']:.1%} of the others below the best heuristic")
    return ", ".join(words)


def compared(rows: Rows) -> str:
    """How many are as good as the best known value, and the mean distance from it."""
    above = [(row["value"] - row["best"]) / abs(row["best"]) for row in rows if row.get("best")]
    if not above:
        return gaps(rows)
    return (
        f"{sum(one <= 0 for one in above)} of {len(above)} at or below the best known, {_median_of(above, 'above it')}"
    )


def beside(rows: Rows) -> str:
    """On how many instances Bayplan is as good as all rivals, and how far each of them is from it."""
    ours = {row["name"]: row["value"] for row in rows if row["solver"] == "Bayplan"}
    above: dict[str, list[float]] = {}
    for row in rows:
        if row["solver"] != "Bayplan":
            above.setdefault(row["solver"], []).append(row["value"] / ours[row["name"]] - 1)
    worse = {row["name"] for row in rows if row["value"] < ours[row["name"]]}
    rivals = (f"{rival} {median(values):+.2%}" for rival, values in above.items())
    return ", ".join([f"no worse on {len(ours) - len(worse)} of {len(ours)}", *rivals])


def far(rows: Rows) -> str:
    """How far each policy is from its published means, and the seconds of a run."""
    told = [f"{row['name']} {row['value']:.3f}" for row in sorted(rows, key=lambda row: float(row["value"]))]
    seconds = median(row["seconds"] for row in rows)
    return f"{', '.join(told)} points; {seconds:.2f} s a run (median, CPU)"


def rates(rows: Rows) -> str:
    """Events per CPU second, and how often that is what SimPy plays."""
    told = [f"{median(row['value'] for row in rows) / 1e6:.2f} million events/s"]
    times = [row["times_simpy"] for row in rows if "times_simpy" in row]
    return ", ".join([*told, *([f"{median(times):.0f} times SimPy"] if times else [])])


def _median_of(values: Sequence[float], what: str) -> str:
    spread = f" of {len(values)}: {min(values):.3%} to {max(values):.3%}" if len(values) > 1 else ""
    return f"{what} {median(values):.3%}" + (f" (median{spread})" if spread else "")


def _row(flat: Mapping[str, Any]) -> Row:
    known = {key: flat[key] for key in ("name", "value", "bound", "seconds", "best")}
    return Row(**known, more={key: value for key, value in flat.items() if key not in known})


def _fleet(
    work: str, aim: str, types: str, containers: int, services: int, *, seconds: int, rules: str = "none",
    slots: int = 1, resources: int = 2, told: Callable[[Rows], str] = gaps,
) -> Target:  # fmt: skip
    drawn = {"types": types, "containers": containers, "services": services, "rules": rules, "slots": slots}
    drawn["resources"] = resources
    default = {"rules": "none", "slots": 1, "resources": 2}
    options = " ".join(f"--{key} {value}" for key, value in drawn.items() if default.get(key) != value)
    command = f"fleet {options} --seeds 3 --time-limit {seconds} --record"
    return Target(f"{work}, {containers:,} of {services:,} services", aim, "fleet", told, (command,), drawn)


def _fleets() -> Iterator[Target]:
    for containers, services, resources in (
        (100, 30, 2),
        (1000, 30, 2),
        (1000, 200, 2),
        (1000, 200, 4),
        (10_000, 200, 2),
    ):
        work = "one host type" if resources == 2 else f"one host type, {resources} resources"
        aim = "optimum or one host more in 10 s"
        yield _fleet(work, aim, "one", containers, services, seconds=10, resources=resources, told=hosts)
    yield _fleet("one host type", "gap ≤ 0.05 % in 20 s", "one", 100_000, 200, seconds=20, told=hosts)
    for containers, services, aim in ((100, 30, "1"), (1000, 200, "0.3"), (10_000, 200, "0.2"), (100_000, 200, "0.2")):
        yield _fleet("three clouds", f"gap ≤ {aim} % in 30 s", "all", containers, services, seconds=30)
    spread = "host anti-affinity and three-zone spread"
    for containers, services in ((10_000, 200), (100_000, 2000)):
        yield _fleet(spread, "gap ≤ 0.4 % in 60 s", "aws", containers, services, seconds=60, rules="host+zone")
    survived = "survival of any one zone"
    yield _fleet(survived, "gap ≤ 1 % in 60 s", "aws", 10_000, 200, seconds=60, rules="survive-zone")
    for slots, most in ((4, 1), (24, 2)):
        work, aim = f"{slots} time slots", f"gap ≤ {most} % in 60 s"
        for containers in (5000, 20_000):
            yield _fleet(work, aim, "all", containers, 200, seconds=60, slots=slots)
    many = "three clouds, host anti-affinity and zone spread"
    aim = "gap ≤ 1 % in 120 s and 4 GiB"
    yield _fleet(many, aim, "all", 1_000_000, 20_000, seconds=120, rules="host+zone")


def _packing(family: str, limit: str) -> Target:
    file = f"{{data}}/vbp/{family}"
    command = f"packing {file}.jsonl.xz --best {file}.best.csv --time-limit 60 --jobs 2 {limit}--record"
    aim = "best known or better on ≥ 98 % in 60 s each; below the best heuristic where not proven"
    return Target(f"vector packing, {family}", aim, f"packing-{family}", packed, (command,))


def _openb(goal: str, work: str) -> Target:
    folder = "{data}/alibaba_openb2023/openb"
    command = f"openb --nodes {folder}_node_list_all_node.csv.gz --pods {folder}_pod_list_default.csv.gz --goal {goal}"
    where = {"goal": goal}
    return Target(f"GPU trace openb, {work}", "gap ≤ 0.3 % in 30 s", "openb", gaps, (f"{command} --record",), where)


def _reassignment() -> Target:
    names = [f"{group}_{n}" for group in ("a1", "a2") for n in range(1, 6)] + [f"b_{n:02}" for n in range(1, 6)]
    folder = "{data}/roadef2012"
    commands = tuple(
        f"reassignment --model {folder}/model_{name}.txt.xz --assignment {folder}/assignment_{name}.txt.xz"
        f" --best {folder}/best_known.csv --time-limit 300 --out {{out}}/{name}.txt --record"
        for name in names
    )
    aim = "at or below the published cost"
    return Target("machine reassignment (ROADEF 2012), 300 s", aim, "reassignment", compared, commands)


def _contest() -> Target:
    command = "contest {data}/tianchi2018/two_thirds --time-limit 600 --out {out}/two_thirds.csv --record"
    aim = "within 2 % of the fluid bound, below the best published score"
    return Target("contest (Tianchi 2018), 600 s", aim, "contest", compared, (command,))


def _peers() -> Target:
    drawn = (("one", 100, 30), ("one", 1000, 30), ("all", 100, 30), ("all", 1000, 200))
    commands = tuple(
        f"peers --types {types} --containers {containers} --services {services} --time-limit 60 --record"
        for types, containers, services in drawn
    )
    return Target("rivals on the same instances", "no worse on any, in no more time", "peers", beside, commands)


def _online() -> Iterator[Target]:
    folder = "{data}/alibaba_openb2023"
    lists = ("cpu100", "cpu200", "cpu250", "default", "gpushare60", "gpushare80", "gpuspec20", "gpuspec25",
             "multigpu20", "multigpu40", "multigpu50")  # fmt: skip
    pods = " ".join(f"--pods {folder}/openb_pod_list_{name}.csv.gz" for name in lists)
    command = (
        f"openb_online --nodes {folder}/openb_node_list_gpu_node.csv.gz {pods} --orders {folder}/arrival_orders.npz"
        f" --published {folder}/published_gpu_allocation_percent.csv --record"
    )
    aim = "deterministic policies within 0.02 points of the published means, Random within 0.3; under 0.5 s a run"
    yield Target("published GPU experiment, 11 pod lists, 10 seeds", aim, "openb_online", far, (command,))


def _events() -> Iterator[Target]:
    for hosts, faults, simpy, aim in (
        (1000, False, 20_000, "≥ 2 million events/s, SimPy at least 50 times slower"),
        (10_000, False, 0, "≥ 500,000 events/s"),
        (1000, True, 0, "≥ 700,000 events/s"),
    ):
        options = f"--hosts {hosts}" + (" --faults" if faults else "") + (f" --simpy {simpy}" if simpy else "")
        work = f"simulated best fit, {hosts:,} hosts, 1,000,000 containers" + (", faults" if faults else "")
        where = {"hosts": hosts, "containers": 1_000_000, "faults": faults, "policy": "best_fit"}
        yield Target(work, aim, "events", rates, (f"events {options} --record",), where)


TARGETS = (
    *_fleets(),
    _openb("hosts", "fewest hosts"),
    _openb("cost", "cheapest hosts"),
    _packing("mommessin2024", "--limit 100 "),
    _packing("ct01", "--limit 60 "),
    _reassignment(),
    _contest(),
    _peers(),
    *_online(),
    *_events(),
)
