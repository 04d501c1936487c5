"""Mechanisms at their equilibria: known numbers, closed forms, and complete enumeration."""

import itertools
import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from nashbox import Mechanism, compare
from nashbox.experiments.audit import audit
from nashbox.experiments.compare import Comparison
from nashbox.experiments.compare.walking import settle
from nashbox.experiments.dynamics import best_response_dynamics
from nashbox.games.compared import PROFILES
from nashbox.games.estimation import prepare
from nashbox.games.estimation.comparison.counts import ProfileOutcome
from nashbox.games.estimation.comparison.exact_game import ExactGame
from nashbox.games.estimation.comparison.favours import favoured, relative_to
from nashbox.games.estimation.comparison.simulated_game import with_plays
from nashbox.games.paths import Path, Paths, Settled
from nashbox.mechanisms import MECHANISMS
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from nashbox.problem.spec import Spec
from nashbox.problem.terms import View
from nashbox.results.saving import to_text
from tests.games import figure1, random_problem, worked_case
from tests.statistics_for_tests import assert_mean

BUILT_IN = ["cbl", "sample_mean", "counted_mean", "baseline", "alone", "threshold", "decoy"]


def test_figure_1():
    result = compare(figure1(counts="real"), starts=5, goals=[])
    social = {(r.mechanism, r.profile): r.social_penalty for r in result.rows}
    expected = {
        "sample_mean": (6.6430, 7.2664),
        "counted_mean": (6.6430, 7.2664),
        "baseline": (6.6430, 6.6430),
        "cbl": (9.8354, 9.8354),
        "alone": (15.0958, 15.0958),
    }
    for mechanism, (honest, equilibrium) in expected.items():
        assert social[mechanism, "honest"] == pytest.approx(honest, abs=5e-5)
        for profile in PROFILES[1:]:
            assert social[mechanism, profile] == pytest.approx(equilibrium, abs=5e-5)
    row = result.row("sample_mean", "from_honest")
    assert np.ravel(row.counts) == pytest.approx([55.0482, 0, 0], abs=1e-4)
    assert row.efficiency_ratio == pytest.approx(7.2664 / 6.6430, abs=2e-5)
    assert (row.least_favoured, row.most_favoured) == ("a0", "a2")
    assert row.relative == pytest.approx([1, 1.816590 / 5.138093, 1.816590 / 6.324555], abs=1e-6)
    gains = result.contender("sample_mean")
    assert (gains.max_gain_agent, gains.honest_is_equilibrium) == ("a1", False)
    assert gains.max_gain == pytest.approx(0.3202, abs=5e-5)
    assert result.contender("cbl").honest_is_equilibrium
    assert result.contender("alone").honest_is_equilibrium


def largest_alone(problem):
    """Closed form of the sample mean's equilibria: who wants most alone decides the total."""
    wanted = np.where(np.isinf(problem.costs), 0.0, problem.sigma / np.sqrt(problem.costs))
    total = wanted.max(axis=0)
    social = problem.m * problem.sigma**2 / total + problem.costs.min(axis=0) * total
    return wanted, total, social.sum()


@pytest.mark.sparse(4)
@pytest.mark.parametrize("case", range(12))
def test_equilibria_of_the_sample_mean_have_a_closed_form(case):
    rng = np.random.default_rng(case)
    problem = random_problem(rng, leverage=case % 2 == 0, counts="real")
    wanted, total, social = largest_alone(problem)
    result = compare(problem, ["sample_mean", "counted_mean"], starts=6, seed=case)
    for row in result.rows:
        if row.profile == "honest":
            continue
        assert row.converged
        counts = np.array(row.counts)
        np.testing.assert_allclose(counts.sum(axis=0), total, rtol=2e-6)
        assert (counts[wanted < total * (1 - 1e-6)] <= 1e-5 * total.max()).all()
        assert row.social_penalty == pytest.approx(social, rel=1e-5)
    for contender in result.contenders:
        assert contender.unfinished == 0 and not contender.cycles


