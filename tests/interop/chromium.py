# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""A page in headless Chromium that makes one visit after the other and reports each."""

import base64
import hashlib
import http.server
import json
import queue
import shutil
import subprocess
import threading

from browser_folder import browser_folder, chromium_command
from interop import PATIENCE, Program

# A visit without steps echoes; the steps are those of README.md, without fragments and pings, which a page
# cannot send, and with say:WORD.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>visits</title><script>
function noise(size) {
  const parts = [];
  for (let length = 0; length < size;) {
    for (let i = 0; i < 7; i++) {
      const part = Array.from({length: 384 << i}, () => '0123456789abcdef'[Math.random() * 16 | 0]).join('');
      parts.push(part, part);
      length += 2 * part.length;
    }
  }
  return parts.join('').slice(0, size);
}

const kept = new Map();
function payload(step) {
  const [kind, word] = step.split(':');
  if (kind === 'say')
    return word;
  if (kind === 'text')
    return 'x'.repeat(word);
  if (kind === 'binary')
    return Uint8Array.from({length: word}, (_, i) => i * 7 % 251);
  if (!kept.has(step))
    kept.set(step, noise(Number(word)));
  return kept.get(step);
}

function isEqual(sent, data) {
  if (typeof sent === 'string')
    return sent === data;
  const received = new Uint8Array(data);
  return typeof data !== 'string' && received.length === sent.length && received.every((byte, i) => byte === sent[i]);
}

function visit({uri, steps}) {
  return new Promise(resolve => {
    const socket = new WebSocket(uri);
    const events = [];
    const isEcho = steps.length === 0;
    let sent = null;
    const next = () => {
      const [kind, code, reason] = steps[0].split(':');
      if (kind === 'close')
        return socket.close(...code ? [Number(code), reason] : []);
      sent = payload(steps[0]);
      socket.send(sent);
    };
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      events.push('open');
      if (!isEcho)
        next();
    };
    socket.onmessage = ({data}) => {
      if (isEcho)
        return socket.send(data);
      events.push(`${steps.shift()}:${isEqual(sent, data) ? 'equal' : 'other'}`);
      next();
    };
    socket.onclose = ({code, reason, wasClean}) => resolve({events, code, reason, wasClean,
      extensions: socket.extensions});
  });
}

(async () => {
  for (const plan of await (await fetch('/plan')).json()) {
    const report = {...await visit(plan), browser: navigator.userAgent};
    await fetch('/seen', {method: 'POST', body: JSON.stringify(report)});
  }
})();
</script>"""


def chromium_is_missing():
    """The reason why no page can be opened, or None."""
    return None if shutil.which("chromium") else "chromium is not installed"


def trust(certificate):
    """The flag that makes Chromium accept one key, with any issuer."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], capture_output=True, check=True)
    data = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.stdout, capture_output=True,
                            check=True).stdout
    return f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def serve_page(plan, seen):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            is_plan = self.path == "/plan"
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if is_plan else "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(json.dumps(plan).encode() if is_plan else PAGE.encode())

        def do_POST(self):
            seen.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def browse(visits, *flags, front=None):
    """Yields the report of the page about each visit, a URI and its steps; a missing report is an error.

    Take all of them, and ask for one more: the browser ends after the last.
    FRONT makes another URI of that of the page, such as that of a proxy in front of it."""
    seen = queue.Queue()
    pages = serve_page([{"uri": uri, "steps": list(steps)} for uri, steps in visits], seen)
    uri = f"http://127.0.0.1:{pages.server_address[1]}/"
    with browser_folder() as folder:
        browser = Program(chromium_command(folder, *flags, front(uri) if front else uri))
        try:
            for _ in visits:
                try:
                    yield seen.get(timeout=PATIENCE)
                except queue.Empty:
                    yield {"errors": browser.errors[-5:]}
        finally:
            browser.stop()
            pages.shutdown()
