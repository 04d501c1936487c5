"""Every code block of every page runs, and what pages show was made by commands."""

import base64
import importlib
import io
import json
import re
import sys

import matplotlib.image
import pytest

from tests.places import ROOT

if str(ROOT / "docs") not in sys.path:
    sys.path.append(str(ROOT / "docs"))
generate, runner, outputs, notebooks = map(
    importlib.import_module, ("generate", "pages", "outputs", "notebooks")
)

PICTURE = re.compile(r'(?<="image/png": ")[^"]+')
PAGES = [page.relative_to(ROOT).as_posix() for page in generate.all_pages()]
PAGES.sort(key=lambda page: page != "README.md")
SITE = [page for page in PAGES if page.startswith("docs/")]


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def settled(text):
    """Text whose rounding errors, which processors have of their own, are all alike."""
    return re.sub(r"\b(0\.0e\+00|\d\.\d+e-1[2-9])\b", "rounding", text)


@pytest.mark.sparse(1)
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_and_outputs_are_what_the_commands_print(page, tmp_path):
    text, shown = runner.run_anew(read(page), tmp_path)
    assert settled(text) == settled(read(page))
    assert {*map(settled, shown.values())} <= {*map(settled, outputs.kept().values())}


def test_the_site_shows_each_table_that_a_page_draws():
    drawn = {
        outputs.key(step.body)
        for page in PAGES
        for step in runner.steps(read(page))
        if step.made and outputs.drawn(step.body)
    }
    assert drawn == {*outputs.kept()}


def pictures(text):
    """The figures of a notebook, and its text without them."""
    found = [
        matplotlib.image.imread(io.BytesIO(base64.b64decode(code)), format="png")
        for code in PICTURE.findall(text)
    ]
    return found, PICTURE.sub("a figure", text)


@pytest.mark.slow
@pytest.mark.parametrize("place", generate.all_notebooks(), ids=lambda place: place.name)
def test_notebooks_show_what_their_cells_do(place, tmp_path):
    """Figures may differ by what a font or a library draws a little otherwise."""
    before = place.read_text(encoding="utf-8")
    (drawn, text), (kept, old) = map(pictures, (notebooks.refreshed(before, tmp_path), before))
    assert settled(text) == settled(old)
    assert len(drawn) == len(kept) >= 2 and "<table" in text
    for new, was in zip(drawn, kept, strict=True):
        assert max(abs(a - b) for a, b in zip(new.shape, was.shape, strict=True)) < 10
        h, w = (min(sizes) for sizes in zip(new.shape[:2], was.shape[:2], strict=True))
        assert abs(new[:h, :w] - was[:h, :w]).mean() < 0.05


def test_a_cell_shows_what_jupyter_shows(tmp_path):
    sources = ["print(1)\n2 + 2", "2;", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"]
    cells = [{"cell_type": "code", "source": [s], "metadata": {"alt": "<"}} for s in sources]
    stale = json.dumps({"cells": [*cells, {"cell_type": "markdown", "source": ["# A", "\nb"]}]})
    text = notebooks.refreshed(stale, tmp_path)
    assert text != stale
    first, second, third, _ = json.loads(text)["cells"]
    assert [output["output_type"] for output in first["outputs"]] == ["stream", "execute_result"]
    assert first["outputs"][1]["data"] == {"text/plain": ["4"]} and second["outputs"] == []
    (drawn,), _ = pictures(text)
    assert drawn.std() > 0.01 and len(third["outputs"]) == 1
    page = notebooks.as_markdown(text)
    assert page.endswith("# A\nb\n") and "```text\n4\n```" in page
    assert '<img alt="&lt;" src="data:image/png;base64,' in page


@pytest.mark.parametrize("page", SITE)
def test_nothing_is_typed_that_a_command_can_make(page):
    text = read(page)
    typed = [s for s in runner.steps(text) if s.language in ("text", "") and not s.title]
    assert all(step.made for step in typed), "output that no command made"
    images = re.findall(r"!\[.*?\]\((.*?)\)", text, re.DOTALL)
    marked = [image for _, image in generate.FIGURE.findall(text)]
    kept = [i for i in images if i not in marked and ((ROOT / page).parent / i).is_file()]
    assert sorted(images) == sorted([*marked, *kept])


def test_sections_of_other_files_are_there():
    marked = [m for page in SITE for m in generate.SECTION.findall(read(page))]
    assert marked and all(len(generate.section(*mark)) > 200 for mark in marked)
    with pytest.raises(ValueError, match="no section"):
        generate.section("README.md", "Nothing")


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("```sh\nnashbox audit nowhere.toml\n```\n", "exit code 2"),
        ("```sh\nnashbox plan examples/figure1.toml  # exit code 1\n```\n", "exit code 0"),
        ("```sh\nrm -r /\n```\n", "a page runs"),
        ("* text\n\n  ```sh\n  nashbox --help\n  ```\n", "indented"),
        ("<!-- output: python -->\n```text\n1\n```\n", "block just before"),
    ],
)
def test_a_page_that_does_not_do_what_it_says_is_an_error(broken, why, tmp_path):
    with pytest.raises(runner.PageError, match=why):
        runner.refreshed(broken, tmp_path)


def test_stale_outputs_and_failing_code_are_noticed(tmp_path):
    stale = "```python\nprint(6 * 7)\n```\n\n<!-- output: python -->\n```text\n41\n```\n"
    assert runner.refreshed(stale, tmp_path / "a") == stale.replace("41", "42")
    with pytest.raises(ZeroDivisionError):
        runner.refreshed("```python\n1 / 0\n```\n", tmp_path / "b")


def test_files_with_titles_are_there_for_the_commands(tmp_path):
    page = (
        '```toml title="mine.toml"\ngame = "estimation"\nsigma = 2.0\ncosts = [[1.0], [1.0]]\n```\n'
        "\n```sh\nnashbox plan mine.toml --json plan.json\n```\n"
    )
    assert runner.refreshed(page, tmp_path) == page
    assert (tmp_path / "plan.json").stat().st_size > 100
