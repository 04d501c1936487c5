"""Nobody outside the rooms of the games asks which game it is: games declare what they have."""

import ast
from pathlib import Path

import pytest

import nashbox
from nashbox.games.registry import builtin
from nashbox.problem.files import GAMES
from tests.test_layers import imports

ROOT = Path(nashbox.__file__).parent
ROOMS = ("games", "problem", "strategies", "mechanisms", "agents", "model", "solver",
         "rules", "papers")  # fmt: skip
CLASSES = {place.rpartition(":")[2] for place in GAMES.values()} - {"Table"}  # answers have tables
CLASSES |= {"EstimationProblem", "RaceProblem", "ParametricProblem"}
OF_A_GAME = ("problem", "game", "built")  # what such things are called
KNOWN: dict[str, int] = {}  # exceptions: path to the number of questions in it, each with a reason


def questions(source):
    """Lines where a program asks which game it is about, by name, class or attribute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            names = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
            types = {_last(n) for n in ast.walk(node)}
            if names & set(GAMES) or types & CLASSES:
                yield node.lineno
        elif isinstance(node, ast.MatchValue) and _constant(node.value) in GAMES:
            yield node.lineno
        elif isinstance(node, ast.Call):
            yield from _calls(node)


def _calls(node):
    called = _last(node.func)
    typed = called in ("isinstance", "issubclass")
    if typed and {_last(n) for n in ast.walk(node.args[1])} & CLASSES:
        yield node.lineno
    asks = called == "hasattr" or (called == "getattr" and len(node.args) == 3)
    if asks and _last(node.args[0]) in OF_A_GAME:
        yield node.lineno


def _last(node):
    return getattr(node, "attr", None) or getattr(node, "id", None)


def _constant(node):
    return getattr(node, "value", None)


def outside():
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT)
        if place.parts[0] not in ROOMS:
            yield place.as_posix(), path.read_text(encoding="utf-8")


def test_nobody_outside_asks_which_game_it_is():
    found = {place: list(questions(source)) for place, source in outside()}
    assert {place: len(lines) for place, lines in found.items() if lines} == KNOWN, found


OWN = {"estimation", "testing"}  # folders and modules of one game, below whatever room
BESIDE = {  # modules that work for one game and are not what it declares, each with a reason
    "experiments/dynamics/survival.py",  # many alike on graphs
    "experiments/new_problem.py",  # problems begun by questions
}


def declared_places():
    """Modules, as paths, that classes of games name as theirs to do something."""
    named = {name for game in GAMES for name in builtin(game).engines.values()}
    return {f"{name.partition(':')[0].partition('.')[2].replace('.', '/')}.py" for name in named}


def of_one_game(source):
    """Modules of one game that a program imports; what is only for types left out."""
    return {module for module, _ in imports(source) if set(module.split(".")) & OWN}


def test_few_modules_outside_work_for_one_game():
    """Who works for all games asks `Game`; who works for one is declared by it."""
    found = {place for place, source in outside() if of_one_game(source)}
    assert found - declared_places() == BESIDE, "the list may become shorter"
    assert "experiments/figures/races.py" in found & declared_places()
    assert of_one_game("import nashbox.games.testing.race") and not of_one_game("import testings")


def test_what_games_declare_is_there():
    places = [ROOT / place for place in declared_places()]
    packages = [place.with_suffix("") / "__init__.py" for place in places]
    assert all(a.is_file() or b.is_file() for a, b in zip(places, packages, strict=True))


PLAYED = {name for game in GAMES for name in (*builtin(game).menu, *builtin(game).mechanisms)}
BY_NAME = {  # modules that compare with such names and are not what a game declares
    "tables/design.py",  # kinds of designed rules
    "tables/exchange.py",  # who hands in what she owes
}


def names_asked_for(source):
    """Names of strategies and mechanisms that a program compares something with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            yield from {_constant(n) for n in ast.walk(node)} & PLAYED
        elif isinstance(node, ast.MatchValue) and _constant(node.value) in PLAYED:
            yield node.value.value


def test_few_outside_ask_which_strategy_it_is():
    """What a strategy is in words, its game declares."""
    found = {place for place, source in outside() if set(names_asked_for(source))}
    assert found - declared_places() == BY_NAME, "the list may become shorter"
    assert list(names_asked_for("if best.strategy == 'equivariant': pass")) == ["equivariant"]
    assert list(names_asked_for("match name:\n    case 'signaller': pass")) == ["signaller"]


def after_a_game(place):
    """Folders and modules of a path that have the name of a game: rooms of games are elsewhere."""
    return {Path(part).stem for part in Path(place).parts} & set(GAMES)


def test_no_room_outside_is_named_after_a_game():
    """Experiments of one game only stand in its own room and are declared by its class."""
    found = {place: after_a_game(place) for place, _ in outside()}
    assert {place: games for place, games in found.items() if games} == {}
    assert after_a_game("experiments/testing/check.py") == {"testing"}
    assert after_a_game("tables/auction.py") == {"auction"}


PAGE = ROOT / "app"
PICTURES = PAGE / "views"  # of single games, which declare them
STORIES = PAGE / "sources.py"  # problems to begin with, of all games


def named(source):
    """Games that a program names, or whose modules it imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in GAMES:
            yield node.value
        elif isinstance(node, ast.ImportFrom | ast.Import):
            module = getattr(node, "module", None) or node.names[0].name
            yield from set(module.split(".")) & set(GAMES)


def test_the_page_names_no_game():
    files = [p for p in PAGE.rglob("*.py") if PICTURES not in p.parents and p != STORIES]
    found = {p.name: list(named(p.read_text(encoding="utf-8"))) for p in files}
    assert {name: games for name, games in found.items() if games} == {}
    assert list(named("from nashbox.games.estimation import prepare\nx = ['testing']"))


@pytest.mark.parametrize(
    "source",
    [
        "if problem.game == 'testing': pass",
        "if game in ('estimation', 'testing'): pass",
        "if isinstance(problem, EstimationProblem): pass",
        "if not isinstance(made, (Strategy, games.RaceGame)): pass",
        "if type(game) is EstimationGame: pass",
        "if hasattr(problem, 'plan'): pass",
        "labels = getattr(sweep.problem, 'distributions', ())",
        "match game:\n    case 'auction':\n        pass",
    ],
)
def test_a_question_is_seen(source):
    assert list(questions(source)) == [2 if "match" in source else 1]


def test_answers_that_games_give_are_no_questions():
    source = "if game_of(problem).has_plan and problem.game == other.game: names = ['testing']"
    assert not list(questions(source))