def enumerated(price, top):
    """All pure equilibria in whole numbers; price(i, others) gives penalties of counts 0, 1, ...

    Each agent's best count is sought among all up to three times the largest enumerated.
    """
    tables = [[price(i, others, 3 * top + 1) for others in range(2 * top + 1)] for i in range(3)]
    found = {}
    for profile in itertools.product(range(top + 1), repeat=3):
        rows = [tables[i][sum(profile) - n] for i, n in enumerate(profile)]
        penalties = [row[n] for row, n in zip(rows, profile, strict=True)]
        if all(p <= row.min() * (1 + 1e-12) for p, row in zip(penalties, rows, strict=True)):
            found[profile] = sum(penalties)
    return found


def mean_price(costs, sigma):
    def price(i, others, size):
        n = np.arange(size)
        with np.errstate(divide="ignore"):
            return sigma**2 / (n + others) + costs[i] * n

    return price


def channel_price(game):
    """Least penalties after n points, from the mechanism's own channel."""

    def price(i, others, size):
        channel = game.mechanism.channel(game.terms, i, 0, float(others))
        n = np.arange(float(size))
        return channel.best_risk(n) + float(game.problem.costs[i, 0]) * n

    return price


@pytest.mark.slow
@pytest.mark.sparse(3)
@pytest.mark.parametrize("case", range(8))
def test_whatever_is_reported_is_among_all_pure_equilibria(case):
    rng = np.random.default_rng(case)
    costs = rng.choice([0.2, 0.21, 0.22, 0.3, 0.5], size=3).tolist()
    sigma = float(rng.uniform(1.5, 3.0))
    body = {"game": "estimation", "sigma": sigma, "costs": [[c] for c in costs]}
    problem = from_mapping({**body, "plan": "egalitarian"})
    weak = Spec("cbl", {"alpha_factor": 0.4})
    result = compare(problem, ["sample_mean", "counted_mean", "cbl", weak, "alone"], starts=30)
    for contender in result.contenders:
        game = prepare(replace(problem, mechanism=Spec.parse(contender.spec, "test")))
        top = int(max(12, 2 * game.terms.counts.max()))
        if contender.mechanism in ("sample_mean", "counted_mean"):
            everything = enumerated(mean_price(costs, sigma), top)
        else:
            everything = enumerated(channel_price(game), top)
        assert everything
        rows = {r.profile: r for r in result.rows if r.mechanism == contender.mechanism}
        for profile in PROFILES[1:]:
            row = rows[profile]
            assert row.converged == (row.cycle is None)
            if row.converged:
                key = tuple(int(n) for n in np.ravel(row.counts))
                assert everything[key] == pytest.approx(row.social_penalty, rel=1e-12)
        low, high = min(everything.values()), max(everything.values())
        assert low * (1 - 1e-9) <= rows["best"].social_penalty
        assert rows["worst"].social_penalty <= high * (1 + 1e-9)
        assert contender.equilibria <= len(everything)
        honest = tuple(int(n) for n in game.terms.counts.ravel())
        exact = compare(problem, [Spec.parse(contender.spec, "test")], starts=0, epsilon=1e-9)
        assert exact.contenders[0].honest_is_equilibrium == (honest in everything)


def test_the_enumeration_finds_equilibria_and_refuses_others():
    everything = enumerated(mean_price([0.2, 0.2, 0.9], 2.0), 9)
    assert all(sum(profile) in (4, 5) for profile in everything)  # 4 * 5 = sigma^2/c: both as good
    assert (5, 0, 0) in everything and (4, 0, 0) in everything and (2, 2, 0) in everything
    assert (6, 0, 0) not in everything and (0, 0, 4) not in everything


def test_of_equally_good_counts_nobody_leaves_hers():
    problem = from_mapping(
        {"game": "estimation", "sigma": 2.0, "costs": [[0.2], [0.2]], "mechanism": "sample_mean"}
    )
    game = ExactGame(prepare(problem))
    for start in ([[4.0], [0.0]], [[5.0], [0.0]], [[2.0], [3.0]]):
        found = settle(game, np.array(start))
        assert found.converged and found.sweeps == 1 and found.profile.tolist() == start
    assert settle(game, np.array([[6.0], [0.0]])).profile.sum() == 4  # of new ones the least


def test_near_ties_are_carried_to_their_end():
    """Two agents who want 1000 and 999.99 points in all: a sweep moves 0.01 of them."""
    costs = [[100.0 / 999.99**2], [100.0 / 1000.0**2]]
    body = {"game": "estimation", "sigma": 10.0, "costs": costs, "counts": "real"}
    game = ExactGame(prepare(from_mapping({**body, "mechanism": "sample_mean"})))
    found = settle(game, np.array([[700.0], [0.0]]))
    assert found.converged and found.sweeps < 50
    assert found.profile.ravel() == pytest.approx([0.0, 1000.0], abs=0.02)


