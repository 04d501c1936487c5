"""Nothing that is typed, chosen or pressed gets lost while the page is drawn anew."""

import pytest

pytestmark = pytest.mark.browser

PRESS = """name => [...document.querySelectorAll('button')]
  .find((b) => b.textContent.trim() === name).click()"""  # leaves the focus where it is
MOVE = """() => {const b = document.createElement('div'); b.style.height = '300px';
  document.querySelector('.v-main__wrap, .v-main, body').prepend(b)}"""


def testing(browser):
    browser.open(game="examples/testing/case_a.toml")
    browser.see("beliefs", "law")
    browser.page.wait_for_selector("[data-table=solution]")
    browser.settle()


def redrawn(browser):
    """Have the game opened anew, which redraws the whole tab, without touching the mouse."""
    browser.page.evaluate(PRESS, "Step")
    browser.page.wait_for_selector("[data-step]:not([data-step='0'])")
    browser.page.evaluate(PRESS, "Reset")
    browser.until("step", 0)
    browser.settle()


def test_what_is_typed_outlives_a_redraw_before_enter(browser):
    testing(browser)
    box = browser.page.get_by_label("beta (confidence)", exact=True)
    box.fill("0.6")
    redrawn(browser)
    assert box.input_value() == "0.6"
    box.press("Enter")
    said = browser.page.locator("[data-message=trouble]")
    said.wait_for(timeout=20_000)
    assert "beta must be in (0, 1/2), got '0.6'" in said.inner_text()


def test_observation_models_that_are_not_yet_played_stay_as_typed(browser):
    testing(browser)
    label = "p0: probabilities of its symbols if theta = 0"
    browser.write(label, "0.7 0.3")
    redrawn(browser)
    assert browser.page.get_by_label(label, exact=True).input_value() == "0.7 0.3"


PICK = """name => [...document.querySelectorAll('.v-list-item')]
  .find((item) => item.textContent.trim() === name).click()"""  # of a menu that was open before


def picked(browser, agent):
    """Have an agent's values shown, without touching the focus."""
    browser.page.evaluate(PICK, agent)
    browser.page.get_by_label("weight", exact=True).wait_for()  # an agent's: everybody has none
    browser.page.wait_for_timeout(500)


def entered(browser, first=None):
    """A field whose text is marked while another one is on its way; first: told, cursor kept."""
    testing(browser)
    browser.choose("agent", "everybody")
    box = browser.page.get_by_label("p0: probabilities of its symbols if theta = 0", exact=True)
    if first is not None:
        box.fill(first)
        box.press("Enter")
        browser.page.wait_for_timeout(500)
    box.select_text()
    picked(browser, "A")
    return box


@pytest.mark.parametrize("first", [None, "0.5 0.5"])
def test_what_is_typed_over_a_marked_text_does_not_mix_with_a_new_one(browser, first):
    """Once in some 50 times the agent's own numbers came between, and both stood there."""
    box = entered(browser, first)
    browser.page.keyboard.insert_text("0.7 0.3")
    assert box.input_value() == "0.7 0.3"
    box.blur()
    browser.page.wait_for_timeout(500)
    assert box.input_value() == "0.7 0.3"


def test_a_field_that_is_left_untouched_shows_what_came_meanwhile(browser):
    box = entered(browser)
    assert box.input_value() == ""
    box.blur()
    assert box.input_value() == "3/5, 2/5"


def test_a_run_takes_the_number_typed_last_even_without_enter(browser):
    browser.open("agents")
    browser.page.get_by_label("rounds", exact=True).fill("100")
    browser.page.evaluate(PRESS, "Run")
    browser.until("count", 100)


def test_a_press_stays_with_its_button_when_that_moves_away(browser):
    browser.open("agents")
    browser.settle()
    browser.page.get_by_role("button", name="Step", exact=True).hover()
    browser.page.mouse.down()
    browser.page.evaluate(MOVE)
    browser.page.mouse.up()
    browser.until("count", 1)
    browser.settle()
    assert browser.count() == 1


def test_a_press_that_is_dragged_away_is_none(browser):
    browser.open("agents")
    browser.settle()
    browser.page.get_by_role("button", name="Step", exact=True).hover()
    browser.page.mouse.down()
    browser.page.mouse.move(700, 700)
    browser.page.mouse.up()
    browser.click("Step")
    browser.until("count", 1)
    browser.settle()
    assert browser.count() == 1


def test_of_uploads_that_come_at_once_the_last_counts(browser):
    """A file that is chosen while another is read was lost once in 40 times."""
    browser.open("agents")
    for turn in range(20):
        for name in ("first", "second", "last"):
            browser.upload({f"{name}_{turn}.toml": f"game = '{name}_{turn}'\n"})
        said = browser.page.locator("[data-message=trouble]", has_text=f"last_{turn}.toml")
        said.wait_for()
