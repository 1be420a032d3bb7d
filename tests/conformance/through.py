# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""wsinspect proxy between the driver and its peer, which must not make a difference."""

import asyncio
import re


class Proxy:
    """A reverse proxy on a port that it chooses, for a target on this computer."""

    def __init__(self, process, port):
        self.process = process
        self.port = port

    @classmethod
    async def start(cls, wsinspect, target):
        process = await asyncio.create_subprocess_exec(
            wsinspect, "proxy", "--quiet", "0", f"ws://127.0.0.1:{target}",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        line = await process.stdout.readline()
        return cls(process, int(re.search(rb":(\d+)/", line).group(1)))

    async def stop(self):
        """The exit status and the error messages, without the hint for requests that the target refuses."""
        self.process.terminate()
        _, errors = await self.process.communicate()
        lines = errors.decode(errors="replace").splitlines()
        return self.process.returncode, [line for line in lines if not line.startswith("wsinspect: hint:")]


class NoProxy:
    """The peer itself."""

    def __init__(self, port):
        self.port = port

    @classmethod
    async def start(cls, _, target):
        return cls(target)

    async def stop(self):
        return 0, []
