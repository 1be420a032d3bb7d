/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/mqtt/wsi-mqtt.h"

#include <string.h>

#define HAS_USER_NAME 0x80
#define HAS_PASSWORD 0x40
#define HAS_WILL 0x04
#define QOS 0x06

/* The bytes of the packet that are not read yet. */
typedef struct
{
  WsiMqttPacket *packet;
  gsize          at, end;
  gboolean       is_cut;        /* a part did not fit into the packet: nothing more is read */
} Reader;

typedef enum
{
  VALUE_BYTE,
  VALUE_16,
  VALUE_32,
  VALUE_VARIABLE,
  VALUE_TEXT,
  VALUE_BYTES,
  VALUE_PAIR,                   /* two texts */
} ValueForm;

static const struct
{
  guint8      number;
  ValueForm   form;
  const char *name;
} properties[] = {
  { 0x01, VALUE_BYTE, "payload format" },
  { 0x02, VALUE_32, "message expiry" },
  { 0x03, VALUE_TEXT, "content type" },
  { 0x08, VALUE_TEXT, "response topic" },
  { 0x09, VALUE_BYTES, "correlation data" },
  { 0x0b, VALUE_VARIABLE, "subscription" },
  { 0x11, VALUE_32, "session expiry" },
  { 0x12, VALUE_TEXT, "assigned client" },
  { 0x13, VALUE_16, "server keep alive" },
  { 0x15, VALUE_TEXT, "authentication method" },
  { 0x16, VALUE_BYTES, "authentication data" },
  { 0x17, VALUE_BYTE, "request problem information" },
  { 0x18, VALUE_32, "will delay" },
  { 0x19, VALUE_BYTE, "request response information" },
  { 0x1a, VALUE_TEXT, "response information" },
  { 0x1c, VALUE_TEXT, "server reference" },
  { 0x1f, VALUE_TEXT, "reason text" },
  { 0x21, VALUE_16, "receive maximum" },
  { 0x22, VALUE_16, "topic alias maximum" },
  { 0x23, VALUE_16, "topic alias" },
  { 0x24, VALUE_BYTE, "maximum QoS" },
  { 0x25, VALUE_BYTE, "retain available" },
  { 0x26, VALUE_PAIR, "user property" },
  { 0x27, VALUE_32, "maximum packet" },
  { 0x28, VALUE_BYTE, "wildcards available" },
  { 0x29, VALUE_BYTE, "subscription numbers available" },
  { 0x2a, VALUE_BYTE, "shared subscriptions available" },
};

/* Reads a number with seven bits in a byte, the lowest first. */
gsize
wsi_mqtt_read_variable (const guint8 *at,
                        gsize         length,
                        guint32      *number)
{
  *number = 0;
  for (gsize i = 0; i < MIN (length, WSI_MQTT_MAX_VARIABLE); i++)
    {
      *number |= (guint32) (at[i] & 0x7f) << (7 * i);
      if ((at[i] & 0x80) == 0)
        return i + 1;
    }
  return 0;
}

static void
mqtt_packet_add_part (Reader         *reader,
                      const char     *name,
                      WsiMqttPartKind kind,
                      gsize           at,
                      gsize           length,
                      guint32         number)
{
  WsiMqttPart part = { name, kind, at, length, number };

  if (reader->packet->parts->len < WSI_MQTT_MAX_PARTS)
    g_array_append_val (reader->packet->parts, part);
  else
    reader->is_cut = TRUE;
}

/* Whether so many bytes are left.  FALSE: the part is named as a problem.  n_head: of these, the
 * bytes of a number before those that may be text. */
static gboolean
has_left (Reader     *reader,
          const char *name,
          gsize       length,
          guint32     n_head)
{
  if (reader->is_cut)
    return FALSE;
  if (reader->end - reader->at >= length)
    return TRUE;

  mqtt_packet_add_part (reader, name, WSI_MQTT_PROBLEM, reader->at, reader->end - reader->at,
                        n_head);
  reader->is_cut = TRUE;
  return FALSE;
}

/* Takes a big-endian number. */
static guint32
mqtt_packet_take_number (Reader     *reader,
                         const char *name,
                         gsize       length)
{
  guint32 number = 0;

  if (!has_left (reader, name, length, (guint32) length))
    return 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | reader->packet->bytes[reader->at + i];
  mqtt_packet_add_part (reader, name, WSI_MQTT_NUMBER, reader->at, length, number);
  reader->at += length;
  return number;
}

