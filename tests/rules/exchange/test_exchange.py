"""Exchanges from the command line: what is written, for whom, and what is refused."""

import csv
import io
import json
import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from nashbox.rules.exchange.file_names import folded, stems
from nashbox.rules.exchange.handed_in import points_of
from nashbox.rules.exchange.keys import commitment, key_text, read_key, salt, seed
from nashbox.rules.exchange.mediating import fixed
from tests.exchanges import EXCHANGE, KEY, PICK, files


def answers(folder, name):
    with open(folder / "out" / f"{name}.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["name"]: row for row in rows if row["row"] == "answer"}, rows


def test_a_key_is_secret_and_never_overwritten(nashbox, folder):
    said = nashbox("exchange", "--new-key", "k")
    assert said.code == 0 and said.written == {"k"}
    assert stat.S_IMODE(os.stat("k").st_mode) == 0o600
    assert commitment(read_key("k", "k")) in said.out and read_key("k", "k").hex() not in said.out
    before = (folder / "k").read_bytes()
    nashbox("exchange", "--new-key", "k").refuses("k: is there already", "never overwritten")
    (folder / "link").symlink_to("elsewhere")
    nashbox("exchange", "--new-key", "link").refuses("is there already")
    nashbox("exchange", "--new-key", "").refuses("'' cannot be written")
    nashbox("exchange", "--new-key", "no/k").refuses("cannot be written: No such file")
    assert (folder / "k").read_bytes() == before
    assert nashbox("exchange", "--new-key", "k2").out != said.out


def test_everybody_gets_her_answer(nashbox, folder):
    said = nashbox(*EXCHANGE, files=files())
    assert said.code == 0
    assert said.written == {"out", *(f"out/{n}" for n in ("North.csv", "South.csv", "East.csv")),
                            "out/receipt.json"}  # fmt: skip
    mine, rows = answers(folder, "South")
    assert mine["marker"]["estimate"] == mine["marker"]["information"] == "2.00000000"
    assert mine["volume"]["estimate"] == "3.500000000"
    assert [mine[k]["handed_in"] for k in ("marker", "volume")] == ["0", "2"]
    assert [mine[k]["owed"] for k in ("marker", "volume")] == ["15", "12"]
    assert {r["name"] for r in rows if r["row"] == "note"} >= {"what you are not told"}
    assert {stat.S_IMODE(os.stat(p).st_mode) for p in (folder / "out").iterdir()} == {0o600}


def test_nothing_returned_is_said(nashbox, folder):
    given = {**files("alone"), "in/North.csv": "volume\n", "in/East.csv": "marker,volume\n1,2\n"}
    assert nashbox(*EXCHANGE, files=given).code == 0
    mine, _ = answers(folder, "North")
    assert [mine[k]["information"] for k in mine] == ["nothing"] * 2
    assert [mine[k]["estimate"] for k in mine] == ["none"] * 2
    given = {"rules.toml": files("counted_mean")["rules.toml"]}
    assert nashbox(*EXCHANGE[:-1], "out2", files=given).code == 0
    text = (folder / "out2" / "East.csv").read_text()
    assert "answer,marker,10,1,nothing,1.00000000,the rules return nothing here; the mean" in text


@pytest.mark.parametrize("name", ["cbl", "threshold", "sample_mean", "own.py:Pick"])
def test_other_folders_and_orders_give_the_same_bytes(nashbox, folder, name, monkeypatch):
    given = files(name) | {"own.py": PICK}
    assert nashbox(*EXCHANGE, files=given).code == 0
    moved = {f"else/where/{file}": text for file, text in reversed(given.items())}
    listed = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: listed(path)[::-1])
    where = [f"else/where/{word}" if word in given or word in ("in", "out") else word
             for word in EXCHANGE]  # fmt: skip
    assert nashbox(*where, files=moved).code == 0
    first, second = ({p.name: p.read_bytes() for p in (folder / f).iterdir()}
                     for f in ("out", "else/where/out"))  # fmt: skip
    assert first == second and len(first) == 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cbl", "threshold"])
