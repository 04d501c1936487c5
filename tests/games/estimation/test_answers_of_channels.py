"""What channels of one's own answer is held to their contract where it arises, in one line."""

import math

import numpy as np
import pytest

from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.errors import ContractError
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.responses import Bend, Best

RNG = np.random.default_rng(0)
PLAY, POOL = Play.truthful(5.0), PollutedPool.of([Play(5.0, 9.0, 5.0)], 10.0)
ONES = np.ones(4)
ASKED = {
    "best_risk": (ONES,),
    "slope": (5.0,),
    "floor": (0.1, 3.0),
    "best_play": (5.0,),
    "risk": (PLAY,),
    "estimate": (PLAY, ONES, ONES, ONES),
    "examined_risk": (PLAY,),
    "risk_floor": (5.0,),
    "risk_among": (PLAY, POOL),
    "copied_risk": (5, 5, 5, 5),
    "scaled": (2.0,),
    "errors": (np.array([1, 2, 3]), ONES, 7, RNG),
}
WRONG = {
    "best_risk": [math.nan * ONES, -ONES, np.ones(7), 3.0, [3.0], None, "x", [[1], [1, 2]], 1j],
    "slope": [math.nan, None, ONES, True],
    "floor": [math.nan, None, 3.1],
    "best_play": [None, (5.0, 5.0)],
    "risk": [5.0, None, (math.nan, 0.0), (-1.0, 0.0), (3.0, -1.0), (3.0, math.nan), ("a", "b")],
    "estimate": [np.ones(3), None, 1j * ONES],
    "examined_risk": [None, (math.nan, 0.0), (1.0,)],
    "risk_floor": [math.nan, None, -1.0],
    "risk_among": [math.nan, -1.0, "x", None],  # it says that it is linear
    "copied_risk": [math.nan, -1.0, None],
    "scaled": [3, "x"],
    "errors": [np.ones(3), np.full((7, 3), math.nan), "x", -np.ones((7, 3))],
}


def channel_that(method, answer):
    """A channel of a user's own with one method that answers something else."""
    cls = type("Own", (MeanChannel,), {method: lambda self, *asked, **named: answer})
    return cls(10.0, 20.0)


@pytest.mark.parametrize(
    ("method", "answer"), [(name, each) for name, rows in WRONG.items() for each in rows]
)
def test_what_is_no_answer_is_refused_by_name(method, answer):
    with pytest.raises(ContractError, match=rf"Own\.{method} must return .*, got ") as error:
        getattr(channel_that(method, answer), method)(*ASKED[method])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("answer", [(1, 2), Bend(math.nan, 0.0), Bend(-1.0, 0.0), "x"])
def test_bends(answer):
    with pytest.raises(ContractError, match=r"Own\.bend must return"):
        channel_that("bend", answer).bend(5.0, 0.1, 1.0, integer=True)


def test_what_is_an_answer_comes_back():
    known = MeanChannel(10.0, 20.0)
    for method, asked in ASKED.items():
        said = getattr(known, method)(*asked)
        found = getattr(channel_that(method, said), method)(*asked)
        assert np.all(found == said) or found is said
    assert channel_that("scaled", None).scaled(2.0) is None
    assert channel_that("errors", None).errors(*ASKED["errors"]) is None
    assert channel_that("risk", (math.inf, 0)).risk(PLAY) == (math.inf, 0.0)


def test_linear_channels_say_what_they_know():
    class Own(MeanChannel):
        risk_among = Channel.risk_among

    with pytest.raises(ContractError, match="Own says linear = True and has no risk_among"):
        Own(10.0, 20.0).risk_among(PLAY, POOL)


def joint_that(method, answer):
    body = dict.fromkeys(("risk", "risks", "best"), lambda self, *asked, **named: None)
    body |= {method: lambda self, *asked, **named: answer, "members": (0, 1)}
    return type("Tied", (Joint,), body)()


@pytest.mark.parametrize(
    ("method", "asked", "answer"),
    [
        ("risk", ([PLAY, PLAY],), math.nan),
        ("risks", (np.ones((3, 2)),), np.ones(2)),
        ("best", (np.ones(2),), 5.0),
        ("best", (np.ones(2),), Best((PLAY,), 1.0, 0.5)),
        ("best", (np.ones(2),), Best((PLAY, PLAY), 1.0, 1.5)),
        ("examined", ([ONES, ONES],), np.ones(4)),
    ],
)
def test_distributions_tied_together(method, asked, answer):
    more = {"integer": True} if method == "best" else {}
    with pytest.raises(ContractError, match=rf"Tied\.{method} must return "):
        getattr(joint_that(method, answer), method)(*asked, **more)


EXAMINED = """
from nashbox.mechanisms import SampleMean
from nashbox.mechanisms.mean_channel import MeanChannel


class Half(MeanChannel):
    def examined_risk(self, play):
        risk, error = self.risk(play)
        return risk / 2, error


class Rules(SampleMean):
    def channel(self, terms, agent, k, others):
        return Half(float(terms.sigma[k]), others)
"""


def test_two_ways_to_compute_a_risk_must_agree(nashbox, folder, problem):
    """An exhaustive audit took the second one's word for a gain of half of the risk."""
    file = problem(mechanism='"half.py:Rules"')
    answer = nashbox(
        "audit", "p.toml", "--method", "exhaustive", files={"p.toml": file, "half.py": EXAMINED}
    )
    answer.refuses("Half: examined_risk and risk disagree")


NOT_A_NUMBER = EXAMINED.replace("risk / 2", "risk * float('nan')")


def test_no_verdict_from_what_is_no_number(nashbox, folder, problem):
    """An exhaustive audit called everybody honest."""
    file = problem(mechanism='"half.py:Rules"')
    answer = nashbox(
        "audit", "p.toml", "--method", "exhaustive", files={"p.toml": file, "half.py": NOT_A_NUMBER}
    )
    answer.refuses("Half.examined_risk must return")
