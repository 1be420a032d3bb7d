/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Deflate offer: the parameters of permessage-deflate in, the negotiated parameters out (RFC 7692
 * 7.1).
 *
 * Only the four parameters of this extension are known here, and nothing is compressed.  A server
 * skips an offer that it cannot meet; a client refuses a response that does not match its offer.
 *
 * Negotiated window bits are 8 to 15 on both sides.
 * A response may match any of the offers.
 */

#include "core/handshake/deflate-offer.h"

#include "core/limits.h"

#include <assert.h>
#include <string.h>

#define TOKEN "permessage-deflate"

typedef enum
{
  SERVER_NO_TAKEOVER,
  CLIENT_NO_TAKEOVER,
  SERVER_WINDOW,
  CLIENT_WINDOW,
  N_PARAMETERS,
} Parameter;

static const char *const names[N_PARAMETERS] = {
  [SERVER_NO_TAKEOVER] = "server_no_context_takeover",
  [CLIENT_NO_TAKEOVER] = "client_no_context_takeover",
  [SERVER_WINDOW] = "server_max_window_bits",
  [CLIENT_WINDOW] = "client_max_window_bits",
};

typedef struct                  /* one element of the header's list */
{
  bool is_there[N_PARAMETERS];
  uint8_t bits[N_PARAMETERS];   /* window bits; 0 = the parameter has no value */
} Element;

typedef struct
{
  uint8_t *at;
  size_t length;
} Text;

bool
wsc_extension_is_deflate (const WscExtension *extension)
{
  return wsc_text_is (extension->name, TOKEN);
}

static void
deflate_offer_add_text (Text       *self,
                        const char *text)
{
  size_t n = strlen (text);

  assert (n <= WSC_DEFLATE_ELEMENT_SIZE - self->length);
  memcpy (self->at + self->length, text, n);
  self->length += n;
}

static void
add_parameter (Text     *self,
               Parameter parameter)
{
  deflate_offer_add_text (self, "; ");
  deflate_offer_add_text (self, names[parameter]);
}

static void
add_window (Text     *self,
            Parameter parameter,
            uint8_t   bits)
{
  const char value[] = { '=', '1', (char) ('0' + bits % 10), '\0' };
  const char short_value[] = { '=', (char) ('0' + bits), '\0' };

  add_parameter (self, parameter);
  deflate_offer_add_text (self, bits < 10 ? short_value : value);
}

/* client_max_window_bits is always offered: the offer costs nothing and lets the server save
 * memory. */
size_t
wsc_deflate_offer_write (const WscDeflateOptions *options,
                         uint8_t                 *to)
{
  Text text = { to, 0 };

  deflate_offer_add_text (&text, TOKEN);
  if (!options->server_takeover)
    add_parameter (&text, SERVER_NO_TAKEOVER);
  if (!options->client_takeover)
    add_parameter (&text, CLIENT_NO_TAKEOVER);
  if (options->server_window_bits < WSC_MAX_WINDOW_BITS)
    add_window (&text, SERVER_WINDOW, options->server_window_bits);
  if (options->client_window_bits < WSC_MAX_WINDOW_BITS)
    add_window (&text, CLIENT_WINDOW, options->client_window_bits);
  else
    add_parameter (&text, CLIENT_WINDOW);
  return text.length;
}

size_t
wsc_deflate_answer_write (const WscDeflateParameters *agreed,
                          uint8_t                    *to)
{
  Text text = { to, 0 };

  deflate_offer_add_text (&text, TOKEN);
  if (!agreed->server_takeover)
    add_parameter (&text, SERVER_NO_TAKEOVER);
  if (!agreed->client_takeover)
    add_parameter (&text, CLIENT_NO_TAKEOVER);
  if (agreed->server_window_bits < WSC_MAX_WINDOW_BITS)
    add_window (&text, SERVER_WINDOW, agreed->server_window_bits);
  if (agreed->client_window_bits < WSC_MAX_WINDOW_BITS)
    add_window (&text, CLIENT_WINDOW, agreed->client_window_bits);
  return text.length;
}

