"""The key `partners` of a problem file: who might collude with whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nashbox.problem.errors import InputError, brief
from nashbox.problem.spec import suggest


def partners_of(value: object, names: Sequence[str], shown: str) -> dict[str, str]:
    """Each pair once, as it was written first. Raises InputError for more than one partner."""
    where = f"{shown}: partners"
    if not isinstance(value, Mapping):
        raise InputError(f"{where} must be a table of agents, got {brief(value)}")
    found: dict[str, str] = {}
    of: dict[str, str] = {}
    for one, other in value.items():
        for name in (one, other):
            if not isinstance(name, str) or name not in names:
                raise InputError(
                    f"{where}: unknown agent {brief(name)} ({suggest(str(name), list(names))})"
                )
        if one == other:
            raise InputError(f"{where}: {one} cannot be her own partner")
        for a, b in ((one, other), (other, one)):
            if of.setdefault(a, b) != b:
                raise InputError(f"{where}: {a} must have one partner at most, got {of[a]} and {b}")
        if found.get(other) != one:
            found[one] = other
    return found
