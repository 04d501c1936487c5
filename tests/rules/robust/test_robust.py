"""Rules over intervals of costs and sigmas, and with agents missing: bounds against brute force."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from nashbox.cli import main
from nashbox.experiments.audit import audit
from nashbox.experiments.run import run
from nashbox.games.estimation import prepare
from nashbox.mechanisms import SampleMean
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.problem.errors import InputError
from nashbox.problem.files import load
from nashbox.problem.spec import Spec
from nashbox.rules.robust import Robust, robust
from nashbox.rules.robust.dropout import drops, without
from nashbox.rules.robust.pair import TOLERANCE, Doubt, worst
from nashbox.rules.robust.rules import curve, rows, widest
from nashbox.rules.robust.tuning import robust_rule
from nashbox.tables.printing import sheet_of
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean

RULES = {
    "name": "threshold",
    "kind": [["threshold"]] * 3,
    "n": [[34], [13], [8]],
    "z": [[14], [8], [7]],
    "t": [[28.57], [7.79], [9.98]],
}


def price(n, cost, sigma, z, N, t):
    """R(n) + c n of the threshold rule, written down once more."""
    with np.errstate(divide="ignore"):
        fails = 2 * norm.sf(t / (sigma * np.sqrt(1 / n + 1 / z)))
    return sigma**2 * ((1 - fails) / (n + N) + fails / (n + z)) + cost * n


def gain_by_hand(owed, cost, sigma, z, N, t):
    every = price(np.arange(0.0, 400.0), cost, sigma, z, N, t)
    return price(np.float64(owed), cost, sigma, z, N, t) - every.min()


@pytest.mark.parametrize(("owed", "cost", "z", "t"), [(8, 0.1, 7, 9.98), (13, 0.066, 8, 7.79)])
@pytest.mark.parametrize("doubt", [Doubt(0.1), Doubt(0.0, 0.08), Doubt(0.1, 0.05)])
def test_worst_gain_of_a_threshold_by_hand(owed, cost, z, t, doubt):
    N = 55.0 - owed
    found = worst(ThresholdChannel(10.0, z, N, t), owed, cost, doubt, True)
    grid = [
        gain_by_hand(owed, cost * e, 10.0 * f, z, N, t)
        for e in np.linspace(1 - doubt.costs, 1 + doubt.costs, 9)
        for f in np.linspace(1 - doubt.sigma, 1 + doubt.sigma, 101 if doubt.sigma else 1)
    ]
    scale = price(np.float64(owed), cost, 10.0, z, N, t)
    assert max(grid) <= found.bound + 1e-12
    assert found.found <= found.bound <= found.found + 2 * TOLERANCE * scale
    assert found.found == pytest.approx(max(grid), abs=2 * TOLERANCE * scale)
    here = gain_by_hand(
        owed, cost * found.cost_factor, 10.0 * found.sigma_factor, z, N, t
    )  # attained where it says
    assert here == pytest.approx(found.found, abs=1e-10)


def test_second_derivative_in_the_variance():
    """(v P)'' = u (1 + u^2) phi(u)/(2 v), by finite differences, and its largest value."""
    a, t = 0.4, 9.0

    def failing(v):
        return v * 2 * norm.sf(t / (np.sqrt(v) * a))

    for v in (50.0, 100.0, 400.0):
        step = 1e-3 * v
        second = (failing(v + step) - 2 * failing(v) + failing(v - step)) / step**2
        u = t / (np.sqrt(v) * a)
        assert second == pytest.approx(u * (1 + u * u) * norm.pdf(u) / (2 * v), rel=1e-5)
    u = np.linspace(0, 8, 100_001)
    assert 0.3164 < (u * (1 + u * u) * norm.pdf(u) / 2).max() < 0.3166


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize(
    "channel",
    [CorruptChannel(10.0, 10.0, 180.0, 3.936428691), MeanChannel(10.0, 0.0), MeanChannel(10.0, 50)],
)
def test_other_rules_are_worst_at_a_corner(channel, integer):
    doubt, owed, cost = Doubt(0.2, 0.1), 10.0, 0.05
    found = worst(channel, owed, cost, doubt, integer)
    inside = [
        worst(replace(channel, sigma=10.0 * f), owed, cost * e, Doubt(), integer).found
        for e in np.linspace(0.8, 1.2, 9)
        for f in np.linspace(0.9, 1.1, 9)
    ]
    assert max(inside) == pytest.approx(found.bound, rel=1e-9)
    # the middle of the box is not where it is worst
    assert worst(channel, owed, cost, Doubt(), integer).found < found.bound


def test_losses_against_working_alone_are_worst_at_a_corner():
    doubt, channel = Doubt(0.2, 0.1), ThresholdChannel(10.0, 8.0, 42.0, 7.79)
    found = worst(channel, 13.0, 0.066, doubt, True, "alone")
    alone = np.arange(1.0, 200.0)
    inside = [
        price(np.float64(13), 0.066 * e, 10.0 * f, 8.0, 42.0, 7.79)
        - (100 * f**2 / alone + 0.066 * e * alone).min()
        for e in np.linspace(0.8, 1.2, 21)
        for f in np.linspace(0.9, 1.1, 21)
    ]
    assert max(inside) == pytest.approx(found.bound, rel=1e-9)


CBL_AS_IT_IS = {"name": "threshold", "kind": [["alone"], ["alone"], ["free"]]}


@pytest.mark.parametrize("rules", [CBL_AS_IT_IS, RULES, {**RULES, "joint": True}])
def test_gains_are_those_of_an_audit_at_other_costs(rules):
    """CBL sends agents 1 and 2 home and gives agent 3 their mean: the same rules spelled out."""
    nominal = figure1(mechanism="cbl" if rules is CBL_AS_IT_IS else rules)
    counts = {**rules, "n": prepare(nominal).terms.counts.tolist()}
    audits = [
        audit(figure1(costs=[[0.033 * f], [0.066 * f], [0.1 * f]], mechanism=counts))
        for f in (0.9, 1.1)
    ]
    along = curve(prepare(nominal), np.array([0.9, 1.1]), "costs")
    for found, answer in zip(along, audits, strict=True):
        assert found == pytest.approx([a.gain.estimate for a in answer.agents], abs=1e-9)
    for i, row in enumerate(rows(prepare(nominal), Doubt(0.1), None)):
        assert row.gain.found == pytest.approx(along[:, i].max(), abs=1e-9)
        assert row.gain.bound >= row.gain.found


@pytest.mark.slow
def test_distributions_tied_together_are_worst_at_a_vertex():
    plan = {"mechanism": {"name": "threshold", "joint": True}, "plan": "egalitarian"}
    game = prepare(worked_case(m=3, d=2, **plan))
    doubt = Doubt(0.15)
    row = rows(game, doubt, None)[0]
    assert row.certified
    inside = []
    for e in (0.85, 1.0, 1.15):
        for other in (0.85, 1.0, 1.15):
            terms = replace(game.terms, costs=game.terms.costs * np.array([e, other]))
            inside.append(rows(replace(game, terms=terms), Doubt(), None)[0].gain.found)
    assert max(inside) == pytest.approx(row.gain.found, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("doubt", [Doubt(0.1), Doubt(0.05, 0.02)])
def test_a_robust_threshold_holds_and_is_the_largest(doubt):
    owed, others, cost = 6.0, 120.0, 0.05
    epsilon = 0.003 if doubt.sigma else 0.0012
    rule = robust_rule(owed, others, cost, 10.0, True, doubt, epsilon)
    assert rule is not None

    def largest(t):
        return max(
            gain_by_hand(owed, cost * e, 10.0 * f, rule.z, others, t)
            for e in np.linspace(1 - doubt.costs, 1 + doubt.costs, 5)
            for f in np.linspace(1 - doubt.sigma, 1 + doubt.sigma, 21 if doubt.sigma else 1)
        )

    assert largest(rule.t) <= epsilon
    assert largest(1.1 * rule.t) > epsilon  # a looser one does not hold
    honest = price(np.float64(owed), 0.0, 10.0, rule.z, others, rule.t)
    assert 100 / 126 + rule.excess == pytest.approx(honest, rel=1e-9)


def test_widest_interval_is_sharp():
    game = prepare(figure1(mechanism="cbl"))
    width = widest(game, None, "costs")
    assert 0 < width < 0.9
    assert all(row.honest for row in rows(game, Doubt(width), None))
    assert not all(row.honest for row in rows(game, Doubt(1.05 * width), None))


@pytest.mark.slow
def test_twenty_equal_agents_have_rules_that_hold():
    result = robust(worked_case(m=20, counts="real"), goal="social")
    assert result.found
    by_name = {r.name: r for r in result.rules}
    assert by_name["robust"].honest
    assert by_name["robust"].rational
    # within epsilon of an equilibrium there is a little more to win than in one
    assert by_name["robust"].social_penalty <= by_name["designed"].social_penalty * (1 + 1e-3)
    for f in (0.9, 1.1):  # what the certificate says, by an audit at the ends
        costs = tuple((0.05 * f,) for _ in range(20))
        moved = replace(result.designed, costs=np.array(costs))
        answer = audit(moved, method="exact", epsilon=by_name["robust"].agents[0].epsilon)
        assert answer.nash == "none_above_epsilon"


@pytest.mark.slow
def test_figure_1_has_no_rules_that_hold_at_10_per_cent():
    result = robust(figure1(), goal="egalitarian")
    assert result.found is False
    assert result.least_epsilon > 1
    assert "found no rules" in result.reason
    # at T = 63 what thresholds can make each agent owe does not add up to 63 points
    epsilon, T = 0.0034, 63.0
    most = [
        max(
            (n for n in range(1, 45) if robust_rule(n, T - n, c, 10.0, True, Doubt(0.1), epsilon)),
            default=0,
        )
        for c in (0.033, 0.066, 0.1)
    ]
    assert sum(most) < T
    wider = robust(figure1(), goal="egalitarian", costs=0.02)
    assert wider.found
    assert wider.rules[-1].honest


def test_drop_outs_are_free_riders_to_the_others(seed):
    game = prepare(figure1(mechanism=RULES))
    found, words = drops(game, 2, None)
    assert words == "all 3 sets of 1; all 3 sets of 2"
    assert len(found) == 6
    drop = next(d for d in found if list(d.missing) == ["a1"])
    played = run(
        figure1(mechanism=RULES, strategies={"a1": "free_rider"}), replications=40_000, seed=seed
    )
    total = sum(a["penalty"] for a in played.agents if a["name"] != "a1")
    error = sum(a["se"] for a in played.agents if a["name"] != "a1")
    assert abs(total - drop.after) < 5.4 * error  # false alarm below 1e-7
    assert abs(total - drop.before) > 5.4 * error  # the loss is seen
    single = without(game, (1,), None)
    assert single == drop
    assert drop.gain > drop.epsilon
    assert drop.dishonest == ["a0"]


def test_nobody_left_who_can_sample():
    problem = figure1(costs=[[0.1, 0.1], [0.1, float("inf")]], mechanism="sample_mean")
    drop = without(prepare(problem), (0,), None)
    assert drop.after == np.inf
    assert drop.dishonest == []


class CutOff(SampleMean):
    """The first agent is told nothing of the others."""

    def channel(self, terms, agent, k, others):
        return MeanChannel(float(terms.sigma[k]), others if agent else 0.0)


def test_who_pays_inf_hides_nobodys_gain():
    """0/0, of who has no epsilon, counted as the largest gain of all: nobody's was told."""
    problem = figure1(costs=[[float("inf")], [0.05], [0.05], [0.05]], plan=[[0], [14], [14], [14]])
    game = prepare(problem)
    terms = CutOff().terms(game.problem, game.plan)
    drop = without(replace(game, mechanism=CutOff(), terms=terms), (3,), None)
    assert drop.gain > drop.epsilon > 0
    assert drop.gainer in drop.dishonest


