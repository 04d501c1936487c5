"""Which class a formula is about: the one that has it, not one that derives and changes the rules.

>>> class Rules:
...     def pay(self): return 1
...     def formula(self): return 1
>>> class Others(Rules):
...     def pay(self): return 2
>>> changed_below(Others, "formula", ("pay",))
'Others has another pay than the formulas of Rules'
>>> changed_below(Rules, "formula", ("pay",)) is None
True
"""

from __future__ import annotations

from collections.abc import Sequence


def changed_below(cls: type, formula: str, rules: Sequence[str]) -> str | None:
    """Why `formula` says nothing of `cls`: one of `rules` is defined nearer to it; else None.

    Nearer means earlier in the order in which Python looks methods up, so that a class mixed in
    beside the one with the formula counts as well.
    """
    place = _place(cls, formula)
    for name in rules:
        found = _place(cls, name)
        if found < place < len(cls.__mro__):
            changed, owner = cls.__mro__[found], cls.__mro__[place]
            return f"{changed.__name__} has another {name} than the formulas of {owner.__name__}"
    return None


def _place(cls: type, name: str) -> int:
    """Where in the method resolution order an attribute is defined, beyond its end if nowhere."""
    order = cls.__mro__
    return next((k for k, found in enumerate(order) if name in vars(found)), len(order))
