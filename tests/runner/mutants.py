# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The mutants of C files: where a rule can be broken, and the text that breaks any of them by a number.

row         a row of core/fault-rows.h: where the fault is made, NONE is made instead
cell        a cell of the life-cycle table: what is refused is permitted and leads nowhere, what is permitted is refused
condition   an operand of && counts as true, one of || as false; its side effects (a call that takes input) still happen
comparison  < becomes <=, > becomes >=, == becomes !=, and each of them the other way

A program of instrumented files has all mutants.  The environment says which of them is broken, and names a file in
which it notes those whose value would have changed.

Not touched: preprocessor lines, assertions, constant expressions, code outside of functions, and a comparison that
chooses the lesser or the greater of its sides.
Debian has no program that breaks C on purpose and runs tests."""

import bisect
import collections
import re

ROWS, CELLS, LIFE = "libwsproto/core/fault-rows.h", "libwsproto/core/stream/lifecycle.c", "libwsproto/core/stream/lifecycle.h"
BROKEN, SEEN = "WSC_MUTANT_BROKEN", "WSC_MUTANTS_SEEN"

TOKEN = re.compile(r"""(?P<skip>/\*.*?\*/|//[^\n]*|\s+)
                     | (?P<directive>(?<![^\n])[ \t]*\#(?:\\\n|[^\n])*)
                     | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
                     | (?P<word>\w+)
                     | (?P<sign>&&|\|\||<<=|>>=|[-+*/%&|^=!<>]=|->|\+\+|--|<<|>>|\.\.\.|.)""", re.X | re.S)
ENDS_OPERAND = {";", ",", "?", ":", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=",
                "return", "else", "do", "case"}
OPENING = {"(": ")", "[": "]", "{": "}"}
# Words before brackets that hold an assertion or a constant.
NOT_TOUCHED = {"assert", "static_assert", "_Static_assert", "G_STATIC_ASSERT", "g_assert", "g_assert_true", "sizeof",
               "_Alignas", "enum", "struct", "union"}
OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
# From the operator that binds least.
LEVELS = ({"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="})
TABLE = "wsc_lifecycle_phase_after"

HELPERS = """
#pragma once
extern int wsc_mutant_broken;
extern unsigned char *wsc_mutants_seen;
static inline int
wsc_mutant (int number, int value, int mutated)
{
  if (value == mutated)
    return value;
  if (wsc_mutants_seen)
    wsc_mutants_seen[number] = 1;
  return number == wsc_mutant_broken ? mutated : value;
}
/* The choice makes a bit-field an int and an array a pointer; one half is never evaluated. */
#define wsc_comparison(number, sign, other, left, right) \\
  (__extension__ ({ __auto_type wsc_left = 1 ? left : left; __auto_type wsc_right = 1 ? right : right; \\
                    wsc_mutant (number, wsc_left sign wsc_right, wsc_left other wsc_right); }))
"""
STATE = """
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
int wsc_mutant_broken = -1;
unsigned char *wsc_mutants_seen;
__attribute__ ((constructor)) static void
wsc_mutants_begin (void)
{
  const char *broken = getenv ("%s"), *seen = getenv ("%s");
  if (broken)
    wsc_mutant_broken = atoi (broken);
  if (seen)
    {
      void *memory = mmap (NULL, %d, PROT_READ | PROT_WRITE, MAP_SHARED, open (seen, O_RDWR), 0);
      if (memory == MAP_FAILED)
        abort ();
      wsc_mutants_seen = memory;
    }
}
"""

Token = collections.namedtuple("Token", "text begin end")
# operator: "row" or "cell" for these kinds.  what: how reports and the record of reasons name it.
Mutant = collections.namedtuple("Mutant", "number kind file line function operator what nth")
# The texts before the range from begin to end, and behind it; sign: what comes for an operator inside of it, (begin, end).
Edit = collections.namedtuple("Edit", "begin end before behind sign")


class Group:
    """The text between two brackets, including them."""

    def __init__(self, opening):
        self.text = opening.text
        self.begin = opening.begin
        self.end = None
        self.parts = []


def read_tokens(text):
    for match in TOKEN.finditer(text):
        if match.lastgroup not in ("skip", "directive"):
            yield Token(match.group(), match.start(), match.end())


def read_groups(text):
    top = Group(Token("", 0, 0))
    stack = [top]
    for token in read_tokens(text):
        if token.text in OPENING:
            stack.append(Group(token))
            stack[-2].parts.append(stack[-1])
        elif token.text in OPENING.values():
            stack.pop().end = token.end
        else:
            stack[-1].parts.append(token)
    return top


def is_token(part, texts):
    return isinstance(part, Token) and part.text in texts


def split(parts, texts):
    """The parts between tokens of these texts, each with the token before it."""
    operand, before = [], None
    for part in parts:
        if is_token(part, texts):
            yield before, operand
            operand, before = [], part
        else:
            operand.append(part)
    yield before, operand


def is_constant_index(before):
    """Whether a bracket behind these parts holds a constant: TYPE NAME [...], or a designator."""
    bodies = [i for i, part in enumerate(before) if part.text == "{"]
    before = before[bodies[-1] + 1:] if bodies else before
    return not before or before[-1].text == "," or len(before) > 1 and before[0].text not in ENDS_OPERAND and \
        all(re.fullmatch(r"\w+|\*", part.text) for part in before)


class Finder:
    """Finds (begin, end, kind, operator, position of the operator) and tokens that may be a row, in a function's body."""

    def __init__(self, body):
        self.operands = []
        self.words = []
        self.tables = []
        self.read_group(body)

    def read_expression(self, parts):
        for level in LEVELS:
            operands = list(split(parts, level))
            if len(operands) > 1:
                break
        else:
            return
        if "==" not in level and "<" not in level:
            for _, operand in operands:
                self.operands.append((operand[0].begin, operand[-1].end, "condition", min(level), None))
                self.read_expression(operand)
            return
        sign, right = operands[-1]
        left = parts[:parts.index(sign)]
        # A macro can have an operator as its argument.
        if left and right:
            self.operands.append((left[0].begin, right[-1].end, "comparison", sign.text, (sign.begin, sign.end)))
            self.read_expression(left)
            self.read_expression(right)

    def read_statement(self, parts):
        for i, part in enumerate(parts):
            before = parts[i - 1] if i > 0 else None
            behind = parts[i + 1] if i + 1 < len(parts) else None
            if isinstance(part, Group):
                is_constant = part.text == "[" and is_constant_index(parts[:i]) or is_token(before, NOT_TOUCHED) or \
                    i > 1 and part.text == "{" and is_token(parts[i - 2], NOT_TOUCHED)
                if not is_constant:
                    self.read_group(part)
            elif part.text == TABLE:
                self.tables.append((part.begin, *parts[i + 1:i + 3]))
            elif not is_token(before, {"case", "==", "!="}) and not is_token(behind, {"==", "!="}):
                self.words.append(part)
        for before, operand in split(parts, ENDS_OPERAND):
            # The brackets of if, while and for, and a body in braces, are no part of what follows them.
            while operand and is_token(operand[0], ("if", "while", "for", "switch")):
                operand = operand[2:]
            while operand and isinstance(operand[0], Group) and operand[0].text == "{":
                operand = operand[1:]
            if not is_token(before, {"case"}):
                self.read_expression(operand)

    def read_group(self, group):
        for _, parts in split(group.parts, {";"}):
            # A static variable has a constant.
            statics = [i for i, part in enumerate(parts) if is_token(part, {"static"})]
            self.read_statement(parts[:statics[0]] if statics else parts)


def find_functions(top):
    """(name, body) of each function that is defined."""
    for before, arguments, body in zip(top.parts, top.parts[1:], top.parts[2:]):
        if isinstance(body, Group) and body.text == "{" and isinstance(arguments, Group) and \
                arguments.text == "(" and isinstance(before, Token):
            yield before.text, body


def find_rules(rows, life):
    """The rows and cells of these texts of core/fault-rows.h and core/stream/lifecycle.h, numbered from 0."""
    faults = [(match.group(1), 1 + rows.count("\n", 0, match.start()))
              for match in re.finditer(r"^FAULT \((\w+),", rows, re.M)]
    rules = [Mutant(number, "row", ROWS, line, "row", "row", name, 1) for number, (name, line) in enumerate(faults)]
    phases, calls = (re.findall(rf"^  WSC_{word}_(\w+),", life, re.M) for word in ("PHASE", "CALL"))
    for phase in phases:
        rules += [Mutant(len(rules) + i, "cell", CELLS, 1, "cell", "cell", f"{phase}/{call}", 1)
                  for i, call in enumerate(calls)]
    return rules


def edits_of_rules(finder, rules, text):
    rows = {"WSC_FAULT_" + rule.what: rule.number for rule in rules if rule.kind == "row"}
    for word in finder.words:
        if word.text in rows:
            yield Edit(word.begin, word.end, f"wsc_mutant ({rows[word.text]}, ", ", 0)", None)
    cells = [rule for rule in rules if rule.kind == "cell"]
    for begin, *places in finder.tables:
        phase, call = (text[place.begin + 1:place.end - 1] for place in places)
        n_calls = sum(cell.what.startswith(cells[0].what.split("/")[0] + "/") for cell in cells)
        cell = text[begin:places[1].end]
        yield Edit(begin, places[1].end, f"wsc_mutant ({cells[0].number} + (int) ({phase}) * {n_calls} + (int) ({call}), ",
                   f", {cell} == 0 ? 1 + (int) ({phase}) : 0)", None)


def edit_of(mutant, begin, end, sign):
    if mutant.kind == "condition":
        return Edit(begin, end, f"wsc_mutant ({mutant.number}, !!(", f"), {1 if mutant.operator == '&&' else 0})", None)
    return Edit(begin, end, f"wsc_comparison ({mutant.number}, {mutant.operator}, {OTHER[mutant.operator]}, (", "))", sign)


def takes_a_side(text, begin, end, sign):
    """Whether this comparison chooses between its own sides, where < and <= do the same: a < b ? a : b, if (a > b) a = b;"""
    side = "(?:" + "|".join(r"\s*".join(map(re.escape, part.split()))
                            for part in (text[begin:sign[0]], text[sign[1]:end])) + ")"
    if re.compile(rf"\s*\?\s*{side}\s*:\s*{side}\s*[;,)]").match(text, end):
        return True
    return re.compile(rf"\)\s*{side}\s*=\s*{side}\s*;(?!\s*else\b)").match(text, end) is not None and \
        re.search(r"\bif \([^;{}]*\Z", text[:begin]) is not None


def find_mutants(file, text, first_number, rules=()):
    """The conditions and comparisons of a file, and the edits for them and for these rules."""
    mutants, edits = [], []
    lines = [match.end() for match in re.finditer("\n", text)]
    nth = collections.Counter()
    for function, body in find_functions(read_groups(text)):
        finder = Finder(body)
        edits += edits_of_rules(finder, rules, text)
        for begin, end, kind, operator, sign in sorted(finder.operands, key=lambda one: (one[0], -one[1])):
            if kind == "comparison" and operator not in ("==", "!=") and takes_a_side(text, begin, end, sign):
                continue
            what = " ".join(text[begin:end].split())
            if kind == "comparison":
                what = f"{OTHER[operator]} for {what}"
            nth[function, what] += 1
            mutants.append(Mutant(first_number + len(mutants), kind, file, bisect.bisect(lines, begin) + 1,
                                  function, operator, what, nth[function, what]))
            edits.append(edit_of(mutants[-1], begin, end, sign))
    return mutants, edits


def instrument(text, edits):
    """The text with all edits; one that holds others comes outside of them."""
    changes = []
    for i, edit in enumerate(edits):
        length = edit.end - edit.begin
        changes.append((edit.begin, 2, -length, i, edit.before, edit.begin))
        changes.append((edit.end, 0, length, -i, edit.behind, edit.end))
        if edit.sign:
            changes.append((edit.sign[0], 1, 0, 0, "), (", edit.sign[1]))
    at, pieces = 0, []
    for place, _, _, _, added, next_place in sorted(changes):
        pieces += [text[at:place], added]
        at = next_place
    return "".join(pieces) + text[at:]


def is_in(one, place):
    """A place is the end of a file's path, a folder of it, or the name of a row or cell."""
    return one.file.endswith(place) or f"/{place.strip('/')}/" in "/" + one.file or \
        one.kind in ("row", "cell") and one.what == place


def key_of(one):
    """How the record of reasons names a mutant: it survives a move within its file."""
    return f"{one.file}: {one.function}: {one.what}" + (f" #{one.nth}" if one.nth > 1 else "")
