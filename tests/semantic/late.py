#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Late knowledge about names, as TAP: what is published only grows, and stays whole.

usage: late.py [--keep DIR] SECTREE [CASE...]

The cases are in *.late, written as README says. Each has a series and records of its own. What a
case knows comes in steps; after each the base is built and published. Held against that:

- `git cherry-pick` of the members, in the order of the series: the tree of the branch;
- gcc: each commit that the branch gains compiles;
- a second workspace that learns everything at once: the same tree;
- the branch of the step before: it is an ancestor.
"""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

import planted
from planted import ENVIRONMENT, Case, Compiler, Repository, Tap

BEGIN = "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2"
BRANCH = "linux-6.1-security"
IN_TREE = {"pick", "follow-up", "prerequisite"}


class Step:
    """What is learned at once, and what comes of it."""

    def __init__(self, words):
        self.title = " ".join(words)
        self.knowledge = words
        self.added = None           # labels, in the order of the new commits
        self.states = {}            # label -> state
        self.reasons = []           # (label, words)
        self.broken = []            # labels of commits that do not compile before the next one
        self.status = 0             # of build


class LateCase(Case):
    def __init__(self, name):
        super().__init__(name)
        self.steps = []
        self.at_once = True         # who learns everything at once comes to the same
        self.lines = {}             # label -> lines of the message


def read_cases(path):
    """planted.py reads the commits and files; the steps and the lines of messages are read here."""
    steps, messages, different, rest, name = {}, {}, set(), [], None
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            word, _, value = line.rstrip("\n").partition(" ")
            label, _, text = (part.strip() for part in value.partition(":"))
            if word == "@case":
                name = value
                steps[name], messages[name] = [], {}
            step = steps[name][-1] if name and steps[name] else None
            if word == "@step":
                steps[name].append(Step(value.split()))
            elif word == "@adds":
                step.added = value.split()
            elif word == "@state":
                step.states[label] = text
            elif word == "@reason":
                step.reasons.append((label, text))
            elif word == "@broken":
                step.broken = value.split()
            elif word == "@status":
                step.status = int(value)
            elif word == "@not-at-once":
                different.add(name)
            elif word == "@message":
                messages[name].setdefault(label, []).append(text)
            else:
                rest.append(line)
                continue
            rest.append("\n")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".cases") as plain:
        plain.write("".join(rest))
        plain.flush()
        cases = planted.read_cases(plain.name)
    for case in cases:
        case.__class__ = LateCase
        case.steps, case.lines, case.at_once = steps[case.name], messages[case.name], case.name not in different
    return cases


class Series(Repository):
    """The whole series; sources get as much of it as has happened."""

    @staticmethod
    def body(case, label):
        text = "commit %s upstream.\n\nSee the code.\n\n" % case.upstream(label)
        for line in case.lines.get(label, []):
            text += re.sub(r"\{(\w+)\}", lambda found: '%.12s ("%s")' % (
                case.upstream(found[1]), case.subjects[found[1]]), line) + "\n"
        return text + "Signed-off-by: A Tester <tester@example.org>"


def git(path, *arguments, data=None, check=True):
    done = subprocess.run(("git", "-C", path) + arguments, input=data, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)
    if check and done.returncode:
        raise RuntimeError("git %s: %s" % (" ".join(arguments)[:200], done.stderr))
    return done.stdout.strip()


def borrow(path, other):
    with open(path + "/objects/info/alternates", "a", encoding="utf-8") as stream:
        stream.write(other + "/objects\n")


class World:
    """A workspace with a source and records, which learn."""

    def __init__(self, sectree, directory, series, case):
        self.sectree, self.series, self.case = sectree, series, case
        self.source, self.records, self.workspace = (directory + name for name in ("/source", "/vulns", "/ws"))
        self.tree = self.workspace + "/tree.git"
        os.makedirs(self.records + "/cve/published/2024")
        git(".", "init", "-q", "--bare", self.source)
        borrow(self.source, series.path + "/.git")

    def run(self, *arguments):
        done = subprocess.run((self.sectree,) + arguments, env=ENVIRONMENT, text=True, capture_output=True,
                              check=False)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError("sectree %s: %d: %s" % (" ".join(arguments), done.returncode, done.stderr))
        return done

    def inside(self, *arguments):
        return self.run("-C", self.workspace, *arguments)

    def grow(self, number):
        tags = ["v6.1"] + ["v6.1.%d" % at for at in range(1, int(number) + 1)]
        ids = git(self.series.path, "rev-parse", *tags, tags[-1] + "^{commit}").split()
        refs = ["refs/tags/" + tag for tag in tags] + ["refs/heads/linux-6.1.y"]
        git(self.source, "update-ref", "--stdin",
            data="".join("update %s %s\n" % pair for pair in zip(refs, ids)))

    def release_of(self, label):
        return "6.1.%d" % (self.case.labels().index(label) + 1)

    def record(self, label, origin):
        """The CNA's files about one fix; `origin` None: the bug was always there."""
        case = self.case
        start, mainline = ("2.6.12:" + BEGIN,) * 2
        if origin:
            start = "%s:%s" % (self.release_of(origin), case.ids[origin])
            mainline = "6.2:" + case.upstream(origin)
        name = "%s/cve/published/2024/CVE-2024-%d" % (self.records, 10001 + case.labels().index(label))
        files = {"": "", ".sha1": case.upstream(label) + "\n",
                 ".dyad": "# dyad version: 1.2.0\n%s:%s:%s\n%s:6.3:%s\n" % (
                     start, self.release_of(label), case.ids[label], mainline, case.upstream(label))}
        for suffix, text in files.items():
            with open(name + suffix, "w", encoding="ascii") as stream:
                stream.write(text)

    def verdict(self, kind, label):
        name = "%s/ledger/verdicts/%s" % (self.workspace, self.case.ids[label])
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="ascii") as stream:
            stream.write("verdict: %s\nperson: A Tester <tester@example.org>\ndate: 2024-07-01\n"
                         "reason: it breaks the boot of board 7\n" % kind)
        git(self.workspace + "/ledger", "add", "-A")
        git(self.workspace + "/ledger", "commit", "-qm", kind)

    def learn(self, knowledge):
        """release=N, cve=LABEL[<ORIGIN], withdraw=LABEL."""
        for word in knowledge:
            kind, _, value = word.partition("=")
            label, _, origin = value.partition("<")
            if kind == "release":
                self.grow(value)
            elif kind == "cve":
                self.record(label, origin)
            elif kind != "withdraw":
                raise ValueError("%s: %s" % (self.case.name, word))
        if not os.path.exists(self.workspace):
            self.run("init", self.workspace, "--source", self.source, "--advisories", self.records)
        for word in knowledge:
            if word.startswith("withdraw="):
                self.verdict(*word.split("="))

    def tree_git(self, *arguments, **more):
        return git(self.tree, *arguments, **more)

    def tip(self, published):
        """The branch, or the state that was built last."""
        if published:
            return self.tree_git("rev-parse", "-q", "--verify", "refs/heads/" + BRANCH, check=False)
        return self.tree_git("for-each-ref", "--sort=-version:refname", "--count=1",
                             "--format=%(objectname)", "refs/sectree/states/v6.1-security.*")

    def listing(self, revision):
        """What is in the tree, the Makefile apart: its version is that of the state."""
        return [line for line in self.tree_git("ls-tree", "-r", revision).split("\n")
                if not line.endswith("\tMakefile")]

    def members(self):
        """Of what was published: labels in the order in which they came, and those taken out again."""
        label_of = {commit: label for label, commit in self.case.ids.items()}
        added, gone = [], set()
        with open(self.workspace + "/ledger/journal/v6.1", encoding="utf-8") as stream:
            for line in stream:
                word, _, value = line.rstrip("\n").partition(" ")
                if word == "add":
                    added.append(label_of[value[:40]])
                elif word in ("withdraw", "with"):
                    gone.add(label_of[value[:40]])
        return [label for label in added if label not in gone]


