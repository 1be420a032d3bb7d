# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Known deviations of versions of other libraries from the table, and the check of results against them."""

import os

from driver import SECONDS
from play import Patience
from table import lines_of

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "deviations")
SHORT_PATIENCE = 1              # seconds, for an event that is known never to occur
LIST_PATIENCE = Patience(8, is_for_end=False)
FULL_PATIENCE = Patience(SECONDS, is_for_end=False)
NOT_PLAYED = "not played"


class Deviations:
    """The known deviations of one version of a peer in one role: rows and their results.

    A version without a list has no known deviations; the list of another version only says which
    comparisons are left out. A row that ends a peer is not played with any version."""

    def __init__(self, name, version, role, folder=FOLDER):
        fields = [line.split(" | ") for line in lines_of(os.path.join(folder, f"{name}.table"))]
        listed = next(row[1].split() for row in fields if row[0] == "versions")
        version = version.partition("-")[0]              # without the suffix of the distribution
        self.is_known = version in listed
        self.missing_list = f"no list of deviations for {name} {version}, only for {', '.join(listed)}"
        like = version if self.is_known else listed[-1]
        rows = {number: result for of, number, *result in fields if of in (role, f"{role} {like}")}
        self.result = {number: result for number, (result,) in rows.items() if not result.startswith(NOT_PLAYED)}
        self.never = {row[1] for row in fields if row[0] in (role, f"{role} {like}") or not self.is_known
                      if row[-1].startswith(NOT_PLAYED)}

    def patience(self, row, is_listing):
        if self.is_known and row.number in self.result:
            n_known = self.result[row.number].count(", ")
            return Patience(SECONDS, n_known, SHORT_PATIENCE, False)
        return LIST_PATIENCE if is_listing or not self.is_known else FULL_PATIENCE

    def may_be_played(self, row):
        return row.number not in self.never

    def is_as_known(self, played):
        return self.result.get(played.row.number) in ("varies", played.as_text())


def check(tap, path, known, results):
    """Each known deviation is a point, or a skip if it is another version's; all other rows together are
    one."""
    others = []
    for played in results:
        if played.row.number in known.result and not known.is_known:
            tap.skip(f"{path}/deviates/{played.row.name}", known.missing_list)
        elif played.row.number in known.result:
            tap.point(known.is_as_known(played), f"{path}/deviates/{played.row.name}",
                      [f"known:  {known.result[played.row.number]}", f"result: {played.as_text()}"])
        elif not played.is_as_wanted():
            others.append(f"{played.row.number} | {played.as_text()}")
    if known.is_known:
        tap.point(not others, f"{path}/does-as-the-table-says-but-for-what-is-listed", others)
    else:
        n_same = len(results) - len(known.result) - len(others)
        tap.diag(f"{known.missing_list}: {len(others)} others deviate: {', '.join(others[:40])}")
        tap.point(n_same > len(others), f"{path}/does-as-the-table-says-for-the-most-part", others)
