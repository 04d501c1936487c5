"""Random numbers of the parties, each committed to before anybody shows hers.

A number is made like a key. ``commitments.csv`` (agent,commitment) is what everybody gave before
submissions were collected; beside it lies AGENT.key of each, shown when all submissions are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import InputError, brief
from nashbox.problem.spec import suggest
from nashbox.problem.tables import check_names
from nashbox.rules.exchange.handed_in import Folder, delivered
from nashbox.rules.exchange.keys import commitment, read_key

COMMITMENTS = "commitments.csv"
ENDING = ".key"


def read_numbers(
    path: str | Path, names: Sequence[str], without: Sequence[str], key: bytes
) -> dict[str, bytes]:
    """Everybody's number, by agent, but for those left out.

    Raises InputError for numbers that miss, are not those committed to, or are the same.
    """
    folder = numbers_folder(path, names)
    contents = delivered(folder, without)
    promised = _commitments(folder)
    files = folder.files()
    found: dict[str, bytes] = {}
    for name in contents:
        shown = folder.shown(files[name])
        number = read_key(folder.path / files[name], shown)
        if name not in promised:
            raise InputError(f"{folder.shown(COMMITMENTS)}: has no row for agent {brief(name)}")
        if commitment(number) != promised[name]:
            raise InputError(
                f"{shown}: is not the number that {brief(name)} committed to in {COMMITMENTS}"
            )
        same = [other for other, value in found.items() if value == number]
        if same or number == key:
            whose = f"that of {brief(same[0])}" if same else "the key"
            raise InputError(f"{shown}: is {whose} as well; everybody needs a number of her own")
        found[name] = number
    return found


def numbers_folder(path: str | Path, names: Sequence[str]) -> Folder:
    """The folder with everybody's number."""
    return Folder(Path(path), names, ENDING, (COMMITMENTS,))


def _commitments(folder: Folder) -> dict[str, str]:
    shown = folder.shown(COMMITMENTS)
    (_, header), *body = rows_of_text(folder.read(COMMITMENTS), shown)
    if header != ["agent", "commitment"]:
        raise InputError(
            f"{shown}: the header must be agent,commitment, got {brief(','.join(header))}"
        )
    lines = tuple(line for line, _ in body)
    check_names([row[0] for _, row in body], shown, "agent", lines)
    for line, (name, _) in body:
        if name not in folder.agents:
            raise InputError(
                f"{shown}: row {line}: unknown agent {brief(name)} "
                f"({suggest(name, list(folder.agents))})"
            )
    return {row[0]: row[1] for _, row in body}
