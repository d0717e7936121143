"""Counts and prints what was checked."""

import sys


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, what, details=""):
        """Prints a line; `details` only where it does not hold."""
        if holds:
            self.passed += 1
            print(f"ok: {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED: {what}{': ' if details else ''}{details}", flush=True)
        return holds

    def same(self, found, expected, what):
        """Whether two lists hold the same things as often, in whatever order."""
        if len(found) == len(expected) and sorted(found) == sorted(expected):
            return self.check(True, f"{what} ({len(found)})")
        known, wanted = set(found), set(expected)
        problems = [f"{len(found)} found, {len(expected)} expected"]
        repeated = len(found) - len(known)
        if repeated:
            seen = set()
            twice = [one for one in found if one in seen or seen.add(one)]
            problems.append(f"{repeated} repeated, such as {twice[0]!r}")
        for there, those in (("missing", wanted - known), ("unexpected", known - wanted)):
            if those:
                problems.append(f"{len(those)} {there}, such as {min(those)!r}")
        return self.check(False, what, "; ".join(problems))

    def end(self):
        """The last line, and the exit code."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)
