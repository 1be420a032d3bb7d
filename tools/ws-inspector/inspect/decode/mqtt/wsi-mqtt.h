/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A control packet of MQTT 3.1, 3.1.1 or 5, cut into its parts. */
#pragma once

#include "inspect/decode/wsi-decoder.h"

G_BEGIN_DECLS

#define WSI_MQTT_MAX_PARTS 1000 /* parts of a packet */
#define WSI_MQTT_MAX_VARIABLE 4 /* bytes of a variable length number */
#define WSI_MQTT_MAX_HEAD (1 + WSI_MQTT_MAX_VARIABLE)

typedef enum
{
  WSI_MQTT_NUMBER,
  WSI_MQTT_TEXT,
  WSI_MQTT_BYTES,
  WSI_MQTT_PROBLEM,             /* the part that was expected here is cut */
} WsiMqttPartKind;

typedef struct
{
  const char     *name;
  WsiMqttPartKind kind;
  gsize           at, length;   /* place of the part in the message; of a text, its characters */
  guint32         number;
} WsiMqttPart;

typedef enum
{
  WSI_MQTT_CONNECT = 1,
  WSI_MQTT_CONNACK,
  WSI_MQTT_PUBLISH,
  WSI_MQTT_PUBACK,
  WSI_MQTT_PUBREC,
  WSI_MQTT_PUBREL,
  WSI_MQTT_PUBCOMP,
  WSI_MQTT_SUBSCRIBE,
  WSI_MQTT_SUBACK,
  WSI_MQTT_UNSUBSCRIBE,
  WSI_MQTT_UNSUBACK,
  WSI_MQTT_PINGREQ,
  WSI_MQTT_PINGRESP,
  WSI_MQTT_DISCONNECT,
  WSI_MQTT_AUTH,
} WsiMqttType;

typedef struct
{
  const guint8 *bytes;          /* bytes of the message that the packet is in */
  gsize         at, length;     /* place of the packet's bytes that are there */
  guint64       n_missing;
  gsize         body;           /* place of the body, after the fixed header */
  WsiMqttType   type;
  guint8        flags;
  guint         version;        /* version of MQTT in CONNECT: 3, 4 or 5 */
  GArray       *parts;          /* parts of the packet (WsiMqttPart) */
} WsiMqttPacket;

extern const WsiDecoder wsi_mqtt_decoder;

/* The bytes of a variable length number; 0: it is cut or too long. */
gsize              wsi_mqtt_read_variable (const guint8 *at,
                                           gsize         length,
                                           guint32      *number);
/* Whether the bytes end within the type and length of a packet. */
gboolean           wsi_mqtt_packet_is_head_cut (const guint8 *at,
                                                gsize         length);
/* Parses a packet.  FALSE: no packet begins here. */
gboolean           wsi_mqtt_packet_parse (WsiMqttPacket *self,
                                          const guint8  *bytes,
                                          gsize          length,
                                          gsize          at,
                                          guint          version);
void               wsi_mqtt_packet_clear (WsiMqttPacket *self);
const char        *wsi_mqtt_packet_name  (const WsiMqttPacket *self);
/* Finds a part of a packet; NULL: there is none of the kind. */
const WsiMqttPart *wsi_mqtt_packet_find  (const WsiMqttPacket *self,
                                          const char          *name);

G_END_DECLS
