"""Whole numbers are whole numbers, whatever type says them; others are refused by name."""

import numpy as np
import pytest

import nashbox
from nashbox.problem.errors import InputError
from nashbox.results.saving import to_text

SMALL = {"game": "estimation", "sigma": 10.0, "costs": [[0.05], [0.05], [0.05]]}


def black_box(problem, **options):
    return nashbox.audit(problem, method="black_box", **options)


CALLS = {
    "audit": (black_box, {"budget": 1000, "seed": 3, "workers": 1}),
    "run": (nashbox.run, {"rounds": 2, "replications": 20, "seed": 3}),
    "adapt": (nashbox.adapt, {"rounds": 2, "seed": 3}),
    "robust": (nashbox.robust, {"drop": 1, "seed": 3}),
    "coalitions": (nashbox.coalitions, {"size": 2, "budget": 1000, "seed": 3}),
}


def numbers(result):
    return to_text(result.to_json())


@pytest.mark.sparse(4)
@pytest.mark.parametrize("verb", CALLS)
def test_every_type_of_whole_number_will_do(verb):
    call, options = CALLS[verb]
    problem = nashbox.prepare(SMALL).problem
    expected = numbers(call(problem, **options))
    for kind in (np.int64, float, np.float64):
        assert numbers(call(problem, **{k: kind(v) for k, v in options.items()})) == expected
    for name in options:
        for wrong in (2.5, "3", None if name != "workers" else -1, float("nan"), True):
            with pytest.raises(InputError, match=f"{name} must be a"):
                call(problem, **{**options, name: wrong})


def test_costs_and_sigma_of_numpy():
    as_numpy = {**SMALL, "sigma": np.int64(10), "costs": np.full((3, 1), 0.05)}
    found, expected = (nashbox.run(p, replications=10).agents for p in (as_numpy, SMALL))
    assert found == expected


@pytest.mark.parametrize("source", [None, b"x.toml", 3, [1], object()])
def test_what_is_no_problem_is_refused(source):
    for call in (nashbox.audit, nashbox.run, nashbox.compare, nashbox.adapt, nashbox.prepare):
        with pytest.raises(InputError, match="a problem must be a file's path"):
            call(source)


def test_recommended_is_yes_or_no():
    with pytest.raises(InputError, match="recommended must be True or False, got 'no'"):
        nashbox.audit(SMALL, recommended="no")


CALLED = {
    "menu": lambda menu: nashbox.adapt(SMALL, menu=menu, rounds=2),
    "mechanisms": lambda names: nashbox.compare(SMALL, names, starts=0, goals=[]),
    "papers": nashbox.reproduce,
}


@pytest.mark.parametrize("name", CALLED)
def test_a_text_is_no_list(name):
    for wrong in ("cbl", {"name": "cbl"}, 3):
        with pytest.raises(InputError, match=f"{name} must be a list, got"):
            CALLED[name](wrong)


def test_anything_to_go_through_is_one():
    menu = ("truthful", "free_rider")
    expected = nashbox.adapt(SMALL, menu=list(menu), rounds=2)
    assert numbers(nashbox.adapt(SMALL, menu=(x for x in menu), rounds=2)) == numbers(expected)
    rows = [nashbox.compare(SMALL, names, starts=0, goals=[]).to_json()["mechanisms"]
            for names in (["cbl"], ("cbl",), iter(["cbl"]))]  # fmt: skip
    assert rows[0] == rows[1] == rows[2]
