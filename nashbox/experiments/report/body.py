"""The JSON of a result, from which every number of its report is printed with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.html import Html, element, escaped, joined, number
from nashbox.experiments.saving import to_text


@dataclass(frozen=True)
class Printed:
    """A JSON mapping and a place in it; `at` goes further in, `n` prints a number from there."""

    body: Mapping[str, Any]
    place: tuple[str | int, ...] = ()

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Printed:
        """Take what `to_json` returned, as a file would hold it."""
        return cls(json.loads(to_text(body)))

    def at(self, *keys: str | int) -> Printed:
        """Go to a place further in."""
        return Printed(self.body, (*self.place, *keys))

    def get(self, *keys: str | int) -> Any:
        """What stands there, None if nothing does."""
        found: Any = self.body
        for key in (*self.place, *keys):
            if isinstance(found, Mapping):
                found = found.get(str(key))
            elif isinstance(found, Sequence) and isinstance(key, int) and key < len(found):
                found = found[key]
            else:
                return None
        return found

    def n(self, *keys: str | int) -> Html:
        """Print the number that stands there."""
        path = "/".join(str(key) for key in (*self.place, *keys))
        return number(self.get(*keys), path)

    def plus_minus(self, key: str, error: str) -> Html:
        """A number with its standard error, if it was simulated."""
        return joined([self.n(key), " \u00b1 ", self.n(error)]) if self.get(error) else self.n(key)

    def interval(self, *keys: str | int) -> Html:
        """A gain with its bounds."""
        gain = self.at(*keys)
        return joined([gain.n("estimate"), " [", gain.n("lower"), ", ", gain.n("upper"), "]"])

    def value(self, *keys: str | int) -> Html:
        """Anything: numbers with their place, lists in brackets, words as they are."""
        found = self.get(*keys)
        here = self.at(*keys)
        if isinstance(found, list):
            return joined(["[", joined((here.value(i) for i in range(len(found))), ", "), "]"])
        if isinstance(found, dict):
            inside = (joined([f"{key} = ", here.value(key)]) for key in found)
            return joined(["{", joined(inside, ", "), "}"])
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return here.n()
        if found in ("inf", "-inf"):
            return here.n()
        return escaped({True: "true", False: "false", None: "none"}.get(found, found))

    def spec(self, *keys: str | int) -> Html:
        """A strategy or mechanism as problem files name it."""
        found = self.get(*keys)
        if not isinstance(found, dict):
            return element("code", found)
        rest = (joined([f"{k} = ", self.at(*keys).value(k)]) for k in found if k != "name")
        return element("code", found.get("name"), " {", joined(rest, ", "), "}")
