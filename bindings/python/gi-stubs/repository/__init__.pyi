# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

from typing import Any

def __getattr__(name: str) -> Any: ...
