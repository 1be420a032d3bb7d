/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-handshake-check.h"
#include "observe/wsp-handshake-headers-private.h"

#include "core/handshake/handshake-rules.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "core/handshake/mended-head.h"

#include <string.h>

struct _WspHandshakeCheck
{
  const char         *id;
  char               *section, *text;
  WspHandshakeVerdict verdict;
};

G_STATIC_ASSERT ((int) WSP_HANDSHAKE_VERDICT_HINT == (int) WSC_VERDICT_HINT);
G_STATIC_ASSERT ((int) WSP_HANDSHAKE_VERDICT_WARNING == (int) WSC_VERDICT_WARNING);
G_STATIC_ASSERT ((int) WSP_HANDSHAKE_VERDICT_NOT_CHECKED == (int) WSC_VERDICT_NOT_CHECKED);

/* A section is of RFC 6455, unless it has the number of another RFC and a space in front. */
static char *
name_section (const char *section)
{
  if (g_str_equal (section, "-"))
    return g_strdup (section);

  return g_strconcat (strchr (section, ' ') != NULL ? "RFC " : "RFC 6455 ", section, NULL);
}

static WspHandshakeCheck *
check_new (const WscHandshakeCheck *check)
{
  WspHandshakeCheck *self = g_new0 (WspHandshakeCheck, 1);

  self->id = check->id;
  self->section = name_section (check->section);
  self->text = g_strdup (check->text);
  self->verdict = (WspHandshakeVerdict) check->verdict;
  return self;
}

static void
check_free (gpointer data)
{
  WspHandshakeCheck *self = data;

  g_free (self->section);
  g_free (self->text);
  g_free (self);
}

static WscBytes
view_bytes (GBytes *bytes)
{
  WscBytes view = { NULL, 0 };

  if (bytes != NULL)
    view.at = g_bytes_get_data (bytes, &view.length);

  return view;
}

GPtrArray *
wsp_handshake_check (GBytes *request_head,
                     GBytes *response_head)
{
  GPtrArray *found;
  WscHandshakeCheck *checks;

  g_return_val_if_fail (request_head != NULL, NULL);

  found = g_ptr_array_new_with_free_func (check_free);
  checks = g_new0 (WscHandshakeCheck, WSC_N_HANDSHAKE_CHECKS);
  wsc_handshake_checks_run (checks, view_bytes (request_head), view_bytes (response_head),
                            &wsc_observed_head_limits);
  for (guint i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    g_ptr_array_add (found, check_new (&checks[i]));

  g_free (checks);
  return found;
}

WspHeaders *
wsp_handshake_make_headers (const WscHttpHead *head)
{
  WspHeaders *headers = wsp_headers_new ();
  gsize n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  for (gsize i = 0; i < n_fields; i++)
    {
      g_autofree char *name = g_strndup ((const char *) fields[i].name.at, fields[i].name.length);
      g_autofree char *value =
        g_strndup ((const char *) fields[i].value.at, fields[i].value.length);

      wsp_headers_append (headers, name, value, NULL);
    }
  return headers;
}

/* NULL: there are too many fields.  The first line of a head that is not read as a whole has no
 * token before a colon, so that it is no field. */
static WscHttpHead *
handshake_check_read_fields (GBytes *head)
{
  WscBytes bytes = view_bytes (head);
  gboolean is_response = bytes.length > 0 && *bytes.at == 'H';
  WscFault fault;
  gsize used;
  WscHttpHead *read =
    wsc_observed_head_read (is_response ? WSC_HEAD_RESPONSE : WSC_HEAD_REQUEST,
                            &wsc_observed_head_limits, bytes, &fault, &used);

  return read != NULL ? read : wsc_mended_head_read (WSC_HEAD_FIELDS, bytes, &fault);
}

WspHeaders *
wsp_handshake_dup_headers (GBytes *head)
{
  g_return_val_if_fail (head != NULL, NULL);

  WscHttpHead *fields = handshake_check_read_fields (head);
  WspHeaders *headers = fields != NULL ? wsp_handshake_make_headers (fields) : NULL;

  wsc_http_head_free (fields);
  return headers;
}

char *
wsp_handshake_dup_field (GBytes     *head,
                         const char *name)
{
  g_return_val_if_fail (head != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  WscHttpHead *read = handshake_check_read_fields (head);
  WscFields fields = { NULL, 0 };
  char *value = NULL;

  if (read != NULL)
    fields.at = wsc_http_head_get_fields (read, &fields.n);
  if (wsc_fields_count (fields, name) == 1)
    {
      WscBytes found = wsc_fields_get (fields, name);

      value = g_strndup ((const char *) found.at, found.length);
    }
  wsc_http_head_free (read);
  return value;
}

const char *
wsp_handshake_check_get_id (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
wsp_handshake_check_get_section (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->section;
}

WspHandshakeVerdict
wsp_handshake_check_get_verdict (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, WSP_HANDSHAKE_VERDICT_NOT_CHECKED);

  return self->verdict;
}

const char *
wsp_handshake_check_get_text (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}
