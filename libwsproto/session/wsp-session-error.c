/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-session-error-private.h"

#include "session/wsp-limits-private.h"
#include "session/wsp-session-lend-private.h"

#include <stddef.h>

typedef struct
{
  WscFault fault;               /* NONE: the error was not made of a rule */
} WspSessionErrorPrivate;

static void
wsp_session_error_private_init (WspSessionErrorPrivate *self)
{
  self->fault = WSC_FAULT_NONE;
}

static void
wsp_session_error_private_copy (const WspSessionErrorPrivate *from,
                                WspSessionErrorPrivate       *to)
{
  *to = *from;
}

static void
wsp_session_error_private_clear (WspSessionErrorPrivate *self)
{
}

/**
 * wsp_session_error_quark:
 *
 * Gives the error domain of [error@Wsp.SessionError].
 *
 * Returns: the quark
 *
 * Since: 0.1
 */
G_DEFINE_EXTENDED_ERROR (WspSessionError, wsp_session_error)

typedef struct
{
  guint hresult;
  guint close_code;
} ErrorColumns;

/* What an error means where no rule is known: it was made by a program, or came back through a
 * binding. */
static const ErrorColumns error_columns[] = {
  [WSP_SESSION_ERROR_FAILED] = { 0, 1011 },
  [WSP_SESSION_ERROR_INVALID_ARGUMENT] = { 0x80070057, 0 },
  [WSP_SESSION_ERROR_INVALID_OPERATION] = { 0x83760001, 0 },
  [WSP_SESSION_ERROR_INVALID_FORMAT] = { 0x83760002, 1002 },
  [WSP_SESSION_ERROR_INVALID_UTF8] = { 0x83760002, 1007 },
  [WSP_SESSION_ERROR_TOO_BIG] = { 0x83760002, 1009 },
  [WSP_SESSION_ERROR_EXTENSION_NOT_SUPPORTED] = { 0x83760003, 0 },
  [WSP_SESSION_ERROR_SUBPROTOCOL_NOT_SUPPORTED] = { 0x83760004, 0 },
  [WSP_SESSION_ERROR_VERSION_NOT_SUPPORTED] = { 0x83760005, 0 },
  [WSP_SESSION_ERROR_HANDSHAKE] = { 0, 0 },
  [WSP_SESSION_ERROR_NOT_WEBSOCKET] = { 0, 0 },
  [WSP_SESSION_ERROR_REJECTED] = { 0, 1008 },
  [WSP_SESSION_ERROR_CLOSED] = { 0x83760001, 0 },
  [WSP_SESSION_ERROR_ABNORMAL_CLOSURE] = { 0, 0 },
};

G_STATIC_ASSERT ((int) WSC_ERROR_INVALID_FORMAT == (int) WSP_SESSION_ERROR_INVALID_FORMAT);
G_STATIC_ASSERT ((int) WSC_ERROR_ABNORMAL_CLOSURE == (int) WSP_SESSION_ERROR_ABNORMAL_CLOSURE);
G_STATIC_ASSERT (G_N_ELEMENTS (error_columns) == (int) WSC_ERROR_CANCELLED);
G_STATIC_ASSERT (offsetof (WspSessionOptions, options) == 0);

/* Rules about a number, and where the number to compare with stands. */
typedef enum
{
  LIMIT_UINT64,                 /* in the options */
  LIMIT_UINT32,
  LIMIT_OF_HEAD,                /* in the options' limits of a head */
} LimitPlace;

static const struct
{
  WscFault    fault;
  const char *property;
  LimitPlace  place;
  gsize       offset;
} limit_rules[] = {
  { WSC_FAULT_FRAME_TOO_BIG, "max-frame-size", LIMIT_UINT64,
    offsetof (WscOptions, max_frame_length) },
  { WSC_FAULT_MESSAGE_TOO_BIG, "max-message-size", LIMIT_UINT64,
    offsetof (WscOptions, max_message_length) },
  { WSC_FAULT_TOO_MANY_FRAGMENTS, "max-fragments", LIMIT_UINT32,
    offsetof (WscOptions, max_fragments) },
  { WSC_FAULT_INFLATE_RATIO_TOO_HIGH, "max-inflate-ratio", LIMIT_UINT32,
    offsetof (WscOptions, max_inflate_ratio) },
  { WSC_FAULT_TOO_MANY_PINGS, "max-pings-per-second", LIMIT_UINT32,
    offsetof (WscOptions, max_pings_per_second) },
  { WSC_FAULT_BUFFERED_INPUT_FULL, "max-buffered-input", LIMIT_UINT64,
    offsetof (WspSessionOptions, max_buffered_input) },        /* only a session finds it */
  { WSC_FAULT_PEER_NOT_RESPONDING, "keepalive-timeout", LIMIT_UINT32,
    offsetof (WscOptions, keepalive_timeout) },
  { WSC_FAULT_HEAD_TOO_BIG, "max-head-size", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_size) },
  { WSC_FAULT_LINE_TOO_LONG, "max-request-line", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_line) },
  { WSC_FAULT_TOO_MANY_FIELDS, "max-header-fields", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_fields) },
  { WSC_FAULT_TOO_MANY_PROTOCOLS, "max-offered-protocols", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_protocols) },
  { WSC_FAULT_TOO_MANY_EXTENSIONS, "max-offered-extensions", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_extensions) },
  { WSC_FAULT_TOO_MANY_PARAMETERS, "max-extension-parameters", LIMIT_OF_HEAD,
    offsetof (WscHeadLimits, max_parameters) },
};

