"""Full reproductions rest on a store: same answers, nothing computed twice."""

import dataclasses
import sqlite3
from contextlib import closing

import pytest

from nashbox.papers import clinton2025, raghavan2025
from nashbox.papers.reproducing import reproduce
from nashbox.papers.stored import StoredEvaluation

CHEAP = {"figure1", "print-social-counts", "theorem4"}


@pytest.fixture
def cheap(monkeypatch):
    few = tuple(c for c in clinton2025.CLAIMS if c.id in CHEAP)
    assert len(few) == len(CHEAP)
    monkeypatch.setattr(clinton2025, "CLAIMS", few)
    monkeypatch.setattr(raghavan2025, "CLAIMS", raghavan2025.CLAIMS[-1:])


def computed(store):
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute("SELECT * FROM times ORDER BY key").fetchall()


@pytest.mark.slow
def test_a_store_gives_the_same_answers_and_is_gone_on_from(cheap, tmp_path):
    store = tmp_path / "claims.sqlite"
    direct = reproduce(quick=True)
    reproduce(("clinton2025",), quick=True, evaluate=StoredEvaluation(store))
    half = computed(store)
    assert len(half) >= len(CHEAP)
    seen = []
    stored = reproduce(
        quick=True,
        evaluate=StoredEvaluation(store),
        progress=lambda done, total: seen.append((done, total)),
    )
    now = computed(store)
    assert set(half) < set(now)  # with their times: nothing was computed again
    assert seen[0] == (len(half), len(now)) and seen[-1] == (len(now), len(now))
    assert stored.to_json() == direct.to_json()


@pytest.mark.slow
def test_a_claim_that_breaks_off_is_named_and_tried_again(cheap, tmp_path, monkeypatch):
    broken = dataclasses.replace(clinton2025.CLAIMS[0], id="no-such-claim")
    monkeypatch.setattr(clinton2025, "CLAIMS", (*clinton2025.CLAIMS, broken))
    store = tmp_path / "claims.sqlite"
    for _ in range(2):
        found = reproduce(("clinton2025",), quick=True, evaluate=StoredEvaluation(store))
        assert [u.id for u in found.unchecked] == ["no-such-claim"]
        assert "StopIteration" in found.unchecked[0].error
    drivers = {row[-1] for row in computed(store)}
    assert len(drivers) == 2  # the second tried it again


@pytest.mark.slow
def test_the_command_keeps_a_store_where_it_is_told(nashbox, cheap):
    answer = nashbox("reproduce", "clinton2025", "--quick", "--store", "s.sqlite", "--json", "-")
    assert answer.code == 0 and '"nashbox-reproduce/1"' in answer.out
    assert "s.sqlite" in answer.written
    assert len(computed("s.sqlite")) >= len(CHEAP)


def test_an_engine_without_a_store_is_refused(nashbox):
    nashbox("reproduce", "--quick", "--engine", "dask://127.0.0.1:1").refuses("--engine", "--store")
