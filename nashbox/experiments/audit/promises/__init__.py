"""Promises of strategies, mechanisms and games, tested inside every audit instead of believed.

What a class says of itself (that it moves with mu, keeps worlds apart, remembers nothing, that its
formulas are those of what it does) decides whether a verdict can be trusted. Classes that are part
of nashbox are held to it by the project's tests; those of users, and subclasses, in every audit:

* `hold` raises ContractError, one line with class, promise and what was seen;
* `hold_formulas` compares formulas with the game before anything is called exact.

Every test has a stated chance of accusing a class that keeps its promises; all of them together
accuse one of a whole audit with a chance below 1e-4 (`hold`) and 1e-3 (`hold_formulas`).
"""

from nashbox.experiments.audit.promises.formulas import hold_formulas
from nashbox.experiments.audit.promises.holding import hold

__all__ = ["hold", "hold_formulas"]
