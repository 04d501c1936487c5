"""Raghavan, Niazi, Johansson (2025): competitive sequential testing.

The abstract's claims 1 to 3, the advantage of a higher divergence and the system's stopping time,
each under the receivers, objectives and payoffs that change the answer. `CLAIMS` is in the order
of a report.
"""

from nashbox.papers.claim import Claim
from nashbox.papers.raghavan2025.advantage import ADVANTAGE_CLAIMS
from nashbox.papers.raghavan2025.alpha import ALPHA_CLAIMS
from nashbox.papers.raghavan2025.contest import CONTEST_CLAIMS
from nashbox.papers.raghavan2025.first import FIRST_CLAIMS
from nashbox.papers.raghavan2025.leaks import LEAK_CLAIMS
from nashbox.papers.raghavan2025.numbers import NUMBER_CLAIMS
from nashbox.papers.raghavan2025.own import OWN_CLAIMS
from nashbox.papers.raghavan2025.price import PRICE_CLAIMS

CLAIMS: tuple[Claim, ...] = (
    *ALPHA_CLAIMS,
    *LEAK_CLAIMS,
    *OWN_CLAIMS,
    *PRICE_CLAIMS,
    *FIRST_CLAIMS,
    *ADVANTAGE_CLAIMS,
    *CONTEST_CLAIMS,
    *NUMBER_CLAIMS,
)
