/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Hubs of SignalR (ASP.NET Core) in JSON: records, each with a byte 0x1e after it.  The first one
 * of each side is the handshake. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <string.h>

#define END_OF_RECORD 0x1e
#define MAX_RECORDS 100         /* of a message, in its description */

static const char *const type_names[] = {
  NULL, "Invocation", "StreamItem", "Completion", "StreamInvocation", "CancelInvocation", "Ping",
  "Close", "Ack", "Sequence",
};

/* Whether it begins as a record whose end is not there. */
static gboolean
is_record (const WsiDecodeInput *input)
{
  WsiJsonValue all, type;
  gint64 number;

  if (!wsi_json_may_have (input->at, input->length, "\"type\""))
    return FALSE;

  all = wsi_json_begin (input->at, input->length);
  type = wsi_json_get_member (&all, "type");
  return wsi_json_to_whole (&type, &number) && number >= 1
         && number < (gint64) G_N_ELEMENTS (type_names)
         && (wsi_json_get_member (&all, "invocationId").kind == WSI_JSON_STRING
             || wsi_json_get_member (&all, "target").kind == WSI_JSON_STRING);
}

static guint
probe (const WsiDecodeInput *input)
{
  if (input->length == 0 || input->at[0] != '{')
    return WSI_SCORE_NONE;
  if (memchr (input->at, END_OF_RECORD, input->length) != NULL)
    return WSI_SCORE_SURE;
  return input->extent == WSI_EXTENT_BEGINNING && is_record (input) ? WSI_SCORE_LIKELY + 1
                                                                    : WSI_SCORE_NONE;
}

/* The record from here on, with its end. */
static gsize
measure_record (const WsiDecodeInput *input,
                gsize                 from)
{
  const guint8 *end = memchr (input->at + from, END_OF_RECORD, input->length - from);

  return end != NULL ? (gsize) (end - input->at) + 1 - from : input->length - from;
}

static void
append (WsiDescription     *description,
        const WsiJsonValue *value)
{
  if (value->kind == WSI_JSON_END)
    return;

  wsi_description_append (description, " ");
  wsi_json_append (description, value);
}

static void
describe_handshake (const WsiJsonValue *all,
                    WsiDescription     *description)
{
  WsiJsonValue protocol = wsi_json_get_member (all, "protocol");
  WsiJsonValue error = wsi_json_get_member (all, "error");

  wsi_description_append (description, " handshake");
  append (description, &protocol);
  append (description, &error);
  wsi_description_add_text (description, "signalr.type", (const guint8 *) "handshake", 9);
  wsi_json_add_field (description, "signalr.error", &error);
}

/* A completion ends a stream, whose items are no replies yet. */
static void
describe_id (const WsiJsonValue *id,
             gint64              type,
             WsiDescription     *description)
{
  if (id->kind != WSI_JSON_STRING)
    return;

  wsi_description_append (description, " id");
  append (description, id);
  wsi_json_add_field (description, "signalr.id", id);
  if (type == 1 || type == 4)
    wsi_json_set_pair (description, WSI_PAIRING_REQUEST, id);
  else if (type == 3)
    wsi_json_set_pair (description, WSI_PAIRING_REPLY, id);
}

static void
describe_record (const WsiJsonValue *all,
                 WsiDescription     *description)
{
  static const char *const shown[] = { "arguments", "item", "result", "error" };
  WsiJsonValue number = wsi_json_get_member (all, "type");
  WsiJsonValue target = wsi_json_get_member (all, "target");
  WsiJsonValue id = wsi_json_get_member (all, "invocationId");
  WsiJsonValue error = wsi_json_get_member (all, "error");
  gint64 type;

  if (!wsi_json_to_whole (&number, &type) || type < 1 || type >= (gint64) G_N_ELEMENTS (type_names))
    {
      describe_handshake (all, description);
      return;
    }

  wsi_description_append (description, " %s", type_names[type]);
  wsi_description_add_text (description, "signalr.type", (const guint8 *) type_names[type],
                            strlen (type_names[type]));
  describe_id (&id, type, description);
  append (description, &target);
  wsi_json_add_field (description, "signalr.target", &target);
  wsi_json_add_field (description, "signalr.error", &error);
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      WsiJsonValue value = wsi_json_get_member (all, shown[i]);

      append (description, &value);
    }
}

static void
describe (const WsiDecodeInput *input,
          WsiDescription       *description)
{
  gsize at = 0;

  wsi_description_append (description, "SignalR");
  for (guint i = 0; i < MAX_RECORDS && at < input->length; i++)
    {
      gsize length = measure_record (input, at);
      WsiJsonValue all = wsi_json_begin (input->at + at, length);

      wsi_description_append (description, i > 0 ? "," : "");
      describe_record (&all, description);
      if (i == 0)
        wsi_description_set_content (description, 0, length);
      at += length;
    }
}

static void
expand (WsiDecodeNode *node)
{
  WsiDecodeInput input = { .at = g_bytes_get_data (node->bytes, NULL),
                           .length = node->offset + node->length };
  gsize at = node->offset;

  for (guint i = 0; i < WSI_DECODE_PAGE && at < input.length; i++)
    {
      gsize length = measure_record (&input, at);
      gboolean has_end = input.at[at + length - 1] == END_OF_RECORD;

      wsi_json_set_node (wsi_decode_node_add (node, NULL, "", at, length - has_end));
      at += length;
    }
  if (at < input.length)
    wsi_decode_node_add_rest (node, at, input.length - at, expand, 0);
}

static void
decode (const WsiDecodeInput *input,
        WsiDecodeNode        *root)
{
  root->type = "records";
  wsi_decode_node_set_expand (root, expand, 0);
}

static const WsiDecoderField fields[] = {
  { "signalr.type", WSI_FIELD_TEXT, "Type of a record of SignalR, such as Invocation, or handshake" },
  { "signalr.target", WSI_FIELD_TEXT, "Method that it invokes" },
  { "signalr.id", WSI_FIELD_TEXT, "Its invocation" },
  { "signalr.error", WSI_FIELD_TEXT, "Error of a completion, a close or the handshake" },
};

const WsiDecoder wsi_signalr_decoder = {
  .name = "signalr", .title = "SignalR", .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = probe, .describe = describe, .decode = decode,
};
