#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plays a person at a terminal.

usage: review-person.py OUTPUT PROGRAM ARGUMENT... -- ANSWER...

Gives each ANSWER when the program asks: a key at the line of keys, "reason:TEXT" where a reason
is asked for, "kill:SIGNAL" to the program instead of an answer; "rows:NUMBER" makes the terminal
as high before the next answer. Writes what the terminal showed, and
whether its settings are the same afterwards. Exits as the program did.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

QUESTIONS = (b"quit, ? ", b"]: ")
PATIENCE = 120  # seconds without a byte: then it is broken, however slow the machine is


def read(master, child):
    """What comes next; nothing once the program has ended."""
    for _ in range(PATIENCE):
        if select.select([master], [], [], 1)[0]:
            return os.read(master, 65536)
        if child.ended():
            return b""
    raise SystemExit("the program neither asks nor ends")


class Child:
    """The program, on a terminal that stays open here: its settings are asked for afterwards."""

    def __init__(self, slave, arguments):
        self.status = None
        self.number = os.fork()
        if self.number:
            return
        os.setsid()
        for descriptor in range(3):
            os.dup2(slave, descriptor)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        os.execv(arguments[0], arguments)

    def ended(self):
        if self.status is None:
            number, status = os.waitpid(self.number, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if number else None
        return self.status is not None


def play(master, child, answers):
    shown, since = b"", b""
    for answer in answers:
        if answer.startswith("rows:"):
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("4H", int(answer[5:]), 80, 0, 0))
            continue
        while not since.endswith(QUESTIONS):
            data = read(master, child)
            if not data:
                return shown
            since += data
            shown += data
        since = b""
        if answer.startswith("kill:"):
            os.kill(child.number, getattr(signal, "SIG" + answer[5:]))
        elif answer.startswith("reason:"):
            os.write(master, answer[7:].encode() + b"\n")
        else:
            os.write(master, answer.encode())
    while True:
        data = read(master, child)
        if not data:
            return shown
        shown += data


def main():
    at = sys.argv.index("--", 3)
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    child = Child(slave, sys.argv[2:at])
    shown = play(master, child, sys.argv[at + 1:])
    same = termios.tcgetattr(slave) == before
    with open(sys.argv[1], "wb") as file:
        file.write(shown.replace(b"\r", b""))
        file.write(b"\nterminal: %s\n" % (b"same" if same else b"changed"))
    sys.exit(child.status & 255)


main()
