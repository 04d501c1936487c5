"""Where a problem on the page comes from: an example, a file named at the start, or an upload."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nashbox.app.limits import BYTES, FILES, at_most, check_problem
from nashbox.games.registry import builtin
from nashbox.problem.errors import InputError, brief
from nashbox.problem.files import GAMES, from_mapping, load, read_toml

KEEP = "import shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1], ignore_errors=True)"
COIN = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
BUILT_IN: dict[str, dict[str, Any]] = {  # for an installation without the folder of examples
    "three labs": {
        "game": "estimation",
        "sigma": 10.0,
        "costs": [[0.033], [0.066], [0.1]],
        "mechanism": "sample_mean",
    },
    "twenty equal labs": {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 20},
    "a pot for four": {"game": "public_goods", "agents": 4},
    "two equal agents": {
        "game": "testing",
        "beta": "1/10",
        "agents": [{"name": name, **COIN} for name in "AB"],
    },
    "ten agents on a ring": {
        "game": "testing",
        "beta": "1/10",
        "graph": "cycle",
        "payoff": {"kind": "cost", "c": 0.005, "chat": 1.0},
        "agents": [{"name": f"lab{i}", **COIN} for i in range(1, 11)],
    },
}

LABS: dict[str, Any] = {"game": "estimation", "sigma": 10.0, "costs": [[0.033], [0.066], [0.1]]}
PRESETS: dict[str, dict[str, Any]] = {  # what the page opens with, by the name in its address
    "Free riding under pooling": {
        **LABS, "mechanism": "sample_mean", "strategies": {"a1": "free_rider"},
    },
    "Free riding under CBL": {**LABS, "mechanism": "cbl", "strategies": {"a1": "free_rider"}},
    "A liar among honest labs": {
        **LABS, "mechanism": "sample_mean",
        "strategies": {"a1": {"name": "shifter", "shift": 5.0}},
    },
    "A race": {
        "game": "testing",
        "beta": "1/10",
        "payoff": {"kind": "contest", "prize": 1.0, "cost": 0.01},
        "agents": [{"name": name, **COIN} for name in "AB"],
    },
    "A public good": {
        "game": "public_goods", "agents": 4,
        "strategies": {"a3": {"name": "contribute", "share": 0.0}},
    },
}  # fmt: skip


@dataclass(frozen=True)
class ProblemSource:
    """A problem file, or a mapping that one would hold, with the name shown for it.

    trusted: its plug-in files may be run, because it was named on the command line.
    """

    shown: str
    path: str | None = None
    raw: Mapping[str, Any] | None = None
    folder: str = "."
    trusted: bool = True

    def problem(self) -> Any:
        """Load it. Raises InputError with the message of the command line."""
        if self.path is not None:
            if not self.trusted:
                _refuse_foreign_files(read_toml(self.path, self.shown), self.shown)
            problem = load(self.path, self.shown)
        else:
            problem = from_mapping(self.raw or {}, self.folder, self.shown)
        check_problem(problem)
        return problem


class Shelf:
    """A folder for uploads, made when it is needed; gone with this process, however that ends."""

    def __init__(self) -> None:
        self._place: str | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def folder(self) -> Path:
        """Return where it is. A process of its own removes it as soon as this one hangs up."""
        if self._place is None:
            self._place = tempfile.mkdtemp(prefix="nashbox-")
            self._keeper = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-I", "-S", "-c", KEEP, self._place],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        return Path(self._place)

    def cleanup(self) -> None:
        """Remove it."""
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            self._keeper.wait()
        self._place, self._keeper = None, None


def examples(files: Sequence[str] = ()) -> list[ProblemSource]:
    """Problems to choose from: the files named at the start, the stories, the examples."""
    found = [ProblemSource(file, path=file) for file in files]
    found += [ProblemSource(name, raw=raw) for name, raw in PRESETS.items()]
    folder = _examples_folder()
    if folder is not None:
        paths = [
            path
            for pattern in ("*.toml", "wine/*.toml", "testing/*.toml")
            for path in sorted(folder.glob(pattern))
            if not path.name.startswith("sweep")
        ]
        found += [ProblemSource(f"examples/{p.relative_to(folder)}", path=str(p)) for p in paths]
    else:
        found += [ProblemSource(name, raw=raw) for name, raw in BUILT_IN.items()]
    unique: dict[str, ProblemSource] = {}
    for source in found:
        unique.setdefault(source.shown, source)
    return list(unique.values())


def _examples_folder() -> Path | None:
    """The examples of a checkout: beside the package, or where the page was started."""
    for root in (Path(__file__).parents[2], Path.cwd()):
        if (root / "examples" / "figure1.toml").is_file():
            return root / "examples"
    return None


def uploaded(files: Iterable[tuple[str, bytes]], shelf: Shelf, sigma: Any = 10.0) -> ProblemSource:
    """Put an upload into a folder of its own on the shelf and say what to open.

    files: names with contents: a problem file with the tables it names, or one table of costs,
    which with `sigma` makes a problem. Raises InputError.
    """
    held = dict(files)
    at_most("files in one upload", len(held), FILES)
    for name, content in held.items():
        if Path(name).name != name or not name.strip("."):
            raise InputError(f"upload: a file must have a plain name, got {brief(name)}")
        if not name.lower().endswith((".toml", ".csv")):
            raise InputError(
                f"upload: must be problem files (.toml) and tables (.csv), got {brief(name)}"
            )
        at_most(f"{name}: bytes", len(content), BYTES)
    place = Path(tempfile.mkdtemp(dir=shelf.folder()))
    for name, content in held.items():
        (place / name).write_bytes(content)
    problems = [name for name in held if name.lower().endswith(".toml")]
    tables = [name for name in held if name.lower().endswith(".csv")]
    if len(problems) == 1:
        return ProblemSource(problems[0], path=str(place / problems[0]), trusted=False)
    lone = {game: table for game in GAMES if (table := builtin(game).lone_table) is not None}
    if not problems and len(tables) == 1 == len(held):
        game, alone = next(iter(lone.items()))
        raw = {"game": game, "sigma": sigma, alone: tables[0]}
        return ProblemSource(tables[0], raw=raw, folder=str(place), trusted=False)
    raise InputError(
        "upload: must be one problem file (.toml) with the tables it names, or one table of "
        f"{' or '.join(lone.values())} (.csv), got {', '.join(held) or 'nothing'}"
    )


def _refuse_foreign_files(raw: Mapping[str, Any], shown: str) -> None:
    """An upload reads and runs nothing but what came with it."""
    for key, value in _strings(raw, ()):
        if key[-1] in ("costs", "payoffs", "plan", "graph", "csv") and Path(value).name != value:
            raise InputError(
                f"{shown}: {'.'.join(key)} must be a file of the same upload, got {brief(value)}"
            )
        if ":" in value:
            raise InputError(
                f"{shown}: {'.'.join(key)}: plug-ins of an upload are not run, got {brief(value)}; "
                "start the page with the file: nashbox app FILE"
            )


def _strings(value: Any, key: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    """All strings in a mapping, with the keys that lead to them."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _strings(item, (*key, str(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, key)
