/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A field value of any peer: as list of extensions, of tokens and of products; and what follows for
 * both sides from an offer that is well-formed. */

#include "core/handshake/client-handshake.h"
#include "core/handshake/server-handshake.h"
#include "fuzz/fuzz-tools.h"
#include "fuzz/head-grammar.h"

#include <string.h>

#define MAX_OFFERS 8

typedef struct
{
  WscBytes texts[MAX_OFFERS];
  size_t n;
} Offers;

static void
fill_zero (void    *data,
           uint8_t *to,
           size_t   n)
{
  fuzz_require (data == NULL, "the source gets back what it was given");
  memset (to, 0, n);
}

/* True: well-formed to its end. */
static bool
read_extensions (WscBytes value,
                 Offers  *offers)
{
  ExtensionsReading expected = grammar_read_extensions (value);
  size_t n_extensions = 0, n_parameters = 0;
  WscExtension extension;
  WscListStep step;

  while ((step = wsc_extensions_next (&value, &extension)) == WSC_LIST_ELEMENT)
    {
      const uint8_t *end = extension.parameters.at + extension.parameters.length;

      fuzz_require (wsc_text_is_token (extension.name), "a name is a token");
      n_extensions++;
      n_parameters += extension.n_parameters;
      if (offers->n < MAX_OFFERS)
        offers->texts[offers->n++] = (WscBytes) { extension.name.at,
                                                  (size_t) (end - extension.name.at) };
    }
  fuzz_require ((step == WSC_LIST_END) == expected.is_accepted,
                "parser and grammar come to the same verdict");
  fuzz_require (step != WSC_LIST_END ||
                (n_extensions == expected.n_extensions && n_parameters == expected.n_parameters),
                "parser and grammar count the same");
  return step == WSC_LIST_END;
}

/* A list of tokens is a list of products without versions, and of extensions without parameters. */
static void
read_tokens (WscBytes value)
{
  WscBytes tokens = value, products = value, extensions = value, token, product;
  WscExtension extension;
  WscListStep step;

  while ((step = wsc_tokens_next (&tokens, &token)) == WSC_LIST_ELEMENT)
    {
      fuzz_require (wsc_text_is_token (token), "an element is a token");
      fuzz_require (wsc_products_next (&products, &product) == WSC_LIST_ELEMENT &&
                    wsc_texts_are_equal (token, product),
                    "a token is a product");
      fuzz_require (wsc_extensions_next (&extensions, &extension) == WSC_LIST_ELEMENT &&
                    wsc_texts_are_equal (token, extension.name) && extension.n_parameters == 0,
                    "a token is an extension");
    }
  fuzz_require (step != WSC_LIST_END || (wsc_products_next (&products, &product) == WSC_LIST_END &&
                                         wsc_extensions_next (&extensions,
                                                              &extension) == WSC_LIST_END),
                "the lists end together");
}

/* Chooses from the offer each name once, as it was offered first. */
static void
choose (const Offers *offers,
        Offers       *chosen)
{
  for (size_t i = 0; i < offers->n; i++)
    {
      WscExtension offered, earlier;
      bool is_new = wsc_text_is_one_extension (offers->texts[i], &offered);

      fuzz_require (is_new, "an element is one extension");
      for (size_t j = 0; j < chosen->n; j++)
        is_new = is_new && !(wsc_text_is_one_extension (chosen->texts[j], &earlier) &&
                             wsc_texts_are_equal (earlier.name, offered.name));
      if (is_new)
        chosen->texts[chosen->n++] = offers->texts[i];
    }
}

static void
do_handshake (const Offers *offers)
{
  const WscHeadLimits limits = { .max_protocols = 4, .max_extensions = MAX_OFFERS,
                                 .max_parameters = UINT32_MAX };
  const WscOptions options = { .mode = WSC_MODE_AUTOMATIC, .head = &limits };
  const WscHost host = { fill_zero, NULL };
  const WscOffer offer = { .extensions = offers->texts, .n_extensions = offers->n };
  Offers chosen = { .n = 0 };
  WscChoice choice = { .extensions = chosen.texts };
  WscHandshakeState *client = NULL, *server = NULL;
  const WscHeader *asked, *answered;
  WscHeader request[8] = { { wsc_text ("Host"), wsc_text ("a") } };
  size_t n_asked, n_answered;
  uint32_t indices[MAX_OFFERS];
  WscSelection selection = { .extensions = indices, .capacity = MAX_OFFERS };
  WscFrameAllowance allowed;
  WscFault fault = wsc_client_handshake_begin (&client, &options, &host, &offer, &asked, &n_asked);

  if (fault == WSC_FAULT_EXTENSION_OFFERED_TWICE)
    return;

  fuzz_require (fault == WSC_FAULT_NONE, "what is well-formed can be offered");
  memcpy (request + 1, asked, n_asked * sizeof *asked);
  choose (offers, &chosen);
  choice.n_extensions = chosen.n;
  fault = wsc_server_handshake_begin (&server, &options, &choice, request, n_asked + 1,
                                      &answered, &n_answered, &allowed);
  fuzz_require (fault == WSC_FAULT_NONE, "what a client offers a server takes");
  fault = wsc_client_handshake_end (client, &options, answered, n_answered, &selection, &allowed);
  fuzz_require (fault == WSC_FAULT_NONE, "what a server answers its client takes");
  fuzz_require (selection.n_extensions == chosen.n, "all that was chosen is selected");
  wsc_handshake_state_free (client);
  wsc_handshake_state_free (server);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  WscBytes value = { size > 0 ? data : NULL, size };
  Offers offers = { .n = 0 };

  read_tokens (value);
  if (read_extensions (value, &offers))
    do_handshake (&offers);
  return 0;
}