def test_command_writes_what_it_promises(tmp_path, capsys):
    file = tmp_path / "p.toml"
    rows_ = ", ".join(["[0.05]"] * 12)
    file.write_text(f'game = "estimation"\nsigma = 10.0\ncosts = [{rows_}]\n')
    out, figure, saved = (tmp_path / name for name in ("r.json", "r.png", "rules.toml"))
    arguments = ["robust", str(file), "--goal", "egalitarian", "--costs", "5%", "--drop", "1"]
    files = ["--json", str(out), "--figure", str(figure), "--save", str(saved)]
    assert main([*arguments, *files]) == 0
    shown = capsys.readouterr().out
    assert "agents who drop out" in shown
    assert figure.stat().st_size > 1000
    again = Robust.load(out)
    again.save(tmp_path / "s.json")
    assert (tmp_path / "s.json").read_bytes() == out.read_bytes()
    assert [r.name for r in again.rules] == ["cbl", "designed", "robust"]
    assert json.loads(out.read_text())["format"] == "nashbox-robust/1"
    answer = audit(load(saved))
    assert answer.nash == "none_above_epsilon"
    assert answer.social_penalty == pytest.approx(again.rules[2].social_penalty, rel=1e-6)
    assert len(again.to_frame()) == 36


@pytest.mark.parametrize(
    ("goal", "costs"), [("social", 0.0865), ("social", 0.0873), ("social", 0.1), ("nash", 0.02)]
)
@pytest.mark.sparse(1)
def test_what_is_found_is_what_the_rows_say(goal, costs):
    """At 8.65 % the design held, and the search aimed at less than epsilon and denied it."""
    result = robust(figure1(), goal=goal, costs=costs)
    holding = {r.name for r in result.rules if r.honest and r.rational}
    assert result.found is bool(holding) is ("robust" in holding)
    worst = max(max(a.excess, a.shortfall) for a in result.rules[-1].agents)
    assert result.found or result.least_epsilon == worst > 1


