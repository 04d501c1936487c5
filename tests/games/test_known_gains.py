"""Gains that are known on paper, found by formulas and, within its bounds, by the black box."""

import itertools
import json
import math

import numpy as np
import pytest

import nashbox
from nashbox.experiments.dynamics.measure import empirical_game
from nashbox.games.auction import Auction, Bid
from nashbox.games.federated import Averaging, Federated, FreeRidingClient, Train
from nashbox.games.table import MixedEntry, Table
from nashbox.problem.errors import InputError
from nashbox.problem.gambit import of_nfg
from nashbox.problem.payoff_files import of_csv
from nashbox.problem.payoff_tables import PayoffTables, numbered
from tests.nfg import to_nfg
from tests.places import EXAMPLES


def everybody(game, names, strategy, **keys):
    return {
        "game": game,
        "agents": list(names),
        "strategies": dict.fromkeys(names, strategy),
        **keys,
    }


def punished(k):
    """The first player pays nothing in, three others punish her with k each."""
    punish = {name: {"name": "contribute", "punish": k} for name in "bcd"}
    return {"game": "public_goods", "agents": list("abcd"), "strategies": punish}


def cournot(n, a, b, c):
    cartel = {"name": "quantity", "q": (a - c) / (2 * b * n)}
    names = [f"f{i}" for i in range(n)]
    return everybody("cournot", names, cartel, intercept=a, slope=b, cost=c)


def tullock(n, V):
    names = [f"p{i}" for i in range(n)]
    return everybody("tullock", names, {"name": "effort", "x": V / n}, prize=V)


def truth(n, rule="first_price"):
    names = [f"b{i}" for i in range(n)]
    return everybody("auction", names, {"name": "bid", "factor": 1.0}, rule=rule)


KNOWN = [
    ("public goods, 0.0", punished(0.0), 0.6),
    ("public goods, deterred", punished(1 / 15), 0.0),
    *(
        (f"cournot {n}", cournot(n, 10.0, 2.0, 1.0), 81.0 * (n - 1) ** 2 / (16 * n**2 * 2))
        for n in (2, 3, 5)
    ),
    *(
        (f"tullock {n}", tullock(n, 8.0), (math.sqrt(8) - math.sqrt((n - 1) * 8 / n)) ** 2)
        for n in (2, 4)
    ),
    *((f"first price {n}", truth(n), ((n - 1) / n) ** (n - 1) / (n * (n + 1))) for n in (2, 3, 4)),
    *((f"public goods, {k}", punished(k), gain) for k, gain in ((0.02, 0.42), (0.05, 0.15))),
]


@pytest.mark.parametrize(("problem", "gain"), [row[1:] for row in KNOWN], ids=[r[0] for r in KNOWN])
def test_known_gains_by_formula(problem, gain):
    audit = nashbox.audit(problem)
    row = audit.agents[0]
    assert audit.method == "exact"
    assert row.gain.estimate == pytest.approx(gain, abs=2e-6)
    assert row.gain.lower <= gain + 1e-9 and gain - 1e-9 <= row.gain.upper
    assert row.verdict == ("profitable" if gain > 1e-3 else "none_above_epsilon")


@pytest.mark.sparse(3)
@pytest.mark.parametrize(("problem", "gain"), [row[1:] for row in KNOWN], ids=[r[0] for r in KNOWN])
def test_the_black_box_finds_them_as_well(problem, gain):
    """Its upper bounds hold all candidates: the best of the class, near the best of all."""
    audit = nashbox.audit(problem, method="black_box", budget=100_000, workers=1)
    row = audit.agents[0]
    assert row.gain.lower <= gain + 1e-9
    assert row.gain.upper >= gain - 0.002 * max(1.0, gain)
    assert row.verdict == ("profitable" if gain > 0.01 else "none_above_epsilon")


GAMES = ["public_goods", "cournot", "tullock", "auction", "table", "federated"]
RULES = [("public_goods", {}), ("cournot", {"cost": [0.0, 0.2, 0.9]}), ("tullock", {})]
RULES += [("auction", {"rule": rule}) for rule in ("first_price", "second_price", "all_pay")]


@pytest.mark.sparse(2)
@pytest.mark.parametrize(("name", "keys"), RULES[1:], ids=str)
def test_recommendations_are_equilibria(name, keys):
    for n in (3,) if "cost" in keys else (2, 3, 5):
        audit = nashbox.audit({"game": name, "agents": n, **keys})
        assert audit.nash == "none_above_epsilon", (n, audit.agents)


