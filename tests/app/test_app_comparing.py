"""Comparisons and designed rules on the page, without widgets or processes."""

import io
import pickle
from dataclasses import replace

import matplotlib.image
import pytest

from nashbox.app.desk import Desk
from nashbox.app.long_work import LongWork
from nashbox.app.messages import (
    Designed,
    Opened,
    PageTable,
    PlayedSoFar,
    Progress,
    Setup,
    Sketch,
    Verdict,
)
from nashbox.app.parameters import checked, class_of, parameters_of, user_params
from nashbox.app.plots import drawn
from nashbox.app.sources import BUILT_IN, ProblemSource
from nashbox.experiments.compare import compare
from nashbox.games.estimation import EstimationGame
from nashbox.problem.errors import InputError
from nashbox.problem.files import load
from nashbox.problem.spec import Spec
from tests.places import EXAMPLES

THREE = ProblemSource("three labs", raw=BUILT_IN["three labs"])
FOUR = ProblemSource("four labs", raw={**BUILT_IN["three labs"], "costs": [[0.05]] * 4})


class Box(list):
    """Keeps what is sent; `last(kind)` is the latest of a kind."""

    def last(self, kind, name=None):
        return [u for u in self if isinstance(u, kind) and (name is None or u.name == name)][-1]


@pytest.fixture
def box():
    return Box()


@pytest.mark.slow
def test_a_comparison_is_the_command_line_s(box, nashbox, problem):
    LongWork().compare(box.append, Setup(THREE), 3, {"goals": ["egalitarian"]})
    told = nashbox(
        "compare", "p.toml", "--design", "egalitarian", "--starts", "3", "--verbose",
        files={"p.toml": problem()},
    )  # fmt: skip
    table = box.last(PageTable, "compare")
    assert table.printed == told.out
    result = compare(THREE.problem(), goals=["egalitarian"], starts=3)
    named = [row[0] for row in table.rows if row[0]]
    first = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert named == [c.mechanism for c in result.contenders]
    assert "designed (egalitarian)" in named and "designed (social)" not in named
    assert first["designed (egalitarian)"]["who gains"] == "nobody"
    honest, row = first["sample_mean"], result.row("sample_mean", "honest")
    assert honest["profile"] == "honest" and honest["points"] == "78"
    assert honest["social"] == f"{row.social_penalty:.4f}"
    assert honest["ratio"] == f"{row.efficiency_ratio:.4f}"
    assert honest["who gains"].startswith("a1 0.33")
    assert any(note.startswith("best responses under") for note in table.notes)
    said = " ".join(told.out.split())
    assert [note for note in table.notes if note not in said] == []
    assert any(note.startswith("honest, by order: under baseline") for note in table.notes)
    told_of = [u for u in box if isinstance(u, Progress)]
    assert told_of[0] == Progress(0, 0) and told_of[-1].total == 5 * len(named)
    assert 1 < len(told_of) <= 60


@pytest.mark.sparse(2)
@pytest.mark.parametrize("name", ["battle", "tullock", "testing/case_c"])
def test_any_game_is_compared_as_on_the_command_line(box, nashbox, name):
    file = EXAMPLES / f"{name}.toml"
    LongWork().compare(box.append, Setup(ProblemSource(name, path=str(file))), 2, {})
    told = nashbox("compare", str(file), "--starts", "2", "--verbose")
    table = box.last(PageTable, "compare")
    assert table.printed == told.out and table.title.split(";")[0] in told.out.split("\n")[0]
    result = compare(load(file), starts=2)
    mechanisms = list(dict.fromkeys(row["mechanism"] for row in result.rows))
    assert list(dict.fromkeys(row[0] for row in table.rows)) == mechanisms
    assert set(result.notes) <= set(table.notes)
    assert drawn(box.last(Sketch, "compare")).png.startswith(b"\x89PNG")


def test_an_option_of_one_game_only_is_refused_for_others(box):
    pot = ProblemSource("a pot", raw={"game": "public_goods", "agents": 4})
    with pytest.raises(InputError, match="goals is for estimation games"):
        LongWork().compare(box.append, Setup(pot), 1, {"goals": ["social"]})


