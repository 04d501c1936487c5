"""What coalitions gain: formulas against simulation, bounds, and who is examined."""

import json
from math import comb

import numpy as np
import pytest

from nashbox.cli import main
from nashbox.games.estimation import prepare
from nashbox.games.estimation.exact import exact_answer
from nashbox.mechanisms.threshold.copies import believed_risk, pass_chances
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.rules.coalitions import Coalitions, coalitions
from nashbox.rules.coalitions.estimators import Use, readings
from nashbox.rules.coalitions.gains import common_gain
from nashbox.rules.coalitions.schemes import FORMS, Scheme, best_pooled
from nashbox.rules.coalitions.search import bound, measure, searched
from nashbox.rules.coalitions.who import candidates
from nashbox.rules.coalitions.worlds import CoalitionWorlds
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean

RULES = {
    "name": "threshold",
    "kind": [["threshold"]] * 3,
    "n": [[34], [13], [8]],
    "z": [[14], [8], [7]],
    "t": [[28.5], [7.79], [9.98]],
}


def designed():
    return prepare(figure1(mechanism=RULES))


def draws_of_believing(C, M, own, friends, z, t, sigma, worlds, rng):
    """Squared errors of who hands in copies and believes one reader, point by point."""
    joint = sigma / np.sqrt(C) * rng.standard_normal(worlds)
    others = sigma * rng.standard_normal((worlds, M))
    pool = np.concatenate([others, np.repeat(joint[:, None], friends, axis=1)], axis=1)
    Z = rng.permuted(pool, axis=1)[:, :z].mean(axis=1)
    count = own + friends + M
    everything = ((own + friends) * joint + others.sum(axis=1)) / count
    passed = np.abs(joint - Z) <= t
    answer = np.where(passed, everything, (own * joint + z * Z) / (own + z))
    W = (count * answer - (own + friends) * joint) / M
    return np.square((C * joint + M * W) / (C + M)), passed


@pytest.mark.parametrize(
    "case", [(5, 12, 8, 20, 6, 4.0), (20, 34, 8, 13, 7, 9.98), (2, 30, 4, 4, 10, 3.0)]
)
def test_risk_of_believing_a_reader_against_points_one_by_one(case, seed):
    C, M, own, friends, z, t = case
    rng = np.random.default_rng(seed)
    squares, passed = draws_of_believing(C, M, own, friends, z, t, 10.0, 60_000, rng)
    exact = believed_risk(C, M, own, friends, z, t, 10.0)
    weight, passes, _ = pass_chances(C, M, friends, z, t, 10.0)
    assert_mean(squares, exact, false_alarm=1e-7)
    assert_mean(passed, float(weight @ passes), false_alarm=1e-7)
    with pytest.raises(AssertionError):  # power: 10 % are seen
        assert_mean(squares, 1.1 * exact, false_alarm=1e-7)


def test_chance_to_pass_of_the_mechanism_itself(seed):
    game = designed()
    scheme, C, M = Scheme((10,), ("copies",)), 10, 34
    block = CoalitionWorlds.drawn(game, (1, 2), [10], 20_000, seed)
    seen = block.play(scheme)
    W = block.handed[0].mean[:, 0]
    for place, (friends, z, t) in enumerate([(8, 8, 7.79), (13, 7, 9.98)]):
        passed = np.abs(readings(seen, 0)[place] - W) < 1e-8
        weight, passes, _ = pass_chances(C, M, friends, z, t, 10.0)
        assert_mean(passed, float(weight @ passes), false_alarm=1e-7)
        with pytest.raises(AssertionError):  # as if no friend's point were in Z
            assert_mean(passed, float(passes[0]), false_alarm=1e-7)


