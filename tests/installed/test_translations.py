# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""German and French where a desktop shows them: in the desktop file, and in the metainfo that a software centre reads."""

import glob
import os
import shutil
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.dont_write_bytecode = True

from lib.tap import Tap  # noqa: E402

LANGUAGES = ("de", "fr")
# Keys of the desktop file that a person reads, apart from the name, which is the same in all languages.
KEYS = ("Comment", "Keywords")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def share():
    """The folder of data of the installation."""
    return os.path.join(os.path.dirname(os.path.dirname(shutil.which("ws-inspector"))), "share")


def app_id():
    """The id of the application, which names the file that starts it by D-Bus."""
    services = glob.glob(os.path.join(share(), "dbus-1", "services", "*.service"))
    found = [path for path in services if "ws-inspector" in open(path, encoding="utf-8").read()]
    return os.path.basename(found[0])[:-len(".service")]


def judge_desktop_file(tap):
    with open(os.path.join(share(), "applications", f"{app_id()}.desktop"), encoding="utf-8") as file:
        entries = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    for language in LANGUAGES:
        for key in KEYS:
            text = entries.get(f"{key}[{language}]")
            tap.point(bool(text) and text != entries.get(key),
                      f"/installed/translations/{language}/desktop-file/{key.lower()}", [f"{text}"])


def judge_metainfo(tap):
    root = ElementTree.parse(os.path.join(share(), "metainfo", f"{app_id()}.metainfo.xml")).getroot()
    for language in LANGUAGES:
        summaries = {node.get(LANG): node.text for node in root.findall("summary")}
        text = summaries.get(language)
        tap.point(bool(text) and text != summaries.get(None), f"/installed/translations/{language}/metainfo/summary",
                  [str(summaries)])
        described = [node for node in root.iter("p") if node.get(LANG) == language]
        tap.point(bool(described), f"/installed/translations/{language}/metainfo/description")


def main():
    tap = Tap()
    if shutil.which("ws-inspector"):
        judge_desktop_file(tap)
        judge_metainfo(tap)
    else:
        tap.skip("/installed/translations/desktop-file", "ws-inspector is not installed")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
