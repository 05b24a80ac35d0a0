#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""change_list_read against git diff-tree on random histories. Argument: the change-list program."""
import os
import subprocess
import sys
import tempfile

from history import History, Tap, git, write


def compare(tap, program, repo, pairs, name):
    wanted = b""
    lines = []
    for old, new in pairs:
        wanted += git(repo, "diff-tree", "-r", "--no-renames", "--raw", "-z", old, new)
        lines.append("%s %s\n" % (old, new))
    got = subprocess.run([program, repo], input="".join(lines).encode(), stdout=subprocess.PIPE)
    odb = subprocess.run([program, "-o", repo], input="".join(lines).encode(), stdout=subprocess.PIPE)
    tap.ok(got.stdout == odb.stdout, name + ", through the odb")
    tap.ok(got.returncode == 0 and got.stdout == wanted and len(wanted) > 1000, name)


def main():
    program = os.path.abspath(sys.argv[1])
    tap = Tap()
    for seed in range(3):
        with tempfile.TemporaryDirectory() as directory:
            repo = os.path.join(directory, "repo")
            ids = write(repo, History(seed).run(60, 120).commits)
            trees = git(repo, "rev-parse", *[i + "^{tree}" for i in ids]).decode().split()
            compare(tap, program, repo, list(zip(trees, trees[1:])), "each commit against its parent, seed %d" % seed)
            compare(tap, program, repo, [(trees[i], trees[-1 - i]) for i in range(0, 40, 3)],
                    "trees far apart, seed %d" % seed)
            if seed:
                continue
            empty = git(repo, "hash-object", "-t", "tree", "-w", "--stdin", data=b"").decode().strip()
            wanted = git(repo, "diff-tree", "-r", "--no-renames", "--raw", "-z", empty, trees[0])
            got = subprocess.run([program, repo], input=b"- %s\n" % trees[0].encode(), stdout=subprocess.PIPE)
            tap.ok(got.stdout == wanted, "a root commit adds everything")
            missing = "1234567812345678123456781234567812345678"
            got = subprocess.run([program, repo], input=("%s %s\n" % (missing, trees[0])).encode(),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            tap.ok(got.returncode == 3 and missing.encode() in got.stderr, "a missing tree is named")
            blob = git(repo, "rev-parse", ids[0] + ":" + sorted(History(seed).run(60, 0).files)[0]).decode().strip()
            raw = bytes.fromhex(blob)
            for bad, words in ((b"100644 a\0" + raw + b"100644 a\0" + raw, "out of order"),
                               (b"100644 b\0" + raw + b"100644 a\0" + raw, "out of order"),
                               (b"100644 ..\0" + raw, "name"), (b"100644 .GIT\0" + raw, "name"),
                               (b"100644 a/b\0" + raw, "name"), (b"100644 \0" + raw, "name"),
                               (b"170644 a\0" + raw, "mode"), (b"9 a\0" + raw, "mode"),
                               (b"100644 a\0" + raw[:-1], "ends within"), (b"100644 a", "ends within"),
                               (b"100644", "mode")):
                tree = git(repo, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", data=bad).decode().strip()
                got = subprocess.run([program, repo], input=("- %s\n" % tree).encode(),
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                tap.ok(got.returncode == 3 and tree.encode() in got.stderr and words.encode() in got.stderr,
                       "a malformed tree is named: " + words, got.stderr)
            tree = git(repo, "mktree", data=b"").decode().strip()
            for _ in range(200):
                tree = git(repo, "mktree", data=b"040000 tree %s\td\n" % tree.encode()).decode().strip()
            got = subprocess.run([program, repo], input=("- %s\n" % tree).encode(),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            tap.ok(got.returncode == 3 and b"nested" in got.stderr, "depth is bounded")
    tap.done()


main()
