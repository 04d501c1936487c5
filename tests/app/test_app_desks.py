"""What the desks play, measure and have drawn, without processes around them."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from nashbox.app import limits
from nashbox.app.changes import AT_MOST
from nashbox.app.desk import Desk
from nashbox.app.long_work import LongWork
from nashbox.app.messages import (
    Figure,
    Laws,
    Opened,
    PageTable,
    PlayedSoFar,
    Progress,
    Setup,
    Sketch,
    Verdict,
)
from nashbox.app.parameters import GIVEN, inputs_of
from nashbox.app.plots import Artist
from nashbox.app.sources import BUILT_IN, ProblemSource, examples
from nashbox.app.story import Story
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec
from nashbox.tables.console import ERRORS, with_error

THREE = ProblemSource("three labs", raw=BUILT_IN["three labs"])
COINS = ProblemSource("two equal agents", raw=BUILT_IN["two equal agents"])


class Box(list):
    """Keeps what is sent; `last(kind)` is the latest of a kind."""

    def last(self, kind, name=None):
        return [u for u in self if isinstance(u, kind) and (name is None or u.name == name)][-1]


@pytest.fixture
def box():
    return Box()


# limits


@pytest.mark.parametrize(
    "change",
    [{"worlds": 20_001}, {"worlds": 1}, {"seed": -1}],
)
def test_a_setup_beyond_the_limits_is_refused(box, change):
    with pytest.raises(InputError, match=r"worlds must be|seed must be"):
        Desk().reset(box.append, Setup(THREE, **change))


def test_large_problems_are_refused_with_a_way_out(box):
    many = ProblemSource("many", raw={**BUILT_IN["three labs"], "costs": [[1.0]] * 101})
    with pytest.raises(InputError, match=r"many: agents must be at most 100 .* command line"):
        Desk().reset(box.append, Setup(many))
    much = {"a0": Spec("over_collector", {"factor": 1e6})}
    with pytest.raises(InputError, match="points drawn in a round"):
        Desk().reset(box.append, Setup(THREE, strategies=much))
    costly = ProblemSource("costly", raw={**BUILT_IN["three labs"], "costs": [[1e-9]] * 3})
    with pytest.raises(InputError, match="points drawn in a round"):
        Desk().reset(box.append, Setup(costly))


# the desks


def test_the_page_plays_what_run_plays(box):
    from nashbox.experiments.run import run

    desk = Desk()
    desk.reset(box.append, Setup(THREE, worlds=500, seed=3))
    desk.advance(box.append, 3)
    assert box.last(PlayedSoFar).count == 3
    expected = run(THREE.problem(), rounds=3, replications=500, seed=3)
    for mine, theirs in zip(desk.steps, expected.steps, strict=True):
        assert mine.keys() == theirs.keys()
        for key, value in mine.items():
            if isinstance(value, float):
                assert value == pytest.approx(theirs[key], rel=1e-9)
            else:
                assert value == theirs[key]


def test_a_change_goes_on_from_the_round_it_was_made_in(box):
    desk, setup = Desk(), Setup(THREE, worlds=200)
    desk.reset(box.append, setup)
    desk.advance(box.append, 2)
    desk.change_to(box.append, replace(setup, strategies={"a0": Spec("free_rider")}))
    assert (
        box.last(PlayedSoFar).count == 3 and box.last(Opened).strategies["a0"].name == "free_rider"
    )
    assert [row["strategy"] for row in desk.steps[::3]] == ["truthful", "truthful", "free_rider"]
    rows = box.last(PageTable, "change").rows
    assert [row[0] for row in rows] == ["a0", "all others, in sum"]
    before, after = (float(rows[1][k].partition("\u00b1")[0]) for k in (3, 4))
    # a1 and a2 share 7 points instead of 78: error 100/7 instead of 100/78 each, up to 9 s.e. of
    # 2,000 worlds (a squared normal error has s.d. sqrt(2) times its mean)
    wide = 9 * np.sqrt(2 / 2000)
    assert before == pytest.approx(2 * 100 / 78 + 7 * 0.066, rel=wide)
    assert after == pytest.approx(2 * 100 / 7 + 7 * 0.066, rel=wide)
    assert before != pytest.approx(2 * 100 / 7 + 7 * 0.066, rel=wide)


def test_simulated_numbers_have_their_errors(box):
    """In the tables of the game, and of what a change of strategies does."""
    desk, setup = Desk(), Setup(THREE, mechanism=Spec("sample_mean"), worlds=500)
    desk.reset(box.append, setup)
    desk.advance(box.append, 1)
    agents = box.last(PageTable, "agents")
    one = dict(zip(agents.columns, agents.rows[0], strict=True))
    row = desk.last()[0]
    assert one["penalty"] == with_error(row["penalty"], row["se"]) and ERRORS in agents.notes
    assert "\u00b1" in one["penalty"] and "\u00b1" in one["error"]
    assert "\u00b1" not in one["cost"]  # the same in all worlds
    desk.change_to(box.append, replace(setup, strategies={"a0": Spec("free_rider")}))
    change = box.last(PageTable, "change")
    assert all("\u00b1" in cell for cells in change.rows for cell in cells[3:])
    assert change.notes == [f"{ERRORS}{AT_MOST}"]


def test_best_responders_answer_each_other_over_a_change(box):
    setup = Setup(
        THREE, worlds=50, strategies=dict.fromkeys(("a0", "a1", "a2"), Spec("best_responder"))
    )
    desk = Desk()
    desk.reset(box.append, setup)
    desk.advance(box.append, 4)
    settled = [row["collected"] for row in desk.steps[-3:]]
    assert settled == [[55.0], [0.0], [0.0]]
    desk.change_to(
        box.append, replace(setup, strategies={**setup.strategies, "a2": Spec("truthful")})
    )
    assert [row["collected"] for row in desk.steps[-3:]] == settled


def test_counts_that_cannot_be_simulated_say_so_and_keep_the_plan(box):
    real = ProblemSource("real", raw={**BUILT_IN["three labs"], "counts": "real"})
    desk = Desk()
    with pytest.raises(InputError, match='counts = "real" cannot be simulated'):
        desk.reset(box.append, Setup(real))
    assert box.last(Story, "agents") and box.last(Opened).body["plan"] == "ir_optimal"
    with pytest.raises(InputError, match="cannot be simulated"):
        desk.advance(box.append, 1)


def test_a_testing_game_is_played_step_by_step_and_counted(box):
    desk = Desk()
    desk.reset(box.append, Setup(COINS))
    desk.advance(box.append, 1)
    assert box.last(PlayedSoFar) == PlayedSoFar(0, 1, False)
    desk.finish(box.append)
    over = box.last(PlayedSoFar)
    assert over.count == 1 and over.over
    desk.advance(box.append, 1)
    assert box.last(PlayedSoFar) == PlayedSoFar(1, 1, False)  # the next game
    desk.play(box.append, 100)
    assert box.last(PlayedSoFar).count == 101
    assert sum(desk.view.first()) == 101
    with pytest.raises(InputError, match="games at once must be at most"):
        desk.play(box.append, limits.GAMES + 1)


def test_first_stops_follow_the_exact_law(box, seed):
    work, desk, setup = LongWork(), Desk(), Setup(COINS, seed=seed)
    work.solve(box.append, setup)
    laws = box.last(Laws)
    desk.reset(box.append, setup)
    desk.play(box.append, 20_000)
    share = np.array(desk.view.first()) / desk.games
    exact = np.zeros(share.size)
    exact[1:] = laws.first[: share.size - 1]
    common = exact > 0.005
    spread = np.sqrt(exact[common] * (1 - exact[common]) / desk.games)
    off = np.abs(share[common] - exact[common]) / spread
    assert off.max() < 6  # false alarm below 1e-7 for these 20-odd numbers
    shifted = np.abs(share[common] - np.roll(exact, 1)[common]) / spread
    assert shifted.max() > 6  # a law off by one iteration is seen


def test_a_testing_setup_edits_the_problem(box):
    setup = Setup(
        COINS,
        keys={"beta": "1/5"},
        agents={"B": {"p0": ["0.7", "0.3"], "p1": ["1/3", "2/3"]}},
        strategies={"A": Spec("signaller", {"alpha": 0.25})},
    )
    problem = setup.problem()
    assert str(problem.beta) == "1/5" and str(problem.models[1].p1[1]) == "2/3"
    assert problem.strategies["A"].parameters == {"alpha": 0.25}
    with pytest.raises(InputError, match="agent B: p0 must sum to exactly 1"):
        replace(setup, agents={"B": {"p0": ["0.7", "0.7"], "p1": ["0.5", "0.5"]}}).problem()


@pytest.mark.parametrize("source", examples(), ids=lambda source: source.shown)
def test_every_game_is_opened_changed_and_played_at_one_desk(box, source):
    """Whoever plays, the same in other words: the file's game is left as it is."""
    desk, setup = Desk(), Setup(source, worlds=20)
    desk.reset(box.append, setup)
    opened = box.last(Opened)
    problem = setup.problem()
    same = replace(
        setup,
        mechanism=opened.mechanism,
        strategies=opened.strategies,
        keys={
            key: entry["value"]
            for key, entry in inputs_of(type(desk.game), opened.body).items()
            if type(desk.game).keys and entry["value"] != GIVEN
        },
    )
    assert same.problem().names == problem.names
    first, *_ = problem.names
    everybody = dict.fromkeys(problem.names, Spec("recommended"))
    desk.change_to(box.append, replace(same, strategies=everybody))
    desk.finish(box.append)
    done = box.last(PlayedSoFar)
    assert done.count == (2 if desk.game.lasting else 1)
    assert box.last(PageTable, "agents").rows[0][0] == first
    assert bool([u for u in box if isinstance(u, PageTable) and u.name == "change"]) is (
        desk.game.lasting
    )


