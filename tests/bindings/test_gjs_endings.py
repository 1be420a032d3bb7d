#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Programs in GJS that end in the middle of something end as they want, without a warning: test_gjs_endings.py GJS"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'lib'))
from tap import Tap

SECONDS = 20
STATUSES = {'exit': 3, 'return': 0, 'throw': 1}


def main(gjs):
    tap = Tap()
    script = os.path.join(HERE, 'endings.js')
    with open(script, encoding='utf-8') as file:
        situations = re.findall(r"^    '?([\w-]+)'?: (?:async |connect,)", file.read(), re.M)
    tap.point(len(situations) >= 12, '/bindings/endings/gjs/situations-are-found', situations)
    for situation in situations:
        for way, status in STATUSES.items():
            name = f'/bindings/endings/gjs/{situation}/{way}'
            try:
                done = subprocess.run([gjs, script, situation, way], capture_output=True, text=True, timeout=SECONDS, check=False)
            except subprocess.TimeoutExpired:
                tap.point(False, name, ['it does not end'])
                continue
            errors = '' if way == 'throw' and 'as the test wants' in done.stderr and 'Wsp' not in done.stderr else done.stderr
            tap.point(done.returncode == status and errors == '', name, [f'status {done.returncode}', done.stderr])
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
