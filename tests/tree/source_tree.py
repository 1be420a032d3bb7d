# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The files of the tree, and what the checkers need to know of a C file: no compiler, lines only."""

import os
import re

SKIPPED_FOLDERS = re.compile(r"^(_build.*|\.git|__pycache__|subprojects)$")

C_TOKEN = re.compile(
    r"""/\*.*?\*/                   # a comment
      | //[^\n]*
      | "(?:\\.|[^"\\\n])*"         # a string
      | '(?:\\.|[^'\\\n])*'         # a character""",
    re.S | re.X,
)

# Literals that belong together are one text; a macro of <inttypes.h> between them is a "u".
NUMBER = r"PRI[ud]64|G_GU?INT(?:64|32)_FORMAT|G_GSIZE_FORMAT"
LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:(?:\s|\\\n|' + NUMBER + r')*"(?:[^"\\\n]|\\.)*")*')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|' + NUMBER)

PRODUCT = ("libwsproto", "tools/ws-inspector")
FUNCTION = re.compile(r"\b(?:(?:wsc|wsp|wsi|websocket)_\w+|WebSocket\w+)")
# A declaration begins in the first column.
DECLARATION = re.compile(rf"^(?:\w[\w *]*[ *])?({FUNCTION.pattern}) *\(", re.M)


def is_of_the_tree(folder, name):
    """Build folders may be anywhere, under any name."""
    return not (SKIPPED_FOLDERS.match(name)
                or os.path.isdir(os.path.join(folder, name, "meson-private")))


def files_below(root, *suffixes):
    """Paths relative to root, sorted; with suffixes only those that end so."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if is_of_the_tree(folder, name))
        for name in names:
            if name == ".git":
                continue                # of a second worktree
            if not suffixes or name.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def texts_below(root):
    """Path and text of each file that is text."""
    for path in files_below(root):
        try:
            yield path, read(root, path)
        except UnicodeDecodeError:
            continue                    # a picture, or input for a fuzzer


def _blank(match):
    text = match.group(0)
    if text.startswith("/"):
        return re.sub(r"[^\n]", " ", text)
    return text[0] + re.sub(r"[^\n]", "x", text[1:-1]) + text[-1]


def texts_of(source):
    """The texts that the compiler makes of literals, with their numbers as conversions."""
    return ["".join("u" if part.group(1) is None else part.group(1) for part in LITERAL.finditer(literals))
            for literals in LITERALS.findall(source)]


def without_comments(text):
    """Comments and the insides of strings are blanked; every line keeps its number and its columns."""
    return C_TOKEN.sub(_blank, text)


def literals_of(text):
    """(line number, inside of the quotes) of each string outside comments; adjacent strings are one."""
    found, end = [], 0
    for match in C_TOKEN.finditer(text):
        if not match.group(0).startswith('"'):
            continue
        if found and not text[end : match.start()].strip():
            found[-1] = (found[-1][0], found[-1][1] + match.group(0)[1:-1])
        else:
            found.append((text.count("\n", 0, match.start()) + 1, match.group(0)[1:-1]))
        end = match.end()
    return found


def count_code_lines(code):
    return sum(1 for line in code.splitlines() if line.strip())


class Function:
    def __init__(self, name, line, body):
        self.name = name
        self.line = line
        self.body = body
        self.n_lines = count_code_lines(body)


def functions_of(code):
    """The functions of a file in the project's form: the braces of a body are in the first column."""
    lines = code.splitlines()
    found = []
    for i, line in enumerate(lines):
        if line.rstrip() != "{":
            continue
        head = i - 1
        while head >= 0 and lines[head].startswith((" ", "\t")):
            head -= 1
        match = re.match(r"([A-Za-z_]\w*)\s*\(", lines[head]) if head >= 0 else None
        if not match:
            continue
        end = next((j for j in range(i, len(lines)) if lines[j].rstrip() == "}"), len(lines) - 1)
        found.append(Function(match.group(1), head + 1, "\n".join(lines[i : end + 1])))
    return found


def functions_named_in(code):
    """Also those that are declared, or are given to others."""
    return set(FUNCTION.findall(code))


def functions_declared_in(code):
    return DECLARATION.findall(code)


def includes_of(text):
    """(line number, 'quoted' or 'angle', path) of each include."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
        if match:
            kind = "quoted" if match.group(1) else "angle"
            found.append((number, kind, match.group(1) or match.group(2)))
    return found
