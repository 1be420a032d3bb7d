/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-source.h"

#include <libwsproto/wsproto.h>

#include "inspect/sources/browser/wsi-browser-http.h"
#include "inspect/sources/browser/wsi-browser-pipe.h"
#include "inspect/sources/browser/wsi-browser-process.h"
#include "inspect/sources/browser/wsi-browser-port.h"
#include "inspect/sources/browser/wsi-browser-watch.h"

#define BLANK_PAGE "about:blank"
#define STARTED_TITLE "Chromium"
#define EMPTY_MS 1000           /* time until a browser ends whose last page was closed */
#define CLOSING_MS 5000         /* time until a browser is killed that does not end */
#define DRAINING_MS 1000        /* time for the last messages of a browser that has ended */

struct _WsiBrowserSource
{
  WsiSource          parent_instance;

  char              *page;      /* page whose sockets are recorded; NULL: all pages */
  gboolean           starts;
  char              *url, *profile;     /* address and profile of a browser to start; NULL: none */
  char             **arguments; /* more arguments of the browser to start; NULL: none */
  WsiBrowserAddress  address;   /* address of a browser that is already running */

  WsiBrowserWatch   *watch;     /* watch of the browser's pages; NULL: not reached yet, or ended */
  WsiBrowserProcess *process;   /* process of the browser; NULL: we have not started it */
  WsiBrowserPipe    *pipe;
  WsiBrowserPort    *port;
  guint              timeout;   /* source id of the timeout; 0 = none */
  guint              n_calls;   /* callbacks that will still be called */
  gboolean           has_exited;        /* the process has exited */
  char              *problem;   /* why the process has exited; NULL: no problem */
  gboolean           is_ending, is_empty;       /* asked to end: by the user, without a page */
};

G_DEFINE_FINAL_TYPE (WsiBrowserSource, wsi_browser_source, WSI_TYPE_SOURCE)

static void
drop_watch (WsiBrowserSource  *self,
            const WsiSentence *sentence)
{
  WsiBrowserWatch *watch = g_steal_pointer (&self->watch);

  if (watch != NULL)
    wsi_browser_watch_free (watch, sentence);
}

static void
remove_timeout (WsiBrowserSource *self)
{
  GSource *source = self->timeout != 0
                    ? g_main_context_find_source_by_id (wsi_source_get_context (WSI_SOURCE (self)),
                                                        self->timeout) : NULL;

  if (source != NULL)
    g_source_destroy (source);
  self->timeout = 0;
}

static void
browser_source_set_timeout (WsiBrowserSource *self,
                            guint             interval_ms,
                            GSourceFunc       function)
{
  g_autoptr (GSource) source = g_timeout_source_new (interval_ms);

  remove_timeout (self);
  g_source_set_callback (source, function, self, NULL);
  self->timeout = g_source_attach (source, wsi_source_get_context (WSI_SOURCE (self)));
}

static void
browser_source_report_failure (WsiBrowserSource *self,
                               const char       *message)
{
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED, WSI_SENTENCE (ERROR, message));
}

/* Reports the end; one that was asked for needs no sentence. */
static void
browser_source_report_end (WsiBrowserSource *self)
{
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_ENDED,
                     self->is_ending ? NULL : self->is_empty ? WSI_SENTENCE (BROWSER_EMPTY)
                                                             : WSI_SENTENCE (BROWSER_ENDED));
}

static void
send_command (const char *command,
              gpointer    data)
{
  WsiBrowserSource *self = data;

  if (self->pipe != NULL)
    wsi_browser_pipe_send (self->pipe, command);
  else if (self->port != NULL)
    wsi_browser_port_send (self->port, command);
}

static void
browser_source_notify (const WsiSentence *sentence,
                       gpointer           data)
{
  wsi_source_report (data, WSI_SOURCE_RUNNING, sentence);
}

static gboolean
kill_process (gpointer data)
{
  WsiBrowserSource *self = data;

  wsi_browser_process_kill (self->process);
  return G_SOURCE_REMOVE;
}

/* Closes a browser that we have started as if its user had closed it. */
static void
close_process (WsiBrowserSource *self)
{
  wsi_browser_watch_close (self->watch);
  browser_source_set_timeout (self, CLOSING_MS, kill_process);
}

static gboolean
on_empty (gpointer data)
{
  WsiBrowserSource *self = data;

  if (self->watch == NULL || wsi_browser_watch_has_page (self->watch))
    {
      self->timeout = 0;
      return G_SOURCE_REMOVE;
    }

  self->is_empty = TRUE;
  close_process (self);
  return G_SOURCE_REMOVE;
}

/* Closes a browser that has no window: it would go on, and the user could not close it. */
static void
browser_source_emptied (gpointer data)
{
  WsiBrowserSource *self = data;

  if (self->process != NULL && !self->is_ending && !self->is_empty && !self->has_exited)
    browser_source_set_timeout (self, EMPTY_MS, on_empty);
}

