/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/report/wsp-close-info-private.h"

#include <gio/gio.h>
#include <libwsproto/base/wsp-error.h>
#include <libwsproto/base/wsp-close-code.h>

#include "log/wsp-log-private.h"

G_DEFINE_BOXED_TYPE (WspCloseInfo, wsp_close_info, wsp_close_info_ref, wsp_close_info_unref)

WspCloseInfo *
wsp_close_info_new (WspCloseKind kind)
{
  WspCloseInfo *self = g_slice_new0 (WspCloseInfo);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->ping_age = -1;
  return self;
}

/**
 * wsp_close_info_is_clean:
 * @self: a close info
 *
 * Gets whether both sides sent a Close frame and the transport ended afterwards.
 *
 * See RFC 6455, section 7.1.4.
 *
 * Returns: %TRUE after a complete closing handshake, whatever the codes
 *
 * Since: 0.1
 */
gboolean
wsp_close_info_is_clean (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->kind == WSP_CLOSE_CLEAN;
}

/**
 * wsp_close_info_was_started_by_peer:
 * @self: a close info
 *
 * Gets whether the Close of the peer was received before this side queued a Close. See RFC 6455,
 * section 7.1.3.
 *
 * Returns: %TRUE if the peer closed first
 *
 * Since: 0.1
 */
gboolean
wsp_close_info_was_started_by_peer (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->was_started_by_peer;
}

/**
 * wsp_close_info_get_peer_code:
 * @self: a close info
 *
 * Gets the close code that the peer sent. See RFC 6455, section 7.1.5.
 *
 * Returns: the code; 1005 if the Close of the peer has no code, 1006 if the peer sent no Close
 *
 * Since: 0.1
 */
guint
wsp_close_info_get_peer_code (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->peer_code;
}

/**
 * wsp_close_info_get_local_code:
 * @self: a close info
 *
 * Gets the close code that this side sent. See RFC 6455, section 7.4.
 *
 * Returns: the code; 1005 if the Close of this side has no code, 1006 if this side sent no Close
 *
 * Since: 0.1
 */
guint
wsp_close_info_get_local_code (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->local_code;
}

/**
 * wsp_close_info_get_peer_reason:
 * @self: a close info
 *
 * Gives the reason that the peer sent. The reason is for logs; do not show it to users.
 *
 * See RFC 6455, section 7.1.6.
 *
 * Returns: (transfer none) (nullable): UTF-8 text; %NULL without a reason; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_close_info_get_peer_reason (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->peer_reason;
}

/**
 * wsp_close_info_get_local_reason:
 * @self: a close info
 *
 * Gives the reason that was given to [method@Wsp.Connection.close_async]. See RFC 6455, section
 * 5.5.1.
 *
 * Returns: (transfer none) (nullable): UTF-8 text; %NULL without a reason; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_close_info_get_local_reason (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->local_reason;
}

/**
 * wsp_close_info_get_error:
 * @self: a close info
 *
 * Gives the error that ended the connection.
 *
 * Returns: (transfer none) (nullable): the error, %NULL after a clean close; valid as long as @self
 *
 * Since: 0.1
 */
const GError *
wsp_close_info_get_error (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}

/**
 * wsp_close_info_get_idle_time_us:
 * @self: a close info
 *
 * Gets the time between the last input from the peer and the end of the connection. A long time
 * before an abnormal end is typical of a proxy that drops idle connections.
 *
 * Returns: microseconds
 *
 * Since: 0.1
 */
gint64
wsp_close_info_get_idle_time_us (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->idle_time;
}

/* Quotation marks in the reason are escaped, so that a reader sees where the reason ends. */
static void
append_reason (GString    *text,
               const char *reason)
{
  if (reason == NULL || reason[0] == '\0')
    return;

  g_auto (GStrv) parts = g_strsplit (reason, "\"", -1);
  g_autofree char *joined = g_strjoinv ("\\x22", parts);
  g_autofree char *escaped = wsp_log_escape (joined);

  g_string_append_printf (text, " \"%s\"", escaped);
}

static void
close_info_append_close (GString    *text,
                         guint       code,
                         const char *reason)
{
  if (code == WSP_CLOSE_CODE_NO_STATUS)
    g_string_append (text, "without a code");
  else
    g_string_append_printf (text, "with %u", code);
  append_reason (text, reason);
}

