"""What every result is: a dataclass that is a JSON mapping, and how files are written whole."""
