#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""machines.py TOP BUILD-ROOT NAME: the tests that need no window, on another machine than this one.

A clean root of this Debian release has this machine's compiler and Meson, and the libraries of the other machine. The
compiler builds for the other machine; its programs run as they are, or are emulated by qemu-user.
sbuild builds packages for another machine; it does not run their tests there."""

import contextlib
import dataclasses
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import builds
import clean_root
import leftovers
import limits
import points
import roots
import windows
from builds import say
from limits import HOUR, MINUTE, Failure

# A blank in the path, so that a checkout in such a folder is tested too.
CHECKOUT = "/a checkout"
BUILD = "/a build"
# Packages are the same on each machine; a parent project is built by a compiler for this machine, which the root has not; other
# machines' instructions are emulated by a program of this one.
LEFT_OUT_SUITES = ("packaging", "subproject", "neon")
# Peers and tools of the tests. They are this machine's programs.
TOOLS = ["meson", "ninja-build", "pkgconf", "python3", "git", "gettext", "openssl", "ca-certificates", "python3-websockets"]
LIBC = "/libc"                  # what libc-bin of the other machine holds
REGISTER = "/proc/sys/fs/binfmt_misc"


@dataclasses.dataclass(frozen=True)
class Machine:
    debian: str                     # name of the machine in dpkg
    gnu: str                        # prefix of the names of its compiler
    libraries: str                  # folder of its libraries
    family: str
    endian: str
    emulator: str                   # emulator of the machine; "": the kernel starts its programs
    elf: str                        # beginning of its programs, for the kernel: bytes and mask
    loader: str = ""                # dynamic linker, if most kernels of this machine start its programs
    multiplier: int = 20            # factor of time limits
    impossible: dict = dataclasses.field(default_factory=dict)    # tests that the emulator cannot run: name, reason


SLOW_STARTS = {name: "it starts 1 400 emulated programs; conformance-serve plays these rows with one"
               for name in ("conformance-connect", "conformance-wsinspect-connect", "conformance-connect-proxy")}
FORKS = {name: "a child of fork () that starts threads ends by an assertion of qemu-user 7.2" for name in ("endpoint/fork", "endpoint/fork-by-gio")}
# Programs of several threads that end at a signal. Where the kernel starts i386 programs itself they are tested.
SIGNALS = {name: "after a signal qemu-i386 gives a thread the thread-local storage of another one, so the program waits for itself"
           for name in ("conformance-serve", "conformance-wsinspect-serve", "conformance-proxy",
                        *(f"inspector/wsinspect{part}" for part in (
                            "", "-files", "-packed", "-proxy", "-readme", "-refused", "-tls")))}
MACHINES = {
    "i386": Machine(
        "i386", "i686-linux-gnu", "i386-linux-gnu", "x86", "little", "qemu-i386",
        r":\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00"
        r":\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:",
        loader="/lib/ld-linux.so.2", impossible={**SLOW_STARTS, **FORKS, **SIGNALS}),
    "s390x": Machine(
        "s390x", "s390x-linux-gnu", "s390x-linux-gnu", "s390x", "big", "qemu-s390x",
        r":\x7fELF\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16"
        r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff:",
        impossible={**SLOW_STARTS, **FORKS}),
    "armhf": Machine(
        "armhf", "arm-linux-gnueabihf", "arm-linux-gnueabihf", "arm", "little", "qemu-arm",
        r":\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00"
        r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:",
        impossible={**SLOW_STARTS, **FORKS}),
    "arm64": Machine(
        "arm64", "aarch64-linux-gnu", "aarch64-linux-gnu", "aarch64", "little", "qemu-aarch64",
        r":\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
        r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:",
        impossible={**SLOW_STARTS, **FORKS}),
}
IN_LONG_RUN = ("i386", "s390x")         # 32 bits, and the other order of bytes


def as_started(root, machine):
    """The machine without its emulator, if the kernel starts its programs: kernels can be without their 32-bit part."""
    if not machine.loader:
        return machine
    try:
        limits.run([root + machine.loader, "--version"], MINUTE, stdout=subprocess.DEVNULL).check_returncode()
    except OSError:
        return machine
    return dataclasses.replace(machine, emulator="", multiplier=4, impossible={})


def packages(top, machine):
    """The packages that tools/bootstrap names for wsinspect, of the other machine, and a compiler for it."""
    done = limits.run([os.path.join(top, "tools", "bootstrap"), "--list", "run"], MINUTE, stdout=subprocess.PIPE, text=True)
    done.check_returncode()
    libraries = [name for name in done.stdout.split() if name.endswith("-dev") and name != "libc6-dev"]
    return [*(f"{name}:{machine.debian}" for name in libraries), f"glib-networking:{machine.debian}", "libglib2.0-dev-bin",
            f"gcc-{machine.gnu}", f"libc6-dev-{machine.debian}-cross", *TOOLS]


def cross_file(machine):
    wrapper = f"exe_wrapper = '{machine.emulator}'\n" if machine.emulator else ""
    runs_here = "" if machine.emulator else "needs_exe_wrapper = false\n"
    return f"""[binaries]
