"""Commands whose numbers are kept in numbers.json, and how two answers are compared.

python -m tests.golden.golden_commands    writes the numbers anew: say in the commit why
"""

import contextlib
import io
import json
import math
from pathlib import Path

from tests.places import ROOT

NUMBERS = Path(__file__).with_name("numbers.json")
FIGURE1, WINE, CASE_A, CASE_C, RING = (
    "examples/figure1.toml", "examples/wine/labs.toml", "examples/testing/case_a.toml",
    "examples/testing/case_c.toml", "examples/testing/ring.toml",
)  # fmt: skip
COMMANDS = [
    f"plan {FIGURE1}",
    f"plan {FIGURE1} --rule social",
    f"plan {FIGURE1} --rule nash",
    f"plan {FIGURE1} --rule kalai_smorodinsky",
    f"plan {WINE}",
    f"audit {FIGURE1}",
    f"audit {FIGURE1} --mechanism sample_mean",
    f"audit {FIGURE1} --mechanism counted_mean",
    f"audit {FIGURE1} --mechanism threshold",
    f"audit {FIGURE1} --mechanism decoy",
    f"audit {FIGURE1} --mechanism cbl(alpha_factor=0.5)",
    f"audit {FIGURE1} --method exhaustive",
    f"audit {FIGURE1} --method exhaustive --mechanism sample_mean",
    f"audit {FIGURE1} --method black_box --mechanism sample_mean --budget 50000 --workers 1",
    f"audit {WINE} --mechanism sample_mean --budget 4000 --workers 1",
    f"audit {CASE_A}",
    f"audit {CASE_A} --signals any",
    f"audit {CASE_C}",
    f"audit {CASE_C} --method black_box --budget 40000 --workers 1",
    f"audit {RING} --method black_box --budget 4000 --workers 1",
    f"run {FIGURE1} --replications 2000",
    f"run {FIGURE1} --everyone best_responder --mechanism sample_mean --rounds 5",
    f"run {CASE_A} --replications 2000",
    f"run {RING} --replications 500",
    f"solve {CASE_A}",
    f"solve {CASE_C}",
    f"compare {FIGURE1} --design none",
    f"design {FIGURE1} --goal social",
    f"design {FIGURE1} --goal egalitarian",
    f"robust {FIGURE1} --costs 5%",
    f"coalitions {FIGURE1} --budget 20000",
    f"adapt {FIGURE1} --menu truthful,free_rider --rounds 3",
    f"adapt {CASE_A} --menu signaller,truthful --rounds 2 --worlds 500",
    f"empirical {FIGURE1} --menu truthful,free_rider",
    f"empirical {CASE_A} --menu signaller,truthful --worlds 500",
]  # fmt: skip
LEFT_OUT = {"versions", "landscape", "problem", "seeds", "records", "laws"}


def answer(command):
    """The JSON of a command."""
    from nashbox.cli import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*command.split(), "--json", "-"])
    assert code == 0, f"{command}: {err.getvalue()}"
    return thinned(json.loads(out.getvalue()))


def thinned(value):
    """What is compared: numbers and words, without what says how they came about."""
    if isinstance(value, dict):
        return {key: thinned(item) for key, item in value.items() if key not in LEFT_OUT}
    return [thinned(item) for item in value[:40]] if isinstance(value, list) else value


def differences(old, new, at=""):
    """Places where the answers differ by more than rounding: same seeds, same numbers."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [f"{at}.{key} is gone" for key in old if key not in new]
        both = [key for key in old if key in new]
        return gone + [f for key in both for f in differences(old[key], new[key], f"{at}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [found for k, (a, b) in pairs for found in differences(a, b, f"{at}[{k}]")]
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        near = math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-9)
        return [] if near else [f"{at}: {old} -> {new}"]
    return [] if old == new else [f"{at}: {old} -> {new}"]


if __name__ == "__main__":
    NUMBERS.write_text(json.dumps({c: answer(c) for c in COMMANDS}, indent=0) + "\n")
