/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-heads-private.h"

#include "session/wsp-handshake-private.h"
#include "session/wsp-headers-private.h"

typedef struct
{
  WspDirection direction;
  GBytes      *bytes;
  gint64       time_us;
} Passed;

struct _WspHeadLog
{
  GArray *passed;               /* of Passed */
};

WspHeaders *
wsp_heads_get_headers (WscHttpHead *head)
{
  WspHeaders *headers = wsp_headers_new ();
  gsize n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  for (gsize i = 0; i < n_fields; i++)
    {
      const WscHeader *field = &fields[i];
      g_autofree char *name = g_strndup ((const char *) field->name.at, field->name.length);
      g_autofree char *value = g_strndup ((const char *) field->value.at, field->value.length);

      wsp_headers_append (headers, name, value, NULL);
    }

  return headers;
}

WspHeaders *
wsp_heads_copy (WspHeaders *headers)
{
  WspHeaders *copy = wsp_headers_new ();
  g_autofree WscHeader *fields = NULL;
  gsize n_fields;

  if (headers != NULL)
    {
      fields = wsp_headers_view (headers, &n_fields);
      wsp_headers_add_fields (copy, fields, n_fields);
    }

  return copy;
}

gboolean
wsp_heads_have (WspHeaders *headers,
                const char *name)
{
  for (guint i = 0; headers != NULL && i < wsp_headers_get_length (headers); i++)
    {
      if (g_ascii_strcasecmp (wsp_headers_get_name (headers, i), name) == 0)
        return TRUE;
    }

  return FALSE;
}

char *
wsp_heads_describe_response (const WscHttpHead *head)
{
  WscBytes reason = wsc_http_head_get_reason (head);
  g_autofree char *text = g_strndup ((const char *) reason.at, reason.length);
  g_autofree char *escaped = g_strescape (text, NULL);

  return g_strdup_printf ("status %u %.100s", wsc_http_head_get_status (head), escaped);
}

char *
wsp_heads_describe_fault (const WscHttpHead   *head,
                          const WscHeadLimits *limits,
                          WscFault             fault,
                          const char         **limit)
{
  const WscOptions options = { .head = limits };
  guint64 number = head != NULL ? wsc_http_head_get_fault_number (head) : 0;
  g_autoptr (GError) error = NULL;

  wsp_session_error_from_fault (&error, fault, number, &options);
  *limit = wsp_session_error_name_limit (fault);
  return g_strdup (error->message);
}

static void
passed_clear (Passed *self)
{
  g_bytes_unref (self->bytes);
}

WspHeadLog *
wsp_head_log_new (void)
{
  WspHeadLog *self = g_new0 (WspHeadLog, 1);

  self->passed = g_array_new (FALSE, FALSE, sizeof (Passed));
  g_array_set_clear_func (self->passed, (GDestroyNotify) passed_clear);
  return self;
}

void
wsp_head_log_free (WspHeadLog *self)
{
  g_array_unref (self->passed);
  g_free (self);
}

void
wsp_head_log_add (WspHeadLog  *self,
                  WspDirection direction,
                  GBytes      *bytes,
                  gint64       time_us)
{
  Passed passed = { direction, g_bytes_ref (bytes), time_us };

  g_array_append_val (self->passed, passed);
}

static void
notify_tap (WspHeadLog *self,
            WspTap     *tap,
            GObject    *source)
{
  for (guint i = 0; i < self->passed->len; i++)
    {
      const Passed *passed = &g_array_index (self->passed, Passed, i);

      wsp_tap_bytes (tap, source, passed->direction, passed->bytes, passed->time_us);
    }
  wsp_tap_state (tap, source);
}

static gpointer
copy_reference (gconstpointer tap,
                gpointer      user_data)
{
  return g_object_ref ((gpointer) tap);
}

void
wsp_head_log_notify (WspHeadLog *self,
                     GPtrArray  *taps,
                     GObject    *source)
{
  /* A tap may remove itself, or another one. */
  g_autoptr (GPtrArray) present = g_ptr_array_copy (taps, copy_reference, NULL);

  for (guint i = 0; i < present->len; i++)
    notify_tap (self, present->pdata[i], source);
}
