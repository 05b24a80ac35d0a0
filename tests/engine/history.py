# SPDX-License-Identifier: GPL-2.0-only
"""Random histories for the tests of the engine, the same for the same seed.

A history is linear, written through git fast-import, and holds what real trees hold:
edits close to each other and far apart, files added, removed and renamed (with and
without edits), mode changes, symlinks, submodules, binary files, CRLF, bytes that are
no UTF-8, missing newlines at the end, directories that become files and back.
"""
import os
import random
import subprocess

ENVIRONMENT = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", LC_ALL="C", TZ="UTC",
                   GIT_AUTHOR_NAME="A U Thor", GIT_AUTHOR_EMAIL="author@example.com",
                   GIT_AUTHOR_DATE="1600000000 +0000", GIT_COMMITTER_NAME="C O Mitter",
                   GIT_COMMITTER_EMAIL="committer@example.com", GIT_COMMITTER_DATE="1600000000 +0000")


def git(repo, *arguments, data=None, check=True):
    done = subprocess.run(("git", "-C", repo) + arguments, input=data, env=ENVIRONMENT,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and done.returncode:
        raise RuntimeError("git %s: %s" % (" ".join(arguments), done.stderr.decode(errors="replace")))
    return done if not check else done.stdout


WORDS = [b"lock", b"page", b"skb", b"ret", b"dev", b"len", b"buf", b"node", b"irq", b"flags"]


class History:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = {}        # path -> (mode, bytes)
        self.commits = []      # list of dicts, as files after each commit
        self.serial = 0

    # contents
    def line(self):
        r = self.random
        if r.random() < 0.35:  # lines that repeat, as in C
            return r.choice([b"\n", b"}\n", b"\t}\n", b"{\n", b"\treturn ret;\n", b"\tbreak;\n", b"\n"])
        self.serial += 1
        text = b"\t%s = %s(%d);\n" % (r.choice(WORDS), r.choice(WORDS), self.serial)
        if r.random() < 0.03:
            text = text[:-1] + b" /* \xe4\xf6 */\n"
        return text

    def content(self):
        r = self.random
        kind = r.random()
        if kind < 0.06:
            return bytes(r.randrange(256) for _ in range(r.randrange(1, 200))) + b"\0bin"
        if kind < 0.09:
            return b""
        lines = [self.line() for _ in range(r.choice([3, 40, 80, 160]))]
        data = b"".join(lines)
        if r.random() < 0.1:
            data = data.replace(b"\n", b"\r\n")
        if r.random() < 0.1:
            data = data[:-1]
        return data

    def edit(self, data, strength=1):
        r = self.random
        if b"\0" in data:
            return data + bytes([r.randrange(256)])
        lines = data.splitlines(keepends=True)
        for _ in range(r.randrange(1, 3) * strength):
            at = r.randrange(len(lines) + 1)
            what = r.random()
            if what < 0.35:
                lines[at:at] = [self.line() for _ in range(r.randrange(1, 4))]
            elif what < 0.6:
                lines[at:at + r.randrange(1, 3)] = [self.line() for _ in range(r.randrange(1, 3))]
            elif what < 0.8:
                del lines[at:at + r.randrange(1, 4)]
            elif what < 0.9 and lines:  # repeat a block: ambiguous places for a diff
                start = r.randrange(len(lines))
                lines[at:at] = lines[start:start + r.randrange(1, 6)]
            elif lines:
                lines[-1] = lines[-1].rstrip(b"\n") if r.random() < 0.5 else lines[-1].rstrip(b"\n") + b"\n"
        return b"".join(lines)

    # paths
    def fresh_path(self):
        r = self.random
        while True:
            self.serial += 1
            depth = r.choice([0, 1, 1, 2, 2, 3])
            parts = [r.choice(["a", "b", "a.b", "a-b", "lib", "drv"]) for _ in range(depth)]
            parts.append(r.choice(["f%d.c", "f%d.h", "f%d", "F-%d.c"]) % (self.serial % 50))
            path = "/".join(parts)
            if self.free(path):
                return path

    def free(self, path):
        if path in self.files:
            return False
        if any(other.startswith(path + "/") for other in self.files):
            return False
        parts = path.split("/")
        return not any("/".join(parts[:i]) in self.files for i in range(1, len(parts)))

    def step(self, renames=True, odd=True):
        """One commit: some random edits."""
        r = self.random
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            paths = sorted(self.files)
            path = r.choice(paths) if paths else None
            what = r.random()
            if not path or what < 0.06:
                mode = "100755" if r.random() < 0.1 else "100644"
                self.files[self.fresh_path()] = (mode, self.content())
            elif what < 0.72:
                mode, data = self.files[path]
                if mode == "120000":
                    self.files[path] = (mode, b"to-%d" % r.randrange(5))
                elif mode == "160000":
                    self.files[path] = (mode, b"%040x" % r.randrange(1, 5))
                else:
                    self.files[path] = (mode, self.edit(data))
            elif what < 0.78:
                del self.files[path]
            elif what < 0.88 and renames:
                mode, data = self.files.pop(path)
                if mode.startswith("100") and r.random() < 0.6:
                    data = self.edit(data)
                base = path.rsplit("/", 1)[-1]
                target = self.fresh_path()
                if r.random() < 0.4:
                    target = (target.rsplit("/", 1)[0] + "/" if "/" in target else "") + base
                    if not self.free(target):
                        target = self.fresh_path()
                self.files[target] = (mode, data)
            elif what < 0.92:
                mode, data = self.files[path]
                if mode.startswith("100"):
                    self.files[path] = ("100755" if mode == "100644" else "100644", data)
            elif what < 0.95 and odd:
                self.files[self.fresh_path()] = ("120000", b"to-%d" % r.randrange(5))
            elif what < 0.96 and odd:
                self.files[self.fresh_path()] = ("160000", b"%040x" % r.randrange(1, 5))
            elif what < 0.98 and odd:  # a file of the same name in another type
                mode, data = self.files[path]
                self.files[path] = ("100644", b"plain\n") if mode == "120000" else ("120000", b"to-9")
            elif odd:  # a file becomes a directory
                mode, data = self.files.pop(path)
                self.files[path + "/inner"] = (mode, data)
        self.commits.append(dict(self.files))

    def run(self, start, steps, **options):
        while len(self.files) < start:
            self.files[self.fresh_path()] = ("100755" if self.random.random() < 0.1 else "100644", self.content())
        self.commits.append(dict(self.files))
        for _ in range(steps):
            self.step(**options)
        return self


def write(repo, commits, ref="refs/heads/main", bare=False, parent=None):
    """Writes the snapshots as one line of commits; returns their ids."""
    if not os.path.exists(repo):
        subprocess.run(["git", "init", "-q", "-b", "unborn"] + (["--bare"] if bare else []) + [repo],
                       env=ENVIRONMENT, check=True)
    out = []
    marks = {}
    old = {}
    for number, files in enumerate(commits):
        changes = []
        for path in old:
            if path not in files:
                changes.append(b"D %s\n" % path.encode())
        for path, (mode, data) in files.items():
            if old.get(path) == (mode, data):
                continue
            if mode == "160000":
                changes.append(b"M 160000 %s %s\n" % (data, path.encode()))
                continue
            if data not in marks:
                marks[data] = 1000000 + len(marks)
                out.append(b"blob\nmark :%d\ndata %d\n%s\n" % (marks[data], len(data), data))
            changes.append(b"M %s :%d %s\n" % (mode.encode(), marks[data], path.encode()))
        message = b"commit %d\n" % number
        out.append(b"commit %s\nmark :%d\nauthor A <a@example.com> %d +0000\ncommitter A <a@example.com> %d +0000\n"
                   b"data %d\n%s\n" % (ref.encode(), number + 1, 1600000000 + number, 1600000000 + number,
                                       len(message), message))
        if number == 0 and parent:
            out.append(b"from %s\n" % parent.encode())
        if number == 0:
            out.append(b"deleteall\n")
        out.extend(changes)
        out.append(b"\n")
        old = files
    marks_file = os.path.join(repo, "marks.tmp")
    git(repo, "fast-import", "--quiet", "--force", "--export-marks=" + os.path.abspath(marks_file), data=b"".join(out))
    ids = {}
    with open(marks_file) as stream:
        for line in stream:
            mark, name = line.split()
            ids[int(mark[1:])] = name
    os.unlink(marks_file)
    return [ids[number + 1] for number in range(len(commits))]


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, value, name, detail=""):
        self.count += 1
        self.failed += not value
        print("%sok %d - %s" % ("" if value else "not ", self.count, name))
        if not value and detail:
            print("\n".join("# " + line for line in str(detail).splitlines()))

    def done(self):
        print("1..%d" % self.count)
        raise SystemExit(1 if self.failed else 0)