static guint32
take_variable (Reader     *reader,
               const char *name)
{
  guint32 number;
  gsize n;

  if (!has_left (reader, name, 1, 1))
    return 0;

  n = wsi_mqtt_read_variable (reader->packet->bytes + reader->at, reader->end - reader->at,
                              &number);
  if (n == 0)
    {
      mqtt_packet_add_part (reader, name, WSI_MQTT_PROBLEM, reader->at, reader->end - reader->at,
                            WSI_MQTT_MAX_VARIABLE);
      reader->is_cut = TRUE;
      return 0;
    }
  mqtt_packet_add_part (reader, name, WSI_MQTT_NUMBER, reader->at, n, number);
  reader->at += n;
  return number;
}

/* Takes two bytes of length, then text or bytes. */
static void
take_sized (Reader         *reader,
            const char     *name,
            WsiMqttPartKind kind)
{
  const guint8 *at = reader->packet->bytes + reader->at;
  gsize length;

  if (!has_left (reader, name, 2, 2))
    return;

  length = (gsize) at[0] << 8 | at[1];
  if (!has_left (reader, name, length + 2, 2))
    return;

  mqtt_packet_add_part (reader, name, kind, reader->at + 2, length, 0);
  reader->at += length + 2;
}

static void
mqtt_packet_take_value (Reader     *reader,
                        const char *name,
                        ValueForm   form)
{
  switch (form)
    {
    case VALUE_BYTE:
      mqtt_packet_take_number (reader, name, 1);
      break;
    case VALUE_16:
      mqtt_packet_take_number (reader, name, 2);
      break;
    case VALUE_32:
      mqtt_packet_take_number (reader, name, 4);
      break;
    case VALUE_VARIABLE:
      take_variable (reader, name);
      break;
    case VALUE_TEXT:
      take_sized (reader, name, WSI_MQTT_TEXT);
      break;
    case VALUE_BYTES:
      take_sized (reader, name, WSI_MQTT_BYTES);
      break;
    case VALUE_PAIR:
      take_sized (reader, name, WSI_MQTT_TEXT);
      take_sized (reader, "its value", WSI_MQTT_TEXT);
      break;
    }
}

static void
take_property (Reader *reader)
{
  guint8 number = reader->packet->bytes[reader->at];

  reader->at++;
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (properties[i].number == number)
      {
        mqtt_packet_take_value (reader, properties[i].name, properties[i].form);
        return;
      }
  mqtt_packet_add_part (reader, "unknown property", WSI_MQTT_PROBLEM, reader->at - 1, 1, 0);
  reader->is_cut = TRUE;
}

/* Takes the properties of MQTT 5, which may be left out where nothing else follows. */
static void
take_properties (Reader *reader)
{
  gsize end = reader->end;
  guint32 length;

  if (reader->packet->version < 5 || reader->at == reader->end)
    return;

  length = take_variable (reader, "length of properties");
  if (!has_left (reader, "properties", length, 0))
    return;

  reader->end = reader->at + length;
  while (reader->at < reader->end && !reader->is_cut)
    take_property (reader);
  reader->end = end;
}

static void
take_connect (Reader *reader)
{
  guint32 flags;

  take_sized (reader, "protocol", WSI_MQTT_TEXT);
  reader->packet->version = mqtt_packet_take_number (reader, "version", 1);
  flags = mqtt_packet_take_number (reader, "flags", 1);
  mqtt_packet_take_number (reader, "keep alive", 2);
  take_properties (reader);
  take_sized (reader, "client", WSI_MQTT_TEXT);
  if ((flags & HAS_WILL) != 0)
    {
      take_properties (reader);
      take_sized (reader, "will topic", WSI_MQTT_TEXT);
      take_sized (reader, "will payload", WSI_MQTT_BYTES);
    }
  if ((flags & HAS_USER_NAME) != 0)
    take_sized (reader, "user name", WSI_MQTT_TEXT);
  if ((flags & HAS_PASSWORD) != 0)
    take_sized (reader, "password", WSI_MQTT_BYTES);
}

static void
take_publish (Reader *reader)
{
  take_sized (reader, "topic", WSI_MQTT_TEXT);
  if ((reader->packet->flags & QOS) != 0)
    mqtt_packet_take_number (reader, "id", 2);
  take_properties (reader);
  if (!reader->is_cut)
    mqtt_packet_add_part (reader, "payload", WSI_MQTT_BYTES, reader->at, reader->end - reader->at,
                          0);
}

static void
take_filters (Reader     *reader,
              const char *options)
{
  mqtt_packet_take_number (reader, "id", 2);
  take_properties (reader);
  while (reader->at < reader->end && !reader->is_cut)
    {
      take_sized (reader, "filter", WSI_MQTT_TEXT);
      if (options != NULL)
        mqtt_packet_take_number (reader, options, 1);
    }
}

static void
take_codes (Reader *reader)
{
  mqtt_packet_take_number (reader, "id", 2);
  take_properties (reader);
  while (reader->at < reader->end && !reader->is_cut)
    mqtt_packet_take_number (reader, "reason", 1);
}

