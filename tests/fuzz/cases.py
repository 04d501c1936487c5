"""Cases of the fuzz: a valid problem and a command, with a few structural mutations.

A case is made of a seed and its number alone, so that it can be played again by both.
"""

import copy
import random

ESTIMATION = {
    "game": "estimation",
    "sigma": 10.0,
    "costs": [[0.033, 0.2], [0.066, 0.1], [0.1, 0.3]],
    "plan": "ir_optimal",
    "mechanism": "cbl",
    "counts": "integer",
    "strategies": {"a1": {"name": "withholder", "fraction": 0.5}},
    "outside_option": {"a2": 12.0},
}
TABLES = {**ESTIMATION, "costs": "costs.csv", "source": {"csv": "data.csv", "columns": ["u", "v"]},
          "strategies": {"lab1": "free_rider"}, "outside_option": {}}  # fmt: skip
PLUGIN = {**ESTIMATION, "costs": [[0.1], [0.2]], "mechanism": "rules.py:M", "outside_option": {},
          "strategies": {"a0": "rules.py:S"}}  # fmt: skip
RACE = {
    "game": "testing",
    "prior": 0.5,
    "beta": "1/10",
    "mechanism": "belief_exchange",
    "payoff": {"kind": "contest", "prize": 1.0, "cost": 0.01},
    "graph": "complete",
    "cap": 500,
    "agents": [
        {"name": "A", "p0": ["0.8", "0.2"], "p1": ["0.5", "0.5"], "strategy": "signaller"},
        {"name": "B", "p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"],
         "strategy": {"name": "signaller", "alpha": 0.5, "weight": 0.9}},
    ],
}  # fmt: skip
RING = {**RACE, "cap": 25, "graph": {"name": "gnp_random", "p": 0.5},
        "payoff": {"kind": "cost", "c": 0.02, "chat": 1.0},
        "agents": [{**RACE["agents"][1], "name": f"n{i}"} for i in range(3)]}  # fmt: skip
POT = {"game": "public_goods", "agents": ["a", "b", "c"], "endowment": 1.0, "multiplier": 1.6,
       "impact": 3.0, "strategies": {"a": {"name": "contribute", "share": 0.3}}}  # fmt: skip
EVEN = {"name": "mixed", "weights": [0.5, 0.5]}
BATTLE = {"game": "table", "payoffs": {"row": [[2, 0], [0, 1]], "column": [[1, 0], [0, 2]]},
          "strategies": {"row": "2", "column": EVEN}}  # fmt: skip
NFG = {"game": "table", "payoffs": "b.nfg", "strategies": {"row": "opera"}}
SALE = {"game": "auction", "agents": 3, "rule": "all_pay", "mechanism": "sealed",
        "strategies": {"a1": {"name": "bid", "factor": 0.5, "power": 2.0}}}  # fmt: skip
FIRMS = {"game": "cournot", "agents": ["a", "b"], "intercept": 1.0, "slope": 1.0,
         "cost": [0.1, 0.2], "strategies": {"a": {"name": "quantity", "q": 0.1}}}  # fmt: skip
PRIZE = {"game": "tullock", "agents": 4, "prize": 2.0, "strategies": {"a0": "effort"}}
CLINICS = {"game": "federated", "agents": 4, "sigma": 3.0, "cost": 0.1, "points": 5,
           "mechanism": {"name": "averaging", "rounds": 5, "rate": 0.5, "start": 3.0},
           "strategies": {"a0": {"name": "free_rider", "noise": 0.1}}}  # fmt: skip
OWN = {"game": "own.py:G", "agents": 3, "size": 1.0, "mechanism": "own.py:R",
       "strategies": {"a1": {"name": "act", "x": 0.5}}}  # fmt: skip
GAME = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from nashbox.games import Action, Exact, OneShot

@dataclass(frozen=True)
class Act(Action):
    x: float = 1.0
    def act(self, view, rng):
        return {act}

@dataclass(frozen=True)
class R:
    def mediate(self, actions, rng):
        return {mediate}

@dataclass(frozen=True, kw_only=True)
class G(OneShot):
    menu: ClassVar = {{"act": Act}}
    mechanisms: ClassVar = {{"r": R}}
    size: float = 1.0
    def recommended(self, i):
        return {recommended}
    def pay(self, view, action, received):
        return {pay}
    def deviations(self, i):
        return {deviations}
    def exact(self, i):
        return {exact}
