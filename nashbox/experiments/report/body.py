"""The JSON of a result, from which every number of its report is printed with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.digits import TINY, places_of
from nashbox.experiments.html import Html, element, escaped, joined, number
from nashbox.games.compared import Compared
from nashbox.results.saving import to_text


@dataclass(frozen=True)
class Printed:
    """A JSON mapping and a place in it; `at` goes further in, `n` prints a number from there."""

    body: Mapping[str, Any]
    place: tuple[str | int, ...] = ()
    tiny: float = TINY

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Printed:
        """Take what `to_json` returned, as a file would hold it."""
        read = json.loads(to_text(body))
        return cls(read, tiny=TINY * min(1.0, _scale(read)))

    def at(self, *keys: str | int) -> Printed:
        """Go to a place further in."""
        return Printed(self.body, (*self.place, *keys), self.tiny)

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

    def n(self, *keys: str | int, places: int | None = None) -> Html:
        """Print the number that stands there, to so many decimal places if they are given."""
        path = "/".join(str(key) for key in (*self.place, *keys))
        return number(self.get(*keys), path, places, self.tiny)

    def plus_minus(self, key: str, error: str, *inside: int) -> Html:
        """A number with its standard error, if it was simulated: both to as many places.

        inside: where both stand in the lists of these keys.
        """
        places = places_of(self.get(error, *inside), self.get(key, *inside))
        if places is None:
            return self.n(key, *inside)
        return joined((self.n(k, *inside, places=places) for k in (key, error)), " \u00b1 ")

    def interval(self, *keys: str | int) -> Html:
        """A gain with its bounds."""
        gain = self.at(*keys)
        return joined([gain.n("estimate"), " [", gain.n("lower"), ", ", gain.n("upper"), "]"])

    def value(self, *keys: str | int) -> Html:
        """Anything as people write it: numbers with their place, lists, what belongs to whom."""
        found = self.get(*keys)
        here = self.at(*keys)
        if isinstance(found, list):
            nested = any(isinstance(item, (list, dict)) for item in found)
            return joined((here.value(i) for i in range(len(found))), "; " if nested else ", ")
        if isinstance(found, dict):
            for named in ("name", "kind"):
                if isinstance(found.get(named), str):
                    return here.called(named)
            inside = [joined([f"{key}: ", here.value(key)]) for key in found]
            return joined(inside, "; ") if inside else Html("none")
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return here.n()
        if found in ("inf", "-inf"):
            return here.n()
        return escaped({True: "true", False: "false", None: "none"}.get(found, found))

    def spec(self, *keys: str | int) -> Html:
        """A strategy or mechanism with its parameters; of tables it is said that there are some."""
        return element("code", self.value(*keys))

    def called(self, named: str) -> Html:
        """A mapping by its name, the rest behind it in parentheses."""
        found = self.get()
        rest = [
            joined([f"{key} ", "as in the table" if _is_table(item) else self.value(key)])
            for key, item in found.items()
            if key != named
        ]
        name = escaped(found[named])
        return joined([name, " (", joined(rest, ", "), ")"]) if rest else name


def printed_rows(
    comparison: Compared, result: Printed, mechanism: str
) -> Iterator[tuple[str, Printed]]:
    """The rows of a mechanism, those that are alike as one, each after its profiles' names."""
    for profiles, row in comparison.merged(mechanism):
        yield profiles, result.at("rows", list(comparison.rows).index(row))


def _is_table(item: object) -> bool:
    return isinstance(item, list) and any(isinstance(row, list) for row in item)


def _scale(body: Any) -> float:
    """The largest that anybody is paid or could be: what rounding is measured by; 1 if unknown."""
    paid: list[float] = []

    def look(part: Any, pays: bool) -> None:
        if isinstance(part, Mapping):
            for key, value in part.items():
                look(value, "penalt" in key or "payoff" in key)
        elif isinstance(part, list):
            for value in part:
                look(value, pays)
        elif pays and isinstance(part, (int, float)):
            paid.append(abs(part))

    look(body, False)
    return max(paid, default=0.0) or 1.0


def errors_told(tables: Iterable[Html]) -> Html:
    """What the errors in tables are, where any has one."""
    told = any("\u00b1" in table for table in tables)
    return element("p", "A number after \u00b1 is a standard error.") if told else Html("")
