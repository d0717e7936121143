"""What all parts of the prompt's proof use: the binary, the checks, a person who types."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ProofKit"))

from checks import Checks  # noqa: E402
from processes import executable  # noqa: E402
from typist import Typist  # noqa: E402

BOXWATCH = executable(sys.argv[1] if len(sys.argv) > 1 else None)
checks = Checks()


def shown(typist):
    """The end of what the screen shows, for a check that failed."""
    return repr(typist.screen.text()[-600:])


def open_prompt(folder, *options, **surroundings):
    return Typist([BOXWATCH, "repl", *options], folder, **surroundings)


def answers(typist, text, expected, what):
    """Types a line and looks for what it must show."""
    typist.enter(text)
    checks.check(typist.until(expected) and typist.prompt(), what, shown(typist))
