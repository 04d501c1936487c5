"""What tests of exchanges share: rules, a key, and submissions."""

from nashbox.rules.exchange.keys import key_text

KEY = key_text(bytes(range(32)))
TABLE = """\
game = "estimation"
agents = ["North", "South", "East"]
distributions = ["marker", "volume"]
sigma = [10.0, 8.0]
costs = [[0.033, 0.1], [0.066, 0.1], [0.1, inf]]
plan = [[30, 12], [15, 12], [10, 0]]
"""
PICK = """
from dataclasses import dataclass
import numpy as np
from nashbox import Mechanism

@dataclass(frozen=True)
class Pick(Mechanism):
    '''Everybody gets the mean of one of the others, drawn at random.'''
    def mediate(self, submissions, terms, rng):
        m = len(submissions)
        worlds = np.arange(submissions[0].worlds)
        means = np.stack([s.mean for s in submissions])
        chosen = [(i + rng.integers(1, m, size=worlds.size)) % m for i in range(m)]
        return [means[c, worlds] for c in chosen]
"""


def rules(mechanism="sample_mean", **more):
    """A problem file's text."""
    extra = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'{TABLE}mechanism = "{mechanism}"\n{extra}'


def files(mechanism="sample_mean", **more):
    """All that an exchange of three agents needs; South's spreadsheet writes a mark in front."""
    return {
        "rules.toml": rules(mechanism, **more),
        "secret.key": KEY,
        "in/North.csv": "marker,volume\n1.5,2\n2.5,\n-3e0,4\n",
        "in/South.csv": b"\xef\xbb\xbfvolume\r\n3\r\n5\r\n",
        "in/East.csv": "marker\n7\n",
    }


EXCHANGE = ("exchange", "rules.toml", "in", "--key", "secret.key", "--out", "out")
VERIFY = ("exchange", "rules.toml", "in", "--key", "secret.key", "--verify", "out/receipt.json")
