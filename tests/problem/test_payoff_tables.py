"""Payoff tables: what is no number is refused, and so are more players than a table can have."""

import pytest

from nashbox import load_problem
from nashbox.problem.errors import InputError

NFG = 'NFG 1 R "t" { "a" "b" } '


def names(letter, count):
    return [f"{letter}{k}" for k in range(count)]


def csv_of(players):
    header = ",".join([*names("p", players), *names("u", players)])
    return f"{header}\n{','.join(['x'] * players + ['1'] * players)}\n"


def nfg_of(players):
    quoted = " ".join(f'"{name}"' for name in names("p", players))
    return f'NFG 1 R "t" {{ {quoted} }} {{{" 1" * players} }}\n{" 1" * players}\n'


@pytest.fixture
def refused(tmp_path):
    """The message about a file of payoffs."""

    def read(file, text):
        (tmp_path / file).write_text(text)
        (tmp_path / "p.toml").write_text(f'game = "table"\npayoffs = "{file}"\n')
        with pytest.raises(InputError) as error:
            load_problem(tmp_path / "p.toml")
        return str(error.value)

    return read


@pytest.mark.parametrize("rows", ['[["1", "2"]]', "[[true, 2]]", '[["inf", 2]]'])
def test_texts_and_truth_values_are_no_payoffs(refused, tmp_path, rows):
    assert "row: must be an array of numbers" in refused("t.toml", f"row = {rows}\ncol = [[1, 2]]")
    inline = f'game = "table"\npayoffs = {{row = {rows}, col = [[1, 2]]}}\n'
    (tmp_path / "p.toml").write_text(inline)
    with pytest.raises(InputError, match=r"payoffs\.row: must be an array of numbers"):
        load_problem(tmp_path / "p.toml")


@pytest.mark.parametrize("word", ["²", "9" * 5000, "٣", "-1"])
def test_counts_are_plain_digits(refused, word):
    found = refused("t.nfg", f"{NFG}{{ {word} 2 }}\n1 2 3 4\n")
    assert "must give numbers of strategies" in found and len(found) < 400
    outcomes = '{ {"" 1, 2} {"" 3, 4} }'
    found = refused("t.nfg", f"{NFG}{{ 2 1 }}\n{outcomes}\n1 {word}\n")
    assert "must have 2 numbers of outcomes" in found


@pytest.mark.parametrize(("file", "text"), [("t.csv", csv_of), ("t.nfg", nfg_of)])
def test_no_more_players_than_a_table_has_axes_for(refused, tmp_path, file, text):
    assert "must be of at most 60 players, got 70" in refused(file, text(70))
    (tmp_path / file).write_text(text(60))
    assert len(load_problem(tmp_path / "p.toml").names) == 60
