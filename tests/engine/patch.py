#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Patches against `git apply` on random histories: verdict and tree of each must be the same, and
what we print as a patch must be one to git. Argument: the patch-run program.
SECTREE_PATCH_SEEDS=N tries more histories."""
import os
import subprocess
import sys
import tempfile

from history import ENVIRONMENT, History, Tap, git, write


def git_apply(repo, tree, patch):
    """The tree; None: it does not apply; False: for a work tree's sake, which we do not have."""
    index = os.path.join(repo, "index-of-test")
    environment = dict(ENVIRONMENT, GIT_INDEX_FILE=index)
    if os.path.exists(index):
        os.unlink(index)

    def run(*words):
        return subprocess.run(("git", "-C", repo) + words, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    run("read-tree", tree)
    done = run("apply", "--cached", "--whitespace=nowarn", patch)
    if done.returncode:
        return False if b"beyond a symbolic link" in done.stderr else None
    return run("write-tree").stdout.decode().strip()


def is_refused(patch):
    """What git could do and a resolution may not."""
    with open(patch, "rb") as file:
        text = file.read()
    return b"160000" in text or b"\nBinary files " in text or b"\nGIT binary" in text


def lacks_newline(patch):
    with open(patch, "rb") as file:
        return b"\n\\ No newline" in file.read()


def run_history(tap, program, seed, totals):
    history = History(seed).run(12, 40, renames=True)
    random = history.random
    with tempfile.TemporaryDirectory() as directory:
        repo = os.path.join(directory, "repo")
        ids = write(repo, history.commits)
        trees = git(repo, "rev-parse", *[i + "^{tree}" for i in ids]).decode().split()
        asked, wanted = [], []
        for number in range(len(ids) - 1):
            patch = os.path.join(directory, "%d.patch" % number)
            way = random.choice([[], ["-U1"], ["-U0"], ["-M"], ["--full-index", "-U5"], ["format-patch"]])
            if way == ["format-patch"]:
                text = git(repo, "format-patch", "--stdout", "-1", ids[number + 1])
            else:
                text = git(repo, "diff", *way, trees[number], trees[number + 1])
            with open(patch, "wb") as file:
                file.write(text)
            if not text or is_refused(patch):
                continue
            for tree in [trees[number]] + random.sample(trees, 5):
                asked.append("apply %s %s" % (tree, patch))
                wanted.append(git_apply(repo, tree, patch))
        for number in range(30):
            old, new = random.sample(trees, 2)
            patch = os.path.join(directory, "own-%d.patch" % number)
            asked += ["print %s %s %s" % (old, new, patch), "apply %s %s" % (old, patch)]
            wanted += ["printed", new]
        done = subprocess.run([program, repo], input="\n".join(asked).encode() + b"\n", stdout=subprocess.PIPE)
        answers = [line.split("\t") for line in done.stdout.decode(errors="replace").splitlines()]
        wrong = [] if len(answers) == len(asked) else ["%d answers to %d questions" % (len(answers), len(asked))]
        for question, want, (answer, why) in zip(asked, wanted, answers):
            words = question.split(" ")
            if words[0] == "print":
                printed = answer == "printed"
                if not printed and "binary" not in why and "submodule" not in why:
                    wrong.append("%s: %s" % (question, why))
                totals["printed"] = totals.get("printed", 0) + printed
                continue
            if "own-" in question:
                # What cannot be printed is not there; git takes what was printed as we do.
                if answer == "refused":
                    continue
                want = want if git_apply(repo, words[1], words[2]) == want else "git does not take it"
            if want is False or (answer == "conflict" and "submodule" in why):
                continue
            # git overlooks a newline at the end of a file, and cuts it off.
            if answer == "conflict" and want and lacks_newline(words[2]):
                continue
            kind = answer if answer in ("conflict", "refused") else "applied"
            totals[kind] = totals.get(kind, 0) + 1
            if (want or "") != ("" if kind != "applied" else answer):
                wrong.append("%s: %s (%s), git: %s" % (question, answer, why, want))
        if wrong and os.environ.get("SECTREE_PATCH_KEEP"):
            subprocess.run(["cp", "-a", directory, os.environ["SECTREE_PATCH_KEEP"]])
        tap.ok(not wrong, "seed %d: %d patches" % (seed, len(asked)), "\n".join(wrong[:10]))


def main():
    program = os.path.abspath(sys.argv[1])
    tap = Tap()
    totals = {}
    start = int(os.environ.get("SECTREE_PATCH_START", "300"))
    for seed in range(start, start + int(os.environ.get("SECTREE_PATCH_SEEDS", "2"))):
        run_history(tap, program, seed, totals)
    tap.ok(all(totals.get(name, 0) > 20 for name in ("applied", "conflict", "printed")),
           "the histories hold what is to be tested: " + str(sorted(totals.items())))
    tap.done()


main()
