"""A rehearsal: the exchange played on simulated submissions, before anybody signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame, prepare
from nashbox.problem.data import Dataset
from nashbox.problem.options import Whole, held
from nashbox.results.base import Result
from nashbox.rules.exchange.agreed import read_rules
from nashbox.rules.exchange.answer_files import Reply, csv_text
from nashbox.rules.exchange.exchanging import Exchanged, played
from nashbox.rules.exchange.file_names import stems
from nashbox.rules.exchange.keys import digest, key_text

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rehearsed:
    """What one agent did and would get; lists have an entry per distribution, None for nothing.

    errors: of the estimates, in units of the measurements.
    """

    name: str
    strategy: str
    owed: Sequence[float]
    handed_in: Sequence[float]
    information: Sequence[float | None]
    estimate: Sequence[float | None]
    error: Sequence[float | None]


@dataclass(frozen=True, eq=False)
class Rehearsal(Result):
    """An exchange on simulated submissions.

    rules: their hash. truth: the means that the points were drawn around. files: everything that a
    real exchange would be made of and make, by name.
    """

    FORMAT: ClassVar[str] = "nashbox-rehearsal/1"
    KEYS: ClassVar[str] = "mechanism rules distributions truth seed agents"

    mechanism: str
    rules: str
    distributions: Sequence[str]
    truth: Sequence[float]
    seed: int
    agents: Sequence[Rehearsed]
    files: dict[str, bytes] = field(default_factory=dict)


@held
def rehearse(
    rules: str | Path, seed: Annotated[int, Whole("of --rehearse", low=0)] = 0
) -> Rehearsal:
    """Let everybody play her strategy of the problem file, and run the exchange on it.

    Raises InputError for rules that cannot be exchanged, and for a seed that is none.
    """
    agreed = read_rules(rules)
    game = prepare(agreed.game.problem)
    model = game.model(1, seed)
    problem, names = game.problem, stems(game.problem.names)
    contents = {
        agent.name: submission_bytes(agent.act(), problem.distributions) for agent in model.players
    }
    key = bytes.fromhex(digest("rehearsal", seed))  # nobody's: it is known to all
    done = played(agreed, contents, key, None, "submissions")
    files = {
        "rehearsal.key": key_text(key),
        **{f"submissions/{names[name]}.csv": content for name, content in contents.items()},
        **{f"answers/{name}": content for name, content in done.files.items()},
    }
    agents = [_rehearsed(game, i, done, model.truth) for i in range(problem.m)]
    label, truth = problem.mechanism.label, model.truth.tolist()
    return Rehearsal(label, agreed.hash, problem.distributions, truth, seed, agents, files)


def _rehearsed(game: EstimationGame, i: int, done: Exchanged, truth: Array) -> Rehearsed:
    answer: Reply = done.answers[i]
    return Rehearsed(
        name=answer.agent,
        strategy=game.strategy(i).label,
        owed=answer.owed.tolist(),
        handed_in=answer.counts.tolist(),
        information=_plain(answer.information),
        estimate=_plain(answer.estimates),
        error=_plain(answer.estimates - truth),
    )


def _plain(values: Array) -> list[Any]:
    return [None if np.isnan(value) else float(value) for value in values]


def submission_bytes(data: Dataset, distributions: Sequence[str]) -> bytes:
    """A submission of one world as its file: a column per distribution, cells at the end empty."""
    columns = [
        [repr(x) for x in data.points(k)[0].tolist() if x == x] for k in range(len(distributions))
    ]
    return csv_text(distributions, zip_longest(*columns, fillvalue="")).encode()
