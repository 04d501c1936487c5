"""The claims of the first paper at a size that tests can afford, and the verdicts they have."""

from functools import lru_cache

from nashbox.papers.clinton2025 import CLAIMS

VERDICTS = {
    "fact1": "holds if",
    "fact2": "holds",
    "figure1": "holds if",
    "free-riding": "holds",
    "fabrication": "holds",
    "unravelling": "holds",
    "less-noise": "holds",
    "condition8": "holds if",
    "corruption": "holds",
    "theorem1": "holds if",
    "theorem2": "holds if",
    "theorem3": "holds",
    "equal-agents": "holds",
    "theorem4": "holds",
    "theorem5": "holds",
    "print-social-counts": "fails",
    "print-third-penalty": "fails",
    "print-line23": "fails",
    "print-fabricator": "fails",
    "print-section5": "fails",
    "print-nash-product": "holds if",
    "print-order": "holds if",
}


def checked(id, seed=0, parts=1):
    """The finding of a claim; of one in parts only the first ones."""
    claim = {claim.id: claim for claim in CLAIMS}[id]
    if claim.parts is None:
        return claim.check(True, seed)
    return claim.parts.merge([claim.parts.work(True, seed, j) for j in range(parts)])


@lru_cache
def known(id, seed=0):
    """The same, remembered: for tests that leave all formulas as they are."""
    return checked(id, seed)


def number(finding, start):
    """The one number whose name starts so."""
    (found,) = (n for n in finding.numbers if n.name.startswith(start))
    return found