@pytest.mark.parametrize(
    ("m", "cbl"),
    [
        pytest.param(20, 36.32, marks=pytest.mark.slow),
        pytest.param(100, 87.38, marks=pytest.mark.long),
    ],
)
def test_equal_agents(m, cbl):
    result = compare(worked_case(m=m, counts="real"), starts=5, goals=[])
    total = 10 / np.sqrt(0.05)
    free_riding = m * 100 / total + 0.05 * total
    for profile in PROFILES[1:]:
        row = result.row("sample_mean", profile)
        assert row.social_penalty == pytest.approx(free_riding, rel=1e-6)
        assert np.sum(row.counts) == pytest.approx(total, rel=1e-6)
        assert result.row("cbl", profile).social_penalty == pytest.approx(cbl, abs=5e-3)
    mean = result.contender("sample_mean")
    assert mean.equilibria > 1 and len(mean.social_penalties) == 1  # many ways to share the work
    row = result.row("cbl", "honest")
    assert row.least_favoured is row.most_favoured is None
    assert result.row("baseline", "honest").efficiency_ratio == pytest.approx(1)


@pytest.mark.sparse(3)
@pytest.mark.parametrize("case", range(6))
def test_honesty_is_judged_as_the_audit_judges(case):
    rng = np.random.default_rng(case)
    problem = random_problem(rng, leverage=True, plan="egalitarian", m=5)
    result = compare(problem, starts=0, goals=[])
    for name in BUILT_IN:
        found = audit(replace(problem, mechanism=Spec(name)), method="exact")
        contender = result.contender(name)
        assert contender.honest_is_equilibrium == (found.nash == "none_above_epsilon")
        gains = [agent.gain.estimate for agent in found.agents]
        assert contender.gains == pytest.approx(gains, abs=1e-12)
        assert result.row(name, "honest").penalties == [a.penalty for a in found.agents]
        assert result.row(name, "honest").efficiency_ratio == pytest.approx(found.efficiency_ratio)
        assert result.row(name, "honest").individually_rational == found.individually_rational
        if contender.honest_is_equilibrium and contender.max_gain <= 0:
            honest = result.row(name, "honest").counts
            assert result.row(name, "from_honest").counts == honest


@pytest.mark.slow
def test_epsilon_decides_what_counts_as_a_gain():
    problem = worked_case(mechanism={"name": "cbl", "alpha_factor": 0.9}, counts="real")
    label = "cbl(alpha_factor=0.9)"
    for epsilon, honest in ((0.0025, False), (0.0026, True)):
        found = compare(problem, starts=0, epsilon=epsilon, goals=[]).contender(label)
        assert found.honest_is_equilibrium is honest
        assert found.max_gain == pytest.approx(0.002557, abs=5e-7)


@pytest.mark.parametrize("mechanism", ["sample_mean", "cbl"])
def test_exact_penalties_at_equilibria_agree_with_the_model(mechanism, seed):
    """Every agent's penalty at the free-riding start's end, played; false alarm 1e-6 in all."""
    problem = worked_case(m=12, d=2)
    row = compare(problem, [mechanism], starts=0).row(mechanism, "from_free_riding")
    game = prepare(replace(problem, mechanism=Spec(mechanism)))
    plays = ExactGame(game).plays(np.array(row.counts))
    model = with_plays(game, plays).model(4000, seed, what_if=True)
    model.step()
    for agent, exact in zip(model.players, row.penalties, strict=True):
        assert_mean(agent.penalty, exact, 1e-6 / 12)
    with pytest.raises(AssertionError):
        assert_mean(model.players[0].penalty, 1.2 * row.penalties[0], 1e-6)