def test_blotto_with_five_units_on_three_fields():
    """NashConv of uniform play is 4/7."""
    splits = [s for s in itertools.product(range(6), repeat=3) if sum(s) == 5]
    score = [[float(np.sign(np.sign(np.subtract(a, b)).sum())) for b in splits] for a in splits]
    weights = {"name": "mixed", "weights": [1.0] * len(splits)}
    problem = {
        "game": "table",
        "payoffs": {"row": score, "column": (-np.array(score)).tolist()},
        "strategies": {"row": weights, "column": weights},
    }
    body = nashbox.audit(problem).to_json()
    assert body["nash_conv"] == pytest.approx(4 / 7, abs=1e-12)


def brute(tables, profile):
    """NashConv by the sum over all choices of everybody."""
    N, shape = len(tables.players), tables.paid.shape[1:]

    def paid(i, weights):
        return sum(
            tables.paid[i][place] * math.prod(w[k] for w, k in zip(weights, place, strict=True))
            for place in itertools.product(*map(range, shape))
        )

    total = 0.0
    for i in range(N):
        pure = [[*profile[:i], np.eye(shape[i])[k], *profile[i + 1 :]] for k in range(shape[i])]
        total += max(paid(i, weights) for weights in pure) - paid(i, profile)
    return total


def random_tables(rng, N):
    shape = tuple(rng.integers(2, 5, size=N))
    paid = rng.normal(size=(N, *shape)).round(int(rng.integers(1, 8)))
    return PayoffTables(tuple(f"p{i}" for i in range(N)), numbered(shape), paid)


def test_nash_conv_of_200_random_tables_is_that_of_brute_force():
    rng = np.random.default_rng(4)
    for case in range(200):
        tables = random_tables(rng, 2 + case % 3)
        profile = [rng.dirichlet(np.ones(k)) for k in tables.paid.shape[1:]]
        game = Table(payoffs=tables).with_strategies(
            {p: MixedEntry(tuple(w)) for p, w in zip(tables.players, profile, strict=True)}
        )
        assert game.extras()["nash_conv"] == pytest.approx(brute(tables, profile), abs=1e-9)


def test_300_nfg_files_round_trip_in_both_forms():
    rng = np.random.default_rng(5)
    for case in range(300):
        tables = random_tables(rng, 2 + case % 3)
        if case % 2:
            menus = tuple(tuple(f'{w} "{p}"' for w in m) for p, m in enumerate(tables.menus))
            tables = PayoffTables(tables.players, menus, tables.paid)
        again = of_nfg(to_nfg(tables, outcomes=case % 5 < 2))
        assert (again.players, again.menus) == (tables.players, tables.menus)
        assert (again.paid == tables.paid).all()


