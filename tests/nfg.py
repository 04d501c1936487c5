"""Gambit's strategic form written, to be read again."""

from fractions import Fraction

import numpy as np


def to_nfg(tables, *, outcomes=False):
    """Write Gambit's strategic form, as payoffs in a row or as outcomes."""

    def quoted(word):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'

    menus = " ".join("{ " + " ".join(map(quoted, menu)) + " }" for menu in tables.menus)
    head = f'NFG 1 R "" {{ {" ".join(map(quoted, tables.players))} }}\n{{ {menus} }}\n'
    paid = tables.paid if tables.written is None else tables.written
    rows = [
        [str(value) if isinstance(value, Fraction) else repr(float(value)) for value in cell]
        for cell in np.array([table.ravel(order="F") for table in paid]).T
    ]
    if not outcomes:
        return head + "\n" + "\n".join(" ".join(row) for row in rows) + "\n"
    known = {}
    which = [known.setdefault(tuple(row), len(known) + 1) for row in rows]
    listed = "\n".join(f'{{ "{k}" {", ".join(row)} }}' for row, k in known.items())
    return f"{head}{{\n{listed}\n}}\n{' '.join(map(str, which))}\n"
