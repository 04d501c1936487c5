"""A folder that appears whole or not at all, whenever the program is killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from nashbox.problem.errors import InputError, brief


def free(path: str | Path) -> Path:
    """Where a new folder goes. Raises InputError unless nothing, or an empty folder, is there."""
    try:
        if not str(path) or "\0" in str(path):
            reason = "this is no name of a folder"
        else:
            target = Path(os.path.realpath(path))
            if target.is_dir() and not any(target.iterdir()):
                return target
            if os.path.lexists(target):
                reason = "it is there already; name a new folder"
            elif not target.parent.is_dir():
                reason = f"there is no directory {target.parent}"
            elif not os.access(target.parent, os.W_OK):
                reason = f"the directory {target.parent} cannot be written to"
            else:
                return target
    except OSError as error:
        reason = str(error.strerror)
    raise InputError(f"{str(path)!r} cannot be written: {reason}")


@contextmanager
def whole(path: str | Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Write files (of names with /, also into folders below) beside the target.

    The folder gets its name when the block within ends well; its owner alone may read it. What a
    killed run left beside it is removed. Raises InputError naming the path.
    """
    target = free(path)
    prefix = f".{target.name[:100]}.nashbox-"
    _remove_leftovers(target.parent, prefix)
    try:
        place = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            for name, content in files.items():
                _write(place / name, content)
            os.fsync(held)
        except OSError as error:
            who = brief(getattr(error, "filename", None) or name)
            raise InputError(f"{path}: {who} cannot be written: {error.strerror}") from error
        yield
        try:
            os.rename(place, target)
        except OSError as error:
            raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    finally:
        os.close(held)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _remove_leftovers(parent: Path, prefix: str) -> None:
    """Remove folders of runs that were killed: nobody holds their lock any more."""
    with suppress(OSError):
        for name in [n for n in os.listdir(parent) if n.startswith(prefix)]:
            with suppress(OSError):
                held = os.open(parent / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(parent / name, ignore_errors=True)
                finally:
                    os.close(held)