def test_an_audit_tells_its_verdict_in_the_words_of_the_command_line(box, nashbox, problem):
    LongWork().audit(box.append, Setup(THREE), 400_000)
    told = nashbox("audit", "p.toml", files={"p.toml": problem()})
    assert box.last(Verdict) == Verdict("profitable")
    assert box.last(PageTable, "audit").printed == told.out
    assert [row[1] for row in box.last(PageTable, "audit").rows][:2] == ["gains", "gains"]


def test_an_audit_of_simulated_worlds_tells_how_far_it_is(box):
    raw = {**BUILT_IN["three labs"], "strategies": {"a0": {"name": "shifter", "shift": 2.0}}}
    LongWork().audit(box.append, Setup(ProblemSource("p", raw=raw)), 2_000)
    assert [u for u in box if isinstance(u, Progress)][-1] == Progress(3, 3)


# drawings


def test_every_sketch_is_drawn_from_what_travels_between_processes(box):
    artist, drawn = Artist(), Box()
    desk = Desk()
    setup = Setup(THREE, worlds=50)
    desk.reset(box.append, setup)
    desk.change_to(box.append, replace(setup, strategies={"a0": Spec("free_rider")}))
    desk.advance(box.append, 2)
    other = Desk()
    other.reset(box.append, Setup(ProblemSource("ring", raw=BUILT_IN["ten agents on a ring"])))
    LongWork().solve(box.append, other.setup)
    other.learn(box.append, box.last(Laws))
    other.finish(box.append)
    sketches = [u for u in box if isinstance(u, Sketch)]
    for sketch in sketches:
        artist.sketch(drawn.append, pickle.loads(pickle.dumps(sketch)))
    while artist.spare(drawn.append):
        pass
    names = [figure.name for figure in drawn]
    assert sorted(names) == ["graph", "law"]
    assert all(figure.png.startswith(b"\x89PNG") and figure.text for figure in drawn)
    assert all(isinstance(figure, Figure) for figure in drawn)


def test_a_mechanism_can_be_exchanged(box):
    desk = Desk()
    desk.reset(box.append, Setup(THREE, mechanism=Spec("cbl", {"alpha_factor": 0.5})))
    assert box.last(Opened).mechanism.parameters == {"alpha_factor": 0.5}
    assert desk.game.terms.counts.ravel().tolist() == [55, 39, 0]
