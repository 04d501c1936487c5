"""What words in tables mean that not every reader knows."""

from __future__ import annotations

from collections.abc import Collection

from nashbox.games.registry import declared


def meanings(game: str, used: Collection[str]) -> list[str]:
    """Legends of the words used, as the game declares them."""
    return [f"{word}: {text}" for word, text in declared(game).words.items() if word in used]
