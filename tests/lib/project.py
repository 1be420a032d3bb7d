# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The names and addresses of data/project.conf."""

import os

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read_values(top=TOP):
    """Each name of the file, with its value."""
    with open(os.path.join(top, "data", "project.conf"), encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
