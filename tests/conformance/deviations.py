# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""What versions of other libraries are known to do otherwise than the table says, and the judgement by it."""

import os

from driver import SECONDS
from play import Patience
from table import lines_of

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "deviations")
SHORT_PATIENCE = 1              # for what is known never to come
LIST_PATIENCE = Patience(8, is_for_end=False)
FULL_PATIENCE = Patience(SECONDS, is_for_end=False)
NOT_PLAYED = "not played"


class Deviations:
    """What is known of one version of a peer in one role: rows and what comes of them.

    Of a version that nobody has listed nothing is known; what another version does then says only
    which comparisons are left out.  What one does not live through is not played with it either."""

    def __init__(self, name, version, role, folder=FOLDER):
        fields = [line.split(" | ") for line in lines_of(os.path.join(folder, f"{name}.table"))]
        listed = next(row[1].split() for row in fields if row[0] == "versions")
        version = version.partition("-")[0]              # behind it stands who built it
        self.is_known = version in listed
        self.missing_list = f"no list of deviations for {name} {version}, only for {', '.join(listed)}"
        like = version if self.is_known else listed[-1]
        rows = {number: came for of, number, *came in fields if of in (role, f"{role} {like}")}
        self.came = {number: came for number, (came,) in rows.items() if not came.startswith(NOT_PLAYED)}
        self.never = {row[1] for row in fields if row[0] in (role, f"{role} {like}") or not self.is_known
                      if row[-1].startswith(NOT_PLAYED)}

    def patience(self, row, is_listing):
        if self.is_known and row.number in self.came:
            n_known = self.came[row.number].count(", ")
            return Patience(SECONDS, n_known, SHORT_PATIENCE, False)
        return LIST_PATIENCE if is_listing or not self.is_known else FULL_PATIENCE

    def may_be_played(self, row):
        return row.number not in self.never

    def is_as_known(self, played):
        return self.came.get(played.row.number) in ("varies", played.told())


def judge(tap, path, known, results):
    """Each known deviation is a point, or a skip where they are another version's; all other rows together are one."""
    others = []
    for played in results:
        if played.row.number in known.came and not known.is_known:
            tap.skip(f"{path}/deviates/{played.row.name}", known.missing_list)
        elif played.row.number in known.came:
            tap.point(known.is_as_known(played), f"{path}/deviates/{played.row.name}",
                      [f"known: {known.came[played.row.number]}", f"came:  {played.told()}"])
        elif not played.is_as_wanted():
            others.append(f"{played.row.number} | {played.told()}")
    if known.is_known:
        tap.point(not others, f"{path}/does-as-the-table-says-but-for-what-is-listed", others)
    else:
        n_same = len(results) - len(known.came) - len(others)
        tap.diag(f"{known.missing_list}: {len(others)} others deviate: {', '.join(others[:40])}")
        tap.point(n_same > len(others), f"{path}/does-as-the-table-says-for-the-most-part", others)
