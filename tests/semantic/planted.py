#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of the planted cases of semantic prerequisites, as TAP. README says how a case is written.

usage: planted.py [--check | --thorough] [--keep DIR] [SECTREE]

With SECTREE: each fix is picked, and exactly what a case says is a prerequisite, for the reason
that it says. --check proves the cases themselves with git cherry-pick and gcc; --thorough
compiles the base and the tip as well.
"""
import argparse
import glob
import hashlib
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
                   GIT_AUTHOR_NAME="A Tester", GIT_AUTHOR_EMAIL="tester@example.org",
                   GIT_COMMITTER_NAME="A Tester", GIT_COMMITTER_EMAIL="tester@example.org",
                   GIT_COMMITTER_DATE="1700000000 +0000")
GCC = ["gcc", "-fsyntax-only", "-std=gnu11", "-nostdinc", "-ffreestanding", "-fno-builtin",
       "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion",
       "-Werror=incompatible-pointer-types", "-fdiagnostics-color=never"]
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


class Case:
    def __init__(self, name):
        self.name = name
        self.subjects = {}    # label -> subject, in order
        self.needs = []       # (who, what)
        self.missing = []     # what the compiler misses
        self.files = {}       # path -> [(operations, line)]
        self.ids = {}         # label -> commit

    def labels(self):
        return list(self.subjects)

    def wanted(self):
        """What is in the tree without anybody's needing it."""
        return [label for label in self.subjects if label.startswith(("fix", "follow"))]

    def prerequisites(self):
        return [label for label in self.subjects if label in {what for _, what in self.needs}]

    def text(self, path, stage):
        """The file after the first `stage` commits; None where it is not there."""
        labels = self.labels()
        lines = []
        for operations, line in self.files[path]:
            alive = not operations or operations[0][0] == "-"
            for sign, label in operations:
                if labels.index(label) < stage:
                    alive = sign == "+"
            if alive:
                lines.append(line)
        text = "\n".join(lines).strip("\n")
        return text + "\n" if text else None

    def upstream(self, label):
        return hashlib.sha1(("%s %s" % (self.name, label)).encode()).hexdigest()


def read_cases(path):
    cases = []
    lines = operations = None
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.rstrip("\n")
            word, _, rest = line.partition(" ")
            label, _, value = (part.strip() for part in rest.partition(":"))
            if word == "@case":
                cases.append(Case(rest))
                lines = None
            elif word == "@commit":
                cases[-1].subjects[label] = line.split(": ", 1)[1]
            elif word == "@needs":
                cases[-1].needs += [(label, what) for what in value.split()]
            elif word == "@missing":
                cases[-1].missing += rest.split()
            elif word == "@file":
                lines = cases[-1].files.setdefault(rest, [])
                operations = []
            elif line.startswith("@"):
                operations = [] if line == "@." else [(part[0], part[1:]) for part in line[1:].split()]
                if any(sign not in "+-" or name not in cases[-1].subjects for sign, name in operations):
                    raise ValueError("%s:%d: %s" % (path, number, line))
            elif lines is not None:
                lines.append((operations, line))
    return cases


def sound(base, cases):
    """What the form of the cases does not promise."""
    names, paths = set(), set(base.files)
    for case in cases:
        if case.name in names:
            raise ValueError("case %s is there twice" % case.name)
        names.add(case.name)
        for path in case.files:
            if path in paths:
                raise ValueError("%s: %s belongs to another case" % (case.name, path))
            paths.add(path)
        for who, what in case.needs:
            if not {who, what} <= set(case.subjects) or what in case.wanted():
                raise ValueError("%s: %s needs %s" % (case.name, who, what))