def test_nobody_is_named_where_nothing_is_gained_or_lost(nashbox):
    sheet = sheet_of(robust(figure1(mechanism="alone"), costs=0.0, drop=1, epsilon="0.5%"))
    (gains, _), (drops, legend) = sheet.tables
    assert "epsilon 0.005 of each penalty" in gains.title and "are shown" not in legend[-1]
    named = ((gains, 1, ["whose", "her epsilon"]), (drops, 3, ["hit most", "from", "to", "whose"]))
    for table, rows_, heads in named:  # those of working alone come first
        cells = {column.header: list(column.cells)[:rows_] for column in table.columns}
        assert cells["rules"] == ["alone"] * rows_
        assert all(cells[head] == ["-"] * rows_ for head in heads)
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05]]\n'
    answer = nashbox("robust", "p.toml", "--drop", "1", files={"p.toml": text})
    assert (
        answer.code == 2
        and "--drop must be 0 for a single agent, who cannot drop out, got 1" in answer.err
    )


@pytest.mark.sparse(2)
@pytest.mark.parametrize(
    ("mechanism", "plan", "first"),
    [
        (Spec("threshold"), "ir_optimal", ["threshold"]),
        (Spec("cbl"), "ir_optimal", []),
        (Spec("cbl"), "alone", ["cbl (plan alone)"]),
        (Spec("cbl", {"alpha_factor": 2.0}), "ir_optimal", ["cbl (as given)"]),
    ],
)
def test_the_rules_asked_for_stand_beside_those_for_a_goal(mechanism, plan, first):
    problem = replace(figure1(), mechanism=mechanism, plan=plan)
    result = robust(problem, goal="social", costs=0.01)
    assert [r.name for r in result.rules] == [*first, "cbl", "designed", "robust"]
    asked = robust(problem, costs=0.01).rules[0]
    if first:
        assert result.rules[0].problem == asked.problem
        assert result.rules[0].social_penalty == asked.social_penalty


