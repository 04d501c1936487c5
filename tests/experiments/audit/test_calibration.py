"""The judge of audits: it passes a right engine, and no other; and the engine before the judge.

The engines here know the truth, and say of every player what a normal estimate with a standard
error of a fifth of epsilon, from the audit's seed, would say.
"""

import math
import subprocess
import sys
import zlib

import numpy as np
import pytest
from scipy.stats import binom, norm

from benchmarks.calibration import cells, reduced
from benchmarks.calibration.judge import judge, resolved, said_unseen
from benchmarks.calibration.report import page
from benchmarks.zoo import MEMBERS, Case, Truth
from nashbox.experiments.sweep import Store
from tests.places import ROOT

SEEDS = range(100, 120)
ERROR = 0.2  # of an estimate, in epsilon


def engine(width=1.0, verdict=None):
    """An engine whose intervals are `width` times as wide as they must be; its only verdict."""

    def answer(case, place):
        rng = np.random.default_rng([zlib.crc32(repr(place).encode())])
        z = norm.isf(cells.DELTA / (2 * len(case.truths)))
        return {"resolution": None, "agents": [row(case, t, z, rng) for t in case.truths]}

    def row(case, truth, z, rng):
        se = ERROR * case.epsilon
        estimate = truth.least + se * rng.standard_normal()
        lower, upper = estimate - width * z * se, estimate + width * z * se
        said = "undecided"
        if lower > case.epsilon:
            said = "profitable"
        elif upper <= case.epsilon:
            said = "none_above_epsilon"
        return {"verdict": verdict or said, "estimate": estimate, "lower": lower, "upper": upper}

    return answer


def about(complaints):
    """Which of the four things are held against an engine."""
    words = ("wrong verdicts", "outside", "not none_above_epsilon", "not profitable")
    return {word for word in words if any(word in line for line in complaints)}


@pytest.mark.sparse(2)
@pytest.mark.parametrize("first", SEEDS)
def test_a_right_engine_passes(first):  # all twenty: a chance of at most .04
    assert reduced.complaints(engine(), first) == []


@pytest.mark.sparse(2)
@pytest.mark.parametrize("first", SEEDS)
@pytest.mark.parametrize(
    ("verdict", "held"),
    [
        ("undecided", {"not none_above_epsilon", "not profitable"}),
        ("none_above_epsilon", {"wrong verdicts", "not profitable"}),
        ("profitable", {"wrong verdicts", "not none_above_epsilon"}),
    ],
)
def test_an_engine_that_always_says_the_same_fails(verdict, held, first):
    assert held <= about(reduced.complaints(engine(verdict=verdict), first))


@pytest.mark.sparse(2)
@pytest.mark.parametrize("first", SEEDS)
def test_an_engine_with_half_the_width_fails(first):
    assert "outside" in about(reduced.complaints(engine(width=0.5), first))


def test_the_chance_of_a_false_alarm_is_what_it_says():
    sizes = {wanted: 0 for wanted in (reduced.NONE, reduced.GAIN, None)}
    for _, wanted in reduced.sample(0):
        sizes[wanted] += 1
    total = sum(sizes.values())
    assert total == 60
    chances = [(total, cells.DELTA)] * 2
    chances += [(sizes[w], 1 - reduced.POWER) for w in (reduced.NONE, reduced.GAIN)]
    for n, chance in chances:
        assert binom.sf(reduced.allowed(n, chance), n, chance) <= reduced.ALARM
    assert 4 * reduced.ALARM <= 0.002


@pytest.mark.slow
def test_the_engine_is_right_and_decides():
    assert reduced.complaints() == []


def case(*truths, rarest=None):
    return Case({}, 1.0, truths, rarest)


def answer(*rows, resolution=None):
    agents = [{"verdict": v, "lower": low, "upper": high} for v, low, high in rows]
    return {"resolution": resolution, "agents": agents}


def test_a_verdict_on_any_player_counts():
    both = case(Truth.of(0.5), Truth.of(3.0))
    right = judge(both, answer(("none_above_epsilon", 0, 1), ("profitable", 2, 4)))
    assert (right.wrong, right.missed, right.nash) == (False, False, "profitable")
    bad = judge(both, answer(("profitable", 0, 1), ("undecided", 2, 4)))
    assert (bad.wrong, bad.missed, bad.nash) == (True, False, "profitable")
    assert judge(both, answer(("none_above_epsilon", 0, 1), ("none_above_epsilon", 0, 1))).wrong
    assert judge(both, answer(("undecided", 0, 1), ("undecided", 0, 2.9))).missed
    assert judge(both, answer(("undecided", 0.6, 1), ("undecided", 2, 4))).missed
    assert not judge(both, answer(("undecided", -9, 9), ("undecided", -9, 9))).decided


