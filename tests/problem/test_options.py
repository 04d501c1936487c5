"""Options stand in signatures; commands, sweeps and functions agree on what they may be."""

import importlib
import inspect
from typing import Annotated

import pytest

from nashbox.cli import _parser
from nashbox.commands import COMMANDS
from nashbox.commands.taking import dashed, whole
from nashbox.experiments.sweep.options import EXPERIMENTS, options_for, read_options
from nashbox.problem.errors import InputError
from nashbox.problem.options import Choice, Flag, Names, Option, Real, Whole, held, options_of

FUNCTIONS = {  # by command
    "audit": "nashbox.experiments.audit.engine:audit",
    "run": "nashbox.experiments.run:run",
    "adapt": "nashbox.experiments.dynamics.adapt:adapt",
    "empirical": "nashbox.experiments.dynamics.measure:empirical_game",
    "compare": "nashbox.experiments.compare:compare",
    "design": "nashbox.rules.design:design",
    "plan": "nashbox.rules.planning:plan_report",
    "robust": "nashbox.rules.robust:robust",
    "coalitions": "nashbox.rules.coalitions:coalitions",
    "reproduce": "nashbox.papers.reproducing:reproduce",
    "sweep": "nashbox.experiments.sweep.resume:sweep",
}
NOT_OPTIONS = {"problem", "path", "papers", "progress", "patience", "evaluate", "export_to", "own"}


def function(command):
    module, _, name = FUNCTIONS[command].partition(":")
    return getattr(importlib.import_module(module), name)


@held
def play(
    rounds: Annotated[int, Whole("how often", "N", low=1, high=9)] = 3,
    share: Annotated[float | None, Real("of all", low=0.0, open_low=True)] = None,
    order: Annotated[str, Choice("who is first", words=("up", "down"))] = "up",
    names: Annotated[list, Names("who")] = (),
    aloud: Annotated[bool, Flag("or silently")] = False,
    rest: int = 0,
):
    return rounds, share, order, names, aloud, rest


def test_what_is_left_out_is_not_looked_at_and_what_is_given_is_read():
    assert play() == (3, None, "up", (), False, 0)
    assert play(2.0, share=0.5, names=(n for n in ("a", "b")))[:4] == (2, 0.5, "up", ["a", "b"])
    assert isinstance(play(2.0)[0], int)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rounds": 0}, "rounds must be a whole number in"),
        ({"rounds": 2.5}, "rounds must be a whole number in"),
        ({"rounds": True}, "rounds must be a whole number in"),
        ({"rounds": None}, "rounds must be a whole number in"),
        ({"share": 0}, "share must be a number in"),
        ({"order": "sideways"}, "order must be one of up, down, got 'sideways'"),
        ({"order": ["up"]}, "order must be one of up, down"),
        ({"names": "a,b"}, "names must be a list"),
        ({"names": [3]}, "names must be a list of names"),
        ({"aloud": 1}, "aloud must be True or False, got 1"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(given, words):
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        play(**given)


def test_arguments_that_do_not_exist_are_refused_in_pythons_words():
    with pytest.raises(TypeError, match="unexpected keyword argument 'round'"):
        play(round=3)


@pytest.mark.parametrize("command", FUNCTIONS)
def test_every_argument_of_an_experiment_is_an_option_of_its_command(command):
    """Or is listed as one that only Python has; with the same default, told in --help."""
    work = function(command)
    options = options_of(work)
    assert {*inspect.signature(work).parameters} <= {*options, *NOT_OPTIONS}
    parser = _parser()
    commands = next(a for a in parser._actions if a.dest == "command").choices
    told = " ".join(commands[command].format_help().split())
    for name, option in options.items():
        assert dashed(name, option) in commands[command].options()
        if isinstance(option.default, (int, float)) and not isinstance(option.default, bool):
            assert f"default: {option.usual or option.default})" in told, name


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_sweeps_have_the_options_of_the_command_and_its_limits(experiment):
    options = options_for(experiment)
    if experiment in FUNCTIONS:
        known = options_of(function(experiment))
        assert {n: o for n, o in options.items() if n in known} == {
            n: known[n] for n in options if n in known
        }
    for name, option in options.items():
        if isinstance(option, Real) and option.low > -1:
            with pytest.raises(InputError, match=f"s.toml: options.{name} must be a .*number in"):
                read_options(experiment, {name: option.low - 1}, "s.toml: options")


def test_defaults_are_the_same_whether_they_are_given_or_not():
    """What an audit is goes by this: --until-decided goes on with its worlds."""
    options = options_of(function("audit"))
    given = {"recommended": "file", "budget": 2_000_000, "delta": 0.01, "epsilon": None}
    assert whole(options, given) == whole(options, {})
    assert whole(options, {**given, "budget": 2_000_001}) != whole(options, {})
    assert whole(options, {"recommended": "recommended"})["recommended"] is True


def test_commands_that_are_not_asked_for_load_nothing():
    assert {module.__name__.rpartition(".")[2] for module in COMMANDS} >= {*FUNCTIONS}
    parser = _parser()
    commands = next(a for a in parser._actions if a.dest == "command").choices
    assert all(command.declare is not None for command in commands.values())
    assert isinstance(options_of(function("audit"))["seed"], Option)