"""
ANSWERS = {  # the first is good
    "act": ("self.x", "rng.random(view.worlds)", "[1]", "'x'", "np.nan", "1 / 0", "1j"),
    "mediate": ("[sum(actions)] * len(actions)", "None", "[]", "1 / 0", "[None] * len(actions)"),
    "recommended": ("Act(1.0)", "None", "1 / 0", "Act('x')"),
    "pay": ("received * self.size - action", "1.0", "None", "received[:1]", "action * 1j",
            "(_ for _ in ()).throw(SystemExit(3))"),
    "deviations": ("[self.family('act', x=(0.0, 1.0), coarse=5)]", "[]", "None", "[1]", "1 / 0",
                   "[self.family('nope', x=(0.0, 1.0))]", "[self.family('act', y=(0.0, 1.0))]"),
    "exact": ("'none'", "None", "1 / 0", "Exact(0.0, 1.0, self.deviation('act', x=0.1))",
              "Exact(float('nan'), 'x', None)"),
}  # fmt: skip
PROBLEMS = {  # another game joins by a problem of its own, with the commands it knows
    "estimation": (ESTIMATION, "estimation"),
    "tables": (TABLES, "estimation"),
    "plugin": (PLUGIN, "estimation"),
    "race": (RACE, "testing"),
    "ring": (RING, "testing"),
    "public_goods": (POT, "public_goods"),
    "table": (BATTLE, "table"),
    "nfg": (NFG, "nfg"),
    "auction": (SALE, "auction"),
    "cournot": (FIRMS, "cournot"),
    "tullock": (PRIZE, "tullock"),
    "federated": (CLINICS, "federated"),
    "own": (OWN, "own"),
}
BOTH = (
    "audit p.toml --method black_box --budget 4000 --workers 1",
    "audit p.toml --budget 4000 --workers 1",
    "audit p.toml --method exhaustive --epsilon 0.5% --budget 4000 --workers 1",
    "run p.toml --replications 50 --rounds 2",
    "adapt p.toml --menu {menu} --rounds 2 --worlds 50",
    "adapt p.toml --rule {{name='logit',temperature=0.1}} --menu {menu} --rounds 2 --worlds 50",
    "empirical p.toml --menu {menu} --worlds 50",
    "sweep s.toml --workers 1 --export out.csv",
)
COMMANDS = {
    "estimation": (
        *BOTH,
        "plan p.toml",
        "plan p.toml --rule nash",
        "compare p.toml --starts 1 --budget 4000 --design none",
        "design p.toml --goal social --save d.toml",
        "robust p.toml --costs 5%",
        "coalitions p.toml --budget 4000",
        "check rules.py:M",
        "check rules.py:S --problem p.toml",
        "check withholder(fraction=0.5)",
        "list",
        "new strategy Mine",
    ),
    "testing": (*BOTH, "solve p.toml", "check signaller", "new strategy Mine --game testing"),
}
GAMES = (
    *BOTH,
    "audit p.toml --method black_box --budget 2000 --workers 1 --report r.html",
    "compare p.toml --starts 1",
    "list",
    "new game Mine",
)
MENUS = {
    "public_goods": "contribute,contribute(share=0)",
    "table": "1,2",
    "nfg": "opera,boxing",
    "auction": "bid(factor=0.5),bid(factor=0.9)",
    "cournot": "quantity(q=0.1),quantity(q=0.4)",
    "tullock": "effort(x=0.1),effort(x=0.4)",
    "federated": "train(points=3),free_rider",
    "own": "act(x=0.5),act(x=0.9)",
}
for _name in MENUS:
    _target = {"nfg": "table", "own": "own.py:G"}.get(_name, _name)
    COMMANDS[_name] = (*GAMES, f"check {_target} --problem p.toml")
MENU = {**MENUS, "estimation": "truthful,free_rider", "testing": "signaller,signaller(alpha=0.5)"}
SWEEP = (
    'problem = "p.toml"\nexperiment = "run"\nstore = "s.sqlite"\nseeds = 2\n'
    "options = {replications = 20}\n"
)
RULES = """
import numpy as np
from dataclasses import dataclass
from nashbox import Strategy
from nashbox.mechanisms import SampleMean

@dataclass(frozen=True)
class M(SampleMean):
    def mediate(self, submissions, terms, rng):
        return {mediate}

@dataclass(frozen=True)
class S(Strategy):
    def gather(self, view, rng):
        {gather}
        return super().gather(view, rng)
