"""Write a large problem: python examples/large/make.py FOLDER [AGENTS] [DISTRIBUTIONS] [SEED].

Costs are log-uniform in [0.01, 1]; half of the agents cannot sample a random 30 % of the
distributions. The folder gets costs.csv and large.toml; then `nashbox plan FOLDER/large.toml`.
"""

import csv
import sys
from pathlib import Path

import numpy as np


def main(folder="large", agents="1000", distributions="20", seed="0"):
    m, d = int(agents), int(distributions)
    rng = np.random.default_rng(int(seed))
    costs = np.exp(rng.uniform(np.log(0.01), 0.0, size=(m, d)))
    blocked = (rng.random((m, d)) < 0.3) & (rng.random(m) < 0.5)[:, None]
    blocked[0] = False  # somebody can sample everything
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with (target / "costs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["agent", *(f"x{k}" for k in range(d))])
        for i in range(m):
            cells = ("inf" if b else f"{c:.6g}" for c, b in zip(costs[i], blocked[i], strict=True))
            writer.writerow([f"lab{i}", *cells])
    (target / "large.toml").write_text(
        'game = "estimation"\nsigma = 10.0\ncosts = "costs.csv"\nplan = "ir_optimal"\n'
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
