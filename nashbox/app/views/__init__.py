"""What the page shows of a game, one module a kind of picture; games declare theirs (`page`)."""