class Repository:
    """A series in a repository of its own: the n-th commits of all cases make the n-th release."""

    def __init__(self, path, base, cases):
        self.path, self.out, self.mark = path, [], 0
        subprocess.run(["git", "init", "-q", "-b", "linux-6.1.y", path], env=ENVIRONMENT, check=True)
        tree = {path: base.text(path, 0) for path in base.files}
        for case in cases:
            tree.update((path, case.text(path, 0)) for path in case.files)
        kconfigs = sorted(path for path in tree if path.endswith("/Kconfig"))
        tree["Kconfig"] = "".join('source "%s"\n' % path for path in kconfigs)
        tree["Makefile"] = self.makefile(0)
        self.commit("Linux 6.1", "The base of the series.", tree)
        marks, tags = {}, [self.mark]
        for stage in range(1, 1 + max(len(case.subjects) for case in cases)):
            for case in cases:
                if stage <= len(case.subjects):
                    label = case.labels()[stage - 1]
                    changes = {path: case.text(path, stage) for path in case.files
                               if case.text(path, stage) != case.text(path, stage - 1)}
                    if not changes:
                        raise ValueError("%s: %s changes nothing" % (case.name, label))
                    self.commit(case.subjects[label], self.body(case, label), changes)
                    marks[self.mark] = (case, label)
            self.commit("Linux 6.1.%d" % stage, "Tested-by: A Tester <tester@example.org>",
                        {"Makefile": self.makefile(stage)})
            tags.append(self.mark)
        self.write(marks, tags)
        self.order = [(case, label) for _, (case, label) in sorted(marks.items())]

    @staticmethod
    def makefile(sublevel):
        return ("# SPDX-License-Identifier: GPL-2.0\nVERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = %d\n"
                "EXTRAVERSION =\nNAME = Planted\n\nobj-y += drivers/ fs/ net/\n" % sublevel)

    @staticmethod
    def body(case, label):
        text = "commit %s upstream.\n\nSee the code.\n\n" % case.upstream(label)
        if label.startswith("follow"):
            fix = case.wanted()[0]
            text += 'Fixes: %.12s ("%s")\n' % (case.upstream(fix), case.subjects[fix])
        return text + "Signed-off-by: A Tester <tester@example.org>"

    def commit(self, subject, body, changes):
        self.mark += 1
        message = "%s\n\n%s\n" % (subject, body)
        when = 1670000000 + 3600 * self.mark
        self.out.append("commit refs/heads/linux-6.1.y\nmark :%d\n" % self.mark)
        for role in "author", "committer":
            self.out.append("%s A Tester <tester@example.org> %d +0000\n" % (role, when))
        self.out.append("data %d\n%s" % (len(message), message))
        for path, text in changes.items():
            if text is None and self.mark > 1:
                self.out.append("D %s\n" % path)
            elif text is not None:
                self.out.append("M 100644 inline %s\ndata %d\n%s" % (path, len(text), text))
        self.out.append("\n")

    def write(self, marks, tags):
        for number, mark in enumerate(tags):
            name = "v6.1.%d" % number if number else "v6.1"
            text = "Linux %s\n" % name[1:]
            self.out.append("tag %s\nfrom :%d\ntagger A Tester <tester@example.org> %d +0000\ndata %d\n%s" %
                            (name, mark, 1670000000 + 3600 * mark, len(text), text))
        names = self.path + "/.git/marks"
        self.git("fast-import", "--quiet", "--export-marks=" + names, data="".join(self.out))
        with open(names, encoding="ascii") as stream:
            for line in stream:
                mark, commit = line.split()
                if int(mark[1:]) in marks:
                    case, label = marks[int(mark[1:])]
                    case.ids[label] = commit
        self.tip = "v6.1.%d" % (len(tags) - 1)

    def git(self, *arguments, data=None, check=True):
        done = subprocess.run(("git", "-C", self.path, "-c", "advice.detachedHead=false") + arguments,
                              input=data, env=ENVIRONMENT, text=True, capture_output=True, check=False)
        if check and done.returncode:
            raise RuntimeError("git %s: %s" % (" ".join(arguments)[:200], done.stderr))
        return done


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, title, wrong):
        self.count += 1
        self.failed += bool(wrong)
        print("%sok %d - %s" % ("not " if wrong else "", self.count, title))
        for text in wrong:
            print("".join("# %s\n" % line for line in text.split("\n")), end="")

    def done(self):
        print("1..%d" % self.count)
        return 1 if self.failed else 0


