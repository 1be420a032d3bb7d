/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Token list: the value of a field in, its elements out, one by one (RFC 6455 9.1, RFC 9110 5.6).
 *
 * This file knows no header or extension by name, and copies no text.  Reading a list reads each
 * byte once, whatever the value is.
 *
 * An element ends at the end of the text or at a comma.
 */

#include "core/handshake/token-list.h"

#include "core/bytes/byte-order.h"

static uint8_t
token_list_lower (uint8_t byte)
{
  return byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte + ('a' - 'A')) : byte;
}

bool
wsc_texts_are_equal (WscBytes a, WscBytes b)
{
  return a.length == b.length && (a.length == 0 || memcmp (a.at, b.at, a.length) == 0);
}

bool
wsc_text_is (WscBytes text, const char *literal)
{
  return wsc_texts_are_equal (text, wsc_text (literal));
}

bool
wsc_texts_are_equal_ignoring_case (WscBytes a, WscBytes b)
{
  if (a.length != b.length)
    return false;
  if (a.length == 0 || memcmp (a.at, b.at, a.length) == 0)
    return true;

  for (size_t i = 0; i < a.length; i++)
    {
      if (token_list_lower (a.at[i]) != token_list_lower (b.at[i]))
        return false;
    }
  return true;
}

bool
wsc_text_begins_with (WscBytes    text,
                      const char *prefix)
{
  size_t n = strlen (prefix);

  return text.length >= n && wsc_text_is_ignoring_case (bytes_first (text, n), prefix);
}

static bool
token_list_is_blank (uint8_t byte)
{
  return byte == ' ' || byte == '\t';
}

static void
token_list_skip_blanks (WscBytes *rest)
{
  while (rest->length > 0 && token_list_is_blank (rest->at[0]))
    *rest = bytes_after (*rest, 1);
}

WscBytes
wsc_text_trimmed (WscBytes text)
{
  token_list_skip_blanks (&text);
  while (text.length > 0 && token_list_is_blank (text.at[text.length - 1]))
    text.length--;
  return text;
}

size_t
wsc_text_measure_token (WscBytes text)
{
  size_t n = 0;

  while (n < text.length && wsc_byte_is_token (text.at[n]))
    n++;
  return n;
}

size_t
wsc_text_measure_plain (WscBytes text)
{
  size_t n = 0;

  while (n < text.length && text.at[n] >= ' ' && text.at[n] != 0x7f)
    n++;
  return n;
}

static WscBytes
take_token (WscBytes *rest)
{
  size_t n = wsc_text_measure_token (*rest);
  WscBytes token = bytes_first (*rest, n);

  *rest = bytes_after (*rest, n);
  return token;
}

bool
wsc_text_is_token (WscBytes text)
{
  return take_token (&text).length > 0 && text.length == 0;
}

static bool
token_list_take_byte (WscBytes *rest, uint8_t byte)
{
  if (rest->length == 0 || rest->at[0] != byte)
    return false;

  *rest = bytes_after (*rest, 1);
  return true;
}

/* Moves to the next element.  False: only empty elements remain. */
static bool
find_element (WscBytes *rest)
{
  do
    token_list_skip_blanks (rest);
  while (token_list_take_byte (rest, ','));

  return rest->length > 0;
}

static WscListStep
end_element (WscBytes *rest)
{
  token_list_skip_blanks (rest);
  if (rest->length > 0 && rest->at[0] != ',')
    return WSC_LIST_MALFORMED;

  return WSC_LIST_ELEMENT;
}

WscListStep
wsc_tokens_next (WscBytes *rest, WscBytes *token)
{
  if (!find_element (rest))
    return WSC_LIST_END;

  *token = take_token (rest);
  if (token->length == 0)
    return WSC_LIST_MALFORMED;

  return end_element (rest);
}

WscListStep
wsc_products_next (WscBytes *rest, WscBytes *product)
{
  if (!find_element (rest))
    return WSC_LIST_END;

  *product = take_token (rest);
  if (product->length == 0)
    return WSC_LIST_MALFORMED;

  if (token_list_take_byte (rest, '/'))
    {
      size_t n = take_token (rest).length;

      if (n == 0)
        return WSC_LIST_MALFORMED;
      product->length += 1 + n;
    }
  return end_element (rest);
}

