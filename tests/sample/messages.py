# SPDX-License-Identifier: GPL-2.0-only
"""Message forms: people, references to upstream commits, reverts, sign-offs."""

import re

# name, address, minutes east of UTC.  All invented.
PEOPLE = {
    "mira": ("Mira Holloway", "mira@example.org", 60),
    "tove": ("Tove Lindgaard", "tove@example.org", 120),
    "bashir": ("Bashir Okonedo", "bashir@example.org", 0),
    "yuna": ("Yuna Castellan", "yuna@example.org", 540),
    "petr": ("Petr Vostrak", "petr.vostrak@example.org", 60),
    "ines": ("In\u00eas Quintal", "ines@example.org", -180),
    "ludo": ("Ludovic F\u00e9ron", "ludo@example.org", 60),
    "osk": ("Oskar 'osk' Lindblom-Ray", "osk@example.org", -420),
    "wei": ("Wei Tanaka-Brandt", "wei@example.org", 480),
    "root": ("Tree Keeper", "keeper@example.org", -480),
    "greta": ("Greta Halvorsen", "greta@example.org", 60),
    "sanjit": ("Sanjit Levison", "sanjit@example.org", -300),
    "vendor": ("Device Porter", "porter@example.com", 480),
}

# Forms of the upstream reference: text above the body ("top"), at its end ("end"), and a
# prefix of the subject.
FORMS = {
    "dot": ("top", "commit {id} upstream."),
    "nodot": ("top", "commit {id} upstream"),
    "capital": ("top", "Commit {id} upstream."),
    "short": ("top", "commit {id12} upstream."),
    "bracket": ("top", "[ Upstream commit {id} ]"),
    "tight": ("top", "[Upstream commit {id}]"),
    "lower": ("top", "[upstream commit {id}]"),
    "back": ("top", "[ commit {id} upstream ]"),
    "colon": ("top", "upstream commit: {id}"),
    "tightcolon": ("top", "upstream commit:{id}"),
    "ident": ("top", "Upstream commit id: {id}"),
    "bracketcolon": ("top", "[upstream commit]: {id}"),
    "suse": ("top", "Git-commit: {id}\nPatch-mainline: v6.2-rc1"),
    "cherry": ("end", "(cherry picked from commit {id})"),
    "backported": ("end", "(backported from commit {id})"),
    "UPSTREAM": ("end", "(cherry picked from commit {id})"),
    "BACKPORT": ("end", "(backported from commit {id} with context adjusted)"),
    "ANDROID": ("none", ""),
    "FROMLIST": ("none", ""),
    "none": ("none", ""),
}
PREFIXED = ("UPSTREAM", "BACKPORT", "ANDROID", "FROMLIST")
TRAILER = re.compile(r"^(\[|[A-Z][A-Za-z-]+: |\(cherry picked|\(backported)")


def add_trailer(text, line):
    """Append a line to the trailers, opening a paragraph for them where there is none."""
    last = text.rsplit("\n\n", 1)[-1]
    if text and all(TRAILER.match(row) for row in last.split("\n")):
        return text + "\n" + line
    return (text + "\n\n" if text else "") + line


def sign(text, who):
    """Sign off, unless the last line is this person's already."""
    name, mail, _ = PEOPLE[who]
    line = "Signed-off-by: %s <%s>" % (name, mail)
    return text if text.endswith(line) else add_trailer(text, line)


def reference(form, oid):
    """(place, text) of one upstream reference."""
    place, text = FORMS[form]
    return place, text.format(id=oid, id12=oid[:12])


def backport(subject, body, refs, form, extra=(), signer="greta", note=None):
    """The message of a stable commit: (subject, body).  refs are upstream ids."""
    top, end = [], []
    for oid in refs:
        place, text = reference(form, oid)
        (top if place == "top" else end).append(text)
    if form in PREFIXED:
        subject = form + ": " + subject
    text = "\n".join(top) + ("\n\n" if top else "") + body
    for line in extra:
        text = add_trailer(text, line)
    for line in end:
        if line:
            text = add_trailer(text, line)
    text = sign(text, signer)
    if note:
        text = add_trailer(text, note)
    return subject, text


# Forms of a revert's body.  {id} is the commit in this branch, {up} its upstream commit.
REVERTS = {
    "stable": "This reverts commit {id}.",
    "upstream": "This reverts commit {up}.",
    "both": "This reverts commit {id} which is commit {up} upstream.",
    "wrapped": "This reverts commit {id}, which is\ncommit {up} upstream.",
    "partial": "This partially reverts commit {id}\n(\"{subject}\").",
    "missing": "This reverts commit {gone}.",
    "subject": "The change is taken out again.",
    "reversing": "This reverts commit {id}, reversing\nchanges made to the walk of the list.",
}


def revert_subject(subject, reapply=False):
    return '%s "%s"' % ("Reapply" if reapply else "Revert", subject)
