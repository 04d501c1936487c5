"""What all tests share: seeds on demand, and the command line on files in an empty folder."""

from typing import NamedTuple

import pytest

from nashbox.problem.threads import prefer_one_thread

prefer_one_thread()  # as commands do, before anything loads numpy


def pytest_addoption(parser):
    parser.addoption("--seeds", type=int, default=1, help="seeds per statistical test")


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--seeds")))


@pytest.hookimpl(tryfirst=True)  # before -m looks at the marks
def pytest_collection_modifyitems(items):
    """sparse(n): beyond its first n cases a test is slow, unless it is long."""
    seen = {}
    for item in items:
        mark = item.get_closest_marker("sparse")
        if mark is not None:
            name = item.nodeid.partition("[")[0]
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > mark.args[0] and item.get_closest_marker("long") is None:
                item.add_marker("slow")


class Answer(NamedTuple):
    """What a command did: exit code, both streams, and the files that were not there before."""

    code: int
    out: str
    err: str
    written: set[str]

    def refuses(self, *words):
        """One message with these words, exit code 2, nothing on standard output or disk."""
        assert self.code == 2, self
        assert self.out == "" and self.written == set(), self
        assert self.err.startswith("nashbox: ") and self.err.count("\n") == 1, self
        missing = [word for word in words if word not in self.err]
        assert not missing, f"{missing} not in {self.err}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def options_of_commands():
    """What reads the words of a command: to build it takes longer than most of them."""
    from nashbox.cli import _parser

    return _parser()


@pytest.fixture
def nashbox(folder, capsys, monkeypatch, options_of_commands):
    """Run `nashbox *arguments` in process, after writing `files` (name to text or bytes)."""
    from nashbox.cli import main
    from nashbox.tables import console

    monkeypatch.setattr(console, "FIRST", 3600.0)  # how far it is depends on who else is working

    monkeypatch.setattr("nashbox.cli._parser", lambda: options_of_commands)

    def listing():
        found = {str(p.relative_to(folder)) for p in folder.rglob("*")}
        return {name for name in found if "__pycache__" not in name}

    def command(*arguments, files=None):
        for name, content in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = listing()
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Answer(code, out, err, listing() - before)

    return command


@pytest.fixture
def problem():
    """Text of a small problem file with some keys changed (None leaves one out)."""

    def text(**changes):
        keys = {
            "game": '"estimation"',
            "sigma": "10.0",
            "costs": "[[0.033], [0.066], [0.1]]",
            "mechanism": '"sample_mean"',
            **changes,
        }
        return "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None)

    return text