/* A number of 8 to 15 in decimal; 0 = any other value.  Backslashes are skipped: only a quoted
 * value has them. */
static uint8_t
deflate_offer_read_bits (WscBytes value)
{
  unsigned bits = 0;

  for (size_t i = 0; i < value.length; i++)
    {
      uint8_t digit = (uint8_t) (value.at[i] - '0');    /* above 9: the byte is not a digit */

      if (value.at[i] == '\\')
        continue;
      if (digit > 9 || (bits == 0 && digit == 0))
        return 0;
      bits = bits * 10 + digit;
      if (bits > WSC_MAX_WINDOW_BITS)
        return 0;
    }
  return bits >= WSC_MIN_WINDOW_BITS ? (uint8_t) bits : 0;
}

static bool
find_parameter (WscBytes   name,
                Parameter *found)
{
  for (unsigned i = 0; i < N_PARAMETERS; i++)
    {
      if (wsc_text_is (name, names[i]))
        {
          *found = (Parameter) i;
          return true;
        }
    }
  return false;
}

static bool
deflate_offer_read_value (Element            *element,
                          Parameter           which,
                          const WscParameter *parameter)
{
  if (which == SERVER_NO_TAKEOVER || which == CLIENT_NO_TAKEOVER)
    return parameter->value.at == NULL;

  if (parameter->value.at == NULL)
    return which == CLIENT_WINDOW;

  element->bits[which] = deflate_offer_read_bits (parameter->value);
  return element->bits[which] != 0;
}

/* False: a parameter is unknown, repeated or has an invalid value.  client_max_window_bits may be
 * without a value here; read_answer () refuses a response in which it has no value. */
static bool
read_element (const WscExtension *extension,
              Element            *element)
{
  WscBytes rest = extension->parameters;
  WscParameter parameter;
  Parameter which;

  *element = (Element) { .is_there = { false } };
  while (wsc_parameters_next (&rest, &parameter) == WSC_LIST_ELEMENT)
    {
      if (!find_parameter (parameter.name, &which) || element->is_there[which] ||
          !deflate_offer_read_value (element, which, &parameter))
        return false;
      element->is_there[which] = true;
    }
  return true;
}

static uint8_t
deflate_offer_smaller (uint8_t a,
                       uint8_t b)
{
  return a < b ? a : b;
}

static uint8_t
bits_or_max (uint8_t bits)
{
  return bits != 0 ? bits : WSC_MAX_WINDOW_BITS;
}

/* Sets agreed to the parameters with which a server accepts the offer.  A client that does not
 * offer client_max_window_bits uses the largest window. */
static void
meet_offer (const Element           *offer,
            const WscDeflateOptions *options,
            WscDeflateParameters    *agreed)
{
  agreed->server_window_bits = deflate_offer_smaller (options->server_window_bits,
                                                      bits_or_max (offer->bits[SERVER_WINDOW]));
  agreed->client_window_bits = WSC_MAX_WINDOW_BITS;
  if (offer->is_there[CLIENT_WINDOW])
    agreed->client_window_bits = deflate_offer_smaller (options->client_window_bits,
                                                        bits_or_max (offer->bits[CLIENT_WINDOW]));
  agreed->server_takeover = options->server_takeover && !offer->is_there[SERVER_NO_TAKEOVER];
  agreed->client_takeover = options->client_takeover && !offer->is_there[CLIENT_NO_TAKEOVER];
}

/* server_max_window_bits must be in the response if requested, even if its value is the default
 * (7.1.2.1). */
static size_t
write_answer (const Element              *offer,
              const WscDeflateParameters *agreed,
              uint8_t                    *to)
{
  Text text = { to, wsc_deflate_answer_write (agreed, to) };

  if (offer->is_there[SERVER_WINDOW] && agreed->server_window_bits == WSC_MAX_WINDOW_BITS)
    add_window (&text, SERVER_WINDOW, agreed->server_window_bits);
  return text.length;
}