@pytest.mark.slow
def test_real_measurements_beside_normal_theory(tmp_path):
    values = np.random.default_rng(1).exponential(size=60).round(3)
    (tmp_path / "x.csv").write_text("x\n" + "\n".join(map(str, values)) + "\n")
    body = {"sigma": 1.0, "source": {"csv": str(tmp_path / "x.csv"), "columns": ["x"]}}
    result = robust(figure1(mechanism="sample_mean", **body), data=2000)
    for report in result.rules:
        assert len(report.measured) == 3
        for measured, agent in zip(report.measured, report.agents, strict=True):
            assert measured.normal_penalty == pytest.approx(agent.penalty, rel=1e-9)
            assert measured.lower <= measured.gain <= measured.upper
            assert measured.by_counts is not None


def test_intervals_of_real_measurements_are_said_to_be_for_normal_data(nashbox, folder):
    head = 'game = "estimation"\nsigma = "source"\ncosts = [[0.05], [0.05], [0.05]]\n'
    source = 'source = {csv = "x.csv", columns = ["x0"]}\n'
    files = {"x.csv": "x0\n" + "\n".join(map(str, range(9))) + "\n", "p.toml": head + source}
    asked = ("robust", "p.toml", "--costs", "1%", "--goal", "social", "--save", "rules.toml")
    answer = nashbox(*asked, files=files)
    assert answer.code == 0, answer
    assert answer.out.startswith("honest all over the interval for normal data: ")
    said = " ".join(answer.out.split())
    assert "proven for normal data" in said and "--data N" in said
    text = (folder / "rules.toml").read_text()
    assert "for normal data" in text and "# source = " in text
    judged = nashbox("robust", "p.toml", "--costs", "1%", "--data", "1000").out
    assert "on the measurements, " in judged and "--data N" not in judged
    few = nashbox("robust", "p.toml", "--data", "200")
    few.refuses("--data must be 0 or at least 1000, got 200")
    real = {"real.toml": f'{head}counts = "real"\n{source}'}
    words = "--data: needs whole numbers of points to draw, got counts = 'real' in real.toml"
    nashbox("robust", "real.toml", "--data", "1000", files=real).refuses(words)


