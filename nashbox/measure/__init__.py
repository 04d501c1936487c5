"""Statistics that know no game: means with errors, controls, looks at the data, tails."""
