"""`nashbox exchange RULES SUBMISSIONS`: the agreed rules run once on what is really handed in."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import take
from nashbox.problem.errors import InputError, shown
from nashbox.problem.options import options_of

TEXT = "run the agreed rules once on what the agents really hand in"
EXAMPLE = """\
an exchange from beginning to end:
  what everybody would get, simulated:
  nashbox exchange rules.toml --rehearse
  before anything is handed in; the commitment goes to everybody:
  nashbox exchange --new-key secret.key
  nashbox exchange rules.toml submissions --key secret.key --out answers
  an arbiter, given the key, repeats it:
  nashbox exchange rules.toml submissions --key secret.key \\
      --verify answers/receipt.json --answers answers
  an owner checks her own files:
  nashbox exchange rules.toml --verify receipt.json --own North.csv mine.csv

submissions/ holds one CSV file per agent, called as she is (North.csv), with a
column per distribution; missing columns and empty cells hand nothing in.
Characters of names that are not safe in file names are written %XX; a missing
file's message says how it must be called.
"""
MODES = {  # the option that chooses what to do: what it needs, and what else it may have
    "new_key": ((), ()),
    "rehearse": (("rules",), ("out", "seed")),
    "own": (("verify",), ("rules",)),
    "verify": (("rules", "submissions", "key"), ("numbers", "answers")),
    "exchange": (("rules", "submissions", "key", "out"), ("without", "numbers")),
}
WORDS = {
    "rules": "RULES",
    "submissions": "SUBMISSIONS",
    "key": "--key FILE",
    "out": "--out FOLDER",
    "verify": "--verify RECEIPT",
}
OPTIONS = ("rules", "submissions", "key", "out", "without", "numbers", "seed", "verify", "answers",
           "own", "rehearse", "new_key")  # fmt: skip


def declare(command: CommandParser) -> None:
    """Declare its options."""
    from nashbox.rules.exchange import rehearse

    command.add_argument("rules", metavar="RULES", nargs="?", help="a problem file (TOML)")
    command.add_argument(
        "submissions", metavar="SUBMISSIONS", nargs="?", help="a folder with one AGENT.csv each"
    )
    command.add_argument(
        "--key", metavar="FILE", help="the secret key that everything random is of"
    )
    command.add_argument(
        "--out", metavar="FOLDER", help="a new folder for an answer per agent and receipt.json"
    )
    command.add_argument(
        "--without", metavar="NAME", action="append", help="go on without this agent; repeatable"
    )
    command.add_argument(
        "--numbers",
        metavar="FOLDER",
        help="a random number of each as well: AGENT.key, made by --new-key, and commitments.csv "
        "(agent,commitment), collected before",
    )
    command.add_argument(
        "--new-key", metavar="FILE", help="make a key, never over a file, and print its commitment"
    )
    command.add_argument(
        "--rehearse",
        action="store_true",
        default=None,
        help="on submissions simulated by the file's strategies; --out keeps all files",
    )
    take(command, options_of(rehearse))
    command.add_argument(
        "--verify",
        metavar="RECEIPT",
        help="repeat an exchange bit for bit; exit code 1 if anything differs",
    )
    command.add_argument(
        "--answers", metavar="FOLDER", help="with --verify: compare the answers of this folder too"
    )
    command.add_argument(
        "--own",
        metavar="FILE",
        nargs="+",
        help="with --verify: only one's own answer, and the submission if it is given; no key",
    )
    shared.json_output(command)
    command.set_defaults(writes=_writes, folders=("submissions", "numbers", "answers"))


def _writes(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    for option in ("new_key", "out"):
        if getattr(options, option):
            yield f"--{option.replace('_', '-')}", Path(getattr(options, option))


def work(options: argparse.Namespace) -> int:
    """Exchange, rehearse, verify or make a key; 1 if a verification finds a difference."""
    mode = next(
        (m for m in ("new_key", "rehearse", "own", "verify") if getattr(options, m) is not None),
        "exchange",
    )
    _check(options, mode)
    done: int = {
        "new_key": _new_key,
        "rehearse": _rehearse,
        "own": _verify,
        "verify": _verify,
        "exchange": _exchange,
    }[mode](options)
    return done


def _check(options: argparse.Namespace, mode: str) -> None:
    """Refuse options that miss, or that go with something else. Raises InputError."""
    needed, allowed = MODES[mode]
    name = "exchange" if mode == "exchange" else f"--{mode.replace('_', '-')}"
    for option in needed:
        if getattr(options, option) is None:
            words = [WORDS[n] for n in needed]
            listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
            raise InputError(
                f"{name} needs {listed}; {WORDS[option]} is missing (see nashbox exchange --help)"
            )
    for option in OPTIONS:
        if option not in (*needed, *allowed, mode) and getattr(options, option) is not None:
            word = WORDS.get(option, f"--{option.replace('_', '-')}")
            raise InputError(f"{word} does not go with {name} (see nashbox exchange --help)")
    if options.own is not None and len(options.own) > 2:
        raise InputError(
            f"--own takes an answer and a submission at most, got {len(options.own)} files"
        )


def _new_key(options: argparse.Namespace) -> int:
    from nashbox.rules.exchange import new_key
    from nashbox.tables.exchange import key_sheet

    commitment = new_key(options.new_key)
    shared.emit(
        options,
        _Plain({"format": "nashbox-key-commitment/1", "commitment": commitment}),
        key_sheet(options.new_key, commitment),
    )
    return 0


def _rehearse(options: argparse.Namespace) -> int:
    from nashbox.rules.exchange import rehearse
    from nashbox.rules.exchange.folder import free, whole
    from nashbox.tables.printing import sheet_of

    if options.out is not None:
        free(options.out)
    result = rehearse(options.rules, options.seed or 0)
    if options.out is None:
        shared.emit(options, result)
        return 0
    with whole(options.out, result.files):
        shared.write_outputs(options, result)
    shared.show(options, sheet_of(result))
    return 0


def _exchange(options: argparse.Namespace) -> int:
    from nashbox.rules.exchange import exchange
    from nashbox.rules.exchange.folder import free, whole
    from nashbox.rules.exchange.keys import readable_by_others
    from nashbox.tables.exchange import exchange_sheet

    out = free(options.out)
    for name in ("submissions", "numbers"):
        given = getattr(options, name)
        if given is not None and out.is_relative_to(os.path.realpath(given)):
            raise InputError(f"--out {options.out}: must not lie in the folder {given}")
    result = exchange(
        options.rules, options.submissions, options.key, options.without or (), options.numbers
    )
    with whole(options.out, result.files):
        shared.write_outputs(options, result)
    shared.show(options, exchange_sheet(result, options.out))
    if readable_by_others(options.key):
        print(f"others can read the key {shown(options.key)}: chmod 600", file=sys.stderr)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from nashbox.rules.exchange import verify, verify_own

    if options.own is not None:
        result = verify_own(options.verify, *options.own, rules=options.rules)
    else:
        result = verify(
            options.verify,
            options.rules,
            options.submissions,
            options.key,
            options.numbers,
            options.answers,
        )
    shared.emit(options, result)
    return 0 if result.verified else 1


class _Plain:
    """A mapping that is written as it is."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def to_json(self) -> dict[str, Any]:
        """The mapping."""
        return self.body
