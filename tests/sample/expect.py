# SPDX-License-Identifier: GPL-2.0-only
"""The oracle: expect.txt as rows, and as the table expect.tsv."""

import records
from objects import SampleError

STATES = ("withdrawn held pick follow-up prerequisite reverted not-affected already-present "
          "below-gate not-security release-or-merge").split()


class Row:
    def __init__(self, base, to, label, states, why, issue):
        self.base, self.to, self.label = base, to, label
        self.states, self.why, self.issue = states, why, issue

    def text(self):
        return "\t".join((self.base, self.to, self.label, "|".join(self.states), self.why,
                          self.issue))


def load(path=None):
    rows, base, to = [], None, None
    path = path or records.HERE / "expect.txt"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@ "):
            base, to = line[2:].split()
            continue
        parts = line.split(" | ")
        if len(parts) not in (3, 4):
            raise SampleError("%s:%d: not LABEL | STATE | WHY [ | ISSUE]" % (path.name, number))
        states = parts[1].split("|")
        if not set(states) <= set(STATES):
            raise SampleError("%s:%d: no such state: %s" % (path.name, number, parts[1]))
        rows.append(Row(base, to, parts[0], states, parts[2],
                        parts[3] if len(parts) == 4 else "issue2"))
    return rows


def blocks(rows, issue):
    """{(base, to): {label: Row}} as it is to be at that issue."""
    found = {}
    for wanted in ("issue2", "issue3")[:2 if issue == "issue3" else 1]:
        for row in rows:
            if row.issue == wanted:
                found.setdefault((row.base, row.to), {})[row.label] = row
    return found


def table(rows):
    head = "# base\tto\tlabel\tstate\twhy\tissue\n"
    return head + "".join(row.text() + "\n" for row in rows)
