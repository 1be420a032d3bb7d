/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server's structs, for its files.
 *
 * Each socket or stream is a client of the server from accept until its connection has ended.  A
 * client is served by one worker: a main context with the handshakes and connections that live in
 * it.  The first worker is the server's own context; the others have threads.  Clients
 * are counted, and connections listed, in the server's context.  The server and its workers queue
 * calls for each other. */
#pragma once

#include <libwsproto/endpoint/serving/wsp-listener.h>
#include <libwsproto/endpoint/serving/wsp-server.h>
#include <libwsproto/handshake/wsp-http-request.h>
#include <sys/socket.h>

#include "connection/wsp-connection-tally-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-server-rules-private.h"
#include "endpoint/serving/wsp-call-queue-private.h"
#include "endpoint/serving/wsp-membership-private.h"
#include "reactor/wsp-completion-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef struct _WspServerClient WspServerClient;
typedef struct _WspServerHandshake WspServerHandshake;

/* How a server serves.  A drain goes from LEADING to GRACE; a shutdown may follow each of them. */
typedef enum
{
  WSP_SERVICE_OPEN,
  WSP_SERVICE_LEADING,          /* `draining` is TRUE, nothing else has changed */
  WSP_SERVICE_CLOSING,          /* the connections are closed one after the other */
  WSP_SERVICE_GRACE,            /* all connections were closed, and new ones are closed at once */
  WSP_SERVICE_SHUTDOWN,
} WspService;

#define WSP_TYPE_CONNECTION_LIST (wsp_connection_list_get_type ())
G_DECLARE_FINAL_TYPE (WspConnectionList, wsp_connection_list, WSP, CONNECTION_LIST, GObject)

#define WSP_TYPE_LISTENER_LIST (wsp_listener_list_get_type ())
G_DECLARE_FINAL_TYPE (WspListenerList, wsp_listener_list, WSP, LISTENER_LIST, GObject)

/* Seconds until a server that refuses a request because it is full may accept it. */
#define WSP_SERVER_RETRY_AFTER "5"

/* The stages of an opening handshake.  max-pending-handshakes limits each of them, so that clients
 * who do nothing take no place of others who have sent their request.  DECIDED has no limit: it
 * ends in the same turn of the main loop. */
typedef enum
{
  WSP_STAGE_SILENT,             /* nothing of the request was received; TLS may be incomplete */
  WSP_STAGE_INCOMPLETE,         /* a part of the request was received */
  WSP_STAGE_UNDECIDED,          /* the program decides about the request */
  WSP_STAGE_DECIDED,
  WSP_STAGE_RESPONDING,         /* the client reads the response, and closes if it is refused */
  WSP_N_STAGES,
} WspStage;

typedef enum                    /* the limits by which a server refuses clients */
{
  WSP_REFUSAL_MAX_CONNECTIONS,
  WSP_REFUSAL_MAX_CONNECTIONS_PER_ADDRESS,
  WSP_REFUSAL_MAX_PENDING_HANDSHAKES,
  WSP_REFUSAL_HANDSHAKE_TIMEOUT,
  WSP_REFUSAL_HEAD,             /* the head exceeds max-head-size or max-header-fields */
  WSP_N_REFUSALS,
} WspRefusal;

/* Each code below 1016, 3000 to 3999, 4000 to 4999. */
#define WSP_N_END_CODES 18

/* WspWorkerCounts has what a worker has counted.  Its thread writes, every thread reads.  The
 * server keeps the counts of threads that have ended, and gives them to later ones: so a sum never
 * goes down. */
typedef struct _WspWorkerCounts WspWorkerCounts;

struct _WspWorkerCounts
{
  WspTally         tally;       /* tally of the connections; the first member */
  WspCount         accepted;    /* number of accepted clients of the server, so in the counts of the main worker */
  WspCount         opened;      /* number of connections that were opened */
  WspCount         gone;        /* number of clients that never had a connection */
  WspCount         refused[WSP_N_REFUSALS];
  WspCount         ended[WSP_N_END_CODES];      /* number of connections that ended, by their code */
  gpointer         thread;      /* thread that counts (wsp_thread_get_id ()), atomic; NULL: the main worker, or none */
  gboolean         is_used;     /* a worker has the counts; used in the server's context */
  WspWorkerCounts *next;
};

