/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* STOMP 1.0 to 1.2: a command, headers, an empty line, a body and a NUL byte; or line ends as
 * heartbeats. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/wsi-decode-node.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-words.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_HEADERS 256
#define ERROR "ERROR"           /* the command of an error */
#define MAX_COMMAND_LINE 13     /* length of UNSUBSCRIBE and the end of the line */

typedef struct
{
  const guint8 *at;
  gsize         length;
} Range;

typedef struct
{
  Range command, head, body;    /* parts of the frame; head: the headers without the empty line */
  gsize length;                 /* length of the frame with the NUL byte */
} Frame;

static const char *const commands[] = {
  "CONNECT", "STOMP", "CONNECTED", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN",
  "COMMIT", "ABORT", "DISCONNECT", "MESSAGE", "RECEIPT", "ERROR",
};

/* Cuts a line off the text, without its end. */
static Range
stomp_take_line (Range *rest)
{
  const guint8 *end = rest->length > 0 ? memchr (rest->at, '\n', rest->length) : NULL;
  Range line = { rest->at, end != NULL ? (gsize) (end - rest->at) : rest->length };
  gsize n = line.length + (end != NULL);

  if (n == 0)
    return line;

  rest->at += n;
  rest->length -= n;
  if (line.length > 0 && line.at[line.length - 1] == '\r')
    line.length--;
  return line;
}

static gboolean
is_heartbeat (const WsiDecodeInput *input)
{
  return input->length > 0 && input->length <= 2 && input->at[input->length - 1] == '\n' &&
         (input->at[0] == '\r' || input->at[0] == '\n');
}

static guint
stomp_probe (const WsiDecodeInput *input)
{
  Range rest = { input->at, input->length };
  Range line;

  if (is_heartbeat (input))
    return WSI_SCORE_WEAK;
  if (input->length == 0 ||
      memchr (input->at, '\n', MIN (input->length, MAX_COMMAND_LINE)) == NULL)
    return WSI_SCORE_NONE;

  line = stomp_take_line (&rest);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (line.length == strlen (commands[i]) && memcmp (line.at, commands[i], line.length) == 0 &&
        rest.length > 0)
      return WSI_SCORE_SURE;
  return WSI_SCORE_NONE;
}

static gboolean
split_header (Range  line,
              Range *name,
              Range *value)
{
  for (gsize i = 0; i < line.length; i++)
    if (line.at[i] == ':')
      {
        *name = (Range) { line.at, i };
        *value = (Range) { line.at + i + 1, line.length - i - 1 };
        return TRUE;
      }

  return FALSE;
}

/* The first header of the name: of repeated ones it is the one that counts. */
static Range
find_header (const Frame *frame,
             const char  *wanted)
{
  Range rest = frame->head, name, value;

  while (rest.length > 0)
    if (split_header (stomp_take_line (&rest), &name, &value) && name.length == strlen (wanted) &&
        memcmp (name.at, wanted, name.length) == 0)
      return value;
  return (Range) { NULL, 0 };
}

/* A body may have NUL bytes if its length is known. */
static gsize
measure_body (const Frame *frame,
              gsize        left)
{
  Range header = find_header (frame, "content-length");
  const guint8 *end = left > 0 ? memchr (frame->body.at, '\0', left) : NULL;
  gint64 length = -1;

  wsi_json_get_whole (header.at, header.length, &length);
  if (length >= 0)
    return MIN ((guint64) length, left);
  return end != NULL ? (gsize) (end - frame->body.at) : left;
}

static void
stomp_parse (const WsiDecodeInput *input,
             gsize                 from,
             Frame                *frame)
{
  Range rest = { input->at + from, input->length - from };
  const guint8 *end;

  frame->command = stomp_take_line (&rest);
  frame->head = (Range) { rest.at, 0 };
  while (rest.length > 0)
    {
      Range line = stomp_take_line (&rest);

      if (line.length == 0)
        break;
      frame->head.length = (gsize) (line.at + line.length - frame->head.at);
    }
  frame->body = (Range) { rest.at, 0 };
  frame->body.length = measure_body (frame, rest.length);
  end = frame->body.at + frame->body.length;
  frame->length = (gsize) (end - input->at) - from;
  if (end < input->at + input->length && *end == '\0')
    frame->length++;
}

