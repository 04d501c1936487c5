"""A network of its own: nothing but the loopback address, as far as this machine permits."""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
RULES = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
PROXY = "--proxy-server=http://127.0.0.1:9"  # nobody listens there; loopback goes past it


_own = []  # the network namespace of all that is started here


@contextlib.contextmanager
def loopback_only():
    """Processes started inside see no network but the loopback address; yields whether they do.

    It takes the right to make a network namespace (root); elsewhere the browser's own rules must
    do, and every request is recorded in any case.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        if not _own and libc.unshare(CLONE_NEWNET) == 0:
            _own.append(os.open("/proc/self/ns/net", os.O_RDONLY))
            _loopback_up()
        if not _own:
            yield False
            return
        try:
            libc.setns(_own[0], CLONE_NEWNET)
            yield True
        finally:
            libc.setns(home, CLONE_NEWNET)
    finally:
        os.close(home)


def _loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        name = b"lo".ljust(16, b"\0")
        answer = fcntl.ioctl(probe, SIOCGIFFLAGS, name + b"\0" * 16)
        flags = struct.unpack("16sh", answer[:18])[1]
        request = name + struct.pack("h", flags | IFF_UP) + b"\0" * 14
        fcntl.ioctl(probe, SIOCSIFFLAGS, request)
