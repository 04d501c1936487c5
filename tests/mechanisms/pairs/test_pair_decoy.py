"""Decoys for pairs: published windows and costs, the law of what is told, and copies that fail."""

import itertools
import math

import numpy as np
import pytest

from nashbox import load_problem
from nashbox.games.estimation import prepare
from nashbox.mechanisms.pairs import answer, told, tuning
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.rules.design.pairs import honest_penalties
from tests.statistics_for_tests import assert_mean

SCALE = 10 * math.sqrt(0.05)  # penalties of c = .05, sigma = 10 in units of sigma sqrt(c)


def windows(pairs, m, T):
    make = tuning.of_all_pairs if pairs == "all" else tuning.of_partners
    return make(T / m, m, 1.0, integer=False)


@pytest.mark.parametrize(
    ("m", "T", "a", "social", "copies"),
    [
        (8, 1.5492, 3.8462, 15.64, 0.0),
        (8, 2.0, 3.5929, 14.585, 0.0060),
        (8, 2.1989, 3.5057, 14.468, 0.0100),
        (20, 1.4552, 4.7677, 34.30, 0.0),
        (20, 2.1165, 4.4849, 26.62, 0.0100),
    ],
)
def test_all_pairs_have_the_published_windows(m, T, a, social, copies):
    x, w = T / m, windows("all", m, T)
    assert w.pair_t / math.sqrt(1 / (2 * x) + 1 / ((m - 2) * x)) == pytest.approx(a, abs=6e-5)
    paid = SCALE * m * tuning.paid_in_pairs(x, x, m, 1.0, w.pair_t)
    assert paid == pytest.approx(social, abs=6e-3)
    assert tuning.of_copies(x, m, 1.0, w.pair_t) == pytest.approx(copies, abs=6e-5)


@pytest.mark.parametrize(
    ("m", "T", "t", "pair_t", "social"),
    [(8, 2.2916, 3.7765, 2.5087, 14.06), (20, 3.8506, 3.9498, 2.5218, 22.07)],
)
def test_partners_have_the_published_windows(m, T, t, pair_t, social):
    x, w = T / m, windows("declared", m, T)
    assert (w.t * math.sqrt(x), w.pair_t * math.sqrt(x)) == pytest.approx((t, pair_t), abs=6e-5)
    assert SCALE * m * tuning.paid_with_partner(x, x, m, 1.0, w) == pytest.approx(social, abs=6e-3)


def test_no_count_is_better_by_the_formula():
    """A window one per cent wider is noticed."""
    for pairs, m, T in (("all", 8, 2.0), ("declared", 8, 2.2916)):
        x, w = T / m, windows(pairs, m, T)

        def paid(n, w, x=x, m=m, pairs=pairs):
            if pairs == "all":
                return tuning.paid_in_pairs(n, x, m, 1.0, w.pair_t)
            return tuning.paid_with_partner(n, x, m, 1.0, w)

        counts = x * np.array([0.1, 0.5, 0.9, 0.99, 0.999, 1.001, 1.01, 1.1, 1.5, 2])
        assert min(paid(n, w) for n in counts) >= paid(x, w)
        wide = w._replace(t=1.01 * w.t, pair_t=1.01 * w.pair_t)
        assert min(paid(n, wide) for n in counts) < paid(x, wide)


def plainly(Y, there, t, u):
    """One world of all pairs, pair by pair."""
    m = Y.size
    present = [i for i in range(m) if there[i]]
    p, worst, fooled, G = len(present), 0.0, set(), None
    for i, j in itertools.combinations(range(m), 2):
        here = [a for a in (i, j) if there[a]]
        rest = [a for a in present if a not in here]
        if not here or not rest:
            continue
        pair = np.mean([Y[a] for a in here])
        gap = np.mean([Y[a] for a in rest]) - pair
        if abs(gap) > t:
            fooled |= set(here)
            if abs(gap) > worst:
                worst, G = abs(gap), pair + t * (p - len(here)) / p * (2 * u - 1)
    out = []
    for i in range(m):
        others = [a for a in present if a != i]
        if i in fooled:
            out.append((p * G - Y[i]) / (p - 1))
        else:
            out.append(np.mean([Y[a] for a in others]) if others else Y[i])
    return np.array(out)


