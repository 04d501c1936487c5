"""One thread for linear algebra: with more, the last bits depend on how many processors there are.

The packages read THREADS when they are loaded, so workers get them first. In a process that has
loaded them already (an engine's threads in the driver, a Dask worker with a preload) OpenBLAS,
which numpy and scipy bring along, is told directly.
"""

from __future__ import annotations

import ctypes
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
SETTERS = [
    f"{before}openblas_set_num_threads{after}"
    for before in ("scipy_", "")
    for after in ("64_", "", "_64")
]


def prefer_one_thread() -> None:
    """Let this process do linear algebra on one thread, unless it is told how many or too late.

    Matrices are small here: handing them to a second thread costs fifty times what it saves.
    """
    if "numpy" not in sys.modules and not any(name in os.environ for name in THREADS):
        os.environ.update(dict.fromkeys(THREADS, "1"))


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let processes started inside do linear algebra on one thread."""
    loaded_before()
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@cache
def loaded_before() -> bool:
    """Whether this process loaded numpy without being told to use one thread."""
    given = [os.environ[name] for name in THREADS if name in os.environ]
    told = os.environ.get("OMP_NUM_THREADS") == "1" and set(given) == {"1"}
    return "numpy" in sys.modules and not told


@cache
def use_one_thread(process: int) -> None:
    """See to it that `process`, this one, does linear algebra on one thread; warns if it cannot."""
    if not loaded_before():
        for name in THREADS:
            os.environ.setdefault(name, "1")
    elif not _told_openblas():
        warnings.warn(
            "linear algebra may use several threads here, and last bits then depend on their "
            "number; start workers with OMP_NUM_THREADS=1",
            stacklevel=2,
        )


def _told_openblas() -> bool:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return False
    lines = maps.read_text(errors="replace").splitlines()
    libraries = {line.split(maxsplit=5)[-1] for line in lines if "openblas" in line}
    told = 0
    for library in libraries:
        loaded = ctypes.CDLL(library)
        setter = next((name for name in SETTERS if hasattr(loaded, name)), None)
        if setter is not None:
            getattr(loaded, setter)(1)
            told += 1
    return told > 0
