/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-error-private.h"

#include "core/close-code.h"
#include "core/limits.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 60            /* bytes of received text that an error shows */

typedef struct
{
  WscFault fault;               /* broken rule; NONE: the error was not made from a rule */
} WspErrorPrivate;

static void
wsp_error_private_init (WspErrorPrivate *self)
{
  self->fault = WSC_FAULT_NONE;
}

static void
wsp_error_private_copy (const WspErrorPrivate *from,
                        WspErrorPrivate       *to)
{
  *to = *from;
}

static void
wsp_error_private_clear (WspErrorPrivate *self)
{
}

/**
 * wsp_error_quark:
 *
 * Gets the error domain of [error@Wsp.Error].
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
G_DEFINE_EXTENDED_ERROR (WspError, wsp_error)

/* A program may create an error from the name of this domain before the library has registered the
 * domain, as Python does with GLib.Error ().  Such an error would lack the private data that GLib
 * reads once the domain is registered. */
static void register_domain (void) __attribute__ ((constructor));

static void
register_domain (void)
{
  (void) wsp_error_quark ();
}

/* For errors whose rule is unknown: a program created them, or a binding returned them.  0 = no
 * Close is sent. */
static const guint16 close_codes[] = {
  [WSP_ERROR_FAILED] = WSC_CLOSE_INTERNAL_ERROR,
  [WSP_ERROR_INVALID_FORMAT] = WSC_CLOSE_PROTOCOL_ERROR,
  [WSP_ERROR_INVALID_UTF8] = WSC_CLOSE_INVALID_PAYLOAD,
  [WSP_ERROR_TOO_BIG] = WSC_CLOSE_TOO_BIG,
  [WSP_ERROR_REJECTED] = WSC_CLOSE_POLICY_VIOLATION,
  [WSP_ERROR_QUEUE_FULL] = WSC_CLOSE_POLICY_VIOLATION,
};

G_STATIC_ASSERT ((int) WSC_ERROR_INVALID_FORMAT == (int) WSP_ERROR_INVALID_FORMAT);
G_STATIC_ASSERT ((int) WSC_ERROR_ABNORMAL_CLOSURE == (int) WSP_ERROR_ABNORMAL_CLOSURE);
G_STATIC_ASSERT ((int) WSP_ERROR_QUEUE_FULL == (int) WSC_ERROR_ABNORMAL_CLOSURE + 1);

const char *
wsp_error_name_limit (WscFault fault)
{
  WscLimit limit = wsc_limit_find (fault);

  if (limit == WSC_N_LIMITS)
    return NULL;

  return wsc_limit_rows[limit].property != NULL ? wsc_limit_rows[limit].property : "";
}

/* CANCELLED and TIMED_OUT become errors of GIO; MEMORY becomes FAILED. */
static GError *
error_new (WscFault    fault,
           const char *message)
{
  WscFaultError word = wsc_fault_get_error (fault);

  if (word == WSC_ERROR_CANCELLED)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, message);

  if (word == WSC_ERROR_TIMED_OUT)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, message);

  if (word == WSC_ERROR_MEMORY)
    word = WSC_ERROR_FAILED;

  return g_error_new_literal (WSP_ERROR, (int) word, message);
}

void
wsp_error_from_fault (GError          **error,
                      WscFault          fault,
                      guint64           number,
                      const WscOptions *options)
{
  g_autofree char *numbered = NULL;
  const char *message = wsc_fault_get_text (fault);
  WscLimit limit = wsc_limit_find (fault);
  GError *made;

  if (error == NULL)
    return;

  /* Lists are read up to the first entry beyond the limit. */
  if (number == 0 && wsc_limit_rows[limit].is_of_head && options != NULL)
    number = wsc_limit_read (limit, options) + 1;

  if (number > 0 && limit < WSC_N_LIMITS)
    message = numbered = g_strdup_printf ("%s: %" G_GUINT64_FORMAT ", limit %" G_GUINT64_FORMAT,
                                          message, number, wsc_limit_read (limit, options));

  made = error_new (fault, message);
  if (made->domain == WSP_ERROR)
    wsp_error_get_private (made)->fault = fault;

  g_propagate_error (error, made);
}

WscFault
wsp_error_get_fault (const GError *error)
{
  return error->domain == WSP_ERROR ? wsp_error_get_private (error)->fault
                                            : WSC_FAULT_NONE;
}

void
wsp_error_add_received (GError **error,
                        WscBytes received)
{
  if (error == NULL || *error == NULL)
    return;

  g_autofree char *before = g_steal_pointer (&(*error)->message);
  g_autofree char *shown = wsp_excerpt_quote (received.at, received.length, MAX_SHOWN);

  (*error)->message = g_strconcat (before, ": received ", shown, NULL);
}

/**
 * wsp_error_to_close_code:
 * @error: (transfer none): an error of any domain
 *
 * Gets the close code that a session sends when it fails with this error. For an error that the
 * library created the result is exact, because the library stores the broken rule with the error.
 * For an error that a program or a binding created, the result follows from the error's code alone.
 *
 * See RFC 6455, section 7.4.1.
 *
 * Returns: a close code, or 0 when no Close is sent
 *
 * Since: 0.1
 */
guint
wsp_error_to_close_code (const GError *error)
{
  WscFault fault;

  g_return_val_if_fail (error != NULL, 0);

  if (error->domain != WSP_ERROR)
    return 0;

  fault = wsp_error_get_fault (error);
  if (fault != WSC_FAULT_NONE)
    return wsc_fault_get_close_code (fault);

  return (guint) error->code < G_N_ELEMENTS (close_codes) ? close_codes[error->code] : 0;
}

GError *
wsp_error_new_inherited (const char *what)
{
  return g_error_new (WSP_ERROR, WSP_ERROR_CLOSED,
                      "%s belongs to the process that made it: expected a call there, received one "
                      "in a child of its fork () (the child makes its own)", what);
}
