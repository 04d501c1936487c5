"""The engine of comparisons: paths, rest points and rows, whatever the game."""

from dataclasses import dataclass
from itertools import count

import numpy as np
import pytest
from scipy.stats import chi2

from nashbox import Mechanism, compare
from nashbox.experiments.audit.pool import CandidatePool
from nashbox.experiments.compare import GameComparison
from nashbox.experiments.compare.judging import Auditor
from nashbox.experiments.compare.menus import MenuGame
from nashbox.experiments.compare.walking import settle, walk
from nashbox.games.compared import PROFILES
from nashbox.games.contests import Asked
from nashbox.games.estimation import prepare
from nashbox.games.estimation.comparison.simulated_game import measured
from nashbox.games.registry import prepare_game
from nashbox.mechanisms import MECHANISMS
from nashbox.problem.files import from_mapping
from tests.games import figure1

PENNIES = {"row": [[1, -1], [-1, 1]], "column": [[-1, 1], [1, -1]]}
STAG = {"row": [[4, 0], [3, 3]], "column": [[4, 3], [0, 3]]}
KEYS = ["mechanism", "profile", "strategies", "payoffs", "payoffs_se", "social_payoff",
        "social_payoff_se", "converged", "sweeps", "equilibrium",
        "honest_is_equilibrium"]  # fmt: skip


def table(payoffs):
    return from_mapping({"game": "table", "payoffs": payoffs})


@dataclass(frozen=True)
class Brought:
    social: float
    social_error: float = 0.0


class Steps:
    """One player on a line of places; `next` says where she goes, `sums` what that brings."""

    binding = False

    def __init__(self, goes, sums, *, sign=1, refuted=()):
        self.goes, self.sums, self.sign, self.refuted = goes, sums, sign, refuted
        self.asked = 0

    def answer(self, i, profile):
        self.asked += 1
        return self.goes[int(profile[i])]

    def leapt(self, path):
        return path[-1].copy()

    def starts(self, number):
        for place in range(number + 2):
            yield np.array([place]), None

    def outcome(self, profile):
        return Brought(self.sums[int(profile[0])])

    def alike(self, one, other):
        return bool((one == other).all())

    def keeps(self, profile):
        return int(profile[0]) not in self.refuted


def test_a_path_ends_at_rest_in_a_cycle_or_out_of_time():
    steps = Steps([1, 2, 2, 4, 5, 3, *range(7, 60)], range(60))
    rest = settle(steps, np.array([0]))
    assert (rest.profile.tolist(), rest.converged, rest.sweeps, rest.cycle) == ([2], True, 3, ())
    cycle = settle(steps, np.array([3]))
    assert not cycle.converged and [state.tolist() for state in cycle.cycle] == [[3], [4], [5]]
    late = settle(steps, np.array([6]), sweeps=10)
    assert not late.converged and late.sweeps == 10 and not late.cycle


@pytest.mark.parametrize("sign", [1, -1])
def test_the_worst_and_the_best_rest_point_were_not_refuted(sign):
    steps = Steps([0, 1, 2, 3], [2.0, 9.0, 5.0, 1.0], sign=sign, refuted={1})
    paths = walk(steps, 2, lambda: None)
    low, high = paths.path(3), paths.path(2)
    assert paths.extreme(worst=sign == 1) is low and paths.extreme(worst=sign == -1) is high
    assert paths.sums == [1.0, 2.0, 5.0, 9.0]
    nothing = Steps([0, 1], [1.0, 2.0], refuted={0, 1})
    assert walk(nothing, 0, lambda: None).extreme(worst=True) is None


def test_rest_points_and_cycles_count_once():
    paths = walk(Steps([0, 0, 3, 4, 3], [1.0] * 5), 3, lambda: None)
    assert len(paths.ended) == 2 and paths.resting == [paths.path(0)]
    assert paths.cycles == [paths.path(2)] and paths.unfinished == 0


def test_best_responses_that_repeat_themselves_are_not_asked_a_hundred_times(monkeypatch):
    asked = count()
    answer = "nashbox.experiments.compare.menus.MenuGame.answer"
    from nashbox.experiments.compare.menus import MenuGame

    real = MenuGame.answer
    monkeypatch.setattr(answer, lambda *of: (next(asked), real(*of))[1])
    result = compare(table(PENNIES), starts=0)
    assert next(asked) < 30
    rows = {row["profile"]: row for row in result.rows}
    assert not rows["from_honest"]["converged"] and rows["from_honest"]["sweeps"] is None
    assert rows["worst"]["strategies"] is rows["best"]["strategies"] is None