def test_made_up_points_harm_those_who_do_not_know_of_them(seed):
    """Counted mean, 3 agents pad with points around their own means; false alarm 1e-6 in all."""
    problem = worked_case(m=4, mechanism="counted_mean", plan="social")
    game = prepare(problem)
    owed = game.terms.counts[:, 0]
    collected = np.array([owed[0], 3, 4, 5])
    plays = [[Play(n, max(n, w), n, 0.0, None)] for n, w in zip(collected, owed, strict=True)]
    plays[0] = [Play.truthful(owed[0])]
    expected = ExactGame(game).unsuspecting_penalties(plays)
    model = with_plays(game, plays).model(20_000, seed, what_if=True)
    model.step()
    for agent, exact in zip(model.players, expected, strict=True):
        assert_mean(agent.penalty, exact, 1e-6 / 4)
    known = ExactGame(game).penalties(collected[:, None], plays)
    assert (expected > 1.02 * known).all()  # who knows discounts them and pays less
    nothing = ExactGame(game).outcome(np.array([[owed[0]], [0.0], [3.0], [4.0]]))
    assert np.isinf(nothing.unsuspecting[[0, 2, 3]]).all()
    assert ExactGame(game).honest().unsuspecting is None


def test_padding_is_reported_where_it_happens():
    result = compare(figure1(), ["counted_mean", "sample_mean"], starts=0)
    padded = result.row("counted_mean", "from_honest")
    assert np.ravel(padded.counts).tolist() == [55, 0, 0]
    assert np.ravel(padded.submitted).tolist() == [71, 7, 0]
    assert padded.unsuspecting[2] == np.inf
    assert "made-up" in result.contender("counted_mean").class_
    assert padded.penalties == pytest.approx(result.row("sample_mean", "from_honest").penalties)
    assert result.row("sample_mean", "from_honest").unsuspecting is None


def test_an_enforced_plan_stays():
    result = compare(figure1(), ["baseline"], starts=3)
    assert len({str(row.counts) for row in result.rows}) == 1
    found = result.contender("baseline")
    assert found.method == "enforced" and not found.honest_is_equilibrium
    assert any("not enforced" in note for note in found.notes)


@dataclass(frozen=True)
class Pursuit(Mechanism):
    """Agent 0 wants to collect when agent 1 does, agent 1 when agent 0 does not."""

    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]

    def channel(self, terms, agent, k, others):
        return Tempting(1.0, others, wanted=(others > 0) == (agent == 0))


@dataclass(frozen=True)
class Tempting(MeanChannel):
    wanted: bool = True

    def best_risk(self, n):
        n = np.asarray(n, dtype=float)
        return np.where(n > 0, 1.0, 9.0) if self.wanted else np.ones_like(n)

    def _risk(self, play):
        return float(self.best_risk(np.float64(play.n)))


def test_cycles_are_reported_as_such(monkeypatch):
    monkeypatch.setitem(MECHANISMS, "pursuit", Pursuit)
    body = {"game": "estimation", "sigma": 1.0, "costs": [[0.5], [0.25]]}
    result = compare(from_mapping(body), ["pursuit"], starts=4)
    row = result.row("pursuit", "from_free_riding")
    assert not row.converged and "repeat" in row.note
    assert row.cycle["length"] == 2
    ends = sorted(
        ExactGame(prepare(replace(from_mapping(body), mechanism=Spec("pursuit"))))
        .outcome(np.array(profile))
        .social
        for profile in ([[0.0], [1.0]], [[1.0], [0.0]])
    )
    assert row.cycle["social_penalty"] == pytest.approx(ends)
    worst = result.row("pursuit", "worst")
    assert worst.counts is None and worst.social_penalty is None and "no equilibrium" in worst.note
    found = result.contender("pursuit")
    assert found.equilibria == 0 and len(found.cycles) >= 1 and found.unfinished == 0


def test_who_cannot_sample():
    costs = [["inf", 0.1], [0.1, "inf"], [0.1, 0.1]]
    body = {"game": "estimation", "sigma": 2.0, "costs": costs}
    result = compare(from_mapping(body), starts=8, goals=[])
    for row in result.rows:
        assert np.array(row.counts)[0, 0] == np.array(row.counts)[1, 1] == 0
    alone = result.row("alone", "honest")
    assert alone.penalties[0] == np.inf and alone.social_penalty == np.inf
    assert alone.relative == [None, None, 1.0]
    shared = result.row("sample_mean", "from_honest")
    assert shared.relative[0] == 0.0 and np.isfinite(shared.social_penalty)
    assert shared.most_favoured == "a0"