"""
MEDIATE = ("super().mediate(submissions, terms, rng)",) * 4 + (
    "[x + 1j for x in super().mediate(submissions, terms, rng)]",
    "None",
    "[None] * len(submissions)",
    "[x * np.nan for x in super().mediate(submissions, terms, rng)]",
    "super().mediate(submissions, terms, rng)[:1]",
    "1 / 0",
)
GATHER = ("pass",) * 4 + (
    "raise GeneratorExit",
    "raise SystemExit(3)",
    "raise MemoryError",
    "view.others[:] = 1",
    "print('hello')",
    "return [-1]",
    "return 'x'",
    "import os; os.write(1, b'raw')",
)
WORDS = (
    *("", "x", "cbl", "nope", "../../etc/passwd", "/dev/zero", "file.py:C", "a\x1b[31mb"),
    *("a\u202eb", "\u540d\u524d", "=1+1", "nan", "inf", "1/3", "1e-99999999", "x" * 700, "true"),
    *("[1", "p.toml", "costs.csv", "rules.py:M", "0", "signaller", "threshold", "sample_mean"),
)
NUMBERS = (0, -1, 1, 2, 3, 7, 0.5, 1e-300, 1e300, 1e-50, 1e50, 5e-324, float("inf"), float("nan"),
           -0.0, 10**25, 16**5000, 0.1, 1e-9, 1e9, 12.0, 2.5)  # fmt: skip


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        inside = "".join(
            c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value
        )
        return f'"{inside}"'
    if isinstance(value, int):
        return hex(value) if abs(value) > 10**20 else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml(str(k))} = {toml(v)}' for k, v in value.items())}}}"
    return '""'


def places(value, path=()):
    """All places of a nested value, the root left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, (dict, list)):
            yield from places(item, (*path, key))


def mutate(raw, dice):
    """Change one place of a nested mapping."""
    spots = list(places(raw))
    if not spots:
        return
    *path, key = dice.choice(spots)
    node = raw
    for step in path:
        node = node[step]
    kind = dice.randrange(9)
    if kind == 0:
        del node[key]
    elif kind == 1:
        node[key] = dice.choice(WORDS)
    elif kind in (2, 3):
        node[key] = dice.choice(NUMBERS)
    elif kind == 4:
        node[key] = dice.choice([[], {}, [[]], [{}], True, [1, "a"], {"name": "x", "y": 1}])
    elif kind == 5 and isinstance(node, dict):
        node[dice.choice(["x", "sigma", "plan", "seed", "Prior", "costs", ""])] = node[key]
    elif kind == 6 and isinstance(node[key], list) and node[key]:
        node[key] = node[key] + [copy.deepcopy(dice.choice(node[key]))]
    elif kind == 7 and isinstance(node[key], list):
        dice.shuffle(node[key])
    else:
        node[key] = [copy.deepcopy(node[key])] * dice.randrange(3)


def scratched(text, dice):
    """A text with a few characters changed, gone or doubled."""
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        noise = dice.choice(["", ",", "\n", "nan", "-", "\x00", "\t", "9" * 30, ";"])
        text = text[:at] + noise + text[at + dice.randrange(3) :]
    return text


def case(seed, number):
    """Arguments of the command line, and files by name."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311
    raw, game = PROBLEMS[dice.choice(list(PROBLEMS))]
    raw = copy.deepcopy(raw)
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        mutate(raw, dice)
    text = "".join(f"{toml(str(k))} = {toml(v)}\n" for k, v in raw.items())
    files = {
        "p.toml": scratched(text, dice) if dice.random() < 0.1 else text,
        "costs.csv": "agent,x,y\nlab1,0.1,0.2\nlab2,0.2,inf\nlab3,0.05,0.1\n",
        "b.nfg": 'NFG 1 R "" { "row" "column" } { { "opera" "boxing" } { "opera" "boxing" } } '
        "2 1 0 0 0 0 1 2",
        "data.csv": "u,v\n" + "".join(f"{i % 7},{i % 5 + 0.5}\n" for i in range(40)),
        "rules.py": RULES.format(mediate=dice.choice(MEDIATE), gather=dice.choice(GATHER)),
        "own.py": GAME.format(
            **{
                name: dice.choice(some) if dice.random() < 0.25 else some[0]
                for name, some in ANSWERS.items()
            }
        ),
        "s.toml": SWEEP,
    }
    if dice.random() < 0.15:
        name = dice.choice(["costs.csv", "data.csv", "s.toml", "rules.py"])
        files[name] = scratched(files[name], dice)
    command = dice.choice(COMMANDS[game]).format(menu=MENU[game])
    arguments = command.split()
    if dice.random() < 0.15:
        arguments[dice.randrange(1, len(arguments) + 1):] = [dice.choice(WORDS)]  # fmt: skip
    if dice.random() < 0.5 and not command.startswith(("sweep", "new", "list")):
        arguments += ["--json", dice.choice(["-", "o.json", "o.json", "p.toml", "no/x.json"])]
    return arguments, files
