#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plans of planted repairs whose origin came in after the base, as TAP.

usage: evidence.py SECTREE

Each case is one file of a series, or two, and some commits of it; what a plan has to say of
them is written from docs/plan.md, rule 2, and not from a run. Cases whose first sign is the
reverse of the right answer are there for the other side of each rule.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

ENVIRONMENT = dict({name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
                   GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", LC_ALL="C.UTF-8", TZ="UTC",
                   GIT_AUTHOR_NAME="A Tester", GIT_AUTHOR_EMAIL="tester@example.org",
                   GIT_COMMITTER_NAME="A Tester", GIT_COMMITTER_EMAIL="tester@example.org",
                   GIT_AUTHOR_DATE="1700000000 +0000", GIT_COMMITTER_DATE="1700000000 +0000")
EYE = " (for a person's eye)"
BODY = ["static int %s(struct dev *dev)", "{", "\tint value = dev_read(dev, %d);", "",
        "\tif (value < %d)", "\t\treturn dev_failed(dev, value);", "\tdev->level[%d] = value;",
        "\tdev_write(dev, dev->level[%d]);", "\treturn dev_settle(dev, %d);", "}", ""]


def function(name, number):
    return [line % (name if "%s" in line else number) if "%" in line else line for line in BODY]


class Commit:
    """subject; trailers; files: path -> lines; cve: known from `record`, `list` or `message`."""

    def __init__(self, label, subject, files, trailers=(), fixes=None, cve=None, source="list",
                 introduced=None, reverts=None, upstream=None):
        self.label, self.subject, self.files, self.trailers = label, subject, files, list(trailers)
        self.fixes, self.cve, self.source, self.introduced = fixes, cve, source, introduced
        self.reverts, self.id = reverts, None
        self.upstream = hashlib.sha1((upstream or label).encode()).hexdigest()


def make_cases():
    """(base files, commits in order, label -> (state, words of the reason, marked))."""
    base, commits, wanted = {}, [], {}

    def case(name):
        path = "drivers/%s.c" % name
        base[path] = function(name + "_probe", 1) + function(name + "_remove", 2)
        return path

    def changed(path, line, into, lines=None):
        text = list(lines or base[path])
        text[text.index(line)] = into
        return text

    def repair(name, cve, subject, source, signs=(), right=True, first_fixes=None, mark=True, **more):
        """A first change of a line, and a fix of it that has an advisory."""
        path = case(name)
        one = changed(path, "\tif (value < 1)", "\tif (value < 1 || value > dev->last)")
        two = changed(path, "\tif (value < 1 || value > dev->last)",
                      "\tif (value < 1 || value >= dev->last)", one)
        commits.append(Commit(name + "-1", subject, {path: one}, signs, first_fixes))
        commits.append(Commit(name + "-2", name + ": look at the last one, too", {path: two},
                              fixes=None if source == "record" else name + "-1",
                              cve=cve, source=source,
                              introduced=name + "-1" if source == "record" else None, **more))
        if right:
            wanted[name + "-1"] = ("pick", "an incomplete repair, which", mark)
            wanted[name + "-2"] = ("pick", "it completes", mark)
        else:
            wanted[name + "-1"] = ("not-security", "", False)
            wanted[name + "-2"] = ("not-affected", "", False)

    stable = ["Cc: stable@vger.kernel.org"]
    for source, cve in (("record", 1100), ("list", 1200)):
        tag = source[0]
        repair(tag + "plain", cve + 1, tag + "plain: know the last one", source, right=False)
        repair(tag + "stable", cve + 2, tag + "stable: know the last one", source, stable)
        repair(tag + "depof", cve + 3, tag + "depof: know the last one", source,
               stable + ["Stable-dep-of: %s (\"unknown\")" % ("5" * 40)], right=False)
        repair(tag + "hole", cve + 4, tag + "hole: Fix use-after-free in probe", source)
        repair(tag + "reject", cve + 5, tag + "reject: reject values beyond the last", source)
        repair(tag + "word", cve + 6, tag + "word: dump kmemleak traces by hand", source, right=False)
        # What nobody asked stable for is the origin: all that came after it is as new.
        repair(tag + "newer", cve + 7, tag + "newer: fix an overflow", source, stable, right=False,
               first_fixes=tag + "plain-1")
        repair(tag + "unknown", cve + 8, tag + "unknown: know the last one", source,
               first_fixes="0123456789abcdef0123456789abcdef01234567")
    # Only the message knows of the CVE: what it corrects may be the first part.
    repair("message", 1301, "message: know the last one", "message")

    # The origin is in another file, and the base has what the fix takes out; or has not.
    for name, old in (("elsewhere", "\tdev->level[1] = value;"), ("insert", None), ("lacks", "\tdev_late();")):
        path, other = case(name), case(name + "2")
        number = 1400 + len(name)
        commits.append(Commit(name + "-1", name + ": place it elsewhere",
                              {other: changed(other, "\tdev_write(dev, dev->level[1]);", "\tdev_put(dev);")}))
        text = list(base[path])
        if name == "lacks":
            text = changed(path, "\tdev->level[1] = value;", old)
            commits.append(Commit(name + "-0", name + ": set it late", {path: text}))
        new = (changed(path, old, "\tdev->level[0] = value;", text) if old else
               changed(path, "{", "{\n\tdev_lock(dev);"))
        commits.append(Commit(name + "-2", name + ": set the right one", {path: new}, fixes=name + "-1", cve=number))
        wanted[name + "-2"] = (("pick", "changes nothing of its files", True) if name == "elsewhere"
                               else ("not-affected", "came in after the base", False))

    # A function that gets another name, with a new one below it; and one that is all new.
    path = case("split")
    text = function("split_do_probe", 1) + ["static int split_probe(struct dev *dev)", "{",
                                            "\tdev_announce(dev, \"split\");",
                                            "\treturn split_do_probe(dev);", "}", ""] + base[path][11:]
    commits.append(Commit("split-1", "split: announce it", {path: text}))
    commits.append(Commit("split-2", "split: set the right one", {path: changed(
        path, "\tdev->level[1] = value;", "\tdev->level[0] = value;", text)}, cve=1501))
    wanted["split-2"] = ("pick", "nothing shows that the base is not affected", False)
    path = case("fresh")
    text = base[path] + ["static void fresh_suspend(struct dev *dev)", "{", "\tdev_quiesce(dev, dev->mode);",
                         "\tdev_clock_off(dev->clock);", "\tdev->asleep = true;", "}", ""]
    commits.append(Commit("fresh-1", "fresh: know how to sleep", {path: text}))
    commits.append(Commit("fresh-2", "fresh: sleep lightly", {path: changed(
        path, "\tdev->asleep = true;", "\tdev->asleep = dev->mode != 0;", text)}, cve=1502))
    wanted["fresh-2"] = ("not-affected", "all that it changes, fresh_suspend(), came in after the base", False)

    # Taken back and picked again: by the upstream commit, with an advisory of the first alone.
    for name, again in (("again", "again-1"), ("other", "another")):
        path = case(name)
        text = changed(path, "\tdev->level[1] = value;", "\tdev->level[0] = value;")
        commits.append(Commit(name + "-1", name + ": set the right one", {path: text}, cve=1600 + len(commits)))
        commits.append(Commit(name + "-2", 'Revert "%s: set the right one"' % name, {path: base[path]},
                              reverts=name + "-1"))
        commits.append(Commit(name + "-3", name + ": set the right one" + " again" * (name == "other"),
                              {path: text}, upstream=again))
        wanted[name + "-1"] = wanted[name + "-2"] = ("reverted", "", False)
        wanted[name + "-3"] = (("pick", "brings back", False) if name == "again" else ("not-security", "", False))

    # A first repair that went out with its revert, and was made again: that one is named.
    path = case("twice")
    one = changed(path, "\tif (value < 1)", "\tif (value < 1 || value > dev->last)")
    two = changed(path, "\tif (value < 1 || value > dev->last)", "\tif (value < 1 || value >= dev->last)", one)
    commits += [Commit("twice-1", "twice: validate the last one", {path: one}),
                Commit("twice-2", 'Revert "twice: validate the last one"', {path: base[path]}, reverts="twice-1"),
                Commit("twice-3", "twice: validate the last one", {path: one}, upstream="twice-1"),
                Commit("twice-4", "twice: look at the last one, too", {path: two}, fixes="twice-1 upstream", cve=1701)]
    wanted["twice-3"] = ("pick", "an incomplete repair, which", True)
    wanted["twice-4"] = ("pick", "it completes %(twice-3)s", True)
    return base, commits, wanted


def git(path, *arguments, data=None):
    return subprocess.run(("git", "-C", path) + arguments, input=data, env=ENVIRONMENT, text=True,
                          capture_output=True, check=True).stdout.strip()


def message_of(commit, by_label):
    text = "%s\n\n" % commit.subject
    if commit.reverts:
        text += "This reverts commit %s.\n\n" % by_label[commit.reverts].id
    else:
        text += "commit %s upstream.\n\nSee the code.%s\n\n" % (
            commit.upstream, " This is CVE-2024-%d." % commit.cve if commit.source == "message" else "")
    if commit.fixes:
        label, _, upstream = commit.fixes.partition(" ")
        target = by_label.get(label)
        name = (target.upstream if upstream else target.id) if target else label
        text += 'Fixes: %.12s ("%s")\n' % (name, target.subject if target else "from elsewhere")
    return text + "".join(line + "\n" for line in commit.trailers) + "Signed-off-by: A Tester <tester@example.org>\n"


def store(path, files, folder=""):
    for name, text in files.items():
        name = os.path.join(path, folder, name)
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as stream:
            stream.write(text)


def make_series(path, base, commits):
    subprocess.run(["git", "init", "-q", "-b", "linux-6.1.y", path], env=ENVIRONMENT, check=True)
    makefile = "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = %d\nEXTRAVERSION =\nNAME = Planted\n"
    by_label = {}
    store(path, {name: "\n".join(lines) + "\n" for name, lines in base.items()})
    store(path, {"Makefile": makefile % 0})
    git(path, "add", "-A")
    git(path, "commit", "-qm", "Linux 6.1")
    git(path, "tag", "-am", "Linux 6.1", "v6.1")
    for commit in commits:
        store(path, {name: "\n".join(lines) + "\n" for name, lines in commit.files.items()})
        git(path, "commit", "-qaF", "-", data=message_of(commit, by_label))
        commit.id = git(path, "rev-parse", "HEAD")
        by_label[commit.label] = commit
    store(path, {"Makefile": makefile % 1})
    git(path, "commit", "-qam", "Linux 6.1.1")
    git(path, "tag", "-am", "Linux 6.1.1", "v6.1.1")
    return by_label


def make_records(path, commits, by_label):
    subprocess.run(["git", "init", "-q", path], env=ENVIRONMENT, check=True)
    for commit in commits:
        if commit.cve and commit.source == "record":
            pair = "6.1.1:%s:6.1.1:%s\n" % (by_label[commit.introduced].id, commit.id)
            store(path, {"CVE-2024-%d%s" % (commit.cve, end): text for end, text in (
                ("", ""), (".sha1", commit.upstream + "\n"), (".dyad", "# dyad version: 1.2.0\n" + pair))},
                  "cve/published/2024")
    git(path, "add", "-A")
    git(path, "commit", "-qm", "Records")


class Tap:
    count = failed = 0

    def ok(self, title, right, said=""):
        self.count += 1
        self.failed += not right
        print("%sok %d - %s" % ("" if right else "not ", self.count, title))
        if not right:
            print("# " + said)


def run(sectree, workspace, *arguments):
    done = subprocess.run([sectree, "-C", workspace, "-q", "plan", "v6.1", "--json", *arguments],
                          env=ENVIRONMENT, text=True, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError("sectree: %d: %s" % (done.returncode, done.stderr))
    return json.loads(done.stdout)


def check_states(tap, plan, by_label, wanted):
    rows = {row["commit"]: row for row in plan["commits"]}
    names = {label: commit.id[:12] for label, commit in by_label.items()}
    for label, (state, words, marked) in wanted.items():
        row = rows[by_label[label].id]
        tap.ok("%s is %s" % (label, state), row["state"] == state and words % names in row["reason"]
               and row["reason"].endswith(EYE) == marked, "%s: %s" % (row["state"], row["reason"]))


def check_seeds(tap, plan, by_label):
    """What a list asks for is taken, whatever the evidence; the evidence is told, and marks it."""
    rows = {row["commit"]: row for row in plan["commits"]}
    for label, words, marked in (
            ("rplain-2", "listed by --seeds; CVE-2024-1101; CVE-2024-1101: introduced", True),
            ("lplain-2", "listed by --seeds; CVE-2024-1201; what it repairs, ", True),
            ("rstable-2", "listed by --seeds; CVE-2024-1102; it completes ", True),
            ("split-1", "listed by --seeds", False)):
        row = rows[by_label[label].id]
        tap.ok("%s is listed, and its evidence told" % label,
               row["state"] == "pick" and row["reason"].startswith(words) and
               row["reason"].endswith(EYE) == marked, "%s: %s" % (row["state"], row["reason"]))


def main():
    sectree = os.path.abspath(sys.argv[1])
    tap = Tap()
    with tempfile.TemporaryDirectory() as directory:
        base, commits, wanted = make_cases()
        by_label = make_series(directory + "/linux", base, commits)
        make_records(directory + "/vulns", commits, by_label)
        store(directory, {
            "list": "".join("%s CVE-2024-%d\n" % (commit.id, commit.cve) for commit in commits
                            if commit.cve and commit.source == "list"),
            "seeds": "".join("%s\n" % by_label[label].id for label in ("rplain-2", "lplain-2", "rstable-2", "split-1"))})
        subprocess.run([sectree, "init", directory + "/ws", "--source", directory + "/linux", "--advisories",
                        directory + "/vulns", "-q"], env=ENVIRONMENT, capture_output=True, check=True)
        with open(directory + "/ws/sectree.conf", "a", encoding="utf-8") as stream:
            stream.write("[advisories]\n\tlist = %s/list\n" % directory)
        plan = run(sectree, directory + "/ws")
        check_states(tap, plan, by_label, wanted)
        opened = {item["commit"] for item in plan["open"] if item["kind"] == "reverted"}
        tap.ok("what is picked again is not OPEN", by_label["again-1"].id not in opened, "it is")
        tap.ok("what another commit may repair is OPEN", by_label["other-1"].id in opened, "it is not")
        check_seeds(tap, run(sectree, directory + "/ws", "--seeds", directory + "/seeds"), by_label)
    print("1..%d" % tap.count)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