/* Line ends may follow a frame. */
static gsize
skip_line_ends (const WsiDecodeInput *input,
                gsize                 from)
{
  gsize at = from;

  while (at < input->length && (input->at[at] == '\n' || input->at[at] == '\r'))
    at++;
  return at;
}

/* Replaces the escapes of STOMP 1.2. */
static void
stomp_unescape (Range    value,
                GString *text)
{
  static const char letters[] = "nrc\\", values[] = "\n\r:\\";

  for (gsize i = 0; i < value.length; i++)
    {
      const char *letter = value.at[i] == '\\' && i + 1 < value.length && value.at[i + 1] != '\0'
                           ? strchr (letters, value.at[i + 1]) : NULL;

      g_string_append_c (text, letter != NULL ? values[letter - letters] : (char) value.at[i]);
      i += letter != NULL;
    }
}

static void
stomp_add_header (const Frame    *frame,
                  const char     *header,
                  const char     *field,
                  const char     *before,
                  WsiDescription *description)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Range value = find_header (frame, header);

  if (value.at == NULL)
    return;

  stomp_unescape (value, text);
  wsi_description_append_word (description, before);
  wsi_description_append_peer (description, (const guint8 *) text->str, text->len);
  wsi_description_add_text (description, field, (const guint8 *) text->str, text->len);
}

/* The text is a header; without it, the body. */
static void
stomp_describe_error (const Frame    *frame,
                      WsiDescription *description)
{
  const WsiDecodedField *field;

  if (frame->command.length != strlen (ERROR) ||
      memcmp (frame->command.at, ERROR, frame->command.length) != 0)
    return;

  stomp_add_header (frame, "message", "stomp.error", " ", description);
  if (find_header (frame, "message").at == NULL)
    wsi_description_add_text (description, "stomp.error", frame->body.at, frame->body.length);
  field = wsi_description_find (description, "stomp.error", NULL);
  if (field != NULL)
    wsi_description_set_error (description, "stomp.error",
                               wsi_description_get_text (description, field), field->length);
}

static void
stomp_set_pair (const Frame    *frame,
                WsiDescription *description)
{
  Range request = find_header (frame, "receipt"), reply = find_header (frame, "receipt-id");

  if (reply.length > 0)
    wsi_description_set_pair (description, WSI_PAIRING_REPLY, reply.at, reply.length);
  else if (request.length > 0)
    wsi_description_set_pair (description, WSI_PAIRING_REQUEST, request.at, request.length);
}

static void
stomp_describe_frame (const WsiDecodeInput *input,
                      const Frame          *frame,
                      WsiDescription       *description)
{
  WsiJsonValue content;

  wsi_description_append (description, "STOMP ");
  wsi_description_append_peer (description, frame->command.at, frame->command.length);
  wsi_description_add_text (description, "stomp.command", frame->command.at,
                            frame->command.length);
  stomp_add_header (frame, "destination", "stomp.destination", " ", description);
  stomp_add_header (frame, "subscription", "stomp.subscription", " subscription ", description);
  stomp_add_header (frame, "id", "stomp.id", " id ", description);
  stomp_describe_error (frame, description);
  stomp_add_header (frame, "receipt", "stomp.receipt", " receipt ", description);
  stomp_add_header (frame, "receipt-id", "stomp.receipt", " receipt ", description);
  stomp_set_pair (frame, description);
  if (frame->body.length == 0)
    return;

  wsi_description_append (description, ": ");
  wsi_description_append_peer (description, frame->body.at, frame->body.length);
  content = wsi_json_read (frame->body.at, frame->body.length);
  if (content.kind == WSI_JSON_OBJECT || content.kind == WSI_JSON_ARRAY)
    wsi_description_set_content (description, "json", (gsize) (frame->body.at - input->at),
                                 frame->body.length);
}

