"""`boxwatch repl` under a pseudo-terminal: types, waits for what the screen shows, sends signals by their keys."""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from terminal import Screen


class Typist:
    def __init__(self, command, folder, columns=80, rows=24, environment=None):
        self.screen = Screen(columns, rows)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.raw = b""
        variables = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(folder)}
        variables.update(environment or {})
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execve(command[0], command, variables)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def enter(self, text):
        """Types a line and ends it once the screen shows it: what is on the screen then comes after it."""
        self.type(text)
        self.until(lambda screen: text[-8:].rstrip() in screen.text().replace("\n", ""))
        self.type("\r")

    def read(self, seconds):
        """Whether something came in that time, or the end."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.raw += data
        self.screen.feed(self.decoder.decode(data))
        return bool(data)

    def until(self, condition, limit=20):
        """Whether the screen comes to fulfil the condition: text that it shows, or a function of it."""
        holds = condition if callable(condition) else lambda screen: condition in screen.text()
        end = time.monotonic() + limit
        while not holds(self.screen):
            if time.monotonic() > end:
                return False
            self.read(0.05)
        return True

    def prompt(self, mark="box>"):
        """Whether an empty prompt stands on the last line and the editor has taken the terminal."""
        return self.until(lambda screen: screen.lines()[-1:] == [mark] and self.is_edited())

    def is_edited(self):
        return not termios.tcgetattr(self.terminal)[3] & termios.ICANON

    def exit_status(self, limit=20):
        """The exit code; None where it does not end."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.read(0.02)
            ended, status = os.waitpid(self.process, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        return None