@pytest.mark.parametrize("payoffs", [PENNIES, STAG])
def test_the_rows_of_every_game_have_the_same_keys(payoffs, tmp_path):
    result = compare(table(payoffs), starts=4)
    assert [row["profile"] for row in result.rows] == list(PROFILES)
    assert all(list(row) == KEYS for row in result.rows)
    assert list(result.to_frame().columns) == [
        "mechanism", "profile", "social_payoff", "social_payoff_se", "converged", "sweeps",
        "equilibrium", "honest_is_equilibrium", "agent", "strategy", "payoff", "se",
    ]  # fmt: skip
    result.save(tmp_path / "c.json")
    assert GameComparison.load(tmp_path / "c.json").to_json() == result.to_json()


def test_the_stag_hunt_has_two_equilibria():
    rows = {row["profile"]: row for row in compare(table(STAG), starts=8).rows}
    assert (rows["worst"]["payoffs"], rows["best"]["payoffs"]) == ([3, 3], [4, 4])
    assert all(row["equilibrium"] and row["honest_is_equilibrium"] for row in rows.values())


@pytest.mark.parametrize("problem", [table(STAG), figure1()], ids=["menus", "counts"])
def test_progress_is_told_path_by_path_to_its_end(problem):
    told = []
    compare(problem, starts=3, progress=lambda done, total: told.append((done, total)))
    done = [now for now, _ in told]
    assert done == sorted(set(done)) and {told[-1]} == {(told[-1][1],) * 2}
    assert len(done) >= 5


def test_what_numbers_leave_open_is_no_refutation():
    auditor = Auditor(0.1, 0)
    assert auditor.by_numbers([(1.0, 0.01, 1.0, 0.01)]).holds is True
    assert auditor.by_numbers([(1.0, 0.01, 0.5, 0.01)]).holds is False
    assert auditor.by_numbers([(1.0, 0.01, 0.9, 0.01), (1.0, 0.0, 1.0, 0.0)]).holds is None


@dataclass(frozen=True)
class Trusting(Mechanism):
    """The sample mean without a formula, whose authors count on compliance."""

    enforced = False

    def mediate(self, submissions, terms, rng):
        total = np.sum([s.sum for s in submissions], axis=0)
        count = np.sum([s.counts for s in submissions], axis=0)
        return [total / count] * len(submissions)


def test_rules_that_count_on_compliance_stay_at_the_plan_with_and_without_formulas(monkeypatch):
    monkeypatch.setitem(MECHANISMS, "trusting", Trusting)
    result = compare(figure1(), ["baseline", "trusting"], starts=1, budget=60_000)
    for name, simulated in (("baseline", False), ("trusting", True)):
        found = result.contender(name)
        assert found.method == "enforced" and found.starts == 0 and found.equilibria == 1
        assert found.social_penalties == [result.row(name, "honest").social_penalty]
        assert (found.max_gain_bounds is not None) == simulated


def assert_errors(sums, errors, too_large):
    """Whether sums of many seeds spread as each says it may, and not as `too_large` would say.

    Variances over their own are chi-square; false alarms at 1e-6.
    """
    sums, errors, too_large = np.array(sums), np.array(errors), np.array(too_large)
    spread = np.square(sums - sums.mean()).sum()
    low, high = chi2(sums.size - 1).ppf([5e-7, 1 - 5e-7])
    assert low < spread / np.mean(errors**2) < high
    assert not low < spread / np.mean(too_large**2) < high


@pytest.mark.slow
def test_the_error_of_a_sum_is_its_spread_over_seeds():
    """Everybody is paid in worlds of her own: not the sum of all errors, 1.73 times too large."""
    problem = from_mapping({"game": "auction", "agents": 3, "rule": "all_pay"})
    honest = []
    for seed in range(60):
        game = prepare_game(problem, recommended=True)
        menus = [CandidatePool([game.strategy(i)], [], []) for i in range(3)]
        ways = MenuGame(game, menus, Asked(None, seed, 100_000, None))
        ways.exact = False
        honest.append(ways.honest())
    assert_errors(*zip(*((x.social, x.social_error, sum(x.errors)) for x in honest), strict=True))


def test_the_error_of_a_sum_of_penalties_is_its_spread_over_seeds():
    """All hear of the same points: errors of penalties do not cancel out as of independent ones."""
    game = prepare(figure1(mechanism="sample_mean"))
    rows = [measured(game, seed, worlds=400) for seed in range(80)]
    independent = [0.3 * np.linalg.norm(se) for _, se, _ in rows]
    assert_errors([p.sum() for p, _, _ in rows], [together for *_, together in rows], independent)