def test_favours():
    relative = relative_to(np.array([1.0, np.inf, np.inf, 3.0]), np.array([2, np.inf, 4, np.inf]))
    assert np.array_equal(relative, [0.5, np.nan, np.inf, 0.0], equal_nan=True)
    assert favoured(relative, "abcd") == ("c", "d")
    assert favoured(np.array([0.5, 0.5 + 1e-12]), "ab") == (None, None)
    assert favoured(np.array([np.nan, np.nan]), "ab") == (None, None)


def test_nobody_is_favoured_within_the_errors():
    level, errors = np.array([0.9, 1.0, 1.02]), np.array([0.02, 0.01, 0.01])
    assert favoured(level, "abc", errors) == ("b", "a")  # b and c are not told apart
    assert favoured(level, "abc", 5 * errors) == (None, None)
    assert favoured(level, "abc", np.zeros(3)) == favoured(level, "abc") == ("c", "a")


def test_simulated_equilibria_are_worst_and_best_beyond_their_errors_only():
    def path(social, error):
        penalties = np.array([social])
        end = ProfileOutcome(
            penalties[None], penalties[None], penalties, np.array([error]), None, [], error
        )
        return Path(Settled(end.counts, True, 1), end, ())

    game = ExactGame(prepare(figure1()))
    near = Paths(game, [path(7.0, 0.1), path(7.1, 0.1), path(6.9, 0.1)], 3)
    assert near.extreme(worst=True) is near.extreme(worst=False) is near.walked[0]
    assert near.sums == [6.9]
    far = Paths(game, [path(7.0, 0.01), path(7.1, 0.01), path(6.9, 0.01)], 3)
    assert far.extreme(worst=True) is far.walked[1] and far.extreme(worst=False) is far.walked[2]
    assert far.sums == [6.9, 7.0, 7.1]


@pytest.mark.parametrize("counts", ["integer", "real"])
def test_a_saved_comparison_comes_back(tmp_path, counts):
    problem = from_mapping(
        {
            "game": "estimation",
            "sigma": 2.0,
            "costs": [["inf", 0.1], [0.1, 0.3], [0.1, 0.1]],
            "counts": counts,
        }
    )
    result = compare(problem, starts=2, goals=[])
    result.save(tmp_path / "c.json")
    text = (tmp_path / "c.json").read_text()
    assert "NaN" not in text and "Infinity" not in text
    assert to_text(Comparison.load(tmp_path / "c.json").to_json()) == text
    body = json.loads(text)
    assert [r["profile"] for r in body["rows"][:5]] == list(PROFILES)
    frame = result.to_frame()
    assert len(frame) == len(result.rows) * 3
    picked = frame[(frame.mechanism == "sample_mean") & (frame.profile == "honest")]
    assert picked.penalty.tolist() == result.row("sample_mean", "honest").penalties
    again = compare(problem, starts=2, goals=[])
    assert to_text(again.to_json()) == text
    axes = result.plot()
    assert len(axes.figure.axes) == 2 and axes.get_ylabel().startswith("social penalty")


def test_one_agent():
    body = {"game": "estimation", "sigma": 2.0, "costs": [[0.1]], "counts": "real"}
    result = compare(from_mapping(body), starts=2, goals=[])
    for row in result.rows:
        assert row.social_penalty == pytest.approx(2 * 2 * np.sqrt(0.1), rel=1e-9)


def test_rules_of_another_file_take_part():
    problem = figure1(counts="real")
    rules = figure1(counts="real", plan="egalitarian", mechanism="sample_mean")
    result = compare(problem, ["sample_mean"], rules={"designed": rules}, starts=0)
    assert [c.mechanism for c in result.contenders] == ["sample_mean", "designed"]
    assert result.row("designed", "honest").penalties == pytest.approx([2.6857] * 3, abs=5e-5)
    for wrong in (
        figure1(counts="integer"),
        figure1(counts="real", sigma=9.0),
        worked_case(m=3, counts="real"),
        worked_case(m=4, counts="real"),
    ):
        with pytest.raises(InputError, match=r"designed: .* must be those of"):
            compare(problem, ["sample_mean"], rules={"designed": wrong}, starts=0)


@dataclass(frozen=True)
class Unknown(Mechanism):
    """The sample mean, whose formula nobody published."""

    def mediate(self, submissions, terms, rng):
        total = np.sum([s.sum for s in submissions], axis=0)
        count = np.sum([s.counts for s in submissions], axis=0)
        return [total / count] * len(submissions)


