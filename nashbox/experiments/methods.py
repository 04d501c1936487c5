"""The strengths of an audit by name; apart from the audit, so that naming them loads nothing."""

METHODS = ("auto", "exact", "exhaustive", "black_box")
BUDGET = 2_000_000  # worlds simulated per player, unless asked otherwise
