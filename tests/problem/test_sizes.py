"""Numbers of any size under any key: an answer that is one, or a line that names file and key."""

import re
import warnings

import pytest

from nashbox.problem.errors import InputError
from nashbox.problem.files import load

SMALL = {  # every game; the numbers in braces are replaced one by one
    "cournot": 'game = "cournot"\nagents = ["n", "e"]\nintercept = {10.0}\nslope = {1.0}\n'
    'cost = [{1.0}, {2.0}]\nstrategies = {n = {name = "quantity", q = {1.5}}}\n',
    "tullock": 'game = "tullock"\nagents = 2\nprize = {1.0}\n',
    "public_goods": 'game = "public_goods"\nagents = 3\nmultiplier = {1.6}\n',
    "auction": 'game = "auction"\nagents = 2\nstrategies = {a0 = {name = "bid", factor = {0.4}}}\n',
    "federated": 'game = "federated"\nagents = 2\nsigma = {10.0}\ncost = {0.05}\n',
    "table": 'game = "table"\n[payoffs]\na = [[{1.0}, 0], [0, 1]]\nb = [[1, {2.0}], [0, 1]]\n',
    "estimation": 'game = "estimation"\nsigma = {10.0}\ncosts = [[{0.05}], [0.05]]\n'
    'strategies = {a0 = {name = "withholder", fraction = {0.5}}}\n',
    "contest": 'game = "testing"\nbeta = 0.1\npayoff = {kind = "contest", prize = {1.0}, cost = '
    '{0.01}}\n[[agents]]\nname = "a"\np0 = [0.6, 0.4]\np1 = [0.4, 0.6]\n'
    '[[agents]]\nname = "b"\np0 = [0.6, 0.4]\np1 = [0.4, 0.6]\n',
}
NUMBER = re.compile(r"\{(\d+\.\d+)\}")


def replaced(game, value):
    """The game's file with each of its numbers in turn replaced."""
    text = SMALL[game]
    for number in NUMBER.finditer(text):
        yield NUMBER.sub(r"\1", f"{text[: number.start()]}{value}{text[number.end() :]}")


@pytest.mark.parametrize("game", SMALL)
@pytest.mark.parametrize("value", ["1e51", "-1e60", "1e308", "1" + "0" * 400])
def test_numbers_beyond_1e50_are_refused_by_file_and_key(tmp_path, game, value):
    for text in replaced(game, value):
        (tmp_path / "p.toml").write_text(text)
        with pytest.raises(InputError, match=r"^p\.toml: (?s:.)* got "):
            load(tmp_path / "p.toml", "p.toml")


LESS = ("1e40", "1e-50")  # beside what is at the limit
LONG = ("1e50", "contest"), ("1e-308", "contest")  # games for such a prize are
LET_IN = [
    pytest.param(v, g, marks=[pytest.mark.slow] * (v in LESS or (v, g) in LONG))
    for v in ("1e50", "1e40", "1e-50", "1e-308")
    for g in SMALL
    if (v, g) not in {("1e40", "contest"), ("1e-50", "contest")}  # long, and seen at the limits
]


@pytest.mark.parametrize(("value", "game"), LET_IN)
def test_what_is_let_in_is_computed_with(nashbox, game, value):
    """Overflow is neither shown as a number nor left to a library's warning."""
    for text in replaced(game, value):
        for words in (["run", "p.toml", "--replications", 20], ["audit", "p.toml"]):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                answer = nashbox(*words, *["--budget", 2000] * (words[0] == "audit"),
                                 files={"p.toml": text})  # fmt: skip
            if answer.code == 2:
                answer.refuses("p.toml" if "is paid" not in answer.err else "too large")
            elif game != "estimation":  # where a mean of nothing is infinitely wrong
                assert not re.search(r"\b(nan|-?inf)\b", answer.out), (text, answer)
