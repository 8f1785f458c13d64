"""`python -m tests.bench.matcher`: a plan for a whole territory, its proof, and other ways to it.

Places stand around the municipalities of one province, people hold skills, languages, papers and
hours as they come, about thirty places suit each. Seconds and memory are those of a process that
does nothing else; greedy, scipy and a general library work on the same candidates.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from farelegami.matching import solver
from farelegami.matching.rules.conditions import Means
from farelegami.matching.rules.pairs import Hours, Meeting, Offer, Post, best_posts
from farelegami.matching.rules.parts import Weights
from farelegami.matching.solver import Givers, GiverSlots, Places, PlaceSlots, packed
from farelegami.matching.solver.flow import best_flow
from farelegami.matching.solver.reasons import bits_of

MUNICIPALITIES: Final = (
    Path(__file__).resolve().parents[2] / "src/farelegami/territory/data/municipalities.csv"
)
SKILLS, TONGUES, PAPERS, FIELDS = 400, 36, 12, 12
GENERAL: Final = 3_000  # people and places a general library manages in a minute
ASKED: Final = 300
LIMITS: Final = {
    "matcher: candidates from arrays, s": 10.0,
    "matcher: best plan, s": 5.0,
    "matcher: proof, s": 5.0,
    "matcher: peak memory, MB": 600.0,
    "matcher: top five of one, p95 ms": 150.0,
    "matcher: top five of one without arrays, p95 ms": 150.0,
}
Row = dict[str, Any]


def _around(rng: np.random.Generator, many: int, province: str) -> tuple[Any, Any]:
    """Return latitudes and longitudes around the municipalities of a province."""
    with MUNICIPALITIES.open(encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if row["province_sigla"] == province]
    at = np.array([(float(row["lat"]), float(row["lon"])) for row in found])
    people = np.array([float(row["residents_2025"] or 1) for row in found])
    which = rng.choice(len(at), many, p=people / people.sum())
    near = at[which] + rng.normal(0, 0.012, (many, 2))
    return near[:, 0], near[:, 1]


def _bits(rng: np.random.Generator, rows: int, bits: int, each: float, steep: float) -> Any:
    """Return masks where bits come as skills do: few very often, many seldom."""
    chance = 1 / (1 + np.arange(bits)) ** steep
    many = 1 + rng.poisson(each - 1, rows) if each >= 1 else rng.random(rows) < each
    held = rng.choice(bits, int(many.sum()), p=chance / chance.sum())
    return packed(rows, bits, np.stack([np.repeat(np.arange(rows), many), held], axis=1))


def territory(offers: int, places: int, seed: int = 7, province: str = "CR") -> tuple[Any, ...]:
    """Return the four tables of a made-up territory."""
    rng = np.random.default_rng(seed)
    lat, lon = _around(rng, offers, province)
    one = np.uint64(1)
    field = rng.integers(0, FIELDS, (2, offers)).astype(np.uint64)
    car = rng.random(offers) < 0.45
    givers = Givers(
        key=rng.permutation(offers) * 17 + 3,
        lat=lat,
        lon=lon,
        limit_minutes=rng.choice([20, 30, 40, 60], offers),
        limit_m=rng.choice([10**7, 10**7, 10**7, 15_000], offers),
        means=1 << Means.ON_FOOT | 1 << Means.BICYCLE | 1 << Means.BUS | car << Means.CAR,
        skills=_bits(rng, offers, SKILLS, 28, 0.3),
        languages=_bits(rng, offers, TONGUES, 5, 0.8),
        papers=_bits(rng, offers, PAPERS, 2, 0.5),
        wishes=np.where(rng.random(offers) < 0.7, (one << field[0]) | (one << field[1]), 0),
        age=rng.integers(16, 80, offers),
        weekly_minutes=rng.choice([120, 240, 360, 600], offers),
        places=rng.choice([1, 1, 1, 2, 3], offers),
        employer=np.where(rng.random(offers) < 0.05, rng.integers(0, 900, offers), -1),
        urgency=rng.integers(0, 101, offers),
        waiting=rng.integers(0, 101, offers),
    )
    lat, lon = _around(rng, places, province)
    asked = _bits(rng, places, SKILLS, 1, 0.3)
    spoken = rng.random(places)
    languages = _bits(rng, places, TONGUES, 1, 0.8)
    wanted = Places(
        key=rng.permutation(places) * 13 + 5,
        organisation=rng.integers(0, 900, places),
        lat=lat,
        lon=lon,
        skills_must=asked,
        skills_nice=_bits(rng, places, SKILLS, 2, 0.7),
        languages_must=np.where((spoken < 0.15)[:, None], languages, 0),
        languages_any=np.where((spoken > 0.9)[:, None], languages, 0),
        papers_must=_bits(rng, places, PAPERS, 0.15, 0.5),
        field=one << rng.integers(0, FIELDS, places).astype(np.uint64),
        min_age=np.where(rng.random(places) < 0.6, 18, 0),
        max_age=np.full(places, 99),
        capacity=rng.choice([1, 1, 2, 4], places),
        by_bus=rng.random(places) < 0.5,
        covered=rng.random(places) < 0.95,
        need=rng.integers(0, 101, places),
        host_fairness=rng.integers(0, 101, places),
    )
    return (givers, _giver_slots(rng, offers), wanted, _place_slots(rng, places))


def _giver_slots(rng: np.random.Generator, many: int) -> GiverSlots:
    """Return one to four half days each."""
    owner = np.repeat(np.arange(many), rng.integers(1, 5, many))
    half = rng.integers(0, 14, len(owner))
    code = np.unique(owner * 14 + half)
    owner, half = np.divmod(code, 14)
    start = np.where(half % 2, 840, 510) + 30 * rng.integers(0, 4, len(code))
    return GiverSlots(
        giver=owner, weekday=half // 2, date=np.zeros_like(owner), start=start,
        end=start + 30 * rng.integers(3, 8, len(code)), certain=rng.random(len(code)) < 0.8,
    )  # fmt: skip


def _place_slots(rng: np.random.Generator, many: int) -> PlaceSlots:
    """Return one or two meetings a week each."""
    owner = np.repeat(np.arange(many), rng.integers(1, 3, many))
    start = 510 + 30 * rng.integers(0, 20, len(owner))
    long = 30 * rng.integers(2, 7, len(owner))
    return PlaceSlots(
        place=owner, weekday=rng.integers(0, 7, len(owner)), date=np.zeros_like(owner),
        start=start, end=start + long, capacity=rng.choice([1, 1, 2], len(owner)),
        needed=np.minimum(long, 60),
    )  # fmt: skip


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def _peak_mb() -> float:
    # What getrusage tells begins with the peak of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measured(options: argparse.Namespace) -> list[Row]:
    """Measure the matcher, then the others on what it found."""
    tables = territory(options.offers, options.places)
    arranged, sort_s = _timed(lambda: solver.arranged(*tables))
    found, seconds = _timed(lambda: solver.candidates(arranged))
    problem, pose_s = _timed(lambda: solver.posed(arranged, found))
    plan, solve_s = _timed(lambda: solver.solve(problem))
    certificate, prove_s = _timed(lambda: solver.prove(problem, plan))
    good, check_s = _timed(lambda: solver.holds(problem, plan, certificate))
    peak = _peak_mb()
    assert good
    s, t = (
        arranged.giver_slots.giver[found.giver_slot],
        arranged.place_slots.place[found.place_slot],
    )
    pairs = len(np.unique(s.astype(np.int64) * options.places + t))
    rows = [
        _fact("matcher: offers", options.offers),
        _fact("matcher: places", options.places),
        _fact("matcher: pairs that can be, for each offer", pairs / options.offers),
        _fact("matcher: candidates", len(found)),
        _fact("matcher: placed", len(plan.chosen)),
        _fact("matcher: candidates from arrays, s", sort_s + seconds + pose_s),
        _fact("matcher: best plan, s", solve_s),
        _fact("matcher: proof, s", prove_s),
        _fact("matcher: check of the proof, s", check_s),
        _fact("matcher: peak memory, MB", peak),
        _fact("matcher: certificate, kB", len(certificate.to_bytes()) / 1000),
        _fact("matcher: sealed plan, kB", len(solver.sealed(problem, plan, certificate)) / 1000),
        _fact("matcher: score", plan.score),
    ]
    rows += _one_by_one(tables, options)
    rows += _on_a_page(tables, options)
    rows += _overriding(problem, plan)
    rows += _others(problem, plan)
    return rows


def _one_by_one(tables: tuple[Any, ...], options: argparse.Namespace) -> list[Row]:
    """Measure the top five of one person, from arrays of the places to the answer."""
    givers, slots, places, place_slots = tables
    took = []
    for giver in np.random.default_rng(1).integers(0, options.offers, ASKED):
        one = givers.as_columns().taken(np.array([giver]))
        mine = slots.taken(np.flatnonzero(slots.giver == giver))
        mine = replace(mine, giver=np.zeros(len(mine), dtype=np.int32))
        _, seconds = _timed(
            lambda one=one, mine=mine: solver.best_for(
                solver.arranged(one, mine, places, place_slots), 0
            )
        )
        took.append(1000 * seconds)
    return [
        _fact("matcher: top five of one, p50 ms", float(np.median(took))),
        _fact("matcher: top five of one, p95 ms", float(np.quantile(took, 0.95))),
    ]


def _on_a_page(tables: tuple[Any, ...], options: argparse.Namespace) -> list[Row]:
    """Measure the top five of one person as a page has it: records, no arrays."""
    givers, slots, places, place_slots = tables
    weekly = [
        list(row) for row in zip(*(getattr(place_slots, c).tolist() for c in _MEETING), strict=True)
    ]
    meetings: dict[int, list[Meeting]] = {}
    for owner, row in zip(place_slots.place.tolist(), weekly, strict=True):
        meetings.setdefault(owner, []).append(Meeting(*row))
    posts = [
        Post(**record, meetings=tuple(meetings.get(at, ())))
        for at, record in enumerate(_records(places))
    ]
    took = []
    for giver in np.random.default_rng(1).integers(0, options.offers, ASKED // 5):
        one = next(_records(givers.as_columns().taken(np.array([giver]))))
        mine = slots.taken(np.flatnonzero(slots.giver == giver))
        hours = tuple(
            Hours(*row) for row in zip(*(getattr(mine, c).tolist() for c in _HOURS), strict=True)
        )
        offer = Offer(
            **{**one, "means": frozenset(Means(bit) for bit in one["means"])}, hours=hours
        )
        took.append(
            1000 * _timed(lambda offer=offer: best_posts(offer, posts, weights=Weights()))[1]
        )
    return [
        _fact("matcher: top five of one without arrays, p50 ms", float(np.median(took))),
        _fact("matcher: top five of one without arrays, p95 ms", float(np.quantile(took, 0.95))),
    ]


_HOURS: Final = ("weekday", "date", "start", "end", "certain")
_MEETING: Final = ("weekday", "date", "start", "end", "capacity", "needed")


def _records(table: Any) -> Iterator[dict[str, Any]]:
    """Yield rows as records, masks as sets of bits."""
    columns = {}
    for column in fields(table):
        values = getattr(table, column.name)
        if column.name == "means":
            values = values.astype(np.uint64)
        if values.dtype == np.uint64:
            masks = values.reshape(len(values), -1)
            made = [frozenset(bits_of(mask)) for mask in masks]
            columns[column.name] = [min(m) for m in made] if column.name == "field" else made
        else:
            columns[column.name] = values.tolist()
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def _overriding(problem: Any, plan: Any) -> list[Row]:
    """Measure what it takes to tell the cost of overriding, and the reasons of one."""
    rng = np.random.default_rng(2)
    others = np.setdiff1d(np.arange(len(problem.candidates)), plan.chosen)
    took = [
        _timed(lambda each=each: solver.cost_of_forcing(problem, plan, int(each)))[1]
        for each in rng.choice(others, 10)
    ]
    free = solver.free_after(problem, plan)
    left = np.flatnonzero(free.givers > 0)[:30]
    why = [
        _timed(lambda each=each: solver.openings_for_giver(problem.territory, int(each), free))[1]
        for each in left
    ]
    return [
        _fact("matcher: cost of forcing one, median s", float(np.median(took))),
        _fact("matcher: what would open for one, median ms", 1000 * float(np.median(why))),
    ]


def _others(problem: Any, plan: Any) -> list[Row]:
    """Measure greedy on the same problem, and libraries where each takes and gives one."""
    by_greed, greedy_s = _timed(lambda: solver.greedy(problem))
    share = 100 * by_greed.score / plan.score
    rows = [_fact("greedy, s", greedy_s), _fact("greedy: score, % of the best", share)]
    network = problem.network
    ones = replace(
        network,
        giver_limit=np.minimum(network.giver_limit, 1),
        place_limit=np.minimum(network.place_limit, 1),
        value=problem.score,
    )
    ours, ours_s = _timed(lambda: best_flow(ones))
    best = int(problem.score[ours].sum())
    pairs, weight = _best_pairs(problem)
    theirs, scipy_s = _timed(lambda: _by_scipy(pairs, weight))
    assert theirs == best
    rows += [_fact("one to one, ours, s", ours_s), _fact("one to one, scipy, s", scipy_s)]
    busy = np.isin(pairs[:, 0], _busiest(pairs[:, 0])) & np.isin(pairs[:, 1], _busiest(pairs[:, 1]))
    giver, place = network.slot_giver[ones.giver_slot], network.slot_place[ones.place_slot]
    among = np.isin(giver, _busiest(pairs[:, 0])) & np.isin(place, _busiest(pairs[:, 1]))
    cut = {name: getattr(ones, name)[among] for name in ("giver_slot", "place_slot", "value")}
    ours, ours_few_s = _timed(lambda: best_flow(replace(ones, **cut)))
    pairs, weight = pairs[busy], weight[busy]
    general, general_s = _timed(lambda: _by_rustworkx(pairs, weight))
    scipy_few, scipy_few_s = _timed(lambda: _by_scipy(pairs, weight))
    assert general == scipy_few == int(cut["value"][ours].sum())
    rows.append(_fact(f"one to one, {GENERAL} of each, ours, s", ours_few_s))
    rows.append(_fact(f"one to one, {GENERAL} of each, rustworkx, s", general_s))
    rows.append(_fact(f"one to one, {GENERAL} of each, pairs", len(pairs)))
    rows.append(_fact(f"one to one, {GENERAL} of each, scipy, s", scipy_few_s))
    return rows


def _best_pairs(problem: Any) -> tuple[Any, Any]:
    """Return the pairs (giver, place) and the best score of each, whatever the hours."""
    network = problem.network
    giver = network.slot_giver[network.giver_slot].astype(np.int64)
    place = network.slot_place[network.place_slot].astype(np.int64)
    many = len(network.place_limit)
    order = np.lexsort((-problem.score, giver * many + place))
    codes, first = np.unique((giver * many + place)[order], return_index=True)
    return np.stack(np.divmod(codes, many), axis=1), problem.score[order][first]


def _busiest(rows: Any) -> Any:
    """Return those who have most pairs."""
    return np.argsort(-np.bincount(rows), kind="stable")[:GENERAL]


def _by_scipy(pairs: Any, weight: Any) -> int:
    """Return the best one-to-one score by scipy; a dummy place each lets one be left out."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    givers, places = pairs.max(axis=0) + 1
    large = int(weight.max()) + 1
    rows = np.concatenate([pairs[:, 0], np.arange(givers)])
    columns = np.concatenate([pairs[:, 1], places + np.arange(givers)])
    costs = np.concatenate([large - weight, np.full(givers, large)]).astype(float)
    table = coo_matrix((costs, (rows, columns)), shape=(givers, places + givers)).tocsr()
    one, other = min_weight_full_bipartite_matching(table)
    return int(givers * large - np.asarray(table[one, other]).sum())


