"""Time to start: a bare interpreter, `import nashbox`, `nashbox --help`, an audit from cold."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "figure1.toml"
COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "import nashbox": ["-c", "import nashbox"],
    "nashbox --help": ["-m", "nashbox.cli", "--help"],
    "nashbox audit figure1.toml": ["-m", "nashbox.cli", "audit", str(EXAMPLE)],
}


def main() -> None:
    """Print the least of five wall times each, seconds."""
    for name, arguments in COMMANDS.items():
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        print(f"{name:<28} {min(times):7.3f} s")


if __name__ == "__main__":
    main()
