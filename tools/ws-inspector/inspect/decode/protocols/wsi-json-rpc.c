/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* JSON-RPC 2.0: requests, notifications, results, errors, and lists of them. */

#include "inspect/decode/protocols/wsi-protocols.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/wsi-description.h"

#define MAX_CALLS 100           /* calls of a list that are described */

typedef struct
{
  WsiJsonValue method, id, params, result, error;
} Call;

static void
json_rpc_parse (const WsiJsonValue *all,
                Call               *call)
{
  static const char *const names[] = { "method", "id", "params", "result", "error" };
  WsiJsonValue values[G_N_ELEMENTS (names)];

  wsi_json_get_members (all, names, values, G_N_ELEMENTS (names));
  *call = (Call) { values[0], values[1], values[2], values[3], values[4] };
}

/* Some peers, such as Chrome and exchanges, leave the version out: then all names are of JSON-RPC,
 * and those of a call or a reply are there. */
static gboolean
is_without_version (const WsiJsonValue *all)
{
  static const char *const names[] = { "id", "method", "params", "result", "error", "sessionId" };
  enum { ID, METHOD, PARAMS, RESULT, ERROR, SESSION };
  WsiJsonValue values[G_N_ELEMENTS (names)];
  gboolean has_id, is_call;

  if (!wsi_json_has_only (all, names, G_N_ELEMENTS (names)))
    return FALSE;

  wsi_json_get_members (all, names, values, G_N_ELEMENTS (names));
  has_id = values[ID].kind == WSI_JSON_NUMBER || values[ID].kind == WSI_JSON_STRING;
  is_call = values[METHOD].kind == WSI_JSON_STRING;
  if (is_call)
    return (has_id || values[PARAMS].kind != WSI_JSON_END) &&
           values[RESULT].kind == WSI_JSON_END && values[ERROR].kind == WSI_JSON_END;

  return has_id && values[PARAMS].kind == WSI_JSON_END &&
         (values[RESULT].kind != WSI_JSON_END || values[ERROR].kind == WSI_JSON_OBJECT);
}

static guint
json_rpc_probe (const WsiDecodeInput *input)
{
  WsiJsonValue all, version;

  if (input->length == 0 || strchr ("{[ \t\r\n", input->at[0]) == NULL)
    return WSI_SCORE_NONE;

  all = wsi_json_begin (input->at, input->length);
  if (wsi_json_may_have (input->at, input->length, "\"jsonrpc\""))
    {
      if (all.kind == WSI_JSON_ARRAY)
        all = wsi_json_get_element (&all, 0);
      version = wsi_json_get_member (&all, "jsonrpc");
      if (version.kind == WSI_JSON_STRING)
        return WSI_SCORE_SURE;
    }

  return is_without_version (&all) ? WSI_SCORE_LIKELY + 1 : WSI_SCORE_NONE;
}

static void
json_rpc_append (WsiDescription     *description,
                 const char         *before,
                 const WsiJsonValue *value)
{
  if (value->kind == WSI_JSON_END)
    return;

  wsi_description_append_word (description, before);
  wsi_json_append (description, value);
}

static void
json_rpc_describe_error (const Call     *call,
                         WsiDescription *description)
{
  WsiJsonValue code = wsi_json_get_member (&call->error, "code");
  WsiJsonValue text = wsi_json_get_member (&call->error, "message");

  wsi_json_add_field (description, "rpc.error", &code);
  if (code.kind == WSI_JSON_NUMBER || code.kind == WSI_JSON_STRING)
    wsi_json_set_error (description, "rpc.error", text.kind == WSI_JSON_STRING ? &text : &code);
  json_rpc_append (description, " ", &code);
  json_rpc_append (description, " ", &text);
}

static void
describe_reply (const Call     *call,
                WsiDescription *description)
{
  gboolean is_error = call->error.kind == WSI_JSON_OBJECT;

  wsi_description_append (description, is_error ? " error" : " result");
  json_rpc_append (description, " ", &call->id);
  wsi_json_add_text (description, "rpc.id", &call->id);
  wsi_json_set_pair (description, WSI_PAIRING_REPLY, &call->id);
  if (is_error)
    json_rpc_describe_error (call, description);
  else
    json_rpc_append (description, " ", &call->result);
}

/* A call without an id has no reply. */
static void
json_rpc_describe_call (const WsiJsonValue *all,
                        WsiDescription     *description)
{
  gboolean is_request;
  Call call;

  json_rpc_parse (all, &call);
  if (call.method.kind != WSI_JSON_STRING)
    {
      describe_reply (&call, description);
      return;
    }

  is_request = call.id.kind != WSI_JSON_END;
  wsi_description_append (description, is_request ? " request" : " notification");
  json_rpc_append (description, " ", &call.id);
  json_rpc_append (description, " ", &call.method);
  json_rpc_append (description, " ", &call.params);
  wsi_json_add_text (description, "rpc.id", &call.id);
  wsi_json_add_field (description, "rpc.method", &call.method);
  if (is_request)
    wsi_json_set_pair (description, WSI_PAIRING_REQUEST, &call.id);
}

/* A list has the fields of all its calls, and the pair of its last one. */
static void
describe_list (const WsiJsonValue *list,
               WsiDescription     *description)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_description_append (description, " list:");
  wsi_json_scanner_init (&scanner, list->at, list->length);
  wsi_json_scanner_next (&scanner, &token);
  for (guint i = 0; i < MAX_CALLS; i++)
    {
      WsiJsonValue call;

      if (wsi_json_scanner_next (&scanner, &token) != WSI_JSON_OBJECT)
        return;

      /* The scanner goes no further after a mistake: no object follows. */
      wsi_json_scanner_skip (&scanner, &token);
      call = (WsiJsonValue) { WSI_JSON_OBJECT, scanner.at + token.at, token.length };
      wsi_description_append (description, i > 0 ? "," : "");
      json_rpc_describe_call (&call, description);
    }
}

static void
json_rpc_describe (const WsiDecodeInput *input,
                   WsiDescription       *description)
{
  WsiJsonValue all = wsi_json_begin (input->at, input->length);

  wsi_description_append (description, "JSON-RPC");
  wsi_description_set_content (description, "json", 0, input->length);
  if (all.kind == WSI_JSON_ARRAY)
    describe_list (&all, description);
  else if (all.kind == WSI_JSON_OBJECT)
    json_rpc_describe_call (&all, description);
}

static void
json_rpc_decode (const WsiDecodeInput *input,
                 WsiDecodeNode        *root)
{
  wsi_json_set_node (root);
}

static const WsiDecoderField fields[] = {
  { "rpc.method", WSI_FIELD_TEXT, N_("Method of a call of JSON-RPC") },
  { "rpc.id", WSI_FIELD_TEXT, N_("Its number or text, which its reply has too") },
  { "rpc.error", WSI_FIELD_WHOLE, N_("Code of an error") },
};

const WsiDecoder wsi_json_rpc_decoder = {
  .name = "json-rpc", .title = "JSON-RPC",
  .begins = WSI_BEGIN_BRACE | WSI_BEGIN_BRACKET | WSI_BEGIN_BLANK,
  .reach = WSI_REACH_CONVERSATION,
  .fields = fields, .n_fields = G_N_ELEMENTS (fields),
  .probe = json_rpc_probe, .describe = json_rpc_describe, .decode = json_rpc_decode,
};
