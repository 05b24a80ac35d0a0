# SPDX-License-Identifier: GPL-2.0-only
"""Git objects made in memory, and the few git commands that store them.

The ids of the sample are computed here, so that a message can name any commit made
before it, and so that commits may carry what `git fast-import` of git 2.39 cannot
write (gpgsig and mergetag headers).  One pack goes through `git index-pack`.
"""

import hashlib
import os
import struct
import subprocess
import zlib

FILE, EXEC, LINK = "100644", "100755", "120000"


class SampleError(Exception):
    """Something in the sample's own sources is wrong; the text says what and where."""


def git_env():
    """An environment in which no configuration, locale or zone of the caller shows."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env.update(
        GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null",
        GIT_CONFIG_NOSYSTEM="1", GIT_ATTR_NOSYSTEM="1", HOME="/nonexistent",
        LC_ALL="C.UTF-8", TZ="UTC", GIT_TERMINAL_PROMPT="0", GIT_EDITOR="true",
        GIT_AUTHOR_NAME="Sample", GIT_AUTHOR_EMAIL="sample@example.org",
        GIT_COMMITTER_NAME="Sample", GIT_COMMITTER_EMAIL="sample@example.org",
        GIT_AUTHOR_DATE="1700000000 +0000", GIT_COMMITTER_DATE="1700000000 +0000")
    return env


def git(repo, *args, data=None, check=True, env=None):
    """Run git in a repository; returns its standard output as bytes."""
    done = subprocess.run(["git", "-C", str(repo), *args], input=data, env=env or git_env(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if check and done.returncode:
        raise SampleError("git %s: %s" % (" ".join(args), done.stderr.decode("utf-8", "replace")))
    return done.stdout


class Store:
    """All objects made so far, by id."""

    def __init__(self):
        self.objects = {}
        self._trees = {}

    def put(self, kind, data):
        oid = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()
        self.objects.setdefault(oid, (kind, data))
        return oid

    def tree(self, files):
        """The tree of {path: (mode, bytes)}."""
        root = {}
        for path, (mode, data) in files.items():
            node = root
            *dirs, name = path.split("/")
            for part in dirs:
                node = node.setdefault(part, {})
            node[name] = (mode, self.put("blob", data))
        return self._tree(root)

    def _tree(self, node):
        rows = []
        for name, entry in node.items():
            raw = name.encode()
            if isinstance(entry, dict):
                rows.append((raw + b"/", b"40000 " + raw, self._tree(entry)))
            else:
                rows.append((raw, entry[0].encode() + b" " + raw, entry[1]))
        rows.sort()
        return self.put("tree", b"".join(head + b"\0" + bytes.fromhex(oid)
                                         for _, head, oid in rows))

    def reachable(self, tips):
        """Ids reachable from the given ids, each once, commits first."""
        seen, todo = {}, list(tips)
        while todo:
            oid = todo.pop()
            if oid in seen:
                continue
            kind, data = self.objects[oid]
            seen[oid] = kind
            if kind == "tree":
                at = 0
                while at < len(data):
                    end = data.index(b"\0", at)
                    todo.append(data[end + 1:end + 21].hex())
                    at = end + 21
            elif kind in ("commit", "tag"):
                for line in data.split(b"\n\n", 1)[0].split(b"\n"):
                    word, _, rest = line.partition(b" ")
                    if word in (b"tree", b"parent", b"object"):
                        todo.append(rest.decode())
        return seen

    def pack(self, oids):
        """The bytes of a pack file with these objects, undeltified."""
        codes = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
        out = [struct.pack(">4sII", b"PACK", 2, len(oids))]
        for oid in oids:
            kind, data = self.objects[oid]
            size, head = len(data), bytearray()
            byte = (codes[kind] << 4) | (size & 15)
            size >>= 4
            while size:
                head.append(byte | 128)
                byte, size = size & 127, size >> 7
            head.append(byte)
            out.append(bytes(head) + zlib.compress(data, 1))
        body = b"".join(out)
        return body + hashlib.sha1(body).digest()


def create(repo, branch):
    """An empty bare repository whose HEAD is the given branch."""
    subprocess.run(["git", "init", "-q", "--bare", "--template=", "--initial-branch=" + branch,
                    str(repo)], env=git_env(), check=True)


def write(repo, store, refs):
    """Bring a repository to exactly these refs, adding the objects that it lacks."""
    have = set()
    listing = git(repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    have.update(listing.decode().split())
    need = [oid for oid in store.reachable(refs.values()) if oid not in have]
    if need:
        git(repo, "index-pack", "--stdin", data=store.pack(need))
    old = {}
    for line in git(repo, "for-each-ref", "--format=%(refname) %(objectname)").decode().splitlines():
        name, oid = line.split()
        old[name] = oid
    moves = ["update %s %s\n" % (name, oid) for name, oid in refs.items() if old.get(name) != oid]
    moves += ["delete %s\n" % name for name in old if name not in refs]
    git(repo, "update-ref", "--stdin", data="".join(moves).encode())


def expire(repo):
    """Drop everything that no ref reaches, as a source does some time after a force-push."""
    git(repo, "reflog", "expire", "--expire=now", "--all")
    git(repo, "gc", "-q", "--prune=now")
