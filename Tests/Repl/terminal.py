"""A terminal as far as a line editor needs one: what the screen shows after some output."""

import re
import unicodedata

CONTROL = re.compile(r"\x1b\[([?>]?)([\d;]*)([@-~])|\x1b[=>78]|\x1b\][^\x07]*\x07|\x1b\([A-Z0-9]")


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[" "] * columns for _ in range(rows)]
        self.scrolled = []
        self.row = self.column = 0
        self.bells = 0
        self.begun = ""

    def feed(self, text):
        text, self.begun = self.begun + text, ""
        position = 0
        while position < len(text):
            character = text[position]
            if character == "\x1b":
                match = CONTROL.match(text, position)
                if not match:
                    # The rest of the sequence is still on its way.
                    self.begun = text[position:]
                    return
                if match.group(3):
                    self.control(match.group(3), [int(n) if n else 0 for n in match.group(2).split(";")])
                position = match.end()
                continue
            position += 1
            if character == "\r":
                self.column = 0
            elif character == "\n":
                self.line_feed()
            elif character == "\b":
                self.column = max(0, min(self.column, self.columns - 1) - 1)
            elif character == "\a":
                self.bells += 1
            elif character == "\t":
                self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
            elif character >= " ":
                self.put(character)

    def line_feed(self):
        if self.row < self.rows - 1:
            self.row += 1
            return
        self.scrolled.append(self.cells.pop(0))
        self.cells.append([" "] * self.columns)

    def put(self, character):
        size = width(character)
        if size == 0:
            return
        if self.column + size > self.columns:
            self.column = 0
            self.line_feed()
        row = self.cells[self.row]
        row[self.column] = character
        if size == 2:
            row[self.column + 1] = ""
        self.column += size

    def control(self, kind, numbers):
        count = max(1, numbers[0])
        self.column = min(self.column, self.columns - 1) if kind in "CDGKPJ@" else self.column
        row = self.cells[self.row]
        if kind == "A":
            self.row = max(0, self.row - count)
        elif kind == "B":
            self.row = min(self.rows - 1, self.row + count)
        elif kind == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif kind == "D":
            self.column = max(0, self.column - count)
        elif kind == "G":
            self.column = min(self.columns, count) - 1
        elif kind == "H":
            self.row = min(self.rows, count) - 1
            self.column = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif kind == "K":
            row[self.column:] = [" "] * (self.columns - self.column)
        elif kind == "J" and numbers[0] == 0:
            row[self.column:] = [" "] * (self.columns - self.column)
            for below in range(self.row + 1, self.rows):
                self.cells[below] = [" "] * self.columns
        elif kind == "J":
            self.cells = [[" "] * self.columns for _ in range(self.rows)]
        elif kind == "P":
            del row[self.column:self.column + count]
            row.extend([" "] * (self.columns - len(row)))
        elif kind == "@":
            row[self.column:self.column] = [" "] * count
            del row[self.columns:]

    def lines(self):
        """All lines, those that left the screen too, without the empty ones at the end."""
        lines = ["".join(cells).rstrip() for cells in self.scrolled + self.cells]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self):
        return "\n".join(self.lines())
