"""Where outputs go: into what is there, through links, never over an input or another output."""

import argparse
import os
import stat
import threading
from contextlib import contextmanager

import pytest

from nashbox.cli import _parser
from nashbox.commands.files import OUTPUTS
from nashbox.problem.errors import InputError
from nashbox.results.saving import write_whole

PLAN = ["plan", "p.toml"]


@pytest.fixture
def files(problem):
    return {"p.toml": problem()}


def test_every_option_that_writes_is_looked_at_before_the_work():
    parsers = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    writing = {
        action.dest
        for command in parsers.choices.values()
        for action in command._actions
        if action.help and action.help.startswith("write") and action.metavar
    }
    assert writing <= set(OUTPUTS), writing


@contextmanager
def read_from(pipe):
    """Make a pipe and read it meanwhile: a list that holds its bytes in the end."""
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    yield got
    reader.join(20)


def test_a_pipe_is_written_into(nashbox, files, folder):
    with read_from(folder / "pipe") as got:
        assert nashbox(*PLAN, "--json", "pipe", files=files).code == 0
    assert got[0].startswith(b"{") and stat.S_ISFIFO((folder / "pipe").stat().st_mode)


def test_a_device_stays_one(nashbox, files, folder):
    (folder / "null").symlink_to("/dev/null")
    for name in ("/dev/null", "null"):
        assert nashbox(*PLAN, "--json", name, files=files).code == 0
        assert stat.S_ISCHR(os.stat(name).st_mode)


def test_links_are_followed_and_modes_kept(nashbox, files, folder):
    (folder / "real.json").write_text("old")
    (folder / "real.json").chmod(0o600)
    (folder / "link.json").symlink_to("real.json")
    (folder / "to come").symlink_to("new.json")
    assert nashbox(*PLAN, "--json", "link.json", files=files).code == 0
    assert (folder / "link.json").is_symlink() and (folder / "real.json").stat().st_size > 100
    assert stat.S_IMODE((folder / "real.json").stat().st_mode) == 0o600
    assert nashbox(*PLAN, "--json", "to come", files=files).code == 0
    assert (folder / "new.json").stat().st_size > 100
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((folder / "new.json").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize(
    ("spelling", "make"),
    [
        ("p.toml", None),
        ("./sub/../p.toml", "sub"),
        ("link.toml", lambda f: (f / "link.toml").symlink_to("p.toml")),
        ("hard.toml", lambda f: os.link(f / "p.toml", f / "hard.toml")),
        ("costs.csv", None),
        ("mine.py", None),
    ],
)
def test_no_input_is_overwritten(nashbox, folder, spelling, make):
    texts = {
        "p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = "costs.csv"\n'
        'strategies = {b = "mine.py:S"}\n',
        "costs.csv": "agent,x\na,0.1\nb,0.2\n",
        "mine.py": "from nashbox import Strategy\nclass S(Strategy): pass\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    if callable(make):
        make(folder)
    elif make:
        (folder / make).mkdir()
    nashbox(*PLAN, "--json", spelling).refuses("--json", "is read by this command")
    assert all((folder / name).read_text() == text for name, text in texts.items())


@pytest.mark.parametrize(
    "options",
    [
        ["--json", "same.png", "--figure", "same.png"],
        ["--json", "x.csv", "--figure", "x.png"],
        ["--json", "./x.png", "--figure", "x.png"],
    ],
)
def test_two_outputs_do_not_share_a_file(nashbox, files, options):
    nashbox(*PLAN, *options, files=files).refuses("is written by")


SWEEP = {
    "p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = [[0.1], [0.2]]\n',
    "s.toml": 'problem = "p.toml"\nexperiment = "plan"\nstore = "s.sqlite"\n',
    "subs/a0.csv": "x0\n1.0\n",
}


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["new", "strategy", "Foo"], "foo.py"),
        (["new", "game", "Foo", "--folder", "subs"], "subs/../subs/test_foo.py"),
        (["exchange", "--new-key", "k"], "./k"),
        (["exchange", "p.toml", "subs", "--key", "k", "--out", "o"], "o"),
        (["sweep", "s.toml", "--workers", "1"], "s.sqlite"),
        (["sweep", "s.toml", "--status"], "s.sqlite-wal"),
        (["sweep", "s.toml", "--workers", "1"], "s.sqlite.lock"),
        (["reproduce"], "reproduce.sqlite"),
        (["reproduce", "--quick", "--store", "r.sqlite"], "./r.sqlite-shm"),
        (["audit", "p.toml", "--until-decided"], "p.audit-worlds"),
    ],
)
def test_no_option_writes_over_what_the_command_itself_writes(nashbox, folder, words, path):
    given = nashbox(*words, "--json", path, files=SWEEP)
    given.refuses(f"--json {path}: is written by")
    assert not (folder / path).exists()


