#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A fold's tree is that of a fresh fold of the same set, after any sequence of additions and
removals. Argument: the fold-check program. SECTREE_FOLD_SEEDS=N tries more histories."""
import os
import subprocess
import sys
import tempfile

from history import History, Tap, write


def main():
    program = os.path.abspath(sys.argv[1])
    tap = Tap()
    totals = {}
    for seed in range(100, 100 + int(os.environ.get("SECTREE_FOLD_SEEDS", "8"))):
        with tempfile.TemporaryDirectory() as directory:
            repo = os.path.join(directory, "repo")
            # Few files: members meet each other often.
            ids = write(repo, History(seed).run(12, 40, renames=seed % 2 == 0).commits)
            done = subprocess.run([program, repo, ids[0], str(seed), "150"], input="\n".join(ids[1:]).encode() + b"\n",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            text = done.stdout.decode(errors="replace")
            tap.ok(done.returncode == 0, "seed %d: %s" % (seed, text.strip()), text)
            words = text.split()
            if done.returncode == 0:
                for name, value in zip(words[::2], words[1::2]):
                    totals[name] = totals.get(name, 0) + int(value)
    tap.ok(all(totals.get(name, 0) > 20 for name in ("late", "removed", "refused", "replayed", "empty", "resolved")),
           "every kind of step happened: " + str(totals))
    tap.done()


main()