class Tree:
    """A work tree of the oracles."""

    def __init__(self, directory, series, case):
        self.path, self.directory, self.case, self.borrowed = directory + "/work", directory, case, []
        git(".", "clone", "-q", "--shared", series.path, self.path)

    def picked(self, labels):
        """What git makes of those commits in the series' order."""
        git(self.path, "checkout", "-q", "-f", "v6.1")
        picks = [self.case.ids[label] for label in self.case.labels() if label in labels]
        if picks:
            git(self.path, "cherry-pick", "--allow-empty", "--keep-redundant-commits", *picks)
        return [line for line in git(self.path, "ls-tree", "-r", "HEAD").split("\n")
                if not line.endswith("\tMakefile")]

    def complaints(self, world, start, end, broken):
        """Of gcc, about each commit between two of the branch; none about those that must have some."""
        found = []
        if world.tree not in self.borrowed:
            borrow(self.path + "/.git", world.tree)
            self.borrowed.append(world.tree)
        commits = git(self.path, "log", "--reverse", "--format=%H %s", start + ".." + end if start else end)
        for commit, _, subject in (line.partition(" ") for line in commits.split("\n") if line):
            git(self.path, "checkout", "-q", "-f", commit)
            errors = Compiler(self.path, self.directory).complaints(self.case)
            if subject in broken:
                errors = [] if errors else ["gcc has nothing to say"]
            found += ["%s: %s" % (subject, error) for error in errors]
        return found


