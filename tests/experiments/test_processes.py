"""Processes that are started from several threads at once."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from nashbox.experiments.processes import SAFE, answers, safe_path


def test_threads_that_start_processes_leave_script_and_environment_alone():
    """Each hides both for a moment; who comes second would take what is hidden for what was."""
    script, before = sys.modules["__main__"], os.environ.get(SAFE)

    def played(k):
        return sorted(answers(abs, [(-k,), (k,)], 2))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(played, range(3))) == [[(0, k), (1, k)] for k in range(3)]
    assert sys.modules["__main__"] is script and os.environ.get(SAFE) == before


def test_a_path_is_safe_until_the_last_thread_is_done():
    before, first, second = os.environ.pop(SAFE, None), threading.Event(), threading.Event()

    def other():
        with safe_path():
            first.set()
            second.wait(60)

    thread = threading.Thread(target=other)
    with safe_path():
        thread.start()
        first.wait(60)
    assert os.environ.get(SAFE) == "1"
    second.set()
    thread.join(60)
    assert SAFE not in os.environ
    if before is not None:
        os.environ[SAFE] = before
