"""The black box on payments that are drawn as a test says."""

import numpy as np
import pytest
from scipy.stats import chi2

from nashbox.experiments.audit import audit, simulated
from nashbox.experiments.audit.findings import BOUNDED, by_formula
from nashbox.experiments.audit.simulated import audit_player
from nashbox.games.deviations import Deviation
from nashbox.games.formulas import Exact
from nashbox.measure.tally import TailMoments
from nashbox.problem.errors import InputError
from nashbox.problem.files import load
from nashbox.problem.spec import Spec
from tests.experiments.audit.drawn_game import DrawnGame, Way, better_by

EPSILON, DELTA = 1.0, 0.01


def answers(game, seeds, budget=20_000, delta=DELTA):
    return [audit_player(game, 0, EPSILON, delta, seed, budget) for seed in range(seeds)]


def count(found, verdict):
    return sum(answer.verdict == verdict for answer in found)


WRONG = [(1.15, "none_above_epsilon"), (0.6, "profitable")]


@pytest.mark.slow
@pytest.mark.parametrize(("gain", "wrong"), WRONG)
def test_verdicts_are_wrong_as_seldom_as_delta_says(gain, wrong, monkeypatch):
    """300 audits at delta .1, .04 a verdict: more than 25 wrong ones come with a chance of 5e-4.

    With bounds of 1/4 of their width more than 25 are wrong.
    """
    worse = [better_by(-3.0, 20.0, "x" * k) for k in range(1, 5)]
    game = DrawnGame((better_by(gain, 20.0), *worse))
    assert count(answers(game, 300, delta=0.1), wrong) <= 25
    bound = TailMoments.bound
    monkeypatch.setattr(TailMoments, "bound", lambda tally, z: bound(tally, z / 4))
    assert count(answers(game, 300, delta=0.1), wrong) > 25


@pytest.mark.parametrize(("gain", "right"), [(3.0, "profitable"), (0.0, "none_above_epsilon")])
def test_what_is_clear_is_decided(gain, right):
    """20 standard errors apart at this budget: an engine that says undecided fails."""
    game = DrawnGame((better_by(gain, 5.0), better_by(-3.0, 5.0, "worse")))
    assert count(answers(game, 10), right) == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ('game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n', "penalty"),
        ('game = "auction"\nagents = 3\nrule = "second_price"\n', "payoff"),
    ],
)
def test_sums_have_the_standard_error_of_what_varies(text, pay, tmp_path):
    """24 audits: chi square of the sums, 1e-5 on either side.

    Errors of a quarter, or of four times, the right size are seen.
    """
    (tmp_path / "p.toml").write_text(text)
    exact = audit(load(tmp_path / "p.toml"), method="exact")
    found = [
        audit(load(tmp_path / "p.toml"), method="black_box", budget=2000, seed=s) for s in range(24)
    ]
    errors = np.array([getattr(one, f"social_{pay}_se") for one in found])
    true = getattr(exact, f"social_{pay}")
    spread = np.square((np.array([getattr(one, f"social_{pay}") for one in found]) - true) / errors)
    low, high = chi2.ppf([1e-5, 1 - 1e-5], len(found))
    assert low <= spread.sum() <= high
    assert not low <= 16 * spread.sum() <= high and not low <= spread.sum() / 16 <= high
    assert getattr(exact, f"social_{pay}_se") == 0


def unlucky(common, rng):
    return np.where(rng.random(len(common)) < 1e-3, -5e4, 0.0)


def test_rare_losses_of_the_audited_play_are_no_reason_for_none():
    """She loses 50 a world in one world of a thousand; who stays away gains that."""
    calm = Way("calm", lambda common, rng: np.full(len(common), -0.5))
    found = answers(DrawnGame((calm,), audited=Way("unlucky", unlucky)), 20, budget=40_000)
    assert count(found, "none_above_epsilon") == 0


def test_candidates_are_opened_again_when_something_rare_is_seen():
    """Settled after 256 worlds with the loss in one of 1,000; another goes on to 10,000."""
    lost = Way("lost", lambda common, rng: np.where(rng.random(len(common)) < 1e-3, -5e4, common))
    calm = Way("calm", lambda common, rng: -8.0 + 0.1 * rng.standard_normal(len(common)))
    noisy = Way("noisy", lambda common, rng: -9.5 + 300.0 * rng.standard_normal(len(common)))
    found = answers(DrawnGame((calm, noisy), audited=lost), 10, budget=200_000)
    assert count(found, "none_above_epsilon") == 0


@pytest.mark.sparse(1)
@pytest.mark.parametrize("freedom", [2.5, 3.0])
def test_heavy_tails_are_not_called_profitable(freedom):
    """A gain of .9 epsilon in means of heavy tails: never profitable in 40 audits."""

    def heavy(common, rng):
        draws = rng.standard_t(freedom, size=(len(common), 10)).mean(axis=1) ** 2
        return common + 0.9 + 20 * (draws - freedom / (freedom - 2) / 10)

    assert count(answers(DrawnGame((Way("heavy", heavy),)), 40), "profitable") == 0


