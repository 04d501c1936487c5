"""What alpha is worth to a sender, against different receivers, objective by objective.

The sender plays signaller(alpha) with w = 1 to its own threshold, the receiver listens in its own
way and does not anticipate (a magnitude shows whatever the coin, so anticipation cannot depend on
alpha). Receivers: a naive fuser (w = 1/2), one that relies on its own observations, and an informed
Bayesian that knows the sender's model and alpha. Objectives, all to the receiver's harm: its E tau
(larger is worse), its error (larger), its chance to win under (6b) (smaller), and the entropy of
theta given all that it has seen when it stops (larger).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nashbox.games.registry import draw
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.model.testing import played
from nashbox.model.well import Well
from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.signal import Signal, Word
from nashbox.problem.testing import RaceProblem
from nashbox.problem.ticker import Ticker
from nashbox.results.base import Result, list_of
from nashbox.strategies.testing import InformedBayesian, RaceStrategy, Signaller

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
GAMES, BLOCK = 40_000, 20_000
SURE = 4.0  # standard errors of a paired difference that count as none


@dataclass(frozen=True)
class Objective:
    """A quantity of the receiver; `sign` is +1 where a larger one harms it."""

    name: str
    sign: int


OBJECTIVES = (
    Objective("E tau", 1),
    Objective("error", 1),
    Objective("win probability", -1),
    Objective("entropy (nats)", 1),
)


@dataclass(frozen=True)
class ReceiverRow:
    """One receiver and objective: values and standard errors by alpha, and what is best.

    best: alphas not told apart from the best one by paired games; "irrelevant" if all give the
    same in every single game; "not resolved" if these games do not tell any apart.
    """

    receiver: str
    objective: str
    values: Sequence[float]
    errors: Sequence[float]
    best: str


@dataclass(frozen=True)
class ReceiverReport(Result):
    """The whole table."""

    FORMAT: ClassVar[str] = "nashbox-receivers/1"
    KEYS: ClassVar[str] = "alphas games rows notes problem"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "rows": list_of(lambda row: ReceiverRow(**row))
    }

    alphas: Sequence[float]
    rows: Sequence[ReceiverRow]
    games: int
    problem: dict[str, Any]
    notes: Sequence[str] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row per receiver, objective and alpha."""
        import pandas as pd

        return pd.DataFrame(
            {
                "receiver": row.receiver,
                "objective": row.objective,
                "alpha": alpha,
                "value": value,
                "se": error,
            }
            for row in self.rows
            for alpha, value, error in zip(self.alphas, row.values, row.errors, strict=True)
        )

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every objective against alpha."""
        return draw(self.problem["game"], "receivers_figure", self, ax)


def value_of_alpha(
    problem: RaceProblem,
    *,
    games: int = GAMES,
    seed: int = 0,
    progress: Ticker | None = None,
) -> ReceiverReport:
    """Measure both directions of a two-agent problem. Raises InputError for other sizes."""
    if problem.m != 2:
        raise InputError(f"{problem.shown}: --receivers needs two agents, got {problem.m}")
    rows = []
    directions = [0] if problem.models[0] == problem.models[1] else [0, 1]
    for sender in directions:
        kind = "symmetric" if flip_symmetric(problem, sender) else "asymmetric"
        for label in ("naive w = 0.5", "own observations only", "informed Bayesian"):
            told = f"{label}, {problem.names[sender]} sends ({kind})"
            rows += measure(problem, sender, label, told, games, seed)
            if progress is not None:
                progress(len(rows), 3 * len(OBJECTIVES) * len(directions))
    return ReceiverReport(
        alphas=ALPHAS,
        rows=rows,
        games=games,
        problem=problem.to_json(),
        notes=[
            "alpha = 1/2 tells an informed receiver nothing if the sender's model is "
            "flip-symmetric at prior 1/2; an asymmetric one's magnitudes name every symbol",
            "the win probability is that under (6b): who stops on what it heard does not qualify",
        ],
    )


def flip_symmetric(problem: RaceProblem, i: int) -> bool:
    """Whether swapping the hypotheses permutes agent i's symbols, at prior 1/2."""
    model = problem.models[i]
    pairs = sorted(zip(model.p0, model.p1, strict=True))
    return problem.prior * 2 == 1 and pairs == sorted(zip(model.p1, model.p0, strict=True))


