"""Time to start: `import nashbox`, `nashbox --help`, an audit from cold.

The yardstick is an interpreter that imports numpy.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.timing import REPEATS, Row, compared, interleaved, shown, with_children

EXAMPLE = Path(__file__).parent.parent / "examples" / "figure1.toml"
YARDSTICK = ["-c", "import numpy"]
COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "import nashbox": ["-c", "import nashbox"],
    "nashbox --help": ["-m", "nashbox.cli", "--help"],
    "nashbox audit figure1.toml": ["-m", "nashbox.cli", "audit", str(EXAMPLE)],
}


def main() -> list[Row]:
    """Print CPU times of whole processes."""
    works = {
        name: partial(subprocess.run, [sys.executable, *arguments], check=True, capture_output=True)
        for name, arguments in {"yardstick": YARDSTICK, **COMMANDS}.items()
    }
    spent = interleaved(works, REPEATS, with_children)
    return [shown(compared(name, spent[name], spent["yardstick"])) for name in COMMANDS]


if __name__ == "__main__":
    main()
