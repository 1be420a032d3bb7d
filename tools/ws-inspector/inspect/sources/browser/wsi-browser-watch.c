/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-watch.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/sources/browser/wsi-browser-pages.h"
#include "inspect/sources/browser/wsi-browser-sockets.h"

#define MAX_SESSIONS 4096
#define MAX_TEXT (64 * 1024)    /* bytes of a URL or title */
#define SESSION_NOT_FOUND (-32001)      /* error of a target that has ended since */
#define METHOD_NOT_FOUND (-32601)       /* error of a target that has no network, among others */

#define AUTO_ATTACH \
  "{\"autoAttach\":true,\"waitForDebuggerOnStart\":true,\"flatten\":true}"
/* Arguments that keep the browser from storing bodies, which are not asked for. */
#define NO_BUFFERS \
  "{\"maxTotalBufferSize\":0,\"maxResourceBufferSize\":0,\"maxPostDataSize\":0}"

typedef enum
{
  COMMAND_DISCOVER,
  COMMAND_ATTACH_ALL,           /* attach to all targets of the browser */
  COMMAND_ATTACH,               /* attach to the targets of a target */
  COMMAND_NETWORK,
  COMMAND_PAGE,
  COMMAND_RELEASE,
  COMMAND_DETACH,
  COMMAND_CREATE,
  COMMAND_CLOSE,
  COMMAND_RELOAD,
  N_COMMANDS,
} Command;

static const struct
{
  const char *method, *params;
} commands[N_COMMANDS] = {
  [COMMAND_DISCOVER] = { "Target.setDiscoverTargets", "{\"discover\":true}" },
  [COMMAND_ATTACH_ALL] = { "Target.setAutoAttach", AUTO_ATTACH },
  [COMMAND_ATTACH] = { "Target.setAutoAttach", AUTO_ATTACH },
  [COMMAND_NETWORK] = { "Network.enable", NO_BUFFERS },
  [COMMAND_PAGE] = { "Page.enable", "{}" },
  [COMMAND_RELEASE] = { "Runtime.runIfWaitingForDebugger", "{}" },
  [COMMAND_DETACH] = { "Target.detachFromTarget", NULL },
  [COMMAND_CREATE] = { "Target.createTarget", NULL },
  [COMMAND_CLOSE] = { "Browser.close", "{}" },
  [COMMAND_RELOAD] = { "Page.reload", "{}" },
};

/* A page, a frame of another site, or a worker. */
typedef struct
{
  char              *id;
  char              *kind, *title, *url;        /* facts about the target, never NULL */
  GPtrArray         *sessions;  /* sessions, borrowed; the first one reports the network */
  WsiBrowserSockets *sockets;
} Target;

/* Service workers are attached by the browser and by their page. */
typedef struct _Session Session;

struct _Session
{
  char    *id;
  Target  *target;
  Session *parent;              /* session that this one was made in; NULL: it is that of the
                                 * browser, or the parent has ended */
};

struct _WsiBrowserWatch
{
  WsiBrowserRecording  recording;
  char                *page;    /* page whose sockets are recorded; NULL: all pages */
  WsiBrowserWatchFuncs funcs;
  gpointer             user_data;
  GHashTable          *sessions, *targets;      /* sessions and targets by id */
  gint64               n_commands;
  gboolean             is_browser;      /* the peer is a browser: we are attached to its targets */
  gboolean             has_told_of_too_many;
};

typedef enum
{
  PARAM_SESSION,
  PARAM_INFO,
  PARAM_FRAME,
  N_PARAMS,
} Param;

static const char *const param_names[N_PARAMS] = {
  [PARAM_SESSION] = "sessionId",
  [PARAM_INFO] = "targetInfo",
  [PARAM_FRAME] = "frame",
};

typedef enum
{
  FRAME_ID,
  FRAME_PARENT,
  N_FRAME_MEMBERS,
} FrameMember;

static const char *const frame_names[N_FRAME_MEMBERS] = {
  [FRAME_ID] = "id",
  [FRAME_PARENT] = "parentId",
};

