"""What checks of all games have in common."""

import random
from dataclasses import dataclass
from itertools import count

import numpy as np
import pytest

from nashbox.games.checking import (
    BrokenError,
    SkippedError,
    deterministic,
    held,
    left_alone,
    pickles,
    promised,
    repeated,
    run_all,
    same_arrays,
)
from nashbox.problem.errors import ContractError


@dataclass(frozen=True)
class Promises:
    deterministic: bool = True
    faithful: bool = False


class Unequal:
    """Pickles, but is not equal to its copy."""


def test_a_generator_of_its_own_and_a_memory_are_seen():
    repeated(lambda: 1.0, lambda: None, float.__eq__, "differs")
    calls, kept = count(), []
    with pytest.raises(BrokenError, match="differs"):
        repeated(lambda: next(calls), lambda: None, int.__eq__, "differs")
    with pytest.raises(BrokenError, match="remembers"):
        repeated(lambda: len(kept), lambda: kept.append(1), int.__eq__, "remembers")


@pytest.mark.parametrize(
    ("draw", "words"),
    [(np.random.random, "numpy's global"), (random.random, "Python's random")],
)
def test_global_streams_are_not_drawn_from(draw, words):
    with pytest.raises(BrokenError, match=words):
        repeated(lambda: 1.0, draw, float.__eq__, "differs")


def test_streams_are_as_they_were_after_all_checks():
    before = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    rows = run_all({"draws": lambda: str(np.random.random())}, ())  # noqa: NPY002
    assert [row.passed for row in rows] == [True]
    assert (np.random.get_state()[1] == before[0]).all()  # noqa: NPY002
    assert random.getstate() == before[1]


def test_only_what_is_promised_is_tested():
    deterministic(Promises(), lambda: True, "stops elsewhere")
    with pytest.raises(BrokenError, match="stops elsewhere with another generator"):
        deterministic(Promises(), lambda: False, "stops elsewhere")
    with pytest.raises(SkippedError, match=r"not promised \(deterministic = False\)"):
        deterministic(Promises(deterministic=False), lambda: False, "stops elsewhere")
    with pytest.raises(SkippedError, match=r"not promised \(faithful = False\)"):
        promised(Promises(), "faithful")


def test_changed_inputs_are_refused():
    one = [np.array([1.0, np.nan]), np.zeros(2)]
    left_alone(one, [x.copy() for x in one], "writes")
    for other in ([one[0]], [one[0], np.array([0.0, 1e-300])], []):
        assert not same_arrays(one, other)
        with pytest.raises(BrokenError, match=r"^writes; copy before changing$"):
            left_alone(one, other, "writes")


def test_what_audits_refuse_a_check_saw():
    def refuse():
        raise ContractError("promises more")

    with pytest.raises(BrokenError, match="promises more"):
        held(refuse)
    held(lambda: None)


def test_workers_get_an_equal_copy():
    assert pickles(Promises()) == "equal to its pickled copy"
    for made, words in ((Unequal(), "not equal"), (lambda: None, "does not survive")):
        with pytest.raises(BrokenError, match=words):
            pickles(made)
