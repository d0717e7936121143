#!/usr/bin/env python3
"""Writes random Lua programs for names_test.c: names_programs.py SEED COUNT. Locals and globals hold `box` or another
table, are assigned and captured, in branches, loops and functions; each read of a member has a name of its own."""
import random
import sys

NAMES = ["box", "b", "c", "d"]


class Program:
    def __init__(self, chance):
        self.chance = chance
        self.lines = []
        self.members = 0

    def name(self):
        return self.chance.choice(NAMES)

    def value(self, depth=0):
        inner = lambda: self.value(depth + 1)
        forms = [lambda: "other", lambda: 'require "box"', lambda: 'require("box")', lambda: 'require "lib.x"',
                 lambda: "_ENV.box", lambda: "_ENV.other"]
        if depth < 3:
            forms += [lambda: f"({inner()} or {inner()})", lambda: f"(maybe() and {inner()} or {inner()})",
                      lambda: f"({inner()} and {inner()})", lambda: f"(function() return {inner()} end)()"]
        return self.name() if self.chance.random() < 0.35 else self.chance.choice(forms)()

    def read(self):
        self.members += 1
        member = f"({self.name() if self.chance.random() < 0.7 else self.value()}).m{self.members}"
        self.lines.append(self.chance.choice([
            f"do local _ = {member} end", f"pcall(function() return {member} end)", f"if {member} then maybe() end",
            f"maybe({member}, maybe() or 1)"]))

    def block(self, head, depth, most, tail="end"):
        self.lines.append(head)
        for _ in range(self.chance.randint(1, most)):
            self.statement(depth + 1)
        self.lines.append(tail)

    def statement(self, depth):
        kind = self.chance.randrange(16) if depth < 4 else self.chance.randrange(8)
        if kind < 5:
            self.read()
        elif kind == 5:
            self.lines.append(f"local {self.name()} = {self.value()}")
        elif kind == 6:
            self.lines.append(f"local {self.name()}, {self.name()} = {self.value()}, {self.value()}")
        elif kind == 7:
            self.lines.append(f"{self.chance.choice(NAMES[1:])} = {self.value()}")
        elif kind == 8:
            self.block("if maybe() then", depth, 3, "else")
            self.block("maybe()", depth, 2)
        elif kind == 9:
            self.block("for i = 1, 3 do", depth, 3)
        elif kind == 10:
            self.block(f"for {self.name()}, {self.name()} in next, {{ other, other }} do", depth, 3)
        elif kind == 11:
            function = f"f{self.chance.randrange(3)}"
            self.block(f"local function {function}({self.chance.choice(NAMES + ['...'])})", depth, 4)
            for _ in range(2):
                self.lines.append(f"pcall({function}, other)")
                self.statement(depth)
        elif kind == 12:
            self.block("do", depth, 3)
        elif kind == 13:
            self.block(f"repeat local {self.name()} = {self.value()}", depth, 2, "until maybe()")
        elif kind == 14:
            self.block("while maybe() do", depth, 3, "if maybe() then break end end")
        else:
            self.members += 1
            label = f"l{self.members}"
            tail = f"times = times + 1 if times < 3 and maybe() then goto {label} end end"
            self.block(f"do local times = 0 ::{label}::", depth, 2, tail)


def main():
    chance = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        program = Program(chance)
        for _ in range(chance.randint(5, 15)):
            program.statement(0)
        print("\n".join(program.lines))
        print("----")


main()
