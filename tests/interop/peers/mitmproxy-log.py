# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A script for mitmdump: it logs each message that it relays, one JSON object per line."""

import hashlib
import json


def websocket_message(flow):
    message = flow.websocket.messages[-1]
    print(json.dumps({"event": "relayed", "dir": "sent" if message.from_client else "recv", "type": message.type.name.lower(),
                      "sha256": hashlib.sha256(message.content).hexdigest()}), flush=True)
