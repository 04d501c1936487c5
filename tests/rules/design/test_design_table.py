"""What a design prints: measures, words and letters that occur, and no others."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nashbox.rules.design import design
from nashbox.rules.design.best_rules import OPENLY
from nashbox.tables.design import COMPARED, KINDS, against_bound, compared, design_sheet, legend
from tests.games import figure1, from_mapping

TWO = {"game": "estimation", "sigma": 10.0, "costs": [[0.05], [0.07]]}
DECOYS = ("alone", "free", "decoy")


@pytest.fixture(scope="module")
def decoys():
    return design(from_mapping(TWO), "egalitarian", kinds=DECOYS)


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    ("goal", "measure"), [("social", np.sum), ("egalitarian", np.max)], ids=lambda x: str(x)[:4]
)
def test_a_percentage_stands_beside_the_measure_that_it_is_of(goal, measure):
    found = design(figure1(), goal, kinds=OPENLY)
    text = against_bound(found)
    paid, share = re.match(r"\w+ penalty ([\d.]+), ([\d.]+) % above the least", text).groups()
    assert float(paid) == pytest.approx(measure(found.penalties), abs=1e-4)
    least = float(paid) / (1 + float(share) / 100)
    assert least == pytest.approx(measure(found.bound), rel=1e-4)
    assert f"social penalty {found.social_penalty:.4f}" in text


def test_the_title_is_what_was_chosen(decoys):
    assert decoys.chosen == "designed, decoys" and decoys.form == "separate"
    table, _ = design_sheet(decoys).tables[0]
    assert table.title == "rules for the goal egalitarian: designed, decoys"


def test_letters_and_words_are_explained_where_they_occur(decoys):
    told = " ".join(legend(decoys))
    assert "n, decoy: " in told and not any(words in told for words in KINDS.values())
    assert not any("separate: " in line or "joint: " in line for line in compared(decoys))
    for kind, words in KINDS.items():
        other = replace(decoys, kind=np.full(decoys.kind.shape, kind))
        assert words in legend(other)[0] and "decoy" not in " ".join(legend(other))
    names = ("designed, separate", "designed, joint", "no leverage")
    rows = [replace(decoys.candidates[0], name=name) for name in names]
    said = compared(replace(decoys, candidates=rows))[0].split("; ")
    words = ("no leverage", "separate", "joint")
    assert said == [f"{word}: {COMPARED[word]}" for word in words]


def test_mirrors_are_called_mirrors(decoys):
    mirrors = replace(decoys, kind=np.full(decoys.kind.shape, "mirror"))
    cells = list(design_sheet(mirrors).tables[0][0].columns[1].cells)
    assert all(", mirror beyond " in cell for cell in cells)
    assert "n, mirror: " in " ".join(legend(mirrors))


def test_partners_who_are_not_declared_are_asked_for(nashbox):
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n'
    asked = ("design", "p.toml", "--goal", "social", "--pairs", "declared")
    answer = nashbox(*asked, files={"p.toml": text})
    assert answer.code == 2 and "none are declared" in answer.err
    example = re.search("partners = .*", answer.err).group()
    told = nashbox(*asked, files={"p.toml": text + example}).err
    assert "the same costs" in told  # and no longer the partners


def test_none_and_a_goal_contradict_each_other(nashbox):
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n'
    asked = ("compare", "p.toml", "--design", "none", "--design", "social")
    answer = nashbox(*asked, files={"p.toml": text})
    assert answer.code == 2 and "--design: none goes with no goal, got none, social" in answer.err
