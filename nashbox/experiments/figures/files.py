"""Figures as files, with the data beside them: F.png comes with F.csv."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

from nashbox.experiments.figures.drawn import COLUMNS, Row, drawn, to_csv
from nashbox.experiments.figures.style import FORMATS, LOOK
from nashbox.problem.errors import InputError
from nashbox.results.saving import is_channel, writable, write_whole


def figure_paths(path: str | Path) -> tuple[str, Path]:
    """Format of a figure's file, and where its data go. Raises InputError where that cannot be.

    A CSV file of that name that holds something else is left alone, and refused.
    """
    kind = Path(path).suffix.lstrip(".").lower()
    if kind not in FORMATS:
        allowed = ", ".join(f".{name}" for name in FORMATS)
        raise InputError(f"--figure must end in {allowed}, got {str(path)!r}")
    writable(path)
    table = writable(Path(path).with_suffix(".csv"))
    if table.exists() and not is_channel(table):
        with table.open(encoding="utf-8", errors="replace") as stream:
            header = stream.readline().rstrip("\n")
        if header != ",".join(COLUMNS):
            raise InputError(
                f"--figure {path}: the figure's data go to {table}, which exists and holds "
                "something else; give another name"
            )
    return kind, table


def save_figure(result: Any, path: str | Path) -> None:
    """Draw a result and write it whole, its data beside it. Raises InputError (`figure_paths`)."""
    kind, table = figure_paths(path)
    image, rows = rendered(result, kind)
    write_whole(table, to_csv(rows).encode())
    write_whole(path, image)


def rendered(result: Any, kind: str) -> tuple[bytes, list[Row]]:
    """Draw a result: the bytes of a PNG, SVG or PDF file, and the rows of what is drawn."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    dates = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    stream = io.BytesIO()
    with matplotlib.rc_context(LOOK), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # boxes stand for what a font lacks
        figure = result.plot().figure
        try:
            figure.savefig(stream, format=kind, dpi=150, bbox_inches="tight", metadata=dates[kind])
            return stream.getvalue(), drawn(figure)
        finally:
            plt.close(figure)