def test_the_figure_of_a_comparison_is_drawn_from_what_travels_between_processes(box):
    LongWork().compare(box.append, Setup(THREE), 0, {"goals": ["social"]})
    figure = drawn(pickle.loads(pickle.dumps(box.last(Sketch, "compare"))))
    pixels = matplotlib.image.imread(io.BytesIO(figure.png), format="png")[..., :3]
    assert (pixels.min(axis=-1) < 0.9).sum() >= 10_000


def test_more_starts_than_one_waits_for_are_refused(box):
    with pytest.raises(InputError, match="starts must be at most 200 on the page, got 201"):
        LongWork().compare(box.append, Setup(THREE), 201, {})
    with pytest.raises(InputError, match="starts must be"):
        LongWork().compare(box.append, Setup(THREE), -1, {})
    many = ProblemSource("many", raw={**BUILT_IN["three labs"], "costs": [[1.0]] * 101})
    for work, asked in (("compare", (1, {})), ("design", ("social",))):
        with pytest.raises(InputError, match="many: agents must be at most 100"):
            getattr(LongWork(), work)(box.append, Setup(many), *asked)
    assert not [u for u in box if isinstance(u, (PageTable, Sketch, Designed))]


@pytest.mark.sparse(2)
@pytest.mark.parametrize("goal", ["social", "egalitarian", "nash", "kalai_smorodinsky"])
def test_designed_rules_are_played_and_audited(box, goal):
    setup = Setup(FOUR, worlds=2000)
    LongWork().design(box.append, setup, goal)
    designed = box.last(Designed)
    other = designed.onto(replace(setup, worlds=20_000))  # falsehoods are rare
    assert other.worlds == 20_000 and other.problem().mechanism == designed.mechanism
    table = box.last(PageTable, "design")
    said = " ".join(table.printed.split())
    assert [note for note in table.notes if note not in said] == []
    chosen = [row for row in table.rows if "(chosen)" in row[0]]
    promised = float(chosen[0][1])
    desk = Desk()
    desk.reset(box.append, other)
    assert box.last(Opened).mechanism.name == designed.mechanism.name == "decoy"
    desk.advance(box.append, 1)
    assert box.last(PlayedSoFar).count == 1
    rows = desk.steps[-4:]
    spread = sum(row["se"] for row in rows)  # s.e. of a sum is no more, whatever the correlation
    assert sum(row["penalty"] for row in rows) == pytest.approx(promised, abs=6 * spread)
    plain = Desk()
    plain.reset(box.append, setup)
    plain.advance(box.append, 1)
    assert abs(sum(row["penalty"] for row in plain.steps) - promised) > 6 * spread
    LongWork().audit(box.append, other, 2000)
    assert box.last(Verdict).verdict == "none_above_epsilon"
    LongWork().audit(box.append, setup, 2000)
    assert box.last(Verdict).verdict == "profitable"


def test_designed_rules_are_for_the_costs_they_were_made_for():
    designed = Designed(FOUR, Spec("threshold"))
    with pytest.raises(InputError, match=r"rules are for four labs, but three labs has been"):
        designed.onto(Setup(THREE))


def test_a_plan_given_as_a_table_stays(box):
    table = {**FOUR.raw, "plan": [[10.0]] * 4}
    setup = Setup(ProblemSource("given", raw=table))
    LongWork().design(box.append, setup, "social")
    assert box.last(Designed).keys == {}
    assert box.last(Designed).onto(setup).problem().plan_name == "given"


def test_designed_rules_can_be_edited_as_they_stand_in_the_inputs(box):
    LongWork().design(box.append, Setup(FOUR), "social")
    rules = box.last(Designed).mechanism
    shown = user_params(class_of(EstimationGame, "mechanisms", "threshold"), rules.parameters)
    typed = {key: entry["value"] for key, entry in shown.items()}
    cls = class_of(EstimationGame, "mechanisms", "threshold")
    read_back = cls(**parameters_of(cls, typed))
    assert str(read_back) == str(cls(**rules.parameters))  # nan is not equal to itself
    with pytest.raises(InputError, match="kind"):
        checked(EstimationGame, "mechanisms", "threshold", {**typed, "kind": "much"}, ["threshold"])
