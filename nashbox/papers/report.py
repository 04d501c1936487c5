"""The report of a reproduction: one HTML file that needs nothing else, or Markdown with figures.

A report says nothing that is not in the result: it can be written from a saved one.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from pathlib import Path
from typing import Any

from nashbox.experiments.html import (
    Html,
    element,
    embedded,
    image,
    joined,
    number,
    page,
    shown,
    table,
)
from nashbox.experiments.markdown import table as markdown_table
from nashbox.papers.claim import ClaimTable
from nashbox.papers.drawing import claim_figure
from nashbox.papers.reproduction import VERDICTS, Checked, Reproduction
from nashbox.problem.errors import InputError
from nashbox.results.saving import writable, write_whole

STEM = "reproduction"
UNCHECKED = "Not checked: the check broke off"
TITLES = {
    "clinton2025": "Clinton, Chen, Zhu, Kandasamy: Collaborative Mean Estimation Among "
    "Heterogeneous Strategic Agents (ICML 2025)",
    "raghavan2025": "Raghavan, Niazi, Johansson: competitive sequential testing "
    "(arXiv 2504.02743, 2025)",
}
INTRODUCTION = (
    "Every number below was computed by the run that wrote this page. A verdict is computed from "
    "the numbers under it: it holds, it fails, or it holds under the condition that is named. "
    "A number's error is how far off it may be: a bound of the numerical error or a tolerance "
    "above it and, under simulation, half a confidence interval or some standard errors. What is "
    "expected is what the paper says or what an independent calculation gives."
)
COLUMNS = ("number", "value", "error", "expected")
LONG = 12  # rows from which on a table is folded
BADGES = {"holds": "good", "holds if": "open", "fails": "bad"}


def report_paths(path: str | Path) -> tuple[Path | None, Path | None]:
    """Where the HTML and the Markdown go; None for one that is not asked for.

    A path in .html or .md asks for that one. A directory, and a name without an ending, ask for
    both: reproduction.html and reproduction.md inside, NAME.html and NAME.md. Raises InputError
    for other endings and where nothing can be written.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if target.is_dir():
        html, markdown = target / f"{STEM}.html", target / f"{STEM}.md"
    elif ending in (".html", ".htm", ".md") or not ending:
        html, markdown = target.with_suffix(ending or ".html"), target.with_suffix(ending or ".md")
    else:
        raise InputError(
            f"--report must end in .html or .md, or be a directory or a name without an ending "
            f"(for both), got {str(path)!r}"
        )
    wanted = (None if ending == ".md" else html, None if ending in (".html", ".htm") else markdown)
    for found in wanted:
        if found is not None:
            writable(found)
    return wanted


def write_report(reproduction: Reproduction, path: str | Path, named: str = "") -> list[Path]:
    """Write HTML, Markdown or both (see `report_paths`); returns the files written.

    named: the title, "" for the report's own. The Markdown's figures lie beside it in a directory
    named after it.
    """
    html, markdown = report_paths(path)
    figures = {
        (c.paper, c.id): figure
        for c in reproduction.claims
        if (figure := claim_figure(c)) is not None
    }
    written = []
    if html is not None:
        write_whole(html, to_html(reproduction, figures, named).encode())
        written.append(html)
    if markdown is not None:
        folder = markdown.with_name(f"{markdown.stem}_figures")
        links = {}
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
        for (paper, id), figure in figures.items():
            target = folder / f"{paper}-{id}.svg"
            write_whole(target, figure)
            links[paper, id] = f"{folder.name}/{target.name}"
            written.append(target)
        write_whole(markdown, to_markdown(reproduction, links, named).encode())
        written.append(markdown)
    return written


def numbers_table(claim: Checked) -> ClaimTable:
    """Return the numbers that a verdict rests on as a table."""
    rows = [[n.name, n.value, n.error, n.expected] for n in claim.finding.numbers]
    return ClaimTable("What the verdict rests on", COLUMNS, rows)


def title(reproduction: Reproduction) -> str:
    """What the report is about."""
    return f"{'A paper' if len(reproduction.papers) == 1 else 'Two papers'}, claim by claim"


def settings(reproduction: Reproduction) -> str:
    """Say how the run was set up."""
    mode = "quick mode" if reproduction.quick else "full mode"
    packages = ", ".join(f"{name} {number}" for name, number in reproduction.versions.items())
    return f"{mode}, seed {reproduction.seed}; {packages}"


def verdict_counts(reproduction: Reproduction) -> str:
    """Say how many claims hold, hold on a condition, and fail."""
    counts = [f"{reproduction.count(v)} {v}" for v in VERDICTS]
    return f"{len(reproduction.claims)} claims: {', '.join(counts)}"