def test_everybody_is_told_what_a_loop_over_pairs_tells():
    dice = np.random.default_rng(1)
    for m in (5, 6, 8):
        Y, u = dice.normal(size=(400, m)), dice.random(400)
        there = dice.random((400, m)) < dice.choice([0.6, 1.0], (400, 1))
        Y = np.where(there, Y, 0.0)
        got = told.told_to_all(told.Means(Y, there), 1.2, u)
        for r in np.flatnonzero((there.sum(axis=1) > 4) | (there.sum(axis=1) < 2)):
            wanted = plainly(Y[r], there[r], 1.2, u[r])  # of four, two are as far off as the rest
            np.testing.assert_allclose(got[r][there[r]], wanted[there[r]], atol=1e-12)


def test_partners_who_fail_together_are_told_the_same():
    dice = np.random.default_rng(2)
    Y = dice.normal(size=(500, 6))
    Y[:, 1] = Y[:, 0]  # copies
    means = told.Means(Y, np.ones(Y.shape, dtype=bool))
    u, own = dice.random((500, 1)), dice.random(Y.shape)
    out = told.told_to_partners(means, [(0, 1)], 1.5, np.full(6, 2.5), u, own)
    G = (Y + 5 * out) / 6
    failed = np.abs(Y[:, 2:].mean(axis=1) - Y[:, 0]) > 1.5
    assert 10 < failed.sum() < 490
    np.testing.assert_allclose(G[failed, 0], G[failed, 1], atol=1e-12)
    false = (6 * G[failed, 0] - 2 * Y[failed, 0]) / 4  # the rest's mean as they are told it
    assert (np.abs(false - Y[failed, 0]) <= 1.5 + 1e-12).all()
    passed = ~failed & (np.abs(means.rest[:, 0] - Y[:, 0]) <= 2.5)
    np.testing.assert_allclose(out[passed, 0], means.rest[passed, 0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pairs", "m", "T", "social", "within"),
    [("all", 8, 2.0, 14.53, 0.03), ("declared", 8, 2.2916, 13.972, 0.03)],
)
def test_honest_penalties_are_the_published_ones(pairs, m, T, social, within):
    """2e6 worlds have a standard error of .012; believing what is told as it is costs .04 more."""
    x = T / m / math.sqrt(0.05 / 100)
    problem = from_mapping(
        {
            "game": "estimation", "sigma": 10.0, "costs": [[0.05]] * m, "counts": "real",
            "plan": "ir_optimal", "mechanism": {"name": "pair_decoy", "pairs": pairs},
            "partners": {f"a{i}": f"a{i + 1}" for i in range(0, m, 2)},
        }
    )  # fmt: skip
    mechanism = prepare(problem).mechanism
    penalties, se = honest_penalties(mechanism.terms(problem, np.full((m, 1), x)), 2_000_000)
    assert abs(penalties.sum() - social) < within
    assert np.sqrt((se**2).sum()) < 0.02


@pytest.mark.slow
def test_the_answer_is_what_an_honest_agent_expects(seed):
    """Told D', the mean of her true D is b(D'): her errors beyond a place sum to 0.

    False alarms 1e-6 each; b(D') = D' (believe what is told) fails.
    """
    m, x = 8, 0.25
    w, rng = windows("all", m, 2.0), np.random.default_rng(seed)
    Y = rng.normal(size=(400_000, m)) / math.sqrt(x)
    out = told.told_to_all(
        told.Means(Y, np.ones(Y.shape, dtype=bool)), w.pair_t, rng.random(len(Y))
    )
    D = Y - Y.mean(axis=1, keepdims=True)
    seen = (m - 1) / m * (Y - out)
    b = answer.expected(seen, m, 1 / math.sqrt(x), w.pair_t, m - 1, math.nan)
    far = np.abs(seen) > 4.0
    signs = np.sign(seen) * far
    assert_mean((signs * (D - b)).sum(axis=1), 0.0, false_alarm=1e-6)
    with pytest.raises(AssertionError):
        assert_mean((signs * (D - seen)).sum(axis=1), 0.0, false_alarm=1e-6)


def test_copies_of_one_mean_fool_single_comparisons_and_not_pairs(seed):
    """Two hand in the mean of 1.2 x points twice; as honest ones they would collect 2 x."""
    m, T = 8, 2.0
    x, rng = T / m, np.random.default_rng(seed)
    w = windows("all", m, T)
    Y = rng.normal(size=(200_000, m)) / math.sqrt(x)
    Y[:, 1] = Y[:, 0] = rng.normal(size=len(Y)) / math.sqrt(1.2 * x)
    means = told.Means(Y, np.ones(Y.shape, dtype=bool))
    out = told.told_to_all(means, w.pair_t, rng.random(len(Y)))
    fooled = (np.abs(out - means.rest)[:, :2] > 1e-9).any(axis=1).mean()
    single = np.abs(means.rest[:, 0] - Y[:, 0]) > 3.273 * math.sqrt(1 / x + 1 / ((m - 1) * x))
    assert fooled > 5 * single.mean()


GIVEN = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.05], [0.05], [0.05], [0.05]]\n'


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('mechanism = {name = "pair_decoy", pairs = "some"}', "'all' or 'declared'"),
        ('mechanism = {name = "pair_decoy", pairs = "declared"}', "needs partners"),
        ('mechanism = {name = "pair_decoy", pair_t = [[1.0], [2.0]]}', "1 rows and 1 columns"),
        ('mechanism = {name = "pair_decoy", pairs = "all", t = [[1.0]]}', "needs pair_t"),
        ('partners = {a0 = "a9"}', "partners: unknown agent 'a9'"),
        ('partners = {a0 = "a0"}', "a0 cannot be her own partner"),
        ('partners = {a0 = "a1", a1 = "a2"}', "a1 must have one partner at most"),
        ('partners = ["a0", "a1"]', "partners must be a table"),
        ("partners = {a0 = 3}", "unknown agent 3"),
    ],
)
def test_what_cannot_be_is_refused(nashbox, more, words):
    nashbox("audit", "p.toml", files={"p.toml": f"{GIVEN}{more}\n"}).refuses(words)


