/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-decoder-hints.h"

#include <string.h>

/* One row for each decoder but text and bytes, which read all that no other one reads.
 * Subprotocols are whole names; paths are parts that end with the path, with a segment, or with
 * their own "/" or "=". */
static const struct
{
  const char *decoder, *subprotocols, *paths;
} rows[] = {
  { "socket.io", "socket.io engine.io", "/socket.io/ /engine.io/ EIO=" },
  { "graphql", "graphql-transport-ws graphql-ws", "/graphql /subscriptions" },
  { "json-rpc", "jsonrpc json-rpc", "/jsonrpc /json-rpc /rpc /devtools/" },
  { "signalr", "signalr", "/signalr /hub /hubs" },
  { "stomp", "v10.stomp v11.stomp v12.stomp stomp", "/stomp" },
  { "wamp", "wamp.2.json wamp.2.msgpack wamp.2.cbor wamp.2.json.batched wamp.2.msgpack.batched wamp.2.cbor.batched",
    "/wamp" },
  { "mqtt", "mqtt mqttv3.1 mqttv3.11", "/mqtt" },
  { "sockjs", "sockjs", "/sockjs" },
  { "json", "json", "/json" },
  { "msgpack", "msgpack", "/msgpack" },
  { "cbor", "cbor", "/cbor" },
  { "protobuf", "protobuf proto", "/protobuf" },
  { "xml", "xmpp xml", "/xmpp-websocket /xmpp /xml" },
  { "gzip", "gzip", "/gzip" },
  { "zlib", "zlib deflate", "/zlib" },
  { "brotli", "brotli br", "/brotli" },
  { "base64", "base64", "/base64" },
};

/* Whether one of the words is the text. */
static gboolean
decoder_hints_has_word (const char *words,
                        const char *text)
{
  for (const char *at = words; *at != '\0'; at += *at == ' ')
    {
      gsize length = strcspn (at, " ");

      if (strncmp (at, text, length) == 0 && text[length] == '\0')
        return TRUE;
      at += length;
    }
  return FALSE;
}

static gboolean
decoder_hints_has_part (const char *path,
                        const char *part,
                        gsize       length)
{
  gboolean has_end = strchr ("/=", part[length - 1]) != NULL;

  const char *path_end = path + strlen (path);

  for (const char *at = path; (at = memmem (at, path_end - at, part, length)) != NULL; at++)
    if (has_end || strchr ("/?", at[length]) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
decoder_hints_has_path (const char *parts,
                        const char *path)
{
  for (const char *at = parts; *at != '\0'; at += *at == ' ')
    {
      gsize length = strcspn (at, " ");

      if (decoder_hints_has_part (path, at, length))
        return TRUE;
      at += length;
    }
  return FALSE;
}

WsiHint
wsi_decoder_hints_find (const WsiDecoder *decoder,
                        const char       *subprotocol,
                        const char       *path)
{
  for (gsize i = 0; (subprotocol != NULL || path != NULL) && i < G_N_ELEMENTS (rows); i++)
    {
      if (*rows[i].decoder != *decoder->name || strcmp (rows[i].decoder, decoder->name) != 0)
        continue;
      if (subprotocol != NULL && decoder_hints_has_word (rows[i].subprotocols, subprotocol))
        return WSI_HINT_SUBPROTOCOL;
      return path != NULL && decoder_hints_has_path (rows[i].paths, path) ? WSI_HINT_PATH
        : WSI_HINT_NONE;
    }
  return WSI_HINT_NONE;
}

char *
wsi_decoder_hints_dup_path (const char *uri)
{
  const char *authority = uri != NULL ? strstr (uri, "://") : NULL;
  const char *path = authority != NULL ? strchr (authority + 3, '/') : NULL;

  return g_strdup (path);
}
