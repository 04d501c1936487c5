"""Results as files that explain themselves: JSON with a format, versions, "inf" for infinity."""

from __future__ import annotations

import json
import math
import os
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.problem.errors import InputError

PACKAGES = ("nashbox", "mesa", "numpy", "scipy", "networkx")


def versions() -> dict[str, str]:
    """Versions of Python and of the packages a number may depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def plain(value: Any) -> Any:
    """Turn arrays, numpy scalars and infinities into what JSON can hold ("inf", "-inf", null)."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return None
        return number if math.isfinite(number) else ("inf" if number > 0 else "-inf")
    return value


def to_text(body: Mapping[str, Any]) -> str:
    """Return indented JSON without NaN or Infinity tokens."""
    return json.dumps(plain(body), indent=2, allow_nan=False) + "\n"


def write_json(body: Mapping[str, Any], path: str | Path) -> None:
    """Write whole files only: a crash or a full disk leaves no part of one."""
    write_whole(path, to_text(body).encode())


def writable(path: str | Path) -> Path:
    """Return the path. Raises InputError if no file can be written there."""
    target = Path(path)
    try:
        if not str(path) or "\0" in str(path):
            reason = "this is no name of a file"
        elif target.is_dir():
            reason = "it is a directory"
        elif not target.parent.is_dir():
            reason = f"there is no directory {target.parent}"
        elif not os.access(target.parent, os.W_OK):
            reason = f"the directory {target.parent} cannot be written to"
        else:
            return target
    except OSError as error:
        reason = str(error.strerror)
    raise InputError(f"{str(path)!r} cannot be written: {reason}")


def write_whole(path: str | Path, content: bytes) -> None:
    """Write beside the target, then move into place. Raises InputError naming the path."""
    target = writable(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def read_json(path: str | Path, expected: str) -> dict[str, Any]:
    """Read a result of format `expected`, turning "inf" back into numbers."""
    try:
        body = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not valid JSON: {error}") from error
    found = body.get("format") if isinstance(body, dict) else None
    if found != expected:
        raise InputError(f"{path}: format must be {expected!r}, got {found!r}")
    return dict(_numbers(body))


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return (
        {"inf": math.inf, "-inf": -math.inf}.get(value, value) if isinstance(value, str) else value
    )
