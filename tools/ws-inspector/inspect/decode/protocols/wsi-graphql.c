/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* GraphQL over WebSocket: graphql-transport-ws, and the older graphql-ws of
 * subscriptions-transport-ws.  The names of the types tell them apart. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-description.h"

typedef enum
{
  ROLE_OTHER,
  ROLE_ONLY,                    /* a type that no other protocol has */
  ROLE_REQUEST,
  ROLE_REPLY,
} Role;

static const struct
{
  const char *name;
  Role        role;
} types[] = {
  { "connection_init", ROLE_ONLY },
  { "connection_ack", ROLE_ONLY },
  { "connection_error", ROLE_ONLY },
  { "connection_terminate", ROLE_ONLY },
  { "connection_keep_alive", ROLE_ONLY },
  { "ka", ROLE_OTHER },
  { "ping", ROLE_OTHER },
  { "pong", ROLE_OTHER },
  { "subscribe", ROLE_REQUEST },
  { "start", ROLE_REQUEST },
  { "next", ROLE_REPLY },
  { "data", ROLE_REPLY },
  { "error", ROLE_REPLY },
  { "complete", ROLE_REPLY },
  { "stop", ROLE_OTHER },
};

typedef struct
{
  WsiJsonValue type, id, payload;
  Role         role;
} Message;

static gboolean
find_role (const WsiJsonValue *type,
           Role               *role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (wsi_json_is_text (type, types[i].name))
      {
        *role = types[i].role;
        return TRUE;
      }
  return FALSE;
}

/* Parses a message.  FALSE: it is of another format; then no more than its type is read. */
static gboolean
graphql_parse (const WsiDecodeInput *input,
               Message              *message)
{
  static const char *const names[] = { "id", "payload" };
  WsiJsonValue all = wsi_json_begin (input->at, input->length);
  WsiJsonValue values[G_N_ELEMENTS (names)];

  message->type = wsi_json_get_member (&all, "type");
  if (!find_role (&message->type, &message->role))
    return FALSE;

  wsi_json_get_members (&all, names, values, G_N_ELEMENTS (names));
  message->id = values[0];
  message->payload = values[1];
  return TRUE;
}

static guint
graphql_probe (const WsiDecodeInput *input)
{
  Message message;

  if (input->length == 0 || input->at[0] != '{' ||
      !wsi_json_may_have (input->at, input->length, "\"type\"") || !graphql_parse (input, &message))
    return WSI_SCORE_NONE;

  switch (message.role)
    {
    case ROLE_ONLY:
      return WSI_SCORE_SURE;
    case ROLE_REQUEST:
      return wsi_json_get_member (&message.payload, "query").kind == WSI_JSON_STRING
             ? WSI_SCORE_SURE : WSI_SCORE_WEAK;
    case ROLE_REPLY:
      return wsi_json_get_member (&message.payload, "data").kind != WSI_JSON_END &&
             message.id.kind != WSI_JSON_END ? WSI_SCORE_SURE : WSI_SCORE_WEAK;
    case ROLE_OTHER:
      break;
    }
  return WSI_SCORE_WEAK;
}

static gboolean
is_name_byte (guint8 byte)
{
  return g_ascii_isalnum (byte) || byte == '_';
}

/* The name after "query", "mutation" or "subscription" in the text of an operation; length 0: it
 * has none. */
static WsiJsonValue
graphql_find_name (const WsiJsonValue *query)
{
  static const char *const kinds[] = { "query", "mutation", "subscription" };
  WsiJsonValue name = { WSI_JSON_END, query->at, 0 };
  const guint8 *at = query->at + 1, *end = query->at + query->length;

  while (at < end && (g_ascii_isspace (*at) || *at == '\\'))
    at += *at == '\\' ? 2 : 1;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize n = strlen (kinds[i]);

      if (at >= end || (gsize) (end - at) <= n || memcmp (at, kinds[i], n) != 0 || at[n] != ' ')
        continue;
      name.at = at + n + 1;
      while (name.at + name.length < end && is_name_byte (name.at[name.length]))
        name.length++;
    }
  return name;
}