typedef enum
{
  INFO_ID,
  INFO_KIND,
  INFO_TITLE,
  INFO_URL,
  N_INFOS,
} Info;

static const char *const info_names[N_INFOS] = {
  [INFO_ID] = "targetId",
  [INFO_KIND] = "type",
  [INFO_TITLE] = "title",
  [INFO_URL] = "url",
};

static const char *const error_names[] = { "code", "message" };

static void
session_free (gpointer data)
{
  Session *session = data;

  g_free (session->id);
  g_free (session);
}

static void
target_free (Target            *target,
             const WsiSentence *sentence)
{
  wsi_browser_sockets_free (target->sockets, sentence);
  g_ptr_array_unref (target->sessions);
  g_free (target->id);
  g_free (target->kind);
  g_free (target->title);
  g_free (target->url);
  g_free (target);
}

WsiBrowserWatch *
wsi_browser_watch_new (WsiRecorder                *recorder,
                       const char                 *page,
                       const WsiBrowserWatchFuncs *funcs,
                       gpointer                    user_data)
{
  WsiBrowserWatch *self = g_new0 (WsiBrowserWatch, 1);

  self->recording.recorder = recorder;
  self->page = g_strdup (page);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  self->targets = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
wsi_browser_watch_free (WsiBrowserWatch   *self,
                        const WsiSentence *sentence)
{
  GHashTableIter iter;
  gpointer target;

  g_hash_table_iter_init (&iter, self->targets);
  while (g_hash_table_iter_next (&iter, NULL, &target))
    target_free (target, sentence);
  g_hash_table_unref (self->targets);
  g_hash_table_unref (self->sessions);
  g_free (self->page);
  g_free (self);
}

/* Commands do not wait for their answers.  The id of one says what it was.  session NULL: the
 * browser's.  params NULL: those of the table. */
static void
browser_watch_send (WsiBrowserWatch *self,
                    Command          command,
                    const char      *session,
                    const char      *params)
{
  gint64 id = N_COMMANDS * self->n_commands++ + command;
  g_autofree char *place = session != NULL
                           ? g_strdup_printf (",\"sessionId\":\"%s\"", session) : g_strdup ("");
  g_autofree char *text =
    g_strdup_printf ("{\"id\":%" PRIi64 ",\"method\":\"%s\",\"params\":%s%s}", id,
                     commands[command].method, params != NULL ? params : commands[command].params,
                     place);

  self->funcs.send (text, self->user_data);
}

/* Opens a page, which is then recorded from its first script on: a page that goes to another
 * address is not. */
static void
open_page (WsiBrowserWatch *self,
           const char      *url)
{
  g_autoptr (GString) params = g_string_new ("{\"url\":\"");

  for (const char *at = url; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (params, "\\%c", *at);
    else if (g_ascii_iscntrl (*at))
      g_string_append_printf (params, "\\u%04x", *at);
    else
      g_string_append_c (params, *at);
  g_string_append (params, "\",\"newWindow\":true}");
  browser_watch_send (self, COMMAND_CREATE, NULL, params->str);
}

void
wsi_browser_watch_begin (WsiBrowserWatch *self,
                         const char      *url)
{
  browser_watch_send (self, COMMAND_DISCOVER, NULL, NULL);
  browser_watch_send (self, COMMAND_ATTACH_ALL, NULL, NULL);
  if (url != NULL)
    open_page (self, url);
}

void
wsi_browser_watch_close (WsiBrowserWatch *self)
{
  browser_watch_send (self, COMMAND_CLOSE, NULL, NULL);
}

static void
browser_watch_set_text (char              **text,
                        const WsiJsonField *field)
{
  const char *value = wsi_json_field_get_string (field);

  if (value == NULL && *text != NULL)
    return;

  g_free (*text);
  /* a character that is cut would be read past its end */
  *text = value != NULL ? g_utf8_make_valid (value, strnlen (value, MAX_TEXT)) : g_strdup ("");
}

static void
set_info (Target             *target,
          const WsiJsonField *infos)
{
  browser_watch_set_text (&target->kind, &infos[INFO_KIND]);
  browser_watch_set_text (&target->title, &infos[INFO_TITLE]);
  browser_watch_set_text (&target->url, &infos[INFO_URL]);
}

static Target *
ensure_target (WsiBrowserWatch    *self,
               const char         *id,
               const WsiJsonField *infos)
{
  Target *target = g_hash_table_lookup (self->targets, id);

  if (target == NULL)
    {
      target = g_new0 (Target, 1);
      target->id = g_strdup (id);
      target->sessions = g_ptr_array_new ();
      target->sockets = wsi_browser_sockets_new (&self->recording);
      g_hash_table_insert (self->targets, target->id, target);
    }
  set_info (target, infos);
  return target;
}

static Session *
find_session (WsiBrowserWatch *self,
              const char      *id)
{
  return id != NULL ? g_hash_table_lookup (self->sessions, id) : NULL;
}

static gboolean
browser_watch_is_page (const Target *target)
{
  return strcmp (target->kind, "page") == 0;
}

static gboolean
browser_watch_is_first (const Session *session)
{
  return g_ptr_array_index (session->target->sessions, 0) == session;
}

/* Lets a session report its events; a worker has no frames. */
static void
let_tell (WsiBrowserWatch *self,
          const Session   *session)
{
  browser_watch_send (self, COMMAND_NETWORK, session->id, NULL);
  if (browser_watch_is_page (session->target) || strcmp (session->target->kind, "iframe") == 0)
    browser_watch_send (self, COMMAND_PAGE, session->id, NULL);
}

/* Adds a session; a target that is attached twice reports its network in its first session only. */
static void
add_session (WsiBrowserWatch *self,
             Target          *target,
             const char      *id,
             const char      *parent)
{
  Session *session = g_new0 (Session, 1);

  session->id = g_strdup (id);
  session->target = target;
  session->parent = find_session (self, parent);
  g_hash_table_insert (self->sessions, session->id, session);
  g_ptr_array_add (target->sessions, session);
  browser_watch_send (self, COMMAND_ATTACH, id, NULL);
  if (browser_watch_is_first (session))
    let_tell (self, session);
}

static void
tell_of_too_many (WsiBrowserWatch *self)
{
  if (self->has_told_of_too_many)
    return;

  self->has_told_of_too_many = TRUE;
  self->funcs.notify (WSI_SENTENCE (BROWSER_TOO_MANY), self->user_data);
}

/* The targets of one that is not watched are not watched either: it is let go. */
static void
browser_watch_let_go (WsiBrowserWatch *self,
                      const char      *session,
                      const char      *parent)
{
  g_autofree char *params = g_strdup_printf ("{\"sessionId\":\"%s\"}", session);

  browser_watch_send (self, COMMAND_DETACH, parent, params);
  tell_of_too_many (self);
}

static void
take_attached (WsiBrowserWatch          *self,
               const WsiDevtoolsMessage *message)
{
  WsiJsonField params[N_PARAMS], infos[N_INFOS];
  const char *session, *target;

  wsi_json_field_read_object (&message->params, params, param_names, N_PARAMS);
  wsi_json_field_read_object (&params[PARAM_INFO], infos, info_names, N_INFOS);
  session = wsi_json_field_get_string (&params[PARAM_SESSION]);
  target = wsi_json_field_get_string (&infos[INFO_ID]);
  if (session == NULL || target == NULL || !wsi_devtools_is_identifier (session) ||
      !wsi_devtools_is_identifier (target) || find_session (self, session) != NULL)
    return;

  if (g_hash_table_size (self->sessions) < MAX_SESSIONS)
    add_session (self, ensure_target (self, target, infos), session, message->session);
  browser_watch_send (self, COMMAND_RELEASE, session, NULL);
  if (find_session (self, session) == NULL)
    browser_watch_let_go (self, session, message->session);
}

static void
browser_watch_forget_parent (WsiBrowserWatch *self,
                             Session         *parent)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Session *) value)->parent == parent)
      ((Session *) value)->parent = parent->parent;
}

