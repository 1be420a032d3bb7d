# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Proxies of others, each started for one test, with a log that can be waited for."""

import os
import shutil
import socket
import subprocess
import sys
import time

from interop import PATIENCE
from tls_front import TlsFront

USER, PASSWORD = "someone", "secret"
INSIDE = "inside.example"       # no resolver knows it but that of the proxies


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


class Proxy:
    """A proxy in a folder of its own; inside it, /etc/hosts is another one."""

    def __init__(self, folder, name, port):
        self.port = port
        self.log = os.path.join(folder, f"{name}.log")
        self.folder = folder
        self.process = None

    def start(self, *command):
        """Behind its own /etc/hosts, where a mount namespace is to be had without being root or with."""
        hosts = os.path.join(self.folder, "hosts")
        with open(hosts, "w", encoding="ascii") as file:
            file.write(f"127.0.0.1 localhost {INSIDE}\n")
        namespace = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
        enter = f"mount --bind '{hosts}' /etc/hosts && exec \"$@\""
        environment = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*namespace, "sh", "-c", enter, "sh", *command], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=environment)
        self.wait_until_it_listens()
        return self

    def wait_until_it_listens(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"the proxy does not listen: {self.text()[-500:]}")

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path


def tinyproxy(folder):
    """An HTTP proxy that asks for a login."""
    proxy = Proxy(folder, "tinyproxy", free_port())
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
    """A proxy that was started, reached by TLS."""

    def __init__(self, proxy, front):
        self.proxy = proxy
        self.front = front
        self.port = front.port
        self.text = proxy.text

    def stop(self):
        self.front.stop()
        self.proxy.stop()


def tinyproxy_behind_tls(folder):
    proxy = tinyproxy(folder)
    return BehindTls(proxy, TlsFront(proxy.port, f"{folder}/server.pem", f"{folder}/server.key"))


def microsocks(folder):
    """A SOCKS proxy that asks for a login."""
    proxy = Proxy(folder, "microsocks", free_port())
    return proxy.start(find("microsocks"), "-i", "127.0.0.1", "-p", str(proxy.port), "-u", USER, "-P", PASSWORD)


def haproxy(folder, target, tls_port):
    """A reverse proxy, plain and ending TLS."""
    proxy = Proxy(folder, "haproxy", free_port())
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
  bind 127.0.0.1:{tls_port} ssl crt {folder}/both.pem
  default_backend back
backend back
  server target 127.0.0.1:{target}
""")
    return proxy.start(find("haproxy"), "-db", "-f", settings)


def nginx(folder, target, tls_port):
    """Another one."""
    proxy = Proxy(folder, "nginx", free_port())
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
    return proxy.start(find("nginx"), "-p", folder, "-e", "stderr", "-c", settings)


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
