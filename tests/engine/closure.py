#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Textual prediction against actual merges: on random subsets of random histories every conflict
is one that the owners of the lines had predicted. Arguments: the closure program of bench/ and
sectree. SECTREE_CLOSURE_SEEDS=N tries more histories."""
import os
import subprocess
import sys
import tempfile

from history import ENVIRONMENT, History, Tap, write


def workspace(sectree, directory, repo, ids):
    """A workspace on the history as a series that starts at its first commit."""
    path = os.path.join(directory, "ws")
    subprocess.run([sectree, "init", path, "--source", repo, "-q"], env=ENVIRONMENT, check=True,
                   stdout=subprocess.DEVNULL)
    with open(path + "/sectree.conf", "a", encoding="utf-8") as settings:
        settings.write('[series "linux-1.0.y"]\n\tref = refs/heads/main\n\tbase = %s\n' % ids[0])
    subprocess.run([sectree, "-C", path, "sync", "-q"], env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return path


def numbers(text):
    words = text.splitlines()[-1].split()
    return dict(zip(words[::2], map(int, words[1::2])))


def main():
    program, sectree = map(os.path.abspath, sys.argv[1:3])
    tap = Tap()
    totals = {}
    for seed in range(300, 300 + int(os.environ.get("SECTREE_CLOSURE_SEEDS", "6"))):
        with tempfile.TemporaryDirectory() as directory:
            repo = os.path.join(directory, "repo")
            ids = write(repo, History(seed).run(12, 80, renames=seed % 3 == 0, odd=seed % 2 == 0).commits)
            path = workspace(sectree, directory, repo, ids)
            for percent in (20, 50, 80):
                done = subprocess.run([program, path, "predict", "linux-1.0.y", ids[0], ids[-1], str(percent),
                                       str(seed)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                text = done.stdout.decode(errors="replace")
                found = numbers(text) if done.returncode == 0 else {}
                tap.ok(found.get("missed") == 0, "seed %d, %d %%: %s" % (seed, percent, text.splitlines()[-1]), text)
                for name, value in found.items():
                    totals[name] = totals.get(name, 0) + value
    tap.ok(totals.get("conflicts", 0) > 50, "there were conflicts: %s" % totals)
    tap.done()


main()