def plan(sectree, directory, repository, cases):
    """Rows of the plan by commit."""
    workspace, seeds = directory + "/ws", directory + "/seeds"
    with open(seeds, "w", encoding="ascii") as stream:
        for case in cases:
            for label in case.wanted():
                if label.startswith("fix"):
                    stream.write("%s %s\n" % (case.ids[label], case.name))
    for arguments in (["init", workspace, "--source", repository.path, "-q"],
                      ["-C", workspace, "plan", "v6.1", "--seeds", seeds, "--json", "-q"]):
        done = subprocess.run([sectree] + arguments, env=ENVIRONMENT, text=True, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError("sectree %s: %d: %s" % (" ".join(arguments), done.returncode, done.stderr))
    return {row["commit"]: row for row in json.loads(done.stdout)["commits"]}


def plan_differs(case, rows):
    label_of = {commit: label for label, commit in case.ids.items()}
    for label, commit in case.ids.items():
        row = rows[commit]
        needed_by = {who for who, what in case.needs if what == label}
        said = "%s is %s (%s)" % (label, row["state"], "; ".join(row["prerequisite_why"]) or row["reason"])
        if label in case.wanted():
            if row["state"] != ("pick" if label.startswith("fix") else "follow-up"):
                yield said
        elif needed_by:
            users = {label_of.get(user, user) for user in row["prerequisite_of"]}
            if row["state"] != "prerequisite":
                yield "%s, and %s needs it" % (said, " and ".join(sorted(needed_by)))
            elif users != needed_by:
                yield "%s of %s, not of %s" % (said, " ".join(sorted(users)), " ".join(sorted(needed_by)))
            elif not all(why.startswith("semantic: ") for why in row["prerequisite_why"]):
                yield said
        elif row["in_tree"]:
            yield "%s, and nothing needs it" % said


class Compiler:
    """Complaints about one case in the tree that is checked out."""

    seen = {}

    def __init__(self, path, directory):
        self.path, self.generated = path, directory + "/config"
        os.makedirs(self.generated + "/generated", exist_ok=True)
        self.symbols = {}
        with open(path + "/Kconfig", encoding="utf-8") as stream:
            for name in re.findall(r'^source "(.*)"$', stream.read(), re.M):
                self.read(name)
        with open(self.generated + "/generated/autoconf.h", "w", encoding="ascii") as stream:
            for name, value in self.symbols.items():
                stream.write("#define CONFIG_%s %s\n" % (name, value))

    def read(self, name):
        with open(os.path.join(self.path, name), encoding="utf-8") as stream:
            for entry in re.split(r"^(?=config )", stream.read(), flags=re.M)[1:]:
                number = re.search(r"^\tint\b.*?^\tdefault (\d+)$", entry, re.M | re.S)
                self.symbols[entry.split()[1]] = number.group(1) if number else "1"

    def symbols_missed(self, name, text):
        if name.endswith("Kconfig"):
            text = re.sub(r"^\thelp\n(?:\t  .*\n|\n)*", "", re.sub(r"#.*", "", text), flags=re.M)
            used = re.findall(r"\b[A-Z][A-Z0-9_]+\b", "\n".join(
                re.findall(r"^\t(?:depends on|select|imply|default \w+ if) .*", text, re.M)))
        else:
            text = re.sub(r"#.*", "", text) if name.endswith("Makefile") else COMMENT_OR_STRING.sub("", text)
            used = re.findall(r"\bCONFIG_(\w+)\b", text)
        return ["%s: %s is no symbol" % (name, symbol) for symbol in used if symbol not in self.symbols]

    def complaints(self, case):
        """Sources that were compiled before with the same headers are not compiled again."""
        found, texts = [], {}
        for name in case.files:
            if os.path.exists(os.path.join(self.path, name)):
                with open(os.path.join(self.path, name), encoding="utf-8") as stream:
                    texts[name] = stream.read()
                found += self.symbols_missed(name, texts[name])
        around = "".join(name + text for name, text in texts.items() if not name.endswith(".c"))
        for name in texts:
            if name.endswith(".c"):
                key = name, texts[name], around
                if key not in self.seen:
                    self.seen[key] = self.compile(name)
                found += self.seen[key]
        return found

    def compile(self, name):
        done = subprocess.run(GCC + ["-I", self.generated, "-I", "include", "-include", "linux/kconfig.h", name],
                              cwd=self.path, env=ENVIRONMENT, text=True, stderr=subprocess.PIPE, check=False)
        errors = [line for line in done.stderr.split("\n") if "error:" in line]
        return errors or ["%s: gcc fails" % name] if done.returncode else []


def check(tap, directory, repository, cases, thorough):
    """Each case in trees with and without what it needs."""
    wrong = {case: [] for case in cases}

    def compile_set(title, chosen, judge, only=None, start="v6.1"):
        """Picks what `chosen` gives of each case onto `start`; `judge` sees the complaints."""
        repository.git("checkout", "-q", "-f", start)
        concerned = only or cases
        picks = [(case, case.ids[label]) for case, label in repository.order
                 if case in concerned and label in chosen(case)]
        while picks:
            done = repository.git("cherry-pick", *[commit for _, commit in picks], check=False)
            if done.returncode == 0:
                break
            stopped = repository.git("rev-parse", "CHERRY_PICK_HEAD").stdout.strip()
            at = [commit for _, commit in picks].index(stopped)
            wrong[picks[at][0]].append("%s: %s" % (title, done.stderr.split("\n")[0]))
            repository.git("cherry-pick", "--quit")
            repository.git("reset", "-q", "--hard")
            del picks[:at + 1]
        compiler = Compiler(repository.path, directory)
        for case in concerned:
            trouble = judge(case, compiler.complaints(case))
            if trouble:
                wrong[case].append("%s: %s" % (title, trouble))

    def compiles(_, complaints):
        return "\n".join(complaints)

    def misses(case, complaints):
        if not complaints:
            return "compiles"
        if not any(word in line for word in case.missing for line in complaints):
            return "other complaints: " + "\n".join(complaints)
        return ""

    compile_set("fix alone", lambda case: case.wanted(),
                lambda case, complaints: (misses if case.needs else compiles)(case, complaints))
    compile_set("with what it needs", lambda case: case.wanted() + case.prerequisites(), compiles,
                [case for case in cases if case.needs])
    if thorough:
        compile_set("base", lambda case: [], compiles)
        compile_set("tip", lambda case: [], compiles, start=repository.tip)
    for number in range(max(len(case.prerequisites()) for case in cases)):
        several = [case for case in cases if len(case.prerequisites()) > max(number, 1)]
        if several:
            compile_set("without prerequisite %d" % (number + 1),
                        lambda case: case.wanted() + [label for at, label in enumerate(case.prerequisites())
                                                      if at != number], misses, several)
    for case in cases:
        tap.ok("%s: the case is right" % case.name, wrong[case])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="prove the cases with git and gcc")
    parser.add_argument("--thorough", action="store_true", help="compile all of the base and of the tip, too")
    parser.add_argument("--keep", metavar="DIR", help="leave the repository and the workspace in DIR")
    parser.add_argument("sectree", nargs="?", help="the program; without it nothing is planned")
    arguments = parser.parse_args()
    arguments.check |= arguments.thorough
    if not arguments.sectree and not (arguments.check and shutil.which("gcc")):
        print("1..0 # SKIP gcc is not installed" if arguments.check else "1..0 # SKIP nothing to do")
        return 0
    base, = read_cases(HERE + "/base.tree")
    cases = [case for path in sorted(glob.glob(HERE + "/*.cases")) for case in read_cases(path)]
    sound(base, cases)
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        directory = os.path.abspath(arguments.keep or scratch)
        os.makedirs(directory, exist_ok=True)
        repository = Repository(directory + "/repo", base, cases)
        if arguments.sectree:
            rows = plan(os.path.abspath(arguments.sectree), directory, repository, cases)
            for case in cases:
                needs = " and ".join("%s needs %s" % need for need in case.needs) or "nothing is needed"
                tap.ok("%s: %s" % (case.name, needs), list(plan_differs(case, rows)))
        if arguments.check and shutil.which("gcc"):
            check(tap, directory, repository, cases, arguments.thorough)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
