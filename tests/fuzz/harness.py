"""Plays cases in process, in forks with limits, and judges what came of them.

    python -m tests.fuzz.harness --cases 20000 [--seed S] [--only NUMBER]

A fork plays many cases; a case that hangs or takes too much ends its fork, and is named.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.cases import case

SECONDS, ROOM = 20, 2 << 30  # of the processor
ASLEEP = 6 * SECONDS  # by the clock: a case that neither computes nor waits for a processor hangs
LOOK = 2.0  # seconds between two looks at a case that says nothing
HEAVY = 3.0  # processor seconds of a case that are worth a word


def judged(code, out, err, written, arguments):
    """What is wrong with the outcome of a case, or nothing."""
    if "Traceback" in err or "Traceback" in out:
        return "traceback"
    if "RuntimeWarning" in err:
        return "a library's warning"
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if code == 2:
        if written:
            return f"files written at exit 2: {sorted(written)}"
        lines = [line for line in err.splitlines() if line.startswith("nashbox: ")]
        if len(lines) != 1 or len(lines[0]) > 500:
            return f"{len(lines)} messages at exit 2, the longest {max(map(len, lines), default=0)}"
    if code == 0 and arguments[-2:] == ["--json", "-"]:
        try:
            json.loads(out, parse_constant=lambda name: 1 / 0)
        except (ValueError, ZeroDivisionError):
            return "standard output is no JSON"
    return None


def played(arguments, files, place):
    """Play a case in this process: exit code, both streams, files written."""
    from nashbox.cli import main

    for name, content in files.items():
        (place / name).write_text(content, encoding="utf-8", errors="surrogatepass")
    os.chdir(place)
    before = set(os.listdir(place))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(list(arguments))
        except SystemExit as leaving:  # --help
            code = leaving.code or 0
        except BaseException:
            err.write(traceback.format_exc())
            code = 99
    allowed = {"__pycache__", ".hypothesis"}
    return code, out.getvalue(), err.getvalue(), set(os.listdir(place)) - before - allowed


def worker(seed, numbers, pipe):
    """Play cases one after another and send what was wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (ROOM + (1 << 30), ROOM + (1 << 30)))
    sys.stdin = io.StringIO()
    for number in numbers:
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        end = int(used + SECONDS) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
        pipe.send(("began", number, None))
        with tempfile.TemporaryDirectory() as place:
            arguments, files = case(seed, number)
            outcome = played(arguments, files, Path(place))
            os.chdir("/")
        fault = judged(*outcome, arguments)
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - used
        pipe.send(("done", number, (outcome[0], fault, spent, outcome[2][-400:])))
    pipe.send(("end", None, None))


def hangs(pipe, pid):
    """Wait for a word of a fork; whether none comes although it could have run."""
    began, busy = time.monotonic(), awake(pid)
    while not pipe.poll(LOOK):
        if time.monotonic() - began - (awake(pid) - busy) > ASLEEP:
            return True
    return False


def awake(pid):
    """Seconds that all threads of a process have run or waited for a processor, 0 if unknown."""
    total = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            total += sum(map(int, path.read_text().split()[:2]))
    return total / 1e9


def play(seed, numbers, tell=print):
    """Play the cases `numbers`; returns counts of exit codes and the faults, by number."""
    context = multiprocessing.get_context("fork")
    codes, faults, left = {}, {}, list(numbers)
    while left:
        ours, theirs = context.Pipe()
        process = context.Process(target=worker, args=(seed, left, theirs))
        process.start()
        theirs.close()
        now = None
        while True:
            try:
                if hangs(ours, process.pid):
                    process.kill()
                    raise EOFError
                what, number, answer = ours.recv()
            except EOFError:
                faults[now] = "hangs, or takes more than 20 s or 2 GB"
                tell(f"{seed}/{now}: {faults[now]}: {' '.join(case(seed, now)[0])}")
                left = left[left.index(now) + 1:]  # fmt: skip
                break
            if what == "end":
                left = []
                break
            now = number
            if what == "done":
                code, fault, spent, words = answer
                codes[code] = codes.get(code, 0) + 1
                if fault:
                    faults[number] = fault
                    tell(f"{seed}/{number}: {fault}: {' '.join(case(seed, number)[0])}\n{words}")
                elif spent > HEAVY:
                    tell(f"{seed}/{number}: {spent:.1f} s: {' '.join(case(seed, number)[0])}")
        process.join(10)
    return codes, faults


def main():
    """Play, and say how often what came out; exit code 1 for any fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", type=int, default=None, help="play one case, and show it")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    if options.only is not None:
        arguments, files = case(seed, options.only)
        print(*arguments, *(f"--- {name}\n{text}" for name, text in files.items()), sep="\n")
    numbers = range(options.cases) if options.only is None else [options.only]
    start = time.monotonic()
    codes, faults = play(seed, numbers)
    shown = ", ".join(f"{n} with exit code {code}" for code, n in sorted(codes.items()))
    print(f"seed {seed}: {len(numbers)} cases in {time.monotonic() - start:.0f} s: {shown}; "
          f"{len(faults)} faults")  # fmt: skip
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
