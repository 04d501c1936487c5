"""The page without widgets: menus, their inputs, examples, uploads."""

import pytest

from nashbox.app import limits
from nashbox.app.parameters import (
    KINDS,
    checked,
    class_of,
    known_plugin,
    menu,
    parameters_of,
    problem_file,
    read,
    registry,
    user_params,
    written,
)
from nashbox.app.sources import BUILT_IN, PRESETS, ProblemSource, Shelf, examples, uploaded
from nashbox.games.estimation import EstimationGame
from nashbox.games.registry import builtin
from nashbox.problem.errors import InputError
from nashbox.problem.files import GAMES, load
from nashbox.problem.spec import Spec

PLUGIN = '''
from dataclasses import dataclass
from typing import Literal
from nashbox import Strategy

@dataclass(frozen=True)
class Odd(Strategy):
    """Somebody's own."""

    greed: float = 0.3
    mood: Literal["calm", "angry"] = "calm"
    loud: bool = False
'''


# menus and parameters


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("game", GAMES)
def test_every_registered_class_is_on_the_menu_with_inputs_that_give_its_defaults(game, kind):
    cls = builtin(game)
    named = registry(cls, kind)[0]
    assert set(named) <= set(menu(cls, kind))
    for name, found in named.items():
        shown = {key: entry["value"] for key, entry in user_params(found).items()}
        assert parameters_of(found, shown) == {}, name
        assert checked(cls, kind, name, shown, menu(cls, kind)) == Spec(name)


def test_a_plugin_is_on_the_menu_without_a_line_of_its_own(folder):
    (folder / "odd.py").write_text(PLUGIN)
    names = menu(EstimationGame, "strategies", ["odd.py:Odd"])
    assert names[-1] == "odd.py:Odd"
    for game in ("testing", "public_goods"):
        assert "odd.py:Odd" not in menu(builtin(game), "strategies", names)
    cls = class_of(EstimationGame, "strategies", "odd.py:Odd")
    assert user_params(cls) == {
        "greed": {"type": "InputText", "label": "greed", "value": "0.3"},
        "mood": {"type": "Select", "label": "mood", "values": ["calm", "angry"], "value": "calm"},
        "loud": {"type": "Checkbox", "label": "loud", "value": False},
    }
    chosen = {"greed": "0.5", "mood": "angry", "loud": True}
    spec = checked(EstimationGame, "strategies", "odd.py:Odd", chosen, ["odd.py:Odd"])
    assert spec.parameters == {"greed": 0.5, "mood": "angry", "loud": True}
    known_plugin("odd.py:Odd")
    with pytest.raises(InputError, match=r"--plugin: 'odd\.py:PLUGIN' must be a subclass"):
        (folder / "odd.py").write_text(PLUGIN + "\nPLUGIN = 1\n")
        known_plugin("odd.py:PLUGIN")


def test_bad_inputs_are_refused_in_the_words_of_a_problem_file():
    with pytest.raises(InputError, match=r"withholder\.fraction must be a number in"):
        checked(
            EstimationGame,
            "strategies",
            "withholder",
            {"fraction": "2"},
            menu(EstimationGame, "strategies"),
        )
    with pytest.raises(InputError, match=r"factor must be a number in .*, got 'much'"):
        checked(
            EstimationGame,
            "strategies",
            "over_collector",
            {"factor": "much"},
            menu(EstimationGame, "strategies"),
        )


@pytest.mark.parametrize("value", [None, 0.5, 3, True, "pad", [1, 2.5], ["a", {"name": "b"}]])
def test_what_is_written_is_read_back(value):
    assert read(written(value)) == value


@pytest.mark.parametrize("name", [*BUILT_IN, *PRESETS])
def test_the_problem_file_that_can_be_saved_is_the_problem(name, folder):
    raw = {**BUILT_IN, **PRESETS}[name]
    problem = ProblemSource(name, raw=raw).problem()
    (folder / "saved.toml").write_text(problem_file(problem))
    assert load(folder / "saved.toml").to_json() == problem.to_json()


# sources


def test_examples_of_all_games_open():
    assert {source.problem().game for source in examples()} == set(GAMES)


def test_files_named_at_the_start_come_first_and_once(folder):
    (folder / "mine.toml").write_text('game = "estimation"\nsigma = 1\ncosts = [[1.0], [2.0]]\n')
    shown = [source.shown for source in examples(["mine.toml"] * 2)]
    assert shown[: len(PRESETS) + 1] == ["mine.toml", *PRESETS]
    assert len(set(shown)) == len(shown)


def test_built_in_problems_are_valid():
    for name, raw in BUILT_IN.items():
        assert ProblemSource(name, raw=raw).problem().m >= 2


def test_an_upload_may_be_a_problem_with_its_tables_or_one_table_of_costs(tmp_path):
    costs = b"agent,x\nlab1,1\nlab2,inf\n"
    whole = uploaded(
        [("p.toml", b'game = "estimation"\nsigma = 1\ncosts = "c.csv"\n'), ("c.csv", costs)],
        Shelf(),
    )
    table = uploaded([("c.csv", costs)], Shelf(), sigma=1.0)
    for source in (whole, table):
        assert source.problem().names == ("lab1", "lab2")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([("a.csv", b""), ("b.csv", b"")], "must be one problem file"),
        ([("a.txt", b"")], r"problem files \(.toml\) and tables"),
        ([("p.toml", b""), ("evil.py", b"")], "got 'evil.py'"),
        ([], "got nothing"),
        ([("../a.csv", b"")], "plain name"),
        ([("a.csv", b"x" * (limits.BYTES + 1))], "a.csv: bytes must be at most 2,000,000"),
        ([(f"{i}.csv", b"") for i in range(11)], "files in one upload must be at most 10"),
    ],
)
def test_other_uploads_are_refused(files, message, tmp_path):
    with pytest.raises(InputError, match=message):
        uploaded(files, Shelf())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('mechanism = "evil.py:Evil"', "plug-ins of an upload are not run"),
        ('strategies = {a0 = {name = "evil.py:Evil"}}', "strategies.a0.name: plug-ins"),
        ('plan = "/etc/passwd"', "plan must be a file of the same upload"),
        ('source = {csv = "../secret.csv"}', "source.csv must be a file of the same upload"),
    ],
)
def test_an_upload_neither_runs_nor_reads_what_did_not_come_with_it(line, message, tmp_path):
    text = f'game = "estimation"\nsigma = 1\ncosts = [[1.0], [2.0]]\n{line}\n'
    source = uploaded([("p.toml", text.encode())], Shelf())
    with pytest.raises(InputError, match=message):
        source.problem()