c = '{machine.gnu}-gcc'
ar = '{machine.gnu}-ar'
strip = '{machine.gnu}-strip'
pkgconfig = 'pkg-config'
{wrapper}
[properties]
pkg_config_libdir = ['/usr/lib/{machine.libraries}/pkgconfig', '/usr/share/pkgconfig']
{runs_here}
[host_machine]
system = 'linux'
cpu_family = '{machine.family}'
cpu = '{machine.family}'
endian = '{machine.endian}'
"""


def make_root(top, root, machine):
    """The machine as it is started in the new root."""
    install = ["apt-get", "-q", "-y", "install", "--no-install-recommends"]
    roots.make(root, clean_root.codename())
    roots.copy_checkout(top, root + CHECKOUT)
    roots.run(root, ["dpkg", "--add-architecture", machine.debian])
    with roots.mounted(root):
        roots.run(root, ["apt-get", "-q", "update"])
        roots.run(root, [*install, *packages(top, machine)])
        machine = as_started(root, machine)
        if machine.emulator:
            roots.run(root, [*install, "qemu-user"])
        elif machine.debian == "i386":
            roots.run(root, [*install, *windows.PACKAGES_OF_I686])
        localize(root, machine)
    with open(os.path.join(root, "machine.ini"), "w", encoding="utf-8") as file:
        file.write(cross_file(machine))
    return machine


def write_register(name, text):
    with open(os.path.join(REGISTER, name), "w", encoding="ascii") as file:
        file.write(text)


@contextlib.contextmanager
def emulated(root, machine):
    """The kernel starts the machine's programs by its emulator, so that scripts can start them too, until this ends."""
    if not machine.emulator:
        yield
        return
    name = f"libwsproto-{machine.emulator}"
    if not os.path.exists(os.path.join(REGISTER, "register")):
        limits.run(["mount", "-t", "binfmt_misc", "binfmt_misc", REGISTER], MINUTE).check_returncode()
    if os.path.exists(os.path.join(REGISTER, name)):
        write_register(name, "-1")
    write_register("register", f":{name}:M:{machine.elf}{root}/usr/bin/{machine.emulator}:F")
    try:
        yield
    finally:
        write_register(name, "-1")


def localize(root, machine):
    """C.UTF-8 of the machine: its file has the machine's order of bytes, and that of libc-bin is for this one."""
    if machine.endian == sys.byteorder:
        return
    roots.run(root, ["sh", "-e", "-c", f"cd /root; apt-get -q download libc-bin:{machine.debian}; dpkg-deb -x libc-bin_* {LIBC}"])


def build_in(root):
    setup = ["meson", "setup", BUILD, CHECKOUT, "--cross-file", "/machine.ini", "-Dpython=/usr/bin/python3", "-Dtests=true",
             "-Dintrospection=disabled", "-Dvapi=disabled", "-Dwsinspect=enabled", "-Dinspector=disabled",
             "-Dbinding_tests=disabled", *(["-Dwerror=true"] if os.environ.get("CI") else [])]
    roots.run(root, setup)
    roots.run(root, ["ninja", "-C", BUILD, builds.TESTED], HOUR)


def test_in(root, machine, name):
    # Compilers that a test starts ask pkg-config, too.
    environment = {**roots.ENVIRONMENT, "PKG_CONFIG_LIBDIR": f"/usr/lib/{machine.libraries}/pkgconfig:/usr/share/pkgconfig"}
    if machine.emulator:
        environment["TEST_SLOWNESS"] = str(machine.multiplier)
    if machine.endian != sys.byteorder:
        environment["QEMU_SET_ENV"] = f"LOCPATH={LIBC}/usr/lib/locale"
    command = ["meson", "test", "-C", BUILD, "--no-rebuild", "--print-errorlogs", f"--timeout-multiplier={machine.multiplier}",
               *(f"--no-suite={suite}" for suite in LEFT_OUT_SUITES)]
    if machine.impossible:
        listed = limits.run(roots.chroot_command(root, ["meson", "test", "-C", BUILD, "--list"]), MINUTE, text=True,
                            env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()
        possible = {line.split(" / ")[-1].strip() for line in listed} - set(machine.impossible)
        command += sorted(possible)
    done = limits.run(roots.chroot_command(root, command), 4 * HOUR, env=environment)
    total, _ = points.read_meson_log(root + BUILD, name, "testlog.json", machine.multiplier)
    if done.returncode != 0 and not total.failures:
        total.add_failed(f"{name}: meson test ended with {done.returncode}")
    for test, reason in machine.impossible.items():
        total.add_skipped(f"{name}: {test}", reason)
    for line in total.remarks:
        say(line)
    say(f"   {name}: {total.line()}")
    return total


def test_windows(root, machine, name):
    """websocket.dll of 32 bits, which needs Wine of 32 bits."""
    if machine.emulator:
        total = points.Sum()
        total.add_skipped(f"{name}: websocket.dll by Wine", "the kernel starts no i386 program")
        return total
    return windows.test_in_root(root, CHECKOUT, BUILD, f"{name}: windows")


def test_machine(top, build_root, name):
    """The sum of a machine's tests. Its root is removed unless something failed."""
    root = os.path.join(build_root, "roots", name)
    machine = make_root(top, root, MACHINES[name])
    with roots.mounted(root):
        build_in(root)
        with emulated(root, machine):
            total = test_in(root, machine, name)
        if machine.debian == "i386":
            total.add(test_windows(root, machine, name))
    if not total.failures:
        roots.remove(root)
    return total


def main(top, build_root, name):
    if name not in MACHINES:
        say(f"tools/test --machine: expected {' or '.join(MACHINES)}, received {name}")
        return 2
    leftovers.adopt_orphans()
    try:
        total = test_machine(top, build_root, name)
    except (Failure, subprocess.CalledProcessError, OSError) as failure:
        total = points.Sum()
        total.add_failed(f"{name}: {failure}")
    for test, reason in total.skips:
        say(f"skipped: {test}: {reason}")
    for test in total.failures:
        say(f"FAILED: {test}")
    say(total.line())
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
