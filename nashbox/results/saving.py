"""Results as files that explain themselves: JSON with a format, versions, "inf" for infinity."""

from __future__ import annotations

import json
import math
import os
import platform
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.problem.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

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
    """Return where the path leads, links resolved. Raises InputError if it cannot be written."""
    try:
        if not str(path) or "\0" in str(path):
            reason = "this is no name of a file"
        elif is_channel(path):
            target = Path(path)
            if os.access(target, os.W_OK):
                return target
            reason = "it may not be written into"
        else:
            target = Path(os.path.realpath(path) if os.path.islink(path) else path)
            if target.is_symlink():
                reason = "its links lead in a circle"
            elif target.is_dir():
                reason = "it is a directory"
            elif not target.parent.is_dir():
                reason = f"there is no directory {target.parent}"
            elif not os.access(target.parent, os.W_OK):
                reason = f"the directory {target.parent} cannot be written to"
            elif target.exists() and not os.access(target, os.W_OK):
                reason = "it is write-protected"
            else:
                return target
    except OSError as error:
        reason = str(error.strerror)
    raise InputError(f"{str(path)!r} cannot be written: {reason}")


def is_channel(path: str | Path) -> bool:
    """Whether this is a pipe, a device or the like, which is written into and never replaced.

    So is what lies below /dev and /proc, where names stand for files that somebody has open.
    """
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return os.path.exists(path)
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


_written: ContextVar[list[tuple[Path, bytes | None]] | None] = ContextVar("written", default=None)


@contextmanager
def all_or_none() -> Iterator[None]:
    """Files written within stay, all of them, or none if an error ends it: older ones come back.

    An interruption keeps what was finished; pipes and devices keep what they were told.
    """
    outer = _written.get()
    own: list[tuple[Path, bytes | None]] = []
    token = _written.set(own)
    try:
        yield
    except Exception:
        for target, before in reversed(own):
            with suppress(OSError):
                target.unlink() if before is None else _replace(target, before)
        raise
    else:
        if outer is not None:
            outer += own
    finally:
        _written.reset(token)


def write_whole(path: str | Path, content: bytes) -> None:
    """Write beside the target, then move into place; mode and owner of an older file are kept.

    Pipes and devices are written into. Raises InputError naming the path.
    """
    target = writable(path)
    try:
        if is_channel(target):
            with open(target, "wb") as stream:
                stream.write(content)
        else:
            written = _written.get()
            before = target.read_bytes() if written is not None and target.exists() else None
            _replace(target, content)
            if written is not None:
                written.append((target, before))
    except BrokenPipeError:
        pass  # whoever read from the pipe has read enough
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".nashbox-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        if target.exists():
            before = target.stat()
            with suppress(OSError):  # only root may give files away
                os.chown(name, before.st_uid, before.st_gid)
            os.chmod(name, stat.S_IMODE(before.st_mode))
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def csv_text(table: pd.DataFrame) -> str:
    """A frame as CSV in which no cell is a formula: spreadsheets execute =, +, - and @.

    Texts that begin so, or with a tab or a line break, get an apostrophe in front, which
    spreadsheets take for the mark of a text; numbers stay as they are.
    """
    shown = table.rename(columns={name: harmless(name) for name in table.columns})
    for place in range(shown.shape[1]):
        if shown.dtypes.iloc[place].kind not in "biufc":
            shown.isetitem(place, shown.iloc[:, place].map(harmless))
    return str(shown.to_csv(index=False))


def harmless(cell: Any) -> Any:
    """A cell of a CSV file that no spreadsheet executes.

    >>> harmless("=1+1"), harmless("-3.5e-2"), harmless("-x"), harmless(-3)
    ("'=1+1", '-3.5e-2', "'-x", -3)
    """
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def same_file(a: str | Path, b: str | Path) -> bool:
    """Whether two names lead to one file, through links or spelling, or will once written."""
    try:
        if os.path.samefile(a, b):
            return True
    except (OSError, ValueError):
        pass
    return os.path.realpath(a) == os.path.realpath(b)


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
