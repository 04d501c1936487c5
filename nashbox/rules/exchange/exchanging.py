"""An exchange from the files to the answers: everything but the writing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.problem.errors import InputError, brief
from nashbox.problem.notebook import Shown
from nashbox.problem.spec import suggest
from nashbox.rules.exchange.agreed import Agreed, read_rules
from nashbox.rules.exchange.answer_files import Reply, answer_bytes
from nashbox.rules.exchange.file_names import stems
from nashbox.rules.exchange.handed_in import Folder, Handed, delivered, points_of
from nashbox.rules.exchange.keys import commitment, read_key, salt, salted, seed
from nashbox.rules.exchange.mediating import information_of
from nashbox.rules.exchange.numbers import read_numbers
from nashbox.rules.exchange.promise import Promise, promise
from nashbox.rules.exchange.receipt import NAME, receipt_bytes


@dataclass(frozen=True, eq=False)
class Exchanged(Shown):
    """What an exchange came to.

    files: contents by name, an answer per agent and the receipt. promise: what missing agents do
    to it, None where nobody is missing.
    """

    rules: Agreed
    key: str  # its commitment
    answers: Sequence[Reply]
    files: Mapping[str, bytes]
    promise: Promise | None = None

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-exchange/1: what everybody may know."""
        told = self.promise
        return {
            "format": "nashbox-exchange/1",
            "files": list(self.files),
            "promise": None
            if told is None
            else {
                "missing": told.missing,
                "words": told.words,
                "drop": None
                if told.drop is None
                else {**asdict(told.drop), "lost": told.drop.lost},
            },
            "receipt": json.loads(self.receipt),
        }

    @property
    def receipt(self) -> bytes:
        """The receipt's file."""
        return self.files[NAME]


def exchange(
    rules: str | Path,
    submissions: str | Path,
    key: str | Path,
    without: Sequence[str] = (),
    numbers: str | Path | None = None,
) -> Exchanged:
    """Run the rules once on what the agents really hand in.

    rules: a problem file. submissions: a folder with a CSV file per agent. key: the file of a key.
    without: agents who did not deliver. numbers: a folder with a random number of each. Raises
    InputError naming file, row and column for whatever is not as it must be.
    """
    agreed = read_rules(rules)
    names = agreed.game.problem.names
    gone = left_out(without, names)
    secret = read_key(key, str(key))
    contents = delivered(Folder(Path(submissions), names), gone)
    given = None if numbers is None else read_numbers(numbers, names, gone, secret)
    found = played(agreed, contents, secret, given, str(submissions))
    told = promise(agreed.game, gone) if gone else None
    return Exchanged(found.rules, found.key, found.answers, found.files, told)


def left_out(without: Sequence[str], names: Sequence[str]) -> list[str]:
    """The agents to go on without, in the order of the rules. Raises InputError."""
    for name in without:
        if name not in names:
            raise InputError(f"without: unknown agent {brief(name)} ({suggest(name, list(names))})")
    if set(without) == set(names):
        raise InputError("without: somebody must take part, got all agents")
    return [name for name in names if name in without]


def played(
    rules: Agreed,
    contents: Mapping[str, bytes],
    key: bytes,
    numbers: Mapping[str, bytes] | None,
    shown: str,
) -> Exchanged:
    """Mediate the contents of everybody's file, by agent, and make all files.

    Who is not in `contents` hands nothing in and gets nothing. Raises InputError.
    """
    game = rules.game
    problem, names = game.problem, stems(game.problem.names)
    nothing = Handed([[] for _ in problem.distributions])
    handed = [
        points_of(contents[n], f"{shown}/{names[n]}.csv", problem.distributions)
        if n in contents
        else nothing
        for n in problem.names
    ]
    counts = [data.counts[0].astype(float) for data in handed]
    means = [data.mean[0].copy() for data in handed]
    rolled = seed(key, rules.hash, numbers or {})
    information = information_of(game, handed, rolled)
    gone = [name for name in problem.names if name not in contents]
    answers, files, agents = [], {}, []
    for i, name in enumerate(problem.names):
        if name in gone:
            continue
        answer = Reply(
            name,
            problem.distributions,
            problem.sigma,
            np.asarray(game.terms.counts[i]),
            counts[i],
            means[i],
            information[i],
        )
        own = salt(key, name)
        proof = {"agent": name, "salt": own.hex(), "rules": rules.hash, "key": commitment(key)}
        content = answer_bytes(answer, gone, proof)
        answers.append(answer)
        files[f"{names[name]}.csv"] = content
        agents.append(
            {
                "name": name,
                "submission": salted(own, "submission", contents[name]),
                "answer": salted(own, "answer", content),
            }
        )
    committed = None if numbers is None else {n: commitment(v) for n, v in numbers.items()}
    files[NAME] = receipt_bytes(rules, commitment(key), committed, agents, gone)
    return Exchanged(rules, commitment(key), answers, files)
