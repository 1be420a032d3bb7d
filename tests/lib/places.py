# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The lines of the tree that tools/release writes: version, date and addresses.  check-versions and check-addresses compare them."""

import dataclasses
import datetime
import os
import re

SPEC = "data/packaging/fedora/libwsproto.spec"
MANIFEST = "data/packaging/flatpak/{}.json"
NEWS = "NEWS.md"
DOAP = "libwsproto.doap"


@dataclasses.dataclass
class Release:
    version: str
    date: datetime.date
    is_released: bool

    def fields(self):
        """The names in the templates of LINES, with what stands there."""
        return {"version": self.version, "series": self.version.rpartition(".")[0], "date": self.date.isoformat(),
                "state": self.date.isoformat() if self.is_released else "not released yet",
                "kind": "stable" if self.is_released else "development",
                "debian_date": self.date.strftime("%a, %d %b %Y 00:00:00 +0000"), "rpm_date": self.date.strftime("%a %b %d %Y")}


PATTERNS = {"version": r"\d+\.\d+\.\d+", "series": r"\d+\.\d+", "date": r"\d{4}-\d\d-\d\d", "state": "[^\n]+",
            "kind": r"\w+", "debian_date": "[^\n]+", "rpm_date": r"\w+ \w+ \d+ \d+"}
# File, line, and what tools/release --next puts above the first such line; without it, the line itself is written.
LINES = (
    ("meson.build", "  version: '{version}',", None),
    ("libwsproto/base/meson.build", "'{series}']", None),
    (NEWS, "## {version}, {state}", "## {version}, {state}\n\n"),
    ("data/packaging/debian/changelog", "libwsproto ({version}-1) unstable; urgency=medium",
     "libwsproto ({version}-1) unstable; urgency=medium\n\n  * New release.\n\n"
     " -- The libwsproto authors <@MAIL@>  {debian_date}\n\n"),
    ("data/packaging/debian/changelog", " -- The libwsproto authors <@MAIL@>  {debian_date}", None),
    (SPEC, "Version:        {version}", None),
    (SPEC, "* {rpm_date} The libwsproto authors - {version}-1",
     "* {rpm_date} The libwsproto authors - {version}-1\n- New release.\n\n"),
    ("docs/man/ws-inspector.1", '.TH WS\\-INSPECTOR 1 {date} "libwsproto {version}" "User Commands"', None),
    ("docs/man/wsinspect.1", '.TH WSINSPECT 1 {date} "libwsproto {version}" "User Commands"', None),
    ("docs/libwsproto.toml", 'version = "{series}"', None),
    ("data/inspector.metainfo.xml.in", '    <release version="{version}" date="{date}" type="{kind}"/>',
     '    <release version="{version}" date="{date}" type="{kind}"/>\n'),
)
# File, name in data/project.conf or NEWEST, line with whatever it says now, line with an address or the newest release, line without one.
NEWEST = "NEWEST"
MARKED = (
    ("README.md", NEWEST, r"\| Status \| .* \|",
     "| Status | {0.version} of {0.date} is the newest release: you build it from its tarball or a checkout, and the API may still change "
     "([NEWS.md](NEWS.md)) |",
     "| Status | nothing is released yet: you build it from a checkout, and the API may still change ([NEWS.md](NEWS.md)) |"),
    ("README.md", NEWEST, r".* <!-- NEWEST -->",
     "The newest release is {0.version}: build the packages or the library in its unpacked tarball, or in a checkout. <!-- NEWEST -->",
     "There is no release yet: build the packages or the library from a checkout. <!-- NEWEST -->"),
    ("README.md", "RELEASES", r".* <!-- RELEASES -->", "Tarballs and their signatures are at <{}>. <!-- RELEASES -->",
     "There is no address with tarballs yet. <!-- RELEASES -->"),
    ("README.md", "SOURCE", r".* <!-- SOURCE -->", "Get it with `git clone {} libwsproto`, then `cd libwsproto`. <!-- SOURCE -->",
     "There is no public repository to clone yet: `cd` to the folder in which you have these files. <!-- SOURCE -->"),
    ("SECURITY.md", "SECURITY", r".* <!-- SECURITY -->", "Report it to <{}>. <!-- SECURITY -->",
     "There is no address for reports yet: use the private report of the site from which you have these files. <!-- SECURITY -->"),
    (DOAP, "HOMEPAGE", r" *(?:<homepage .*|<!-- homepage: .*)", '  <homepage rdf:resource="{}" />', "  <!-- homepage: there is none yet -->"),
    (DOAP, "BUGS", r" *(?:<bug-database .*|<!-- bug-database: .*)", '  <bug-database rdf:resource="{}" />',
     "  <!-- bug-database: there is none yet -->"),
    (DOAP, "RELEASES", r" *(?:<download-page .*|<!-- download-page: .*)", '  <download-page rdf:resource="{}" />',
     "  <!-- download-page: there is none yet -->"),
    (DOAP, "SOURCE", r" *(?:<repository>.*|<!-- repository: .*)",
     '  <repository><GitRepository><location rdf:resource="{}" /></GitRepository></repository>', "  <!-- repository: there is none yet -->"),
    (SPEC, "HOMEPAGE", r"(?:# )?URL: .*", "URL:            {}", "# URL:          there is none yet"),
    (SPEC, "RELEASES", r"# Releases: .*", "# Releases:     {}", "# Releases:     there is no address yet"),
    (SPEC, "RELEASES", r"Source0: .*", "Source0:        {}/%{{name}}-%{{version}}.tar.xz", "Source0:        %{{name}}-%{{version}}.tar.xz"),
)
# The line of the manifest that builds the tree; tools/release puts the tarball in its place, in a copy: the tarball has the
# manifest, which therefore cannot name the tarball's SHA-256.
SOURCE_OF_MANIFEST = '"sources": [{"type": "dir", "path": "../../.."}]'


