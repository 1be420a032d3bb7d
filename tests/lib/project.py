# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The names and addresses of data/project.conf."""

import os
import re

CONF = "data/project.conf"
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read_values(top=TOP):
    """Each name of the file, with its value."""
    with open(os.path.join(top, "data", "project.conf"), encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


# The form of a value that is not empty.
PAGE = r"https://[^\s<>\"'`%|&\\]*[^\s<>\"'`%|&\\/]"
MAIL = r"[\w.+-]+@[\w.-]+"
ID = r"[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+"
FORMS = {"APP_ID": (ID, "an id as org.example.Program"), "DEVELOPER_ID": (ID, "an id as org.example"), "MAIL": (MAIL, "an address of mail"),
         "SECURITY": (f"{PAGE}|{MAIL}", "a page of https or an address of mail")}


def value_faults(values):
    """Values that would break a line into which tools/release or a build writes them."""
    for name, value in values.items():
        form, expected = FORMS.get(name, (PAGE, "a page of https, without a slash at its end"))
        if value and not re.fullmatch(form, value):
            yield f"{CONF}: expected {expected} for {name}, received {value}"
