# SPDX-License-Identifier: 0BSD
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Tests the program as its users have it, in a process of its own, with calls that wait: pytest-3 test_with_pytest.py"""

import pathlib
import subprocess
import sys
from collections.abc import Iterator

import gi
import pytest
gi.require_version('Wsp', '1')
from gi.repository import Wsp

PROGRAM = pathlib.Path(__file__).with_name('shout.py')


@pytest.fixture(scope='module')
def uri() -> Iterator[str]:
    """Port 0 is a free one, which the program prints: such tests run beside each other."""
    with subprocess.Popen([sys.executable, PROGRAM, '0'], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        yield f'ws://localhost:{program.stdout.readline().split()[1]}/'
        program.terminate()


@pytest.mark.parametrize('text, expected', [('hello', 'HELLO'), ('', ''), ('naïve', 'NAÏVE'), ('a\0b', 'A\0B')])
def test_text_comes_back_in_capitals(uri: str, text: str, expected: str) -> None:
    with Wsp.connect_sync(uri) as connection:
        connection.send(text)
        assert connection.recv(timeout=20) == expected


def test_bytes_end_the_connection(uri: str) -> None:
    with Wsp.connect_sync(uri) as connection:
        connection.send(b'bytes')
        with pytest.raises(Wsp.Closed) as caught:
            connection.recv(timeout=20)
    assert (caught.value.close_code, caught.value.close_reason) == (Wsp.CloseCode.UNSUPPORTED_DATA, 'Text only')
