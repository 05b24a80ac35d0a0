# SPDX-License-Identifier: GPL-2.0-only
"""The sample's copy of the kernel CNA's `vulns` repository, made from advisories.txt."""

import json
import re
import textwrap

import records
from objects import FILE, SampleError

ORG = "f4215fc3-5b6b-47ff-a258-f7189bd81038"
BEGIN = "1da177e4c3f41524e886b7f1b8a0c1fc7321cac2"
CPE = "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"

# What each metric's value is explained with; {how} is the record's own sentence.
WHY = {
    "AV:N": "Packets from any network reach the code.",
    "AV:A": "The sender has to be within reach of the link.",
    "AV:L": "The attacker runs code or opens a file on the machine.",
    "AV:P": "The attacker has to touch the machine.",
    "AC:L": "It works each time and needs no luck.",
    "AC:H": "A window of time has to be met.",
    "PR:N": "No account is needed: {how}.",
    "PR:L": "A plain account is enough: {how}.",
    "PR:H": "It takes root: {how}.",
    "UI:N": "Nobody else has to do anything.",
    "UI:R": "Somebody has to open what the attacker prepared.",
    "S:U": "What breaks belongs to the kernel itself.",
    "S:C": "It crosses the line between domains that trust each other least.",
    "C:H": "Memory of the kernel can be read – keys included.",
    "C:L": "Some bytes of little use leak.",
    "C:N": "Nothing is disclosed.",
    "I:H": "Memory of the kernel can be written.",
    "I:L": "Counters can be falsified.",
    "I:N": "Nothing is changed.",
    "A:H": "The machine stops.",
    "A:L": "Some service slows down.",
    "A:N": "The machine goes on.",
}
WEIGHT = {"AV:N": .85, "AV:A": .62, "AV:L": .55, "AV:P": .2, "AC:L": .77, "AC:H": .44,
          "UI:N": .85, "UI:R": .62, "H": .56, "L": .22, "N": 0}


