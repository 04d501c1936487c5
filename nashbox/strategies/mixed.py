"""Mixed strategies: a pure one is drawn privately in every world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nashbox.problem.errors import InputError, brief
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy
from nashbox.strategies.making import make_strategy


@dataclass(frozen=True)
class Mixed(Strategy):
    """Draw one of `strategies` (names, tables or objects) with the given `weights`.

    Weights are probabilities; they default to equal ones.
    """

    deterministic = False
    parts = "strategies"

    strategies: Sequence[object] = field(
        default_factory=lambda: ("truthful", "free_rider"),
        metadata={"doc": "pure strategies, one of which is drawn"},
    )
    weights: Sequence[float] | None = None  # probabilities; equal ones if not given

    def __post_init__(self) -> None:
        if not isinstance(self.strategies, (list, tuple)) or not self.strategies:
            raise InputError(
                f"mixed.strategies must be a list of strategies, got {brief(self.strategies)}"
            )
        parts = tuple(
            part if isinstance(part, Strategy) else make_strategy(part, "mixed.strategies")
            for part in self.strategies
        )
        n = len(parts)
        if not isinstance(self.weights, (list, tuple, type(None))):
            raise InputError(f"mixed.weights must be a list of {n}, got {brief(self.weights)}")
        weights = tuple(self.weights) if self.weights is not None else (1 / n,) * n
        good = all(isinstance(w, (int, float)) and 0 <= w <= 1 for w in weights)
        if len(weights) != n or not good or abs(sum(weights) - 1) > 1e-9:
            raise InputError(
                f"mixed.weights must be {n} probabilities that sum to 1, got {brief(list(weights))}"
            )
        object.__setattr__(self, "strategies", parts)
        object.__setattr__(self, "weights", weights)

    def invariant(self, view: View) -> bool:
        """All parts are."""
        return all(pure.invariant(view) for pure, _ in self.mixture())

    def mixture(self) -> tuple[tuple[Strategy, float], ...]:
        """Return the pure strategies with a positive weight, nested mixtures resolved."""
        assert self.weights is not None  # noqa: S101 - filled in above
        return tuple(
            (pure, weight * inner)
            for part, weight in zip(self.strategies, self.weights, strict=True)
            if weight > 0 and isinstance(part, Strategy)
            for pure, inner in part.mixture()
        )

    def revise(self, view: View) -> Strategy:
        """Revise every part."""
        assert self.weights is not None  # noqa: S101 - filled in above
        parts = [p.revise(view) for p in self.strategies if isinstance(p, Strategy)]
        return Mixed(strategies=parts, weights=self.weights)