typedef struct
{
  union
  {
    WspTallyHost     host;      /* the tally is the first member of the counts */
    WspWorkerCounts *counts;    /* counts of the worker; the server frees them */
  };
  WspServer    *server;
  guint         index;          /* index among the workers of the server */
  GMainContext *context;
  WspReactor   *reactor;        /* created in the worker's thread */
  GQueue        pending[WSP_N_STAGES];  /* pending handshakes of each stage (WspServerHandshake), oldest first */
  GPtrArray    *clients;        /* clients that have a connection (WspServerClient) */
  guint         n_reports;      /* number of due calls for requests that have ended: reports, and in a
                                   thread those that cancel */
  GQueue        proxied;        /* clients that wait for a PROXY head, oldest first */
  gboolean      is_ending;
  guint16       close_code;     /* close code of a drain or a shutdown; 0: neither */
  char         *close_reason;
  gboolean      closes_new;     /* connections that still open are closed */
  GPtrArray    *leaving;        /* connections that a drain closes (WspConnection), the next one last */
  WspTimer      leave_timer;
  gint64        next_leave, leave_step;         /* time at which the next connection leaves, and time between two, in microseconds */
  GHashTable   *ages;           /* ages of clients (by WspServerClient); NULL: none */
  WspMembershipTable memberships;
  WspCallQueue *call_queue;     /* calls of other threads; main worker: NULL until there are threads */
  GThread      *thread;         /* thread of the worker; NULL: the main worker */
  guint         n_clients, n_connections;       /* numbers of clients and connections, for the server's context */
} WspWorker;

typedef struct                  /* what is known of a client before its request */
{
  WspNativeAddress address;     /* address of the client; AF_UNSPEC: ask the transport */
  WspNativeAddress source;      /* who sends the request, as far as known: the address, that of a
                                   trusted proxy, or the family alone */
  gint64           begun;       /* when the server accepted it */
  gboolean         is_proxied;  /* it came through a listener for the PROXY protocol */
} WspServerPeer;

typedef struct                  /* the clients of one address */
{
  guint8 bytes[16];
  guint  n_clients;
} WspAddressCount;

#define WSP_NOT_LISTED G_MAXUINT

/* Adjacent bit-fields share a memory location, so only one thread may write them.  position is for
 * the worker's thread; list_position, which the server's context writes, is not a bit-field. */
struct _WspServerClient
{
  union
  {
    WspConnectionOwner owner;   /* the host is the first member of the worker */
    WspWorker         *worker;
  };
  WspAddressCount *address;     /* count of the client's address; NULL: not counted; written before the client leaves */
  WspConnection   *connection;  /* connection of the client; NULL: in the opening handshake */
  guint            position : 30;       /* position in the worker's clients */
  guint            exceeds_address_limit : 1;   /* the client exceeds max-connections-per-address; set at creation */
  guint            is_extra : 1;        /* the client is beyond max-connections; set at creation */
  guint            list_position;       /* position in the server's list of connections, or WSP_NOT_LISTED; for the server's context */
};

typedef struct                  /* what a drain does when it has led */
{
  guint16 code;
  char   *reason;               /* close reason, which begins with the mark retry-after=0 */
  guint   spread, grace;
} WspDrain;

typedef struct                  /* how files reach what stands above them; wsp-server.c sets them */
{
  void (*client_left)(WspServer *self);     /* the client is no longer counted */
  void (*drop_clients)(WspWorker *self);     /* drops the clients of the worker; called in its context */
  const WspConnectionOwnerFuncs *connections;    /* functions for ends of connections, called in the
                                                    worker's context; owner: a WspServerClient */
} WspServerFuncs;

struct _WspServer
{
  GObject            parent_instance;
  const WspServerFuncs *funcs;
  gsize              number;            /* no other server of the process has or had it */

  WspReactor        *reactor;
  WspReactorEnd      end;               /* notifies of the end of the reactor, to move to another one in the child of a fork () */
  GMutex             rules_lock;        /* lock for rules, which all workers use */
  WspServerRules    *settings;          /* settings of the server; never shared with handshakes */
  WspServerRules    *rules;             /* a shared copy of settings; NULL: a setting has changed */

