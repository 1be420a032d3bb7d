/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "http/wsp-headers-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "core/handshake/client-handshake.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "core/handshake/token-list.h"
#include "limits/wsp-limits-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN_LINE 64       /* bytes of a refused line in an error */

typedef struct
{
  char *name, *value;           /* value: the bytes as sent or received */
  char *shown;                  /* the value as UTF-8; NULL: value is UTF-8 */
} Field;

struct _WspHeaders
{
  GArray  *fields;              /* header fields (Field), in their order */
  int      ref_count;
  gboolean is_frozen;
};

G_DEFINE_BOXED_TYPE (WspHeaders, wsp_headers, wsp_headers_ref, wsp_headers_unref)

static void
field_clear (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field->shown);
}

static Field *
field_at (WspHeaders *self,
          guint       index)
{
  return &g_array_index (self->fields, Field, index);
}

static gboolean
headers_has_name (WspHeaders *self,
                  guint       index,
                  const char *name)
{
  return g_ascii_strcasecmp (field_at (self, index)->name, name) == 0;
}

static const char *
shown_value (const Field *field)
{
  return field->shown != NULL ? field->shown : field->value;
}

/* NULL if the value is UTF-8. */
static char *
headers_escape_value (const char *value)
{
  GString *escaped;
  const char *end;

  if (g_utf8_validate (value, -1, &end))
    return NULL;

  escaped = g_string_new (NULL);
  while (!g_utf8_validate (value, -1, &end))
    {
      g_string_append_len (escaped, value, end - value);
      g_string_append_printf (escaped, "\\x%02x", (guint8) * end);
      value = end + 1;
    }
  g_string_append (escaped, value);
  return g_string_free (escaped, FALSE);
}

static void
headers_add_field (WspHeaders *self,
                   WscBytes    name,
                   WscBytes    value)
{
  Field field = {
    .name = g_strndup ((const char *) name.at, name.length),
    .value = g_strndup ((const char *) value.at, value.length),
  };

  field.shown = headers_escape_value (field.value);
  g_array_append_val (self->fields, field);
}

static gboolean
may_add (WspHeaders      *self,
         const WscHeader *field,
         GError         **error)
{
  WscFault fault = self->is_frozen ? WSC_FAULT_HEADERS_FROZEN : wsc_custom_header_check (field);

  if (fault == WSC_FAULT_NONE)
    return TRUE;

  wsp_error_from_fault (error, fault, 0, NULL);
  if (!self->is_frozen)         /* a value may be secret */
    wsp_error_add_received (error, field->name);
  return FALSE;
}

void
wsp_headers_freeze (WspHeaders *self)
{
  self->is_frozen = TRUE;
}

WscHeader *
wsp_headers_view (WspHeaders *self,
                  gsize      *n_fields)
{
  WscHeader *view = g_new (WscHeader, self->fields->len);

  for (guint i = 0; i < self->fields->len; i++)
    {
      view[i].name = wsc_text (field_at (self, i)->name);
      view[i].value = wsc_text (field_at (self, i)->value);
    }

  *n_fields = self->fields->len;
  return view;
}

gboolean
wsp_headers_are_equal (WspHeaders *self,
                       WspHeaders *other)
{
  if (self == NULL || other == NULL || self->fields->len != other->fields->len)
    return self == other;

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (strcmp (field_at (self, i)->name, field_at (other, i)->name) != 0 ||
          strcmp (field_at (self, i)->value, field_at (other, i)->value) != 0)
        return FALSE;
    }

  return TRUE;
}

void
wsp_headers_add_fields (WspHeaders      *self,
                        const WscHeader *fields,
                        gsize            n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    headers_add_field (self, fields[i].name, fields[i].value);
}

WspHeaders *
wsp_headers_new_for_fields (const WscHeader *fields,
                            gsize            n_fields)
{
  WspHeaders *self = wsp_headers_new ();

  wsp_headers_add_fields (self, fields, n_fields);
  return self;
}

static gboolean
contains_name (WspHeaders *self,
               const char *name)
{
  for (guint i = 0; i < self->fields->len; i++)
    if (headers_has_name (self, i, name))
      return TRUE;

  return FALSE;
}

WspHeaders *
wsp_headers_join (WspHeaders *self,
                  WspHeaders *tail)
{
  g_autofree WscHeader *view = NULL, *tail_view = NULL;
  WspHeaders *joined = wsp_headers_new ();
  gsize n_fields, n_tail;

  view = wsp_headers_view (self, &n_fields);
  tail_view = wsp_headers_view (tail, &n_tail);
  for (gsize i = 0; i < n_fields; i++)
    if (!contains_name (tail, field_at (self, (guint) i)->name))
      wsp_headers_add_fields (joined, &view[i], 1);

  wsp_headers_add_fields (joined, tail_view, n_tail);
  return joined;
}

