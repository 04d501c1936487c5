"""Payoffs of an audit, told as penalties where that is what a game pays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

SIGNED = ("payoff", "social_payoff")  # keys that penalties have by names of their own
NAMES = {key: key.replace("payoff", "penalty") for name in SIGNED for key in (name, f"{name}_se")}


def as_penalties(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same mapping with penalties: payoffs with the other sign, and errors."""
    return _told(body, NAMES, SIGNED)


def as_payoffs(body: Mapping[str, Any]) -> dict[str, Any]:
    """What `as_penalties` was made of."""
    names = {name: key for key, name in NAMES.items()}
    return _told(body, names, [NAMES[key] for key in SIGNED])


def _told(
    body: Mapping[str, Any], names: Mapping[str, str], signed: Collection[str]
) -> dict[str, Any]:
    """A mapping, and that of its best deviation, with keys by other names, some with a sign."""
    found: dict[str, Any] = {}
    for key, value in body.items():
        inside: Any = _told(value, names, signed) if key == "best_deviation" else value
        found[names.get(key, key)] = 0.0 - inside if key in signed else inside
    return found