  WspListenerList   *listeners;
  int                spare_fd;          /* spare descriptor, which pause_accepting () uses to drop a client; -1 = none */
  gboolean           was_full_logged;
  GMutex             addresses_lock;    /* lock for addresses: workers count addresses that a proxy names */
  GHashTable        *addresses;         /* numbers of clients by address: a set of WspAddressCount */
  guint              n_clients;
  guint              n_extra;           /* number of clients (n_clients) beyond max-connections */
  GPtrArray         *workers;           /* workers (WspWorker); the first is the main worker */
  WspWorkerCounts   *counts;            /* atomic: a list that only grows, those of the main worker are last */
  WspConnectionList *connections;
  int                service;           /* a WspService; other threads read it */
  gboolean           was_draining;      /* value of `draining` at its last notify */
  WspCompletion     *ending;            /* the result of a drain or a shutdown; NULL: none */
  WspTimer           ending_timer;
  WspDrain           drain;
};

/* wsp-server-signals.c */
void             wsp_server_install_signals       (void);
gboolean         wsp_server_has_request_handler   (WspServer *self);
/* Calls the handlers of `request`, and refuses a path that no route fits. */
void             wsp_server_ask                   (WspServer    *self,
                                                   WspHandshake *handshake);
/* Decides after the handlers.  is_consent: all handlers have returned TRUE. */
void             wsp_server_follow_consent        (WspHandshake *handshake,
                                                   gboolean      is_consent);
/* route: of the request; 0 = none. */
gboolean         wsp_server_has_http_request_handler (WspServer *self,
                                                      GQuark     route);
/* TRUE: a handler has returned TRUE. */
gboolean         wsp_server_emit_http_request     (WspServer      *self,
                                                   WspHttpRequest *request);
void             wsp_server_emit_connection       (WspServer     *self,
                                                   WspConnection *connection);
gboolean         wsp_server_has_failure_handler   (WspServer *self);    /* of `handshake-failed` */
/* address, handshake: may be NULL. */
void             wsp_server_emit_handshake_failed (WspServer      *self,
                                                   GSocketAddress *address,
                                                   WspHandshake   *handshake,
                                                   const GError   *error);

/* wsp-server-counts.c */
WspWorkerCounts *wsp_worker_counts_acquire        (WspServer *self);    /* returns counts for a new worker */
void             wsp_worker_counts_release        (WspWorkerCounts *self);
/* Call it with the server's last reference: no worker is left. */
void             wsp_worker_counts_free_all       (WspWorkerCounts *self);
/* limit: the name of a property; NULL: it is not counted.  In the worker's thread. */
void             wsp_worker_counts_add_refusal    (WspWorkerCounts *self,
                                                   const char      *limit);
void             wsp_worker_counts_add_end        (WspWorkerCounts *self,
                                                   guint            code);
/* WSP_N_END_CODES: the code is not counted. */
guint            wsp_end_code_find                (guint code);

/* wsp-server-settings.c */
WspServerRules  *wsp_server_ref_rules             (WspServer *self);    /* returns the rules; any thread may call it */
/* Change settings between these two calls; handshakes that have begun keep the old rules.  The old
 * rules hold references to the objects that are replaced, so no object is finalized while
 * rules_lock is held: a finalizer may run code of the program. */
void             wsp_server_begin_change          (WspServer *self);
void             wsp_server_end_change            (WspServer *self);
void             wsp_server_replace_limits        (WspServer *self,
                                                   WspLimits *limits);
void             wsp_server_follow_limits         (WspServer *self);

/* wsp-server-properties.c */
void             wsp_server_install_properties    (GObjectClass *class);

/* wsp-listener.c: in the server's context */
void             wsp_server_resume_accepting      (WspServer *self);
/* Writes a line for each listener without TLS if the server has a certificate, once in the
 * listener's life.  The caller has a reference to the server, which a handler of the log may
 * drop. */
void             wsp_server_log_clear_text        (WspServer *self);

/* wsp-server-listen.c: in the server's context */
/* Closes all listeners. */
void             wsp_server_end_listeners         (WspServer *self);

/* wsp-server-clients.c */
/* In the server's context.  address: of the peer, may be NULL. */
gboolean         wsp_server_is_full               (WspServer            *self,
                                                   const WspServerRules *rules);
/* A server that is full accepts some more clients, and reads their requests: those for ordinary
 * HTTP are answered, and a WebSocket is refused. */
gboolean         wsp_server_may_accept            (WspServer            *self,
                                                   const WspServerRules *rules);
