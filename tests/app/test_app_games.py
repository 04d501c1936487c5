"""The tab for games of one step: its desk in process, and all of it in a browser."""

import pytest

from nashbox.app.desk_game import GameDesk
from nashbox.app.messages import GameSetup, Opened, Played, Table
from nashbox.app.sources import Shelf, Source, examples
from nashbox.app.story import Lines
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec

POT = Source("a pot", raw={"game": "public_goods", "agents": 4})


def told(method, *arguments, desk=None):
    said = []
    getattr(desk or GameDesk(), method)(said.append, *arguments)
    return said


def test_a_game_is_opened_and_played_round_by_round():
    desk = GameDesk()
    setup = GameSetup(POT, strategies={"a0": Spec("contribute", {"share": 0.0})}, worlds=50)
    (opened,) = [u for u in told("reset", setup, desk=desk) if isinstance(u, Opened)]
    assert list(opened.names) == ["a0", "a1", "a2", "a3"] and opened.mechanism.name == "publish"
    said = told("advance", 3, desk=desk)
    assert [u.count for u in said if isinstance(u, Played)] == [3]
    (table,) = [u for u in said if isinstance(u, Table)]
    assert table.rows[0] == ("a0", "contribute(share=0)", "2.20000", "0.00000")
    (lines,) = [u for u in said if isinstance(u, Lines)]
    assert lines.series[0][0] == "a0" and lines.series[0][3] == pytest.approx([2.2] * 3)


def test_parameters_and_other_games_are_held_to_their_rules():
    changed = GameSetup(POT, parameters={"multiplier": 3.0}, worlds=10)
    assert changed.problem().parameters["multiplier"] == 3.0
    with pytest.raises(InputError, match="multiplier"):
        GameSetup(POT, parameters={"multiplier": "much"}).problem()
    with pytest.raises(InputError, match="tab of its own"):
        GameSetup(Source("x", raw={"game": "estimation", "sigma": 1.0, "costs": [[1.0]]})).problem()


def test_the_menu_has_the_examples_of_no_paper():
    shown = [source.shown for source in examples("")]
    assert "examples/auction.toml" in shown and "examples/figure1.toml" not in shown
    assert all("sweep" not in name for name in shown)


@pytest.mark.browser  # not for the browser: the tab's widgets need the extra `web`
def test_a_page_names_nothing_that_is_not_in_the_game_s_menu():
    from nashbox.app.ui.state import Started
    from nashbox.app.ui.state_games import GamesTab

    tab = GamesTab(Started(), Shelf())
    try:
        tab.hear(Opened(GameSetup(POT), ("a0", "a1"), Spec("publish"), {}))
        assert list(tab.strategies) == ["contribute"]
        for name in ("evil.py:Evil", "os:system", "bid", ""):
            with pytest.raises(InputError):
                tab.checked(0, name, {})
        with pytest.raises(InputError):
            tab.checked(1, "evil.py:Evil", {})
        assert tab.checked(0, "contribute", {"share": "0.5"}).parameters == {"share": 0.5}
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
