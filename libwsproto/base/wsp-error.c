/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-error-private.h"

#include "core/limits.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 60            /* bytes of received text that an error shows */

typedef struct
{
  WscFault fault;               /* NONE: the error was not made from a rule */
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

typedef struct
{
  guint hresult;
  guint close_code;
} ErrorColumns;

/* For errors whose rule is unknown: a program created them, or a binding returned them. */
static const ErrorColumns error_columns[] = {
  [WSP_ERROR_FAILED] = { 0, 1011 },
  [WSP_ERROR_INVALID_ARGUMENT] = { 0x80070057, 0 },
  [WSP_ERROR_INVALID_OPERATION] = { 0x83760001, 0 },
  [WSP_ERROR_INVALID_FORMAT] = { 0x83760002, 1002 },
  [WSP_ERROR_INVALID_UTF8] = { 0x83760002, 1007 },
  [WSP_ERROR_TOO_BIG] = { 0x83760002, 1009 },
  [WSP_ERROR_EXTENSION_NOT_SUPPORTED] = { 0x83760003, 0 },
  [WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED] = { 0x83760004, 0 },
  [WSP_ERROR_VERSION_NOT_SUPPORTED] = { 0x83760005, 0 },
  [WSP_ERROR_HANDSHAKE] = { 0, 0 },
  [WSP_ERROR_NOT_WEBSOCKET] = { 0, 0 },
  [WSP_ERROR_REJECTED] = { 0, 1008 },
  [WSP_ERROR_CLOSED] = { 0x83760001, 0 },
  [WSP_ERROR_ABNORMAL_CLOSURE] = { 0, 0 },
  [WSP_ERROR_QUEUE_FULL] = { 0, 1008 },
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

static ErrorColumns
columns_of (const GError *error)
{
  ErrorColumns columns = { 0, 0 };
  WscFault fault;

  if (error->domain != WSP_ERROR)
    return columns;

  fault = wsp_error_get_fault (error);
  if (fault == WSC_FAULT_NONE)
    return (guint) error->code < G_N_ELEMENTS (error_columns) ? error_columns[error->code]
                                                              : columns;

  columns.hresult = wsc_fault_get_hresult (fault);
  columns.close_code = wsc_fault_get_close_code (fault);
  return columns;
}

guint
wsp_error_get_hresult (const GError *error)
{
  return columns_of (error).hresult;
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
  g_return_val_if_fail (error != NULL, 0);

  return columns_of (error).close_code;
}
