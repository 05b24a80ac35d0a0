#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares the picked commits of a branch with the stable commits that they name.

usage: commits.py TREE.GIT SOURCE.GIT BRANCH BASE SCRATCH

Author, committer's name, encoding header and message bytes are the stable commit's,
the date is the later of its and of the parent's, signatures are gone, and the
trailers stand where `git cherry-pick -x` puts its own (tried in SCRATCH, a work tree).
Prints one line for each difference, then the number of commits.
"""
import re
import subprocess
import sys

PICKED = re.compile(rb"^\(cherry picked from commit ([0-9a-f]{40})\)$", re.M)


def git(directory, *arguments, data=None):
    return subprocess.run(["git", "-C", directory, *arguments], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def objects(directory, names):
    """The bytes of many objects, by one process."""
    out = git(directory, "cat-file", "--batch", data="".join(n + "\n" for n in names).encode())
    found, at = {}, 0
    for name in names:
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[2])
        found[name] = out[end + 1:end + 1 + size]
        at = end + size + 2
    return found


def split(commit):
    head, message = commit.split(b"\n\n", 1)
    fields = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key:
            fields.setdefault(key, value)
    return fields, message


def seconds(person):
    return int(person.rsplit(b" ", 2)[1])


def name(person):
    return person.rsplit(b" ", 2)[0]


def main():
    tree, source, branch, base, scratch = sys.argv[1:]
    ids = git(tree, "rev-list", "--reverse", branch + "^", "^" + base).decode().split()
    ours = objects(tree, ids)
    ours[base] = objects(source, [base])[base]
    stable = {i: PICKED.findall(split(ours[i])[1])[-1].decode() for i in ids}
    theirs = objects(source, sorted(set(stable.values())))
    for commit in ids:
        fields, message = split(ours[commit])
        want, start = split(theirs[stable[commit]])
        parent, _ = split(ours[fields[b"parent"].decode()])
        last = max(seconds(want[b"committer"]), seconds(parent[b"committer"]))
        checks = {
            "author": fields[b"author"] == want[b"author"],
            "committer": name(fields[b"committer"]) == name(want[b"committer"]),
            "date": seconds(fields[b"committer"]) == last,
            "encoding": fields.get(b"encoding") == want.get(b"encoding"),
            "signature": b"gpgsig" not in fields and b"mergetag" not in fields,
            "message": message.startswith(start),
        }
        if b"encoding" not in fields:
            made = git(scratch, "commit-tree", "-p", "HEAD", "HEAD^{tree}",
                       data=start).decode().strip()
            # commit-tree may have mended the end; the bytes are what is to be picked.
            kept = split(objects(scratch, [made])[made])[1]
            if kept == start:
                git(scratch, "cherry-pick", "-x", "--allow-empty", "--keep-redundant-commits",
                    "--cleanup=verbatim", made)
                picked = split(objects(scratch, ["HEAD"])["HEAD"])[1]
                picked = picked.replace(made.encode(), stable[commit].encode())
                checks["trailers"] = message.startswith(picked)
        for what, is_right in checks.items():
            if not is_right:
                print(f"{commit}: {what}")
    print(len(ids), "commits")


main()