def _by_rustworkx(pairs: Any, weight: Any) -> int:
    """Return the best one-to-one score by a library for matchings of any graph."""
    import rustworkx  # noqa: PLC0415

    graph = rustworkx.PyGraph()
    givers, places = (int(each) for each in pairs.max(axis=0) + 1)
    graph.add_nodes_from(list(range(givers + places)))
    edges = zip(pairs[:, 0].tolist(), (pairs[:, 1] + givers).tolist(), weight.tolist(), strict=True)
    graph.add_edges_from(list(edges))
    found = rustworkx.max_weight_matching(graph, weight_fn=int)
    return sum(graph.get_edge_data(one, other) for one, other in found)


def _fact(name: str, value: float) -> Row:
    limit = LIMITS.get(name)
    return {
        "name": name, "kind": "fact", "queries": None, "p50_ms": None, "p95_ms": None,
        "rps": None, "cpu_ratio": None, "value": round(value, 2), "limit": limit,
        "ok": limit is None or value <= limit,
    }  # fmt: skip


def apart(offers: int) -> list[Row]:
    """Return the rows of a process that does nothing else: its memory is the matcher's."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        sizes = ["--offers", str(offers), "--places", str(offers)]
        command = [sys.executable, "-m", "tests.bench.matcher", *sizes, "--out", str(out)]
        subprocess.run(command, check=False)
        made: list[Row] = json.loads(out.read_text(encoding="utf-8"))
    return made


def main() -> int:
    """Measure, print, write if asked; return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="tests.bench.matcher")
    parser.add_argument("--offers", type=int, default=20_000)
    parser.add_argument("--places", type=int, default=20_000)
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    rows = measured(options)
    for row in rows:
        limit = "" if row["limit"] is None else f"  (at most {row['limit']:g})"
        print(f"{row['name']:<50} {row['value']:>14,}{limit}{'' if row['ok'] else '  ✗'}")
    if options.out:
        Path(options.out).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
