"""Both tabs driven in a real Chromium with the network cut off."""

import os
import statistics
import time

import pytest
from app_browser import ROOT, Browser

from nashbox.cli import main as command_line

pytestmark = pytest.mark.browser

PIXELS = 1_000  # of every plot, at least, that are not background
ANSWERED = 300  # ms, from a click until the page shows its effect
CLICKS = 9  # measured; their median counts, as other work on the machine delays single ones
CLICK = """([button, attribute]) => new Promise((resolve) => {
  const read = () => document.querySelector(`[${attribute}]`)?.getAttribute(attribute);
  const before = read();
  const found = [...document.querySelectorAll('button')].find(
    (b) => b.textContent.trim() === button);
  const start = performance.now();
  const seen = new MutationObserver(() => {
    if (read() !== undefined && read() !== before) {
      seen.disconnect();
      resolve(performance.now() - start);
    }
  });
  seen.observe(document.body, {subtree: true, childList: true, attributes: true});
  found.click();
})"""


def test_estimation_steps_plays_runs_and_resets(browser):
    browser.open("agents")
    assert browser.count() == 0
    browser.click("Step")
    browser.until("count", 1)
    drawn = browser.source("agents")
    browser.click("Run")
    browser.until("count", 11)
    browser.changed("agents", drawn)
    browser.see("rounds")
    browser.click("Play")
    browser.page.wait_for_function(
        "() => +document.querySelector('[data-count]').dataset.count > 13"
    )
    browser.click("Pause")
    browser.until("busy", 0)
    browser.click("Reset")
    browser.until("count", 0)
    browser.write("rounds", "100000")
    browser.until("busy", 0)  # a click on a button that is just being drawn anew is lost
    browser.click("Run")
    said = browser.page.locator("[data-message=trouble]")
    said.wait_for()
    assert "rounds at once must be at most 200 on the page, got 100,000" in said.inner_text()


def test_a_change_of_strategy_changes_the_plots(browser):
    browser.open("agents")
    browser.click("Run")
    browser.until("count", 10)
    browser.settle()
    before = {name: browser.source(name) for name in ("agents",)}
    browser.choose("agent", "a0")
    browser.choose("strategy", "withholder")
    browser.write("fraction", "0.25")
    browser.click("Play this strategy")
    for figure, source in before.items():
        browser.changed(figure, source)
    change = browser.page.locator("[data-table=change]").inner_text()
    assert "a0\ttruthful\twithholder" in change and "all others, in sum" in change
    collects = browser.source("agents")
    browser.choose("strategy", "free_rider")
    browser.click("Play this strategy")
    browser.changed("agents", collects)
    browser.until("count", 12)
    browser.settle()
    for figure in before:
        assert browser.ink(figure) >= PIXELS, figure
    browser.picture("estimation")


def test_an_audit_runs_to_its_verdict(browser):
    browser.open("agents")
    browser.click("Audit")
    browser.until("verdict", "profitable")
    browser.see("audit")
    rows = browser.page.locator("[data-table=audit]").inner_text()
    assert "a1\tgains\t0.33560" in rows
    assert browser.ink("audit") >= PIXELS
    browser.choose("mechanism", "cbl")
    browser.page.wait_for_selector("text=the game has been changed since this audit")
    browser.until("busy", 0)
    browser.click("Audit")
    browser.until("verdict", "none_above_epsilon")


def test_compare_and_design_on_figure1(browser):
    browser.open("agents")
    browser.choose("game", "examples/figure1.toml")
    browser.write("starts (random starts of the search for equilibria)", "5")
    browser.click("Compare mechanisms")
    browser.see("compare")
    browser.settle()
    rows = browser.page.locator("[data-table=compare]").inner_text()
    assert "sample_mean\thonest\t78\t6.6512" in rows and "\ta1 0.3356" in rows
    assert "designed (social)\thonest, equilibrium\t55\t7.2695" in rows
    assert browser.ink("compare") >= PIXELS
    browser.click("Step")
    browser.until("count", 1)
    browser.settle()
    plain = browser.source("agents")
    browser.choose("goal", "egalitarian")
    browser.click("Play the designed rules")
    browser.page.wait_for_selector("[data-table=design]")
    rules = browser.page.locator("[data-table=rules]").inner_text()
    assert rules.startswith("agent\tkind\t") and "[[" not in browser.page.inner_text("body")
    browser.page.wait_for_selector("text=the game has been changed since this comparison")
    browser.until("count", 0)
    browser.click("Step")
    browser.until("count", 1)
    browser.settle()
    assert browser.source("agents") != plain
    browser.picture("compare")
    browser.click("Audit")
    browser.until("verdict", "none_above_epsilon")
    browser.see("audit")
    browser.settle()  # nothing moves under the next click
    browser.write("starts (random starts of the search for equilibria)", "201")
    browser.click("Compare mechanisms")
    said = browser.page.locator("[data-message=compare-trouble]")
    said.wait_for()
    assert "starts must be at most 200 on the page, got 201" in said.inner_text()


def test_testing_plays_games_step_by_step(browser):
    browser.open(game="examples/testing/case_a.toml")
    browser.see("beliefs", "law")
    browser.page.wait_for_selector("[data-table=solution]")
    for step in (1, 2):
        drawn = browser.source("beliefs")
        browser.click("Step")
        browser.until("step", step)
        browser.changed("beliefs", drawn)
    browser.click("Finish this game")
    browser.until("count", 1)
    drawn = browser.source("law")
    browser.click("Run")
    browser.until("count", 1001)
    browser.changed("law", drawn)
    browser.settle()
    for figure in ("beliefs", "law"):
        assert browser.ink(figure) >= PIXELS, figure
    browser.picture("testing")
    exact = browser.page.locator("[data-table=solution]").inner_text()
    assert "25.1576" in exact  # E tau of a coin 40:60 at beta = 1/10
    browser.click("Audit")
    browser.until("verdict", "none_above_epsilon")
    browser.see("audit")
    assert browser.ink("audit") >= PIXELS