/**
 * wsp_headers_new:
 *
 * Creates headers with no field.
 *
 * Returns: (transfer full): new headers
 *
 * Since: 0.1
 */
WspHeaders *
wsp_headers_new (void)
{
  WspHeaders *self = g_new0 (WspHeaders, 1);

  self->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (self->fields, field_clear);
  self->ref_count = 1;
  return self;
}

/* block may lack the empty line, and the end of its last line. */
static WscFault
headers_take_block (WscHttpHead *head,
                    WscBytes     block)
{
  const WscBytes line_end = wsc_text ("\r\n");
  gsize used;
  WscFault fault = wsc_http_head_take (head, block, &used);

  while (fault == WSC_FAULT_PARTIAL)    /* at most twice: end of the last line, empty line */
    fault = wsc_http_head_take (head, line_end, &used);

  return fault;
}

/* Uses the default limits.  The caller frees *head, which may be NULL. */
static WscFault
read_block (WscHeadKind   kind,
            WscBytes      block,
            WscHttpHead **head,
            GError      **error)
{
  WspSessionOptions *options = wsp_limits_ref_options (wsp_limits_get_default (), 0);
  WscFault fault = WSC_FAULT_OUT_OF_MEMORY;
  guint64 number = 0;

  *head = wsc_http_head_new (kind, &options->head);
  if (*head != NULL)
    {
      fault = headers_take_block (*head, block);
      number = wsc_http_head_get_fault_number (*head);
    }
  if (fault != WSC_FAULT_NONE)
    wsp_error_from_fault (error, fault, number, &options->options);

  wsp_session_options_unref (options);
  return fault;
}

/**
 * wsp_headers_parse:
 * @block: (transfer none): lines of an HTTP head, without the request or status line
 * @error: return location for an error
 *
 * Parses header fields up to the empty line, or to the end of @block if there is no empty line. The
 * limits are the defaults of [class@Wsp.Limits].
 *
 * Fails with [error@Wsp.Error.INVALID_FORMAT] for a line that is not a header field,
 * and with [error@Wsp.Error.TOO_BIG] if there are too many fields or they are too long.
 *
 * See RFC 6455, section 4.2.1.
 *
 * Returns: (transfer full): new headers
 *
 * Since: 0.1
 */
WspHeaders *
wsp_headers_parse (GBytes  *block,
                   GError **error)
{
  WspHeaders *self = NULL;
  WscBytes bytes;
  WscHttpHead *head = NULL;
  WscFault fault;

  g_return_val_if_fail (block != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  bytes.at = g_bytes_get_data (block, &bytes.length);
  fault = read_block (WSC_HEAD_FIELDS, bytes, &head, error);
  if (fault == WSC_FAULT_NONE)
    {
      gsize n_fields;
      const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

      self = wsp_headers_new ();
      wsp_headers_add_fields (self, fields, n_fields);
    }

  g_clear_pointer (&head, wsc_http_head_free);
  return self;
}

static char *
headers_put (char       *to,
             const void *from,
             gsize       length)
{
  if (length > 0)
    memcpy (to, from, length);
  return to + length;
}

/* Resizes text once for each field, not four times. */
void
wsp_headers_append_lines (GString         *text,
                          const WscHeader *fields,
                          gsize            n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      WscBytes name = fields[i].name, value = fields[i].value;
      gsize begin = text->len;
      char *to;

      g_string_set_size (text, begin + name.length + 2 + value.length + 2);
      to = headers_put (text->str + begin, name.at, name.length);
      to = headers_put (to, ": ", 2);
      to = headers_put (to, value.at, value.length);
      headers_put (to, "\r\n", 2);
    }
}

static void
report_start_line (const char *line,
                   GError    **error)
{
  g_autofree char *shown = wsp_excerpt_quote (line, strlen (line), MAX_SHOWN_LINE);

  g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
               "Invalid start line: expected one line such as \"GET /path HTTP/1.1\" or "
               "\"HTTP/1.1 101 Switching Protocols\", received %s", shown);
}

/* Checks line by the rules for a received head.  A request line must also be ASCII: a path escapes
 * other characters. */
