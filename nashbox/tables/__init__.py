"""Results as tables that a person likes to read in a terminal."""