def test_a_plainer_processor_gives_the_same_bytes(folder, name):
    """numpy without what this processor has beyond the oldest one; another order of hashes."""
    umath = pytest.importorskip("numpy._core._multiarray_umath")
    six = "[[0.05], [0.05], [0.05], [0.05], [0.05], [0.05]]"
    (folder / "rules.toml").write_text(
        f'game = "estimation"\nsigma = 10.0\ncosts = {six}\nmechanism = "{name}"\n'
        "plan = [[10], [10], [10], [10], [10], [10]]\n"
    )
    command = [sys.executable, "-m", "nashbox.cli", "exchange", "rules.toml", "--rehearse"]
    for out, more in (
        ("a", {"PYTHONHASHSEED": "1"}),
        (
            "b",
            {"PYTHONHASHSEED": "2", "NPY_DISABLE_CPU_FEATURES": " ".join(umath.__cpu_dispatch__)},
        ),
    ):
        subprocess.run([*command, "--out", out], env={**os.environ, **more}, check=True)
    for path in (folder / "a").rglob("*.*"):
        assert path.read_bytes() == (folder / "b" / path.relative_to(folder / "a")).read_bytes()


def test_the_receipt_tells_nothing(nashbox, folder):
    """Same keys whatever was handed in, and no number of anybody: salted commitments alone."""
    nashbox(*EXCHANGE, files=files())
    receipt = json.loads((folder / "out" / "receipt.json").read_text())
    assert set(receipt) == {
        "format", "rules", "key", "numbers", "agents", "without", "versions", "digest"
    }  # fmt: skip
    assert all(set(a) == {"name", "submission", "answer"} for a in receipt["agents"])
    assert all(len(a["submission"]) == len(a["answer"]) == 64 for a in receipt["agents"])
    text = json.dumps(receipt)
    secret = read_key("secret.key", "k")
    hidden = [secret, seed(secret, receipt["rules"]["hash"], {}), salt(secret, "North")]
    assert not any(value.hex() in text for value in hidden)
    assert str(folder) not in text and os.uname().nodename not in text
    alike = {**files(), "in/East.csv": files()["in/South.csv"]}
    nashbox(*EXCHANGE[:-1], "out2", files=alike)
    again = json.loads((folder / "out2" / "receipt.json").read_text())
    assert len({a["submission"] for a in again["agents"]}) == 3  # equal files do not show


def test_another_key_rolls_other_dice(nashbox, folder):
    nashbox(*EXCHANGE, files={**files("own.py:Pick"), "own.py": PICK})
    seen = set()
    for j in range(12):
        (folder / f"k{j}").write_bytes(key_text(bytes([j] * 32)))
        nashbox(*EXCHANGE[:4], f"k{j}", "--out", f"o{j}")
        text = (folder / f"o{j}" / "East.csv").read_text()
        seen.add(next(csv.DictReader(io.StringIO(text)))["information"])
    assert seen == {"0.33333333", "nothing"}


def test_going_on_without_says_what_becomes_of_the_promise(nashbox, folder):
    given = {k: v for k, v in files("threshold").items() if k != "in/South.csv"}
    nashbox(*EXCHANGE, files=given).refuses("in: there is no file 'South.csv'", "--without NAME")
    said = nashbox(*EXCHANGE, "--without", "South", "--json", "o.json")
    assert said.code == 0 and "out/South.csv" not in said.written
    assert "without South" in said.out and "in sum instead of" in said.out
    body = json.loads((folder / "o.json").read_text())
    assert body["receipt"]["without"] == ["South"] and body["promise"]["drop"]["missing"]
    assert "without: South" in (folder / "out" / "North.csv").read_text()
    nashbox(*EXCHANGE[:-1], "o2", "--without", "Sout").refuses("did you mean 'South'")
    everybody = [w for n in ("North", "South", "East") for w in ("--without", n)]
    nashbox(*EXCHANGE[:-1], "o2", *everybody).refuses("somebody must take part")
    nashbox(*EXCHANGE[:-1], "o2", "--without", "North").refuses("in/North.csv: is there although")


def test_a_promise_without_formulas_is_not_known(nashbox):
    given = {k: v for k, v in files("own.py:Pick").items() if k != "in/South.csv"}
    said = nashbox(*EXCHANGE, "--without", "South", files={**given, "own.py": PICK})
    assert said.code == 0 and "is not known" in said.out