/* The row of limit_rules, or -1. */
static int
find_limit (WscFault fault)
{
  for (guint i = 0; i < G_N_ELEMENTS (limit_rules); i++)
    if (limit_rules[i].fault == fault)
      return (int) i;

  return -1;
}

static guint64
read_limit (int               rule,
            const WscOptions *options)
{
  gsize offset = limit_rules[rule].offset;

  switch (limit_rules[rule].place)
    {
    case LIMIT_UINT64:
      return G_STRUCT_MEMBER (guint64, options, offset);

    case LIMIT_UINT32:
      return G_STRUCT_MEMBER (guint32, options, offset);

    case LIMIT_OF_HEAD:
      return G_STRUCT_MEMBER (guint32, options->head, offset);
    }

  g_assert_not_reached ();
}

const char *
wsp_session_error_name_limit (WscFault fault)
{
  int rule = find_limit (fault);

  return rule < 0 ? NULL : limit_rules[rule].property;
}

const char *
wsp_session_find_limit (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
      g_str_has_prefix (error->message, wsc_fault_get_text (WSC_FAULT_PEER_NOT_RESPONDING)))
    return "keepalive-timeout";

  if (error->domain != WSP_SESSION_ERROR)
    return NULL;

  return wsp_session_error_name_limit (wsp_session_error_get_private (error)->fault);
}

/* Two of the core's words are GIO's in public, one has no word of its own. */
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

  return g_error_new_literal (WSP_SESSION_ERROR, (int) word, message);
}

void
wsp_session_error_from_fault (GError          **error,
                              WscFault          fault,
                              guint64           number,
                              const WscOptions *options)
{
  g_autofree char *numbered = NULL;
  const char *message = wsc_fault_get_text (fault);
  int rule = find_limit (fault);
  GError *made;

  if (error == NULL)
    return;

  /* Lists are read up to the first entry that is too many. */
  if (number == 0 && rule >= 0 && limit_rules[rule].place == LIMIT_OF_HEAD && options != NULL)
    number = read_limit (rule, options) + 1;

  if (number > 0 && rule >= 0)
    message = numbered = g_strdup_printf ("%s: %" G_GUINT64_FORMAT ", limit %" G_GUINT64_FORMAT,
                                          message, number, read_limit (rule, options));

  made = error_new (fault, message);
  if (made->domain == WSP_SESSION_ERROR)
    wsp_session_error_get_private (made)->fault = fault;

  g_propagate_error (error, made);
}

static ErrorColumns
columns_of (const GError *error)
{
  ErrorColumns columns = { 0, 0 };
  WscFault fault;

  if (error->domain != WSP_SESSION_ERROR)
    return columns;

  fault = wsp_session_error_get_private (error)->fault;
  if (fault == WSC_FAULT_NONE)
    return (guint) error->code < G_N_ELEMENTS (error_columns) ? error_columns[error->code]
                                                              : columns;

  columns.hresult = wsc_fault_get_hresult (fault);
  columns.close_code = wsc_fault_get_close_code (fault);
  return columns;
}

/**
 * wsp_session_error_to_hresult:
 * @error: an error of any domain
 *
 * Tells which result `websocket.dll` gives for the same thing. An error that the
 * library made knows its rule and is exact; of one that a program or a binding made
 * only the code is known.
 *
 * Returns: an HRESULT, or 0 when there is no counterpart
 *
 * Since: 0.1
 */
guint
wsp_session_error_to_hresult (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return columns_of (error).hresult;
}

/**
 * wsp_session_error_to_close_code:
 * @error: an error of any domain
 *
 * Tells which close code a session sends when this happens to it. An error that the
 * library made knows its rule and is exact; of one that a program or a binding made
 * only the code is known.
 *
 * See RFC 6455, section 7.4.1.
 *
 * Returns: a close code, or 0 when no Close is sent
 *
 * Since: 0.1
 */
guint
wsp_session_error_to_close_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return columns_of (error).close_code;
}