static gboolean
check_start_line (const char *line,
                  GError    **error)
{
  gboolean is_status_line = g_str_has_prefix (line, "HTTP/");
  gboolean is_line = strpbrk (line, "\r\n") == NULL && (is_status_line || g_str_is_ascii (line));
  WscHttpHead *head = NULL;
  GError *made = NULL;

  if (is_line)
    read_block (is_status_line ? WSC_HEAD_RESPONSE : WSC_HEAD_REQUEST, wsc_text (line), &head,
                &made);
  g_clear_pointer (&head, wsc_http_head_free);

  if (is_line && made == NULL)
    return TRUE;

  if (g_error_matches (made, WSP_ERROR, WSP_ERROR_TOO_BIG))
    {
      g_propagate_error (error, made);
      return FALSE;
    }

  g_clear_error (&made);
  report_start_line (line, error);
  return FALSE;
}

/**
 * wsp_headers_write:
 * @self: headers
 * @start_line: (transfer none): the request or status line, such as `GET /chat HTTP/1.1` or
 *   `HTTP/1.1 101 Switching Protocols`, without its end
 * @error: return location for an error
 *
 * Writes a whole HTTP head, ready to be sent: @start_line, one line for each field, and the empty
 * line. Use it for the headers of [method@Wsp.Session.begin_client_handshake] and
 * [method@Wsp.Session.begin_server_handshake], which a program sends itself.
 * [func@Wsp.Headers.parse] is the reverse, for the lines after the first line.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] if @start_line is empty, neither a request
 * line nor a status line, or has a line end in it, and with [error@Wsp.Error.TOO_BIG] if it
 * is longer than the default limits allow.
 *
 * See RFC 6455, section 4.1.
 *
 * Returns: (transfer full): the bytes of the head
 *
 * Since: 0.1
 */
GBytes *
wsp_headers_write (WspHeaders *self,
                   const char *start_line,
                   GError    **error)
{
  g_autofree WscHeader *view = NULL;
  GString *text;
  gsize n_fields;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (start_line != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_start_line (start_line, error))
    return NULL;

  text = g_string_new (start_line);
  g_string_append (text, "\r\n");
  view = wsp_headers_view (self, &n_fields);
  wsp_headers_append_lines (text, view, n_fields);
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

/**
 * wsp_headers_append:
 * @self: headers
 * @name: (transfer none): name of the field, a token
 * @value: (transfer none): its value, without control characters
 * @error: return location for an error
 *
 * Adds a field after the existing ones.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a name or value that is not valid
 * in a head, and with [error@Wsp.Error.INVALID_OPERATION] when the headers are
 * frozen.
 *
 * Returns: whether the field was added
 *
 * Since: 0.1
 */
gboolean
wsp_headers_append (WspHeaders *self,
                    const char *name,
                    const char *value,
                    GError    **error)
{
  WscHeader field;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  field = (WscHeader) { wsc_text (name), wsc_text (value) };
  if (!may_add (self, &field, error))
    return FALSE;

  headers_add_field (self, field.name, field.value);
  return TRUE;
}

/**
 * wsp_headers_replace:
 * @self: headers
 * @name: (transfer none): name of the field, a token
 * @value: (transfer none): its value, without control characters
 * @error: return location for an error
 *
 * Removes all fields with the name @name and adds one field.
 *
 * Fails like [method@Wsp.Headers.append]; nothing is removed then.
 *
 * Returns: whether the field was replaced
 *
 * Since: 0.1
 */
gboolean
wsp_headers_replace (WspHeaders *self,
                     const char *name,
                     const char *value,
                     GError    **error)
{
  WscHeader field;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  field = (WscHeader) { wsc_text (name), wsc_text (value) };
  if (!may_add (self, &field, error))
    return FALSE;

  wsp_headers_remove (self, name);
  headers_add_field (self, field.name, field.value);
  return TRUE;
}

/**
 * wsp_headers_remove:
 * @self: headers
 * @name: (transfer none): name of a field
 *
 * Removes all fields with the name @name. A call for frozen headers is a critical, and removes
 * nothing.
 *
 * Since: 0.1
 */
void
wsp_headers_remove (WspHeaders *self,
                    const char *name)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (!self->is_frozen);

  guint n_kept = 0;

  for (guint i = 0; i < self->fields->len; i++)
    if (!headers_has_name (self, i, name))
      {
        Field kept = *field_at (self, i);

        *field_at (self, i) = *field_at (self, n_kept);
        *field_at (self, n_kept++) = kept;
      }
  g_array_set_size (self->fields, n_kept);
}

/**
 * wsp_headers_get_one:
 * @self: headers
 * @name: (transfer none): name of a field
 *
 * Gets the value of a field that must not occur more than once.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if there is no such field or more than
 *   one; valid until @self changes
 *
 * Since: 0.1
 */
