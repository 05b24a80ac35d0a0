# SPDX-License-Identifier: GPL-2.0-only
"""Verifies a sample: objects, builds, the oracle against git itself, prerequisites."""

import os
import pathlib
import re
import subprocess
import tempfile

import expect
import history
import records
from objects import git, git_env

PICKED = ("pick", "follow-up", "prerequisite")


class Checker:
    def __init__(self, target, late, scratch):
        self.repo, self.vulns = target / "linux.git", target / "vulns.git"
        self.world = history.build(late)
        self.tree = scratch / "tree"
        self.errors, self.done = [], 0
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout",
                        str(self.repo.resolve()), str(self.tree)], env=git_env(), check=True)

    def expect(self, truth, text):
        self.done += 1
        if not truth:
            self.errors.append(text)
            print("WRONG  " + text)

    # -- small steps --------------------------------------------------------------------

    def release(self, name):
        """(commit, branch) of v6.1, v5.10.3 (tagged or not) or a branch."""
        world = self.world
        if name in world.branches:
            return world.branches[name].tip.oid, name
        series = ".".join(name[1:].split(".")[:2])
        branch = "linux-%s.y" % series
        if name in world.tags and "refs/tags/" + name in world.refs:
            return world.tags[name].oid, branch
        subject = "Linux " + name[1:]
        return [c for c in world.branches[branch].commits if c.subject == subject][-1].oid, branch

    def checkout(self, oid):
        git(self.tree, "reset", "-q", "--hard")
        git(self.tree, "clean", "-qfd")
        git(self.tree, "checkout", "-q", "--detach", oid)

    def pick(self, oid):
        """Cherry-pick; "conflict", "empty" or "done"."""
        before = git(self.tree, "rev-parse", "HEAD^{tree}")
        git(self.tree, "cherry-pick", "--allow-empty", "--keep-redundant-commits", oid,
            check=False)
        if git(self.tree, "status", "--porcelain", "-uno"):
            git(self.tree, "cherry-pick", "--abort", check=False)
            git(self.tree, "reset", "-q", "--hard")
            return "conflict"
        return "empty" if git(self.tree, "rev-parse", "HEAD^{tree}") == before else "done"

    def compiles(self, arch="x86"):
        run = subprocess.run(
            "make -s defconfig ARCH=%s && make -s -j%d ARCH=%s KCFLAGS=-Werror"
            % (arch, os.cpu_count() or 1, arch), shell=True, cwd=self.tree, env=git_env(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.log = run.stdout.decode("utf-8", "replace")
        return run.returncode == 0

    # -- checks -------------------------------------------------------------------------

    def objects(self):
        for repo in (self.repo, self.vulns):
            out = subprocess.run(["git", "-C", str(repo), "fsck", "--strict", "--no-dangling"],
                                 env=git_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 check=False)
            self.expect(out.returncode == 0 and not out.stdout.strip(),
                        "%s: fsck says %s" % (repo, out.stdout.decode()))

    def dates(self):
        """A backport is later than what it backports, and a child later than its parent."""
        def clock(commit):
            return int(re.search(rb"^committer .*> (\d+)", commit.raw, re.M).group(1))
        up = {c.oid: c for c in self.world.branches["master"].commits}
        for branch in self.world.branches.values():
            for commit in branch.commits:
                for parent in commit.parents + [up[o] for o in commit.upstream]:
                    self.expect(clock(parent) < clock(commit), "%s on %s is older than %s"
                                % (commit.label, branch.name, parent.label))

    def builds(self, each):
        names = []
        for branch in self.world.branches.values():
            for commit in branch.commits:
                release = commit.label.startswith("release-") or commit is branch.tip
                if release or (each and branch.name != "master"):
                    names.append(("%s %s" % (branch.name, commit.label), commit.oid,
                                  commit is branch.tip))
        for name, oid, tip in names:
            self.checkout(oid)
            for arch in ("x86", "arm64")[:2 if tip else 1]:
                self.expect(self.compiles(arch), "%s (%s) does not compile:\n%s"
                            % (name, arch, getattr(self, "log", "")))

    def label(self, label, branch):
        return self.world.labels[branch, label]

    def oracle(self):
        """Labels are there and in the range; the expected picks apply, the held ones do not."""
        rows = expect.load()
        for issue in ("issue2", "issue3"):
            for (base, to), wanted in expect.blocks(rows, issue).items():
                start, branch = self.release(base)
                end, _ = self.release(to)
                order = git(self.repo, "rev-list", "--reverse", "--topo-order",
                            "%s..%s" % (start, end)).decode().split()
                where = "%s..%s at %s" % (base, to, issue)
                states = {}
                for label, row in wanted.items():
                    commit = self.world.labels.get((branch, label))
                    self.expect(commit is not None and commit.oid in order,
                                "%s: %s is not in the range" % (where, label))
                    if commit:
                        states[commit.oid] = row
                if len(wanted) > 3:
                    self.replay(where, start, order, states)
                    if issue == "issue3":
                        self.expect(self.compiles(), "%s does not compile:\n%s"
                                    % (where, getattr(self, "log", "")))

    def replay(self, where, start, order, states):
        """Pick in the order of the series what the rows say, and try what is held."""
        self.checkout(start)
        batch = []
        for oid in order:
            row = states.get(oid)
            state = row.states[0] if row else None
            if state in PICKED:
                batch.append(oid)
            elif state in ("held", "already-present"):
                self.replay_picks(where, batch, states)
                batch = []
                wanted = "conflict" if state == "held" else "empty"
                got = self.pick(oid)
                self.expect(got == wanted, "%s: %s is %s and ends as %s"
                            % (where, row.label, state, got))
        self.replay_picks(where, batch, states)

    def replay_picks(self, where, batch, states):
        """Picks in one run of git; where that stops or one is empty, one by one to say which."""
        if not batch:
            return
        start = git(self.tree, "rev-parse", "HEAD").decode().strip()
        git(self.tree, "cherry-pick", "--allow-empty", "--keep-redundant-commits", *batch,
            check=False)
        trees = git(self.tree, "log", "--format=%T", start + "..HEAD").decode().split()
        trees += git(self.tree, "rev-parse", start + "^{tree}").decode().split()
        clean = not git(self.tree, "status", "--porcelain", "-uno")
        full = len(git(self.tree, "rev-list", start + "..HEAD").split()) == len(batch)
        if clean and full and all(a != b for a, b in zip(trees, trees[1:])):
            self.done += len(batch)
            return
        git(self.tree, "cherry-pick", "--abort", check=False)
        self.checkout(start)
        for oid in batch:
            got = self.pick(oid)
            self.expect(got == "done", "%s: %s is %s and ends as %s"
                        % (where, states[oid].label, states[oid].states[0], got))

    def needs(self):
        """Each prerequisite of needs.txt is one, by git and gcc."""
        for line in (records.HERE / "needs.txt").read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            base, kind, fix, helpers = line.split(" | ")
            start, branch = self.release(base)
            oid = self.label(fix, branch).oid
            where = "%s: %s without %s" % (base, fix, helpers)
            if kind == "unit":
                self.checkout(start)
                self.expect(self.pick(oid) == "done", "%s: %s does not apply alone" % (base, fix))
                self.checkout(start)
                self.pick(self.label(helpers.split()[0], branch).oid)
                self.expect(self.pick(oid) == "conflict", "%s: %s applies with %s alone"
                            % (base, fix, helpers.split()[0]))
            for missing in helpers.split() if kind != "unit" else []:
                self.checkout(start)
                for helper in helpers.split():
                    if helper != missing:
                        self.pick(self.label(helper, branch).oid)
                got = self.pick(oid)
                if kind == "textual":
                    self.expect(got == "conflict", "%s ends as %s" % (where, got))
                else:
                    self.expect(got == "done", "%s ends as %s" % (where, got))
                    self.expect(not self.compiles(), where + " compiles")
            self.checkout(start)
            for helper in helpers.split():
                self.expect(self.pick(self.label(helper, branch).oid) == "done",
                            "%s: %s does not apply" % (base, helper))
            self.expect(self.pick(oid) == "done", "%s: %s does not apply with its %s"
                        % (base, fix, helpers))
            self.expect(self.compiles(), "%s: %s with %s does not compile:\n%s"
                        % (base, fix, helpers, getattr(self, "log", "")))


def run(target, late, each):
    with tempfile.TemporaryDirectory(prefix="sample-check-") as scratch:
        checker = Checker(target, late, pathlib.Path(scratch))
        steps = [("objects", checker.objects), ("dates", checker.dates),
                 ("prerequisites", checker.needs)]
        if not late:
            steps.append(("expectations", checker.oracle))
        steps.append(("builds", lambda: checker.builds(each)))
        for name, step in steps:
            before = checker.done
            step()
            print("%-14s %d checks" % (name, checker.done - before))
    print("%d checks, %d wrong" % (checker.done, len(checker.errors)))
    return 1 if checker.errors else 0