/* TRUE: one more client of the address would be too many.  Only IP addresses are counted. */
gboolean         wsp_server_is_address_full       (WspServer             *self,
                                                   const WspServerRules  *rules,
                                                   const struct sockaddr *address);
/* address NULL: it is known later. */
WspServerClient *wsp_server_client_new            (WspServer             *server,
                                                   WspWorker             *worker,
                                                   const WspServerRules  *rules,
                                                   const struct sockaddr *address);
/* Counts a client whose address is known later than its accept, in the context of its worker.
 * Addresses are counted only with a limit, because clients determine how much memory the table
 * needs, and those of trusted proxies never. */
void             wsp_server_client_count_address  (WspServerClient       *self,
                                                   const WspServerRules  *rules,
                                                   const struct sockaddr *address);
/* In the worker's context; the server's context frees clients that have left.  log: of the opening
 * handshake, for the taps; may be NULL. */
void             wsp_server_client_open           (WspServerClient      *self,
                                                   WspConnection        *connection,
                                                   WspHeadLog           *log,
                                                   const WspServerRules *rules);
void             wsp_server_client_leave          (WspServerClient *self);
extern const WspConnectionOwnerFuncs wsp_server_client_funcs;
/* Closes a connection that has opened after all others were closed.  Call it after the handlers of
 * `connection`. */
void             wsp_worker_close_late            (WspWorker     *self,
                                                   WspConnection *connection);

/* wsp-server-pending.c: in the context of the worker; functions that make an error set limit to the
 * property that was exceeded */
/* TRUE: the client is beyond max-connections, and has less time than handshake-timeout. */
gboolean         wsp_server_client_has_less_time  (const WspServerClient *self,
                                                   const WspServerRules  *rules);
/* When a wait of the opening handshake that begins now ends; WSP_TIMER_NEVER: no limit.  A client
 * beyond max-connections has one time for all its waits, from its accept on. */
gint64           wsp_server_client_get_deadline   (const WspServerClient *self,
                                                   const WspServerRules  *rules,
                                                   gint64                 accepted,
                                                   gint64                 now);
/* The error of a client whose time is over. */
GError          *wsp_server_client_make_timeout   (const WspServerClient *self,
                                                   const WspServerRules  *rules,
                                                   gint64                 accepted,
                                                   const char            *what,
                                                   const char           **limit);
/* The error of a client beyond max-connections. */
GError          *wsp_server_make_full_error       (const WspServerRules *rules,
                                                   const char          **limit);
/* TRUE: more clients wait in the queue than the worker's part of max-pending-handshakes. */
gboolean         wsp_worker_has_too_many          (WspWorker            *self,
                                                   const GQueue         *pending,
                                                   const WspServerRules *rules);
GError          *wsp_worker_make_pending_error    (WspWorker            *self,
                                                   const GQueue         *pending,
                                                   const WspServerRules *rules,
                                                   const char          **limit);
typedef struct                  /* functions for the clients that wait in a queue of a worker */
{
  void (*read)(gpointer member);
  void (*end)(gpointer member);
} WspWaiting;

/* Ends the oldest member of the queue if there are too many.  It is read before, because its bytes
 * may have arrived meanwhile: many clients can be accepted before the first of them is read.  This
 * function may run code of the program. */
void             wsp_worker_make_room             (WspWorker        *self,
                                                   GQueue           *pending,
                                                   WspServerRules   *rules,
                                                   const WspWaiting *waiting);

/* wsp-server-age.c: in the context of the client's worker */
/* The Close with which a server sends one connection away: the client comes back at once. */
#define WSP_SERVER_AWAY_CODE 1001
/* Closes the connection when it is as old as max-connection-age. */
void             wsp_server_client_begin_age      (WspServerClient      *self,
                                                   const WspServerRules *rules);
void             wsp_server_client_end_age        (WspServerClient *self);

/* wsp-group.c: in the context of the client's worker */
void             wsp_server_client_leave_groups   (WspServerClient *self);
/* Sends what was broadcast to groups before, for a call that closes connections. */
void             wsp_worker_send_groups           (WspWorker *self);

/* wsp-server-worker.c */
WspWorker       *wsp_worker_new_main              (WspServer *server);
void             wsp_worker_free                  (WspWorker *self);
/* (transfer full): keeps the worker while code of the program may drop the server.  NULL: there is
 * no need, as the end of the server waits for the worker's thread. */
