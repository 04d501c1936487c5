"""What is in sight in every state of the page, at four widths; what is read aloud; by keyboard."""

import pytest
from axe_core_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
WIDTHS = {1366: 900, 1024: 768, 683: 900, 400: 800}
OF_THE_FRAMEWORK = {  # rules that Vuetify 2 itself breaks, with what breaks them
    "nested-interactive": ".v-input__slot",  # its menus: a text field in a button
    "aria-input-field-name": ".v-slider",  # its slider's handle
    "aria-required-children": ".v-select-list",
    "aria-allowed-attr": ".v-expansion-panel",  # its folds say on the wrong element what is open
}
SIGHT = """() => ({
  wide: Math.max(...[...document.querySelectorAll('.nb-main')].map(e => e.scrollWidth)),
  texts: [...document.querySelectorAll('svg[data-figure] text')].map(
    e => parseFloat(getComputedStyle(e).fontSize)),
  question: document.querySelector('h1').getBoundingClientRect().bottom,
  answer: document.querySelector('[data-answer]').getBoundingClientRect().bottom,
  chart: document.querySelector('.nb-story').getBoundingClientRect().top,
  cut: [...document.querySelectorAll('svg[data-figure] text')].filter(e => {
    const box = e.getBoundingClientRect(), all = e.closest('[data-figure]').getBoundingClientRect()
    return box.right > all.right + 1 || box.left < all.left - 1}).length,
})"""
FOCUS = """() => {
  for (let e = document.activeElement; e && e !== document.body; e = e.parentElement) {
    const style = getComputedStyle(e)
    if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return true
  }
  return false
}"""


def shown(browser, state):
    """Assert that the state is fit to be seen at every width, and keep its pictures."""
    for width, height in WIDTHS.items():
        browser.page.set_viewport_size({"width": width, "height": height})
        sight = browser.page.evaluate(SIGHT)
        assert sight["wide"] <= width, (state, width, sight)
        assert sight["answer"] < height and sight["question"] < sight["answer"], (state, width)
        assert sight["chart"] < height, (state, width, sight)
        assert all(size >= 12 for size in sight["texts"]) and not sight["cut"], (state, width)
        browser.picture(f"{state}_{width}")
    browser.page.set_viewport_size({"width": 1366, "height": 900})


RESULT = """selectors => selectors.map(selector => {
  const e = document.querySelector(selector), around = e.closest('.nb-scroll') || e
  const box = around.getBoundingClientRect()
  return {
    selector, left: box.left, right: box.right, top: box.top, height: box.height,
    text: e.innerText, folded: e.querySelectorAll('.nb-scroll .nb-note').length,
    drawn: e.tagName !== 'IMG' || (e.complete && e.naturalWidth > 0 && e.width >= 560),
    hidden: e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible',
  }
})"""


def result_shown(browser, state, *selectors):
    """Assert that a result is in sight at every width, the first part whole, and keep pictures.

    What stands below a bar moves when that goes.
    """
    for width, height in WIDTHS.items():
        browser.page.set_viewport_size({"width": width, "height": height})
        browser.page.wait_for_function("() => !document.querySelector('[data-progress]')")
        browser.page.locator(selectors[0]).evaluate("e => e.scrollIntoView({block: 'start'})")
        browser.picture(f"{state}_{width}")
        first, *_ = parts = browser.page.evaluate(RESULT, list(selectors))
        assert browser.page.evaluate(SIGHT)["wide"] <= width, (state, width)
        assert -1 <= first["top"] < height, (state, width, first)
        for part in parts:
            assert part["left"] >= 0 and part["right"] <= width + 1, (state, width, part)
            assert part["height"] > 10 and part["drawn"] and not part["hidden"], (width, part)
            assert not part["folded"], (state, width, part)  # notes do not hide in what scrolls
    browser.page.set_viewport_size({"width": 1366, "height": 900})
    return parts


def readable(browser):
    """Assert that nothing of ours is a serious obstacle to a screen reader; say what else is."""
    found = [
        (one["id"], node["html"])
        for one in Axe().run(browser.page)["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if not browser.page.evaluate(
            "([at, of]) => !!document.querySelector(at)?.closest(of)",
            [node["target"][0], OF_THE_FRAMEWORK.get(one["id"], "#none")],
        )
    ]
    assert found == []


def answered(browser, word):
    browser.page.wait_for_selector(f"[data-answer={word}]")


