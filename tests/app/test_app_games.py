"""Games of one step on the page: at the desk in process, and all of it in a browser."""

from dataclasses import replace

import pytest

from nashbox.app.desk import Desk
from nashbox.app.jobs import Ended
from nashbox.app.messages import Opened, PageTable, PlayedSoFar, Setup
from nashbox.app.parameters import inputs_of, with_key
from nashbox.app.sources import ProblemSource, examples
from nashbox.app.story import Lines
from nashbox.games.estimation import EstimationGame
from nashbox.games.public_goods import PublicGoods
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec

POT = ProblemSource("a pot", raw={"game": "public_goods", "agents": 4})


def told(method, *arguments, desk=None):
    said = []
    getattr(desk or Desk(), method)(said.append, *arguments)
    return said


def test_a_game_is_opened_and_played_round_by_round():
    desk = Desk()
    setup = Setup(POT, strategies={"a0": Spec("contribute", {"share": 0.0})}, worlds=50)
    (opened,) = [u for u in told("reset", setup, desk=desk) if isinstance(u, Opened)]
    assert list(opened.names) == ["a0", "a1", "a2", "a3"] and opened.mechanism.name == "publish"
    said = told("advance", 3, desk=desk)
    assert [u.count for u in said if isinstance(u, PlayedSoFar)] == [3]
    (table,) = [u for u in said if isinstance(u, PageTable)]
    assert table.rows[0] == ("a0", "contribute(share=0)", "2.20000") and not table.notes
    (lines,) = [u for u in said if isinstance(u, Lines)]
    assert lines.series[0][0] == "a0" and lines.series[0][3] == pytest.approx([2.2] * 3)


def test_parameters_and_other_games_are_held_to_their_rules():
    changed = Setup(POT, keys={"multiplier": 3.0}, worlds=10)
    assert changed.problem().parameters["multiplier"] == 3.0
    with pytest.raises(InputError, match="multiplier"):
        Setup(POT, keys={"multiplier": "much"}).problem()


def test_a_change_is_measured_and_means_begin_anew():
    desk = Desk()
    setup = Setup(POT, worlds=50)
    told("reset", setup, desk=desk)
    told("advance", 2, desk=desk)
    riding = replace(setup, strategies={"a0": Spec("contribute", {"share": 0.0})})
    said = told("change_to", riding, desk=desk)
    assert [u.count for u in said if isinstance(u, PlayedSoFar)][-1] == 3
    change = next(u for u in said if isinstance(u, PageTable) and u.name == "change")
    assert change.columns[3] == "payoff before"
    assert change.rows[0] == ("a0", "contribute", "contribute(share=0)", "1.6000", "2.2000",
                              "+0.6000")  # fmt: skip
    table = [u for u in said if isinstance(u, PageTable) and u.name == "agents"][-1]
    assert table.rows[0][2] == "2.20000" and table.title.startswith("1 rounds")


def test_the_menu_has_the_examples_of_all_games():
    shown = [source.shown for source in examples()]
    assert {"examples/auction.toml", "examples/figure1.toml"} < set(shown)
    assert all("sweep" not in name for name in shown)


def test_what_a_game_does_not_declare_cannot_be_chosen():
    body = POT.problem().to_json()
    assert set(inputs_of(PublicGoods, body)) >= {"multiplier"}
    assert not {"agents", "strategies", "mechanism"} & set(inputs_of(PublicGoods, body))
    assert with_key(PublicGoods, body, {}, "multiplier", "3") == {"multiplier": 3}
    for key, value in (("evil", "1"), ("agents", "9"), ("multiplier", "evil.py:Evil")):
        with pytest.raises(InputError):
            with_key(PublicGoods, body, {}, key, value)
    raw = {"game": "estimation", "sigma": 1.0, "costs": [[1.0], [2.0]], "plan": [[1.0], [0.0]]}
    own = ProblemSource("own", raw=raw).problem().to_json()
    assert inputs_of(EstimationGame, own)["plan"]["value"] == "given"
    assert with_key(EstimationGame, own, {}, "plan", "social") == {"plan": "social"}
    assert with_key(EstimationGame, own, {"plan": "social"}, "plan", "given") == {}
    with pytest.raises(InputError, match="the menu has no '/etc/passwd'"):
        with_key(EstimationGame, own, {}, "plan", "/etc/passwd")


