#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of the sample are closed and minimal, as TAP, by git and gcc.

usage: minimal.py SECTREE

The whole set of each base is picked by `git cherry-pick` and compiles; on one base each pick by
itself does. Each row that is there as a textual or semantic prerequisite and for nothing else is
taken out, alone and together with what is there for it alone: either way what is left does not
apply, turns empty, or does not compile for want of the name that the plan tells.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENVIRONMENT = dict({name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
                   GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", LC_ALL="C.UTF-8", TZ="UTC",
                   GIT_COMMITTER_NAME="A Tester", GIT_COMMITTER_EMAIL="tester@example.org",
                   GIT_COMMITTER_DATE="1700000000 +0000", GIT_AUTHOR_NAME="A Tester",
                   GIT_AUTHOR_EMAIL="tester@example.org")
BISECTED = "v6.1"
# The words around the names in the plan's reasons.
TOLD = re.compile(r"semantic: (brings|changes|takes out calls of)|the (member|prototype of|header)|( of [^,]*)?, which (it|a published pick) \w+|, the prototype of which it changes|\(\)")


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, truth, title, trouble=""):
        self.count += 1
        self.failed += not truth
        print("%sok %d - %s" % ("" if truth else "not ", self.count, title))
        if not truth:
            print("".join("# %s\n" % line for line in trouble.split("\n")[:20]), end="", flush=True)

    def done(self):
        print("1..%d" % self.count)
        return 1 if self.failed else 0


