"""Another unit of measurement, other names, another order: the same verdicts, the same numbers.

sigma in a unit s times smaller is s times larger, and a penalty per point s^2 times: a game and its
copy differ in nothing. Relative tolerances are stated; nothing is random here.
"""

import math

import numpy as np
import pytest

from nashbox.experiments.audit import audit
from nashbox.experiments.compare import compare
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.rules.design import design
from nashbox.rules.planning import plan_report
from nashbox.rules.robust import robust

RULES = ("ir_optimal", "social", "nash", "egalitarian", "kalai_smorodinsky", "alone")
GOALS = ("social", "egalitarian", "nash", "kalai_smorodinsky")
MECHANISMS = ("cbl", "sample_mean", "counted_mean", "threshold", "decoy", "baseline", "alone")
SAME = 1e-6  # relative, of exact numbers
SEARCHED = 5e-4  # relative, of the value of a design: a local search may end on another step


def drawn(number):
    """A problem's mapping: m = 2..5, d = 1..2, costs over two decades, some infinite."""
    rng = np.random.default_rng([4, number])
    m, d = int(rng.integers(2, 6)), int(rng.integers(1, 3))
    costs = 10.0 ** rng.uniform(-2, 0, (m, d))
    if number % 4 == 3:
        costs[rng.random((m, d)) < 0.2] = np.inf
        costs[0] = 0.1
    return {
        "game": "estimation",
        "sigma": (10.0 ** rng.uniform(0.5, 1.2, d)).tolist(),
        "costs": costs.tolist(),
        "agents": [f"a{i}" for i in range(m)],
        "distributions": [f"x{k}" for k in range(d)],
        "mechanism": MECHANISMS[number % len(MECHANISMS)],
        "plan": RULES[number % 2],
        "counts": ("integer", "real")[number % 3 == 0],
    }


def changed(raw, number, orderly=False):
    """The same game in another unit and another order, agents left as they are if `orderly`."""
    rng = np.random.default_rng([5, number])
    s = 10.0 ** rng.uniform(-6, 6)
    rows, columns = rng.permutation(len(raw["costs"])), rng.permutation(len(raw["sigma"]))
    rows = np.sort(rows) if orderly else rows
    costs = np.array(raw["costs"])[np.ix_(rows, columns)] * s**2
    other = {
        **raw,
        "sigma": (np.array(raw["sigma"])[columns] * s).tolist(),
        "costs": costs.tolist(),
        "agents": [raw["agents"][i] for i in rows],
        "distributions": [raw["distributions"][k] for k in columns],
    }
    return other, s**2


def asked(work):
    """What comes out, or that it was refused."""
    try:
        return work()
    except InputError:
        return None


def near(a, b, scale, tolerance):
    """Whether numbers by name agree once scaled."""
    size = max((abs(x) for x in a.values() if math.isfinite(x)), default=1.0)
    return set(a) == set(b) and all(
        math.isclose(a[k] * scale, b[k], rel_tol=tolerance, abs_tol=tolerance * size * scale)
        or (math.isinf(a[k]) and math.isinf(b[k]))
        for k in a
    )


def by_name(names, values):
    return dict(zip(names, map(float, values), strict=True))


def planned(rule):
    def work(raw):
        found = asked(lambda: plan_report(from_mapping({**raw, "plan": rule})))
        return found and ({}, by_name(found.names, found.penalties))

    return work, SAME if rule != "kalai_smorodinsky" else 1e-5


def audited(method):
    def work(raw):
        found = asked(lambda: audit(from_mapping(raw), method=method))
        if not found:
            return None
        verdicts = {a.name: a.verdict for a in found.agents}
        numbers = {a.name: a.penalty for a in found.agents}
        numbers |= {f"gain of {a.name}": a.gain.estimate for a in found.agents}
        return verdicts | {"nash": found.nash, "ir": found.individually_rational}, numbers

    return work, SAME