gboolean
wsi_browser_watch_has_page (WsiBrowserWatch *self)
{
  GHashTableIter iter;
  gpointer target;

  g_hash_table_iter_init (&iter, self->targets);
  while (g_hash_table_iter_next (&iter, NULL, &target))
    if (browser_watch_is_page (target))
      return TRUE;

  return FALSE;
}

static void
end_target (WsiBrowserWatch *self,
            Target          *target)
{
  gboolean was_page = browser_watch_is_page (target);

  g_hash_table_remove (self->targets, target->id);
  target_free (target, WSI_SENTENCE (BROWSER_TARGET_ENDED));
  if (was_page && !wsi_browser_watch_has_page (self))
    self->funcs.emptied (self->user_data);
}

/* Removes a session; if the first of several ends, the next one reports the network. */
static void
take_detached (WsiBrowserWatch          *self,
               const WsiDevtoolsMessage *message)
{
  WsiJsonField params[N_PARAMS];
  Session *session;
  Target *target;
  gboolean was_first;

  wsi_json_field_read_object (&message->params, params, param_names, N_PARAMS);
  session = find_session (self, wsi_json_field_get_string (&params[PARAM_SESSION]));
  if (session == NULL)
    return;

  target = session->target;
  was_first = browser_watch_is_first (session);
  browser_watch_forget_parent (self, session);
  g_ptr_array_remove (target->sessions, session);
  g_hash_table_remove (self->sessions, session->id);
  if (target->sessions->len == 0)
    {
      end_target (self, target);
    }
  else if (was_first)
    let_tell (self, g_ptr_array_index (target->sessions, 0));
}

