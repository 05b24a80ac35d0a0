# SPDX-License-Identifier: GPL-2.0-only
"""Change records: the text files below changes/, each change with its message and edits.

    %% label
    by: PERSON                    who wrote it
    subject: ...
    any other "key: value"        see README.md

    body of the message

    %edit PATH                    then <<< old === new >>>, any number of times
    %new PATH [exec]              content up to %end
    %delete PATH, %rename A B, %mode PATH exec|file, %symlink PATH TARGET,
    %bytes PATH SEED SIZE         binary content made from the seed
    %restore PATH                 the file as the first tree has it

The old text of an edit must occur exactly once in the file that it is applied to, so one
record serves mainline and each series alike.
"""

import hashlib
import pathlib
import re

from objects import EXEC, FILE, LINK, SampleError

HERE = pathlib.Path(__file__).resolve().parent


class Record:
    def __init__(self, label, where):
        self.label, self.where = label, where
        self.keys, self.body, self.edits = {}, "", []

    def get(self, key, default=None):
        return self.keys.get(key, default)


def noise(seed, size):
    """Bytes that look like a firmware image: fixed, with NULs and high bytes."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256(b"%s %d" % (seed.encode(), len(out))).digest() + b"\0"
    return out[:size]


def unquote(path):
    """Paths with spaces are written with \\s, so that directives split at blanks."""
    return path.replace("\\s", " ")


def _parse_edits(record, lines):
    path, at = None, 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("%edit "):
            path = unquote(line[6:].strip())
        elif line == "<<<":
            mid, end = lines.index("===", at), lines.index(">>>", at)
            old, new = lines[at:mid], lines[mid + 1:end]
            record.edits.append(("edit", path, "".join(l + "\n" for l in old),
                                 "".join(l + "\n" for l in new)))
            at = end + 1
        elif line.startswith("%new "):
            words = line.split()
            end = lines.index("%end", at)
            text = "".join(l + "\n" for l in lines[at:end])
            record.edits.append(("new", unquote(words[1]), EXEC if "exec" in words[2:] else FILE,
                                 text.encode()))
            at = end + 1
        elif line.startswith("%"):
            words = [unquote(w) for w in line[1:].split()]
            record.edits.append(tuple(words))
        elif line.strip():
            raise SampleError("%s: %s: stray line %r" % (record.where, record.label, line))


def parse(path):
    """All records of one file, in order."""
    records, chunk = [], []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("%% "):
            chunk = []
            records.append((line[3:].strip(), chunk))
        elif records:
            chunk.append(line)
    out = []
    for label, lines in records:
        record = Record(label, path.name)
        at = 0
        while at < len(lines) and lines[at].strip():
            key, _, value = lines[at].partition(":")
            record.keys[key.strip()] = value.strip()
            at += 1
        start = next((i for i in range(at, len(lines)) if re.match(r"%[a-z]", lines[i])),
                     len(lines))
        record.body = "\n".join(lines[at:start]).strip("\n")
        _parse_edits(record, lines[start:])
        out.append(record)
    return out


def load():
    """{label: Record} of everything below changes/."""
    found = {}
    for path in sorted((HERE / "changes").glob("*.txt")):
        for record in parse(path):
            if record.label in found:
                raise SampleError("%s: %s is there twice" % (path.name, record.label))
            found[record.label] = record
    return found


def first_tree():
    """The tree of the root commit: the files below kernel/ and what no text file can hold."""
    files = {}
    root = HERE / "kernel"
    for path in sorted(root.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(root))
            files[name] = (EXEC if name.endswith(".sh") else FILE, path.read_bytes())
    table = files["drivers/usb/misc/utable.c"]
    files["drivers/usb/misc/utable.c"] = (table[0], table[1].replace(b"\n", b"\r\n"))
    files["drivers/firmware/umx/umx_fw.bin"] = (FILE, noise("umx firmware 1", 1500))
    files["arch/arm64/boot/dts/common"] = (LINK, b"../../../x86/boot/dts-common")
    files['tools/na\u00efve "probe".sh'] = files.pop("tools/probe.sh")
    files["Documentation/admin guide/read me.txt"] = files.pop("Documentation/readme.txt")
    return files


def _replace(files, path, old, new, label):
    if path not in files:
        raise SampleError("%s: no file %s" % (label, path))
    mode, data = files[path]
    old, new = old.encode(), new.encode()
    if b"\r\n" in data:
        old, new = old.replace(b"\n", b"\r\n"), new.replace(b"\n", b"\r\n")
    if data.count(old) != 1:
        raise SampleError("%s: %s has %d times:\n%s" % (label, path, data.count(old), old.decode()))
    files[path] = (mode, data.replace(old, new))


def apply(record, files, moved=None, back=False):
    """The files with a record's edits done, or undone; `moved` maps paths of the record."""
    files, undo = dict(files), record.label if not back else record.label + " (undone)"
    moved = moved or {}
    edits = list(reversed(record.edits)) if back else record.edits
    for edit in edits:
        kind, path = edit[0], moved.get(edit[1], edit[1])
        if kind == "edit":
            old, new = (edit[3], edit[2]) if back else (edit[2], edit[3])
            _replace(files, path, old, new, undo)
        elif kind == "new":
            if back:
                del files[path]
            else:
                files[path] = (edit[2], edit[3])
        elif kind == "delete" and not back:
            del files[path]
        elif kind == "rename":
            source, target = (edit[2], path) if back else (path, edit[2])
            files[target] = files.pop(source)
        elif kind == "mode" and not back:
            files[path] = (EXEC if edit[2] == "exec" else FILE, files[path][1])
        elif kind == "symlink" and not back:
            files[path] = (LINK, edit[2].encode())
        elif kind == "restore" and not back:
            files[path] = first_tree()[path]
        elif kind == "bytes" and not back:
            files[path] = (FILE, noise(edit[2], int(edit[3])))
        else:
            raise SampleError("%s: cannot do %r" % (undo, edit[:2]))
    return files
