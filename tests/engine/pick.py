#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Picks against real `git cherry-pick` on random histories: verdict and tree of each must
be the same. Argument: the pick-run program. SECTREE_PICK_SEEDS=N tries more histories."""
import os
import subprocess
import sys
import tempfile

from history import History, Tap, git, write


def trees_of(repo, ids):
    return dict(zip(ids, git(repo, "rev-parse", *[i + "^{tree}" for i in ids]).decode().split()))


def cherry_pick(work, commit):
    """Picks onto HEAD; the resulting tree, or None for a conflict, which is taken back."""
    done = git(work, "-c", "advice.mergeConflict=false", "cherry-pick", "--allow-empty", "--keep-redundant-commits",
               commit, check=False)
    if done.returncode == 0:
        return git(work, "rev-parse", "HEAD^{tree}").decode().strip()
    text = (done.stdout + done.stderr).decode(errors="replace")
    git(work, "reset", "-q", "--hard", "HEAD")
    git(work, "clean", "-qffdx")
    if "could not apply" not in text and "CONFLICT" not in text:
        raise RuntimeError(text)
    return None


def choose(random, commits, way):
    """Which commits are picked onto the first."""
    if way == "most":
        return [c for c in commits[1:] if random.random() < 0.8]
    if way == "half":
        return [c for c in commits[1:] if random.random() < 0.5]
    return commits[1:]  # "again": each twice, so that the second is there already


def run_history(tap, program, seed, way, renames, totals):
    history = History(seed).run(14, 70, renames=renames)
    with tempfile.TemporaryDirectory() as directory:
        repo = os.path.join(directory, "repo")
        ids = write(repo, history.commits)
        picks = choose(history.random, ids, way)
        if way == "again":
            picks = [c for c in picks for _ in range(2)]
        done = subprocess.run([program, "-w", repo, ids[0]], input="\n".join(picks).encode() + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = [line.split("\t") for line in done.stdout.decode(errors="replace").splitlines() if "\t" in line]
        if done.returncode or len(lines) != len(picks):
            tap.ok(False, "picks run, seed %d" % seed, done.stderr.decode())
            return
        git(repo, "checkout", "-q", "--detach", ids[0])
        before = git(repo, "rev-parse", "HEAD^{tree}").decode().strip()
        wrong = []
        for commit, result, merges, tree, path, reason in lines:
            theirs = cherry_pick(repo, commit)
            verdict = "conflict" if theirs is None else "empty" if theirs == before else "clean"
            ours = result if result in ("conflict", "empty") else "clean"
            totals[result] = totals.get(result, 0) + 1
            if ours != verdict or (theirs and theirs != tree):
                wrong.append("%s onto %s: %s (%s: %s) %s, git: %s %s" % (commit, before, result, path, reason, tree,
                                                                         verdict, theirs))
                if os.environ.get("SECTREE_PICK_KEEP"):
                    subprocess.run(["cp", "-a", repo, os.environ["SECTREE_PICK_KEEP"] + "/seed-%d" % seed])
                break  # what follows would start from different trees
            before = tree if result != "conflict" else before
        fsck = git(repo, "fsck", "--strict", "--no-dangling", check=False)
        if fsck.returncode or fsck.stderr:
            wrong.append((fsck.stdout + fsck.stderr).decode())
        tap.ok(not wrong, "%d picks, seed %d, %s, %s" % (len(picks), seed, way,
                                                        "with renames" if renames else "without renames"),
               "\n".join(wrong))


def main():
    program = os.path.abspath(sys.argv[1])
    tap = Tap()
    totals = {}
    count = int(os.environ.get("SECTREE_PICK_SEEDS", "6"))
    start = int(os.environ.get("SECTREE_PICK_START", "0"))
    for seed in range(start, start + count):
        run_history(tap, program, seed, ("most", "half", "again")[seed % 3], seed % 2 == 0, totals)
    tap.ok(totals.get("merged", 0) >= 5 * min(count, 6) and totals.get("conflict", 0) >= 5,
           "the histories hold what is to be tested: " + str(sorted(totals.items())))
    tap.done()


main()
