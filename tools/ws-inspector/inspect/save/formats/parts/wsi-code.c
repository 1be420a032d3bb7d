/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/parts/wsi-code.h"

#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

#define LAST_OF_FOUR_DIGITS 0xffff
#define REPLACEMENT 0xfffd      /* character that replaces bytes which are none */

void
wsi_code_init (WsiCode    *self,
               WsiLanguage language)
{
  *self = (WsiCode) {
    .language = language,
    .headers = g_ptr_array_new_with_free_func (g_free),
    .left_out = g_ptr_array_new_with_free_func (g_free),
    .protocols = g_ptr_array_new_with_free_func (g_free),
  };
}

void
wsi_code_clear (WsiCode *self)
{
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_clear_pointer (&self->left_out, g_ptr_array_unref);
  g_clear_pointer (&self->protocols, g_ptr_array_unref);
  g_free (self->origin);
  g_free (self->message);
}

/* Both languages read four digits after \u; only Python reads \U. */
static void
code_append_number (GString    *text,
                    WsiLanguage language,
                    gunichar    character)
{
  if (character <= LAST_OF_FOUR_DIGITS)
    g_string_append_printf (text, "\\u%04x", character);
  else if (language == WSI_LANGUAGE_PYTHON)
    g_string_append_printf (text, "\\U%08x", character);
  else
    g_string_append_printf (text, "\\u{%x}", character);
}

/* Appends a character.  A tag, such as that of the end of a script, would end a program that is in
 * a page. */
static void
code_append_character (GString    *text,
                       WsiLanguage language,
                       gunichar    character)
{
  switch (character)
    {
    case '"':
    case '\\':
      g_string_append_c (text, '\\');
      g_string_append_c (text, (char) character);
      break;
    case '\n':
      g_string_append (text, "\\n");
      break;
    case '\r':
      g_string_append (text, "\\r");
      break;
    case '\t':
      g_string_append (text, "\\t");
      break;
    case '<':
      if (language == WSI_LANGUAGE_JAVASCRIPT)
        code_append_number (text, language, character);
      else
        g_string_append_c (text, '<');
      break;
    default:
      if (wsi_text_may_be_shown (character))
        g_string_append_unichar (text, character);
      else
        code_append_number (text, language, character);
    }
}

/* Quotes a string; bytes that are not UTF-8 become U+FFFD. */
static char *
code_quote (WsiLanguage language,
            const char *at,
            gsize       length)
{
  GString *text = g_string_new ("\"");
  gsize n_bytes;

  for (gsize i = 0; i < length; i += n_bytes)
    {
      gunichar character = g_utf8_get_char_validated (at + i, length - i);
      gboolean is_valid = at[i] != '\0' && g_unichar_validate (character);

      n_bytes = is_valid ? g_unichar_to_utf8 (character, NULL) : 1;
      code_append_character (text, language, is_valid ? character : at[i] == '\0' ? 0
                             : REPLACEMENT);
    }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

static char *
quote_text (WsiCode    *self,
            const char *text)
{
  return code_quote (self->language, text, strlen (text));
}

/* Prints bytes as an array of numbers, or as a string of hexadecimal digits. */
static char *
print_bytes (WsiCode      *self,
             const guint8 *at,
             gsize         length)
{
  gboolean is_python = self->language == WSI_LANGUAGE_PYTHON;
  GString *text = g_string_new (is_python ? "bytes.fromhex(\"" : "new Uint8Array([");

  for (gsize i = 0; i < length; i++)
    if (is_python)
      g_string_append_printf (text, "%02x", at[i]);
    else
      g_string_append_printf (text, i > 0 ? ", %u" : "%u", at[i]);
  g_string_append (text, is_python ? "\")" : "])");
  return g_string_free (text, FALSE);
}

/* Adds subprotocols; JavaScript takes each name once. */
static void
code_add_protocols (WsiCode    *self,
                    const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *quoted = quote_text (self, g_strstrip (names[i]));

      if (*names[i] != '\0' &&
          !g_ptr_array_find_with_equal_func (self->protocols, quoted, g_str_equal, NULL))
        g_ptr_array_add (self->protocols, g_steal_pointer (&quoted));
    }
}

