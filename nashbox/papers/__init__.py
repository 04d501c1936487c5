"""The papers' claims, one function each, checked by one command."""
