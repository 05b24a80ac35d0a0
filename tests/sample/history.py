# SPDX-License-Identifier: GPL-2.0-only
"""The sample's history: runs the scripts below history/ and late/ over the change records.

A script is one command a line; README.md lists them.  The result is a World: all objects,
refs, and each commit with the label by which tests find it.
"""

import calendar
import hashlib
import re
import shlex
import time

import messages
import records
from messages import PEOPLE
from objects import SampleError, Store

STEP = 11820           # seconds between two commits of one branch


class Commit:
    """One commit as made: id, files, and where it came from."""

    def __init__(self, **kw):
        self.oid = self.label = self.branch = self.subject = None
        self.files, self.parents, self.upstream = {}, [], []
        self.record = self.moved = self.raw = None
        self.release = None        # first release of the branch that holds it
        self.adate = None
        self.__dict__.update(kw)


class Branch:
    def __init__(self, name, tip, clock=0):
        self.name, self.tip, self.clock = name, tip, clock
        self.commits = []          # in order, those made on it
        self.topic = self.made = None


def when(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%d"))


def stamp(seconds, zone):
    return "%d %s%02d%02d" % (seconds, "-" if zone < 0 else "+", abs(zone) // 60, abs(zone) % 60)


class World:
    def __init__(self):
        self.store = Store()
        self.records = records.load()
        self.branches, self.refs, self.labels, self.tags = {}, {}, {}, {}
        self.rewritten = False     # by a force-push: old objects have to go
        self.here = None
        self.advisories = []       # left by `cve` commands of late scripts
        self.topics = {}

    # -- looking up ---------------------------------------------------------------------

    def find(self, label, branch=None):
        """The commit with a label: "label", or "label@6.1" for that series."""
        if "@" in label:
            label, series = label.split("@")
            branch = "master" if series == "mainline" else "linux-%s.y" % series
        for name in ([branch] if branch else ["master", self.here.name]):
            if (name, label) in self.labels:
                return self.labels[name, label]
        raise SampleError("no commit %s on %s" % (label, branch or "master or " + self.here.name))

    def mark(self, commit):
        key = (commit.branch, commit.label)
        if key in self.labels:
            raise SampleError("label %s is there twice on %s" % (commit.label, commit.branch))
        self.labels[key] = commit

    def expand(self, text):
        """Placeholders of a message: {sha12:label}, {fixes:label}, {subject:label}, ..."""
        def one(match):
            kind, _, label = match.group(1).partition(":")
            plain = {"esc": "\x1b", "tab": "\t", "bell": "\x07"}
            if kind in plain:
                return plain[kind]
            if kind == "pad":
                return padding(int(label))
            commit = self.find(label, self.here.name if kind.startswith("here") else None)
            if kind == "fixes":
                return 'Fixes: %s ("%s")' % (commit.oid[:12], commit.subject)
            if kind == "depof":
                return 'Stable-dep-of: %s ("%s")' % (commit.oid[:12], commit.subject)
            if kind == "subject":
                return commit.subject
            return commit.oid[:int(re.sub(r"\D", "", kind) or 40)]
        return re.sub(r"\{((?:sha\d*|here\d*|fixes|depof|subject|pad):[^{}]+|esc|tab|bell)\}",
                      one, text)

    # -- making commits -----------------------------------------------------------------

    def commit(self, label, files, subject, body, author, committer, record=None, parents=None,
               adate=None, **kw):
        branch = self.here
        branch.clock += STEP
        parents = parents if parents is not None else ([branch.tip] if branch.tip else [])
        keys = record.keys if record else {}
        text = subject + "\n" + ("\n" + body if body else "")
        text = text.rstrip("\n") + "\n"
        tail = keys.get("tail")
        if tail == "nonl":
            text = text.rstrip("\n")
        elif tail == "blanks":
            text = text.replace(".\n", ".  \n") + "\n\n"
        code = keys.get("encoding", "UTF-8")
        adate = adate or branch.clock - 7 * STEP
        aname, amail, azone = PEOPLE[author]
        cname, cmail, czone = PEOPLE[committer]
        head = "tree %s\n" % self.store.tree(files)
        head += "".join("parent %s\n" % p.oid for p in parents)
        head += "author %s <%s> %s\n" % (aname, amail, stamp(adate, azone))
        head += "committer %s <%s> %s\n" % (cname, cmail, stamp(branch.clock, czone))
        if code != "UTF-8":
            head += "encoding %s\n" % code
        if kw.pop("mergetag", None):
            head += mergetag(parents[-1].oid, subject, stamp(adate, azone))
        if keys.get("signed") or kw.pop("signed", None):
            head += "gpgsig " + signature(subject).replace("\n", "\n ") + "\n"
        data = head.encode(code, "strict") + b"\n" + text.encode(code, "strict")
        commit = Commit(oid=self.store.put("commit", data), raw=data, label=label,
                        branch=branch.name, subject=subject, files=files, parents=parents,
                        record=record, adate=adate, author=author, **kw)
        branch.tip = commit
        branch.commits.append(commit)
        if branch.made is not None:
            branch.made.append(commit)
        self.mark(commit)
        return commit

    def tag(self, name, commit, clock):
        who, mail, zone = PEOPLE["root" if name.count(".") == 1 else "greta"]
        body = "object %s\ntype commit\ntag %s\ntagger %s <%s> %s\n\n" % (
            commit.oid, name, who, mail, stamp(clock + 60, zone))
        body += "Linux %s\n%s\n" % (name[1:], signature(name))
        self.refs["refs/tags/" + name] = self.store.put("tag", body.encode())
        self.tags[name] = commit

    # -- commands: mainline -------------------------------------------------------------

    def do_clock(self, date):
        self.here.clock = max(when(date), self.here.clock)

    def do_root(self, label, subject):
        self.commit(label, records.first_tree(), subject, "The first tree of this little kernel.",
                    "root", "root")

    def do_commit(self, label, by="root"):
        """Apply a record to mainline (or to a topic branch of it)."""
        record = self.record(label)
        subject = self.expand(record.get("subject", label))
        body = self.expand(record.body)
        if record.get("sob") != "no":
            body = messages.sign(messages.sign(body, record.get("by", "mira")), by)
        self.commit(label, records.apply(record, self.here.tip.files), subject, body,
                    record.get("by", "mira"), by, record)

    def do_topic(self, name):
        """Start a topic branch of mainline at its current tip."""
        self.topics[name] = self.here
        branch = Branch(self.here.name, self.here.tip, self.here.clock)
        branch.commits = self.here.commits
        branch.topic, branch.made, self.here = name, [], branch

    def do_back(self):
        """Leave the topic branch; its commits are merged later."""
        topic, self.here = self.here, self.topics[self.here.topic]
        self.topics[topic.topic] = topic

    def do_merge(self, name, label, subject, evil=None, by="root", mergetag=None, rel=None):
        topic = self.topics[name]
        chain, at = [], topic.tip
        while at.topic_of(name, self):
            chain.append(at)
            at = at.parents[0]
        files = self.here.tip.files
        for commit in reversed(chain):
            files = records.apply(commit.record, files, commit.moved)
        if evil:
            files = records.apply(self.record(evil), files)
        self.here.clock = max(self.here.clock, topic.clock)
        body = "* %s:\n" % name + "".join("  %s\n" % c.subject for c in chain)
        self.commit(label, files, subject, body, by, by, parents=[self.here.tip, topic.tip],
                    mergetag=mergetag, adate=self.here.clock + STEP)

    def do_version(self, version, subject=None, tag="yes", signed=None, label=None):
        """A release of mainline or of a series: "Linux X.Y.Z", its Makefile, its tag."""
        who = "root" if self.here.name == "master" else "greta"
        label = label or "release-" + version
        body = messages.sign("" if who == "root" else "Tested-by: Farm of Boards "
                             "<boards@example.org>", who)
        commit = self.commit(label, set_version(self.here.tip.files, version),
                             subject or "Linux " + version, body, who, who,
                             adate=self.here.clock + STEP, signed=signed)
        for made in self.here.commits:
            made.release = made.release or version
        if tag == "yes":
            self.tag("v" + version, commit, self.here.clock)

    # -- commands: series ---------------------------------------------------------------

    def do_series(self, name, start):
        self.here = Branch("linux-%s.y" % name, self.tags[start])
        self.branches[self.here.name] = self.here

    def do_bp(self, label, **kw):
        """Backport a mainline commit; options are explained in README.md."""
        up = self.labels["master", label]
        record = self.record(kw["edits"]) if "edits" in kw else up.record
        refs = [up.oid] + [self.find(l, "master").oid for l in kw.get("also", "").split(",") if l]
        moved = dict(p.split("=>") for p in kw.get("moved", "").split(",") if p)
        extra = ["%s" % self.expand("{depof:%s@mainline}" % l)
                 for l in kw.get("depof", "").split(",") if l]
        text = up.raw.split(b"\n\n", 1)[1].decode(up.record.get("encoding", "UTF-8"))
        body = text.partition("\n")[2].strip("\n")
        subject, body = messages.backport(
            kw.get("subject", up.subject), body, refs, kw.get("form", "bracket"), extra,
            kw.get("by", "greta"), self.expand(kw["note"]) if "note" in kw else None)
        clone = records.Record(record.label, record.where)
        clone.edits = record.edits
        clone.keys = dict(up.record.keys)
        clone.keys.update({k: kw[k] for k in ("signed", "tail") if k in kw})
        self.commit(kw.get("as", label), records.apply(record, self.here.tip.files, moved),
                    subject, body, up.author, kw.get("by", "greta"), clone, adate=up.adate,
                    moved=moved, upstream=[] if kw.get("form") in ("none", "FROMLIST") else refs)

    def do_only(self, label, by="greta", upstream=None):
        """A commit that exists in this series alone, from a record."""
        record = self.record(label)
        body = messages.sign(messages.sign(self.expand(record.body), record.get("by", "mira")), by)
        if record.get("sob") == "no":
            body = self.expand(record.body)
        self.commit(label, records.apply(record, self.here.tip.files),
                    self.expand(record.get("subject", label)), body,
                    record.get("by", "mira"), by, record)

    def do_revert(self, label, form="stable", edits=None, why=None, upstream=None, by="greta",
                  reapply=None, **kw):
        """Revert a commit of this branch; `edits` replaces the inverse of its edits."""
        old = self.labels.get((self.here.name, label)) or self.find(label, "master")
        if edits:
            record = self.record(edits)
            files = records.apply(record, self.here.tip.files)
        else:
            record = old.record
            back = not getattr(old, "undo", False)
            files = records.apply(record, self.here.tip.files, old.moved, back=back)
        subject = messages.revert_subject(old.subject)
        if reapply:
            subject = messages.revert_subject(re.match(r'Revert "(.*)"$', old.subject).group(1),
                                              True)
        body = messages.REVERTS[form].format(
            id=old.oid, up=old.upstream[0] if old.upstream else old.oid, subject=old.subject,
            gone=hashlib.sha1(b"gone " + label.encode()).hexdigest())
        if why:
            body += "\n\n" + self.expand(why)
        refs = []
        if upstream:
            refs = [self.labels["master", upstream].oid]
            body = "[ Upstream commit %s ]\n\n" % refs[0] + body
        commit = self.commit(kw.get("as", "revert-" + label), files, subject,
                             messages.sign(body, by), by, by, None, upstream=refs)
        commit.record, commit.moved = record, old.moved
        commit.undo = not edits and not getattr(old, "undo", False)

    def do_release(self, version, **kw):
        if version == "next":
            last = [c for c in self.here.commits if c.label.startswith("release-")][-1]
            head, _, number = last.subject.rpartition(".")
            version = "%s.%d" % (head.split()[1], int(number) + 1)
        self.do_version(version, **kw)

    def do_unrelease(self, version, by="greta"):
        """Revert a release commit, as a porter does who forgot something."""
        old = self.find("release-" + version, self.here.name)
        files = dict(self.here.tip.files, Makefile=old.parents[0].files["Makefile"])
        body = messages.sign(messages.REVERTS["stable"].format(id=old.oid), by)
        self.commit("unrelease-" + version, files, messages.revert_subject(old.subject), body,
                    by, by)

    # -- commands: late knowledge -------------------------------------------------------

    def do_on(self, branch):
        self.here = self.branches[branch]

    def do_untag(self, name):
        del self.refs["refs/tags/" + name]

    def do_rewrite(self, label):
        """Force-push: remake the branch from a commit on, with later committer dates."""
        branch = self.here
        first = branch.commits.index(self.find(label, branch.name))
        parent = branch.commits[first].parents[0]
        chain, branch.commits = branch.commits[first:], branch.commits[:first]
        new = {parent.oid: parent.oid}
        for old in chain:
            raw = re.sub(rb"^parent (\w+)", lambda m: b"parent " + new.get(
                m.group(1).decode(), m.group(1).decode()).encode(), old.raw, flags=re.M)
            raw = re.sub(rb"^(committer .*> )(\d+)", lambda m: m.group(1)
                         + b"%d" % (int(m.group(2)) + 3600), raw, count=1, flags=re.M)
            if old is chain[0]:
                raw += b"[ pushed again: this line was missing ]\n"
            before, old.oid, old.raw = old.oid, self.store.put("commit", raw), raw
            new[before] = old.oid
            branch.commits.append(old)
            for name, commit in self.tags.items():
                if commit is old and "refs/tags/" + name in self.refs:
                    self.tag(name, old, branch.clock)
        self.rewritten = True

    def do_cve(self, *words, **kw):
        self.advisories.append((words, kw))

    # -- running scripts ----------------------------------------------------------------

    def record(self, label):
        if "+" in label:           # several records as one, for a squash
            joint = records.Record(label, "history")
            for part in label.split("+"):
                joint.edits += self.record(part).edits
            return joint
        if label not in self.records:
            raise SampleError("no record %s" % label)
        return self.records[label]

    def run(self, path):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            words = shlex.split(line, comments=True)
            if not words:
                continue
            args = [w for w in words[1:] if not re.match(r"[a-z]+=", w)]
            opts = dict(w.split("=", 1) for w in words[1:] if re.match(r"[a-z]+=", w))
            try:
                getattr(self, "do_" + words[0])(*args, **opts)
            except (SampleError, TypeError, KeyError) as error:
                raise SampleError("%s:%d: %s" % (path.name, number, error)) from error
        self.settle()

    def late(self, name):
        """Let a late event happen."""
        self.run(records.HERE / "late" / name)

    def settle(self):
        for branch in self.branches.values():
            self.refs["refs/heads/" + branch.name] = branch.tip.oid


def topic_of(self, name, world):
    """Whether a commit was made on the named topic branch (its fork point is not)."""
    return self in world.topics[name].made


Commit.topic_of = topic_of


def padding(lines):
    """A long report in a message: numbered lines of a call trace of our own."""
    names = ("mk_entry", "dispatch_one", "walk_slots", "pktq_push", "pool_take", "node_open")
    return "\n".join("  [%5d.%06d] %s+0x%x/0x%x" % (
        400 + i // 7, (i * 7919) % 1000000, names[i % 6], 16 + i % 250, 300 + i % 90)
        for i in range(lines))


def signature(text):
    """Text in the shape of a signature; it signs nothing."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ("-----BEGIN PGP SIGNATURE-----\n\nc2FtcGxlLW5vdC1hLXNpZ25hdHVyZQ%s\n%s\n=s4mp\n"
            "-----END PGP SIGNATURE-----" % (digest[:34], digest))


def mergetag(oid, subject, date):
    name, mail, _ = PEOPLE["tove"]
    text = ("object %s\ntype commit\ntag pull-%s\ntagger %s <%s> %s\n\n%s\n%s" % (
        oid, oid[:7], name, mail, date, subject, signature(oid)))
    return "mergetag " + text.replace("\n", "\n ") + "\n"


def set_version(files, version):
    """The files with VERSION, PATCHLEVEL, SUBLEVEL, EXTRAVERSION of the top Makefile set."""
    number, _, extra = version.partition("-")
    parts = (number.split(".") + ["0"])[:3]
    mode, data = files["Makefile"]
    text = data.decode()
    for name, value in zip(("VERSION", "PATCHLEVEL", "SUBLEVEL"), parts):
        text = re.sub(r"^%s = .*$" % name, "%s = %s" % (name, value), text, flags=re.M)
    text = re.sub(r"^EXTRAVERSION =.*$", "EXTRAVERSION =" + (" -" + extra if extra else ""), text,
                  flags=re.M)
    return {**files, "Makefile": (mode, text.encode())}


def build(late=()):
    """The World of the sample, with the named late events applied in this order."""
    world = World()
    world.here = world.branches["master"] = Branch("master", None)
    world.run(records.HERE / "history" / "mainline")
    for path in sorted((records.HERE / "history").glob("linux-*")):
        world.run(path)
    for name in late:
        world.late(name)
    return world
