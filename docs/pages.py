"""Run a page from top to bottom, as its reader would.

A block with a title is written to that file, `sh` blocks are typed line by line, `python` blocks
run in one namespace a page, and behind `<!-- output: nashbox ... -->` stands what the command
prints (behind `<!-- output: python -->` what the block before printed). All of it happens in a
folder of the page's own, with a copy of `examples/` in it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import outputs

ROOT = Path(__file__).parent.parent
WIDTH = "100"  # columns of what pages show
STEP = re.compile(
    r"(?P<mark>^<!-- output: (?P<made>[^\n]*?) -->\n)?"
    r"^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
TITLE = re.compile(r'title="([^"]+)"')
EXIT_CODE = re.compile(r"#.*exit code (\d+)")
SET_UP = ("git clone ", "cd ", "python3 -m venv ", ". .venv/", ".venv/bin/", "pip ", "docker ")


class PageError(Exception):
    """A page does not do what it says."""


@dataclass(frozen=True)
class Step:
    """One block of a page: `made` is the command of its output mark, if it has one."""

    language: str
    title: str | None
    body: str
    made: str | None

    @classmethod
    def of(cls, match: re.Match[str]) -> Step:
        """Read a match of STEP."""
        title = TITLE.search(match["info"])
        return cls(match["language"], title and title[1], match["body"], match["made"])

    @property
    def commands(self) -> list[str]:
        """Lines to type."""
        if self.language not in ("sh", "console") or self.title is not None:
            return []
        joined = self.body.replace("\\\n", " ")
        return [line for line in joined.splitlines() if line.strip() and line[0] != "#"]


def steps(text: str) -> list[Step]:
    """All blocks of a page; a fence that is not one of them (an indented one) is an error."""
    found = list(STEP.finditer(text))
    if 2 * len(found) != len(re.findall(r"^\s*(?:```|~~~)", text, re.MULTILINE)):
        raise PageError("a fence is indented or open: nothing would run it")
    return [Step.of(match) for match in found]


@dataclass
class Run:
    """A page being run in a folder."""

    folder: Path
    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    last: tuple[str, str] = ("", "")  # the last command and what it printed
    heard: outputs.Printed = field(default_factory=list)  # of sheets, when it was printed
    shown: dict[str, str] = field(default_factory=dict)  # what the site shows of outputs, by key

    def step(self, step: Step) -> str:
        """Do what a block says; return its body, which is new if it is an output."""
        if step.made is not None:
            return self.output(step.made)
        if step.title is not None:
            path = self.folder / step.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.body, encoding="utf-8")
            self.last = ("", "")  # whoever prints again may print something else
        if step.language == "toml":
            tomllib.loads(step.body)
        elif step.language == "python" and step.title is None:
            with (
                contextlib.redirect_stdout(io.StringIO()) as said,
                outputs.overheard() as self.heard,
            ):
                code = compile(step.body, "page", "exec", dont_inherit=True)
                exec(code, self.namespace)  # noqa: S102 - our own text
            self.last = ("python", said.getvalue())
        for line in step.commands:
            self.command(line)
        return step.body

    def output(self, made: str) -> str:
        """What stands behind an output mark."""
        if made != self.last[0]:
            if made == "python":
                raise PageError("an output of python needs the block just before it")
            self.command(made)
        lines = [line.rstrip() for line in self.last[1].splitlines()]
        body = "\n".join(lines) + "\n"
        shown = outputs.shown_of(self.last[1], self.heard)
        if outputs.drawn(body):
            if shown is None:
                raise PageError(f"{made}: prints a table that is in no sheet")
            self.shown[outputs.key(body)] = shown
        return body

    def command(self, line: str) -> None:
        """Type a line; its comment may say with which exit code it ends (0 if it does not)."""
        if line.startswith(SET_UP):
            return  # the installation; tests/docs/test_newcomer.py does it truly
        command, _, comment = line.partition("  #")
        wanted = int(code[1]) if (code := EXIT_CODE.search("#" + comment)) else 0
        words = shlex.split(command)
        with outputs.overheard() as self.heard:
            code, said = nashbox(words[1:]) if words[0] == "nashbox" else process(words)
        if code != wanted:
            raise PageError(f"{line}: exit code {code}\n{said}")
        self.last = (line, said)


def nashbox(arguments: list[str]) -> tuple[int, str]:
    """Run a nashbox command in this process; its exit code and what it prints in a pipe."""
    from nashbox.cli import main

    said, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
        code = main(arguments)
    return code, said.getvalue() + (complaints.getvalue() if code not in (0, 1) else "")


def process(words: list[str]) -> tuple[int, str]:
    """Run python or pytest."""
    start = {"python": [sys.executable], "pytest": [sys.executable, "-m", "pytest"]}.get(words[0])
    if start is None:
        raise PageError(f"a page runs {shlex.join(words)!r}")
    done = subprocess.run([*start, *words[1:]], capture_output=True, text=True)  # noqa: S603
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


@contextlib.contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A folder with the examples as working directory and first place to import from."""
    shutil.copytree(
        ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__")
    )
    before, width = set(sys.modules), os.environ.get("COLUMNS")
    sys.path.insert(0, str(folder))
    os.environ["COLUMNS"] = WIDTH
    try:
        with contextlib.chdir(folder):
            yield folder
    finally:
        sys.path.remove(str(folder))
        os.environ.pop("COLUMNS")
        if width is not None:
            os.environ["COLUMNS"] = width
        for name in set(sys.modules) - before:  # files of other pages may have the same names
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]


def refreshed(text: str, folder: Path) -> str:
    """Run a page in an empty folder; return its text with the outputs as they are now."""
    return run_anew(text, folder)[0]


def run_anew(text: str, folder: Path) -> tuple[str, dict[str, str]]:
    """The same, and what the site shows of the outputs, by key."""
    steps(text)
    with workspace(folder) as place:
        run = Run(place)

        def replace(match: re.Match[str]) -> str:
            body = run.step(Step.of(match))
            return f"{match['mark'] or ''}```{match['language']}{match['info']}\n{body}```"

        return STEP.sub(replace, text), run.shown
