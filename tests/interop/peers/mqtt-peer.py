# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The libwsproto authors

"""mqtt-peer.py VERSION HOST PORT: paho-mqtt, which logs each packet as it sees it, one JSON object per line.

The client subscribes, publishes with each quality of service, receives these messages, and leaves."""

import json
import sys

from paho.mqtt import client as mqtt

TOPIC = "rooms/+/temperature"
MESSAGES = [("rooms/1/temperature", "21.5", 0), ("rooms/2/temperature", "Grüße", 1), ("rooms/3/temperature", "x" * 300, 2)]
PATIENCE = 30


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def on_connect(client, *_):
    client.subscribe(TOPIC, 2)


def on_subscribe(client, *_):
    for topic, text, qos in MESSAGES:
        tell("published", topic=topic, payload=text, qos=qos, id=client.publish(topic, text, qos).mid)


def on_message(client, received, message):
    tell("received", topic=message.topic, payload=message.payload.decode(), qos=message.qos, id=message.mid)
    received.append(message)
    if len(received) == len(MESSAGES):
        client.unsubscribe(TOPIC)


def on_unsubscribe(client, *_):
    client.disconnect()


def main(version, host, port):
    received = []
    # paho-mqtt 2 wants to know which arguments its callbacks are given; here they leave the later ones alone.
    api = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
    client = mqtt.Client(*api, "visitor", userdata=received, transport="websockets", protocol=int(version))
    client.ws_set_options(path="/mqtt")
    client.on_connect, client.on_subscribe, client.on_message, client.on_unsubscribe = on_connect, on_subscribe, on_message, on_unsubscribe
    client.connect(host, int(port), keepalive=PATIENCE)
    client.loop_forever()
    return 0 if len(received) == len(MESSAGES) else 1


sys.exit(main(*sys.argv[1:]))