@pytest.fixture
def numbers(nashbox, folder):
    lines = ["agent,commitment"]
    (folder / "numbers").mkdir()
    for name in ("North", "South", "East"):
        nashbox("exchange", "--new-key", f"numbers/{name}.key")
        lines.append(f"{name},{commitment(read_key(f'numbers/{name}.key', name))}")
    (folder / "numbers" / "commitments.csv").write_text("\n".join(lines) + "\n")
    return folder / "numbers"


def test_numbers_are_those_committed_to_and_make_the_seed(nashbox, folder, numbers):
    assert nashbox(*EXCHANGE, "--numbers", "numbers", files=files("cbl")).code == 0
    assert nashbox(*EXCHANGE[:-1], "plain").code == 0
    with_, plain = (json.loads((folder / d / "receipt.json").read_text()) for d in ("out", "plain"))
    assert set(with_["numbers"]) == {"North", "South", "East"} and plain["numbers"] is None
    values = {n: read_key(numbers / f"{n}.key", n) for n in with_["numbers"]}
    key = read_key("secret.key", "k")
    changed = {**values, "East": bytes(32)}
    seeds = {seed(key, "r", v) for v in ({}, values, changed)}
    assert len(seeds) == 3 and seed(key, "r", dict(reversed(values.items()))) in seeds
    again = [*EXCHANGE[:-1], "o2", "--numbers", "numbers"]
    (numbers / "South.key").write_bytes(KEY)
    nashbox(*again).refuses("numbers/South.key: is not the number that 'South' committed to")
    (numbers / "South.key").unlink()
    nashbox(*again).refuses("numbers: there is no file 'South.key'")
    copy = (numbers / "North.key").read_bytes()
    (numbers / "South.key").write_bytes(copy)
    text = (numbers / "commitments.csv").read_text().splitlines()
    same = text[1].replace("North", "South")
    (numbers / "commitments.csv").write_text("\n".join([*text[:2], same, text[3]]))
    nashbox(*again).refuses("numbers/South.key: is that of 'North' as well")
    (numbers / "commitments.csv").write_text("\n".join([text[0], text[1], text[3]]))
    nashbox(*again).refuses("numbers/commitments.csv: has no row for agent 'South'")
    (numbers / "commitments.csv").write_text("a,b\n")
    nashbox(*again).refuses("the header must be agent,commitment")


def test_a_rehearsal_is_an_exchange_that_can_be_verified(nashbox, folder):
    cheats = '{North = "free_rider", South = {name = "withholder", fraction = 0.5}}'
    given = {"rules.toml": files("threshold", strategies=cheats)["rules.toml"]}
    said = nashbox(
        "exchange", "rules.toml", "--rehearse", "--out", "r", "--json", "r.json", files=given
    )
    assert said.code == 0 and "free_rider" in said.out and "withholder" in said.out
    agents = json.loads((folder / "r.json").read_text())["agents"]
    assert [a["handed_in"] for a in agents] == [[0, 0], [8, 6], [10, 0]]
    where = ["--key", "r/rehearsal.key", "--verify", "r/answers/receipt.json", "--answers"]
    assert nashbox("exchange", "rules.toml", "r/submissions", *where, "r/answers").code == 0
    assert nashbox("exchange", "rules.toml", "--rehearse").out == said.out
    assert nashbox("exchange", "rules.toml", "--rehearse", "--seed", "1").out != said.out


def test_what_cannot_be_exchanged_is_refused(nashbox, folder):
    given = files(counts='"real"')
    nashbox(*EXCHANGE, files=given).refuses('counts = "real"', 'use counts = "integer"')
    pot = {"rules.toml": 'game = "public_goods"\nagents = 3\n'}
    nashbox(*EXCHANGE, files=pot).refuses("exchange is for estimation games")
    (folder / "rules.toml").write_text(files()["rules.toml"])
    (folder / "full").mkdir()
    (folder / "full" / "x").write_text("")
    nashbox(*EXCHANGE[:-1], "full").refuses("'full' cannot be written: it is there already")
    nashbox(*EXCHANGE[:-1], "secret.key").refuses("it is there already")
    nashbox(*EXCHANGE[:-1], "in/out").refuses("must not lie in the folder in")
    nashbox(*EXCHANGE[:-1], "no/out").refuses("there is no directory")
    nashbox(*EXCHANGE[:-2]).refuses("--out FOLDER is missing")
    nashbox(*EXCHANGE, "--seed", "1").refuses("--seed does not go with exchange")
    nashbox(*EXCHANGE, "--json", "secret.key").refuses("is read by this command")
    (folder / "secret.key").write_text("my password")
    said = nashbox(*EXCHANGE)
    said.refuses("secret.key: must be a key")
    assert "password" not in said.err


