"""What makes a report part of a contract: its title, and how its rules are carried out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import PurePath

from nashbox.experiments.html import Html, element, joined


@dataclass(frozen=True)
class Contract:
    """What parties sign.

    title: of the page, "" for its own. rules: the problem file that is carried out, None where a
    game has no exchange. commitment: of the key that everything random comes from, 64 hexadecimal
    digits, or None while there is none.
    """

    title: str = ""
    rules: str | None = None
    commitment: str | None = None


def signed_part(contract: Contract) -> Html:
    """The commitment, and the commands from the key to an arbiter's proof, if there are any."""
    if contract.rules is None:
        return Html("")
    if contract.commitment is None:
        bound = element(
            "p",
            "Everything random comes from a key that the organiser makes before anything is handed "
            "in; its commitment goes to everybody then, and ", element("code", "--commitment"),
            " prints it here.",
        )  # fmt: skip
    else:
        bound = element(
            "p",
            "Everything random comes from a key of the organiser's that was made before anything "
            "was handed in. It is bound by its commitment ",
            element("code", contract.commitment),
            ": no other key has it, and it says nothing about the key.",
        )
    lines: list[object] = []
    for what, command in steps(contract.rules)[contract.commitment is not None :]:
        lines += [element("p", f"{what}:"), element("pre", command)]
    return joined([element("h2", "How these rules are carried out"), bound, *lines])


def steps(rules: str, *, rehearsed: bool = False) -> list[tuple[str, str]]:
    """What is done, and by which command, from the key, or a rehearsal, to an arbiter's proof."""
    run = f"nashbox exchange {shlex.quote(PurePath(rules).name)}"
    receipt = "answers/receipt.json"
    first = [("What everybody would get is simulated", f"{run} --rehearse")]
    return [
        *(first if rehearsed else []),
        ("A key is made, and its commitment printed", "nashbox exchange --new-key secret.key"),
        (
            "The organiser answers everybody, once",
            f"{run} submissions --key secret.key --out answers",
        ),
        (
            "A party checks her own files, without the key",
            f"{run} --verify {receipt} --own ANSWER.csv POINTS.csv",
        ),
        (
            "An arbiter, given the key, repeats all of it bit for bit",
            f"{run} submissions --key secret.key --verify {receipt} --answers answers",
        ),
    ]
