"""The report of a reproduction: one HTML file that needs nothing else, or Markdown with figures.

A report says nothing that is not in the result: it can be written from a saved one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from nashbox.experiments.reproduce.claim import ClaimTable
from nashbox.experiments.reproduce.drawing import claim_figure
from nashbox.experiments.reproduce.result import VERDICTS, Checked, Reproduction
from nashbox.experiments.saving import writable, write_whole
from nashbox.problem.errors import InputError

STEM = "reproduction"
TITLES = {
    "clinton2025": "Clinton, Chen, Zhu, Kandasamy: Collaborative Mean Estimation Among "
    "Heterogeneous Strategic Agents (ICML 2025)",
    "raghavan2025": "Raghavan, Niazi, Johansson: competitive sequential testing "
    "(arXiv 2504.02743, 2025)",
}
INTRODUCTION = (
    "Every number below was computed by the run that wrote this page. A verdict is computed from "
    "the numbers under it: it holds, it fails, or it holds under the condition that is named. "
    "A number's error is a bound of the numerical error or, under simulation, half a confidence "
    "interval; what is expected is what the paper says or what an independent calculation gives."
)
COLUMNS = ("number", "value", "error", "expected")
LONG = 12  # rows from which on a table is folded

STYLE = """
body{max-width:58em;margin:2em auto;padding:0 1em;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a}
h1{font-size:1.5em}h2{margin-top:2.5em;border-bottom:2px solid #ccc}h3{margin-top:2em}
table{border-collapse:collapse;margin:.8em 0;font-size:.9em}
th,td{border-bottom:1px solid #ddd;padding:.25em .7em;text-align:left;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.3em 0}
blockquote{margin:.6em 0;padding:.3em 1em;border-left:4px solid #bbb;background:#f6f6f6}
.verdict{color:#fff;border-radius:.3em;padding:.1em .5em;font-size:.85em;white-space:nowrap}
.holds{background:#006b4f}.holds-if{background:#005f9e}.fails{background:#b34700}
img{max-width:100%}details{margin:.8em 0}
""".strip()


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


def write_report(reproduction: Reproduction, path: str | Path) -> list[Path]:
    """Write HTML, Markdown or both (see `report_paths`); returns the files written.

    The Markdown's figures lie beside it in a directory named after it.
    """
    html, markdown = report_paths(path)
    figures = {
        (c.paper, c.id): figure
        for c in reproduction.claims
        if (figure := claim_figure(c)) is not None
    }
    written = []
    if html is not None:
        write_whole(html, to_html(reproduction, figures).encode())
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
        write_whole(markdown, to_markdown(reproduction, links).encode())
        written.append(markdown)
    return written


def shown(value: Any) -> str:
    """Six digits of a number; words as they are; a dash for nothing.

    >>> shown(1815832.751), shown(0.25), shown(None), shown("all")
    ('1.81583e+06', '0.25', '-', 'all')
    """
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, Real) else str(value)


def numbers_table(claim: Checked) -> ClaimTable:
    """Return the numbers that a verdict rests on as a table."""
    rows = [[n.name, n.value, n.error, n.expected] for n in claim.finding.numbers]
    return ClaimTable("What the verdict rests on", COLUMNS, rows)


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


def to_html(reproduction: Reproduction, figures: dict[tuple[str, str], bytes]) -> str:
    """One page with everything in it; numbers carry their full value in <data>."""
    parts = [f"<p>{escape(INTRODUCTION)}</p>", f"<p>{escape(verdict_counts(reproduction))}</p>"]
    parts.append(
        "<table><tr><th>claim<th>verdict<th>why</tr>"
        + "".join(
            f'<tr><td><a href="#{c.paper}-{c.id}">{escape(c.paper)}: {escape(c.id)}</a>'
            f"<td>{_badge(c)}<td>{escape(c.finding.condition)}</tr>"
            for c in reproduction.claims
        )
        + "</table>"
    )
    for paper in reproduction.papers:
        parts.append(f"<h2>{escape(TITLES[paper])}</h2>")
        parts += [
            _html_claim(c, figures.get((c.paper, c.id)))
            for c in reproduction.claims
            if c.paper == paper
        ]
    if reproduction.unchecked:
        parts.append("<h2>Not checked: the check broke off</h2>")
        parts += [
            f"<p>{escape(u.paper)}: {escape(u.id)}: {escape(u.error)}</p>"
            f"<pre>{escape(u.traceback)}</pre>"
            for u in reproduction.unchecked
        ]
    parts.append(f"<hr><p><small>{escape(settings(reproduction))}</small></p>")
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Two papers, claim by claim</title><style>{STYLE}</style></head>\n"
        f"<body><h1>Two papers, claim by claim</h1>\n{body}\n</body></html>\n"
    )


def _badge(claim: Checked) -> str:
    verdict = claim.finding.verdict
    return f'<span class="verdict {verdict.replace(" ", "-")}">{verdict}</span>'


def _html_claim(claim: Checked, figure: bytes | None) -> str:
    finding = claim.finding
    parts = [
        f'<h3 id="{claim.paper}-{claim.id}">{escape(claim.id)} {_badge(claim)}</h3>',
        f"<blockquote>{escape(claim.statement)}<br><small>{escape(claim.source)}</small>"
        "</blockquote>",
        f"<p><b>Computed</b> ({escape(finding.method)}). {escape(finding.computed)}</p>",
        f"<p><b>Verdict:</b> {escape(finding.verdict_in_words)}.</p>",
    ]
    if finding.numbers:
        parts.append(_html_table(numbers_table(claim)))
    if figure is not None:
        data = base64.b64encode(figure).decode()
        text = escape(f"Figure of {claim.id}: {claim.statement}", quote=True)
        parts.append(f'<p><img alt="{text}" src="data:image/svg+xml;base64,{data}"></p>')
    parts += [_html_table(table) for table in finding.tables]
    return "\n".join(parts)


def _html_table(table: ClaimTable) -> str:
    head = "".join(f"<th>{escape(c)}" for c in table.columns)
    rows = "".join("<tr>" + "".join(_html_cell(v) for v in row) + "</tr>\n" for row in table.rows)
    caption = escape(table.caption)
    if len(table.rows) < LONG:
        return f"<table><caption>{caption}</caption><tr>{head}</tr>\n{rows}</table>"
    inner = f"<table><tr>{head}</tr>\n{rows}</table>"
    return f"<details><summary>{caption}</summary>{inner}</details>"


def _html_cell(value: Any) -> str:
    if isinstance(value, Real):
        exact = int(value) if isinstance(value, Integral) else float(value)
        return f'<td class="number"><data value="{exact!r}">{shown(value)}</data>'
    return f"<td{' class=number' * (value is None)}>{escape(shown(value))}"


# --- Markdown


def to_markdown(reproduction: Reproduction, links: dict[tuple[str, str], str]) -> str:
    """Return the same report as Markdown; links: the figures' files, relative to it."""
    lines = ["# Two papers, claim by claim", "", INTRODUCTION, ""]
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
        lines += ["## Not checked: the check broke off", ""]
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
    for table in finding.tables:
        lines += [f"*{table.caption}*", "", *_markdown_rows(table.columns, table.rows, shown)]
    return lines


def _markdown_rows(columns: Any, rows: Any, show: Callable[[Any], str]) -> list[str]:
    def line(cells: Any) -> str:
        return "| " + " | ".join(show(cell).replace("|", "\\|") for cell in cells) + " |"

    return [line(columns), line(["---"] * len(columns)), *(line(row) for row in rows), ""]
