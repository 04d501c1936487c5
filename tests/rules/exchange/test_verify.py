"""Verification: any changed byte is found, by the arbiter and by the owner of the files."""

import json
import random
from pathlib import Path

import pytest

from nashbox.problem.errors import InputError
from nashbox.rules.exchange import receipt as receipts
from nashbox.rules.exchange import verify, verify_own
from nashbox.rules.exchange.keys import commitment, digest, key_text
from tests.exchanges import EXCHANGE, PICK, VERIFY, files

COSTS = "agent,marker,volume\nNorth,0.033,0.1\nSouth,0.066,0.1\nEast,0.1,inf\n"


@pytest.fixture
def exchanged(nashbox, folder):
    """An exchange under rules of several files."""
    given = files("own.py:Pick") | {"own.py": "import beside\n" + PICK, "beside.py": "x = 1\n"}
    lines = [x for x in given["rules.toml"].splitlines() if x.split()[0] not in
             ("agents", "distributions", "costs")]  # fmt: skip
    given["rules.toml"] = "\n".join([*lines, 'costs = "costs.csv"', ""])
    given["costs.csv"] = COSTS
    assert nashbox(*EXCHANGE, files=given).code == 0
    return folder


def arbiter():
    return verify("out/receipt.json", "rules.toml", "in", "secret.key", answers="out")


def changed(path, place, dice):
    """Another byte in one place, while the test looks at it."""
    content = bytearray(path.read_bytes())
    content[place] = dice.choice([b for b in range(256) if b != content[place]])
    path.write_bytes(bytes(content))


def test_nothing_differs(exchanged, nashbox):
    said = nashbox(*VERIFY, "--answers", "out")
    assert said.code == 0 and "verified, nothing differs" in said.out and not said.written
    own = ("exchange", "rules.toml", "--verify", "out/receipt.json", "--own", "out/East.csv")
    for words in ((), ("in/East.csv",)):
        assert nashbox(*own, *words).code == 0
    assert json.loads(nashbox(*VERIFY, "--json", "-").out)["verified"] is True


EVERY = 10**6  # places
PLACES = [
    ("out/receipt.json", 120),  # blind in one byte of 60 it would be caught seven times in eight
    *((file, 12) for file in ("rules.toml", "costs.csv", "own.py", "beside.py")),
    *((file, 12) for file in ("in/North.csv", "out/North.csv")),
    ("out/receipt.json", EVERY),
    *((file, 12) for file in ("in/South.csv", "in/East.csv", "out/South.csv", "out/East.csv")),
]


@pytest.mark.sparse(7)
@pytest.mark.parametrize(("file", "places"), PLACES)
def test_any_changed_byte_is_found_and_named(exchanged, nashbox, file, places):
    path, dice = Path(file), random.Random(file)  # noqa: S311 - places
    before = path.read_bytes()
    for place in dice.sample(range(len(before)), min(places, len(before))):
        changed(path, place, dice)
        found = arbiter()
        assert not found.verified, place
        assert path.name in " ".join(found.differences), found.differences
        path.write_bytes(before)
    for other in (before[:-1], before + b"\n", b""):
        path.write_bytes(other)
        assert nashbox(*VERIFY, "--answers", "out").code == 1
    path.write_bytes(before)
    assert arbiter().verified


def test_files_too_many_and_too_few_are_named(exchanged, nashbox):
    for file, words in [("in/East.csv", "in/East.csv: is missing"),
                        ("out/East.csv", "out/East.csv: is missing"),
                        ("costs.csv", "is not the file of these rules"),
                        ("beside.py", "beside.py, named by rules.toml: is missing")]:  # fmt: skip
        content = Path(file).read_bytes()
        Path(file).unlink()
        if file == "costs.csv":
            Path(file).write_text(COSTS.replace("0.1", "0.2"))
        said = nashbox(*VERIFY, "--answers", "out")
        assert said.code == 1 and words in said.out, said
        Path(file).write_bytes(content)
    for file in ("in/West.csv", "out/West.csv"):
        Path(file).write_text("marker\n1\n")
        said = nashbox(*VERIFY, "--answers", "out")
        assert said.code == 1 and file in said.out
        Path(file).unlink()


def test_another_key_is_found(exchanged, nashbox, folder):
    (folder / "other.key").write_bytes(key_text(bytes(32)))
    said = nashbox(*VERIFY[:4], "other.key", *VERIFY[5:])
    assert said.code == 1 and "other.key: is not the key committed to" in said.out


