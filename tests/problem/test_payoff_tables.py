"""Payoff tables: what is no number is refused, and so are more players than a table can have."""

from fractions import Fraction

import pytest

from nashbox import load_problem
from nashbox.problem.errors import InputError
from nashbox.problem.gambit import of_nfg
from tests.nfg import to_nfg

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


PLAIN = f'{NFG}\n{{ 2 1 }}\n"a comment"\n1 2\n3 4\n'
LISTED = f'{NFG}\n{{ {{ "u" "d" }} {{ "l" }} }}\n{{ {{ "x" 1, 2 }}\n{{ "y" 3, 4 }} }}\n1 2\n'
BROKEN = [  # what is broken, into what, and what is said of it
    (PLAIN, '"a" "b"', '"a" "b', "line 3: a quotation mark is never closed"),
    (PLAIN, "4", '4"', "line 5: a quotation mark is never closed"),
    (PLAIN, "3", '"3', "line 5: a quotation mark is never closed"),
    (PLAIN, "3", '"3"', "line 5: must have 4 payoffs, got '3'"),
    (PLAIN, "3", "three", "line 5: payoff: must be a finite number, got 'three'"),
    (PLAIN, "3", "1_000", "line 5: payoff: must be a finite number, got '1_000'"),
    (PLAIN, "3", "٣", "line 5: payoff: must be a finite number, got '٣'"),
    (PLAIN, "3", f"1{'0' * 350}/7", "line 5: payoff: must be a finite number"),
    (PLAIN, "3", "", "line 4: must have 4 payoffs from here on, got 3"),
    (PLAIN, "{ 2 1 }", "{ 2 1", "line 3: must say for each of 2 players"),
    (PLAIN, "{ 2 1 }", "{ 2\n0 }", "line 3: must give numbers of strategies > 0, got '0'"),
    (PLAIN, "NFG", "EFG", "line 1: must begin with NFG 1 R or NFG 1 D, got 'EFG'"),
    (LISTED, '"x" 1', '"x" { 1', "line 3: outcome 1: must have 2 payoffs, got '{ 1 2'"),
    (LISTED, "3, 4", '3 "z" 4', "line 4: outcome 2: must have 2 payoffs, got '3 z 4'"),
    (LISTED, "3, 4", "3, 1/0", "line 4: outcome 2: must be a finite number, got '1/0'"),
    (LISTED, "\n1 2", '\n"1" 2', "line 5: must have 2 numbers of outcomes, got '1'"),
    (LISTED, "\n1 2", "\n1 3", "line 5: must have 2 numbers of outcomes, from 0 to 2, got '3'"),
    (LISTED, "4 } }", "4 }", "line 5: the list of outcomes must end in }, got '1'"),
]


@pytest.mark.parametrize(("text", "old", "new", "said"), BROKEN, ids=[row[3] for row in BROKEN])
def test_broken_files_are_refused_by_file_and_line(refused, text, old, new, said):
    assert old in text
    found = refused("t.nfg", text.replace(old, new, 1))
    assert f"t.nfg: {said}" in found and "\n" not in found


def test_fractions_are_what_they_are():
    tables = of_nfg(NFG + "{ 1 2 } 1/3 2/3 0.1 -7/1")
    shares, under = tables.whole[0]
    assert [Fraction(n, under) for n in shares[0]] == [Fraction(1, 3), Fraction(1, 10)]
    for outcomes in (False, True):
        again = of_nfg(to_nfg(tables, outcomes=outcomes))
        assert (again.paid == tables.paid).all() and (again.written == tables.written).all()