bool
wsc_deflate_offers_accept (WscFields                request,
                           const WscDeflateOptions *options,
                           WscDeflateParameters    *agreed,
                           uint8_t                 *to,
                           size_t                  *length)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  WscExtension extension;
  Element offer;

  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    {
      if (wsc_extension_is_deflate (&extension) && read_element (&extension, &offer))
        {
          meet_offer (&offer, options, agreed);
          *length = write_answer (&offer, agreed, to);
          return true;
        }
    }
  return false;
}

/* In a response client_max_window_bits must have a value. */
static bool
read_answer (const WscExtension *extension,
             Element            *answer)
{
  return read_element (extension, answer) &&
         (!answer->is_there[CLIENT_WINDOW] || answer->bits[CLIENT_WINDOW] != 0);
}

static bool
does_answer_match (const Element *answer,
                   const Element *offer)
{
  if (offer->is_there[SERVER_NO_TAKEOVER] && !answer->is_there[SERVER_NO_TAKEOVER])
    return false;

  if (offer->is_there[SERVER_WINDOW] &&
      bits_or_max (answer->bits[SERVER_WINDOW]) > offer->bits[SERVER_WINDOW])
    return false;

  return !answer->is_there[CLIENT_WINDOW] ||
         (offer->is_there[CLIENT_WINDOW] &&
          answer->bits[CLIENT_WINDOW] <= bits_or_max (offer->bits[CLIENT_WINDOW]));
}

/* A client follows its own offer, even if the response does not repeat the offered parameters. */
static void
deflate_offer_agree (const Element        *answer,
                     const Element        *offer,
                     WscDeflateParameters *agreed)
{
  agreed->server_window_bits = bits_or_max (answer->bits[SERVER_WINDOW]);
  agreed->client_window_bits = deflate_offer_smaller (bits_or_max (answer->bits[CLIENT_WINDOW]),
                                                      bits_or_max (offer->bits[CLIENT_WINDOW]));
  agreed->server_takeover = !answer->is_there[SERVER_NO_TAKEOVER];
  agreed->client_takeover = !answer->is_there[CLIENT_NO_TAKEOVER] &&
                            !offer->is_there[CLIENT_NO_TAKEOVER];
}

static WscFault
find_offer (const Element        *answer,
            WscFields             request,
            WscDeflateParameters *agreed)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  WscExtension extension;
  Element offer;

  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    {
      if (wsc_extension_is_deflate (&extension) && read_element (&extension, &offer) &&
          does_answer_match (answer, &offer))
        {
          deflate_offer_agree (answer, &offer, agreed);
          return WSC_FAULT_NONE;
        }
    }
  return WSC_FAULT_DEFLATE_ANSWER_BEYOND_OFFER;
}

WscFault
wsc_deflate_answer_check (WscFields             response,
                          WscFields             request,
                          WscDeflateParameters *agreed)
{
  WscFieldList list = wsc_fields_get_list (response, "Sec-WebSocket-Extensions");
  WscExtension extension;
  Element answer;

  *agreed = (WscDeflateParameters) { 0 };
  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    {
      if (wsc_extension_is_deflate (&extension))
        return read_answer (&extension, &answer) ? find_offer (&answer, request, agreed)
                                                 : WSC_FAULT_DEFLATE_PARAMETERS_MALFORMED;
    }
  return WSC_FAULT_NONE;
}

WscFault
wsc_deflate_answer_parse (const WscExtension   *answer,
                          WscDeflateParameters *agreed)
{
  const Element anything = { .is_there = { [CLIENT_WINDOW] = true } };
  Element element;

  if (!read_answer (answer, &element))
    return WSC_FAULT_DEFLATE_PARAMETERS_MALFORMED;

  deflate_offer_agree (&element, &anything, agreed);
  return WSC_FAULT_NONE;
}
