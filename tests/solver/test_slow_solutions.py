"""Exact answers that are slow by nature: said early, shown, interrupted; or refused before work."""

import signal
import subprocess
import sys
import time
from fractions import Fraction

import numpy as np
import pytest

from nashbox.solver import solve
from nashbox.tables import console
from tests.signals import hearing

SLOWLY = (
    "import sys; import nashbox.tables.console as c; c.FIRST = 0.3\n"
    "from nashbox.cli import main; sys.exit(main(sys.argv[1:]))"
)


def race(agents, symbols=3):
    """Pmfs whose likelihood ratios have nothing to do with each other."""
    draw = np.random.default_rng(1)
    text = 'game = "testing"\nbeta = "1/1000"\n'
    for i in range(agents):
        text += f'[[agents]]\nname = "A{i}"\n'
        for key in ("p0", "p1"):
            weights = draw.integers(1, 1000, symbols).tolist()
            text += f"{key} = {[f'{w}/{sum(weights)}' for w in weights]}\n"
    return text


def test_solve_says_how_far_it_is_and_can_be_interrupted(tmp_path):
    (tmp_path / "p.toml").write_text(race(6))
    line = [sys.executable, "-c", SLOWLY, "solve", "p.toml", "--json", "o.json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    driver = subprocess.Popen(line, cwd=tmp_path, preexec_fn=hearing, **pipes)
    said = [driver.stderr.readline() for _ in range(2)]
    assert all("nashbox: following tests to their end: " in words for words in said)
    assert "% in " in said[-1] and all("(Ctrl-C ends it)" in words for words in said)
    driver.send_signal(signal.SIGINT)
    out, err = driver.communicate(timeout=60)
    assert (driver.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "nashbox: interrupted" and len(err.splitlines()) <= 2
    assert not (tmp_path / "o.json").exists()


def test_what_is_quick_says_nothing(nashbox):
    answer = nashbox("solve", "p.toml", files={"p.toml": race(2).replace("1/1000", "1/4")})
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("agents, symbols", [(3, 45), (16, 3)])
def test_more_pooled_symbols_than_memory_holds_are_refused(nashbox, agents, symbols):
    text = race(agents, symbols).replace("1/1000", "1/4")
    start = time.process_time()
    answer = nashbox("solve", "p.toml", files={"p.toml": text})
    assert answer.code == 2
    *slowly, message = answer.err.splitlines()
    assert "more than 60,000 different likelihood ratios" in message and len(message) <= 500
    assert not any(" 0% in " not in line for line in slowly)  # no test is followed before
    assert time.process_time() - start < 20


def test_progress_rises_to_the_end():
    from nashbox.problem.observations import ObservationModel

    coin = ObservationModel.parse(["2/3", "1/3"], ["1/3", "2/3"])
    other = ObservationModel.parse(["0.5", "0.3", "0.2"], ["0.2", "0.21", "0.59"])
    told = []
    models = {"A": coin, "B": other}
    solve(models, Fraction(1, 2), Fraction(1, 9), progress=lambda *x: told.append(x))
    done = [d for d, _ in told]
    assert done == sorted(done) and told[0] == (0, 300) and told[-1] == (300, 300)
    assert any(100 < d < 200 for d in done)


def test_lines_come_at_growing_intervals(monkeypatch, capsys):
    monkeypatch.setattr(console, "FIRST", 0.05)
    with console.slow_work("waiting") as progress:
        progress(1, 4)
        time.sleep(0.5)
    lines = capsys.readouterr().err.splitlines()
    assert 2 <= len(lines) <= 4 and lines[0].startswith("nashbox: waiting: 25% in 0 s")