@pytest.mark.parametrize("budget", [1000, 2500])
def test_few_worlds_decide_nothing_and_the_budget_is_kept(budget):
    """Candidates that differ by a constant, so that no spread warns of anything."""
    game = DrawnGame(tuple(better_by(-0.5, 0.0, "x" * k) for k in range(1, 9)))
    found = audit_player(game, 0, EPSILON, DELTA, 0, budget)
    assert (found.verdict, found.reason) == ("undecided", simulated.FEW)
    assert found.spent <= budget and found.rational is None


def test_infinite_payments():
    ruined = Way("ruined", lambda common, rng: np.full(len(common), -np.inf))
    assert answers(DrawnGame((ruined,)), 1)[0].verdict == "none_above_epsilon"
    saved = answers(DrawnGame((better_by(0.0, 1.0),), audited=ruined), 1)[0]
    assert saved.verdict == "profitable" and saved.gain.lower == np.inf
    neither = Way("neither", ruined.paid)
    assert answers(DrawnGame((neither,), audited=ruined), 1)[0].verdict == "none_above_epsilon"


def test_of_infinite_gains_the_best_paid_is_quoted():
    ruined = Way("ruined", lambda common, rng: np.full(len(common), -np.inf))
    ways = tuple(better_by(paid, 0.1, f"{paid}") for paid in (-2.0, 5.0, 1.0))
    found = answers(DrawnGame(ways, audited=ruined), 1)[0]
    assert found.gain.estimate == np.inf and found.deviation.label == "5.0"


@pytest.mark.slow
def test_what_looks_profitable_has_the_rest_of_the_budget():
    """It gains 2 epsilon, eight others lie so close to epsilon that they are never settled.

    The seeds are fixed: 10 of 10 are decided, and 4 where all are played to the end.
    """
    close = [better_by(0.97, 60.0, "x" * k) for k in range(1, 9)]
    game = DrawnGame((better_by(2.0, 70.0), *close))
    assert count(answers(game, 10, budget=1_000_000), "profitable") >= 8


def test_a_formula_whose_bound_is_wide_says_why_it_is_undecided():
    game, best = DrawnGame((better_by(0.0),)), Deviation(Spec("other"), better_by(0.0))
    wide = by_formula(game, 0, Exact(1.0, 1.0, best, bound=1.5), 0.1)
    assert (wide.verdict, wide.reason) == ("undecided", BOUNDED)
    assert by_formula(game, 0, Exact(1.0, 1.0, best), 0.1).reason is None


def test_nothing_else_to_play_is_an_error():
    with pytest.raises(InputError, match="DrawnGame: a has nothing else to play"):
        answers(DrawnGame(()), 1)


def ruined(paid):
    """Payments that are minus infinity where the common draw lies beyond 2.3, else as said."""
    return lambda common, rng: np.where(common > 2.3, -np.inf, paid + common)


@pytest.mark.parametrize("more", [-0.5, 0.0, 5.0])
def test_who_is_ruined_either_way_gains_nothing(more):
    """Both are ruined in one world of ninety-three, the same ones: nothing finite to be had."""
    game = DrawnGame((Way("other", ruined(more)),), audited=Way("ruined", ruined(0.0)))
    for answer in answers(game, 3):
        assert answer.verdict == "none_above_epsilon"
        assert answer.gain.estimate == 0.0 and answer.gain.upper <= EPSILON


def test_who_leaves_ruin_gains_and_who_enters_it_does_not():
    calm = Way("calm", lambda common, rng: common - 100.0)
    (leaves,) = answers(DrawnGame((calm,), audited=Way("ruined", ruined(0.0))), 1)
    (enters,) = answers(DrawnGame((Way("ruin", ruined(50.0)),)), 1)
    assert leaves.verdict == "profitable" and leaves.gain.estimate == np.inf
    assert enters.verdict == "none_above_epsilon"


def rarely_hit(common, rng):
    """2 more in every world but one of 5,000, in which 50,000 are lost: 8 less on average."""
    return common + 2.0 - np.where(rng.random(len(common)) < 2e-4, 5e4, 0.0)


def test_a_gain_that_is_the_same_in_all_worlds_is_looked_at_for_long():
    """In 100,000 worlds all misses of an event of chance 2e-4 have a chance of 2e-9."""
    game = DrawnGame((Way("hit", rarely_hit),))
    assert count(answers(game, 10, budget=2_000_000), "profitable") == 0
    sure = DrawnGame((better_by(2.0),))
    assert count(answers(sure, 3, budget=2_000_000), "profitable") == 3


PLAIN = """
from dataclasses import dataclass
from nashbox import Mechanism

@dataclass(frozen=True)
class Plain(Mechanism):
    def mediate(self, submissions, terms, rng):
        everybody = sum(s.sum for s in submissions) / sum(s.counts for s in submissions)
        return [everybody for s in submissions]
"""


def test_epsilon_is_a_share_of_the_penalty_whatever_others_would_pay(tmp_path):
    """A constant, made up where the means are far away, costs 1e14: its rounding is no epsilon."""
    (tmp_path / "plain.py").write_text(PLAIN)
    (tmp_path / "p.toml").write_text(
        'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n'
        'mechanism = "plain.py:Plain"\n'
    )
    found = audit(load(tmp_path / "p.toml"), budget=4000)
    assert min(row.gain for a in found.agents for row in a.landscape) < -1e9
    for agent in found.agents:
        assert agent.epsilon == pytest.approx(1e-3 * agent.penalty, rel=1e-9)
