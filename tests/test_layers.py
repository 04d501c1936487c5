"""Imports go one way, from the command line to the problem; see BELOW."""

import ast
import sys
from pathlib import Path

import pytest

import nashbox
from tests.places import TESTS

ROOT = Path(nashbox.__file__).parent
PLAY = {"problem", "measure", "solver", "strategies", "mechanisms", "agents", "model"}
GAME = {*PLAY, "results"}  # games answer questions of their own
WORK = {*GAME, "games", "experiments"}
TOP = {*WORK, "rules", "papers"}  # what stands on the experiments, for games with plans and papers
BELOW = {  # what a layer may import from inside; it may always import from itself
    "problem": set(),
    "measure": set(),
    "results": {"problem"},
    "solver": {"problem"},
    "strategies": {"problem", "solver"},
    "mechanisms": {"problem"},
    "agents": {"problem", "strategies", "mechanisms"},
    "model": {"problem", "strategies", "mechanisms", "agents"},
    "games": GAME,
    "experiments": {*GAME, "games"},
    "tables": TOP,
    "rules": WORK,
    "papers": {*WORK, "rules"},
    "api": TOP,
    "app": {*TOP, "tables"},
    "commands": {*TOP, "tables", "app"},
    "cli": {"problem", "commands"},
    "__main__": {"cli"},
}
OF_NO_ROOM = {"docs", "fuzz", "golden"}  # tests of pages, of all commands at once
OUTSIDE = {  # packages that the lower layers may import
    "problem": {"numpy", "networkx"},  # graphs by the name of their generator
    "results": {"numpy"},
    "solver": {"numpy", "scipy"},
    "strategies": {"numpy", "scipy"},
    "mechanisms": {"numpy", "scipy"},
}


def layer_of(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def run(source):
    """Parts of a source that are run; what is only for types is left out."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return (node for node in ast.walk(tree) if id(node) not in for_types)


def imports(source):
    """Modules imported anywhere in a source, with the line; what is only for types left out."""
    for node in run(source):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield node.module, node.lineno


def violations(layer, source):
    for module, line in imports(source):
        package, _, rest = module.partition(".")
        target = rest.split(".")[0]
        if package == "nashbox" and target != layer and target not in BELOW[layer]:
            yield line, module
        outside = package not in {"nashbox", *sys.stdlib_module_names}
        if outside and layer in OUTSIDE and package not in OUTSIDE[layer]:
            yield line, module


@pytest.mark.sparse(6)
@pytest.mark.parametrize("layer", BELOW)
def test_imports_go_one_way(layer):
    files = [p for p in ROOT.rglob("*.py") if layer_of(p) == layer]
    assert files, f"no layer {layer}"
    found = {str(p): list(violations(layer, p.read_text())) for p in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_files_are_named_after_what_is_in_them():
    shy = {"main.py", "result.py", "common.py"}
    found = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if path.name in shy]
    assert found == []


def asked_of(source):
    """Classes that a source asks whether something is of, with the line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "type"):
            for name in (n for arg in node.args[1:] for n in ast.walk(arg)):
                yield getattr(name, "id", getattr(name, "attr", "")), node.lineno


def faces():
    """Classes of channels, and of what ties them together."""
    for source in modules().values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                bases = {getattr(base, "id", "") for base in node.bases}
                if bases & {"Channel", "Joint", "DecoyChannel"}:
                    yield node.name


def test_only_mechanisms_ask_what_class_a_channel_is_of():
    named = set(faces())
    assert {"MeanChannel", "CorruptChannel", "Together"} <= named
    for name, source in modules().items():
        if not name.startswith("nashbox.mechanisms."):
            assert [x for x in asked_of(source) if x[0] in named] == [], name
    assert ("MeanChannel", 1) in asked_of("isinstance(channel, MeanChannel | Other)")


def owners(sources):
    """Modules by the names of classes that they define, at whatever depth."""
    found = {}
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(name)
    return found


def test_classes_have_names_of_their_own():
    found = {name: places for name, places in owners(modules()).items() if len(places) > 1}
    assert found == {}


def test_a_second_owner_is_seen():
    sources = {"p.a": "class Pool: ...\nclass Own: ...", "p.b": "def f():\n    class Pool: ..."}
    assert owners(sources) == {"Pool": ["p.a", "p.b"], "Own": ["p.a"]}


def test_every_module_is_in_a_layer():
    assert {layer_of(path) for path in ROOT.rglob("*.py")} - {"__init__"} == set(BELOW)


def rooms(place):
    """Folders below a place that have modules in them, as paths from there."""
    return {path.parent.relative_to(place).as_posix() for path in place.rglob("*.py")}


def test_tests_stand_where_their_code_does():
    assert rooms(TESTS) - rooms(ROOT) == OF_NO_ROOM


def test_a_folder_of_tests_without_a_room_is_seen(tmp_path):
    for name in ("experiments/audit", "audit"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "test_words.py").touch()
    (tmp_path / "left").mkdir()  # as a checkout leaves what it emptied
    assert rooms(tmp_path) - rooms(ROOT) == {"audit"}


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("problem", "from nashbox.strategies import Strategy"),
        ("strategies", "def f():\n    import nashbox.mechanisms.cbl"),
        ("mechanisms", "from nashbox.strategies.base import accept"),
        ("mechanisms", "import mesa"),
        ("model", "from nashbox.experiments import audit"),
        ("problem", "from nashbox.games.base import Game"),
        ("games", "from nashbox.experiments.audit import audit"),
        ("experiments", "from nashbox.cli import main"),
        ("app", "from nashbox.commands import audit"),
        ("experiments", "from nashbox.rules.design import design"),
        ("rules", "from nashbox.papers import reproduce"),
    ],
)
def test_a_violation_is_seen(layer, source):
    assert list(violations(layer, source))


def modules():
    """Modules of the package by name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        name = ".".join((ROOT.name, *path.relative_to(ROOT).with_suffix("").parts))
        found[name.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return found


def imported(sources):
    """Modules that each module imports, at its top or when something is called."""
    found = {}
    for name, source in sources.items():
        asked = set()
        for node in run(source):
            if isinstance(node, ast.Import):
                asked |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                inside = {f"{node.module}.{alias.name}" for alias in node.names} & {*sources}
                asked |= inside or {node.module}
        found[name] = (asked & {*sources}) - {name}
    return found


def circular(needs):
    """What is left when modules that need no other, or are needed by no other, are taken away."""
    left = dict(needs)
    while True:
        needed = set().union(*left.values()) if left else set()
        kept = {name: deps & {*left} for name, deps in left.items() if name in needed}
        kept = {name: deps for name, deps in kept.items() if deps & {*kept}}
        if kept == left:
            return sorted(left)
        left = kept


def test_no_imports_go_in_circles():
    """Neither at the top nor within functions; what is only for types left out."""
    assert circular(imported(modules())) == []


def test_a_circle_is_seen():
    lazy = "def f():\n    from p import b"
    assert circular(imported({"p.a": lazy, "p.b": "import p.a", "p.c": "import p.b"})) == [
        "p.a",
        "p.b",
    ]
    types = "if TYPE_CHECKING:\n    from p import b"
    assert circular(imported({"p.a": types, "p.b": "import p.a"})) == []
