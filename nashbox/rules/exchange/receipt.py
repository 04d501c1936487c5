"""The receipt: what binds everybody to the exchange, and tells nobody anything about another.

It holds hashes and salted commitments, and no time, host or path. Its digest is over all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from nashbox.experiments.sweep.sources import sources
from nashbox.problem.errors import InputError
from nashbox.results.saving import versions
from nashbox.rules.exchange.agreed import Agreed
from nashbox.rules.exchange.keys import digest

FORMAT = "nashbox-receipt/1"
NAME = "receipt.json"
PROGRAMS = ("python", "numpy", "scipy", "nashbox")
KEYS = {"format", "rules", "key", "numbers", "agents", "without", "versions", "digest"}


class ChangedError(InputError):
    """A receipt whose contents are not those it was written with."""


def programs(packages: Mapping[str, str]) -> dict[str, str]:
    """Versions that the numbers depend on; of nashbox the sources as well."""
    return {**_installed(), **packages}


@cache
def _installed() -> dict[str, str]:
    found = versions()
    return {name: found[name] for name in PROGRAMS} | {"sources": sources()}


def receipt_bytes(
    rules: Agreed,
    key: str,
    numbers: Mapping[str, str] | None,
    agents: Sequence[Mapping[str, str]],
    without: Sequence[str],
) -> bytes:
    """The file. key, numbers: commitments. agents: name, and commitments to submission and answer.

    numbers: None where nobody was asked for one.
    """
    body: dict[str, Any] = {
        "format": FORMAT,
        "rules": {
            "hash": rules.hash,
            "files": [{"name": name, "sha256": found} for name, found in rules.files],
        },
        "key": key,
        "numbers": numbers,
        "agents": list(agents),
        "without": list(without),
        "versions": programs(rules.packages),
    }
    return _text({**body, "digest": digest("receipt", body)})


def _text(body: Mapping[str, Any]) -> bytes:
    return (json.dumps(body, indent=2) + "\n").encode("ascii")


def read_receipt(content: bytes, shown: str) -> dict[str, Any]:
    """The receipt's contents. Raises ChangedError if a byte is not as it was written."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ChangedError(f"{shown}: is no receipt, or was changed: {error}") from error
    if not isinstance(body, dict) or set(body) != KEYS or not _shaped(body):
        raise ChangedError(f"{shown}: is no receipt, or was changed: format must be {FORMAT!r}")
    rest = {name: value for name, value in body.items() if name != "digest"}
    if body["digest"] != digest("receipt", rest) or _text(body) != content:
        raise ChangedError(f"{shown}: was changed: its digest is not that of its contents")
    return body


def _shaped(body: Mapping[str, Any]) -> bool:
    """Whether every part is of the kind that is written."""

    def words(value: object, *keys: str) -> bool:
        texts = isinstance(value, dict) and all(isinstance(x, str) for x in value.values())
        return texts and (not keys or set(value) == set(keys))  # type: ignore[call-overload]

    def listed(value: object, *keys: str) -> bool:
        return isinstance(value, list) and all(words(row, *keys) for row in value)

    rules, without = body["rules"], body["without"]
    return (
        body["format"] == FORMAT
        and isinstance(rules, dict)
        and set(rules) == {"hash", "files"}
        and isinstance(rules["hash"], str)
        and listed(rules["files"], "name", "sha256")
        and bool(rules["files"])
        and isinstance(body["key"], str)
        and (body["numbers"] is None or words(body["numbers"]))
        and listed(body["agents"], "name", "submission", "answer")
        and isinstance(without, list)
        and all(isinstance(name, str) for name in without)
        and words(body["versions"])
        and "nashbox" in body["versions"]
    )


def check_versions(
    body: Mapping[str, Any], shown: str, packages: Mapping[str, str] | None = None
) -> None:
    """Refuse other versions than the receipt's, by name. Raises InputError.

    packages: of the rules, which are looked at only if they are given.
    """
    here = programs(packages or {})
    own = (*PROGRAMS, "sources")
    for name, wanted in body["versions"].items():
        found = here.get(name, "not installed")
        if found == wanted or (name not in own and packages is None):
            continue
        if name == "sources":
            raise InputError(
                f"{shown}: made with other sources of nashbox {body['versions']['nashbox']} "
                f"({wanted[:12]}) than the installed ones ({found[:12]}); install those to verify"
            )
        raise InputError(
            f"{shown}: made with {name} {wanted}, and {name} {found} is installed; "
            "install that version to verify it"
        )
