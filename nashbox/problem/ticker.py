"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Ticker = Callable[[int, int], None]  # called with how much is done, and how much there is