def designed(goal):
    def work(raw):
        found = asked(lambda: design(from_mapping(raw), goal))
        if not found:
            return None
        saved = found.outside - found.penalties
        value = {
            "social": found.penalties.sum(),
            "egalitarian": found.penalties.max(),
            "nash": math.exp(np.log(np.maximum(saved, 1e-300)).mean()),
            "kalai_smorodinsky": found.penalties.sum(),
        }[goal]
        return {"verdict": found.verdict}, {"value": float(value)}

    return work, SEARCHED if goal != "kalai_smorodinsky" else 5e-3


def compared(raw):
    found = asked(lambda: compare(from_mapping(raw), ["cbl", "sample_mean"], goals=[], starts=2))
    rows = [r for r in found.rows if r.profile == "honest"] if found else []
    verdicts = {r.mechanism: r.honest_is_equilibrium for r in rows}
    return found and (verdicts, {r.mechanism: r.social_penalty for r in rows})


def doubted(raw):
    real = {**raw, "mechanism": "cbl"}
    found = asked(lambda: robust(from_mapping(real), costs=0.1))
    if not found:
        return None
    rows = {f"{r.name}: {a.name}": a for r in found.rules for a in r.agents}
    return {k: a.honest for k, a in rows.items()}, {k: a.penalty for k, a in rows.items()}


KINDS = {
    **{f"plan {rule}": planned(rule) for rule in RULES},
    **{f"audit {method}": audited(method) for method in ("exact", "exhaustive")},
    **{f"design {goal}": designed(goal) for goal in GOALS},
    "compare": (compared, SAME),
    "robust": (doubted, 1e-4),
}


def violations(kind, numbers):
    work, tolerance = KINDS[kind]
    for number in numbers:
        raw = drawn(number)
        # Algorithm 1 of CBL takes agents one by one, in their order: it is part of the rules
        orderly = kind in ("compare", "robust") or (
            kind[:5] == "audit" and raw["mechanism"] == "cbl"
        )
        other, scale = changed(raw, number, orderly)
        here, there = work(raw), work(other)
        if here is None or there is None:
            if (here is None) != (there is None):
                yield number, "refused in one unit only", scale
            continue
        if here[0] != there[0]:
            yield number, "verdicts", here[0], there[0]
        elif not near(here[1], there[1], scale, tolerance):
            yield number, scale, here[1], {k: v / scale for k, v in there[1].items()}


QUICK = [kind for kind in KINDS if kind.startswith(("plan", "audit"))]


@pytest.mark.parametrize("kind", QUICK)
def test_neither_unit_nor_order_nor_names_matter(kind):
    assert list(violations(kind, range(4))) == []


MORE = {"plan": 12, "audit": 12, "design": 1, "compare": 2, "robust": 2}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_neither_unit_nor_order_nor_names_matter_in_more_games(kind):
    assert list(violations(kind, range(MORE[kind.split()[0]]))) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_neither_unit_nor_order_nor_names_matter_in_200_games(kind):
    assert list(violations(kind, range(200))) == []


@pytest.mark.parametrize("number", [52, 136])
def test_bounds_of_thresholds_do_not_know_the_unit(number):
    """A numerical error of a risk, in squared units, was once added to a chance."""
    assert list(violations("audit exhaustive", [number])) == []


def test_tiny_units_once_called_a_hole_honest(nashbox):
    text = (
        'game = "estimation"\nsigma = 1e-4\ncosts = [[3.3e-12], [6.6e-12], [1e-11]]\n'
        'mechanism = "sample_mean"\n'
    )
    answer = nashbox("audit", "p.toml", "--strict", files={"p.toml": text})
    assert answer.code == 1 and " gains " in answer.out


@pytest.mark.parametrize("share", ["5%", "0.5%"])
def test_a_share_is_taken_of_each_agents_penalty(nashbox, share, problem):
    answer = nashbox("audit", "p.toml", "--epsilon", share, "--json", "a.json",
                     files={"p.toml": problem()})  # fmt: skip
    assert answer.code == 0, answer
    import json

    with open("a.json") as file:
        body = json.load(file)
    assert body["epsilon"] is None
    for agent in body["agents"]:
        expected = float(share[:-1]) / 100 * agent["penalty"]
        assert agent["epsilon"] == pytest.approx(expected)
    nashbox("audit", "p.toml", "--epsilon", "x%").refuses("epsilon", "0.5%")
