/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A thing that a user wants to observe, before it is a source: the fields of a form, the arguments
 * of a command line, and an entry in the list of recent ones.  Every field is the text that a user
 * writes, so that a wrong one can be shown as it is. */
#pragma once

#include <gio/gio.h>

#include "inspect/sources/wsi-server-address.h"

G_BEGIN_DECLS

/* The limit of the library would end a client's connection that is looked at.  A server has it: its
 * clients are not the user's. */
#define WSI_TARGET_DEFAULT_MAX_MESSAGE (256 * 1024 * 1024)

typedef enum
{
  WSI_TARGET_CLIENT,
  WSI_TARGET_SERVER,
  WSI_TARGET_PROXY,
  WSI_TARGET_BROWSER,
  WSI_TARGET_CAPTURE,
  WSI_TARGET_PROGRAM,
  WSI_TARGET_FILE,
  WSI_TARGET_EXAMPLE,
} WsiTargetKind;

typedef enum
{
  WSI_TARGET_ADDRESS,           /* a URI, or paths or URIs of files, a line for each; of a browser a
                                 * port, HOST:PORT or a folder, or the page that it opens; of a
                                 * program its PID or its name */
  WSI_TARGET_LISTEN,            /* address to listen at: PORT or IP-ADDRESS:PORT; empty: any free
                                 * port */
  WSI_TARGET_SUBPROTOCOLS,      /* subprotocols with commas between them */
  WSI_TARGET_HEADERS,           /* headers, a line "NAME: VALUE" for each */
  WSI_TARGET_ORIGIN,
  WSI_TARGET_ALLOWED_ORIGINS,   /* origins of browsers, with commas between them; * = any */
  WSI_TARGET_AUTHORITIES,       /* CAs: a PEM file, as the next ones */
  WSI_TARGET_CERTIFICATE,
  WSI_TARGET_KEY,               /* private key; empty: it is in the file of the certificate */
  WSI_TARGET_CLIENT_AUTHORITIES,        /* CAs of clients: a PEM file; each client needs a
                                         * certificate of one */
  WSI_TARGET_MAX_MESSAGE,       /* bytes of a received message; empty: of a client
                                 * WSI_TARGET_DEFAULT_MAX_MESSAGE, of a server the library's */
  WSI_TARGET_HTTP_PROXY,        /* URI of a proxy; empty: that of the system */
  WSI_TARGET_PAGE,              /* text of the pages that are watched; empty: all of them */
  WSI_TARGET_PROFILE,           /* folder of a browser's profile; empty: a temporary one */
  WSI_TARGET_ARGUMENTS,         /* of a browser to start, as a shell has them; of a capture the
                                 * program to start, and its arguments */
  WSI_TARGET_INTERFACE,         /* interface of the network; empty: all of them */
  WSI_TARGET_PACKET_FILTER,     /* filter of libpcap; empty: all packets of TCP */
  WSI_TARGET_PACKETS,           /* path of a new file that gets the packets unchanged; empty:
                                 * none */
  WSI_TARGET_KEY_LOG,           /* path of a file with the secrets of TLS in packets; empty: none */
  WSI_TARGET_READ_AS,           /* ports of servers, as PORT=websocket, with commas between them:
                                 * their connections in packets are WebSockets; empty: none */
  WSI_TARGET_CONNECTIONS,       /* numbers with commas between them; empty: all of a program */
  WSI_TARGET_N_FIELDS,
} WsiTargetField;

typedef enum
{
  WSI_TARGET_COMPRESSES       = 1 << 0,
  WSI_TARGET_ACCEPTS_ANY      = 1 << 1, /* any certificate of the server is accepted */
  WSI_TARGET_REWRITES_HOST    = 1 << 2,
  WSI_TARGET_ECHOES           = 1 << 3, /* a client sends each message back */
  WSI_TARGET_IS_LOSSLESS      = 1 << 4, /* a proxy waits where a lane is full */
  WSI_TARGET_STARTS           = 1 << 5, /* a browser is started */
  WSI_TARGET_LAST_OPTION      = WSI_TARGET_STARTS,
} WsiTargetOptions;

