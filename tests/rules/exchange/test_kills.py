"""Killed at any moment an exchange leaves its folder whole or not at all."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from nashbox.problem.errors import InputError
from nashbox.rules.exchange.folder import whole
from tests.exchanges import EXCHANGE, VERIFY, files

PROGRAM = """
import sys
from nashbox.cli import main
import nashbox.rules.exchange, nashbox.rules.exchange.folder as folder, nashbox.tables.exchange
write = folder._write
def asking(*args):
    print("may I?", flush=True)
    sys.stdin.readline()
    write(*args)
folder._write = asking
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.sparse(1)
@pytest.mark.parametrize("part", range(8))
def test_a_kill_leaves_all_or_nothing(nashbox, folder, part):
    given = files("cbl") | {"run.py": PROGRAM}
    assert nashbox(*EXCHANGE[:-1], "whole", files=given).code == 0
    wanted = {p.name: p.read_bytes() for p in (folder / "whole").iterdir()}
    dice = random.Random(part)  # noqa: S311 - moments
    for turn in range(4):
        process = subprocess.Popen(
            [sys.executable, "run.py", *EXCHANGE[:-1], f"out{turn}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        last = dice.randrange(len(wanted))  # the file before which, or while which, it is killed
        for number in range(last + 1):
            assert process.stdout.readline() == b"may I?\n"
            if number < last or turn % 2:
                process.stdin.write(b"yes\n")
                process.stdin.flush()
        if turn % 2:
            time.sleep(dice.random() * 0.004)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        there = folder / f"out{turn}"
        if there.exists():
            assert turn % 2 and last == len(wanted) - 1  # the last file was allowed
            assert {p.name: p.read_bytes() for p in there.iterdir()} == wanted
        else:
            assert nashbox(*EXCHANGE[:-1], f"out{turn}").code == 0  # and goes on as if nothing was
            left = [n for n in os.listdir(folder) if n.startswith(f".out{turn}.")]
            assert not left, "what a killed run left is removed by the next"
    assert nashbox(*VERIFY[:-1], "whole/receipt.json", "--answers", "whole").code == 0


def test_a_failure_leaves_nothing(folder):
    with pytest.raises(ZeroDivisionError), whole("out", {"a/b": b"1"}):
        assert len(os.listdir(folder)) == 1 and "out" not in os.listdir(folder)
        raise ZeroDivisionError
    assert not os.listdir(folder)
    with pytest.raises(InputError, match="cannot be written"), whole("out", {"a": b"", "a/b": b""}):
        pass
    with pytest.raises(InputError, match="cannot be written"), whole("out", {"a": b"1"}):
        (folder / "out").write_text("somebody was faster")
    assert os.listdir(folder) == ["out"]


def test_an_empty_folder_is_filled_and_another_run_is_left_alone(folder):
    (folder / "out").mkdir()
    late = pytest.raises(InputError, match="cannot be written")
    with late, whole("out", {"a": b"1"}), whole("out", {"a": b"2"}):
        assert len(os.listdir(folder)) == 3  # nobody takes another's for a leftover
    assert os.listdir(folder) == ["out"] and (folder / "out" / "a").read_bytes() == b"2"
