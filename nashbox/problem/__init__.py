"""A game as validated data: costs, sigma, observation models, files. Nothing happens here."""
