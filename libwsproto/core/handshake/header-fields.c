/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Header fields: a name in, its values out; and the rules of both sides (RFC 6455 4, 11.3).
 *
 * The fields may be from a parsed head or from a caller, so values are trimmed here.
 *
 * (1) A list leaves a field only at the field's end.
 */

#include "core/handshake/header-fields.h"

#include "core/limits.h"

#include <assert.h>
#include <string.h>

/* The length is compared first, which rules out most fields: about twenty names are looked up in a
 * request. */
static inline bool
header_fields_has_name (const WscHeader *field,
                        WscBytes         name)
{
  return field->name.length == name.length &&
         wsc_texts_are_equal_ignoring_case (field->name, name);
}

size_t
wsc_fields_count_name (WscFields self,
                       WscBytes  name)
{
  size_t count = 0;

  for (size_t i = 0; i < self.n; i++)
    count += header_fields_has_name (&self.at[i], name);
  return count;
}

WscBytes
wsc_fields_get_name (WscFields self,
                     WscBytes  name)
{
  for (size_t i = 0; i < self.n; i++)
    {
      if (header_fields_has_name (&self.at[i], name))
        {
          WscBytes value = wsc_text_trimmed (self.at[i].value);

          return value.length > 0 ? value : wsc_text ("");
        }
    }
  return (WscBytes) { NULL, 0 };
}

/* False: there are no more fields of this name. */
static bool
go_to_next_field (WscFieldList *self)
{
  assert (self->rest.length == 0);                      /* (1) */
  for (; self->fields.n > 0; self->fields.at++, self->fields.n--)
    {
      if (header_fields_has_name (self->fields.at, self->name))
        {
          self->rest = self->fields.at->value;
          self->fields.at++;
          self->fields.n--;
          return true;
        }
    }
  return false;
}

WscListStep
wsc_field_list_next_token (WscFieldList *self,
                           WscBytes     *token)
{
  WscListStep step;

  do
    step = wsc_tokens_next (&self->rest, token);
  while (step == WSC_LIST_END && go_to_next_field (self));

  return step;
}

WscListStep
wsc_field_list_next_product (WscFieldList *self,
                             WscBytes     *product)
{
  WscListStep step;

  do
    step = wsc_products_next (&self->rest, product);
  while (step == WSC_LIST_END && go_to_next_field (self));

  return step;
}

WscListStep
wsc_field_list_next_extension (WscFieldList *self,
                               WscExtension *extension)
{
  WscListStep step;

  do
    step = wsc_extensions_next (&self->rest, extension);
  while (step == WSC_LIST_END && go_to_next_field (self));

  return step;
}

size_t
wsc_fields_count_extensions (WscFields self)
{
  WscFieldList list = wsc_fields_get_list (self, "Sec-WebSocket-Extensions");
  WscExtension extension;
  size_t n_extensions = 0;

  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    n_extensions++;
  return n_extensions;
}

/* Only an extension's own code knows its frames, so all reserved bits and opcodes are accepted. */
WscFrameAllowance
wsc_frame_allowance_for (size_t n_extensions)
{
  WscFrameAllowance allowance = { 0, 0, 0 };

  if (n_extensions > 0)
    {
      allowance.rsv = WSC_RSV;
      allowance.opcodes = 1;
    }
  return allowance;
}

bool
wsc_header_is_reserved (WscBytes name)
{
  static const char *const names[] = {
    "Upgrade", "Connection", "Content-Length", "Transfer-Encoding",
  };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      if (wsc_text_is_ignoring_case (name, names[i]))
        return true;
    }
  return wsc_text_begins_with (name, "Sec-WebSocket-");
}

static bool
is_zero (WscBytes length)
{
  for (size_t i = 0; i < length.length; i++)
    if (length.at[i] != '0')
      return false;

  return length.length > 0;
}

/* A Content-Length that is repeated or not a number counts as a body: two readers may disagree
 * about the length. */
bool
wsc_fields_announce_body (WscFields self)
{
  size_t n_lengths = wsc_fields_count (self, "Content-Length");

  if (wsc_fields_count (self, "Transfer-Encoding") > 0 || n_lengths > 1)
    return true;

  return n_lengths == 1 && !is_zero (wsc_fields_get (self, "Content-Length"));
}

WscFault
wsc_custom_header_check (const WscHeader *header)
{
  if (!wsc_text_is_token (header->name))
    return WSC_FAULT_HEADER_NAME_NOT_TOKEN;

  for (size_t i = 0; i < header->value.length; i++)
    {
      if (wsc_byte_is_control (header->value.at[i]))
        return WSC_FAULT_HEADER_VALUE_NOT_ALLOWED;
    }
  return WSC_FAULT_NONE;
}

WscFault
wsc_connection_check (WscFields self)
{
  WscFieldList list = wsc_fields_get_list (self, "Connection");
  WscListStep step;
  WscBytes token;
  bool is_upgrade = false;

  if (wsc_fields_count (self, "Connection") == 0)
    return WSC_FAULT_CONNECTION_MISSING;

  while ((step = wsc_field_list_next_token (&list, &token)) == WSC_LIST_ELEMENT)
    is_upgrade = is_upgrade || wsc_text_is_ignoring_case (token, "upgrade");

  return is_upgrade && step == WSC_LIST_END ? WSC_FAULT_NONE : WSC_FAULT_CONNECTION_WITHOUT_UPGRADE;
}

WscFault
wsc_extensions_check (WscFields            self,
                      const WscHeadLimits *limits)
{
  WscFieldList list = wsc_fields_get_list (self, "Sec-WebSocket-Extensions");
  WscExtension extension;
  WscListStep step;
  size_t n_extensions = 0;

  while ((step = wsc_field_list_next_extension (&list, &extension)) == WSC_LIST_ELEMENT)
    {
      if (++n_extensions > limits->max_extensions)
        return WSC_FAULT_TOO_MANY_EXTENSIONS;
      if (extension.n_parameters > limits->max_parameters)
        return WSC_FAULT_TOO_MANY_PARAMETERS;
    }
  return step == WSC_LIST_MALFORMED ? WSC_FAULT_EXTENSIONS_MALFORMED : WSC_FAULT_NONE;
}