def _receiver(label: str, alpha: float) -> RaceStrategy:
    if label.startswith("naive"):
        return Signaller(weight=0.5, anticipate=False)
    if label.startswith("own"):
        return Signaller(anticipate=False)
    return InformedBayesian(assumed=alpha)


def measure(
    problem: RaceProblem, sender: int, label: str, told: str, games: int, seed: int
) -> list[ReceiverRow]:
    """Play all alphas on the same observations, so that differences between them are paired.

    label: of the receiver, as in `value_of_alpha`; told: what the rows call it.
    """
    receiver = 1 - sender
    samples: dict[float, list[list[Floats]]] = {a: [[] for _ in OBJECTIVES] for a in ALPHAS}
    size = min(BLOCK, games)
    for b in range(max(1, games // size)):
        number = child(seed, Stage.RUN, sender, b)
        well = Well(problem, size, number)
        for alpha in ALPHAS:
            witness = Witness(inner=_receiver(label, alpha), assumed=alpha, games=size)
            strategies: dict[str, RaceStrategy] = {
                problem.names[sender]: Signaller(alpha=alpha, anticipate=False),
                problem.names[receiver]: witness,
            }
            model = played(replace(problem, edges=((0, 1),)), strategies, well, number)
            outcome = model.outcomes()[receiver]
            found = (outcome.tau, outcome.wrong, outcome.share, witness.entropy)
            for k, values in enumerate(found):
                samples[alpha][k].append(np.asarray(values, dtype=float))
    return [
        _row(told, objective, [np.concatenate(samples[a][k]) for a in ALPHAS])
        for k, objective in enumerate(OBJECTIVES)
    ]


def _row(told: str, objective: Objective, values: list[Floats]) -> ReceiverRow:
    moments = []
    for sample in values:
        moments.append(Moments())
        moments[-1].add(sample)
    means = np.array([m.mean for m in moments])
    top = int(np.argmax(objective.sign * means))
    best = [alpha for alpha, v in zip(ALPHAS, values, strict=True) if _same(values[top], v)]
    if all(np.allclose(v, values[0], rtol=0, atol=1e-9) for v in values):
        words = "irrelevant"  # game by game, not only on average
    elif len(best) == len(ALPHAS):
        words = "not resolved"
    else:
        words = ", ".join(f"{a:g}" for a in best)
    return ReceiverRow(told, objective.name, means.tolist(), [m.se for m in moments], words)


def _same(a: Floats, b: Floats) -> bool:
    """Whether two alphas are told apart by paired games."""
    gap = Moments()
    gap.add(a - b)
    return abs(gap.mean) <= SURE * gap.se + 1e-12


@dataclass(frozen=True)
class Witness(RaceStrategy):
    """Plays `inner`, and notes the entropy of theta given everything it has seen when it stops."""

    inner: RaceStrategy = field(default_factory=Signaller)
    assumed: float = 0.5
    games: int = 0
    entropy: Floats = field(default_factory=lambda: np.zeros(0), init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entropy", np.zeros(self.games))

    def begin(self, mind: Mind, rng: np.random.Generator) -> None:
        """Number the games."""
        self.inner.begin(mind, rng)
        mind.memory["number"] = np.arange(mind.games)
        mind.memory["over"] = np.zeros(mind.games, dtype=np.bool_)

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """As `inner`."""
        return self.inner.signal(mind, rng)

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """As `inner`; whoever stops now is noted."""
        decision = self.inner.decide(mind, words, rng)
        observer = InformedBayesian(assumed=self.assumed)
        ahead = isinstance(self.inner, InformedBayesian)
        heard = decision.lean if ahead and decision.lean is not None else None
        total = heard if heard is not None else mind.log_odds + observer.heard(mind, words)
        new = np.flatnonzero(decision.threshold & ~mind.memory["over"])
        x = np.abs(total[new])
        p = belief_of(x)
        q = np.exp(-x) * p  # 1 - p without cancellation
        with np.errstate(divide="ignore", invalid="ignore"):
            h = -p * np.log(p) - np.where(q > 0, q * np.log(q), 0.0)
        self.entropy[mind.memory["number"][new]] = h
        mind.memory["over"][new] = True
        return decision
