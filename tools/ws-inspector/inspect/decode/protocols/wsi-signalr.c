/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Hubs of SignalR (ASP.NET Core): records in JSON, each with a byte 0x1e after it, or lists of
 * MessagePack, each with its length before it.  The first record of each side is the handshake,
 * which is JSON always. */

#include "inspect/decode/binary/wsi-msgpack.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/protocols/wsi-protocols.h"
#include "inspect/decode/protocols/wsi-value.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/store/memory/wsi-bytes.h"

#define END_OF_RECORD 0x1e
#define MAX_RECORDS 100         /* records of a message in its description */
#define MAX_LENGTH_BYTES 5
#define MAX_SHOWN 2

/* The elements of a list of MessagePack by their place; 0 = it has none. */
static const struct
{
  const char *name;
  guint8      id, target, error, shown;
  WsiPairing  pairing;
} types[] = {
  [1] = { "Invocation", 2, 3, 0, 4, WSI_PAIRING_REQUEST },
  [2] = { "StreamItem", 2, 0, 0, 3, WSI_PAIRING_NONE },
  [3] = { "Completion", 2, 0, 0, 4, WSI_PAIRING_REPLY },
  [4] = { "StreamInvocation", 2, 3, 0, 4, WSI_PAIRING_REQUEST },
  [5] = { "CancelInvocation", 2, 0, 0, 0, WSI_PAIRING_NONE },
  [6] = { "Ping", 0, 0, 0, 0, WSI_PAIRING_NONE },
  [7] = { "Close", 0, 0, 1, 0, WSI_PAIRING_NONE },
  [8] = { "Ack", 0, 0, 0, 1, WSI_PAIRING_NONE },
  [9] = { "Sequence", 0, 0, 0, 1, WSI_PAIRING_NONE },
};

#define COMPLETION 3
#define COMPLETION_ERROR 1      /* value of a completion's fourth element: the fifth one is an
                                 * error */
#define PLACE_OF_RESULT 3

/* Where a record is, without its end or length, and where the next one begins. */
typedef struct
{
  WsiItemRead read;             /* reader of the format's items; NULL: JSON */
  gsize       at, length, end;
} Part;

typedef struct
{
  gint64   type;                /* type of the record; 0 = not known */
  WsiValue id, target, error, shown[MAX_SHOWN];
} Record;

/* The number of bytes of a length; 0: it is not a length. */
static gsize
signalr_read_length (const WsiDecodeInput *input,
                     gsize                 from,
                     guint64              *length)
{
  gsize n = 0;

  *length = 0;
  while (n < MAX_LENGTH_BYTES && from + n < input->length)
    {
      guint8 byte = input->at[from + n];

      *length |= (guint64) (byte & 0x7f) << (7 * n);
      n++;
      if ((byte & 0x80) == 0)
        return n;
    }
  return 0;
}

/* The record from here on.  After a length comes a list of few elements, and no JSON begins so. */
static Part
signalr_take_part (const WsiDecodeInput *input,
                   gsize                 from)
{
  gsize left = input->length - from, n;
  const guint8 *end;
  guint64 length;

  n = signalr_read_length (input, from, &length);
  if (n > 0 && n < left && input->at[from + n] >> 4 == 9)
    {
      length = MIN (length, left - n);
      return (Part) { wsi_msgpack_read, from + n, length, from + n + length };
    }
  end = memchr (input->at + from, END_OF_RECORD, left);
  if (end == NULL)
    return (Part) { NULL, from, left, input->length };
  n = end - input->at - from;
  return (Part) { NULL, from, n, from + n + 1 };
}

static gint64
check_type (const WsiValue *value)
{
  gint64 type = 0;

  wsi_value_to_whole (value, &type);
  return type >= 1 && type < (gint64) G_N_ELEMENTS (types) ? type : 0;
}