static void
browser_source_begin_watching (WsiBrowserSource *self,
                               const char       *url)
{
  static const WsiBrowserWatchFuncs funcs =
  { send_command, browser_source_notify, browser_source_emptied };

  self->watch = wsi_browser_watch_new (wsi_source_get_recorder (WSI_SOURCE (self)), self->page,
                                       &funcs, self);
  wsi_browser_watch_begin (self->watch, url);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING, NULL);
}

/* A peer that is not a browser is left at once: its next message would be as wrong. */
static void
on_received (guint8  *at,
             gsize    length,
             gpointer data)
{
  g_autoptr (WsiBrowserSource) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;

  if (self->watch == NULL || wsi_browser_watch_take (self->watch, at, length, &error))
    return;

  drop_watch (self, WSI_SENTENCE (ERROR, error->message));
  browser_source_report_failure (self, error->message);
}

/* Ends the source: the process has ended, and its last messages were read. */
static void
end_process (WsiBrowserSource *self)
{
  remove_timeout (self);
  drop_watch (self, WSI_SENTENCE (BROWSER_ENDED));
  if (self->problem != NULL && !self->is_ending && !self->is_empty)
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED,
                       WSI_SENTENCE (BROWSER_NOT_STARTED, self->problem));
  else
    browser_source_report_end (self);
}

static gboolean
on_drained (gpointer data)
{
  end_process (data);
  return G_SOURCE_REMOVE;
}

/* Reports the loss of the browser.  How our own connection to it has ended is of no use to a user:
 * a browser that is closed sends no Close. */
static void
browser_source_report_loss (WsiBrowserSource *self,
                            const GError     *error)
{
  gboolean is_gone = g_error_matches (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  const WsiSentence *sentence = is_gone ? WSI_SENTENCE (BROWSER_GONE)
                                        : WSI_SENTENCE (BROWSER_LOST, error->message);

  drop_watch (self, sentence);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED, sentence);
}

/* Handles the end of the link; the status of a process says more than that. */
static void
on_link_ended (const GError *error,
               gpointer      data)
{
  g_autoptr (WsiBrowserSource) self = g_object_ref (data);

  if (error != NULL && self->watch != NULL && !self->is_ending)
    {
      browser_source_report_loss (self, error);
      return;
    }

  drop_watch (self, WSI_SENTENCE (BROWSER_ENDED));
  if (error != NULL && !self->is_ending)
    browser_source_report_failure (self, error->message);
  else if (self->process == NULL)
    browser_source_report_end (self);
  else if (self->has_exited)
    end_process (self);
}

static const WsiBrowserLinkFuncs link_funcs = { on_received, on_link_ended };

static void
on_process_ended (GObject      *object,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr (WsiBrowserSource) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_successful = wsi_browser_process_wait_finish (result, &error);

  self->n_calls--;
  if (self->process == NULL)
    return;

  self->has_exited = TRUE;
  self->problem = !is_successful ? g_strdup (error->message) : NULL;
  if (self->watch == NULL)
    end_process (self);
  else
    browser_source_set_timeout (self, DRAINING_MS, on_drained);
}

static void
begin_process (WsiBrowserSource *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = wsi_browser_process_make_url (self->url != NULL ? self->url
                                                                         : BLANK_PAGE);
  int fd;

  self->process = wsi_browser_process_new (self->profile, (const char *const *) self->arguments,
                                           &fd, &error);
  if (self->process == NULL)
    {
      browser_source_report_failure (self, error->message);
      return;
    }

  self->pipe = wsi_browser_pipe_new (fd, &link_funcs, self);
  self->n_calls++;
  wsi_browser_process_wait_async (self->process, on_process_ended, g_object_ref (self));
  browser_source_begin_watching (self, url);
}

static void
on_settled (gpointer data)
{
  g_autoptr (WsiBrowserSource) self = data;

  self->n_calls--;
  if (self->port != NULL && wsi_browser_port_is_open (self->port))
    browser_source_begin_watching (self, NULL);
}

static void
open_port (WsiBrowserSource *self)
{
  gboolean asks = self->address.folder != NULL;

  self->port = wsi_browser_port_new (&self->address, asks ? WSI_BROWSER_ASKS_USER
                                                              : WSI_BROWSER_OPENS_SOON,
                                     on_settled, &link_funcs, g_object_ref (self));
  self->n_calls++;
  if (asks)
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_STARTING, WSI_SENTENCE (BROWSER_WAITS));
}