def differences(title, wanted, got):
    return [] if wanted == got else ["%s: %s, not %s" % (title, got, wanted)]


def row_differences(world, step):
    done = world.inside("plan", "v6.1", "--json", "-q")
    if done.returncode == 3:
        return ["plan: " + done.stderr.strip()]
    rows = {row["commit"]: row for row in planted.json.loads(done.stdout)["commits"]}
    opened = {hole["commit"] for hole in planted.json.loads(done.stdout)["open"]}
    found = []
    for label, state in step.states.items():
        commit = world.case.ids[label]
        found += differences(label, state, rows[commit]["state"])
        if state in ("held", "withdrawn") and commit not in opened:
            found.append("%s is not said to be open" % label)
    for label, words in step.reasons:
        commit = world.case.ids[label]
        said = "; ".join([rows[commit]["reason"]] + rows[commit]["prerequisite_why"])
        words = re.sub(r"\{(\w+)\}", lambda found: world.case.ids[found[1]][:12], words)
        if words not in said:
            found.append("%s: \"%s\" has no \"%s\"" % (label, said, words))
    return found


def check_step(world, tree, step, number):
    """What is wrong after one step."""
    before = world.tip(True) if number else ""
    before_members = world.members() if before else []
    world.learn(step.knowledge)
    found = row_differences(world, step)
    done = world.inside("build", "v6.1", "-q")
    found += differences("exit status of build", step.status, done.returncode)
    done = world.inside("publish", "v6.1", "--local", "-q")
    if done.returncode == 3:
        return found + ["publish: " + done.stderr.strip()]
    after, members = world.tip(True), world.members()
    added = [label for label in members if label not in before_members]
    found += differences("what is added", step.added or [], added)
    if before and world.tree_git("merge-base", before, after) != before:
        found.append("the branch is not fast-forwarded")
    if world.listing(after) != tree.picked(members):
        found.append("another tree than git's for %s" % " ".join(sorted(members)))
    found += tree.complaints(world, before, after, [world.case.subjects[label] for label in step.broken])
    return found


def check_at_once(world, directory):
    """A second workspace learns everything and then builds."""
    other = World(world.sectree, directory, world.series, world.case)
    other.learn([word for step in world.case.steps for word in step.knowledge])
    other.inside("build", "v6.1", "-q")
    if other.listing(other.tip(False)) != world.listing(world.tip(True)):
        return ["another tree than that of what learned it step by step"]
    return []


def check_case(tap, sectree, directory, base, case):
    series = Series(directory + "/series", base, [case])
    tree = Tree(directory, series, case)
    world = World(sectree, directory + "/world", series, case)
    for number, step in enumerate(case.steps):
        tap.ok("%s: %s" % (case.name, step.title), check_step(world, tree, step, number))
    if case.at_once:
        tap.ok("%s: the same at once" % case.name, check_at_once(world, directory + "/at-once"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--keep", metavar="DIR", help="leave the repositories and workspaces in DIR")
    parser.add_argument("sectree", help="the program")
    parser.add_argument("case", nargs="*", help="those alone")
    arguments = parser.parse_args()
    if not planted.shutil.which("gcc"):
        print("1..0 # SKIP gcc is not installed")
        return 0
    base, = planted.read_cases(planted.HERE + "/base.tree")
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(glob.glob(planted.HERE + "/*.late")):
            for case in read_cases(path):
                if not arguments.case or case.name in arguments.case:
                    check_case(tap, os.path.abspath(arguments.sectree),
                               "%s/%s" % (os.path.abspath(arguments.keep or scratch), case.name), base, case)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