static void
signalr_read_object (const WsiValue *all,
                     Record         *record)
{
  static const char *const shown[] = { "arguments", "item", "result", "sequenceId" };
  WsiValue type = wsi_value_get_member (all, "type");
  guint n = 0;

  record->type = check_type (&type);
  record->id = wsi_value_get_member (all, "invocationId");
  record->target = wsi_value_get_member (all, "target");
  record->error = wsi_value_get_member (all, "error");
  for (gsize i = 0; i < G_N_ELEMENTS (shown) && n < MAX_SHOWN; i++)
    {
      record->shown[n] = wsi_value_get_member (all, shown[i]);
      n += record->shown[n].kind != WSI_JSON_END;
    }
}

static WsiValue
signalr_get_place (const WsiValue *all,
                   guint           place)
{
  return place > 0 ? wsi_value_get_element (all, place) : (WsiValue) { .kind = WSI_JSON_END };
}

static void
signalr_read_list (const WsiValue *all,
                   Record         *record)
{
  WsiValue type = wsi_value_get_element (all, 0), what;
  gint64 kind = 0;

  record->type = check_type (&type);
  record->id = signalr_get_place (all, types[record->type].id);
  record->target = signalr_get_place (all, types[record->type].target);
  record->error = signalr_get_place (all, types[record->type].error);
  record->shown[0] = signalr_get_place (all, types[record->type].shown);
  if (record->type != COMPLETION)
    return;

  what = wsi_value_get_element (all, PLACE_OF_RESULT);
  wsi_value_to_whole (&what, &kind);
  if (kind == COMPLETION_ERROR)
    {
      record->error = record->shown[0];
      record->shown[0].kind = WSI_JSON_END;
    }
}

static WsiValue
read_record (const WsiDecodeInput *input,
             const Part           *part,
             Record               *record)
{
  WsiValue all = wsi_value_begin (part->read, input->at + part->at, part->length);

  *record = (Record) { 0 };
  for (guint i = 0; i < MAX_SHOWN; i++)
    record->shown[i].kind = WSI_JSON_END;
  if (part->read == NULL)
    signalr_read_object (&all, record);
  else
    signalr_read_list (&all, record);
  return all;
}

/* A ping is two bytes, which many other messages begin with. */
static guint
probe_list (const WsiDecodeInput *input,
            const Part           *part)
{
  WsiValue headers;
  Record record;
  WsiValue all = read_record (input, part, &record);

  if (record.type == 0 ||
      (part->at + all.length != part->end && input->extent == WSI_EXTENT_WHOLE))
    return WSI_SCORE_NONE;

  headers = wsi_value_get_element (&all, 1);
  return headers.kind == WSI_JSON_OBJECT &&
         (record.id.kind == WSI_JSON_STRING || record.id.kind == WSI_JSON_NULL)
         ? WSI_SCORE_SURE : WSI_SCORE_WEAK;
}

/* Whether a record without its end is of SignalR: it has names that no other object has. */
static gboolean
is_object_cut (const WsiDecodeInput *input)
{
  WsiValue all, type, id, target;

  if (input->extent == WSI_EXTENT_WHOLE ||
      !wsi_json_may_have (input->at, input->length, "\"type\""))
    return FALSE;

  all = wsi_value_begin (NULL, input->at, input->length);
  type = wsi_value_get_member (&all, "type");
  if (check_type (&type) == 0)
    return FALSE;

  id = wsi_value_get_member (&all, "invocationId");
  target = wsi_value_get_member (&all, "target");
  return id.kind == WSI_JSON_STRING || target.kind == WSI_JSON_STRING;
}

static guint
signalr_probe (const WsiDecodeInput *input)
{
  Part part;

  if (input->length == 0)
    return WSI_SCORE_NONE;

  if (input->form == WSI_MESSAGE_BINARY)
    {
      part = signalr_take_part (input, 0);
      if (part.read != NULL)
        return probe_list (input, &part);
    }
  if (input->at[0] != '{')
    return WSI_SCORE_NONE;
  if (memchr (input->at, END_OF_RECORD, input->length) != NULL)
    return WSI_SCORE_SURE;
  return is_object_cut (input) ? WSI_SCORE_LIKELY + 1 : WSI_SCORE_NONE;
}