void
wsi_code_add_header (WsiCode    *self,
                     const char *name,
                     const char *value)
{
  g_autofree char *line = g_strconcat (name, ": ", value, NULL);

  if (g_ascii_strcasecmp (name, "Sec-WebSocket-Protocol") == 0)
    code_add_protocols (self, value);
  else if (self->language == WSI_LANGUAGE_JAVASCRIPT)
    g_ptr_array_add (self->left_out, g_strdup (name));
  else if (g_ascii_strcasecmp (name, "Origin") != 0)
    g_ptr_array_add (self->headers, quote_text (self, line));
  else if (self->origin == NULL)
    self->origin = quote_text (self, value);
}

/* Whether bytes are UTF-8; a zero byte is a character. */
static gboolean
code_is_utf8 (const char *at,
              gsize       length)
{
  const char *end;

  while (!g_utf8_validate_len (at, length, &end) && *end == '\0')
    {
      length -= end + 1 - at;
      at = end + 1;
    }
  return end == at + length;
}

void
wsi_code_set_message (WsiCode *self,
                      GBytes  *message,
                      gboolean is_text)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (message, &length);

  self->is_binary = !is_text || !code_is_utf8 ((const char *) at, length);
  self->message = self->is_binary ? print_bytes (self, at, length)
                                  : code_quote (self->language, (const char *) at, length);
}

static void
append_list (GString   *text,
             GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "[", (const char *) items->pdata[i]);
  g_string_append_c (text, ']');
}

static char *
print_javascript (WsiCode    *self,
                  const char *uri)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "const socket = new WebSocket(%s", uri);
  if (self->protocols->len > 0)
    {
      g_string_append (text, ", ");
      append_list (text, self->protocols);
    }
  g_string_append (text, ");\nsocket.binaryType = \"arraybuffer\";\n");
  if (self->message != NULL)
    g_string_append_printf (text, "socket.onopen = () => socket.send(%s);\n", self->message);
  g_string_append (text, "socket.onmessage = ({data}) => console.log(data);\n"
                   "socket.onerror = () => console.error(\"The connection has failed\");\n"
                   "socket.onclose = ({code, reason}) => console.log(\"Closed\", code, reason);");
  return g_string_free (text, FALSE);
}

/* Prints the program in Python.  Without a recorded Origin none is sent: the package would make
 * one. */
static char *
print_python (WsiCode    *self,
              const char *uri)
{
  GString *text = g_string_new ("import websocket  # the package websocket-client\n\n");

  g_string_append_printf (text, "socket = websocket.create_connection(\n    %s,\n", uri);
  if (self->headers->len > 0)
    {
      g_string_append (text, "    header=");
      append_list (text, self->headers);
      g_string_append (text, ",\n");
    }
  if (self->protocols->len > 0)
    {
      g_string_append (text, "    subprotocols=");
      append_list (text, self->protocols);
      g_string_append (text, ",\n");
    }
  if (self->origin != NULL)
    g_string_append_printf (text, "    origin=%s,\n", self->origin);
  else
    g_string_append (text, "    suppress_origin=True,\n");
  g_string_append (text, ")\n");
  if (self->message != NULL)
    g_string_append_printf (text, "socket.%s(%s)\n", self->is_binary ? "send_binary" : "send",
                            self->message);
  g_string_append (text, "while socket.connected:\n    print(socket.recv())");
  return g_string_free (text, FALSE);
}

char *
wsi_code_print (WsiCode    *self,
                const char *uri)
{
  g_autofree char *quoted = quote_text (self, uri);

  return self->language == WSI_LANGUAGE_PYTHON ? print_python (self, quoted)
                                               : print_javascript (self, quoted);
}
