"""File names of agents, safe on every file system, whatever the agents are called.

Letters and digits of any script, blanks and ``_-.'(),&+@`` stay; everything else, whatever is none
of letter, digit, ``_`` and ``(`` in front, and the first letter of names that Windows keeps for
devices, is written as its UTF-8 bytes: ``%`` and two digits each. Agents whose names some file
systems take for one (North and north, or an accent composed and not) have everything but small
letters a-z, digits, ``_`` and ``-`` written so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from nashbox.problem.errors import InputError

SIGNS = " _-.'(),&+@"
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
DEVICES = re.compile(r"(con|prn|aux|nul|clock\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
LONGEST = 180  # bytes of a name without its ending


def folded(name: str) -> str:
    """What names have in common that some file systems do not tell apart.

    >>> folded("NORTH.csv") == folded("north.csv")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def stems(agents: Sequence[str]) -> dict[str, str]:
    """The name of every agent's file, without its ending.

    Raises InputError if two would be the same, which no names are known to do.

    >>> list(stems(["lab 1", "a/b", "-x", "North", "north", "con"]).values())
    ['lab 1', 'a%2Fb', '%2Dx', '%4Eorth', 'north', '%63on']
    """
    alike = Counter(folded(name) for name in agents)
    found = {name: _stem(name, strict=alike[folded(name)] > 1) for name in agents}
    if len({folded(stem) for stem in found.values()}) < len(found):
        raise InputError("two agents would have the same file; call one of them otherwise")
    return found


def _stem(name: str, *, strict: bool) -> str:
    text = "".join(
        c if (c in PLAIN if strict else _stays(c, first=j == 0)) else _coded(c)
        for j, c in enumerate(name)
    )
    if DEVICES.fullmatch(text):
        text = _coded(text[0]) + text[1:]
    if len(text.encode()) > LONGEST:
        short = text.encode()[: LONGEST - 40].decode(errors="ignore")
        text = f"{short}%{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return text


def _stays(c: str, *, first: bool) -> bool:
    letter = unicodedata.category(c)[0] in "LNM"
    return letter or c in ("_(" if first else SIGNS)


def _coded(c: str) -> str:
    return "".join(f"%{byte:02X}" for byte in c.encode())