def test_reading_the_others_mean_is_as_good_as_their_points(seed):
    game = prepare(figure1(mechanism="sample_mean", plan="egalitarian"))
    scheme = Scheme((20,), ("own",))
    found = measure(game, (0, 1), scheme, [Use(0, np.zeros(0))], 20_000, seed)
    M = float(game.terms.counts[2, 0])
    se = np.sqrt(2 / 20_000)  # of a mean of squares of normals, relatively
    assert abs(found.error[0] / (100 / (20 + M)) - 1) < 5.4 * se  # false alarm 1e-7
    assert abs(found.error[0] / (110 / (20 + M)) - 1) > 5.4 * se  # and 10 % are seen


@pytest.mark.parametrize("mechanism", ["sample_mean", "cbl", RULES])
def test_honest_members_pay_what_the_formulas_say(mechanism, seed):
    game = prepare(figure1(mechanism=mechanism))
    block = CoalitionWorlds.drawn(game, (0, 2), [10], 20_000, seed)
    for draws, i in zip(block.honest(), (0, 2), strict=True):
        assert_mean(draws, exact_answer(game, i).penalty, false_alarm=1e-7)


@pytest.mark.slow
def test_gains_lie_between_their_bounds():
    result = coalitions(figure1(mechanism=RULES), budget=8000)
    assert [c.represents for c in result.coalitions] == [1, 1, 1]
    for c in result.coalitions:
        assert 0 < c.lower <= c.gain
        assert c.lower <= c.upper + 1e-12  # false alarm 0.01/3 where the bound is attained
        assert c.gain <= c.upper + 4 * c.se
        assert 0 < c.exact <= c.upper + 1e-12
        assert abs(c.gain - c.exact) < 0.2 * c.upper + 4 * c.se


def test_one_point_and_a_plain_mean_are_measured_as_well_as_known():
    """CBL gives agent 3 the mean of agent 1, which agent 2 reads too: 2 v/(1 + 55) + .066."""
    game = prepare(figure1(mechanism="cbl"))
    honest = exact_answer(game, 1).penalty + exact_answer(game, 2).penalty
    exact = honest - min(200 / (C + 55) + 0.066 * C for C in range(100))
    found = searched(game, (1, 2), 10_000, 0)
    assert abs(found.gain - exact) < 5.4 * found.saved.se  # false alarm below 1e-7
    assert found.saved.se < 0.1  # putting true readings aside would make it several times as large


def test_bound_is_a_minimum_over_counts():
    game = prepare(worked_case(mechanism="sample_mean", m=6))
    outside = float(game.terms.counts[2:].sum())
    grid = min(200 / (C + outside) + 0.05 * C for C in range(2000) if C + outside)
    assert bound(game, (0, 1)) == pytest.approx(grid, rel=1e-12)
    assert best_pooled(0.0, 0.05, 10.0, 2) == 63  # sqrt(2/.05) 10 = 63.2


def test_equal_agents_stand_for_one_another():
    game = prepare(worked_case(m=20))
    found, every = candidates(game, 2)
    assert len(found) <= 3
    assert not every
    result = coalitions(worked_case(m=20), budget=2000)
    assert sum(c.represents for c in result.coalitions) == comb(20, 2)
    assert result.complete


def test_two_agents_who_get_nothing_pool_their_own_points():
    game = prepare(worked_case(m=2, mechanism="alone"))
    found = searched(game, (0, 1), 4000, 0)
    # everybody is inside: the bound is pooling, 2 v/C + c C at C = 63
    assert found.scheme.collected[0] == best_pooled(0.0, 0.05, 10.0, 2)
    assert found.error[0] == pytest.approx(100 / found.scheme.collected[0], rel=0.15)


def test_common_gain_by_hand():
    game = prepare(figure1())
    penalties, error, scheme = np.array([3.0, 4.0]), 1.0, Scheme((30,), ("own",))
    grid = max(min(3 - 1 - 0.033 * x, 4 - 1 - 0.066 * (30 - x)) for x in np.linspace(0, 30, 30_001))
    found, slopes = common_gain(penalties, error, game, (0, 1), scheme)
    assert found == pytest.approx(grid, abs=1e-4) and slopes[:2].sum() == pytest.approx(1.0)
    given = np.append(penalties, error)
    for j in range(3):
        more = given + 1e-3 * np.eye(3)[j]
        other = common_gain(more[:2], more[2], game, (0, 1), scheme)[0]
        assert (other - found) / 1e-3 == pytest.approx(slopes[j], abs=1e-6)