# --- HTML


def to_html(
    reproduction: Reproduction, figures: dict[tuple[str, str], bytes], named: str = ""
) -> str:
    """One page with everything in it; numbers carry their full value in <data>."""
    verdicts = [
        [element("a", f"{c.paper}: {c.id}", href=f"#{_place(c)}"), _badge(c), c.finding.condition]
        for c in reproduction.claims
    ]
    parts: list[Html] = [
        element("p", INTRODUCTION),
        element("p", verdict_counts(reproduction)),
        table(("claim", "verdict", "why"), verdicts),
    ]
    for paper in reproduction.papers:
        parts.append(element("h2", TITLES[paper]))
        mine = [c for c in reproduction.claims if c.paper == paper]
        parts += [_html_claim(c, figures.get((c.paper, c.id))) for c in mine]
    if reproduction.unchecked:
        parts.append(element("h2", UNCHECKED))
        for u in reproduction.unchecked:
            parts.append(element("p", f"{u.paper}: {u.id}: {u.error}"))
            parts.append(element("pre", u.traceback))
    parts.append(element("p", settings(reproduction)))
    return page(named or title(reproduction), *parts, embedded(reproduction.to_json()))


def _place(claim: Checked) -> str:
    return f"{claim.paper}-{claim.id}"


def _badge(claim: Checked) -> Html:
    verdict = claim.finding.verdict
    return element("span", verdict, class_=f"badge {BADGES[verdict]}")


def _html_claim(claim: Checked, figure: bytes | None) -> Html:
    finding = claim.finding
    parts = [
        element("h3", claim.id, " ", _badge(claim), id=_place(claim)),
        element("blockquote", claim.statement, Html("<br>"), element("small", claim.source)),
        element("p", element("b", "Computed"), f" ({finding.method}). {finding.computed}"),
        element("p", element("b", "Verdict:"), f" {finding.verdict_in_words}."),
    ]
    if finding.numbers:
        parts.append(_html_table(numbers_table(claim)))
    if figure is not None:
        parts.append(image(figure, f"Figure of {claim.id}: {claim.statement}"))
    return joined([*parts, *map(_html_table, finding.tables)], "\n")


def _html_table(content: ClaimTable) -> Html:
    rows = [[_html_cell(value) for value in row] for row in content.rows]
    if len(rows) < LONG:
        return table(content.columns, rows, content.caption)
    summary = element("summary", content.caption)
    return element("details", summary, table(content.columns, rows))


def _html_cell(value: Any) -> object:
    return number(value) if isinstance(value, Real) else shown(value)


# --- Markdown


def to_markdown(
    reproduction: Reproduction, links: dict[tuple[str, str], str], named: str = ""
) -> str:
    """Return the same report as Markdown; links: the figures' files, relative to it."""
    lines = [f"# {named or title(reproduction)}", "", INTRODUCTION, ""]
    lines += [verdict_counts(reproduction), ""]
    rows = [
        [f"{c.paper}: {c.id}", c.finding.verdict, c.finding.condition] for c in reproduction.claims
    ]
    lines += _markdown_rows(("claim", "verdict", "why"), rows, shown)
    for paper in reproduction.papers:
        lines += [f"## {TITLES[paper]}", ""]
        for claim in reproduction.claims:
            if claim.paper == paper:
                lines += _markdown_claim(claim, links.get((claim.paper, claim.id)))
    if reproduction.unchecked:
        lines += [f"## {UNCHECKED}", ""]
        for u in reproduction.unchecked:
            lines += [f"{u.paper}: {u.id}: {u.error}", "", "```", u.traceback, "```", ""]
    return "\n".join([*lines, settings(reproduction), ""])


def _markdown_claim(claim: Checked, link: str | None) -> list[str]:
    finding = claim.finding
    lines = [f"### {claim.id}: {finding.verdict}", "", f"> {claim.statement}", ">"]
    lines += [f"> {claim.source}", ""]
    lines += [f"**Computed** ({finding.method}). {finding.computed}", ""]
    lines += [f"**Verdict:** {finding.verdict_in_words}.", ""]
    if finding.numbers:
        lines += _markdown_rows(COLUMNS, numbers_table(claim).rows, shown)
    if link is not None:
        lines += [f"![{claim.id}]({link})", ""]
    for content in finding.tables:
        lines += [f"*{content.caption}*", ""]
        lines += _markdown_rows(content.columns, content.rows, shown)
    return lines


def _markdown_rows(columns: Any, rows: Any, show: Callable[[Any], str]) -> list[str]:
    return [markdown_table([*map(show, columns)], [[*map(show, row)] for row in rows]), ""]
