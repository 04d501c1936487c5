"""Rules for games that have plans: found, compared with what could go wrong, and tested."""
