# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""Headless Chromium, driven over pipes by its own protocol, and a HAR of what it reports about its network."""

import contextlib
import datetime
import json
import os
import subprocess

from browser_folder import browser_folder, chromium_command
from lib.program import Program


class Browser:
    """A blank page; events of the network are kept."""

    def __init__(self, folder):
        commands_out, self.commands = os.pipe()
        answers, answers_in = os.pipe()
        self.process = Program(["/bin/sh", "-c", f'exec "$@" 3<&{commands_out} 4>&{answers_in}', "sh",
                                *chromium_command(folder, "--remote-debugging-pipe", "about:blank")],
                               pass_fds=(commands_out, answers_in), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands_out)
        os.close(answers_in)
        self.answers = os.fdopen(answers, "rb")
        self.rest = b""
        self.n_commands = 0
        self.session = None
        self.events = []

    def attach(self):
        target = next(found for found in self.call("Target.getTargets")["targetInfos"] if found["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        self.call("Network.enable")

    def next_message(self):
        while b"\0" not in self.rest:
            piece = self.answers.read1(65536)
            if not piece:
                raise AssertionError("the browser has ended")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def take_event(self):
        """The next message, which is kept if it is an event."""
        message = self.next_message()
        if message.get("method", "").startswith("Network."):
            self.events.append(message)
        return message

    def call(self, method, **parameters):
        self.n_commands += 1
        command = {"id": self.n_commands, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self.take_event()
            if message.get("id") == self.n_commands:
                return message["result"]

    def run(self, script):
        """The value that a promise of the page has in the end."""
        return self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)["result"].get("value")

    def wait_for(self, name):
        while not any(event["method"] == name for event in self.events):
            self.take_event()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        os.close(self.commands)
        self.answers.close()


@contextlib.contextmanager
def running_browser():
    with browser_folder() as folder:
        browser = Browser(folder)
        try:
            browser.attach()
            yield browser
        finally:
            browser.stop()


def named(events, name):
    return [event["params"] for event in events if event["method"] == f"Network.{name}"]


def headers_of(headers):
    return [{"name": name, "value": value} for name, value in headers.items()]


def make_har(events):
    """One connection as the panel of Chromium saves it: a message has the time of day in seconds, its opcode, and text or base64."""
    opening = named(events, "webSocketWillSendHandshakeRequest")[0]
    response = named(events, "webSocketHandshakeResponseReceived")[0]["response"]
    to_wall = opening["wallTime"] - opening["timestamp"]
    messages = [{"type": "send" if event["method"].endswith("Sent") else "receive", "time": event["params"]["timestamp"] + to_wall,
                 "opcode": event["params"]["response"]["opcode"], "data": event["params"]["response"]["payloadData"]}
                for event in events if event["method"] in ("Network.webSocketFrameSent", "Network.webSocketFrameReceived")]
    started = datetime.datetime.fromtimestamp(opening["wallTime"], datetime.timezone.utc)
    common = {"httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1, "bodySize": -1}
    entry = {"_resourceType": "websocket", "_webSocketMessages": messages, "startedDateTime": started.isoformat().replace("+00:00", "Z"), "time": 0,
             "request": {"method": "GET", "url": named(events, "webSocketCreated")[0]["url"], "headers": headers_of(response["requestHeaders"]),
                         "queryString": [], **common},
             "response": {"status": response["status"], "statusText": response["statusText"], "headers": headers_of(response["headers"]),
                          "content": {"size": 0, "mimeType": "x-unknown"}, "redirectURL": "", **common},
             "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}}
    return {"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": [entry]}}