def test_mechanisms_without_formulas_are_simulated(monkeypatch, seed):
    monkeypatch.setitem(MECHANISMS, "unknown", Unknown)
    costs = [[0.5], [2.0]]
    problem = from_mapping({"game": "estimation", "sigma": 4.0, "costs": costs})
    result = compare(problem, ["sample_mean", "unknown"], starts=0, budget=400_000, seed=seed)
    found, known = result.contender("unknown"), result.contender("sample_mean")
    assert found.method == "simulated" and known.method == "exact"
    honest, exact = (result.row(x, "honest") for x in ("unknown", "sample_mean"))
    for value, se, truth in zip(
        honest.penalties, honest.penalties_se, exact.penalties, strict=True
    ):
        assert se > 0 and abs(value - truth) < 5.5 * se  # false alarm 4e-8 each
    assert found.honest_is_equilibrium in (known.honest_is_equilibrium, None)
    price = mean_price([0.5, 2.0], 4.0)
    for profile in ("from_honest", "from_free_riding"):
        row = result.row("unknown", profile)
        assert row.converged and row.penalties_se is not None
        n = [int(x) for x in np.ravel(row.counts)]
        for i, others in ((0, n[1]), (1, n[0])):
            prices = price(i, others, 60)
            assert prices[n[i]] <= 1.12 * prices.min()  # what the simulation tells apart, with room
    assert n[1] == 0  # the dear agent leaves the work to the cheap one


def test_a_small_budget_leaves_nothing_unsaid(monkeypatch):
    monkeypatch.setitem(MECHANISMS, "unknown", Unknown)
    result = compare(figure1(), ["unknown"], starts=2, budget=3000)
    honest, rest = result.rows[0], result.rows[1:]
    assert honest.penalties is not None
    for row in rest:
        assert row.counts is None and row.penalties is None and "budget" in row.note
        assert not row.converged
    assert any("0 of 4 paths" in note for note in result.contender("unknown").notes)
    assert result.plot() is not None


def test_real_counts_and_no_formulas(monkeypatch):
    monkeypatch.setitem(MECHANISMS, "unknown", Unknown)
    with pytest.raises(InputError, match=r'counts = "real".*Unknown.*"integer"'):
        compare(figure1(counts="real"), ["unknown"])


def test_built_ins_that_need_parameters_are_named(monkeypatch):
    @dataclass(frozen=True)
    class Demanding(Unknown):
        level: float = -1.0

        def __post_init__(self):
            if self.level < 0:
                raise InputError("demanding.level must be given")

    monkeypatch.setitem(MECHANISMS, "demanding", Demanding)
    result = compare(figure1(), starts=0, goals=[])
    assert [c.mechanism for c in result.contenders] == BUILT_IN
    assert any("demanding is left out" in note and "level" in note for note in result.notes)
    with pytest.raises(InputError, match="level must be given"):
        compare(figure1(), ["demanding"], starts=0)


@pytest.mark.slow
def test_rules_are_designed_for_the_comparison():
    result = compare(figure1(counts="real"), ["cbl"], goals=["social", "egalitarian"], starts=2)
    names = [c.mechanism for c in result.contenders]
    assert names == ["cbl", "designed (social)", "designed (egalitarian)"]
    for name in names[1:]:
        assert result.contender(name).honest_is_equilibrium
        assert result.row(name, "from_honest").counts == result.row(name, "honest").counts
    social = result.row("designed (social)", "honest")
    assert social.social_penalty == pytest.approx(7.26636, abs=1e-5)
    assert max(result.row("designed (egalitarian)", "honest").penalties) < 2.947


def test_large_games_are_designed_on_demand(monkeypatch):
    monkeypatch.setattr("nashbox.games.estimation.comparison.contest.SMALL", 2)
    assert any("--design social" in note for note in compare(figure1(), starts=0).notes)