typedef struct _WsiTarget WsiTarget;

#define WSI_TYPE_TARGET (wsi_target_get_type ())

GType            wsi_target_get_type (void);
WsiTarget       *wsi_target_new  (WsiTargetKind kind);
/* Makes a target for a file, by its URI, which is text, as a path need not be. */
WsiTarget       *wsi_target_new_for_file (GFile *file);
/* Makes a target for files that are read together, merged by time. */
WsiTarget       *wsi_target_new_for_files (GListModel *files);
WsiTarget       *wsi_target_copy (const WsiTarget *self);
void             wsi_target_free (WsiTarget *self);
WsiTargetKind    wsi_target_get_kind    (const WsiTarget *self);
/* The text of a field, never NULL. */
const char      *wsi_target_get_text    (const WsiTarget *self,
                                         WsiTargetField   field);
/* Blanks at the ends, which come with pasted text, are left out, also of each of several files.
 * Otherwise the line that a target prints would be parsed to another target. */
void             wsi_target_set_text    (WsiTarget     *self,
                                         WsiTargetField field,
                                         const char    *text);
/* Takes the text unchanged: a name of a file may end with a blank. */
void             wsi_target_take_text   (WsiTarget     *self,
                                         WsiTargetField field,
                                         char          *text);
/* Adds an item at the end of a list.  A field that is not a list is set to it. */
void             wsi_target_add_item    (WsiTarget     *self,
                                         WsiTargetField field,
                                         const char    *item);
/* Sets WSI_TARGET_ARGUMENTS to words that may have any character. */
void             wsi_target_set_words   (WsiTarget         *self,
                                         const char *const *words);
WsiTargetOptions wsi_target_get_options (const WsiTarget *self);
void             wsi_target_set_options (WsiTarget       *self,
                                         WsiTargetOptions options);
/* The files of a target (GFile), which is one of files. */
GListModel      *wsi_target_dup_files   (const WsiTarget *self);
/* Whether forms and lines of the kind have the field. */
gboolean         wsi_target_has_field   (WsiTargetKind  kind,
                                         WsiTargetField field);
gboolean         wsi_target_has_option  (WsiTargetKind    kind,
                                         WsiTargetOptions option);
/* Whether wsinspect has the field for the kind: it has more of them than forms. */
gboolean         wsi_target_takes_field  (WsiTargetKind  kind,
                                          WsiTargetField field);
gboolean         wsi_target_takes_option (WsiTargetKind    kind,
                                          WsiTargetOptions option);
/* The name in a line and of wsinspect, such as "--ca"; NULL: it is an argument without a name. */
const char      *wsi_target_get_field_name  (WsiTargetField field);
const char      *wsi_target_get_option_name (WsiTargetOptions option);

/* The address of a client or a proxy as the URI that is meant; of other kinds as it is.  changes:
 * nullable. */
char            *wsi_target_make_uri    (const WsiTarget         *self,
                                         WsiServerAddressChanges *changes);
/* A sentence about how the address is understood.  NULL: it is that URI already, or wrong. */
char            *wsi_target_make_note   (const WsiTarget *self);

/* Looks at the text of a field, and at the kind of a file; reads nothing. */
gboolean         wsi_target_check_field (const WsiTarget *self,
                                         WsiTargetField   field,
                                         GError         **error);
/* Checks all fields; wrong: the first one that is. */
gboolean         wsi_target_check       (const WsiTarget *self,
                                         WsiTargetField  *wrong,
                                         GError         **error);
/* The names in a list of subprotocols, and the lines of headers, without empty ones; the words of
 * arguments. */
char           **wsi_target_dup_list    (const WsiTarget *self,
                                         WsiTargetField   field);

/* Prints a target as one line: the arguments of wsinspect that do the same. */
char            *wsi_target_print       (const WsiTarget *self);
WsiTarget       *wsi_target_parse       (const char *line,
                                         GError    **error);
/* Fit to be kept: secrets are hidden as in exports, so that the copy is wrong where one was, and
 * certificates are checked again. */
WsiTarget       *wsi_target_dup_without_secrets (const WsiTarget *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTarget, wsi_target_free)

G_END_DECLS
