"""Work functions that tests hand to workers."""

import os
import signal
import time
from pathlib import Path


def kill_at(i, fatal):
    if i in fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return i


def kill_once(i, trace):
    if i == 5 and not Path(trace).exists():
        Path(trace).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return i


def needs(i, path):
    return Path(path).stat().st_size


def not_json(i):
    return {1}


def identical(i):
    return {"third": i / 3, "inf": float("inf"), "nan": float("nan"), "text": "inf"}


def linear_algebra(i, seconds=0.0):
    """Sums whose last bits depend on the number of threads."""
    import numpy as np

    time.sleep(seconds)
    matrix = np.random.default_rng(i).standard_normal((300, 300))
    return float(np.linalg.eigvalsh(matrix @ matrix.T).sum()), float((matrix @ matrix).sum())


def big(i):
    return [j / 7 for j in range(i, i + 500)]


def threads(i):
    return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def slow_log(i, path, seconds):
    with Path(path).open("a") as stream:
        stream.write(f"{os.getpid()} {i}\n")
    time.sleep(seconds)
    return i / 7


def some_rows(i):
    """As many rows as i, with all that JSON can hold and what it cannot."""
    if i == 1:
        raise ValueError("one is no number")
    odd = [float("inf"), "inf", "\\back", None, 2**70, [1, {"x": -0.0}], True]
    return [
        {"AgentID": f"a{agent}", "third": i / 3, "count": agent, "odd": odd[(i + agent) % len(odd)]}
        for agent in range(i)
    ]