@pytest.mark.slow
def test_tied_distributions_settle_where_nobody_else_collects():
    rows = ["threshold", "threshold"]
    rules = {"name": "threshold", "joint": True, "kind": [rows] * 3}
    rules |= {"n": [[9, 8]] * 3, "z": [[6, 5]] * 3, "t": [[4.0, 4.0]] * 3}
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05, 0.06]] * 3, "mechanism": rules}
    result = compare(from_mapping(body), [Spec.parse(rules, "test")], starts=4)
    row = result.row(result.contenders[0].mechanism, "from_free_riding")
    game = prepare(from_mapping(body))
    counts = np.array(row.counts)
    for i in range(3):  # no pair of counts nearby does better, by the model's own formula
        view = View(i, game.terms, counts)
        here = view.risks().price([Play.truthful(n) for n in counts[i]])[0]
        for n in np.ndindex(60, 60):
            assert here <= view.risks().price([Play.truthful(float(x)) for x in n])[0] + 1e-9


def test_the_own_mechanism_comes_first_with_its_parameters():
    problem = worked_case(m=10, mechanism={"name": "cbl", "alpha_factor": 0.5})
    result = compare(problem, starts=0, goals=[])
    assert [c.mechanism for c in result.contenders] == ["cbl(alpha_factor=0.5)", *BUILT_IN]
    assert result.contenders[0].spec == {"name": "cbl", "alpha_factor": 0.5}


def test_real_measurements_are_measured_beside(tmp_path):
    rng = np.random.default_rng(5)
    values = rng.exponential(2.0, size=200)
    (tmp_path / "m.csv").write_text("x0\n" + "\n".join(f"{v:.6f}" for v in values) + "\n")
    body = {
        "game": "estimation",
        "sigma": float(f"{values.std():.4f}"),
        "costs": [[0.05]] * 4,
        "source": {"csv": "m.csv", "columns": ["x0"]},
    }
    result = compare(from_mapping(body, folder=tmp_path), ["sample_mean", "counted_mean"], starts=0)
    for profile in ("honest", "from_honest"):
        row = result.row("sample_mean", profile)
        # a linear estimate has risk variance/N whatever the distribution; false alarm 4e-8 each
        pairs = zip(row.penalties, row.measured["penalties"], row.measured["se"], strict=True)
        assert all(se > 0 and abs(a - b) < 5.5 * se + 1e-4 for a, b, se in pairs)
        assert row.measured["social_penalty"] == pytest.approx(sum(row.measured["penalties"]))
    assert result.row("counted_mean", "from_honest").measured is None
    assert any("real ones" in note for note in result.notes)


def test_profiles_are_the_problems_own_or_honest():
    named = figure1(strategies={"a0": "free_rider"})
    result = compare(named, ["sample_mean"], starts=0)
    plain = compare(figure1(), ["sample_mean"], starts=0)
    assert result.row("sample_mean", "honest") == plain.row("sample_mean", "honest")
    assert any("strategies are left out" in note for note in result.notes)


@pytest.mark.slow
def test_answers_are_best_among_all_counts():
    """Every count of every equilibrium, against a fine grid of other counts."""
    rng = np.random.default_rng(3)
    for _ in range(6):
        problem = random_problem(rng, leverage=True, counts="real", m=6, d=1, infinite=0.0)
        result = compare(problem, ["cbl", Spec("cbl", {"alpha_factor": 0.5})], starts=3)
        for row in result.rows[1:5] + result.rows[6:10]:
            spec = result.contender(row.mechanism).spec
            game = prepare(replace(problem, mechanism=Spec.parse(spec, "test")))
            counts = np.array(row.counts)
            for i in range(problem.m):
                (channel,) = View(i, game.terms, counts).risks().channels
                grid = np.linspace(1e-3, 200, 4001)
                cost = problem.costs[i, 0]
                least = (channel.best_risk(grid) + cost * grid).min()
                assert row.penalties[i] <= least * (1 + 1e-9)


@pytest.mark.parametrize("mechanism", ["sample_mean", "counted_mean", "cbl"])
def test_paths_end_where_plain_best_responses_end(mechanism):
    rng = np.random.default_rng(11)
    problem = random_problem(rng, leverage=False, counts="real", m=5, d=2)
    result = compare(problem, [mechanism], starts=0)
    game = prepare(replace(problem, mechanism=Spec(mechanism)))
    starts = {"from_honest": game.terms.counts, "from_free_riding": np.zeros((5, 2))}
    for profile, start in starts.items():
        plain = best_response_dynamics(game, start, sweeps=400)
        assert plain.converged
        np.testing.assert_allclose(
            result.row(mechanism, profile).counts, plain.counts[-1], 1e-5, 1e-5
        )