def read(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as file:
        return file.read()


def write(top, path, text):
    with open(os.path.join(top, path), "w", encoding="utf-8") as file:
        file.write(text)


def find(text, template):
    """The first line of this template."""
    parts = re.split(r"\{(\w+)\}", template)
    pattern = "".join(f"(?P<{part}>{PATTERNS[part]})" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    start = "" if template.startswith("'") else "^"
    return re.search(start + pattern + "$", text, re.M)


def find_in(text, path, template):
    found = find(text, template)
    if not found:
        raise ValueError(f"{path}: expected a line as {template}, there is none")
    return found


def read_release(top):
    """The release of the tree, from the first of the lines that have version, state and date."""
    version, news, last = (find_in(read(top, path), path, template) for path, template, _ in (LINES[0], LINES[2], LINES[-1]))
    return Release(version["version"], datetime.date.fromisoformat(last["date"]), bool(re.fullmatch(PATTERNS["date"], news["state"])))


def write_release(top, release, *, begins):
    """Writes each of LINES.  With begins, what was released before stays below."""
    fields = release.fields()
    for path, template, entry in LINES:
        text = read(top, path)
        found = find_in(text, path, template)
        line, end = template.format(**fields), found.end()
        if begins and entry:
            line, end = entry.format(**fields), found.start()
        elif begins and template == "'{series}']" and found["series"] != fields["series"]:
            line = f"'{found['series']}', {line}"
        write(top, path, text[:found.start()] + line + text[end:])


def newest_release(top):
    """That of the first section of NEWS.md with a date; None: nothing was released."""
    found = re.search(f"^## ({PATTERNS['version']}), ({PATTERNS['date']})$", read(top, NEWS), re.M)
    return Release(found[1], datetime.date.fromisoformat(found[2]), True) if found else None


def marked_lines(values, newest):
    """Each line of MARKED: its file, name, what it says now, and what it must say."""
    for path, name, marked, *lines in MARKED:
        value = newest if name == NEWEST else values.get(name)
        yield path, name, f"^{marked}$", lines[0 if value else 1].format(value)


def write_marked(top, values):
    for path, _, marked, line in marked_lines(values, newest_release(top)):
        write(top, path, re.sub(marked, lambda _, line=line: line, read(top, path), flags=re.M))


def manifest_of(top, values, tarball, digest):
    """The manifest for Flathub: it takes the tarball."""
    text = read(top, MANIFEST.format(values["APP_ID"]))
    place = f'"url": "{values["RELEASES"]}/{tarball}"' if values["RELEASES"] else f'"path": "{tarball}"'
    return text.replace(SOURCE_OF_MANIFEST, f'"sources": [{{"type": "archive", {place}, "sha256": "{digest}"}}]')
