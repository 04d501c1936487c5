"""`reproduce`: check every claim of the papers and gather what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from nashbox.papers.cells import PAPERS, ClaimCell, cells_of, claims_of, evaluate, finding_of
from nashbox.papers.reproduction import Checked, Reproduction, Unchecked
from nashbox.problem.errors import listed, told
from nashbox.problem.options import Flag, Seed, Whole, held
from nashbox.problem.ticker import Ticker

Evaluate = Callable[..., Mapping[ClaimCell, Mapping[str, Any]]]


QUICK = Flag("fewer random instances; both papers within 2 minutes of processor time")
WORKERS = Whole("processes; the result does not depend on it", "N", low=1, usual="one per core")


@held
def reproduce(
    papers: Sequence[str] = PAPERS,
    *,
    quick: Annotated[bool, QUICK] = False,
    seed: Seed = 0,
    workers: Annotated[int, WORKERS] = 1,
    progress: Ticker | None = None,
    evaluate: Evaluate = evaluate,
) -> Reproduction:
    """Check every claim of `papers` (names in PAPERS), in the papers' order.

    quick: fewer random instances and smaller games; all claims of both papers within two
    minutes of processor time. seed: of the random instances and of simulations. workers:
    processes; the result does not depend on them. evaluate: does the cells, for those who keep
    them in a store; called with the cells, `workers` and `progress`, returns what `attempt`
    returns for each.

    A check that breaks off is recorded in `unchecked` with its traceback, the others go on.
    Raises InputError for an unknown paper.
    """
    papers = listed("papers", papers)
    cells = [cell for paper in papers for cell in cells_of(paper, quick=quick, seed=seed)]
    answers = evaluate(cells, workers=workers, progress=progress)
    checked: list[Checked] = []
    unchecked: list[Unchecked] = []
    for paper in papers:
        for claim in claims_of(paper):
            mine = {
                cell: answer
                for cell, answer in answers.items()
                if (cell.paper, cell.claim) == (paper, claim.id)
            }
            broken = [answer for answer in mine.values() if "error" in answer]
            if broken:
                error = broken[0]
                unchecked.append(Unchecked(paper, claim.id, error["error"], error["traceback"]))
                continue
            try:
                finding = finding_of(claim, mine)
            except Exception as error:
                import traceback

                text = traceback.format_exc()
                unchecked.append(Unchecked(paper, claim.id, told(error), text))
                continue
            checked.append(Checked(paper, claim.id, claim.source, claim.statement, finding))
    return Reproduction(list(papers), quick, seed, checked, unchecked)