def base_score(vector):
    """The CVSS 3.1 base score of a vector without its prefix."""
    part = dict(p.split(":") for p in vector.split("/"))
    wide = part["S"] == "C"
    need = {"N": .85, "L": .68 if wide else .62, "H": .5 if wide else .27}[part["PR"]]
    iss = 1 - (1 - WEIGHT[part["C"]]) * (1 - WEIGHT[part["I"]]) * (1 - WEIGHT[part["A"]])
    impact = 7.52 * (iss - .029) - 3.25 * (iss - .02) ** 15 if wide else 6.42 * iss
    ease = 8.22 * need
    for key in ("AV", "AC", "UI"):
        ease *= WEIGHT["%s:%s" % (key, part[key])]
    if impact <= 0:
        return 0.0
    total = min((1.08 if wide else 1) * (impact + ease), 10)
    tenth = round(total * 100000)
    return tenth / 100000.0 if tenth % 10000 == 0 else (tenth // 10000 + 1) / 10.0


def severity(score):
    return ("CRITICAL" if score >= 9 else "HIGH" if score >= 7 else "MEDIUM" if score >= 4
            else "LOW")


def load(text):
    """[(CVE id, {key: value})] of the text of advisories.txt."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        rows = [r for r in block.splitlines() if r.strip() and not r.startswith("#")]
        if rows:
            found.append((rows[0].strip(), dict((k.strip(), v.strip()) for k, v in
                                                (r.split(":", 1) for r in rows[1:]))))
    return found


def plain(version):
    return re.sub(r"-rc\d+$", "", version or "0")


class Advisory:
    """One record against a World: its dyad pairs and the text of its files."""

    def __init__(self, world, cve, keys):
        self.world, self.cve, self.keys = world, cve, keys
        self.fixes = []
        if keys["fix"] != "none":
            self.fixes = [world.labels["master", l.strip()] for l in keys["fix"].split(",")]
        self.pairs = self.dyad()

    def point(self, label, branch):
        """(version, id) of a label in a series, else of mainline."""
        if label in ("0", "unknown"):
            return "0", "0"
        if label == "begin":
            return "2.6.12", BEGIN
        commit = self.world.labels.get((branch, label)) or self.world.labels["master", label]
        version = commit.release
        if branch != "master" and commit.branch == branch and version is None:
            return "0", "0"        # not released yet
        return plain(version), commit.oid

    def dyad(self):
        origin, pairs = self.keys["introduced"], []
        for name in sorted((n for n in self.world.branches if n != "master"),
                           key=lambda n: [int(x) for x in re.findall(r"\d+", n)]):
            series = re.sub(r"^linux-|\.y$", "", name)
            if series in self.keys:
                if self.keys[series] != "none":
                    left, right = self.keys[series].split("->")
                    pairs.append(self.point(left.strip(), name) + self.point(right.strip(), name))
                continue
            ids = [f.oid for f in self.fixes]
            done = [c for c in self.world.branches[name].commits if set(c.upstream) & set(ids)]
            start = self.point(origin, name)
            if done and done[-1].release:
                pairs.append(start + (plain(done[-1].release), done[-1].oid))
            elif done:                 # in the branch and not released
                pairs.append(start + ("0", "0"))
        for fix in self.fixes:
            pairs.append(self.point(origin, "master") + (plain(fix.release), fix.oid))
        return pairs

    def texts(self):
        """{suffix: text} of the record's files; "" is the empty file of the bare id."""
        files = {"": ""}
        if self.fixes:
            files[".sha1"] = "".join(f.oid + "\n" for f in self.fixes)
        if self.keys.get("vulnerable"):
            start = self.point(self.keys["introduced"], "master")
            files[".vulnerable"] = start[1] + "\n"
        rows = ["# dyad version: 1.2.0"]
        rows += ["# \tgetting vulnerable:fixed pairs for git id " + f.oid for f in self.fixes]
        if self.keys["introduced"] == "begin":
            rows.append("# \tSetting original vulnerable kernel to be kernel 2.6.12 and git id "
                        + BEGIN)
        rows += [":".join(p) for p in self.pairs]
        files[".dyad"] = "\n".join(rows) + "\n"
        if self.vector():
            files[".cvss"] = self.cvss()
        files[".json"] = json.dumps(self.record(), indent=3, ensure_ascii=False) + "\n"
        if self.keys.get("reference"):
            files[".reference"] = self.keys["reference"] + "\n"
        return files

    def vector(self):
        return self.keys.get("vector")

    def reasons(self):
        how = self.keys.get("how", "nobody said how")
        return ["%s - %s" % (p, WHY[p].format(how=how)) for p in self.vector().split("/")]

    def cvss(self):
        rows = ["\n".join(textwrap.wrap(r, 72, subsequent_indent="    ")) for r in self.reasons()]
        return "%s CVSS:3.1/%s\n\n%s\n" % (ORG, self.vector(), "\n".join(rows))

    def main(self):
        """The commit whose words the record repeats."""
        if self.fixes:
            return self.fixes[0]
        return next(c for b in self.world.branches.values() for c in b.commits
                    if c.oid == self.pairs[0][3])

    def record(self):
        """The CVE JSON 5 record."""
        main = self.main()
        text = main.raw.split(b"\n\n", 1)[1]
        text = text.decode(main.record.get("encoding", "UTF-8"))
        text = "\n\n".join(p for p in text.strip().split("\n\n")
                           if not re.match(r"(Signed-off-by|Fixes|Reported-by|Cc): ", p))
        if len(text) > 3000:
            text = text[:3000] + "\n---truncated---"
        git, semver, cpe = [], [], []
        starts = {p[0] for p in self.pairs if p[0] != "0"}
        for start, sid, end, fid in self.pairs:
            row = {"version": sid if sid != "0" else BEGIN, "status": "affected",
                   "versionType": "git"}
            if fid != "0":
                row["lessThan"] = fid
            git.append(row)
            if end == "0":
                continue
            top = end.count(".") == 1
            semver.append({"version": end, "lessThanOrEqual": "*" if top else
                           ".".join(end.split(".")[:2]) + ".*", "status": "unaffected",
                           "versionType": "original_commit_for_fix" if top else "semver"})
            match = {"vulnerable": True, "criteria": CPE}
            if start != "0":
                match["versionStartIncluding"] = start
            match["versionEndExcluding"] = end
            cpe.append(match)
        first = sorted(starts, key=lambda v: [int(x) for x in v.split(".")])[:1]
        for start in first:
            semver[:0] = [{"version": start, "status": "affected"},
                          {"version": "0", "lessThan": start, "status": "unaffected",
                           "versionType": "semver"}]
        paths = changed(main)
        common = {"product": "Linux", "vendor": "Linux",
                  "repo": "https://git.example.org/stable/linux.git", "programFiles": paths}
        cna = {"providerMetadata": {"orgId": ORG},
               "descriptions": [{"lang": "en", "value": "In the Linux kernel, the following "
                                 "vulnerability has been resolved:\n\n" + text}]}
        if self.vector():
            score = base_score(self.vector())
            cna["metrics"] = [{"cvssV3_1": {
                "version": "3.1", "vectorString": "CVSS:3.1/" + self.vector(),
                "baseScore": score, "baseSeverity": severity(score)},
                "scenarios": [{"lang": "en", "value": "\n".join(self.reasons())}]}]
        cna["affected"] = [dict(common, defaultStatus="unaffected", versions=git),
                           dict(common, defaultStatus="affected", versions=semver)]
        cna["cpeApplicability"] = [{"nodes": [{"operator": "OR", "negate": False,
                                               "cpeMatch": cpe}]}]
        cna["references"] = [{"url": "https://git.example.org/stable/c/" + p[3]}
                             for p in self.pairs if p[3] != "0"]
        cna["title"] = main.subject
        cna["x_generator"] = {"engine": "sample-1.0"}
        state = "REJECTED" if self.keys.get("state") == "rejected" else "PUBLISHED"
        return {"containers": {"cna": cna},
                "cveMetadata": {"assignerOrgId": ORG, "cveId": self.cve, "state": state},
                "dataType": "CVE_RECORD", "dataVersion": "5.1.1"}


def changed(commit):
    """The paths that a commit changes against its first parent."""
    old, new = commit.parents[0].files, commit.files
    return sorted(p for p in set(old) | set(new) if old.get(p) != new.get(p))


def place(files, advisory):
    """Put a record's files where its state wants them."""
    year = advisory.cve.split("-")[1]
    state = advisory.keys.get("state", "published")
    for suffix, text in advisory.texts().items():
        files["cve/%s/%s/%s%s" % (state, year, advisory.cve, suffix)] = (FILE, text.encode())
    stem = "cve/%s/%s/%s" % (state, year, advisory.cve)
    if state == "rejected":
        head = ("From sample-reject Mon Sep 17 00:00:00 2001\nFrom: Record Keeper "
                "<records@example.org>\nTo: <announce@example.org>\nSubject: %s\n\n")
        files[stem + ".mbox"] = (FILE, (head % ("%s: %s" % (
            advisory.cve, advisory.main().subject)) + "A record was made.\n").encode())
        files[stem + ".mbox.rejected"] = (FILE, (head % ("REJECTED: %s" % advisory.cve) +
                                                 "%s is rejected now.\n" % advisory.cve).encode())


def skeleton():
    """What is there beside the records, odd files among it."""
    files = {
        "README": "Records of the vulnerabilities of a kernel that does not exist.\n",
        "LICENSES/GPL-2.0-only.txt": "The name of a license stands for its text here.\n",
        "cve/README": "published, rejected, reserved, returned, review: states of an id.\n",
        "cve/vulnerability.txt": "Whatever lets somebody do what he should not.\n",
        "cve/schema": "CVE_JSON_5.1.1_schema.json\n",
        "cve/CVE_JSON_5.1.1_schema.json": "{}\n",
        "cve/review/done/v6.1.4": "",
        "cve/review/README": "Lists of votes, one for each release.\n",
        # files that nobody announced
        "cve/published/2024/CVE-2024-50001.notes~": "an editor left this\n",
        "cve/published/2024/CVE-2024-50004.mbox": "From nobody\n\nnot a record\n",
        "cve/published/2024/.empty": "",
        "cve/published/INDEX.html": "<html></html>\n",
        "scripts/not_fixes": "# backports that did not fix: stable id, CVE\n",
        "tmp/CVE-2024-99999.json": "{ not json\n",
    }
    for state in ("published", "rejected", "reserved", "returned"):
        files["cve/%s/.empty" % state] = ""
    for number in range(50090, 50095):
        files["cve/reserved/2024/CVE-2024-%d" % number] = ""
    for number in range(60090, 60093):
        files["cve/returned/2023/CVE-2023-%d" % number] = ""
    return {path: (FILE, text.encode()) for path, text in files.items()}


class Vulns:
    """The repository as it grows: two commits at first, one more for each late event."""

    def __init__(self, world):
        self.world, self.tip, self.clock = world, None, 1714600000
        self.known = dict(load((records.HERE / "advisories.txt").read_text(encoding="utf-8")))
        early, self.files = skeleton(), skeleton()
        votes = "".join("%s %s\n" % (c.oid[:12], c.subject)
                        for c in world.branches["linux-6.1.y"].commits[:6])
        self.files["cve/review/done/v6.1.4"] = (FILE, votes.encode())
        for cve, keys in self.known.items():
            if not re.match(r"CVE-\d{4}-\d+$", cve):
                raise SampleError("advisories.txt: %s is no CVE id" % cve)
            number = int(cve[-2:])
            if number % 3 == 0:        # not scored yet
                old = {k: v for k, v in keys.items() if k != "vector"}
                place(early, Advisory(world, cve, old))
            elif number % 5:           # the others come later
                place(early, Advisory(world, cve, keys))
            place(self.files, Advisory(world, cve, keys))
        self.commit("records of the first half year", early)
        self.commit("records up to now", self.files)

    def commit(self, subject, files):
        head = "tree %s\n" % self.world.store.tree(files)
        if self.tip:
            head += "parent %s\n" % self.tip
        line = "Record Keeper <records@example.org> %d +0000\n" % self.clock
        self.clock += 86400
        self.tip = self.world.store.put("commit", ("%sauthor %scommitter %s\n%s\n" % (
            head, line, line, subject)).encode())

    def late(self, name):
        """Do what the `cve` commands of a late script asked for."""
        files = dict(self.files)
        for (verb, cve), keys in self.world.advisories:
            keys = {**self.known.get(cve, {}), **keys}
            if verb == "reject":
                keys["state"] = "rejected"
                stem = re.compile(r"cve/published/\d+/%s(\.|$)" % cve)
                files = {p: f for p, f in files.items() if not stem.match(p)}
            self.known[cve] = keys
            place(files, Advisory(self.world, cve, keys))
        self.world.advisories.clear()
        if files != self.files:
            self.files = files
            self.commit("late: " + name, files)


def extra_advisories(world):
    """The plain list: upstream commit, CVE, and a vector where one is known."""
    rows = [("pipebuf-flags", "CVE-2022-70001",
             "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"),
            ("utable-oob", "CVE-2024-50036", "")]
    return "# upstream commit, CVE, vector\n" + "".join(
        ("%s %s %s" % (world.labels["master", label].oid, cve, vector)).rstrip() + "\n"
        for label, cve, vector in rows)