def test_observation_models_and_beta_can_be_edited(browser):
    browser.open(game="examples/testing/case_a.toml")
    browser.see("beliefs", "law")
    browser.page.wait_for_selector("[data-table=solution]")
    browser.choose("agent", "B")
    browser.write("p0: probabilities of its symbols if theta = 0", "0.7 0.3")
    browser.write("weight", "0.9")
    browser.page.get_by_label("anticipate").uncheck(force=True)
    browser.click("Play this")
    browser.page.wait_for_selector("text=signaller(weight=0.9, anticipate=False)")
    browser.page.wait_for_selector("text=B will play otherwise")
    browser.write("beta (confidence)", "0.6")
    said = browser.page.locator("[data-message=trouble]")
    said.wait_for()
    assert "beta must be in (0, 1/2), got '0.6'" in said.inner_text()


BAD = {
    "bad.toml": 'game = "estimation"\nsigma = -1.0\ncosts = [[1.0], [2.0]]\n',
    "bad_costs.toml": 'game = "estimation"\nsigma = 1.0\ncosts = "costs.csv"\n',
    "costs.csv": "agent,x\nlab1,1\nlab2,-1\n",
}


UPLOADS = (["bad.toml"], ["bad_costs.toml", "costs.csv"], ["costs.csv"], ["bad_costs.toml"])


def test_a_malformed_upload_shows_the_message_of_the_command_line(browser, folder, capsys):
    browser.open("agents")
    for files in UPLOADS:
        for old in folder.iterdir():
            old.unlink()
        for name in files:
            (folder / name).write_text(BAD[name])
        problem = next((name for name in files if name.endswith(".toml")), None)
        if problem is None:  # the page makes a problem around a table of costs
            problem = "bad_costs.toml"
            (folder / problem).write_text(BAD[problem])
        assert command_line(["audit", problem]) == 2
        expected = capsys.readouterr().err.strip()
        browser.upload({name: BAD[name] for name in files})
        browser.page.locator("[data-message=trouble]", has_text=expected).wait_for()
    browser.click("Step")  # the game that was open is still there
    browser.until("count", 1)


def test_clicks_are_answered_while_twenty_labs_are_audited_and_the_audit_can_be_cancelled(
    browser, served
):
    browser.open("agents")
    browser.choose("game", "examples/wine/labs.toml")
    browser.page.wait_for_selector("[data-table=agents] >> text=Barolo")
    browser.click("Audit")
    wanted = min(os.cpu_count() or 1, 20)  # processes in which labs are audited
    eventually(lambda: busy_processes(served[3]) >= wanted)  # the audit computes by now
    times = []
    for _ in range(CLICKS):
        times.append(browser.page.evaluate(CLICK, ["Step", "data-count"]))
        browser.until("busy", 0)
        time.sleep(0.3)
    assert browser.page.locator("[data-progress]").count() == 1  # still at work
    print("clicks answered within ms:", [round(t) for t in times])
    assert statistics.median(times) <= ANSWERED, times
    before = workers(served[3])
    browser.click("Cancel audit")
    browser.page.wait_for_selector("text=cancelled; there is no result")
    eventually(lambda: len(workers(served[3])) <= len(before) - 1 - wanted)


def test_a_solve_can_be_cancelled(browser):
    browser.open(game="examples/testing/case_a.toml")
    browser.see("law")
    browser.page.wait_for_selector("[data-table=solution]")
    browser.page.wait_for_selector("text=Cancel solving", state="detached")
    browser.choose("game", "examples/testing/six_symbols.toml")
    browser.click("Cancel solving")
    browser.page.wait_for_selector("text=Cancel solving", state="detached")
    assert browser.page.locator("[data-table=solution]").count() == 0


def test_what_the_desk_does_can_be_cancelled(browser):
    long = (ROOT / "examples" / "testing" / "ring.toml").read_text(encoding="utf-8")
    browser.open(game="examples/testing/case_a.toml")
    browser.see("law")
    browser.upload({"long.toml": long.replace("0.6", "0.505").replace("0.4", "0.495")})
    browser.page.wait_for_selector("[data-table=agents] >> text=lab10")
    browser.until("busy", 0)
    browser.write("games", "100000")  # of nearly a minute
    browser.click("Run")
    browser.click("Cancel")
    browser.until("busy", 0)
    assert browser.count() == 0
    browser.click("Step")
    browser.until("step", 1)


def test_a_page_that_is_closed_ends_its_processes(served):
    url, chromium, _, server = served
    eventually(lambda: not workers(server))
    context = chromium.new_context()
    shown = Browser(context.new_page(), url)
    shown.open("agents")
    shown.until("answer", "plan")
    eventually(lambda: len(workers(server)) == 1)  # a desk
    shown.leave()
    eventually(lambda: not workers(server))
    context.close()


def eventually(holds, seconds=120):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.2)


def descendants(pid):
    """All processes that `pid` has started, and those these have."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def busy_processes(pid):
    """Processes of the server that step back (nice 10, as audits do) and compute just now."""
    busy = 0
    for child in descendants(pid):
        try:
            with open(f"/proc/{child}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        busy += fields[0] == "R" and int(fields[16]) >= 10
    return busy


def workers(pid):
    """Processes in which the server has work done."""
    found = set()
    for child in descendants(pid):
        try:
            with open(f"/proc/{child}/cmdline") as line:
                if "spawn_main" in line.read():
                    found.add(child)
        except OSError:
            continue
    return found