def test_unequal_agents_and_too_few_are_refused(nashbox):
    rules = 'mechanism = "pair_decoy"\n'
    unequal = GIVEN.replace("[0.05]]", "[0.06]]") + rules
    nashbox("audit", "p.toml", files={"p.toml": unequal}).refuses("must have the same costs of x0")
    few = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.05], [0.05]]\n' + rules
    nashbox("audit", "p.toml", files={"p.toml": few}).refuses("4 agents")


def test_a_pair_is_declared_from_either_side(nashbox, folder):
    text = GIVEN + 'partners = {a3 = "a1", a1 = "a3", a0 = "a4"}\n'
    nashbox("plan", "p.toml", files={"p.toml": text})
    problem = load_problem(folder / "p.toml")
    assert problem.partners == {"a3": "a1", "a0": "a4"}
    again = from_mapping(problem.to_json())
    assert again.partners == problem.partners
    with pytest.raises(InputError, match="partners"):
        from_mapping({**problem.to_json(), "partners": {"a3": "x"}})


@pytest.mark.slow
@pytest.mark.parametrize("pairs", ["all", "declared"])
def test_designs_for_pairs_are_saved_and_audited(nashbox, folder, pairs):
    text = GIVEN.replace("costs = [", "costs = [[0.05], [0.05], [0.05], ")
    text += 'partners = {a0 = "a1", a2 = "a3", a4 = "a5"}\n'
    answer = nashbox(
        "design", "p.toml", "--goal", "social", "--pairs", pairs, "--save", "d.toml",
        "--json", "d.json", files={"p.toml": text},
    )  # fmt: skip
    assert answer.code == 0 and answer.written == {"d.toml", "d.json"}
    from nashbox.rules.design import Design

    design = Design.load(folder / "d.json")
    assert design.pairs == pairs and design.social_penalty < 15.0
    assert design.verdict != "profitable" and design.pair_t.shape == (1,)
    played = nashbox("run", "d.toml", "--replications", 20_000, "--json", "r.json")
    assert played.code == 0
    game = prepare(load_problem(folder / "d.toml"))
    penalties, se = honest_penalties(game.terms, 200_000, seed=1)
    assert penalties.sum() == pytest.approx(design.social_penalty, abs=6 * np.hypot.reduce(se))


def test_pairs_do_not_go_with_other_forms(nashbox):
    options = ("design", "p.toml", "--goal", "social", "--pairs", "all")
    for more in (("--form", "joint"), ("--kinds", "alone,free,threshold")):
        nashbox(*options, *more, files={"p.toml": GIVEN}).refuses("does not go with --pairs all")
    nashbox("design", "p.toml", "--goal", "social", "--pairs", "declared").refuses(
        "partners are needed"
    )
