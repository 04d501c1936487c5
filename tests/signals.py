"""For tests that interrupt programs."""

import signal


def hearing():
    """Before a program starts: let it hear signals, also where the tests run in the background."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