static void
take_changed (WsiBrowserWatch          *self,
              const WsiDevtoolsMessage *message)
{
  WsiJsonField params[N_PARAMS], infos[N_INFOS];
  const char *id;
  Target *target;

  wsi_json_field_read_object (&message->params, params, param_names, N_PARAMS);
  wsi_json_field_read_object (&params[PARAM_INFO], infos, info_names, N_INFOS);
  id = wsi_json_field_get_string (&infos[INFO_ID]);
  target = id != NULL ? g_hash_table_lookup (self->targets, id) : NULL;
  if (target != NULL)
    set_info (target, infos);
}

/* The page that a frame or a worker is of; a worker of several pages is one of its own. */
static const Target *
find_page (const Session *session)
{
  const Session *at = session;

  while (!browser_watch_is_page (at->target) && at->parent != NULL)
    at = at->parent;
  return at->target;
}

/* The session of a conversation.  NULL: it has ended, or is not of this browser. */
static const Session *
find_owner (WsiBrowserWatch       *self,
            const WsiConversation *conversation)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (wsi_browser_sockets_have (((Session *) value)->target->sockets, conversation))
      return value;

  return NULL;
}

void
wsi_browser_watch_reload (WsiBrowserWatch       *self,
                          const WsiConversation *conversation)
{
  const Session *owner = find_owner (self, conversation);
  const Target *page;

  if (owner == NULL)
    return;

  page = find_page (owner);
  if (browser_watch_is_page (page))
    browser_watch_send (self, COMMAND_RELOAD,
                        ((Session *) g_ptr_array_index (page->sessions, 0))->id, NULL);
  else
    self->funcs.notify (WSI_SENTENCE (BROWSER_NO_PAGE), self->user_data);
}

/* The text is compared with targets when they begin; their later messages cost no more with it. */
typedef struct
{
  WsiBrowserWatch *watch;
  const Session   *session;
} Wanting;

static gboolean
browser_watch_is_wanted (gpointer data)
{
  const Wanting *wanting = data;
  const Target *page = find_page (wanting->session);

  return wsi_browser_page_has_text (page->title, page->url, wanting->watch->page);
}

static void
take_network (WsiBrowserWatch          *self,
              const WsiDevtoolsMessage *message)
{
  Session *session = find_session (self, message->session);
  Wanting wanting = { self, session };

  if (session == NULL || !browser_watch_is_first (session))
    return;

  wsi_browser_sockets_take (session->target->sockets, message, browser_watch_is_wanted, &wanting);
  if (self->recording.n_left_out > 0)
    tell_of_too_many (self);
}