def test_the_page_tells_its_stories_at_every_width_and_the_address_leads_back(browser):
    page = browser.page
    browser.open("agents", game=None)
    browser.until("count", 1)
    answered(browser, "plan")
    assert page.locator("h1").inner_text() == "Does honesty pay here?"
    assert "a1 plays free_rider and gains 0.336" in page.locator("[data-answer]").inner_text()
    assert page.evaluate("document.documentElement.lang") == "en"
    browser.settle()
    shown(browser, "free_riding_under_pooling")
    readable(browser)
    browser.click("Run")
    browser.until("count", 11)
    browser.see("rounds")
    browser.settle()
    shown(browser, "eleven_rounds")
    browser.click("Free riding under CBL")
    page.wait_for_selector("[data-figure=agents] >> text=inf")
    answered(browser, "yes")
    assert page.locator("[data-figure=rounds]").count() == 0  # nothing of the old game
    shown(browser, "free_riding_under_cbl")
    assert "preset=Free+riding+under+CBL" in page.url and "token" not in page.url
    browser.click("A public good")
    answered(browser, "no")
    shown(browser, "a_public_good")
    readable(browser)
    page.go_back()
    page.wait_for_selector("[data-figure=agents] >> text=inf")
    page.reload()
    page.wait_for_selector("[data-figure=agents] >> text=inf")
    answered(browser, "yes")
    assert "preset=Free+riding+under+CBL" in page.url
    browser.upload({"bad.toml": 'game = "estimation"\nsigma = -1.0\ncosts = [[1.0], [2.0]]\n'})
    page.locator("[data-message=trouble]").wait_for()
    shown(browser, "a_message")
    browser.upload({"mine.csv": "agent,x\nnorth,0.1\nsouth,0.2\n"})
    page.wait_for_selector("[data-table=agents] >> text=south")
    assert page.locator("text=a1").count() == 0 and page.locator("text=inf").count() == 0
    assert "mine.csv" in page.url
    page.reload()
    page.locator("[data-message=trouble]", has_text="upload again").wait_for()


def test_a_race_and_twenty_labs_are_legible(browser):
    browser.open("beliefs", "law", game="A race")
    browser.settle()
    shown(browser, "a_race")
    readable(browser)
    browser.choose("game", "examples/wine/labs.toml")
    browser.page.wait_for_selector("[data-figure=agents] >> text=Barolo")
    browser.click("Step")
    browser.until("count", 1)
    browser.settle()
    shown(browser, "twenty_labs")
    browser.click("Audit")
    browser.page.wait_for_selector("[data-progress]")
    shown(browser, "an_audit_under_way")
    browser.click("Cancel audit")


def test_verdict_comparison_and_designed_rules_are_in_sight_at_every_width(browser):
    page = browser.page
    browser.open("agents")
    browser.settle()
    browser.click("Audit")
    browser.until("verdict", "profitable")
    browser.see("audit")
    browser.settle()
    verdict, *_ = result_shown(
        browser, "verdict", "[data-verdict]", "[data-table=audit]", "[data-figure=audit]"
    )
    assert verdict["text"] == "verdict: somebody gains"
    readable(browser)
    browser.write("starts (random starts of the search for equilibria)", "1")
    browser.click("Compare mechanisms")
    browser.see("compare")
    browser.settle()
    table, _ = result_shown(browser, "comparison", "[data-table=compare]", "[data-figure=compare]")
    assert "sample_mean" in table["text"] and "designed (social)" in table["text"]
    readable(browser)
    browser.click("Play the designed rules")
    page.wait_for_selector("[data-table=rules]")
    page.wait_for_selector("text=the game has been changed since this comparison")
    browser.settle()
    design, rules = result_shown(browser, "design", "[data-table=design]", "[data-table=rules]")
    assert "(chosen)" in design["text"] and rules["text"].startswith("agent")
    readable(browser)


def pressed(page, name):
    """Go on by Tab until a button has the focus, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText")
        assert page.evaluate(FOCUS), f"nobody sees that {here!r} has the focus"
        if here == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_the_story_of_free_riding_is_told_by_keyboard_alone(browser):
    browser.open("agents", game="examples/public_goods.toml")
    browser.settle()
    pressed(browser.page, "Free riding under pooling")
    browser.until("count", 1)
    browser.settle()
    pressed(browser.page, "Step")
    browser.until("count", 2)
    browser.settle()
    pressed(browser.page, "Audit")
    browser.until("verdict", "profitable")
