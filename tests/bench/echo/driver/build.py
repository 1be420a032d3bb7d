# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Builds the measured programs: the library is installed, and its servers use nothing else."""

import os
import re
import shlex
import shutil
import subprocess

# As debhelper calls Meson; NDEBUG follows the project's default.
FLAGS = ["--buildtype=plain", "-Db_lto=false"]
LIBRARY_OPTIONS = ["-Dintrospection=disabled", "-Dvapi=disabled", "-Dwsinspect=disabled", "-Dinspector=disabled"]
RULES = "data/packaging/debian/rules"
SOURCES = "tests/bench/echo"
OURS = {"bench-server": ["ours/bench-server.c"],
        "bench-client": ["ours/bench-client.c", "ours/client-connects.c", "ours/client-echo.c", "ours/client-hold.c",
                         "ours/client-standstill.c", "clients/figures.c", "clients/options.c"]}
WSINSPECT = "tools/ws-inspector/cli/wsinspect"


class BuildError(Exception):
    pass


def run(*command, environment=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **(environment or {})}, check=False)
    if done.returncode:
        raise BuildError(f"{shlex.join(command)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def package_flags(top):
    """The compiler and linker flags of the Debian package, by their variables."""
    if not shutil.which("dpkg-buildflags"):
        return {"CFLAGS": "-O2", "CXXFLAGS": "-O2"}
    with open(os.path.join(top, RULES), encoding="utf-8") as file:
        asked = dict(re.findall(r"^export (DEB_\w+) = (.*)$", file.read(), re.M))
    # Paths of sources and debug data do not affect the running code.
    asked |= {"DEB_CFLAGS_MAINT_STRIP": "-g", "DEB_CXXFLAGS_MAINT_STRIP": "-g"}
    shown = run("dpkg-buildflags", "--export=cmdline", environment=asked)
    flags = dict(word.split("=", 1) for word in shlex.split(shown))
    return {name: flags[name] for name in ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS")}


def set_up(top, folder, *options):
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        shutil.rmtree(folder, ignore_errors=True)
        run("meson", "setup", folder, top, *FLAGS, *options, environment=package_flags(top))


def find_pkgconfig(prefix):
    for folder, _, names in os.walk(prefix):
        if "wsproto-1.pc" in names:
            return folder
    raise BuildError(f"no wsproto-1.pc was installed below {prefix}")


def build_other(top, folder, name, prefix):
    """The library's servers again, with the library that is installed at PREFIX; returns their folder."""
    programs = os.path.join(folder, f"programs-of-{name}")
    os.makedirs(programs, exist_ok=True)
    compile_ours(top, programs, os.path.abspath(prefix))
    return programs


def build_portable(top, folder):
    """The library without Linux's calls, and its servers; returns their folder."""
    library, prefix = (os.path.join(folder, name) for name in ("library-portable", "installed-portable"))
    set_up(top, library, f"--prefix={prefix}", "-Dsystem=portable", *LIBRARY_OPTIONS)
    run("ninja", "-C", library, "install")
    return build_other(top, folder, "portable", prefix)


def compile_ours(top, programs, prefix):
    """Linked against the installed library only, with the flags of its pkg-config file."""
    environment = {"PKG_CONFIG_PATH": find_pkgconfig(prefix)}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "wsproto-1", environment=environment))
    if not declares(prefix, "wsp_connection_set_message_func"):
        flags.append("-DWITHOUT_MESSAGE_FUNC")       # an older library
    if not declares(prefix, "wsp_server_add_route"):
        flags.append("-DWITHOUT_ROUTES")
    if not declares(prefix, "wsp_deflate_options_new (void)"):
        flags.append("-Dwsp_deflate_options_new=wsp_deflate_options_new_for_server")
    folder = run("pkg-config", "--variable=libdir", "wsproto-1", environment=environment).strip()
    for name, sources in OURS.items():
        run(*compiler(), "-D_GNU_SOURCE", *example_flags(top), "-o", os.path.join(programs, name),
            *(os.path.join(top, SOURCES, source) for source in sources), *flags, "-ldl", f"-Wl,-rpath,{folder}")


def declares(prefix, function):
    for folder, _, names in os.walk(os.path.join(prefix, "include")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                if function in file.read():
                    return True
    return False


def example_flags(top):
    flags = package_flags(top)
    return shlex.split(" ".join(flags.get(name, "") for name in ("CPPFLAGS", "CFLAGS", "LDFLAGS")))


def compiler():
    return shlex.split(os.environ.get("CC", "cc"))


def build_ours(top, folder):
    """The library as it is packaged, and its servers and clients; returns their folder."""
    library, prefix, programs = (os.path.join(folder, name) for name in ("library", "installed", "programs"))
    set_up(top, library, f"--prefix={prefix}", *LIBRARY_OPTIONS)
    run("ninja", "-C", library, "install")
    os.makedirs(programs, exist_ok=True)
    compile_ours(top, programs, prefix)
    return programs


def build(top, folder):
    """Returns the folder of the programs, and the path of wsinspect, which may be missing."""
    tests, programs = os.path.join(folder, "tests"), build_ours(top, folder)
    set_up(top, tests, "-Dtests=true")
    run("ninja", "-C", tests, "bench-echo-programs")
    built = os.path.join(tests, "tests", "bench", "echo")
    for name in os.listdir(built):
        path = os.path.join(built, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and name not in OURS:
            shutil.copy2(path, programs)
    return programs, os.path.join(tests, WSINSPECT)


def make_certificates(folder):
    """For this run alone: {kind: (certificate, key)}. "authority" has issued "ec"; "rsa" is self-signed."""
    made = {kind: tuple(os.path.join(folder, f"{kind}-{what}.pem") for what in ("certificate", "key"))
            for kind in ("authority", "ec", "rsa")}
    ec = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    issued = ["-CA", made["authority"][0], "-CAkey", made["authority"][1], "-addext", "subjectAltName=IP:127.0.0.1",
              "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]
    for kind, subject, options in (("authority", "bench", ec), ("ec", "localhost", ec + issued),
                                   ("rsa", "localhost", ["rsa:2048"])):
        run("openssl", "req", "-x509", "-newkey", *options, "-nodes", "-out", made[kind][0],
            "-keyout", made[kind][1], "-days", "2", "-subj", f"/CN={subject}")
    return made


def describe(top, programs):
    needed = run("readelf", "-d", os.path.join(programs, "bench-server"))
    yield "the server needs: " + ", ".join(re.findall(r"\(NEEDED\).*\[(.*)\]", needed))
    yield f"flags: {' '.join(FLAGS)}; those of the package: {' '.join(example_flags(top))}"
    yield "compiler: " + run(*compiler(), "--version").splitlines()[0]