/* Sockets of the frame of the whole target end with its document.  The browser closes them later,
 * or without an event. */
static void
take_navigated (WsiBrowserWatch          *self,
                const WsiDevtoolsMessage *message)
{
  WsiJsonField params[N_PARAMS], frame[N_FRAME_MEMBERS];
  const Session *session = find_session (self, message->session);
  const char *id;

  wsi_json_field_read_object (&message->params, params, param_names, N_PARAMS);
  wsi_json_field_read_object (&params[PARAM_FRAME], frame, frame_names, N_FRAME_MEMBERS);
  id = wsi_json_field_get_string (&frame[FRAME_ID]);
  if (session != NULL && browser_watch_is_first (session) && id != NULL &&
      (!wsi_json_field_is_there (&frame[FRAME_PARENT]) || strcmp (id, session->target->id) == 0))
    wsi_browser_sockets_leave (session->target->sockets, WSI_SENTENCE (BROWSER_LEFT));
}

/* Finds the command that is answered; N_COMMANDS: none that was sent. */
static Command
find_command (WsiBrowserWatch          *self,
              const WsiDevtoolsMessage *message)
{
  return message->id >= 0 && message->id / N_COMMANDS < self->n_commands
         ? message->id % N_COMMANDS : N_COMMANDS;
}

/* A peer that has attached us to its targets is a browser, whatever it answers later. */
static void
take_success (WsiBrowserWatch          *self,
              const WsiDevtoolsMessage *message)
{
  if (find_command (self, message) == COMMAND_ATTACH_ALL)
    self->is_browser = TRUE;
}

/* Takes an answer that refuses.  FALSE: the peer is not a browser, or shows no page.  A target that
 * has ended since ends nothing. */
static gboolean
take_refusal (WsiBrowserWatch          *self,
              const WsiDevtoolsMessage *message,
              GError                  **error)
{
  Command command = find_command (self, message);
  WsiJsonField members[G_N_ELEMENTS (error_names)];
  Session *session = find_session (self, message->session);
  const char *text;
  gint64 code;

  wsi_json_field_read_object (&message->error, members, error_names, G_N_ELEMENTS (error_names));
  code = wsi_json_field_get_number (&members[0], 0);
  text = wsi_json_field_get_string (&members[1]);
  if (text == NULL)
    text = "";
  if (code == SESSION_NOT_FOUND)
    return TRUE;

  if (command == COMMAND_CREATE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("the browser opens no page: %s"), text);
      return FALSE;
    }

  if (!self->is_browser && (command == COMMAND_DISCOVER || command == COMMAND_ATTACH_ALL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("expected a browser, received \"%s\" for %s (node and other programs tell "
                     "nothing of the messages of WebSockets)"), text, commands[command].method);
      return FALSE;
    }

  if (command == COMMAND_NETWORK && session != NULL && code != METHOD_NOT_FOUND)
    self->funcs.notify (WSI_SENTENCE (BROWSER_REFUSED, session->target->url, text),
                        self->user_data);
  return TRUE;
}

gboolean
wsi_browser_watch_take (WsiBrowserWatch *self,
                        guint8          *at,
                        gsize            length,
                        GError         **error)
{
  WsiDevtoolsMessage message;

  if (!wsi_devtools_message_read (&message, at, length, error))
    return FALSE;

  if (wsi_browser_sockets_is_event (message.kind))
    take_network (self, &message);
  else if (message.kind == WSI_DEVTOOLS_ATTACHED)
    take_attached (self, &message);
  else if (message.kind == WSI_DEVTOOLS_DETACHED)
    take_detached (self, &message);
  else if (message.kind == WSI_DEVTOOLS_TARGET_CHANGED)
    take_changed (self, &message);
  else if (message.kind == WSI_DEVTOOLS_NAVIGATED)
    take_navigated (self, &message);
  else if (message.kind == WSI_DEVTOOLS_ANSWER && wsi_json_field_is_there (&message.error))
    return take_refusal (self, &message, error);
  else if (message.kind == WSI_DEVTOOLS_ANSWER)
    take_success (self, &message);
  return TRUE;
}
