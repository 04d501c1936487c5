"""What program computes: nashbox's version with a hash of its installed sources."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def sources() -> str:
    """SHA-256 over names and contents of all Python files of the installed package."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*.py")):
        content = path.read_bytes()
        name = path.relative_to(ROOT).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def program() -> dict[str, str]:
    """The part of every identity that says which program computed."""
    try:
        number = version("nashbox")
    except PackageNotFoundError:
        number = "not installed"
    return {"version": number, "sources": sources()}
