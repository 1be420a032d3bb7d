/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The options of all verbs, each once in one table: it parses the command line, and --help, the man
 * page and the completions are made from it or compared with it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_VERB_CONNECT = 1 << 0,
  WSI_VERB_SERVE = 1 << 1,
  WSI_VERB_DECODE = 1 << 2,
  WSI_VERB_KEY = 1 << 3,
  WSI_VERB_CHECKS = 1 << 4,
  WSI_VERB_DEMO = 1 << 5,
  WSI_VERB_READ = 1 << 6,
  WSI_VERB_FOLLOW = 1 << 7,
  WSI_VERB_STATS = 1 << 8,
  WSI_VERB_PROXY = 1 << 9,
  WSI_VERB_CONVERT = 1 << 10,
  WSI_VERB_COMMAND = 1 << 11,
  WSI_VERB_BROWSER = 1 << 12,
  WSI_VERB_CAPTURE = 1 << 13,
  WSI_VERB_ATTACH = 1 << 14,
  WSI_VERB_FIELDS = 1 << 15,
} WsiVerbs;

/* Verbs that print frames. */
#define WSI_VERBS_LISTING \
  (WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_PROXY | WSI_VERB_BROWSER | WSI_VERB_CAPTURE | \
   WSI_VERB_ATTACH | WSI_VERB_DEMO | WSI_VERB_DECODE | WSI_VERB_READ)
/* Verbs that record connections. */
#define WSI_VERBS_RECORDING \
  (WSI_VERB_CONNECT | WSI_VERB_SERVE | WSI_VERB_PROXY | WSI_VERB_BROWSER | WSI_VERB_CAPTURE | \
   WSI_VERB_ATTACH | WSI_VERB_READ)
/* Verbs that read captures. */
#define WSI_VERBS_CAPTURES \
  (WSI_VERB_READ | WSI_VERB_FOLLOW | WSI_VERB_STATS | WSI_VERB_FIELDS | WSI_VERB_CHECKS)

typedef enum
{
  WSI_PRINT_TEXT,
  WSI_PRINT_JSON,              /* one JSON array of objects */
  WSI_PRINT_JSONL,             /* one JSON object in each line */
  WSI_PRINT_HEX,
  WSI_PRINT_PAYLOAD,
  WSI_PRINT_TREE,               /* lines of frames, each with the tree of its message */
} WsiPrintFormat;

typedef enum
{
  WSI_DETAIL_BRIEF,             /* everything about a failed handshake, one line about any other */
  WSI_DETAIL_FULL,
} WsiDetail;

typedef enum
{
  WSI_COLOR_AUTO,
  WSI_COLOR_ALWAYS,
  WSI_COLOR_NEVER,
} WsiColor;

typedef enum
{
  WSI_SIDE_BOTH,
  WSI_SIDE_SENT,
  WSI_SIDE_RECEIVED,
} WsiSide;

/* Values as on the command line.  Integers of 64 bits are -1 if they were not given. */
typedef struct
{
  /* options of the verbs that print frames */
  WsiPrintFormat format;
  WsiDetail handshake;
  WsiColor  color;
  int       redact;             /* value of WsiRedaction */
  GStrv     fields;
  GStrv     decoders;
  char     *filter, *write, *to, *replay;
  gboolean  hides_control, is_by_message, is_by_frame, is_utc, is_quiet, is_all;
  gboolean  is_null, is_bare, is_base64;
  gint64    limit, max_decoded;

  /* options of connect and serve */
  GStrv     headers, protocols, origins, messages, raw;
  char     *origin, *close, *ca, *proxy, *certificate, *key, *client_ca;
  double    wait, ping;         /* times in seconds */
  gint64    port, max_message, count;
  gboolean  is_echo, is_deflate, is_binary, may_send_raw, accepts_any, may_replay_elsewhere;

  /* options of proxy */
  gboolean  is_rewriting, is_lossless;

  /* options of browser */
  gboolean  is_starting;
  char     *page, *profile;
  const char *const *program_arguments; /* words after --, also those of capture; not an option */

  /* options of capture */
  gboolean  is_list;
  char     *packets;

  /* options of attach */
  GStrv     connections;

  /* options of verbs that read captures */
  char     *key_log;
  GStrv     read_as;
  gint64    connection;
  WsiSide   side;
  double    interval;           /* length in seconds */
  gint64    message;            /* number of the message's last frame */
  int       program_kind;       /* value of WsiCommandKind */
  gboolean  is_followed;        /* set by the verb follow, not by an option */

  /* options of decode */
  gboolean  is_masked, is_client, is_server;

  gboolean  is_help;
  const char *program;          /* name by which the program was called, not an option */
} WsiOptions;

typedef enum
{
  WSI_OPTION_FLAG,
  WSI_OPTION_STRING,
  WSI_OPTION_STRINGS,           /* texts: the option may be given several times */
  WSI_OPTION_FILE,
  WSI_OPTION_CHOICE,            /* one of the words of its argument */
  WSI_OPTION_INTEGER,
  WSI_OPTION_SECONDS,
} WsiOptionKind;

typedef struct
{
  const char   *name;
  char          letter;         /* short form of the option; 0 = none */
  WsiOptionKind kind;
  gsize         offset;         /* offset of the value in WsiOptions */
  WsiVerbs      verbs;
  /* placeholder in --help; of a choice, its words with "|" between them */
  const char   *argument;
  gint64        min, max;       /* range of a number */
  const char   *text;
} WsiOptionRow;

void                wsi_options_init  (WsiOptions *self);
void                wsi_options_clear (WsiOptions *self);
/* Removes the options from the arguments; argv begins with the name of the verb. */
gboolean            wsi_options_parse (WsiOptions *self,
                                       WsiVerbs    verb,
                                       int        *argc,
                                       char     ***argv,
                                       GError    **error);
/* Bytes of a message that are decoded; and bytes of memory for payloads, of a verb whose usual
 * memory is usual. */
gsize               wsi_options_get_max_decoded (const WsiOptions *self);
gsize               wsi_options_get_max_memory  (const WsiOptions *self,
                                                 gsize             usual);
const WsiOptionRow *wsi_options_get_rows (gsize *n_rows);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiOptions, wsi_options_clear)

G_END_DECLS
