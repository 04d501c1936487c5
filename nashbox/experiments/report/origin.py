"""How a result came about, and what it takes to repeat it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nashbox.experiments.html import Html, element, joined, table
from nashbox.experiments.report.body import Printed


@dataclass(frozen=True)
class Origin:
    """The command's words, and the SHA-256 of every file that a result rests on."""

    arguments: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def repeat_part(result: Printed, origin: Origin) -> Html:
    """The command, files with their hashes, seeds and versions."""
    parts: list[object] = [element("h2", "To repeat it")]
    if origin.arguments:
        parts.append(element("pre", f"nashbox {shlex.join(origin.arguments)}"))
    for name, digest in origin.files.items():
        parts.append(element("p", f"{name}, SHA-256 ", element("code", digest)))
    seeds = result.get("seeds") or {}
    rows: list[Sequence[object]] = [(f"{key}", result.at("seeds").value(key)) for key in seeds]
    versions = result.get("versions") or {}
    rows += [(key, element("code", text)) for key, text in versions.items()]
    parts.append(table(["seed or package", "value"], rows))
    parts.append(
        element(
            "p",
            "The same seeds and versions give the same numbers, whatever the number of processes. "
            "The whole result stands in this file as JSON, in the element ",
            element("code", "script#result"), ".",
        )
    )  # fmt: skip
    return joined(parts)