static void
take_reason (Reader *reader)
{
  if (reader->at < reader->end)
    mqtt_packet_take_number (reader, "reason", 1);
  take_properties (reader);
}

static void
mqtt_packet_take_body (Reader *reader)
{
  switch (reader->packet->type)
    {
    case WSI_MQTT_CONNECT:
      take_connect (reader);
      break;
    case WSI_MQTT_CONNACK:
      mqtt_packet_take_number (reader, "flags", 1);
      mqtt_packet_take_number (reader, "reason", 1);
      take_properties (reader);
      break;
    case WSI_MQTT_PUBLISH:
      take_publish (reader);
      break;
    case WSI_MQTT_PUBACK:
    case WSI_MQTT_PUBREC:
    case WSI_MQTT_PUBREL:
    case WSI_MQTT_PUBCOMP:
      mqtt_packet_take_number (reader, "id", 2);
      take_reason (reader);
      break;
    case WSI_MQTT_SUBSCRIBE:
      take_filters (reader, "options");
      break;
    case WSI_MQTT_UNSUBSCRIBE:
      take_filters (reader, NULL);
      break;
    case WSI_MQTT_SUBACK:
    case WSI_MQTT_UNSUBACK:
      take_codes (reader);
      break;
    case WSI_MQTT_DISCONNECT:
    case WSI_MQTT_AUTH:
      take_reason (reader);
      break;
    case WSI_MQTT_PINGREQ:
    case WSI_MQTT_PINGRESP:
      break;
    }
}

/* The flags that MQTT asks for; those of PUBLISH have a meaning each.  Type 0 is of no packet. */
static gboolean
has_valid_flags (guint8 first)
{
  const guint flags = first & 15;

  switch ((WsiMqttType) (first >> 4))
    {
    case WSI_MQTT_PUBLISH:
      return (flags & QOS) != QOS;
    case WSI_MQTT_PUBREL:
    case WSI_MQTT_SUBSCRIBE:
    case WSI_MQTT_UNSUBSCRIBE:
      return flags == 2;
    case WSI_MQTT_CONNECT:
    case WSI_MQTT_CONNACK:
    case WSI_MQTT_PUBACK:
    case WSI_MQTT_PUBREC:
    case WSI_MQTT_PUBCOMP:
    case WSI_MQTT_SUBACK:
    case WSI_MQTT_UNSUBACK:
    case WSI_MQTT_PINGREQ:
    case WSI_MQTT_PINGRESP:
    case WSI_MQTT_DISCONNECT:
    case WSI_MQTT_AUTH:
      return flags == 0;
    }
  return FALSE;
}

gboolean
wsi_mqtt_packet_is_head_cut (const guint8 *at,
                             gsize         length)
{
  guint32 number;

  return length > 0 && length < WSI_MQTT_MAX_HEAD && has_valid_flags (at[0]) &&
         wsi_mqtt_read_variable (at + 1, length - 1, &number) == 0;
}

gboolean
wsi_mqtt_packet_parse (WsiMqttPacket *self,
                       const guint8  *bytes,
                       gsize          length,
                       gsize          at,
                       guint          version)
{
  Reader reader = { .packet = self };
  guint32 remaining;
  gsize n;

  *self = (WsiMqttPacket) { .bytes = bytes, .at = at, .version = version };
  if (length - at < 2)
    return FALSE;

  self->type = bytes[at] >> 4;
  self->flags = bytes[at] & 15;
  n = wsi_mqtt_read_variable (bytes + at + 1, length - at - 1, &remaining);
  if (n == 0 || !has_valid_flags (bytes[at]))
    return FALSE;

  self->body = at + 1 + n;
  self->length = MIN (1 + n + (guint64) remaining, length - at);
  self->n_missing = 1 + n + (guint64) remaining - self->length;
  self->parts = g_array_new (FALSE, FALSE, sizeof (WsiMqttPart));
  reader.at = self->body;
  reader.end = at + self->length;
  mqtt_packet_take_body (&reader);
  return TRUE;
}

void
wsi_mqtt_packet_clear (WsiMqttPacket *self)
{
  g_clear_pointer (&self->parts, g_array_unref);
}

const char *
wsi_mqtt_packet_name (const WsiMqttPacket *self)
{
  static const char *const names[] = {
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
    "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
  };

  return names[self->type];
}

const WsiMqttPart *
wsi_mqtt_packet_find (const WsiMqttPacket *self,
                      const char          *name)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      const WsiMqttPart *part = &g_array_index (self->parts, WsiMqttPart, i);

      if (strcmp (part->name, name) == 0 && part->kind != WSI_MQTT_PROBLEM)
        return part;
    }
  return NULL;
}
