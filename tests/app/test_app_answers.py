"""The answer to the page's question, in words, for the stories it begins with."""

import math
import re
from html import unescape

import pytest

from nashbox.app.answers import answer
from nashbox.app.desk import Desk
from nashbox.app.messages import Setup
from nashbox.app.sources import PRESETS, ProblemSource
from nashbox.app.story import Story, svg
from nashbox.problem.files import from_mapping
from tests.games import JAM

ANSWERS = {
    "Free riding under pooling": (
        "plan",
        "a1 gains 0.336 by collecting 0 points instead of 7",
        "a1 plays free_rider and gains 0.336 by it",
    ),
    "Free riding under CBL": (
        "yes",
        "nobody gains over 0.1 % by doing anything else",
        "a1 plays free_rider and loses beyond all bounds by it",
    ),
    "A liar among honest labs": ("plan", "a1 gains 0.336", "(simulated, +-"),
    "A public good": (
        "no",
        "by contribute(share=0.0). 3 others could gain too",
        "a3 plays contribute(share=0.0) and gains 0.600 by it",
    ),
}


@pytest.mark.parametrize("preset", ANSWERS)
def test_the_question_is_answered_in_words(preset):
    word, *parts = ANSWERS[preset]
    found, text = answer(ProblemSource(preset, raw=PRESETS[preset]).problem(), seed=0)
    assert found == word
    for part in parts:
        assert part in text, text


def test_what_deviants_gain_is_simulated_where_no_formula_is_known(folder):
    (folder / "jam.py").write_text(JAM)
    jam = {"game": "jam.py:Jam", "agents": 5, "strategies": {"a1": "go"}}
    known = "Not known yet: no formula covers this game. Audit it to find out. "
    assert answer(from_mapping(jam), 0) == (
        "open", f"{known}a1 plays go and gains 0.500 (simulated) by it.",
    )  # fmt: skip
    coins = {"p0": ["3/5", "2/5"], "p1": ["2/5", "3/5"]}
    agents = [{"name": name, **coins} for name in "xyz"]
    agents[2]["strategy"] = {"name": "signaller", "weight": 0.6}
    race = {"game": "testing", "beta": "1/10", "agents": agents}
    told = answer(from_mapping(race), 0)[1]
    assert re.search(
        r" z plays signaller\(weight=0\.6\) and \w+ .* \(simulated, \+-.*\) by it", told
    )
    assert "x plays" not in told


def test_a_story_shows_what_everybody_owes_hands_in_and_pays():
    raw = {**PRESETS["Free riding under CBL"], "agents": ["Łódź <b>", "東京", "معمل"]}
    raw["strategies"] = {"東京": "free_rider"}
    said = []
    desk = Desk()
    desk.reset(said.append, Setup(ProblemSource("p", raw=raw), worlds=100))
    desk.advance(said.append, 1)
    story = [one for one in said if isinstance(one, Story)][-1]
    data, penalty = story.panels
    assert [sum(row) for row in data.lengths] == [110.0, 0.0, 0.0]
    assert data.marks[0][2] == [55.0, 39.0, 0.0]  # what CBL makes of the plan
    assert math.isinf(sum(penalty.lengths[1]))
    texts = [
        unescape(re.sub("<[^>]*>", "", one)) for one in re.findall("<text.*?</text>", svg(story))
    ]
    assert "東京free_rider" in texts and "inf" in texts and "Łódź <b>truthful" in texts


def test_marks_without_end_are_drawn_and_read_aloud():
    """Who cannot measure all alone has an infinite penalty there; others' marks are solid."""
    raw = {
        "game": "estimation",
        "sigma": 10.0,
        "costs": [[0.1, math.inf], [0.1, 0.1]],
        "mechanism": "cbl",
    }
    said = []
    desk = Desk()
    desk.reset(said.append, Setup(ProblemSource("p", raw=raw), worlds=100))
    drawing = svg([one for one in said if isinstance(one, Story)][-1])
    assert ">working alone</text>" in drawing and ">inf</text>" in drawing
    assert drawing.count("stroke-dasharray") == 2  # hers, and in the legend
    words = re.search('aria-label="(.*?)"', drawing)[1]
    assert "working alone inf" in words and words.count("working alone") == 2