static void
stomp_describe (const WsiDecodeInput *input,
                WsiDescription       *description)
{
  gsize at = skip_line_ends (input, 0);
  Frame frame;

  if (at == input->length)
    {
      wsi_description_append (description, "STOMP heartbeat");
      return;
    }

  stomp_parse (input, at, &frame);
  stomp_describe_frame (input, &frame, description);
  if (skip_line_ends (input, at + frame.length) < input->length)
    wsi_description_append (description, ", %s",
                            wsi_words_choose (input->words, N_("and more frames")));
}

static void
stomp_add_headers (WsiDecodeNode *node,
                   const Frame   *frame,
                   const guint8  *start)
{
  Range rest = frame->head, name, value;

  for (guint i = 0; i < MAX_HEADERS && rest.length > 0; i++)
    {
      Range line = stomp_take_line (&rest);
      WsiDecodeNode *child = wsi_decode_node_add (node, NULL, "header", (gsize) (line.at - start),
                                                  line.length);
      g_autoptr (GString) text = g_string_new (NULL);

      if (!split_header (line, &name, &value))
        {
          wsi_decode_node_set_text (child, line.at, line.length);
          continue;
        }
      wsi_decode_node_set_name (child, name.at, name.length);
      stomp_unescape (value, text);
      wsi_decode_node_set_text (child, (const guint8 *) text->str, text->len);
      wsi_decode_node_set_value_range (child, WSI_DECODE_VALUE_TEXT,
                                       (gsize) (value.at - start), value.length);
    }
}

static void
stomp_add_frame (WsiDecodeNode        *root,
                 const WsiDecodeInput *input,
                 const Frame          *frame)
{
  gsize begin = (gsize) (frame->command.at - input->at);
  WsiDecodeNode *node = wsi_decode_node_add (root, NULL, "frame", begin, frame->length), *body;

  wsi_decode_node_set_text (node, frame->command.at, frame->command.length);
  stomp_add_headers (node, frame, input->at);
  if (frame->body.length == 0)
    return;

  body = wsi_decode_node_add (node, "body", "", (gsize) (frame->body.at - input->at),
                              frame->body.length);
  wsi_json_set_node (body);
}

static void
stomp_expand (WsiDecodeNode *node)
{
  WsiDecodeInput input = { .at = wsi_bytes_get_data (node->bytes, NULL),
                           .length = node->offset + node->length };
  gsize at = skip_line_ends (&input, node->offset);

  for (guint i = 0; i < WSI_DECODE_PAGE && at < input.length; i++)
    {
      Frame frame;

      stomp_parse (&input, at, &frame);
      stomp_add_frame (node, &input, &frame);
      at = skip_line_ends (&input, at + frame.length);
    }
  if (at < input.length)
    wsi_decode_node_add_rest (node, at, input.length - at, stomp_expand, 0);
}

static void
stomp_decode (const WsiDecodeInput *input,
              WsiDecodeNode        *root)
{
  root->type = "frames";
  wsi_decode_node_set_expand (root, stomp_expand, 0);
}

static const WsiDecoderField fields[] = {
  { "stomp.command", WSI_FIELD_TEXT, N_("Command of a frame of STOMP, such as SEND") },
  { "stomp.destination", WSI_FIELD_TEXT, N_("Its destination") },
  { "stomp.subscription", WSI_FIELD_TEXT, N_("Subscription that a message is for") },
  { "stomp.id", WSI_FIELD_TEXT, N_("Number of a subscription that begins or ends, or of what is acknowledged") },
  { "stomp.receipt", WSI_FIELD_TEXT, N_("Receipt that is asked for, or given") },
  { "stomp.error", WSI_FIELD_TEXT, N_("Text of an error") },
};

const WsiDecoder wsi_stomp_decoder = {
  .name = "stomp", .title = "STOMP",
  .begins = WSI_BEGIN_LETTER | WSI_BEGIN_BLANK,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = stomp_probe, .describe = stomp_describe, .decode = stomp_decode,
};
