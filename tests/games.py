"""Games that many tests play: those on which the first paper's claims are checked."""

from nashbox.papers.clinton2025.instances import (
    FIGURE1,
    figure1,
    random_problem,
    worked_case,
)
from nashbox.problem.files import from_mapping

__all__ = ["FIGURE1", "figure1", "from_mapping", "random_problem", "worked_case"]
