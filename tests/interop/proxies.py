# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Proxies of other projects, each started for one test, with a log that can be waited for."""

import os
import select
import shutil
import socket
import subprocess
import sys

from interop import PATIENCE
from tls_front import TlsFront

USER, PASSWORD = "someone", "secret"
INSIDE = "inside.example"       # only the resolver of the proxies knows it


held_ports = []


def hold_port():
    """A port for a program that must be given one.  A socket that does not listen holds it, and the program, which sets
    SO_REUSEADDR, binds to it as well; nobody is given it in between."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    held_ports.append(held)
    return held.getsockname()[1]


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


class Proxy:
    """A proxy in its own folder, which knows a name that is unknown elsewhere."""

    def __init__(self, tell_listen, folder, name):
        self.tell_listen = tell_listen
        self.port = hold_port()
        self.log = os.path.join(folder, f"{name}.log")
        self.folder = folder
        self.process = None
        self.news = None

    def start(self, *command, n_ports=1, **variables):
        """With its own resolver (tell-listen.c), so that /etc/hosts need not be changed.

        openssl s_server ends each connection when its standard input ends, so that stays open."""
        reading, writing = os.pipe()
        environment = {**os.environ, "LD_PRELOAD": self.tell_listen, "TELL_LISTEN": str(writing), "KNOWN_INSIDE": INSIDE,
                       **variables}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment,
                                            pass_fds=[writing])
        os.close(writing)
        # It stays open: nginx calls listen() again later.
        self.news = open(reading, "rb", buffering=0)
        for _ in range(n_ports):
            self.wait_until_it_listens()
        return self

    def wait_until_it_listens(self):
        """One byte for each socket; the end of the pipe if the program has ended (tell-listen.c)."""
        is_reported, _, _ = select.select([self.news], [], [], PATIENCE)
        if not is_reported or not self.news.read(1):
            raise AssertionError(f"the proxy does not listen: {self.text()[-500:]}")

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.news.close()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path


def tinyproxy(tell_listen, folder):
    """An HTTP proxy that requires credentials."""
    proxy = Proxy(tell_listen, folder, "tinyproxy")
    settings = proxy.write("tinyproxy.conf", f"""Port {proxy.port}
Listen 127.0.0.1
Allow 127.0.0.1
Timeout 60
MaxClients 20
LogLevel Connect
BasicAuth {USER} {PASSWORD}
""")
    return proxy.start(find("tinyproxy"), "-d", "-c", settings)


class BehindTls:
    """An HTTP proxy that is reached by TLS."""

    def __init__(self, proxy, front):
        self.proxy = proxy
        self.front = front
        self.port = front.port
        self.text = proxy.text

    def stop(self):
        self.front.stop()
        self.proxy.stop()


def tinyproxy_over_tls(tell_listen, folder):
    proxy = tinyproxy(tell_listen, folder)
    return BehindTls(proxy, TlsFront(proxy.port, f"{folder}/server.pem", f"{folder}/server.key"))


def microsocks(tell_listen, folder):
    """A SOCKS proxy that requires credentials."""
    proxy = Proxy(tell_listen, folder, "microsocks")
    return proxy.start(find("microsocks"), "-i", "127.0.0.1", "-p", str(proxy.port), "-u", USER, "-P", PASSWORD)


def haproxy(tell_listen, folder, target, tls_port, tls=""):
    """A reverse proxy, with TLS passed through and terminated."""
    proxy = Proxy(tell_listen, folder, "haproxy")
    with open(f"{folder}/both.pem", "wb") as both:
        for name in ("server.pem", "server.key"):
            with open(f"{folder}/{name}", "rb") as part:
                both.write(part.read())
    settings = proxy.write("haproxy.conf", f"""global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:{proxy.port}
  bind 127.0.0.1:{tls_port} ssl crt {folder}/both.pem {tls}
  default_backend back
backend back
  server target 127.0.0.1:{target}
""")
    return proxy.start(find("haproxy"), "-db", "-f", settings, n_ports=2)


def nginx(tell_listen, folder, target, tls_port, tls=""):
    """Another reverse proxy."""
    proxy = Proxy(tell_listen, folder, "nginx")
    temporary = "".join(f"  {name}_temp_path {folder}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.getuid() == 0 else ""
    settings = proxy.write("nginx.conf", f"""{user}daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
{temporary}  access_log {proxy.log};
  server {{
    listen 127.0.0.1:{proxy.port};
    listen 127.0.0.1:{tls_port} ssl;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    {tls}
    location / {{
      proxy_pass http://127.0.0.1:{target};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
    }}
  }}
}}
""")
    return proxy.start(find("nginx"), "-p", folder, "-e", "stderr", "-c", settings, n_ports=2)


def version_of(name, option):
    done = subprocess.run([find(name), option], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else name


def print_versions(tap):
    for name, option in (("tinyproxy", "-v"), ("haproxy", "-v"), ("nginx", "-v")):
        tap.diag(version_of(name, option))
    tap.diag("microsocks " + subprocess.run(["dpkg-query", "-W", "-f=${Version}", "microsocks"], capture_output=True,
                                            text=True, check=False).stdout if shutil.which("dpkg-query")
             else "microsocks")
    sys.stdout.flush()
