"""What became of everybody, as one drawing whose text keeps its size at every width.

It is SVG written by hand: a step is seen at once, names of any script are set by the browser, and
twenty rows are as legible as three.

>>> bars = Bars("Points", [("collected", "blue")], [[2.0], [math.inf]], [("owed", "black", [1, 2])])
>>> drawing = svg(Story("agents", "a round", [("a<b", "truthful"), ("b", "")], [bars]))
>>> "a&lt;b" in drawing, ">inf<" in drawing
(True, True)
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

GREY = "#555"
PURPLE = "#6a51a3"
CYCLE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000")
PLOT = 190  # px, of a chart of lines
ROW, LINE, BAR = 50, 19, 18  # px: a row, a line of text, what the bars of a row have
DASHED = ' stroke-dasharray="4 3"'  # of a mark that is at infinity
WIDEST = 70.0  # percent of a panel; the number stands in the rest


@dataclass(frozen=True)
class Bars:
    """One axis. lengths: by row, one for every part; marks: label, colour, place in every row.

    Stacked parts follow each other, others lie below each other.
    """

    title: str
    parts: Sequence[tuple[str, str]]
    lengths: Sequence[Sequence[float]]
    marks: Sequence[tuple[str, str, Sequence[float]]] = ()
    stacked: bool = False
    digits: int = 3


@dataclass(frozen=True)
class Story:
    """Rows (name, what she plays) with panels of bars beside each other."""

    name: str
    title: str
    rows: Sequence[tuple[str, str]]
    panels: Sequence[Bars]


@dataclass(frozen=True)
class Lines:
    """What happens round by round. series: label, colour, x, y, and whether they are dots.

    levels: horizontal lines with their labels. y is from `low` to `high`, if given.
    """

    name: str
    title: str
    below: str
    series: Sequence[tuple[str, str, Sequence[float], Sequence[float], bool]] = ()
    levels: Sequence[tuple[str, float]] = ()
    low: float | None = None
    high: float | None = None


def svg(story: Story) -> str:
    """Draw it; widths are shares of the place there is, everything else is in pixels."""
    most = max((len(bars.parts) + len(_marks(bars)) for bars in story.panels), default=0)
    top = LINE * (most + 1) + 12
    height = top + ROW * len(story.rows) + 4
    words = html.escape(
        f"{story.title}. " + ". ".join(_said(story, i) for i in range(len(story.rows)))
    )
    wide = 100 / max(1, len(story.panels))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" data-figure="{story.name}" '
        f'aria-label="{words}" width="100%" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13">'
    ]
    for i, (name, plays) in enumerate(story.rows):
        y = top + ROW * i
        out.append(f'<line x1="0" x2="100%" y1="{y}" y2="{y}" stroke="#ddd"/>')
        out.append(
            f'<text y="{y + 17}"><tspan font-weight="600">{html.escape(name)}</tspan>'
            f'<tspan dx="10" fill="{GREY}">{html.escape(plays)}</tspan></text>'
        )
    for k, bars in enumerate(story.panels):
        out.append(f'<svg x="{wide * k:.2f}%" y="0" width="{wide - 2:.2f}%" height="{height}">')
        out += [*_legend(bars), *_drawn(bars, top)]
        out.append("</svg>")
    out.append("</svg>")
    return "".join(out)


def written(value: float, digits: int = 3) -> str:
    """A number as it stands beside its bar; nan is what has not been played.

    >>> written(71.0), written(0.33560), written(math.inf), written(14.2857), written(0.13)
    ('71', '0.336', 'inf', '14.3', '0.130')
    """
    if math.isnan(value):
        return ""
    if math.isinf(value) or value == round(value):
        return f"{value:.{digits}g}"
    return f"{value:#.{digits}g}".rstrip(".")


def _said(story: Story, i: int) -> str:
    """A row in words: its bars and its marks."""
    name, plays = story.rows[i]
    parts = [
        f"{label} {written(length, bars.digits)}"
        for bars in story.panels
        for label, length in [
            *zip((label for label, _ in bars.parts), bars.lengths[i], strict=True),
            *((label, places[i]) for label, _, places in bars.marks),
        ]
        if not math.isnan(length)
    ]
    return f"{name}, {plays}: {', '.join(parts)}"


def _marks(bars: Bars) -> list[tuple[str, str, str]]:
    """Marks as the legend shows them: label, colour, how the line is dashed."""
    found = [(label, colour, "") for label, colour, _ in bars.marks]
    endless = [colour for _, colour, places in bars.marks if any(map(math.isinf, places))]
    return found + [("inf", colour, DASHED) for colour in endless]


def _legend(bars: Bars) -> list[str]:
    out = [f'<text y="15" font-weight="600" font-size="14">{html.escape(bars.title)}</text>']
    y = LINE
    for label, colour in bars.parts:
        out.append(f'<rect x="0" y="{y + 4}" width="12" height="12" fill="{colour}"/>')
        out.append(f'<text x="18" y="{y + 15}">{html.escape(label)}</text>')
        y += LINE
    for label, colour, dashes in _marks(bars):
        out.append(
            f'<line x1="6.5" x2="6.5" y1="{y + 2}" y2="{y + 18}" stroke="{colour}" '
            f'stroke-width="3"{dashes}/>'
        )
        out.append(f'<text x="18" y="{y + 15}">{html.escape(label)}</text>')
        y += LINE
    return out


def _drawn(bars: Bars, top: int) -> list[str]:
    ends = [(sum(row),) if bars.stacked else row for row in bars.lengths]
    known = [x for row in ends for x in row] + [x for _, _, places in bars.marks for x in places]
    known = [x for x in known if math.isfinite(x)]
    low, high = min([0.0, *known]), max([0.0, *known]) or 1.0
    out = []

    def at(x: float) -> float:
        return WIDEST * (min(max(x, low), high) - low) / ((high - low) or 1.0)

    for i, row in enumerate(bars.lengths):
        y, start = top + ROW * i + 25, 0.0
        thick = BAR if bars.stacked else BAR / max(1, len(row))
        endless = any(math.isinf(x) for x in row)
        for k, ((_, colour), length) in enumerate(zip(bars.parts, row, strict=True)):
            if not math.isfinite(length):
                continue
            begin, end = sorted((at(start), at(start + length)))
            lower = y if bars.stacked else y + k * thick
            out.append(
                f'<rect x="{begin:.2f}%" y="{lower:g}" width="{end - begin:.2f}%" '
                f'height="{thick:g}" fill="{colour}"/>'
            )
            start += length if bars.stacked and not endless else 0.0
        if endless:  # as long as there is room, and open at the end
            out.append(
                f'<rect x="0" y="{y}" width="{WIDEST}%" height="{BAR}" fill="none" '
                'stroke="#a63c00" stroke-width="2" stroke-dasharray="6 4"/>'
            )
        for _, colour, places in bars.marks:
            if not math.isnan(places[i]):
                x, dashes = at(places[i]), DASHED * math.isinf(places[i])
                out.append(
                    f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{y - 3}" y2="{y + BAR + 3}" '
                    f'stroke="{colour}" stroke-width="3"{dashes}/>'
                )
        number = math.inf if endless else (sum(row) if bars.stacked else row[-1])
        out.append(
            f'<text x="100%" y="{y + 14}" text-anchor="end">{written(number, bars.digits)}</text>'
        )
    return out


def line_svg(chart: Lines) -> str:
    """Draw lines; where y is infinite, it says so at the top.

    >>> social = ("all", "black", [1, 2], [3.0, math.inf], False)
    >>> ">inf<" in line_svg(Lines("rounds", "Penalty", "round", [social]))
    True
    """
    named = [one for one in chart.series if one[0]]
    across = 1 if len(named) <= 3 else 4 if max(len(one[0]) for one in named) <= 8 else 2
    top = LINE * (-(-len(named) // across) + 1) + 8
    height = top + PLOT + 44
    ys = [y for _, _, _, line, _ in chart.series for y in line if math.isfinite(y)]
    low = min([0.0, *ys]) if chart.low is None else chart.low
    high = (1.1 * max([0.0, *ys]) or 1.0) if chart.high is None else chart.high
    last = max([2.0, *(x for _, _, xs, _, _ in chart.series for x in xs)])
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" data-figure="{chart.name}" '
        f'aria-label="{html.escape(chart.title)}" width="100%" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<text y="15" font-weight="600" font-size="14">{html.escape(chart.title)}</text>',
    ]
    for k, (label, colour, _, _, _) in enumerate(named):
        at = LINE * (k // across + 1)
        out.append(
            f'<svg x="{100 * (k % across) / across:g}%" y="{at}" width="{100 / across:g}%" '
            f'height="{LINE}"><rect x="0" y="8" width="14" height="4" fill="{colour}"/>'
            f'<text x="20" y="15">{html.escape(label)}</text></svg>'
        )

    def up(y: float) -> float:
        return top + 8 + (PLOT - 8) * (high - y) / ((high - low) or 1.0)

    def along(x: float) -> float:
        return 13 + 84 * x / last

    for tick in _ticks(low, high):
        y = up(tick)
        out.append(f'<line x1="13%" x2="97%" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="12%" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in _ticks(0, last):
        if tick.is_integer():
            out.append(
                f'<text x="{along(tick):.2f}%" y="{top + PLOT + 18}" text-anchor="middle">'
                f"{tick:g}</text>"
            )
    out.append(
        f'<text x="97%" y="{top + PLOT + 38}" text-anchor="end">{html.escape(chart.below)}</text>'
    )
    for label, level in chart.levels:
        y = up(level)
        out.append(
            f'<line x1="13%" x2="97%" y1="{y:.1f}" y2="{y:.1f}" stroke="black" '
            f'stroke-dasharray="6 4"/><text x="14%" y="{y - 4:.1f}">{html.escape(label)}</text>'
        )
    for _, colour, xs, line, dots in chart.series:
        before: tuple[float, float] | None = None
        for x, value in zip(xs, line, strict=True):
            if not math.isfinite(value):
                before = None
                if math.isinf(value):
                    out.append(
                        f'<text x="{along(x):.2f}%" y="{top + 8}" text-anchor="middle" '
                        'fill="#a63c00">inf</text>'
                    )
                continue
            here = along(x), up(value)
            if before is not None and not dots:
                out.append(
                    f'<line x1="{before[0]:.2f}%" y1="{before[1]:.1f}" x2="{here[0]:.2f}%" '
                    f'y2="{here[1]:.1f}" stroke="{colour}" stroke-width="2"/>'
                )
            full = "none" if dots else colour
            out.append(
                f'<circle cx="{here[0]:.2f}%" cy="{here[1]:.1f}" r="{4 if dots else 2.5}" '
                f'fill="{full}" stroke="{colour}" stroke-width="{2 if dots else 0}"/>'
            )
            before = here
    out.append("</svg>")
    return "".join(out)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, four to eight of them.

    >>> _ticks(0, 11), _ticks(0, 1.03)
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = max(k * size for k in (1.0, 2.0, 5.0) if k * size <= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(k * step, 10) for k in range(first, last + 1)]