static void
describe_operation (const Message  *message,
                    WsiDescription *description)
{
  WsiJsonValue operation = wsi_json_get_member (&message->payload, "operationName");
  WsiJsonValue query = wsi_json_get_member (&message->payload, "query");
  WsiJsonValue name = { WSI_JSON_END, NULL, 0 };

  if (operation.kind == WSI_JSON_STRING)
    {
      wsi_json_add_field (description, "gql.op", &operation);
      wsi_description_append (description, " ");
      wsi_json_append (description, &operation);
      return;
    }
  if (query.kind == WSI_JSON_STRING)
    name = graphql_find_name (&query);
  if (name.length > 0)
    wsi_description_add_text (description, "gql.op", name.at, name.length);
  if (query.kind != WSI_JSON_STRING)
    return;

  wsi_description_append (description, " ");
  wsi_json_append (description, &query);
}

/* The text of an error, or all of it: of the first one of a list. */
static WsiJsonValue
graphql_find_text (const WsiJsonValue *errors)
{
  WsiJsonValue error = errors->kind == WSI_JSON_ARRAY ? wsi_json_get_element (errors, 0) : *errors;
  WsiJsonValue text = wsi_json_get_member (&error, "message");

  return text.kind == WSI_JSON_STRING ? text : error;
}

/* Errors of a result may come after its data: only a payload that has the word is read. */
static void
graphql_describe_error (const Message  *message,
                        WsiDescription *description)
{
  WsiJsonValue errors = message->payload, text;

  if (!wsi_json_is_text (&message->type, "error") &&
      !wsi_json_is_text (&message->type, "connection_error"))
    {
      if (!wsi_json_may_have (errors.at, errors.length, "\"errors\""))
        return;

      errors = wsi_json_get_member (&message->payload, "errors");
    }
  text = graphql_find_text (&errors);
  if (text.kind == WSI_JSON_END || text.kind == WSI_JSON_NULL)
    return;

  wsi_json_add_text (description, "gql.error", &text);
  wsi_json_set_error (description, "gql.error", &text);
}

static void
graphql_describe (const WsiDecodeInput *input,
                  WsiDescription       *description)
{
  Message message;

  wsi_description_append (description, "GraphQL");
  if (!graphql_parse (input, &message))
    return;

  wsi_description_append (description, " ");
  wsi_json_append (description, &message.type);
  wsi_json_add_field (description, "gql.type", &message.type);
  wsi_description_set_content (description, "json", 0, input->length);
  if (message.id.kind != WSI_JSON_END)
    {
      wsi_description_append (description, " id ");
      wsi_json_append (description, &message.id);
      wsi_json_add_text (description, "gql.id", &message.id);
    }
  if (message.role == ROLE_REQUEST)
    {
      wsi_json_set_pair (description, WSI_PAIRING_REQUEST, &message.id);
      describe_operation (&message, description);
      return;
    }
  if (message.role == ROLE_REPLY)
    wsi_json_set_pair (description, WSI_PAIRING_REPLY, &message.id);
  if (message.payload.kind == WSI_JSON_END)
    return;

  if (message.role == ROLE_REPLY || message.role == ROLE_ONLY)
    graphql_describe_error (&message, description);
  wsi_description_append (description, " ");
  wsi_json_append (description, &message.payload);
}

static void
graphql_decode (const WsiDecodeInput *input,
                WsiDecodeNode        *root)
{
  wsi_json_set_node (root);
}

static const WsiDecoderField fields[] = {
  { "gql.type", WSI_FIELD_TEXT, N_("Type of a message of GraphQL, such as subscribe or next") },
  { "gql.id", WSI_FIELD_TEXT, N_("Its operation") },
  { "gql.op", WSI_FIELD_TEXT, N_("Name of the operation that it begins") },
  { "gql.error", WSI_FIELD_TEXT, N_("Text of the first error that it tells") },
};

const WsiDecoder wsi_graphql_decoder = {
  .name = "graphql", .title = "GraphQL",
  .begins = WSI_BEGIN_BRACE,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = graphql_probe, .describe = graphql_describe, .decode = graphql_decode,
};