class Tree:
    """A work tree in which sets are picked and compiled."""

    def __init__(self, path, repository):
        self.path = path
        self.git("init", "-q", path, inside=False)
        with open(path + "/.git/objects/info/alternates", "w", encoding="utf-8") as stream:
            stream.write(os.path.abspath(repository) + "/objects\n")
        # Objects beside the sources are no business of git's.
        with open(path + "/.git/info/exclude", "a", encoding="ascii") as stream:
            stream.write("*.o\n.*.cmd\n.config\ninclude/generated\n")

    def git(self, *arguments, data="", check=True, inside=True):
        command = ["git", "-c", "safe.directory=*", "-c", "advice.detachedHead=false", "-c", "gc.auto=0"]
        done = subprocess.run(command + (["-C", self.path] if inside else []) + list(arguments),
                              env=ENVIRONMENT, encoding="utf-8", errors="replace", input=data,
                              capture_output=True, check=False)
        if check and done.returncode:
            raise RuntimeError("git %s: %s" % (" ".join(arguments)[:200], done.stderr))
        return done

    def trees(self, start):
        return self.git("log", "--reverse", "--format=%T", start + "..HEAD").stdout.split()

    def pick(self, start, picks):
        """[(commit, tree)], or what stopped git."""
        self.git("checkout", "-q", "--detach", "-f", start)
        done = picks and self.git("cherry-pick", "--allow-empty", "--keep-redundant-commits", *picks, check=False)
        if done and done.returncode:
            stopped = self.git("rev-parse", "-q", "--verify", "CHERRY_PICK_HEAD", check=False).stdout.strip()
            self.git("cherry-pick", "--quit", check=False)
            self.git("reset", "-q", "--hard")
            return None, "%s: %s" % (stopped, done.stderr.strip())
        return list(zip(picks, self.trees(start))), ""

    def changed(self, commits):
        done = self.git("diff-tree", "-r", "--stdin", "--no-commit-id", "--name-only",
                        data="".join(commit + "\n" for commit in commits))
        return done.stdout.split("\n")[:-1]

    def compile(self, changed=None):
        """What make complains of; of `changed` paths, where what was before was made."""
        folders = {name.split("/")[0] for name in changed or []}
        command = "make -s -k -j2 KCFLAGS=-Werror "
        if changed is None or any(not name.endswith(".c") for name in changed):
            command = "make -s defconfig && " + command
        elif not folders & {"arch", "scripts"}:
            command += " ".join(folders & {"init", "kernel", "mm", "lib", "fs", "drivers", "net"})
        done = subprocess.run(command, shell=True, cwd=self.path,
                              env=ENVIRONMENT, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.stdout if done.returncode else ""

    def compile_some(self, commits):
        """What gcc complains of in the sources of some commits, as make called it for the whole set."""
        found = subprocess.run("make -s defconfig && make -s include/generated/autoconf.h", shell=True, cwd=self.path,
                               env=ENVIRONMENT, text=True, capture_output=True, check=False).stderr
        for name in sorted(set(self.changed(commits))):
            command = "%s/.%s.o.cmd" % (os.path.dirname(name), os.path.basename(name)[:-2])
            if name.endswith(".c") and os.path.exists(os.path.join(self.path, command)):
                with open(os.path.join(self.path, command), encoding="utf-8") as stream:
                    words = stream.readline().split(" := ", 1)[1].replace(" -c -o ", " -fsyntax-only -o ")
                found += subprocess.run(words, shell=True, cwd=self.path, env=ENVIRONMENT, encoding="utf-8",
                                        errors="replace", capture_output=True, check=False).stderr
        return found


def run_sectree(sectree, *arguments):
    done = subprocess.run([sectree, *arguments], env=ENVIRONMENT, text=True, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError("sectree %s: %d: %s" % (" ".join(arguments), done.returncode, done.stderr))
    return done.stdout


def is_found_only(row):
    """There for the lines or names of others, and for nothing else."""
    return row["state"] == "prerequisite" and not row["published"] and not row["follow_up_of"] and \
        row["prerequisite_why"] and all(why.startswith(("textual: ", "semantic: ")) for why in row["prerequisite_why"])


def unit_of(row, rows):
    """The row and everything that is in the set for it alone, directly or not."""
    unit = {row["commit"]}
    while True:
        more = {other["commit"] for other in rows if other["commit"] not in unit and other["state"] != "pick" and
                other["prerequisite_of"] + other["follow_up_of"] and
                unit.issuperset(other["prerequisite_of"] + other["follow_up_of"])}
        if not more:
            return unit
        unit |= more


def empties(start_tree, trees):
    """The picks that change nothing."""
    before, found = start_tree, set()
    for commit, tree in trees:
        if tree == before:
            found.add(commit)
        before = tree
    return found


class Base:
    def __init__(self, tap, tree, name, plan):
        self.tap, self.tree, self.name = tap, tree, name + ".." + plan["tip"]["name"]
        self.start = plan["base"]["commit"]
        self.rows = [row for row in plan["commits"] if row["in_tree"]]
        branch = "refs/remotes/sample/linux-%s.y" % ".".join(name[1:].split(".")[:2])
        order = tree.git("rev-list", "--reverse", "--topo-order", "%s..%s" % (self.start, branch)).stdout.split()
        members = {row["commit"] for row in self.rows}
        self.picks = [commit for commit in order if commit in members]
        self.start_tree = tree.git("rev-parse", self.start + "^{tree}").stdout.strip()
        self.trees = []

    def say(self, truth, title, trouble=""):
        self.tap.ok(truth, "%s: %s" % (self.name, title), trouble)

    def check_closed(self):
        self.say(len(self.picks) == len(self.rows), "the set is a part of the series")
        self.trees, trouble = self.tree.pick(self.start, self.picks)
        self.say(self.trees is not None, "git takes all %d" % len(self.picks), trouble)
        complaints = self.tree.compile()
        self.say(not complaints, "the set compiles", complaints)
        return self.trees is not None

    def check_each(self):
        wrong = []
        commits = self.tree.git("rev-list", "--reverse", self.start + "..HEAD").stdout.split()
        self.tree.git("checkout", "-q", "--detach", "-f", self.start)
        self.tree.compile()
        for commit, pick in zip(commits, self.picks):
            self.tree.git("checkout", "-q", "--detach", "-f", commit)
            complaints = self.tree.compile(self.tree.changed([commit]))
            if complaints:
                wrong.append("%s:\n%s" % (pick, complaints))
        self.say(not wrong, "each of %d commits compiles" % len(commits), "\n".join(wrong))

    def breaks_without(self, gone, users):
        """What breaks: "git", or what the compiler says of the users; "" where nothing does."""
        first = min(self.picks.index(commit) for commit in gone)
        start = self.start_tree if not first else self.trees[first - 1][1]
        # On what came before the first that goes nothing changes.
        before = self.tree.git("commit-tree", "-m", "before", start).stdout.strip()
        trees, _ = self.tree.pick(before, [commit for commit in self.picks[first:] if commit not in gone])
        if trees is None or empties(start, trees) - empties(self.start_tree, self.trees):
            return "git"
        return self.tree.compile_some(set(users) - gone)

    def missing(self, row):
        """What a compiler may complain of without the row: names that the plan tells, files that it adds."""
        added = self.tree.git("diff-tree", "-r", "--no-commit-id", "--name-only", "--diff-filter=A", row["commit"])
        return [name for why in row["prerequisite_why"] if why.startswith("semantic: ")
                for name in re.findall(r"\w{3,}", TOLD.sub("", why))] + added.stdout.split()

    def check_needed(self, row):
        unit = unit_of(row, self.rows)
        whys = "; ".join(sorted(set(row["prerequisite_why"])))
        for gone in [{row["commit"]}] + ([unit] if len(unit) > 1 else []):
            broken = self.breaks_without(gone, row["prerequisite_of"])
            title = "%s is needed: %s" % (row["subject"] + ", with %d more," % (len(gone) - 1) * (len(gone) > 1), whys)
            if broken == "git":
                self.say("textual: " in whys, title, "git does not take what is left")
            else:
                found = any(re.search(r"error: .*(?<!\w)%s(?!\w)" % re.escape(name.split("include/")[-1]), broken)
                            for name in self.missing(row))
                self.say("semantic: " in whys and found, title, broken or "nothing breaks")


def main():
    sectree = os.path.abspath(sys.argv[1])
    for program in "gcc", "make", "awk":
        if not shutil.which(program):
            print("1..0 # SKIP %s is not installed" % program)
            return 0
    tap = Tap()
    with tempfile.TemporaryDirectory() as directory:
        sample, workspace = directory + "/sample", directory + "/ws"
        subprocess.run([sys.executable, HERE + "/../sample/make-sample", sample], check=True, stdout=subprocess.DEVNULL)
        run_sectree(sectree, "init", workspace, "--source", sample + "/linux.git", "--advisories",
                    sample + "/vulns.git", "-q")
        with open(workspace + "/sectree.conf", "a", encoding="utf-8") as settings:
            settings.write("[advisories]\n\tlist = %s/extra-advisories.txt\n" % sample)
        run_sectree(sectree, "-C", workspace, "sync", "-q")
        tree = Tree(directory + "/tree", sample + "/linux.git")
        tree.git("fetch", "-q", sample + "/linux.git", "refs/heads/*:refs/remotes/sample/*")
        with open(sample + "/expect.tsv", encoding="utf-8") as table:
            blocks = [line.split("\t")[:2] for line in table]
        tips = {base: max(to for start, to in blocks if start == base and to.startswith("v"))
                for base, _ in blocks if base.startswith("v")}
        kinds = {"textual": 0, "semantic": 0}
        for name, tip in sorted(tips.items()):
            plan = json.loads(run_sectree(sectree, "-C", workspace, "plan", name, "--to", tip, "--json", "-q"))
            base = Base(tap, tree, name, plan)
            if not base.check_closed():
                continue
            if name == BISECTED:
                base.check_each()
            for row in filter(is_found_only, base.rows):
                base.check_needed(row)
                for kind in {why.split(":")[0] for why in row["prerequisite_why"]}:
                    kinds[kind] += 1
        tap.ok(min(kinds.values()) > 5, "there are prerequisites of both kinds: %s" % kinds)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