/* A quoted text must be a token after its backslashes are removed (9.1). */
static bool
take_quoted (WscBytes *rest, WscBytes *value)
{
  size_t n = 0;

  while (n < rest->length && rest->at[n] != '"')
    {
      n += rest->at[n] == '\\';
      if (n == rest->length || !wsc_byte_is_token (rest->at[n]))
        return false;
      n++;
    }
  if (n == 0 || n == rest->length)
    return false;

  *value = bytes_first (*rest, n);
  *rest = bytes_after (*rest, n + 1);
  return true;
}

static bool
token_list_take_value (WscBytes *rest, WscBytes *value)
{
  token_list_skip_blanks (rest);
  if (token_list_take_byte (rest, '"'))
    return take_quoted (rest, value);

  *value = take_token (rest);
  return value->length > 0;
}

WscListStep
wsc_parameters_next (WscBytes *rest, WscParameter *parameter)
{
  token_list_skip_blanks (rest);
  if (!token_list_take_byte (rest, ';'))
    return WSC_LIST_END;

  token_list_skip_blanks (rest);
  *parameter = (WscParameter) { .name = take_token (rest) };
  if (parameter->name.length == 0)
    return WSC_LIST_MALFORMED;

  token_list_skip_blanks (rest);
  if (token_list_take_byte (rest, '=') && !token_list_take_value (rest, &parameter->value))
    return WSC_LIST_MALFORMED;

  return WSC_LIST_ELEMENT;
}

WscListStep
wsc_extensions_next (WscBytes *rest, WscExtension *extension)
{
  WscParameter parameter;
  WscListStep step;
  WscBytes parameters;

  if (!find_element (rest))
    return WSC_LIST_END;

  *extension = (WscExtension) { .name = take_token (rest) };
  if (extension->name.length == 0)
    return WSC_LIST_MALFORMED;

  parameters = *rest;
  while ((step = wsc_parameters_next (rest, &parameter)) == WSC_LIST_ELEMENT)
    extension->n_parameters++;
  if (step == WSC_LIST_MALFORMED)
    return WSC_LIST_MALFORMED;

  extension->parameters = bytes_first (parameters, parameters.length - rest->length);
  return end_element (rest);
}

bool
wsc_text_is_one_extension (WscBytes text, WscExtension *extension)
{
  WscBytes rest = wsc_text_trimmed (text);
  const uint8_t *begin = rest.at;

  /* A comma before or after the extension would add an empty element to the list. */
  return wsc_extensions_next (&rest, extension) == WSC_LIST_ELEMENT &&
         extension->name.at == begin &&
         rest.length == 0;
}

/* Compares values without their escapes: a token has no backslash, so each backslash is an
 * escape. */
static bool
values_are_equal (WscBytes a, WscBytes b)
{
  size_t i = 0, j = 0;

  if ((a.at == NULL) != (b.at == NULL))
    return false;

  for (;; i++, j++)
    {
      i += i < a.length && a.at[i] == '\\';
      j += j < b.length && b.at[j] == '\\';
      if (i == a.length || j == b.length)
        return i == a.length && j == b.length;
      if (a.at[i] != b.at[j])
        return false;
    }
}

bool
wsc_extensions_are_equal (const WscExtension *a, const WscExtension *b)
{
  WscBytes rest_of_a = a->parameters, rest_of_b = b->parameters;
  WscParameter of_a = { 0 }, of_b = { 0 };

  if (!wsc_texts_are_equal (a->name, b->name) || a->n_parameters != b->n_parameters)
    return false;

  for (size_t i = 0; i < a->n_parameters; i++)
    {
      wsc_parameters_next (&rest_of_a, &of_a);
      wsc_parameters_next (&rest_of_b, &of_b);
      if (!wsc_texts_are_equal (of_a.name, of_b.name) || !values_are_equal (of_a.value, of_b.value))
        return false;
    }
  return true;
}
