"""How long it takes until a step is seen in all charts: every story, and twenty agents."""

import os
import statistics

import pytest
from test_app_browser import ANSWERED, CLICKS, descendants

from nashbox.app.sources import PRESETS

pytestmark = [pytest.mark.browser, pytest.mark.long]  # a limit in time: on demand
TICKS = os.sysconf("SC_CLK_TCK")
SEEN = """() => new Promise((resolve) => {
  const at = () => document.querySelector('[data-count]')?.dataset ?? {}
  const before = `${at().count} ${at().step}`
  const button = [...document.querySelectorAll('button')].find(
    (b) => b.textContent.trim() === 'Step')
  const start = performance.now()
  const look = () => {
    const now = at()
    if (`${now.count} ${now.step}` !== before && now.busy === '0' && now.drawing === '0') {
      seen.disconnect()
      resolve(performance.now() - start)
    }
  }
  const seen = new MutationObserver(look)
  seen.observe(document.body, {subtree: true, childList: true, attributes: true})
  button.click()
})"""  # all that was asked for is computed and drawn


def computed(server):
    """Seconds that the server and all that it has started have computed."""
    total = 0
    for pid in {server, *descendants(server)}:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


@pytest.mark.parametrize(
    "game", [*PRESETS, "examples/wine/labs.toml", "examples/testing/ring.toml"]
)
def test_a_step_is_computed_and_drawn_before_anybody_waits(browser, served, game):
    """Processor time of all processes of the server for a step; by the clock it is printed.

    The clock counts in `test_clicks_are_answered_...`; here it would measure the machine's load.
    """
    browser.open(game=game)
    browser.page.wait_for_selector("[data-answer]:not([data-answer=none])")
    browser.page.get_by_text("the exact law is being computed").wait_for(state="detached")
    browser.settle()
    times, work = [], []
    for _ in range(CLICKS):
        before = computed(served[3])
        times.append(browser.page.evaluate(SEEN))
        work.append(1000 * (computed(served[3]) - before))
    print(game, "ms:", [round(t) for t in times], "of the processor:", [round(t) for t in work])
    assert statistics.median(work) <= ANSWERED, work
