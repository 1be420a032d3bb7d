/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-shell-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define OPERATORS ";|&<>()"
#define END_OF_QUOTED_BACKSLASH "\\\"$`"
#define MAX_HEX_OF_BYTE 2
#define MAX_OCTAL 3

typedef struct
{
  const char   *at;
  GString      *word;
  gboolean      is_in_word;     /* a word has begun; an empty one has quotes */
  GStrvBuilder *words;
  GError       *error;
} Splitter;

static void
shell_words_fail (Splitter   *self,
                  const char *sentence)
{
  g_set_error_literal (&self->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, sentence);
}

static void
end_word (Splitter *self)
{
  if (self->is_in_word)
    g_strv_builder_add (self->words, self->word->str);
  g_string_truncate (self->word, 0);
  self->is_in_word = FALSE;
}

static void
take_single_quotes (Splitter *self)
{
  gsize length = strcspn (self->at, "'");

  g_string_append_len (self->word, self->at, length);
  self->at += length;
  if (*self->at == '\0')
    shell_words_fail (self, _("incomplete command: expected a closing quotation mark '"));
  else
    self->at++;
}

/* Takes joined lines: a backslash before a line feed joins two; Windows writes a carriage return
 * before it. */
static gboolean
take_joined_lines (Splitter *self)
{
  gsize length = self->at[0] == '\r' ? 1 : 0;

  if (self->at[length] != '\n')
    return FALSE;

  self->at += length + 1;
  return TRUE;
}

static void
take_double_quotes (Splitter *self)
{
  while (*self->at != '"' && *self->at != '\0')
    {
      if (*self->at == '$' || *self->at == '`')
        {
          shell_words_fail (self,
                            _("command with a variable or a substitution: expected plain text "
                              "(\"Copy as cURL\" writes it)"));
          return;
        }

      if (*self->at++ != '\\')
        g_string_append_c (self->word, self->at[-1]);
      else if (!take_joined_lines (self))
        g_string_append_c (self->word, *self->at != '\0' &&
                           strchr (END_OF_QUOTED_BACKSLASH, *self->at) ? *self->at++ : '\\');
    }

  if (*self->at == '\0')
    shell_words_fail (self, _("incomplete command: expected a closing quotation mark \""));
  else
    self->at++;
}

/* Returns 0 if there is no digit. */
static guint
take_digits (Splitter *self,
             guint     base,
             guint     max_digits)
{
  guint value = 0;

  for (guint n_digits = 0; n_digits < max_digits; n_digits++, self->at++)
    {
      guint digit = g_ascii_xdigit_value (*self->at);   /* G_MAXUINT if it is not a digit */

      if (digit >= base)
        break;

      value = value * base + digit;
    }

  return value;
}

/* Takes a number, which must not be NUL: the shell would end the word there. */
static void
shell_words_take_number (Splitter *self,
                         char      kind)
{
  guint value;

  if (kind == 'x')
    value = take_digits (self, 16, MAX_HEX_OF_BYTE);
  else if (kind == 'u' || kind == 'U')
    value = take_digits (self, 16, kind == 'u' ? 4 : 8);
  else
    {
      self->at--;
      value = take_digits (self, 8, MAX_OCTAL) & G_MAXUINT8;
    }

  if (value == 0 || !g_unichar_validate (value))
    shell_words_fail (self, _("invalid number after a backslash in $'…'"));
  else if (g_ascii_tolower (kind) == 'u')
    g_string_append_unichar (self->word, value);
  else
    g_string_append_c (self->word, (char) value);
}

static void
shell_words_take_escape (Splitter *self)
{
  static const char from[] = "abefnrtv\\'\"?", to[] = "\a\b\x1b\f\n\r\t\v\\'\"?";
  char kind = *self->at;
  const char *found = kind != '\0' ? strchr (from, kind) : NULL;

  if (kind == '\0')
    return;

  self->at++;
  if (found != NULL)
    g_string_append_c (self->word, to[found - from]);
  else if (strchr ("xuU01234567", kind) != NULL)
    shell_words_take_number (self, kind);
  else
    g_string_append_printf (self->word, "\\%c", kind);
}

/* Takes $'…', with escapes as in C. */
static void
take_escaped_quotes (Splitter *self)
{
  while (*self->at != '\'' && *self->at != '\0' && self->error == NULL)
    {
      if (*self->at++ == '\\')
        shell_words_take_escape (self);
      else
        g_string_append_c (self->word, self->at[-1]);
    }

  if (self->error != NULL)
    return;

  if (*self->at == '\0')
    shell_words_fail (self, _("incomplete command: expected a closing quotation mark '"));
  else
    self->at++;
}

/* Whether the text is of the command prompt of Windows, where a caret quotes. */
static gboolean
is_caret_form (const char *at)
{
  return at[0] == '^' && (at[1] == '"' || at[1] == '\r' || at[1] == '\n' || at[1] == '\0');
}

static void
take_plain (Splitter *self)
{
  char character = *self->at++;

  self->is_in_word = TRUE;
  if (character == '\'')
    take_single_quotes (self);
  else if (character == '"')
    take_double_quotes (self);
  else if (character == '$' && *self->at == '\'')
    {
      self->at++;
      take_escaped_quotes (self);
    }
  else if (character == '$' || character == '`')
    shell_words_fail (self,
                      _("command with a variable or a substitution: expected plain text (\"Copy as "
                        "cURL\" writes it)"));
  else if (strchr (OPERATORS, character) != NULL)
    shell_words_fail (self,
                      _("more than one command: expected one curl command without ; | & < > ( )"));
  else if (is_caret_form (self->at - 1))
    shell_words_fail (self,
                      _("command for the Windows command prompt: expected one for bash "
                        "(choose \"Copy as cURL (bash)\")"));
  else if (character == '\\' && *self->at != '\0')
    g_string_append_c (self->word, *self->at++);
  else
    g_string_append_c (self->word, character);
}

static void
take_next (Splitter *self)
{
  if (strchr (BLANKS, *self->at) != NULL)
    {
      end_word (self);
      self->at++;
      return;
    }

  if (*self->at == '\\')
    {
      self->at++;
      if (take_joined_lines (self))
        return;

      self->at--;
    }

  take_plain (self);
}

char **
wsi_shell_words_split (const char *text,
                       GError    **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  Splitter self = { .at = text, .word = word, .words = words };

  if (strlen (text) > WSI_SHELL_MAX_LENGTH)
    shell_words_fail (&self, _("command is too long: expected at most 256 KiB"));
  while (self.error == NULL && *self.at != '\0')
    take_next (&self);
  end_word (&self);
  if (self.error == NULL)
    return g_strv_builder_end (words);

  g_propagate_error (error, self.error);
  return NULL;
}
