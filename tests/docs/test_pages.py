"""Every code block of every page runs, in order, in a folder of the page's own.

A block with a title is written to that file; `sh` blocks are run line by line, `python` blocks in
one namespace a page; `text` blocks have to be generated.
"""

import contextlib
import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nashbox.cli import main

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
SET_UP = ("git clone ", "cd ", "python3 -m venv ", ".venv/bin/", "docker ")  # tested as a process


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = load("generate")
PAGES = [page.relative_to(ROOT).as_posix() for page in generate.pages()]


def blocks(text):
    """Yield (language, title or None, body, what stands before it)."""
    for match in FENCE.finditer(text):
        title = TITLE.search(match[2])
        yield match[1], title and title[1], match[3], text[: match.start()]


@contextlib.contextmanager
def workspace(folder, monkeypatch):
    (folder / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    yield folder


def run_line(line, capsys):
    if line.startswith(SET_UP) or not line.strip() or line.startswith("#"):
        return
    command, _, comment = line.partition("  # ")
    wanted = int(code[1]) if (code := re.search(r"exit code (\d+)", comment)) else 0
    words = shlex.split(command)
    if words[0] == "nashbox":
        code = main(words[1:])
        assert code == wanted, f"{line}: {capsys.readouterr().err}"
    else:
        assert words[0] in {"pytest", "python"}, f"a page runs {line!r}"
        done = subprocess.run(
            [sys.executable, *(["-m", "pytest"] if words[0] == "pytest" else []), *words[1:]],
            capture_output=True,
            text=True,
        )
        assert done.returncode == wanted, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs(page, tmp_path, monkeypatch, capsys):
    text = (ROOT / page).read_text(encoding="utf-8")
    namespace = {"__name__": "page"}
    with workspace(tmp_path, monkeypatch) as folder:
        for language, title, body, _ in blocks(text):
            if title is not None:
                (folder / title).parent.mkdir(parents=True, exist_ok=True)
                (folder / title).write_text(body, encoding="utf-8")
            if language == "toml":
                tomllib.loads(body)
            elif language == "python" and title is None:
                exec(compile(body, page, "exec"), namespace)  # noqa: S102 - our own text
            elif language in {"sh", "console"}:
                for line in body.splitlines():
                    run_line(line, capsys)


@pytest.mark.parametrize("page", PAGES)
def test_outputs_are_what_the_commands_print(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert generate.refreshed(text) == text


@pytest.mark.parametrize("page", [p for p in PAGES if p.startswith("docs/")])
def test_outputs_and_images_are_generated(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    typed = [
        b
        for language, title, b, before in blocks(text)
        if language == "text"
        and title is None
        and not re.search(r"<!-- output: nashbox .*? -->\n$", before)
    ]
    assert not typed, "output that no command made"
    images = re.findall(r"!\[.*?\]\((.*?)\)", text)
    marked = [image for _, image in generate.FIGURE.findall(text)]
    kept = [i for i in images if (ROOT / "docs" / i).is_file() and i not in marked]
    assert sorted(images) == sorted([*marked, *kept])
