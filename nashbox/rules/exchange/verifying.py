"""Whether a receipt is what the rules make of rules, key and submissions, to the last bit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from nashbox.problem.errors import InputError, brief
from nashbox.problem.reading import read_bytes
from nashbox.results.base import Result
from nashbox.results.saving import harmless
from nashbox.rules.exchange.agreed import hashes, read_rules
from nashbox.rules.exchange.answer_files import proof_of
from nashbox.rules.exchange.exchanging import Exchanged, played
from nashbox.rules.exchange.file_names import stems
from nashbox.rules.exchange.handed_in import Folder
from nashbox.rules.exchange.keys import commitment, read_key, salt, salted
from nashbox.rules.exchange.numbers import numbers_folder
from nashbox.rules.exchange.receipt import NAME, ChangedError, check_versions, read_receipt


@dataclass(frozen=True)
class Proof(Result):
    """What a verification found: nothing, or what differs.

    checked: in words. key: commitment of the exchange's key, None where no receipt could be read.
    """

    FORMAT: ClassVar[str] = "nashbox-verification/1"
    KEYS: ClassVar[str] = "verified checked differences key"

    checked: Sequence[str]
    differences: Sequence[str] = field(default_factory=list)
    key: str | None = None

    @property
    def verified(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def verify(
    receipt: str | Path,
    rules: str | Path,
    submissions: str | Path,
    key: str | Path,
    numbers: str | Path | None = None,
    answers: str | Path | None = None,
) -> Proof:
    """Repeat an exchange bit for bit, and say what differs.

    answers: the folder with the receipt and everybody's answer, as it was written. Raises
    InputError for files that cannot be read, and for other versions than the receipt's.
    """
    shown = str(receipt)
    content = read_bytes(receipt, shown)
    secret = read_key(key, str(key))
    try:
        body = read_receipt(content, shown)
    except ChangedError as error:
        return Proof(["receipt"], [str(error)])
    names = [agent["name"] for agent in body["agents"]]
    folder = Folder(Path(submissions), [*names, *body["without"]])
    folder.listing()  # no folder at all is no difference, but a wrong word
    check_versions(body, shown)
    found = list(_other_rules(body, rules))
    agreed = None if found else read_rules(rules)
    if agreed is not None:
        check_versions(body, shown, agreed.packages)
    found += [] if body["key"] == commitment(secret) else [f"{key}: is not the key committed to"]
    given, others = _numbers(body, numbers)
    found += others
    contents: dict[str, bytes] = {}
    if body["key"] == commitment(secret):
        contents, others = _submissions(body, folder, secret)
        found += others
    checked = ["receipt", "rules", "key", "submissions", *(["numbers"] if given else [])]
    if agreed is not None and not found:
        again = played(agreed, contents, secret, given, str(submissions))
        checked.append("answers" if answers is None else "answers as they were written")
        found += _other_receipt(body, again)
        if answers is not None:
            found += _other_answers(again, Path(answers))
    return Proof(checked, found, body["key"])


def verify_own(
    receipt: str | Path,
    answer: str | Path,
    submission: str | Path | None = None,
    *,
    rules: str | Path | None = None,
) -> Proof:
    """Whether a receipt speaks of an agent's own files; her salt stands in her answer.

    rules: her copy of them, if they are to be looked at as well.

    Raises InputError for files that cannot be read.
    """
    content = read_bytes(answer, str(answer))
    handed = None if submission is None else read_bytes(submission, str(submission))
    checked = ["receipt", "answer", *([] if handed is None else ["submission"])]
    checked += [] if rules is None else ["rules"]
    try:
        body = read_receipt(read_bytes(receipt, str(receipt)), str(receipt))
    except ChangedError as error:
        return Proof(checked, [str(error)])
    try:
        proof = proof_of(content, str(answer))
        own = bytes.fromhex(proof["salt"])
    except ValueError as error:
        return Proof(checked, [str(error)], body["key"])
    mine = [a for a in body["agents"] if harmless(a["name"]) == proof["agent"]]
    if not mine:
        who = f"{answer}: the receipt knows no agent {brief(proof['agent'])}"
        return Proof(checked, [who], body["key"])
    differences = [] if rules is None else list(_other_rules(body, rules))
    if all(salted(own, "answer", content) != agent["answer"] for agent in mine):
        differences.append(f"{answer}: is not the answer that the receipt was written for")
    if handed is not None and all(
        salted(own, "submission", handed) != agent["submission"] for agent in mine
    ):
        differences.append(f"{submission}: is not the submission that was used")
    if proof["rules"] != body["rules"]["hash"]:
        differences.append(f"{answer}: comes from other rules than the receipt's")
    if proof["key"] != body["key"]:
        differences.append(f"{answer}: comes from another key than the receipt's")
    return Proof(checked, differences, body["key"])


def _other_rules(body: Mapping[str, Any], rules: str | Path) -> Iterator[str]:
    """Files that are not those of the receipt; a broken problem file is another one."""
    wanted = [(entry["name"], entry["sha256"]) for entry in body["rules"]["files"]]
    read_bytes(rules, str(rules))  # a missing file is no difference
    try:
        found = hashes(rules)
    except InputError:
        found = []
    if found == wanted:
        return
    if not found or found[0] != wanted[0]:
        yield f"{rules}: is not the file of these rules"
        return
    left = dict(found[1:])
    for name, digest in wanted[1:]:
        if (name, digest) not in found:
            what = "is not the file of these rules" if name in left else "is missing"
            yield f"{name}, named by {rules}: {what}"
    if len(found) > len(wanted):
        yield f"{rules}: files that it names were not there: {len(found) - len(wanted)}"


def _submissions(
    body: Mapping[str, Any], folder: Folder, key: bytes
) -> tuple[dict[str, bytes], list[str]]:
    """Everybody's file, and those that differ."""
    try:
        files = folder.files()
    except InputError as error:
        return {}, [str(error)]
    contents, differences = {}, []
    for name in body["without"]:
        if name in files:
            differences.append(f"{folder.shown(files[name])}: was not there: {name} was left out")
    for agent in body["agents"]:
        name = agent["name"]
        if name not in files:
            differences.append(f"{folder.shown(folder.expected(name))}: is missing")
            continue
        try:
            contents[name] = folder.read(files[name])
        except InputError as error:
            differences.append(str(error))
            continue
        if salted(salt(key, name), "submission", contents[name]) != agent["submission"]:
            differences.append(f"{folder.shown(files[name])}: is not the submission that was used")
    return contents, differences


