"""Games in which the regret of every player is known, to hold audits to.

A member is built for some tails of its noise and a true gain in units of epsilon; `truth.py` says
what is known of it. `plugins/` holds the rules and games that are handed in as a user would.
"""

from benchmarks.zoo.case import PLUGINS, Case, Member, Truth
from benchmarks.zoo.collection import MEMBERS, NEEDLES

__all__ = ["MEMBERS", "NEEDLES", "PLUGINS", "Case", "Member", "Truth"]