def test_a_bad_answer_of_a_plug_in_is_refused(nashbox):
    for bad in ("[np.inf * s.mean for s in submissions]", "[s.mean[:, :1] for s in submissions]",
                "[np.array(['x']) for s in submissions]", "1 / 0"):  # fmt: skip
        text = PICK[: PICK.index("        m = len")] + f"        return {bad}\n"
        said = nashbox(*EXCHANGE, files={**files("own.py:Pick"), "own.py": text})
        assert said.code == 2 and said.err.count("\n") == 1 and "Pick.mediate" in said.err
        assert not any(name.startswith("out") for name in said.written)


def test_file_names_are_safe_and_differ():
    names = ["a/b", "a b", "-x", ".x", "..", "~", "CON", "com1", "con.x", "North", "north", "NORTH",
             "é", "e\u0301", "É", "日本", "a%2Fb", "%4eorth", "x" * 300, "x" * 299, "a\\b", 'q"*?',
             "=1+1", "straße", "STRASSE", "i", "I", "\u0130"]  # fmt: skip
    found = stems(names)
    assert len({folded(stem) for stem in found.values()}) == len(names)
    for name, stem in found.items():
        assert not set(stem) & set('/\\:*?"<>|\0') and stem[0] not in ".-~ ", name
        assert len(f"{stem}.csv".encode()) < 255
        assert stem.split(".")[0].lower() not in ("con", "com1")
    assert [found[n] for n in ("a b", "日本", "a/b")] == ["a b", "日本", "a%2Fb"]


def test_strangely_named_agents_find_their_files(nashbox, folder):
    names = ["../x", "-r", "Zoë", "A", "a"]
    text = f"""game = "estimation"\nagents = {json.dumps(names)}\nsigma = 1.0
costs = {[[0.1]] * 5}\nmechanism = "sample_mean"\n"""
    given = {f"in/{stem}.csv": "x0\n1\n" for stem in stems(names).values()}
    said = nashbox(*EXCHANGE, files={"rules.toml": text, "secret.key": KEY, **given})
    assert said.code == 0
    written = {name.removeprefix("out/") for name in said.written}
    assert written >= {"%2E.%2Fx.csv", "%2Dr.csv", "Zoë.csv", "%41.csv", "a.csv"}
    proof = (folder / "out" / "%2Dr.csv").read_text()
    assert "proof,agent,,,,,'-r" in proof  # no spreadsheet executes it
    own = ("exchange", "--verify", "out/receipt.json", "--own", "out/%2Dr.csv", "in/%2Dr.csv")
    assert nashbox(*own).code == 0


def test_sums_are_exact_in_any_order():
    cells = [0.1 * j for j in range(-50, 80)] + [1e16, -1e16]
    forward, backward = (
        points_of(("x\n" + "\n".join(map(repr, order))).encode(), "x.csv", ["x"])
        for order in (cells, cells[::-1])
    )
    assert (forward.sum == backward.sum).all() and forward.counts[0, 0] == len(cells)


@pytest.mark.parametrize("sigma", [1e-50, 1e-12, 8.0, 1e6, 1e50])
def test_fixed_digits_are_numbers_and_hide_the_last_bits(sigma):
    rng = np.random.default_rng(0)
    for value in rng.normal(size=200) * sigma * 10.0 ** rng.integers(-3, 4, size=200):
        text = fixed(float(value), sigma)
        assert abs(float(text) - value) <= 5.1e-10 * max(abs(value), sigma) * 1.01
        assert text[0] in "-0123456789"
    assert fixed(np.nextafter(1 / 3, 1), 1.0) == fixed(1 / 3, 1.0)