def forged(change):
    """A receipt that was changed by somebody who knows how it is made."""
    path = Path("out/receipt.json")
    body = json.loads(path.read_bytes())
    change(body)
    rest = {k: v for k, v in body.items() if k != "digest"}
    path.write_bytes(receipts._text({**rest, "digest": digest("receipt", rest)}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b["agents"][1].update(answer="0" * 64), "the answer to South is not what"),
        (lambda b: b["agents"][1].update(submission="0" * 64), "in/South.csv: is not the"),
        (lambda b: b["rules"].update(hash="0" * 64), "rules"),
        (lambda b: b.update(key="0" * 64), "is not the key"),
        (lambda b: b.update(numbers={}), "number"),
        (lambda b: b["without"].append("West"), "without"),
        (lambda b: b["agents"].reverse(), "agents"),
        (lambda b: b["agents"].pop(), "in/East.csv"),
        (lambda b: b.update(agents=3), "is no receipt"),
        (lambda b: b["rules"].update(files=[1]), "is no receipt"),
        (lambda b: b["versions"].pop("numpy"), "versions"),
    ],
)
def test_a_forged_receipt_is_found(exchanged, nashbox, change, words):
    forged(change)
    numbers = json.loads(Path("out/receipt.json").read_bytes())["numbers"] is not None
    if numbers:
        Path("numbers").mkdir()
    said = nashbox(*VERIFY, *(("--numbers", "numbers") if numbers else ()))
    assert said.code == 1 and words in said.out, said


@pytest.mark.parametrize("name", ["python", "numpy", "scipy", "nashbox", "sources"])
def test_other_versions_are_refused_by_name(exchanged, nashbox, name):
    forged(lambda body: body["versions"].update({name: "0.0.1"}))
    nashbox(*VERIFY).refuses("made with", "nashbox" if name == "sources" else f"{name} 0.0.1")


def test_an_owner_checks_her_files_without_the_key(exchanged, nashbox):
    own = ("out/receipt.json", "out/South.csv", "in/South.csv")
    dice = random.Random(0)  # noqa: S311 - bytes
    assert verify_own(*own, rules="rules.toml").verified
    for file in (*own, "rules.toml", "costs.csv"):
        path = Path(file)
        before = path.read_bytes()
        for place in range(0, len(before), 1 + len(before) // 200):
            changed(path, place, dice)
            assert not verify_own(*own, rules="rules.toml").verified, (file, place)
            path.write_bytes(before)
    said = nashbox("exchange", "--verify", own[0], "--own", "out/South.csv", "in/North.csv")
    assert said.code == 1 and "in/North.csv: is not the submission that was used" in said.out
    said = nashbox("exchange", "--verify", own[0], "--own", "in/South.csv")
    assert said.code == 1 and "in/South.csv: is no answer of an exchange" in said.out
    forged(lambda body: body.update(key="0" * 64))
    assert "comes from another key" in verify_own(*own).differences[0]


def test_equal_files_of_two_agents_have_other_commitments(exchanged):
    """Without the salt nobody finds out who handed in what, though all that is likely is tried."""
    body = json.loads(Path("out/receipt.json").read_bytes())
    told = {agent["submission"] for agent in body["agents"]}
    tried = [Path(f"in/{n}.csv").read_bytes() for n in ("North", "South", "East")]
    assert not told & {commitment(content) for content in tried}


def test_numbers_are_needed_to_verify_what_was_made_with_them(nashbox, folder):
    (folder / "n").mkdir()
    rows = ["agent,commitment"]
    for j, name in enumerate(("North", "South", "East")):
        (folder / "n" / f"{name}.key").write_bytes(key_text(bytes([j] * 32)))
        rows.append(f"{name},{commitment(bytes([j] * 32))}")
    (folder / "n" / "commitments.csv").write_text("\n".join(rows))
    assert nashbox(*EXCHANGE, "--numbers", "n", files=files("cbl")).code == 0
    nashbox(*VERIFY).refuses("--numbers FOLDER is needed")
    assert nashbox(*VERIFY, "--numbers", "n", "--answers", "out").code == 0
    for content in (key_text(bytes([9] * 32)), b"x"):
        (folder / "n" / "East.key").write_bytes(content)
        said = nashbox(*VERIFY, "--numbers", "n")
        assert said.code == 1 and "n/East.key" in said.out
    (folder / "n" / "East.key").unlink()
    assert "n/East.key: is missing" in nashbox(*VERIFY, "--numbers", "n").out


def test_wrong_words_are_refused(exchanged, nashbox):
    nashbox(*VERIFY[:-1], "no.json").refuses("no.json: cannot be read")
    nashbox("exchange", "no.toml", *VERIFY[2:]).refuses("no.toml: cannot be read")
    nashbox("exchange", "rules.toml", "no", *VERIFY[3:]).refuses("'no' cannot be read as a folder")
    nashbox("exchange", "--own", "out/East.csv").refuses("--verify RECEIPT is missing")
    nashbox("exchange", "--verify", "r", "--own", "a", "b", "c").refuses("got 3 files")
    with pytest.raises(InputError, match="must be a key"):
        verify("out/receipt.json", "rules.toml", "in", "rules.toml")
