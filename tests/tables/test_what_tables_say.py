"""First lines agree with tables, and tables with the numbers behind them."""

import json
import re
import shlex
from types import SimpleNamespace

import pytest

from nashbox.games.estimation.remarks import ENFORCED
from nashbox.games.testing.receivers import value_of_alpha
from nashbox.tables.printing import sheet_of
from tests.games import JAM, from_mapping
from tests.places import ROOT

TWO = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07]]\n'


def flat(printed):
    """Without the ends of lines."""
    return " ".join(printed.split())


def rows(printed):
    """Cells of the rows of all tables."""
    lines = [line for line in printed.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_gains_beside_an_infinite_payoff_are_no_rounding(nashbox):
    labs = str(ROOT / "examples" / "dynamics" / "two_labs.toml")
    told = nashbox("empirical", labs, "--menu", "truthful,free_rider")
    assert [row[4] for row in rows(told.out)] == ["0.0123", "0.0000", "0.0385", "inf"]
    first = "a0 against a1: 1 pure equilibrium of the table, truthful against free_rider"
    assert told.out.startswith(first) and "mixed equilibria are not computed: the pen" in told.out


def test_equilibria_within_errors_are_undecided_in_the_first_line(nashbox):
    menu = ["--menu", "truthful,fabricator(fraction=0.3)", "--mechanism", "sample_mean"]
    options = [*menu, "--worlds", "500", "--method", "simulated"]
    told = nashbox("empirical", "p.toml", *options, files={"p.toml": TWO})
    said = flat(told.out)
    assert " │ equilibrium" not in said and "undecided │" in said
    assert "1 equilibrium of the estimated penalties, undecided within their errors" in said


def test_what_is_played_is_explained(nashbox):
    """Every strategy in a table of an audit, with the parameters that stand there."""
    text = (
        'game = "public_goods"\nagents = ["x", "y", "c"]\n'
        "strategies = {x = {name = 'contribute', share = 0.5, punish = 0.1}}\n"
    )
    said = flat(nashbox("audit", "p.toml", files={"p.toml": text}).out)
    assert "contribute: put a share of the endowment in, then punish everybody" in said
    assert "share: of the endowment" in said and "punish: spent on every player" in said
    for words in (["run"], ["adapt", "--menu", "contribute,contribute(punish=0.1)"]):
        said = flat(nashbox(words[0], "p.toml", *words[1:]).out)
        assert "contribute: put a share of the endowment in" in said and "punish: spent on" in said
    lazy = TWO.replace("0.05", "0.0001")
    options = ["--mechanism", "sample_mean", "--method", "black_box", "--budget", 2000]
    said = flat(nashbox("audit", "p.toml", *options, files={"p.toml": lazy}).out)
    for word in ("own", "pitman", "weight", "shift"):
        assert (f"{word}: " in said) == bool(re.search(rf", {word}\b(?! with)", said)), word


def test_what_is_infinite_is_said_to_be_once_in_a_sheet(nashbox):
    """Who cannot measure has nothing alone, in plans, comparisons, audits and tables of payoffs."""
    files = {"p.toml": TWO.replace("[0.07]", "[inf]")}
    for words in (
        ["plan", "p.toml"],
        ["audit", "p.toml"],
        ["compare", "p.toml", "--mechanism", "cbl", "--starts", "0"],
        ["empirical", "p.toml", "--menu", "truthful,free_rider"],
    ):
        assert nashbox(*words, files=files).out.count("inf: infinite, as of who") == 1, words
    files = {"p.toml": TWO}
    assert "inf: infinite" not in nashbox("plan", "p.toml", files=files).out


def test_infinite_information_is_not_said_to_be_want_of_data(nashbox):
    """A symbol that one state never shows: D(P||Q) is infinite, and nobody estimates anything."""
    race = (
        'game = "testing"\nbeta = 0.1\n'
        '[[agents]]\nname = "A"\np0 = [0, "1/2", "1/2"]\np1 = ["1/4", "1/4", "1/2"]\n'
        '[[agents]]\nname = "B"\np0 = [0.8, 0.2]\np1 = [0.5, 0.5]\n'
    )
    said = flat(nashbox("solve", "p.toml", files={"p.toml": race}).out)
    assert "inf: there are symbols that never come" in said
    assert "nothing to estimate" not in said


def test_what_a_strategy_brings_over_the_recommendation_has_its_bounds(nashbox):
    """A tiny shift brings nothing that a small budget would see, a large one a sure loss."""
    told = {}
    for shift in ("0.0001", "9.0"):
        text = f"{TWO}strategies = {{a0 = {{name = 'shifter', shift = {shift}}}}}\n"
        options = ["--method", "black_box", "--budget", 4000]
        told[shift] = flat(nashbox("audit", "p.toml", *options, files={"p.toml": text}).out)
    assert re.search(r"a0 plays shifter, of which is not known what it brings her", told["0.0001"])
    sure = re.search(r"which loses her ([\d.]+) \[([\d.]+), ([\d.]+)\] against", told["9.0"])
    loss, low, high = map(float, sure.groups())
    assert 0 < low < loss < high


POT = 'game = "public_goods"\nagents = ["x", "y", "c"]\n'


@pytest.mark.slow
def test_profiles_share_a_row_only_where_they_are_one(nashbox):
    """Threats uphold the best equilibrium of a public good; without them it is none."""
    told = nashbox("compare", "p.toml", "--json", "-", files={"p.toml": POT})
    profiles = {row["profile"]: row for row in json.loads(told.out)["rows"]}
    honest, best = profiles["honest"], profiles["best"]
    assert honest["social_payoff"] == best["social_payoff"]
    assert honest["strategies"] != best["strategies"]
    assert (honest["equilibrium"], best["equilibrium"]) == (False, True)
    shown = nashbox("compare", "p.toml").out
    assert "honest, best" not in shown and "unless they were refuted" in flat(shown)


@pytest.mark.slow
def test_what_comparisons_call_an_equilibrium_is_one_for_audits(nashbox):
    bidders = 'game = "auction"\nagents = ["ann", "ben"]\n'
    told = nashbox("compare", "p.toml", "--json", "-", files={"p.toml": bidders})
    kept = {row["profile"]: row for row in json.loads(told.out)["rows"]}
    assert kept["honest"]["honest_is_equilibrium"] is True  # simulation left it undecided
    for row in kept.values():
        plays = zip(("ann", "ben"), row["strategies"], strict=True)
        factors = {who: float(said.partition("=")[2].rstrip(")")) for who, said in plays}
        lines = [f'{who} = {{name = "bid", factor = {f}}}' for who, f in factors.items()]
        text = f"{bidders}[strategies]\n" + "\n".join(lines) + "\n"
        audited = nashbox("audit", "q.toml", "--json", "-", files={"q.toml": text})
        assert json.loads(audited.out)["nash"] == "none_above_epsilon"


def test_rules_that_assume_compliance_have_no_equilibrium(nashbox):
    ways = ["cbl", "alone", "baseline"]
    options = [word for name in ways for word in ("--mechanism", name)]
    told = nashbox("compare", "p.toml", *options, "--starts", "0", files={"p.toml": TWO})
    of = {row[0]: row[1] for row in rows(told.out) if row[0] in ways}
    assert of == {
        "cbl": "honest, equilibrium",
        "alone": "honest, equilibrium",
        "baseline": "honest, by order",
    }
    said = flat(told.out)
    assert f"honest, by order: under baseline {ENFORCED}" in said
    assert said.count("compliance is taken for granted; gains are") == 1
    assert said.startswith("honest play is an equilibrium under cbl, alone")


def test_no_two_columns_of_a_table_have_one_name(nashbox):
    options = ["--mechanism", "cbl", "--mechanism", "alone", "--starts", "0"]
    told = nashbox("compare", "p.toml", *options, files={"p.toml": TWO})
    (heads, *_) = [line for line in told.out.splitlines() if line.startswith("┃ agent")]
    names = [cell.strip() for cell in heads.strip("┃").split("┃")]
    assert names == ["agent", "on her own", "cbl", "alone"]


@pytest.mark.parametrize(
    ("options", "settled"),
    [
        (["--rule", "logit"], False),
        (["--rule", "fictitious_play"], False),
        (["--rule", "imitation", "--look", "random"], False),
        (["--order", "random"], False),
        (["--revising", "0.5"], False),
        ([], True),
        (["--rule", "imitation"], True),
    ],
)
def test_rest_is_said_only_of_rules_that_cannot_move_again(nashbox, options, settled):
    """Everybody is honest under a rule of no chance and no temptation: nobody moves."""
    menu = ["--menu", "truthful,free_rider", "--start", "free_rider=0", "--mechanism", "cbl"]
    told = nashbox("adapt", "p.toml", *menu, "--rounds", "5", *options, files={"p.toml": TWO})
    first = flat(told.out.partition("┏")[0])
    assert ("nothing changed after" in first) == settled, first
    assert settled or "may move them again" in first or "still changing" in first
    assert "of all (truthful)" in first


def test_rounds_that_are_left_out_are_said_to_be(nashbox):
    menu = ["--menu", "truthful,free_rider", "--rule", "logit"]
    for rounds, said in (("10", False), ("30", True)):
        told = nashbox("adapt", "p.toml", *menu, "--rounds", rounds, files={"p.toml": TWO})
        assert ("11 of rounds 0 to 30 are shown" in told.out) == said


OF_MANY = ("public_goods", "auction", "cournot", "federated", "tullock", "battle")
OF_PLANS = ("figure1", "testing/case_a")


@pytest.mark.parametrize(
    ("game", "command"),
    [
        *((game, ("adapt", "--rule", "logit", "--rounds", "1")) for game in OF_MANY),
        *((game, ("empirical", "--worlds", "200")) for game in (*OF_MANY, *OF_PLANS)),
    ],
)
def test_without_a_menu_an_example_of_one_is_given(nashbox, game, command):
    name, *options = command
    file = str(ROOT / "examples" / f"{game}.toml")
    told = nashbox(name, file, *options)
    told.refuses("nashbox: --menu must be given", "e.g. '")
    example = told.err.split("'")[1]
    assert nashbox(name, file, *options, "--menu", example).code == 0


def test_an_example_of_menus_that_differ_names_both(nashbox):
    table = 'NFG 1 R "t" { "row" "column" } { { "T" "M" "B" } { "L" "R" } }\n'
    files = {"p.toml": 'game = "table"\npayoffs = "t.nfg"\n', "t.nfg": table + "1 " * 12}
    told = nashbox("empirical", "p.toml", files=files)
    told.refuses("--menu must be given: strategies of both, e.g. 'T,M' with column_menu 'L,R'")
    mine, theirs = told.err.split("'")[1::2]
    assert nashbox("empirical", "p.toml", "--menu", mine, "--column-menu", theirs).code == 0


def test_designed_rules_are_named_in_brief_where_they_are_played(nashbox):
    files = {"p.toml": 'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n'}
    nashbox("design", "p.toml", "--goal", "social", "--save", "rules.toml", files=files)
    told = nashbox("exchange", "rules.toml", "--rehearse")
    assert told.out.startswith("threshold(...): rehearsed on simulated submissions, seed 0\n")
    assert "information: what the mechanism answers" in flat(told.out)
    told = nashbox("adapt", "rules.toml", "--rounds", "1", "--menu", "truthful,free_rider")
    assert told.code == 0 and "kind=[[" not in told.out and "threshold(...): " in told.out


def test_a_single_answer_is_none_of_several():
    from nashbox.tables.exchange import exchange_sheet

    rules = SimpleNamespace(hash="h")
    for many, said in ((1, "1 answer, for this agent alone, and"), (2, "2 answers, one for each")):
        answers = [SimpleNamespace(agent=f"a{i}", counts=[3.0]) for i in range(many)]
        files = {f"a{i}.csv": b"" for i in range(many)}
        made = SimpleNamespace(answers=answers, files=files, promise=None, rules=rules, key="k")
        assert exchange_sheet(made).headline.startswith(said)


def test_what_coalitions_hand_in_is_explained(nashbox):
    told = nashbox("coalitions", "p.toml", "--budget", "2000", files={"p.toml": TWO})
    said, handed_in = flat(told.out), rows(told.out)[0][3]
    words = "handed in of the points they share: "
    assert all(f"{form.split()[0]}" in said.partition(words)[2] for form in handed_in.split(", "))
    assert words in said and "the only coalition of 2;" in said and "all 1" not in said


def test_every_form_of_handing_in_has_a_legend():
    from nashbox.rules.coalitions.schemes import FORMS
    from nashbox.tables.coalitions import forms_legend

    for form in FORMS:
        (told,) = forms_legend([form])
        assert told.startswith(f"handed in of the points they share: {form.split()[0]}")
    assert forms_legend([]) == []


@pytest.mark.parametrize("width", ["40", "80"])
@pytest.mark.parametrize("kind", ["strategy", "mechanism", "game"])
def test_what_to_type_next_stands_on_lines_of_its_own(nashbox, monkeypatch, width, kind):
    monkeypatch.setenv("COLUMNS", width)
    told = nashbox("new", kind, "RichLiar")
    lines = told.out.splitlines()
    assert (
        "  nashbox check rich_liar.py:RichLiar" in lines and "  pytest test_rich_liar.py" in lines
    )
    assert kind == "game" or any(line.endswith("rich_liar.py:RichLiar") for line in lines[4:])
    assert all(len(line) <= 80 for line in lines)


def test_what_to_type_after_a_draft_does_too(nashbox, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    wine = [str(ROOT / "examples" / "wine" / f"{name}.csv") for name in ("costs", "measurements")]
    file = "a_draft_of_a_problem_with_a_long_name.toml"
    lines = nashbox("init", *wine, "--save", file).out.splitlines()
    assert f"  nashbox compare {file}" in lines


def test_what_alpha_does_begins_with_a_finding_and_explains_its_words():
    coin = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
    agents = [{"name": name, **coin} for name in "AB"]
    report = value_of_alpha(
        from_mapping({"game": "testing", "beta": "1/10", "agents": agents}), games=50
    )
    sheet = sheet_of(report)
    _, legend = sheet.tables[0]
    assert "alpha" in sheet.headline and "serve" in sheet.headline
    told = " ".join(str(line) for line in legend)
    for objective in {row.objective for row in report.rows}:
        assert objective in told
    assert all(f"{row.best}:" in told for row in report.rows if not row.best[0].isdigit())


def test_points_that_differ_between_worlds_have_their_error_in_every_round(nashbox):
    text = TWO + 'strategies = {a0 = {name = "mixed", strategies = ["truthful", "free_rider"]}}\n'
    told = nashbox("run", "p.toml", "--rounds", "2", files={"p.toml": text})
    data = [row[1] for row in rows(told.out) if row[0] in ("1", "2")]
    assert len(data) == 2 and all(re.fullmatch(r"\d+\.\d+±0\.\d+", cell) for cell in data)


@pytest.mark.parametrize(
    "words",
    [
        ["design", "p.toml", "--goal", "social"],
        ["robust", "p.toml", "--goal", "social", "--costs", "2%"],
    ],
)
@pytest.mark.parametrize("counts", ["integer", "real"])
def test_rules_that_were_written_say_what_is_next(nashbox, words, counts):
    files = {"p.toml": f'{TWO}counts = "{counts}"\n'}
    told = nashbox(*words, "--save", "my rules.toml", files=files)
    lines = [line.strip() for line in told.out.splitlines()]
    assert "wrote my rules.toml" in lines
    typed = [line for line in lines[lines.index("next:") + 1 :] if line.startswith("nashbox ")]
    assert len(typed) == (2 if counts == "integer" else 1)
    for line in typed:
        assert nashbox(*shlex.split(line)[1:]).code == 0
    assert "next:" not in nashbox(*words).out


def test_what_is_solved_is_not_said_of_another_profile(nashbox):
    """The numbers are for the recommended strategies, whatever the agents of the file play."""
    race = 'game = "testing"\nbeta = "1/10"\n' + "".join(
        f'[[agents]]\nname = "{n}"\np0 = ["0.6", "0.4"]\np1 = ["0.4", "0.6"]\n' for n in "AB"
    )
    plain = nashbox("solve", "p.toml", files={"p.toml": race}).out.splitlines()[0]
    other = race + 'strategy = "bluffer"\n'
    told = nashbox("solve", "p.toml", files={"p.toml": other}).out.splitlines()[0]
    assert told == f"{plain}, if all played what is recommended"


def test_comparisons_of_games_begin_with_a_sentence(nashbox):
    said = nashbox("compare", "p.toml", files={"p.toml": POT}).out
    assert said.startswith("honest play is no equilibrium under publish\n")
    assert "honest: all play what the game recommends" in flat(said)


def test_errors_are_explained_only_where_there_are_any(nashbox):
    """Payoffs of a public good are the same in all worlds that a black box plays."""
    options = ["--method", "black_box", "--budget", "2000"]
    exact = nashbox("audit", "p.toml", *options, files={"p.toml": POT}).out
    assert "±" not in exact and "black_box audit" in exact
    drawn = nashbox("audit", "p.toml", *options, files={"p.toml": TWO}).out
    assert "a number after ± is a standard error" in drawn


def test_errors_of_comparisons_and_adaptation_are_those_that_are_shown(nashbox, tmp_path):
    """What is paid is the same in all worlds, whose mean is off by rounding."""
    game = {"jam.py": JAM, "jam.toml": 'game = "jam.py:Jam"\nagents = 5\n'}
    options = ["--starts", "1", "--report", "out.html"]
    told = [nashbox("compare", "jam.toml", *options, files=game).out]
    told.append((tmp_path / "out.html").read_text("utf-8").partition("<script")[0])
    told.append(nashbox("adapt", "jam.toml", "--menu", "go(road=1),go", "--rounds", "2").out)
    for said in told:
        assert "simulated" in said and "±" not in said
