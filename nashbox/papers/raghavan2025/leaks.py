"""What signals tell about theta: nothing at alpha = 1/2, if the listener's prior is symmetric.

A listener has a prior over the sender's model. If swapping the hypotheses leaves that prior as it
is (one flip-symmetric model; or a model and its mirror image, equally likely), signals at
alpha = 1/2 and theta are independent: flipping theta, the symbols and every coin is an equally
likely way to the same signals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import finding, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import BETA, COIN, HALF, SHARP
from nashbox.problem.lattice import belief_of
from nashbox.problem.observations import ObservationModel
from nashbox.solver.beliefs import BeliefLayers
from nashbox.solver.signals import Signals
from nashbox.strategies.testing.informed import Filter, log_ratio

DEPTH = {True: 5, False: 7}
ALPHAS = {True: (0, 1, 2, 3, 4), False: tuple(range(9))}
EXACT = 1e-12
THREE = ObservationModel.parse(["0.5", "0.3", "0.2"], ["0.2", "0.3", "0.5"])
Prior = Sequence[tuple[Fraction, ObservationModel]]


def mirror(model: ObservationModel) -> ObservationModel:
    """The hypotheses swapped."""
    return ObservationModel(model.p1, model.p0)


_HALF, _THREE = Fraction(1, 2), Fraction(3, 4)
LISTENERS: dict[str, tuple[bool, Prior]] = {  # whether the prior is symmetric, and the prior
    "knows a symmetric coin": (True, [(Fraction(1), COIN)]),
    "knows a symmetric model of three symbols": (True, [(Fraction(1), THREE)]),
    "asymmetric model or its mirror image, equally likely": (
        True,
        [(_HALF, SHARP), (_HALF, mirror(SHARP))],
    ),
    "asymmetric model or its mirror image, 3 : 1": (
        False,
        [(_THREE, SHARP), (1 - _THREE, mirror(SHARP))],
    ),
    "knows an asymmetric model": (False, [(Fraction(1), SHARP)]),
}


def signal_law(
    prior: Prior, alpha: Fraction, depth: int
) -> dict[tuple[Fraction, ...], list[Fraction]]:
    """P(signals | theta) of `depth` iterations, all histories and coins enumerated, in rationals.

    Signals are odds (shown), 1 : 1 at the start; the threshold is left out: more signals tell more.
    """
    law: dict[tuple[Fraction, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 2)
    for weight, model in prior:
        layer: dict[tuple[tuple[Fraction, ...], Fraction], list[Fraction]] = {
            ((), Fraction(1)): [weight, weight]
        }
        for _ in range(depth):
            after: dict[tuple[tuple[Fraction, ...], Fraction], list[Fraction]] = {}
            for (shown, odds), mass in layer.items():
                for (a, b), (truth, coin) in product(
                    zip(model.p0, model.p1, strict=True), ((True, alpha), (False, 1 - alpha))
                ):
                    if not coin:
                        continue
                    new = odds * b / a
                    key = ((*shown, new if truth else 1 / new), new)
                    old = after.setdefault(key, [Fraction(0)] * 2)
                    after[key] = [old[0] + mass[0] * a * coin, old[1] + mass[1] * b * coin]
            layer = after
        for (shown, _), mass in layer.items():
            law[shown] = [x + y for x, y in zip(law[shown], mass, strict=True)]
    return law


def information(law: dict[tuple[Fraction, ...], list[Fraction]]) -> float:
    """Mutual information of signals and theta at prior 1/2, nats; exactly 0 if independent."""
    terms = []
    for p in law.values():
        if p[0] != p[1]:
            both = p[0] + p[1]
            terms += [float(x / 2) * np.log(float(2 * x / both)) for x in p if x]
    return float(sum(terms))


def filtered(
    prior: Prior, alpha: Fraction, law: dict[tuple[Fraction, ...], list[Fraction]]
) -> float:
    """The same from the filter that informed receivers use: E of the divergence from 1/2."""
    shown = np.log(np.array([[float(x) for x in key] for key in law]))
    states = []
    for weight, model in prior:
        filter_ = Filter(model, float(alpha), 0.0)
        state = filter_.first(len(shown), float(weight))
        for column in shown.T:
            state = filter_.update(state, column)
        states.append(state)
    one = belief_of(log_ratio(states))
    mass = np.array([float(p[0] + p[1]) / 2 for p in law.values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(q > 0, q * np.log(2 * q), 0.0) for q in (one, 1 - one)]
    return float(mass @ (terms[0] + terms[1]))


def check(quick: bool, seed: int) -> Finding:
    """Mutual information of theta and the signals of a few iterations, by listener and alpha."""
    depth, steps = DEPTH[quick], ALPHAS[quick]
    rows: list[list[Any]] = []
    numbers: list[Number] = []
    told = {}
    for who, (symmetric, prior) in LISTENERS.items():
        short = depth if all(model.symbols == 2 for _, model in prior) else depth - 1
        for k in steps:
            alpha = Fraction(k, len(steps) - 1)
            law = signal_law(prior, alpha, short)
            value = information(law)
            numbers.append(
                Number(f"{who}, alpha {float(alpha):g} (nats)", filtered(prior, alpha, law), 1e-9,
                       value)
            )  # fmt: skip
            rows.append([who, float(alpha), value])
            if alpha == _HALF:
                told[who] = (symmetric, value)
    numbers += _longer()
    right = [who for who, (_, value) in told.items() if value == 0]
    wrong = [who for who, (_, value) in told.items() if value > 0]
    expected = all((value == 0) == symmetric for symmetric, value in told.values())
    return finding(
        numbers,
        not wrong,
        "signals at alpha = 1/2 and theta are independent",
        condition="the listener's prior over the sender's model is unchanged by swapping the "
        f"hypotheses: exactly 0 for {'; '.join(right)}. Otherwise magnitudes speak: "
        + "; ".join(f"{told[who][1]:.6f} nats ({who})" for who in wrong)
        if expected and right
        else None,
        otherwise="what alpha = 1/2 leaks does not follow the symmetry of the listener's prior",
        method="exact",
        computed=f"all signals of {depth} iterations enumerated in rational arithmetic, and by the "
        "floating-point filter of the informed receiver; and over 40 iterations by the nodes of "
        "the solver",
        tables=[
            table(
                "Mutual information of theta and the signals (nats)",
                ["listener", "alpha", "information"],
                rows,
            )
        ],
    )


def _longer() -> list[Number]:
    """Largest |log P(signals|1)/P(signals|0)| over 40 iterations with the threshold, at 1/2."""
    out = []
    for name, model in (("coin", COIN),):
        watched = Signals(BeliefLayers(model, HALF, BETA), "magnitude")
        watched.grow(40)
        most = max(float(np.abs(layer.log_ratio).max()) for layer in watched.layers)
        out.append(Number(f"largest evidence in 40 iterations, {name} (nats)", most, EXACT, 0.0))
    return out


LEAK_CLAIMS = (
    Claim(
        id="claim1-leak",
        source="Abstract (1); Proposition 1",
        statement="signals at alpha = 1/2 tell the listener nothing about theta",
        check=check,
        draw=drawing.leak,
    ),
)