def test_files_of_a_folder_that_is_read_are_inputs(nashbox, folder):
    exchange = ["exchange", "p.toml", "subs", "--key", "k", "--out", "o"]
    nashbox(*exchange, "--json", "subs/a0.csv", files=SWEEP).refuses("--json", "is read by this")
    assert (folder / "subs/a0.csv").read_text() == SWEEP["subs/a0.csv"]


@pytest.mark.parametrize("option", ["--json", "--figure"])
def test_what_cannot_be_written_is_said_with_its_option(nashbox, files, option):
    nashbox(*PLAN, option, "no/x.png", files=files).refuses(f"{option}: 'no/x.png' cannot be")


def test_a_figure_whose_data_go_into_a_pipe(nashbox, folder, files):
    with read_from(folder / "x.csv") as got:
        assert nashbox(*PLAN, "--figure", "x.png", files=files).code == 0
    assert got and got[0].startswith(b"panel,") and (folder / "x.png").stat().st_size > 1000


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path, monkeypatch):
    (tmp_path / "x.json").write_text("old")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_whole(tmp_path / "x.json", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]
    assert (tmp_path / "x.json").read_text() == "old"


def test_what_a_refused_command_has_written_is_taken_back(tmp_path):
    from nashbox.results.saving import all_or_none

    (tmp_path / "old").write_text("before")
    with pytest.raises(InputError), all_or_none():
        write_whole(tmp_path / "old", b"after")
        write_whole(tmp_path / "new", b"x")
        raise InputError("too late")
    assert (tmp_path / "old").read_text() == "before" and not (tmp_path / "new").exists()
    with pytest.raises(KeyboardInterrupt), all_or_none():
        write_whole(tmp_path / "new", b"x")
        raise KeyboardInterrupt
    assert (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["adapt", "p.problem", "--menu", "truthful,mine.py:S"],
        ["adapt", "p.problem", "--menu", "truthful, {name = 'mine.py:S'}"],
        ["run", "p.problem", "--everyone", "mine.py:S(x=1)"],
        ["audit", "p.problem", "--mechanism", "mine.py:M"],
    ],
)
@pytest.mark.parametrize("target", ["p.problem", "costs.csv", "mine.py", "near.py"])
def test_inputs_within_lists_and_under_other_endings_are_kept_too(nashbox, words, target):
    files = {
        "p.problem": 'game = "estimation"\nsigma = 10.0\ncosts = "costs.csv"\n',
        "costs.csv": "agent,x\na,0.1\nb,0.2\n",
        "mine.py": "import near\n",
        "near.py": "",
    }
    answer = nashbox(*words, "--json", target, files=files)
    answer.refuses("--json", target, "is read by this command")


def test_a_link_in_a_circle_stays_what_it_is(nashbox, files, folder):
    (folder / "circle").symlink_to("circle")
    answer = nashbox(*PLAN, "--json", "circle", files=files)
    assert answer.code == 2 and "in a circle" in answer.err
    assert os.readlink(folder / "circle") == "circle"
