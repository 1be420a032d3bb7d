# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The window as it is installed, read as a screen reader reads it, in English, German and French; run it in with-display."""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "ui")]
sys.dont_write_bytecode = True

from lib.tap import Tap  # noqa: E402

# Texts of the start page.
TEXTS = ("Connect as a Client", "Run a Server")
LOCALES = {"en": None, "de": "de_DE", "fr": "fr_FR"}


def catalogue(language):
    prefix = os.path.dirname(os.path.dirname(shutil.which("ws-inspector")))
    return gettext.translation("libwsproto", os.path.join(prefix, "share", "locale"), [language],
                               fallback=language == "en")


def environment_of(language, folder):
    """A locale of its own: the C library of Debian 13 ignores LANGUAGE in C.UTF-8.  None if there is no such locale."""
    locale = LOCALES[language]
    if locale is None:
        return {}
    subprocess.run(["localedef", "-i", locale, "-f", "UTF-8", os.path.join(folder, locale + ".UTF-8")],
                   capture_output=True, check=False, timeout=120)
    if not os.path.isdir(os.path.join(folder, locale + ".UTF-8")):
        return None
    return {"LC_ALL": locale + ".UTF-8", "LANGUAGE": language, "LOCPATH": folder}


def judge(tap, accessible, language, variables):
    name = f"/installed/window/{language}"
    try:
        texts = [catalogue(language).gettext(text) for text in TEXTS]
    except FileNotFoundError as missing:
        tap.point(False, f"{name}/has-a-catalogue", [str(missing)])
        return
    translated = [text for text, english in zip(texts, TEXTS) if text != english]
    tap.point(len(translated) == (0 if language == "en" else len(TEXTS)), f"{name}/has-a-catalogue", texts)
    with accessible.Program("ws-inspector", **variables) as program:
        for text, english in zip(texts, TEXTS):
            try:
                accessible.wait_for(f'"{text}"', program.has_name, text)
                missing = []
            except accessible.Missing as failure:
                missing = [str(failure)]
            tap.point(not missing, f"{name}/shows-{english.replace(' ', '-').lower()}", missing)


def main():
    tap = Tap()
    if not shutil.which("ws-inspector"):
        tap.skip("/installed/window/en", "ws-inspector is not installed")
        return tap.end()
    import accessible  # pylint: disable=import-outside-toplevel  (it needs a session)
    with tempfile.TemporaryDirectory() as folder:
        for language in LOCALES:
            variables = environment_of(language, folder)
            if variables is None:
                tap.skip(f"/installed/window/{language}", "this system has no data of its locale")
            else:
                judge(tap, accessible, language, variables)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