const char *
wsp_headers_get_one (WspHeaders *self,
                     const char *name)
{
  const char *found = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (!headers_has_name (self, i, name))
        continue;

      if (found != NULL)
        return NULL;

      found = shown_value (field_at (self, i));
    }

  return found;
}

/**
 * wsp_headers_dup_list:
 * @self: headers
 * @name: (transfer none): name of a field
 *
 * Gets the values of all fields with the name @name as one list, separated by a comma and a space.
 *
 * Returns: (transfer full) (nullable): the values, or %NULL if there is no such field
 *
 * Since: 0.1
 */
char *
wsp_headers_dup_list (WspHeaders *self,
                      const char *name)
{
  GString *list = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (!headers_has_name (self, i, name))
        continue;

      if (list == NULL)
        list = g_string_new (NULL);
      else
        g_string_append (list, ", ");

      g_string_append (list, shown_value (field_at (self, i)));
    }

  return list == NULL ? NULL : g_string_free (list, FALSE);
}

static gboolean
value_has_token (const char *value,
                 const char *token)
{
  WscBytes rest = wsc_text (value), found;

  while (wsc_tokens_next (&rest, &found) == WSC_LIST_ELEMENT)
    if (wsc_text_is_ignoring_case (found, token))
      return TRUE;

  return FALSE;
}

/**
 * wsp_headers_has_token:
 * @self: headers
 * @name: (transfer none): name of a field
 * @token: (transfer none): a token
 *
 * Checks whether a field that is a list of tokens, such as `Connection`, has @token. The
 * case of ASCII letters makes no difference. A value is read up to its first element that is
 * not a token.
 *
 * A program with an HTTP server of its own recognizes a request for a WebSocket by the token
 * `websocket` of `Upgrade`.
 *
 * Returns: whether the field has @token
 *
 * Since: 0.1
 */
gboolean
wsp_headers_has_token (WspHeaders *self,
                       const char *name,
                       const char *token)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (token != NULL, FALSE);

  for (guint i = 0; i < self->fields->len; i++)
    if (headers_has_name (self, i, name) && value_has_token (field_at (self, i)->value, token))
      return TRUE;

  return FALSE;
}

/**
 * wsp_headers_dup_names:
 * @self: headers
 *
 * Lists the names of the fields, each once, in the order and the spelling of their first
 * occurrence.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 0.1
 */
char **
wsp_headers_dup_names (WspHeaders *self)
{
  g_autoptr (GHashTable) seen = NULL;
  GPtrArray *names;

  g_return_val_if_fail (self != NULL, NULL);

  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names = g_ptr_array_new ();
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *name = field_at (self, i)->name;

      if (g_hash_table_add (seen, g_ascii_strdown (name, -1)))
        g_ptr_array_add (names, g_strdup (name));
    }

  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/**
 * wsp_headers_get_length:
 * @self: headers
 *
 * Gets the number of fields.
 *
 * Returns: the number of fields
 *
 * Since: 0.1
 */
guint
wsp_headers_get_length (WspHeaders *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->fields->len;
}

/**
 * wsp_headers_get_name:
 * @self: headers
 * @index: number of a field, from 0
 *
 * Gets the name of a field.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if @index is not below the number of
 *   fields; valid until @self changes
 *
 * Since: 0.1
 */
const char *
wsp_headers_get_name (WspHeaders *self,
                      guint       index)
{
  g_return_val_if_fail (self != NULL, NULL);

  return index < self->fields->len ? field_at (self, index)->name : NULL;
}

/**
 * wsp_headers_get_value:
 * @self: headers
 * @index: number of a field, from 0
 *
 * Gets the value of a field.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if @index is not below the number of
 *   fields; valid until @self changes
 *
 * Since: 0.1
 */
const char *
wsp_headers_get_value (WspHeaders *self,
                       guint       index)
{
  g_return_val_if_fail (self != NULL, NULL);

  return index < self->fields->len ? shown_value (field_at (self, index)) : NULL;
}

/**
 * wsp_headers_ref:
 * @self: headers
 *
 * Takes a reference. It can be called from any thread.
 *
 * Returns: (transfer full): the same headers
 *
 * Since: 0.1
 */
WspHeaders *
wsp_headers_ref (WspHeaders *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * wsp_headers_unref:
 * @self: headers
 *
 * Drops a reference; the last one frees the headers. It can be called from any thread.
 *
 * Since: 0.1
 */
void
wsp_headers_unref (WspHeaders *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  g_array_unref (self->fields);
  g_free (self);
}