static void
signalr_describe_handshake (const WsiValue *all,
                            const Record   *record,
                            WsiDescription *description)
{
  WsiValue protocol = wsi_value_get_member (all, "protocol");

  wsi_description_append (description, " handshake");
  wsi_value_append (description, &protocol);
  wsi_value_append (description, &record->error);
  wsi_description_add_text (description, "signalr.type", (const guint8 *) "handshake", 9);
  wsi_value_add_error (description, "signalr.error", &record->error);
}

/* A completion ends a stream, whose items are no replies yet.  The pair is that of the first record
 * that has one. */
static void
signalr_describe_id (const Record   *record,
                     WsiDescription *description)
{
  if (record->id.kind != WSI_JSON_STRING)
    return;

  wsi_description_append (description, " id");
  wsi_value_append (description, &record->id);
  wsi_value_add_field (description, "signalr.id", &record->id);
  if (description->pairing == WSI_PAIRING_NONE)
    wsi_value_set_pair (description, types[record->type].pairing, &record->id);
}

static void
describe_record (const WsiValue *all,
                 const Record   *record,
                 WsiDescription *description)
{
  const char *name = types[record->type].name;

  if (record->type == 0)
    {
      signalr_describe_handshake (all, record, description);
      return;
    }

  wsi_description_append (description, " %s", name);
  wsi_description_add_text (description, "signalr.type", (const guint8 *) name, strlen (name));
  signalr_describe_id (record, description);
  wsi_value_append (description, &record->target);
  wsi_value_add_field (description, "signalr.target", &record->target);
  if (record->error.kind == WSI_JSON_STRING)
    wsi_value_append (description, &record->error);
  wsi_value_add_error (description, "signalr.error", &record->error);
  for (guint i = 0; i < MAX_SHOWN; i++)
    wsi_value_append (description, &record->shown[i]);
}

static void
signalr_describe (const WsiDecodeInput *input,
                  WsiDescription       *description)
{
  gsize at = 0;

  wsi_description_append (description, "SignalR");
  for (guint i = 0; i < MAX_RECORDS && at < input->length; i++)
    {
      Part part = signalr_take_part (input, at);
      Record record;
      WsiValue all = read_record (input, &part, &record);

      wsi_description_append (description, i > 0 ? "," : "");
      describe_record (&all, &record, description);
      if (i == 0)
        wsi_description_set_content (description, part.read == NULL ? "json" : "msgpack", part.at,
                                     part.length);
      at = part.end;
    }
}

static void
signalr_expand (WsiDecodeNode *node)
{
  WsiDecodeInput input = { .at = wsi_bytes_get_data (node->bytes, NULL),
                           .length = node->offset + node->length };
  gsize at = node->offset;

  for (guint i = 0; i < WSI_DECODE_PAGE && at < input.length; i++)
    {
      Part part = signalr_take_part (&input, at);
      WsiDecodeNode *child = wsi_decode_node_add (node, NULL, "", part.at, part.length);

      if (part.read == NULL)
        wsi_json_set_node (child);
      else
        wsi_msgpack_set_node (child);
      at = part.end;
    }
  if (at < input.length)
    wsi_decode_node_add_rest (node, at, input.length - at, signalr_expand, 0);
}

static void
signalr_decode (const WsiDecodeInput *input,
                WsiDecodeNode        *root)
{
  root->type = "records";
  wsi_decode_node_set_expand (root, signalr_expand, 0);
}

static const WsiDecoderField fields[] = {
  { "signalr.type", WSI_FIELD_TEXT, N_("Type of a record of SignalR, such as Invocation, or handshake") },
  { "signalr.target", WSI_FIELD_TEXT, N_("Method that it invokes") },
  { "signalr.id", WSI_FIELD_TEXT, N_("Its invocation") },
  { "signalr.error", WSI_FIELD_TEXT, N_("Error of a completion, a close or the handshake") },
};

const WsiDecoder wsi_signalr_decoder = {
  .name = "signalr", .title = "SignalR", .reach = WSI_REACH_CONVERSATION,
  .text_begins = WSI_BEGIN_BRACE,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = signalr_probe, .describe = signalr_describe, .decode = signalr_decode,
};