def _numbers(
    body: Mapping[str, Any], path: str | Path | None
) -> tuple[dict[str, bytes] | None, list[str]]:
    """Everybody's number, and those that are not the ones committed to."""
    wanted = body["numbers"]
    if wanted is None:
        if path is None:
            return None, []
        return None, [f"{path}: the exchange was made without numbers"]
    if path is None:
        raise InputError("the exchange was made with numbers: --numbers FOLDER is needed")
    if set(wanted) != {agent["name"] for agent in body["agents"]}:
        return None, ["the receipt: its numbers are not those of everybody who took part"]
    folder = numbers_folder(path, [*wanted, *body["without"]])
    files = folder.files()
    numbers, differences = {}, []
    for name, promised in wanted.items():
        if name not in files:
            differences.append(f"{folder.shown(folder.expected(name))}: is missing")
            continue
        shown = folder.shown(files[name])
        try:
            numbers[name] = read_key(folder.path / files[name], shown)
        except InputError as error:
            differences.append(str(error))
            continue
        if commitment(numbers[name]) != promised:
            differences.append(f"{shown}: is not the number that was used")
    return numbers, differences


def _other_receipt(body: Mapping[str, Any], again: Exchanged) -> list[str]:
    repeated = json.loads(again.receipt)
    if body == repeated:
        return []
    before = {agent["name"]: agent["answer"] for agent in body["agents"]}
    after = {agent["name"]: agent["answer"] for agent in repeated["agents"]}
    differences = [
        f"the receipt: the answer to {name} is not what the rules make of the submissions"
        for name in before
        if after.get(name) != before[name]
    ]
    if differences:
        return differences
    keys = ", ".join(sorted(key for key in body if body[key] != repeated.get(key)))
    return [f"the receipt: is not the one of this exchange: {keys}"]


def _other_answers(again: Exchanged, folder: Path) -> list[str]:
    """Files of the folder that are not what the exchange makes, or are missing or too many."""
    names = again.rules.game.problem.names
    held = Folder(folder, names, others=(NAME,))
    owners = {f"{stem}.csv": name for name, stem in stems(names).items()}
    there = set(held.listing())
    differences = [
        f"{held.shown(file)}: is not of this exchange"
        for file in sorted(there - set(again.files))
        if not file.startswith(".")
    ]
    for file, content in again.files.items():
        if file not in there:
            differences += [f"{held.shown(file)}: is missing"] if file != NAME else []
            continue
        try:
            same = held.read(file) == content
        except InputError as error:
            differences.append(str(error))
            continue
        if not same:
            whose = f"the answer to {owners[file]}" if file in owners else "the receipt"
            differences.append(f"{held.shown(file)}: is not {whose} of this exchange")
    return differences