@pytest.mark.slow
def test_errors_of_what_everyone_saves_are_those_of_other_seeds():
    game = designed()
    for members in ((0, 1), (0, 1, 2)):
        best = searched(game, members, 1000, 0)
        found = [measure(game, members, best.scheme, best.uses, 500, s) for s in range(1, 61)]
        told = [common_gain(m.penalties, m.error.sum(), game, members, m.scheme) for m in found]
        stated = [np.sqrt(t[1] @ m.covariance @ t[1]) for m, t in zip(found, told, strict=True)]
        # sd of 60 normal draws is off by a half in one run of 10^7
        assert 0.55 < np.std([g for g, _ in told], ddof=1) / np.mean(stated) < 1.5


@pytest.mark.parametrize("form", FORMS)
def test_schemes_hand_in_what_they_say(form):
    owed = np.array([34, 13])
    joint = np.random.default_rng(0).normal(size=(3, 20))
    scheme = Scheme((20,), (form,))
    parts = scheme.points(0, owed, joint)
    assert [p.shape[1] for p in parts] == scheme.handed_in(0, owed).tolist()
    expected = {"own": 20, "one": 20, "same": 40, "copies": 47, "kept": 0}
    many = 47 * int(form.split()[1]) if form.startswith("many") else 0
    assert sum(p.shape[1] for p in parts) == expected.get(form, many)
    if form == "own":
        assert np.array_equal(np.concatenate(parts, axis=1), joint)


def test_real_measurements_have_no_exact_numbers(tmp_path):
    values = np.random.default_rng(1).exponential(size=50).round(3)
    (tmp_path / "x.csv").write_text("x\n" + "\n".join(map(str, values)) + "\n")
    body = {"sigma": 1.0, "source": {"csv": str(tmp_path / "x.csv"), "columns": ["x"]}}
    result = coalitions(figure1(**body), budget=2000)
    assert all(c.upper is None and c.exact is None for c in result.coalitions)


@pytest.mark.slow
def test_three_agents_and_files(tmp_path, capsys):
    file = tmp_path / "p.toml"
    file.write_text('game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1], [0.1]]\n')
    out, figure = tmp_path / "c.json", tmp_path / "c.png"
    arguments = ["coalitions", str(file), "--size", "3", "--budget", "1000"]
    assert main([*arguments, "--json", str(out), "--figure", str(figure)]) == 0
    assert "all 4 coalitions of 3" in capsys.readouterr().out
    assert figure.stat().st_size > 1000
    again = Coalitions.load(out)
    assert json.loads(out.read_text())["format"] == "nashbox-coalitions/1"
    assert again.worst.gain == max(c.gain for c in again.coalitions)
    again.save(tmp_path / "d.json")
    assert (tmp_path / "d.json").read_bytes() == out.read_bytes()
    assert main([*arguments, "--json", str(tmp_path / "e.json")]) == 0
    assert (tmp_path / "e.json").read_bytes() == out.read_bytes()  # same seed, same bits
    assert len(again.to_frame()) == 4


def test_bad_input(tmp_path, capsys):
    with pytest.raises(InputError, match="size"):
        coalitions(figure1(), size=1)
    with pytest.raises(InputError, match="size"):
        coalitions(figure1(), size=4)
    with pytest.raises(InputError, match="real"):
        coalitions(from_mapping({**figure1(counts="real").to_json()}))
    assert main(["coalitions", "examples/testing/case_a.toml"]) == 2
    assert "is for estimation games" in capsys.readouterr().err
