# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The packages of the recipe for Fedora, beside Debian's, which have the same files."""

SPEC = "data/packaging/fedora/libwsproto.spec"
MACROS = "data/packaging/fedora/macros.fedora"
# A package of Fedora, and those of Debian whose files it has.
PACKAGES = {
    "libwsproto": ("libwsproto-1-0", "gir1.2-wsp-1"),
    "libwsproto-win32": ("libwsproto-win32-1-0",),
    "libwsproto-devel": ("libwsproto-dev",),
    "libwsproto-doc": ("libwsproto-doc",),
    "python3-gobject-wsp": ("python3-gi-wsp",),
    "ws-inspector": ("ws-inspector",),
    "wsinspect": ("wsinspect",),
}
OF_INSPECTOR = ("ws-inspector", "wsinspect")
