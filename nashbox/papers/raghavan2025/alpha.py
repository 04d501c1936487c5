"""Claim 1, alpha = 1/2 is the optimal signalling policy: for each receiver and objective.

An alpha is optimal if no other one harms the receiver more. The paper's own objective is in a part
of the text that we do not have, so all four are answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nashbox.games.testing.receivers import ALPHAS, OBJECTIVES, measure
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import SURE, finding, table
from nashbox.papers.raghavan2025 import drawing, receivers
from nashbox.papers.raghavan2025.games import (
    BETA,
    BETAS,
    CASES,
    case_problem,
    flip_symmetric,
    race_of,
)

FINE = tuple(k / 10 for k in range(11))
DIRECTIONS = (("a", "A", "B"), ("c", "A", "B"), ("c", "B", "A"))  # case, sender, receiver
GAMES = {True: 1_000, False: 40_000}


@dataclass(frozen=True)
class HarmByAlpha:
    """One objective of one direction: harm by alpha, and which alphas are best."""

    direction: str
    symmetric: bool
    objective: str
    values: Sequence[float]
    errors: Sequence[float]
    best: str

    @property
    def half_is_best(self) -> bool:
        """Whether no alpha does better than 1/2."""
        return self.best == "irrelevant" or "0.5" in self.best.split(", ")


def _rows(rule: str, quick: bool) -> tuple[tuple[float, ...], list[HarmByAlpha]]:
    alphas, tail = (ALPHAS, 1e-5) if quick else (FINE, 1e-8)
    rows: list[HarmByAlpha] = []
    for beta in BETAS[:1] if quick else BETAS:
        for case, sender, receiver in DIRECTIONS:
            own, other = CASES[case][receiver], CASES[case][sender]
            found = [receivers.exact_values(own, other, beta, a, rule, tail) for a in alphas]
            told = f"case {case}, {sender} sends, beta {float(beta):g}"
            for k, objective in enumerate(OBJECTIVES):
                values = [f.values[k] for f in found]
                errors = [f.errors[k] for f in found]
                tol = 2 * max(errors)
                best = receivers.best_alphas(objective.sign, values, alphas, tol)
                rows.append(
                    HarmByAlpha(told, flip_symmetric(other), objective.name, values, errors, best)
                )
    return alphas, rows


def _simulated(
    rule: str, rows: Sequence[HarmByAlpha], alphas: Sequence[float], quick: bool, seed: int
) -> list[Number]:
    """The Mesa model's numbers at alpha = 0, 1/4, ..., each with `SURE` standard errors."""
    out = []
    exact = {(r.direction, r.objective): r for r in rows}
    for case, sender, _ in DIRECTIONS:
        problem = case_problem(case, BETA)
        told = f"case {case}, {sender} sends, beta {float(BETA):g}"
        place = problem.names.index(sender)
        for found in measure(problem, place, rule, told, GAMES[quick], seed):
            row = exact[told, found.objective]
            for k, alpha in enumerate(ALPHAS):
                if alpha not in (0.0, 0.5, 1.0):
                    continue
                j = list(alphas).index(alpha)
                name = f"{told}, alpha {alpha:g}: {found.objective}, simulated"
                error = SURE * max(found.errors[k], 1 / GAMES[quick]) + row.errors[j]
                out.append(Number(name, found.values[k], error, row.values[j]))
    return out


def _races(rows: Sequence[HarmByAlpha]) -> list[Number]:
    """An anticipating receiver's E tau, error and wins by the solver's race, another recursion."""
    out = []
    for case, sender, receiver in DIRECTIONS:
        race = race_of((CASES[case][receiver], CASES[case][sender]), BETA)
        known = {
            "E tau": race.expected_min,
            "error": race.interactive_error(0),
            "win probability": race.wins(0) + race.tie / 2,
        }
        told = f"case {case}, {sender} sends, beta {float(BETA):g}"
        for row in rows:
            if row.direction == told and row.objective in known:
                name = f"{told}, alpha 0.5: {row.objective}"
                k = len(row.values) // 2
                out.append(Number(name, row.values[k], 2 * row.errors[k], known[row.objective]))
    return out


def check(rule: str, quick: bool, seed: int) -> Finding:
    """Compare alphas against one receiver."""
    alphas, rows = _rows(rule, quick)
    if rule == "anticipating":
        numbers = _races(rows)
    else:
        numbers = _simulated(rule, rows, alphas, quick, seed)
    good = [r for r in rows if r.half_is_best]
    moved = [r for r in rows if r.best != "irrelevant"]
    by_alpha = table(
        f"Value of alpha against a receiver: {rule}",
        ["direction", "sender", "objective", *(f"alpha {a:g}" for a in alphas), "best alpha"],
        [
            [
                r.direction,
                "flip-symmetric" if r.symmetric else "asymmetric",
                r.objective,
                *r.values,
                r.best,
            ]
            for r in rows
        ],
    )
    return finding(
        numbers,
        len(good) == len(rows),
        "alpha = 1/2 is among the best for every objective"
        + ("" if moved else "; alpha is irrelevant throughout"),
        condition=_condition(rows) if good else None,
        otherwise="alpha = 1/2 is not among the best for any objective",
        method="exact" if rule == "anticipating" else "exact and black box",
        computed=(
            "The sender wants the receiver slow, wrong and uncertain, and seldom the winner "
            "(first, with an error of at most beta given its own observations, (6b); a tie is half "
            "a win): exact forward recursion over both agents' counts for alpha in "
            f"{', '.join(f'{a:g}' for a in alphas)}; "
            + (
                "checked against the race of the two stopping laws"
                if rule == "anticipating"
                else f"checked at alpha 0, 1/2, 1 against {GAMES[quick]} games of the model, "
                f"within {SURE:g} standard errors"
            )
        ),
        tables=[by_alpha],
    )


def _condition(rows: Sequence[HarmByAlpha]) -> str:
    """Where alpha = 1/2 is best, where alpha does nothing, and what beats it elsewhere."""
    parts = []
    for objective in OBJECTIVES:
        mine = [r for r in rows if r.objective == objective.name]
        strict = [r for r in mine if r.half_is_best and r.best != "irrelevant"]
        same = [r for r in mine if r.best == "irrelevant"]
        bad = [r for r in mine if not r.half_is_best]
        words = []
        if strict:
            words.append("yes in " + _where(strict))
        if same:
            words.append("alpha irrelevant in " + _where(same))
        if bad:
            words.append("no in " + "; ".join(f"{r.direction} (best {r.best})" for r in bad))
        parts.append(f"{objective.name}: {', '.join(words)}")
    return "objective and sender are among those said here. " + ". ".join(parts)


def _where(rows: Sequence[HarmByAlpha]) -> str:
    return "; ".join(r.direction for r in rows)


_ABOUT = {
    "claim1-informed": ("informed Bayesian", "a Bayesian that knows the sender's model and alpha"),
    "claim1-naive": ("naive w = 0.5", "a naive fuser with fixed weight w = 1/2"),
    "claim1-alone": ("own observations only", "a receiver that relies on its own observations"),
    "claim1-anticipating": ("anticipating", "a receiver that only anticipates (the paper's own)"),
}

ALPHA_CLAIMS = tuple(
    Claim(
        id=name,
        source="Abstract (1); Proposition 1",
        statement=f"alpha = 1/2 is the optimal signalling policy against {words}, whatever the "
        "objective: its E tau, error, win probability, or what is left of its uncertainty",
        check=partial(check, rule),
        draw=drawing.value_of_alpha,
    )
    for name, (rule, words) in _ABOUT.items()
)
