# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""The processors, and the data about the machine that makes figures comparable."""

import os
import platform
import subprocess

PRIORITY = -15


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "missing"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines and done.returncode == 0 else "missing"


class Machine:
    def __init__(self):
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpu, self.load_cpu = cpus[0], cpus[-1]
        self.may_hurry = self._may_hurry()

    @staticmethod
    def _may_hurry():
        done = subprocess.run(["nice", "-n", str(PRIORITY), "nice"], capture_output=True, text=True,
                              check=False)
        return done.stdout.strip() == str(PRIORITY)

    def bound(self, cpu, command):
        """The command, on one processor, with higher priority if that is allowed."""
        hurry = ["nice", "-n", str(PRIORITY)] if self.may_hurry else []
        return ["taskset", "-c", str(cpu)] + hurry + command

    def describe(self):
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        yield f"processor: {models[0] if models else platform.machine()}, {os.cpu_count()} of them"
        yield f"system: {platform.release()}, load {' '.join(f'{n:.1f}' for n in os.getloadavg())}"
        yield (f"server on {self.server_cpu}, generator on {self.load_cpu}"
               + (", both before other processes" if self.may_hurry else ""))
        if self.server_cpu == self.load_cpu:
            yield "WARNING: there is one processor only; server and generator take turns"


def version_in(header, name):
    """The version in a system header, for a library that pkg-config does not know."""
    path = os.path.join("/usr/include", header)
    if not os.path.exists(path):
        return "missing"
    with open(path, encoding="utf-8") as file:
        return [line.split('"')[1] for line in file if f"define {name} " in line][0]


def versions():
    def package(name):
        return first_line("pkg-config", "--modversion", name)

    node = first_line("node", "-p",
                      "process.version+' + ws '+require('/usr/share/nodejs/ws/package.json').version")
    yield ", ".join(f"{name} {package(name)}" for name in ("glib-2.0", "zlib", "nettle", "openssl"))
    yield (f"libsoup {package('libsoup-3.0')}, libwebsockets {package('libwebsockets')}, "
           f"libwslay {version_in('wslay/wslayver.h', 'WSLAY_VERSION')}, "
           f"Boost {version_in('boost/version.hpp', 'BOOST_LIB_VERSION')}, node {node}, python websockets "
           + first_line("/usr/bin/python3", "-c", "import websockets; print(websockets.version.version)"))
