/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-copy.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/save/formats/wsi-command.h"
#include "inspect/show/lines/wsi-copied-text.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/store/wsi-store.h"

static const char *const names[] = {
  "text", "hex", "base64", "c", "shown", "json", "wsinspect", "websocat",
  "javascript", "python", "curl",
};

gboolean
wsi_copy_form_find (const char  *name,
                    WsiCopyForm *form)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *form = (WsiCopyForm) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
wsi_copy_form_is_command (WsiCopyForm form)
{
  return form >= WSI_COPY_WSINSPECT;
}

GBytes *
wsi_row_dup_content (WsiRow  *row,
                     WsiUnit  unit,
                     GError **error)
{
  WsiStore *store = wsi_row_get_store (row);
  guint32 message = wsi_row_get_record (row)->message;
  WsiMessageInfo info;
  GBytes *payload;

  if (unit == WSI_UNIT_MESSAGES && wsi_store_get_message (store, message, &info))
    payload = wsi_store_dup_message (store, message, WSI_COPY_MAX_LENGTH);
  else
    payload = wsi_row_dup_payload (row, WSI_COPY_MAX_LENGTH);

  if (payload == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("Cannot copy row %" PRIu64 ": its payload was not kept"),
                 wsi_row_get_number (row) + 1);
  return payload;
}

static char *
print_c (GBytes *payload)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);
  GString *text = g_string_new ("const unsigned char payload[] = {");

  wsi_hex_append_array (text, at, length);
  g_string_append (text, "\n};\n");
  return g_string_free (text, FALSE);
}

static char *
print_base64 (GBytes *payload)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);

  return length > 0 ? g_base64_encode (at, length) : g_strdup ("");
}

/* The payload without its secrets. */
static GBytes *
dup_open (WsiRow            *row,
          WsiUnit            unit,
          WsiHiddenMessages *messages,
          GError           **error)
{
  g_autoptr (GBytes) kept = wsi_row_dup_content (row, unit, error);

  return kept != NULL
         ? wsi_hidden_messages_hide_row (messages, wsi_row_get_number (row),
                                         wsi_row_get_record (row), unit == WSI_UNIT_MESSAGES, kept)
         : NULL;
}

/* Prints a command, with the messages that the client has sent. */
static char *
row_copy_print_command (WsiRow            *row,
                        WsiUnit            unit,
                        WsiCommandKind     kind,
                        WsiHiddenMessages *messages,
                        GError           **error)
{
  const WsiRecord *record = wsi_row_get_record (row);
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (wsi_row_get_store (row), record->conversation);
  g_autoptr (GBytes) payload = NULL;
  g_auto (GStrv) notes = NULL;
  gboolean is_text = record->message_opcode == WSI_OPCODE_TEXT;
  gboolean is_sent;

  if (conversation == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("Cannot make a command: row %" PRIu64 " belongs to no connection"),
                   wsi_row_get_number (row) + 1);
      return NULL;
    }

  is_sent = (record->direction == WSP_DIRECTION_SENT)
            == (wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT);
  if (is_sent && (is_text || record->message_opcode == WSI_OPCODE_BINARY))
    payload = dup_open (row, unit, messages, NULL);
  return wsi_command_make (kind, conversation,
                           is_text ? WSP_FRAME_KIND_TEXT : WSP_FRAME_KIND_BINARY, payload,
                           wsi_hidden_messages_get_redactor (messages), &notes, error);
}

static char *
row_copy_print_payload (WsiRow            *row,
                        WsiUnit            unit,
                        WsiCopyForm        form,
                        WsiHiddenMessages *messages,
                        GError           **error)
{
  g_autoptr (GBytes) payload = dup_open (row, unit, messages, error);

  if (payload == NULL)
    return NULL;
  if (form == WSI_COPY_C)
    return print_c (payload);
  if (form == WSI_COPY_BASE64)
    return print_base64 (payload);

  return wsi_copied_text_new (payload, form == WSI_COPY_HEX ? WSI_LINES_HEX : WSI_LINES_TEXT);
}

char *
wsi_row_copy (WsiRow            *row,
              WsiUnit            unit,
              WsiCopyForm        form,
              WsiHiddenMessages *messages,
              GError           **error)
{
  switch (form)
    {
    case WSI_COPY_TEXT:
    case WSI_COPY_HEX:
    case WSI_COPY_BASE64:
    case WSI_COPY_C:
      return row_copy_print_payload (row, unit, form, messages, error);
    case WSI_COPY_WSINSPECT:
      return row_copy_print_command (row, unit, WSI_COMMAND_WSINSPECT, messages, error);
    case WSI_COPY_WEBSOCAT:
      return row_copy_print_command (row, unit, WSI_COMMAND_WEBSOCAT, messages, error);
    case WSI_COPY_JAVASCRIPT:
      return row_copy_print_command (row, unit, WSI_COMMAND_JAVASCRIPT, messages, error);
    case WSI_COPY_PYTHON:
      return row_copy_print_command (row, unit, WSI_COMMAND_PYTHON, messages, error);
    case WSI_COPY_CURL:
      return row_copy_print_command (row, unit, WSI_COMMAND_CURL, messages, error);
    case WSI_COPY_SHOWN:
    case WSI_COPY_JSON:
      break;
    }

  g_assert_not_reached ();
}