static void
append_clean (WspCloseInfo *self,
              GString      *text)
{
  if (self->was_started_by_peer)
    {
      g_string_append (text, "Closed cleanly by the peer ");
      close_info_append_close (text, self->peer_code, self->peer_reason);
      g_string_append (text, ", answered ");
      close_info_append_close (text, self->local_code, self->local_reason);
    }
  else
    {
      g_string_append (text, "Closed cleanly by us ");
      close_info_append_close (text, self->local_code, self->local_reason);
      g_string_append (text, ", answered ");
      close_info_append_close (text, self->peer_code, self->peer_reason);
    }
}

/* The decimal separator is a point in every locale. */
static const char *
print_seconds (char   number[G_ASCII_DTOSTR_BUF_SIZE],
               gint64 time)
{
  return g_ascii_formatd (number, G_ASCII_DTOSTR_BUF_SIZE, "%.1f", time / (double) G_USEC_PER_SEC);
}

/* TRUE: the error is the reason of our Close (RFC 6455 7.1.7), and did not occur later. */
static gboolean
was_failed (WspCloseInfo *self)
{
  return self->error != NULL &&
         wsp_error_to_close_code (self->error) == self->local_code;
}

static void
append_failed (WspCloseInfo *self,
               GString      *text)
{
  g_autofree char *message = wsp_log_escape (self->error->message);

  g_string_append_printf (text, "Failed by us with %u: %s", self->local_code, message);
  if (self->peer_code != WSP_CLOSE_CODE_ABNORMAL)
    {
      g_string_append (text, "; closed by the peer ");
      close_info_append_close (text, self->peer_code, self->peer_reason);
    }
  else
    {
      g_string_append (text, "; no Close was read from the peer");
    }
}

static void
append_ended (WspCloseInfo *self,
              GString      *text)
{
  g_string_append (text, "Ended abnormally");
  if (self->error != NULL)
    {
      g_autofree char *message = wsp_log_escape (self->error->message);

      g_string_append_printf (text, ": %s", message);
    }

  if (self->local_code != WSP_CLOSE_CODE_ABNORMAL)
    {
      g_string_append (text, "; closed by us ");
      close_info_append_close (text, self->local_code, self->local_reason);
    }
  else
    {
      g_string_append (text, "; we sent no Close");
    }

  if (self->peer_code != WSP_CLOSE_CODE_ABNORMAL)
    {
      g_string_append (text, ", by the peer ");
      close_info_append_close (text, self->peer_code, self->peer_reason);
    }
  else
    {
      g_string_append (text, ", none was read from the peer");
    }
}

static void
append_abnormal (WspCloseInfo *self,
                 GString      *text)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (was_failed (self))
    append_failed (self, text);
  else
    append_ended (self, text);

  g_string_append_printf (text, "; no data for %s s",
                          print_seconds (number, self->idle_time));
  if (self->ping_age >= 0)
    g_string_append_printf (text, ", ping sent %s s ago",
                            print_seconds (number, self->ping_age));
}

/**
 * wsp_close_info_to_string:
 * @self: a close info
 *
 * Describes in one English sentence how the connection ended, for a log: whether cleanly, which
 * side closed or failed it, the codes and reasons of both sides, the error, and how long the peer
 * had been silent. The reasons and the error are escaped and cut to one line.
 *
 * Returns: (transfer full): the sentence
 *
 * Since: 0.1
 */
char *
wsp_close_info_to_string (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  GString *text = g_string_new (NULL);

  if (self->kind == WSP_CLOSE_CLEAN)
    append_clean (self, text);
  else
    append_abnormal (self, text);

  return g_string_free (text, FALSE);
}

/**
 * wsp_close_info_ref:
 * @self: a close info
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WspCloseInfo *
wsp_close_info_ref (WspCloseInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wsp_close_info_unref:
 * @self: (transfer full): a close info
 *
 * Gives up a reference; the last one frees it.
 *
 * Since: 0.1
 */
void
wsp_close_info_unref (WspCloseInfo *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->peer_reason);
  g_free (self->local_reason);
  g_clear_error (&self->error);
  g_slice_free (WspCloseInfo, self);
}