@pytest.mark.browser  # not for the browser: the page's state needs the extra `web`
def test_a_page_names_nothing_that_is_not_in_the_game_s_menu():
    from nashbox.app.ui.state import Started, Tab

    tab = Tab(Started())
    try:
        tab.hear(Opened(Setup(POT), ("a0", "a1"), Spec("publish"), {}))
        assert list(tab.choices.strategies) == ["contribute"]
        for name in ("evil.py:Evil", "os:system", "bid", ""):
            with pytest.raises(InputError):
                tab.choices.checked(0, name, {})
        with pytest.raises(InputError):
            tab.choices.checked(1, "evil.py:Evil", {})
        assert tab.choices.checked(0, "contribute", {"share": "0.5"}).parameters == {"share": 0.5}
    finally:
        tab.close()


@pytest.mark.browser  # not for the browser: the page's state needs the extra `web`
@pytest.mark.parametrize("end", [lambda tab: tab.hear(Ended(3)), lambda tab: tab.cancel()])
def test_what_ended_unfinished_is_not_wanted_any_more(end):
    """Reset, and every choice after it, brought back the strategy that had ended the process."""
    from nashbox.app.ui.state import Started, Tab

    tab = Tab(Started())
    try:
        tab.hear(Opened(Setup(POT), ("a0", "a1"), Spec("publish"), {}))
        tab.wanted = Setup(POT, strategies={"a0": Spec("contribute", {"share": 0.0})})
        end(tab)
        assert tab.wanted == tab.setup.value == Setup(POT)
    finally:
        tab.close()


@pytest.mark.browser
def test_the_games_tab_plays_and_audits(browser):
    browser.open(game="examples/public_goods.toml")
    browser.until("count", 0)
    browser.settle()
    browser.choose("game", "examples/auction.toml")
    browser.page.get_by_label("rule", exact=True).wait_for()
    browser.settle()
    browser.click("Step")
    browser.until("count", 1)
    browser.settle()
    assert browser.ink("agents") > 500
    browser.choose("agent", "ann")
    browser.choose("strategy", "bid")
    browser.write("factor", "0.5")
    browser.click("Play this strategy")
    browser.page.get_by_text("bid(factor=0.5)").first.wait_for()
    browser.click("Audit")
    browser.page.wait_for_selector("[data-verdict=profitable]")
    browser.picture("games")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("game", "told"),
    [
        ("examples/public_goods.toml", "publish\tequilibrium\t4.000000\t4 x contribute(share=0)"),
        ("examples/testing/case_c.toml", "no_exchange\thonest, equilibrium\t"),
    ],
)
def test_mechanisms_are_compared_in_any_game(browser, game, told):
    browser.open(game=game)
    browser.settle()
    browser.write("starts (random starts of the search for equilibria)", "x")
    browser.click("Compare mechanisms")
    said = browser.page.locator("[data-message=compare-trouble]")
    said.wait_for()
    assert "starts must be a whole number" in said.inner_text()
    browser.write("starts (random starts of the search for equilibria)", "2")
    browser.click("Compare mechanisms")
    browser.see("compare")
    browser.settle()
    assert said.count() == 0
    assert browser.ink("compare") > 500
    assert told in browser.page.locator("[data-table=compare]").inner_text()
    assert browser.page.get_by_text("Play the designed rules").count() == 0
    browser.write("seed (taken by Reset)", "7")
    browser.click("Reset")
    browser.page.wait_for_selector("text=the game has been changed since this comparison")
    browser.picture("compared")