@pytest.mark.parametrize(
    "channel", [ThresholdChannel(10.0, 8.0, 42.0, 7.79), CorruptChannel(10.0, 10.0, 90.0, 3.9)]
)
def test_expected_errors_of_normal_points_are_the_formula(channel, seed):
    rng = np.random.default_rng(seed)
    values = norm.ppf((np.arange(4000) + 0.5) / 4000) * 10  # as good as normal
    found = channel.errors(np.array([5, 13]), values, 40_000, rng)
    for column, n in zip(found.T, (5.0, 13.0), strict=True):
        exact = float(channel.best_risk(np.float64(n)))
        assert_mean(column, exact, false_alarm=1e-7, atol=2e-3 * exact)
        with pytest.raises(AssertionError):
            assert_mean(column, 1.1 * exact, false_alarm=1e-7, atol=2e-3 * exact)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--costs", "ten"], "share"),
        (["--costs", "200%"], "costs"),
        (["--drop", "3"], "drop"),
        (["--save", "x.toml"], "needs --goal"),
        (["--data", "5000"], "real measurements"),
        (["--goal", "fair"], "goal"),
        (["--mechanism", "nonsense"], "nonsense"),
    ],
)
def test_bad_options(options, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "p.toml"
    file.write_text('game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n')
    try:
        code = main(["robust", str(file), *options])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert words in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["p.toml"]


def test_plug_ins_without_formulas_are_refused():
    plug_in = replace(figure1(), mechanism=Spec("examples/plugins/robust_means.py:Median"))
    with pytest.raises(InputError, match="exact"):
        rows(prepare(plug_in), Doubt(0.1), None)


def test_agents_without_a_finite_penalty_are_no_division_by_zero(nashbox):
    text = (
        'game = "estimation"\nsigma = [1.0, 2.0]\nmechanism = "alone"\n'
        'costs = [[0.033, 0.05], [0.066, "inf"], [0.1, 0.04], [0.05, 0.08]]\n'
    )
    answer = nashbox("robust", "p.toml", "--costs", "5%", files={"p.toml": text})
    assert answer.code in (0, 2), answer


def test_functions_name_their_arguments_and_commands_their_options(nashbox, problem):
    with pytest.raises(InputError, match=r"^data: needs real measurements"):
        robust(figure1(), data=5000)
    answer = nashbox("robust", "p.toml", "--data", "5000", files={"p.toml": problem()})
    answer.refuses("--data: needs real measurements in p.toml")
