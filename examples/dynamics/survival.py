"""Does honesty survive a few liars? Mechanisms x sizes x graphs, with errors over seeds.

    python examples/dynamics/survival.py            # minutes: prints a table, writes a figure
    python examples/dynamics/survival.py --quick    # seconds: few seeds, one size, two graphs

One agent in ten pads her data with made-up points, one in ten hands in nothing. In every round
agents, drawn at random, copy their best-paid neighbour.

The function `share_honest` is one cell of it, as an experiment of a sweep file:

    experiment = "survival.py:share_honest"
"""

import sys
from pathlib import Path

import nashbox
from nashbox.experiments.dynamics.survival import GRAPHS
from nashbox.experiments.figures import save_figure
from nashbox.problem.files import from_mapping
from nashbox.tables.printing import print_result

MENU = ["truthful", "fabricator", "free_rider"]


def share_honest(problem: dict, seed: int) -> dict[str, float]:
    """One population in a small world: share of honest agents after 60 rounds of imitation."""
    found = nashbox.adapt(
        from_mapping(problem),
        "imitation",
        menu=MENU,
        graph="watts_strogatz(k=4, p=0.1)",
        order="random",
        rounds=60,
        seed=seed,
    )
    last = found.runs[0].last
    return {"share_honest": last["share_honest"], "data": last["data"]}


def main(quick: bool) -> None:
    problem = nashbox.load_problem(Path(__file__).parent / "twenty.toml")
    result = nashbox.honesty_survival(
        problem,
        menu=MENU,
        sizes=[20] if quick else [20, 50, 100],
        graphs=GRAPHS[:2] if quick else GRAPHS,
        seeds=range(3 if quick else 20),
        worlds=2000 if quick else 10_000,
    )
    print_result(result)
    save_figure(result, "survival.png")


if __name__ == "__main__":
    main("--quick" in sys.argv)