static void
browser_source_on_answered (GObject      *object,
                            GAsyncResult *result,
                            gpointer      data)
{
  g_autoptr (WsiBrowserSource) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = wsi_browser_http_get_finish (result, &error);
  gboolean has_path = answer != NULL &&
                      wsi_browser_address_take_answer (&self->address, answer, &error);

  self->n_calls--;
  if (self->is_ending || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_ENDED, NULL);
  else if (has_path)
    open_port (self);
  else
    browser_source_report_failure (self, error->message);
}

static void
wsi_browser_source_begin (WsiSource *source)
{
  WsiBrowserSource *self = WSI_BROWSER_SOURCE (source);
  g_autoptr (GError) error = NULL;

  if (self->starts)
    {
      begin_process (self);
      return;
    }

  if (!wsi_browser_address_read_folder (&self->address, &error))
    browser_source_report_failure (self, error->message);
  else if (self->address.path != NULL)
    open_port (self);
  else
    {
      self->n_calls++;
      wsi_browser_http_get_async (&self->address, WSI_BROWSER_VERSION,
                                  wsi_source_get_cancellable (source), browser_source_on_answered,
                                  g_object_ref (self));
    }
}

static void
wsi_browser_source_end (WsiSource *source)
{
  WsiBrowserSource *self = WSI_BROWSER_SOURCE (source);

  self->is_ending = TRUE;
  if (self->process != NULL && self->watch != NULL)
    close_process (self);
  else if (self->process != NULL)
    wsi_browser_process_kill (self->process);
  else if (self->watch != NULL)
    wsi_browser_port_close (self->port);
  else if (self->port != NULL)
    {
      /* the port may wait for the user of the browser */
      g_clear_pointer (&self->port, wsi_browser_port_free);
      wsi_source_report (source, WSI_SOURCE_ENDED, NULL);
    }
}

static void
wsi_browser_source_reload (WsiSource       *source,
                           WsiConversation *conversation)
{
  WsiBrowserSource *self = WSI_BROWSER_SOURCE (source);

  if (self->watch != NULL)
    wsi_browser_watch_reload (self->watch, conversation);
}

static void
wsi_browser_source_abort (WsiSource *source)
{
  WsiBrowserSource *self = WSI_BROWSER_SOURCE (source);

  self->is_ending = TRUE;
  remove_timeout (self);
  drop_watch (self, WSI_SENTENCE (RECORDING_ENDED));
  g_clear_pointer (&self->pipe, wsi_browser_pipe_free);
  g_clear_pointer (&self->port, wsi_browser_port_free);
  g_clear_pointer (&self->process, wsi_browser_process_free);
  while (self->n_calls > 0)
    g_main_context_iteration (wsi_source_get_context (source), TRUE);
}

static void
wsi_browser_source_finalize (GObject *object)
{
  WsiBrowserSource *self = WSI_BROWSER_SOURCE (object);

  g_free (self->page);
  g_free (self->url);
  g_free (self->profile);
  g_free (self->problem);
  g_strfreev (self->arguments);
  wsi_browser_address_clear (&self->address);
  G_OBJECT_CLASS (wsi_browser_source_parent_class)->finalize (object);
}

static void
wsi_browser_source_class_init (WsiBrowserSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_browser_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_BROWSER;
  source_class->begin = wsi_browser_source_begin;
  source_class->end = wsi_browser_source_end;
  source_class->abort = wsi_browser_source_abort;
  source_class->reload = wsi_browser_source_reload;
}

static void
wsi_browser_source_init (WsiBrowserSource *self)
{
}

static WsiBrowserSource *
browser_source_construct (WsiRecorder *recorder,
                          const char  *page)
{
  WsiBrowserSource *self = g_object_new (WSI_TYPE_BROWSER_SOURCE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, WSI_PLACE_THREAD);
  self->page = g_strdup (page);
  return self;
}

WsiBrowserSource *
wsi_browser_source_new_started (WsiRecorder           *recorder,
                                const char            *page,
                                const WsiBrowserStart *start)
{
  WsiBrowserSource *self = browser_source_construct (recorder, page);

  self->starts = TRUE;
  self->url = g_strdup (start->url);
  self->profile = g_strdup (start->profile);
  self->arguments = g_strdupv ((char **) start->arguments);
  wsi_source_set_title (WSI_SOURCE (self), STARTED_TITLE);
  wsi_source_set_uri (WSI_SOURCE (self), start->url != NULL ? start->url : BLANK_PAGE);
  return self;
}

WsiBrowserSource *
wsi_browser_source_new_at (WsiRecorder *recorder,
                           const char  *page,
                           const char  *address,
                           GError     **error)
{
  g_autoptr (WsiBrowserSource) self = browser_source_construct (recorder, page);
  g_autofree char *text = NULL;

  if (!wsi_browser_address_parse (&self->address, address, error))
    return NULL;

  text = wsi_browser_address_to_string (&self->address);
  wsi_source_set_uri (WSI_SOURCE (self), text);
  return g_steal_pointer (&self);
}
