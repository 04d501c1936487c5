"""Secrets of an exchange: keys, what they are committed by, and what is derived from them.

A key is 32 random bytes in a file of one line. Everything is SHA-256, alone or as HMAC, over ASCII
JSON, which cannot be read in two ways.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from nashbox.problem.errors import InputError
from nashbox.problem.reading import read_bytes

DOMAIN = "nashbox-exchange/1"
KEY = re.compile(rb"nashbox-key/1 ([0-9a-f]{64})")


def new_key(path: str | Path) -> str:
    """Write a new key that its owner alone can read, and return its commitment.

    The file appears whole or not at all. Raises InputError if something is there already, or if it
    cannot be written.
    """
    if not str(path):
        raise InputError("'' cannot be written: this is no name of a file")
    key = secrets.token_bytes(32)
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".nashbox-")  # of mode 600
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{str(path)!r} cannot be written: {why}") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(key_text(key))
            stream.flush()
            os.fsync(stream.fileno())
        _put(name, target)
    except FileExistsError as error:
        raise InputError(
            f"{path}: is there already, and a key is never overwritten; name a new file"
        ) from error
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            os.unlink(name)
    return commitment(key)


def _put(name: str, target: Path) -> None:
    """Give a file its name, which nobody else may have."""
    try:
        os.link(name, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError from None
        os.rename(name, target)


def key_text(key: bytes) -> bytes:
    """Contents of a key's file."""
    return b"nashbox-key/1 " + key.hex().encode() + b"\n"


def read_key(path: str | Path, shown: str) -> bytes:
    """Read a key. Raises InputError that says nothing of what stands in the file."""
    found = KEY.fullmatch(read_bytes(path, shown).strip())
    if found is None:
        raise InputError(
            f"{shown}: must be a key as 'nashbox exchange --new-key FILE' makes it, "
            "got something else"
        )
    return bytes.fromhex(found[1].decode())


def readable_by_others(path: str | Path) -> bool:
    """Whether others than the owner may read a file."""
    return os.name == "posix" and bool(os.stat(path).st_mode & 0o077)


def digest(*parts: object) -> str:
    """SHA-256 of plain values in hexadecimal digits."""
    return hashlib.sha256(_text(parts)).hexdigest()


def commitment(key: bytes) -> str:
    """What a key is committed by: given to everybody before, it cannot be opened otherwise."""
    return digest("commitment", key.hex())


def seed(key: bytes, rules: str, numbers: Mapping[str, bytes]) -> bytes:
    """The seed of everything random: a hash of the key, the rules and everybody's number."""
    given = sorted((name, number.hex()) for name, number in numbers.items())
    return hmac.digest(key, _text(("seed", rules, given)), "sha256")


def salt(key: bytes, agent: str) -> bytes:
    """An agent's salt, which only she is told."""
    return hmac.digest(key, _text(("salt", agent)), "sha256")


def salted(salt: bytes, kind: str, content: bytes) -> str:
    """Commitment to a file: without the salt no file can be found by trying."""
    return hmac.digest(salt, f"{DOMAIN} {kind}\0".encode() + content, "sha256").hex()


def _text(parts: object) -> bytes:
    return json.dumps([DOMAIN, parts]).encode("ascii")