WspServer       *wsp_worker_hold                  (WspWorker *self);
WspWorker       *wsp_server_choose_worker         (WspServer *self);
/* Drops handshakes and aborts connections of the threads, and waits until the threads have
 * ended. */
void             wsp_server_stop_workers          (WspServer *self);
/* Calls func (worker, content) in the context of the worker; for the main worker before this
 * function returns.  destroy is called after func, or alone if func is NULL or the queue is freed
 * first. */
void             wsp_worker_invoke                (WspWorker     *self,
                                                   WspCallFunc    func,
                                                   gpointer       content,
                                                   GDestroyNotify destroy);
/* Calls func (server, content) in the server's context. */
void             wsp_worker_invoke_main           (WspWorker     *self,
                                                   WspCallFunc    func,
                                                   gpointer       content,
                                                   GDestroyNotify destroy);

/* wsp-server-handshake.c: in the context of the client's worker */
void             wsp_server_handshake_begin       (WspServerClient     *client,
                                                   WspTransport        *transport,
                                                   const WspServerPeer *peer);
/* Ends the handshake without a response. */
void             wsp_server_handshake_drop        (WspServerHandshake *self);

/* wsp-server-response.c */
/* Emits `handshake-failed` for a client that has not begun its opening handshake, in a due call.
 * Takes the error. */
void             wsp_worker_report_failure        (WspWorker      *self,
                                                   WspServerRules *rules,
                                                   GSocketAddress *address,
                                                   GError         *error,
                                                   const char     *limit);

/* wsp-server-proxy.c: in the context of the client's worker */
/* Serves an accepted socket, with the head of the PROXY protocol first if flags say so. */
void             wsp_server_serve_socket          (WspServerClient        *client,
                                                   WspListenFlags          flags,
                                                   int                     fd,
                                                   const WspNativeAddress *address);
/* Drops the clients that have not sent the head of the PROXY protocol. */
void             wsp_worker_drop_proxied          (WspWorker *self);

/* wsp-server-fork.c */
/* In the child of a fork () the server goes on with its listeners, in another reactor, and drops
 * what it served before.  Call begin when the server has its reactor. */
void             wsp_server_begin_following_forks (WspServer *self);
void             wsp_server_end_following_forks   (WspServer *self);

/* wsp-server-shutdown.c */
/* A call for the workers: how they close their connections. */
typedef struct
{
  guint16 code;
  char   *reason;
  guint   spread;               /* time over which a drain closes the connections, in milliseconds */
} WspCloseRequest;

/* A referenced list of the worker's connections. */
GPtrArray       *wsp_worker_list_connections      (WspWorker *self);
/* The worker closes connections with code and reason from now on. */
void             wsp_worker_set_close             (WspWorker  *self,
                                                   guint16     code,
                                                   const char *reason);
/* Connections stay open, those that open now and those that a drain has not closed yet. */
void             wsp_worker_end_close             (WspWorker *self);
void             wsp_worker_drop_all              (WspWorker *self);
/* For a server that is disposed: the server is not notified when the connections end. */
void             wsp_worker_abort_all_unnotified  (WspWorker *self);
/* Calls func (worker, WspCloseRequest) for each worker in its context. */
void             wsp_server_invoke_close          (WspServer  *self,
                                                   WspCallFunc func,
                                                   guint       code,
                                                   const char *reason,
                                                   guint       spread);
/* Closes all connections, those that open later at once, and aborts the rest after grace. */
void             wsp_server_begin_grace           (WspServer  *self,
                                                   guint       code,
                                                   const char *reason,
                                                   guint       grace);
/* The result of a drain or a shutdown is to come; service: how the server serves until then. */
void             wsp_server_begin_ending          (WspServer     *self,
                                                   WspService     service,
                                                   WspCompletion *completion);
/* Returns the completion, to set its result, or NULL. */
WspCompletion   *wsp_server_stop_ending           (WspServer *self);
/* Stops accepting, and aborts all. */
void             wsp_server_cancel_ending         (WspCompletion *completion,
                                                   gpointer       source_object);
/* Completes a drain or a shutdown that has closed all connections if no client is left.  Handlers
 * of listeners and of `draining` may drop the server. */
void             wsp_server_end_shutdown          (WspServer *self);
/* Notifies of `draining` if it has changed.  A handler may drop the server. */
void             wsp_server_notify_draining       (WspServer *self);

G_END_DECLS
