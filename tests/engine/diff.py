#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""diff_lines against `git diff --histogram` without its indent heuristic, which is what a
merge uses, on random sequences: few different lines, so that everything is ambiguous, and
lines so frequent that the histogram gives up. Argument: the diff-run program."""
import os
import random
import subprocess
import sys
import tempfile

from history import ENVIRONMENT, Tap


def edited(r, lines, kinds):
    lines = list(lines)
    for _ in range(r.randrange(1, 8)):
        at = r.randrange(len(lines) + 1)
        what = r.random()
        if what < 0.4:
            lines[at:at] = [r.choice(kinds) for _ in range(r.randrange(1, 6))]
        elif what < 0.7:
            del lines[at:at + r.randrange(1, 6)]
        elif what < 0.9:
            lines[at:at + r.randrange(4)] = [r.choice(kinds) for _ in range(r.randrange(4))]
        else:
            start = r.randrange(len(lines) + 1)
            lines[at:at] = lines[start:start + r.randrange(30)]
    return lines


def main():
    program = os.path.abspath(sys.argv[1])
    count = int(os.environ.get("SECTREE_DIFF_CASES", "400"))
    r = random.Random(7)
    tap = Tap()
    with tempfile.TemporaryDirectory() as directory:
        wanted = []
        pairs = []
        for number in range(count):
            kinds = list(range(r.choice([2, 3, 5, 20, 300])))
            old = [r.choice(kinds) for _ in range(r.choice([0, 3, 10, 40, 150, 600]))]
            if r.random() < 0.3:  # mostly unique lines with some frequent ones between
                old = [line if r.random() < 0.3 else 1000 + i for i, line in enumerate(old)]
            new = edited(r, old, kinds) if r.random() < 0.9 else [r.choice(kinds) for _ in range(50)]
            names = []
            for side, lines in (("a", old), ("b", new)):
                names.append("%s/%d%s" % (directory, number, side))
                with open(names[-1], "w") as stream:
                    stream.write("".join("%d\n" % line for line in lines))
            done = subprocess.run(["git", "diff", "--no-index", "--histogram", "--no-indent-heuristic", "-U0",
                                   "--inter-hunk-context=0"] + names, env=ENVIRONMENT, stdout=subprocess.PIPE)
            hunks = [line.split(b"@@")[1].split() for line in done.stdout.splitlines() if line.startswith(b"@@")]
            wanted.append(" ".join(word.decode() for hunk in hunks for word in hunk))
            pairs.append(" ".join(names))
        done = subprocess.run([program], input="\n".join(pairs).encode() + b"\n", stdout=subprocess.PIPE)
        got = [line.strip() for line in done.stdout.decode().split("\n")][:count]
        wrong = ["%s: git %s, ours %s" % (p, w, g) for p, w, g in zip(pairs, wanted, got) if w != g]
        tap.ok(len(got) == count and not wrong, "%d random diffs" % count, "\n".join(wrong[:10]))
        if wrong and os.environ.get("SECTREE_DIFF_KEEP"):
            subprocess.run(["cp", "-r", directory, os.environ["SECTREE_DIFF_KEEP"]])
    tap.done()


main()