def test_a_gain_of_epsilon_is_none_above_it():
    exactly = case(Truth.of(1.0))
    assert judge(exactly, answer(("profitable", 1.1, 2))).wrong
    assert not judge(exactly, answer(("none_above_epsilon", 0, 1))).wrong


def test_between_the_class_and_everything_both_verdicts_are_right():
    wide = case(Truth(0.5, 3.0))
    assert not judge(wide, answer(("profitable", 1.1, 2))).wrong
    assert not judge(wide, answer(("none_above_epsilon", 0, 0.9))).wrong
    assert judge(wide, answer(("undecided", 0, 0.4))).missed


@pytest.mark.parametrize(
    ("words", "probability"),
    [
        ("events rarer than 3/12,000 are not seen", 3 / 12_000),
        ("events rarer than 7.5e-05 (3/40,000) are not seen", 7.5e-05),
        ("events rarer than .002 of all worlds", 0.002),
        ("12 agents; events rarer than 1 / 5_000", 1 / 5000),
        ("rare events are not seen", None),
    ],
)
def test_the_resolution_is_read(words, probability):
    assert resolved(words) == probability


def test_rare_events_excuse_only_who_says_so_and_has_few_worlds():
    rare = case(Truth.of(3.0), rarest=1e-4)
    none = ("none_above_epsilon", 0, 0.5)
    assert judge(rare, answer(none)).wrong
    said = judge(rare, answer(none, resolution="events rarer than 3/50,000 are not seen"))
    assert (said.wrong, said.missed, said.excused) == (False, False, True)
    assert judge(rare, answer(none, resolution="events rarer than 3/150,000 are not seen")).wrong
    often = case(Truth.of(3.0))
    assert judge(often, answer(none, resolution="events rarer than 3/1,000 are not seen")).wrong
    assert said_unseen(1e-4, "events rarer than 3/99,999 are not seen")
    assert not said_unseen(1e-4, "events rarer than 3/100,001 are not seen")


def test_every_audit_is_one_cell_and_the_seeds_of_none_come_twice():
    members = [MEMBERS["table"], MEMBERS["threshold_1.1"]]
    found = list(cells.places(members, 795, 5))
    assert len({cells.cell(place).key for place in found}) == len(found) == 795
    assert found[:126] == list(cells.places(members[:1], 126, 5))
    assert {p.seed for p in found if p.member == "table"} == {5, 6, 7, 8, 9}
    assert min(p.seed for p in found) == 5


def test_an_audit_keeps_what_is_judged():
    place = cells.Place("table", "normal", 40.0, 4000, 3)
    made = cells.cell(place)
    kept = cells.audited(**made.arguments)
    assert kept["place"] == made.arguments["place"]
    judged = judge(MEMBERS["table"].case("normal", 40.0), kept)
    assert not judged.wrong
    assert math.isfinite(kept["agents"][0]["estimate"])


@pytest.mark.slow
def test_the_command_goes_on_where_it_was_stopped(tmp_path):
    def command(*options):
        words = [sys.executable, "-m", "benchmarks.calibration", "--store", str(store), *options]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    store, written = tmp_path / "c.sqlite", tmp_path / "page.md"
    only = ("--only", "table", "--budget", "4000", "--workers", "1")
    assert "3 of 3 audits" in command("--audits", "3", *only)
    assert "5 of 5 audits" in command("--audits", "5", *only)
    with Store.to_read(store) as rows:
        drivers = [driver for _, driver in rows.finished_at()]
    assert drivers == [2, 2, 1, 1, 1]
    command("--report", "--page", str(written))
    assert "of 5 audits" in written.read_text(encoding="utf-8")


def test_the_page_counts():
    one = MEMBERS["table"].case("normal", 3.0)
    rows = [("profitable", 0.02, 0.04), ("none_above_epsilon", -0.04, -0.02)]
    right, wrong = answer(*rows), answer(("none_above_epsilon", 0.0, 0.01), rows[1])
    found = {
        cells.Place("table", "normal", 3.0, 4000, seed): judge(one, right if seed else wrong)
        for seed in range(4)
    }
    found[cells.Place("table", "normal", 1.4, 4000, 0)] = judge(one, wrong)  # of the same worlds
    text = page(found, failed=7)
    assert "| 2/5 [5.27, 85.3] | 2/5 [5.27, 85.3] | 0 | 100 | 1/4 [0.631, 80.6] |" in text
    found.popitem()
    text = page(found, failed=7)
    assert "of 4 audits" in text
    assert "Failed audits: 7." in text
    assert "| normal | 4,000 | 1/4 [0.631, 80.6] | 1/4 [0.631, 80.6] | 0 | 100 |" in text
    assert "|  |  |  |  | 75 |  |  |" in text  # of gains 0, .5, 1, 1.4, 3, 10 and 40 epsilon