@pytest.mark.parametrize("label", ["up (again)", "up(x=1)", "()", "weights=[1, 1]"])
def test_an_entry_goes_by_its_label_whatever_stands_in_it(label, tmp_path):
    """What an audit calls the best deviation can be replayed, and be chosen from a menu."""
    pays = np.array([[[1.0, 2.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]])
    tables = PayoffTables(("row", "column"), ((label, "down"), ("left", "right")), pays)
    (tmp_path / "t.nfg").write_text(to_nfg(tables))
    problem = {"game": "table", "payoffs": str(tmp_path / "t.nfg"), "strategies": {"row": "down"}}
    best = nashbox.audit(problem).agents[0].best_deviation
    assert (best.strategy, best.parameters) == (label, {})
    (tmp_path / "p.toml").write_text(
        f"game = 'table'\npayoffs = 't.nfg'\nstrategies = {{row = '{label}'}}\n"
    )
    replayed = nashbox.load_problem(tmp_path / "p.toml")
    assert nashbox.audit(replayed).agents[0].payoff == best.payoff
    found = empirical_game(replayed, menu=[label, "down"], column_menu=["left", "right"])
    assert found.row_payoffs.tolist() == pays[0].tolist()


NFG = 'NFG 1 R "t" { "a" "b" } { 2 3 }\n\n1 -1 2 -2 3 -3 4 -4 5 -5 1/2 -.5'
OUTCOMES = """NFG 1 D "Two" { "a" "b" }
{ { "u" "d" } { "l" "r" } }
"a comment"
{ { "x" 1, 2 } { "" 3 4 } }
1 2 0 1"""


def test_gambit_s_own_forms_are_read():
    first = of_nfg(NFG)
    assert first.menus == (("1", "2"), ("1", "2", "3"))
    assert first.paid[0].tolist() == [[1, 3, 5], [2, 4, 0.5]]
    second = of_nfg(OUTCOMES)
    assert second.menus == (("u", "d"), ("l", "r"))
    assert second.paid.tolist() == [[[1, 0], [3, 1]], [[2, 0], [4, 2]]]


def test_what_is_played_is_no_deviation_from_itself():
    payoffs = {"row": [[3, 0], [5, 1]], "column": [[3, 5], [0, 1]]}
    rest = {"row": "2", "column": "2"}
    audit = nashbox.audit({"game": "table", "payoffs": payoffs, "strategies": rest})
    for row in audit.agents:
        assert row.best_deviation.strategy == "1"
        assert row.gain.estimate == pytest.approx(-1.0)
        assert row.gain_over_recommended.estimate == pytest.approx(1.0)
    assert audit.nash == "none_above_epsilon"
    assert audit.to_json()["nash_conv"] == 0.0
    first = nashbox.audit({"game": "table", "payoffs": payoffs, "strategies": {"row": "1"}})
    assert first.agents[0].gain_over_recommended.estimate == 0.0  # named, with the recommendation
    assert first.agents[1].gain_over_recommended is None


def test_a_mechanism_is_no_strategy(tmp_path):
    (tmp_path / "rules.py").write_text(
        "from nashbox.mechanisms import SampleMean\nclass M(SampleMean):\n    pass\n"
    )
    (tmp_path / "p.toml").write_text(
        'game = "public_goods"\nagents = ["a", "b"]\nstrategies = {a = "rules.py:M"}\n'
    )
    for command in (nashbox.run, nashbox.audit):
        with pytest.raises(InputError, match=r"a: must be a strategy of the game.*got rules\.py:M"):
            command(tmp_path / "p.toml")


@pytest.mark.parametrize("front", ["", "[payoffs]\n"])
def test_payoffs_in_a_toml_file_are_those_of_the_problem(tmp_path, front):
    payoffs = {"row": [[3, 0], [5, 1]], "column": [[3, 5], [0, 1]]}
    text = "".join(f"{name} = {rows}\n" for name, rows in payoffs.items())
    (tmp_path / "pd.toml").write_text(front + text)
    (tmp_path / "p.toml").write_text('game = "table"\npayoffs = "pd.toml"\n')
    inline = nashbox.audit({"game": "table", "payoffs": payoffs})
    assert nashbox.audit(tmp_path / "p.toml").to_json()["agents"] == inline.to_json()["agents"]
    (tmp_path / "pd.toml").write_text("payoffs = 3")
    with pytest.raises(InputError, match=r"pd\.toml: payoffs: must be an array for each player"):
        nashbox.audit(tmp_path / "p.toml")


@pytest.mark.parametrize(
    "text",
    [
        "", "NFG", "NFG 1 R", NFG[:-4], NFG + " 7", NFG.replace("{ 2 3 }", "{ 2 }"),
        NFG.replace("1/2", "1/0"), NFG.replace("1/2", "x"), OUTCOMES.replace("0 1", "0 3"),
        OUTCOMES.replace("3 4", "3"), NFG.replace("{ 2 3 }", "{ 99999999 99999999 }"),
        NFG.replace('"b"', '"a"'),
    ],
)  # fmt: skip
def test_broken_files_are_refused_in_one_line(text):
    with pytest.raises(InputError) as caught:
        of_nfg(text)
    assert "\n" not in str(caught.value)


def test_csv_tables_are_read():
    text = "row,column,row,column\nu,l,1,2\nu,r,3,4\nd,l,5,6\nd,r,7,8\n"
    tables = of_csv(text)
    assert tables.menus == (("u", "d"), ("l", "r"))
    assert tables.paid.tolist() == [[[1, 3], [5, 7]], [[2, 4], [6, 8]]]
    with pytest.raises(InputError, match="one row for each"):
        of_csv(text.rpartition("d,r")[0])


def test_federated_averaging_is_what_the_known_formula_says():
    """(1-q^T)^2 sigma^2/N + q^(2T) w0^2, and the model within 5 standard errors of it."""
    n, r, T, rate, start, points = 6, 2, 9, 0.4, 7.0, 15
    plays = [FreeRidingClient()] * r + [Train(points)] * (n - r)
    names = [f"a{i}" for i in range(n)]
    game = Federated(
        agents=n, sigma=4.0, mechanism=Averaging(T, rate, start), cost=0.0
    ).with_strategies(dict(zip(names, plays, strict=True)))
    q = r / n + (1 - r / n) * (1 - rate)
    known = (1 - q**T) ** 2 * 16 / (points * (n - r)) + q ** (2 * T) * start**2
    assert game.error(plays) == pytest.approx(known, rel=1e-12)
    for disguise in (0.0, 0.7):
        played = game.with_strategies({"a0": FreeRidingClient(disguise)})
        model = played.model(60_000, 3)
        model.step()
        paid = model.players[1].paid
        exact = -game.error([FreeRidingClient(disguise), *plays[1:]])
        assert abs(paid.mean() - exact) < 5 * paid.std() / math.sqrt(paid.size)


def test_the_best_number_of_points_is_the_best_of_all():
    for cost, points in ((0.05, 20), (0.5, 3), (5.0, 40), (0.001, 5)):
        game = Federated(agents=4, cost=cost, points=points)
        answer = game.exact(0)
        plays = [Train(points)] * 4
        values = [-game.error([Train(k), *plays[1:]]) - cost * k for k in range(3000)]
        assert answer.best == pytest.approx(max(values), abs=1e-9)


@pytest.mark.slow
@pytest.mark.sparse(1)
@pytest.mark.parametrize("rule", ["first_price", "second_price", "all_pay"])
def test_no_bid_of_a_fine_grid_beats_the_exact_bound(rule):
    rng = np.random.default_rng(1)
    for _ in range(3):
        bids = {f"a{i}": Bid(*rng.uniform([0.3, 0.5], [1.2, 3.0])) for i in range(3)}
        game = Auction(agents=3, rule=rule).with_strategies(bids)
        answer = game.exact(0)
        assert answer.bound - answer.best < 1e-3
        tried = [Bid(f, p) for f in np.linspace(0, 1.2, 25) for p in (0.5, 1.0, 2.0, 3.0)]
        for paid, strategy in zip(game.trials(0, tried, 4000, 2), tried, strict=True):
            slack = 6 * paid[0].std() / math.sqrt(4000)
            assert paid[0].mean() <= answer.bound + slack, strategy


@pytest.mark.sparse(2)
@pytest.mark.parametrize("name", GAMES)
def test_examples_check_run_and_audit(name, tmp_path):
    file = EXAMPLES / {"table": "battle.toml"}.get(name, f"{name}.toml")
    problem = nashbox.load(file)
    report = nashbox.check(name, problem=problem)
    assert report.passed, report.checks
    audit = nashbox.audit(problem)
    assert audit.nash == "profitable"
    again = type(audit).from_json(json.loads(json.dumps(audit.to_json())))
    assert again.to_json() == audit.to_json()
    changed = {row.name: row.best_deviation for row in audit.agents}
    for who, best in changed.items():
        spec = {"name": best.strategy, **best.parameters}
        replayed = problem.with_strategies({who: nashbox.problem.spec.Spec.parse(spec, "x")})
        played = nashbox.run(replayed, replications=20_000)
        (row,) = [a for a in played.agents if a["name"] == who]
        assert abs(row["payoff"] - best.payoff) <= 4.9 * row["se"] + 1e-6


BAD = [
    ({"game": "public_goods", "agents": 1}, "agents must be from 2"),
    ({"game": "public_goods", "agents": ["a", "a"]}, "twice"),
    ({"game": "public_goods", "size": 3}, "unknown key 'size'"),
    ({"game": "public_goods", "specs": {}}, "unknown key 'specs'"),
    ({"game": "public_goods", "multiplier": -1}, "multiplier"),
    ({"game": "public_goods", "multiplier": "much"}, "multiplier"),
    ({"game": "public_goods", "strategies": {"x": "contribute"}}, "unknown agent 'x'"),
    ({"game": "public_goods", "strategies": {"a0": "nope"}}, "unknown name 'nope'"),
    ({"game": "public_goods", "strategies": {"a0": {"name": "contribute", "share": 2}}}, "share"),
    ({"game": "public_goods", "mechanism": "nope"}, "unknown name 'nope'"),
    ({"game": "auction", "rule": "dutch"}, "rule must be one of"),
    *(
        ({"game": "auction", "strategies": {"a0": {"name": "bids", "points": points}}}, words)
        for points, words in (
            (3, "points must hold at least two numbers, got 3"),
            ("12", "points must hold at least two numbers, got '12'"),
            ([1], "points must hold at least two numbers, got [1]"),
        )
    ),
    ({"game": "cournot", "agents": 2, "cost": [1.0]}, "one per player"),
    ({"game": "table"}, "'payoffs' is missing"),
    ({"game": "table", "payoffs": {"a": [[1, 2]], "b": [[1], [2]]}}, "same shape"),
    ({"game": "table", "payoffs": "nowhere.nfg"}, "nowhere.nfg"),
    ({"game": "tabel"}, "did you mean 'table'"),
    ({"game": 3}, "game must be a name"),
    ({"game": "nowhere.py:Game"}, "nowhere.py"),
]


@pytest.mark.parametrize(("raw", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_problems_say_what_is_wrong(raw, words):
    with pytest.raises(InputError) as caught:
        nashbox.prepare(raw)
    assert words in str(caught.value) and len(str(caught.value)) < 500


def test_equal_payoffs_leave_nothing_to_gain():
    """Whatever is drawn, and with an epsilon that is a share of nothing."""
    same = {"row": [[0.3, 0.3], [0.3, 0.3]], "column": [[1e9, 1e9], [1e9, 1e9]]}
    mixed = {"name": "mixed", "weights": [1, 2]}
    audit = nashbox.audit({"game": "table", "payoffs": same, "strategies": {"row": mixed}})
    assert audit.nash == "none_above_epsilon" and audit.nash_conv == 0
