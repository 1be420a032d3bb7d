/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/table/wsi-verbs.h"

#include <string.h>

#include "inspect/save/formats/wsi-format-rows.h"

#define SUFFIX(name, word, suffix, title, open) " " suffix

#define COLUMN 34               /* column at which the texts of commands and options begin */

static const WsiArguments listen_arguments =
{ WSI_ARGUMENTS_WORDS, 0, 1, "[LISTEN]", "at most one LISTEN, such as 8080 or 0.0.0.0:8080" };

static const WsiArguments uri_arguments =
{ WSI_ARGUMENTS_WORDS, 0, 1, "URI", "one URI, such as ws://127.0.0.1:8080/" };

static const WsiArguments capture_arguments =
{ WSI_ARGUMENTS_FILES, 1, G_MAXUINT, "FILE...",
  "a recording (capture, HAR or session file) or several, or - for standard input" };

static const WsiArguments sample_arguments =
{ WSI_ARGUMENTS_FILES, 0, G_MAXUINT, "[FILE...]",
  "recordings, or none to read one from standard input" };

static const WsiArguments frames_arguments =
{ WSI_ARGUMENTS_FILES, 0, 1, "[FILE]", "one FILE, or none to read standard input" };

static const WsiArguments heads_arguments =
{ WSI_ARGUMENTS_FILES, 1, G_MAXUINT, "FILE...",
  "FILE: recordings, or the heads of a request and of its response" };

static const WsiArguments key_arguments =
{ WSI_ARGUMENTS_WORDS, 1, 1, "BASE64", "one Sec-WebSocket-Key" };

static const WsiArguments demo_arguments =
{ WSI_ARGUMENTS_WORDS, 0, 1, "[TEXT]", "one TEXT; quote it if it has spaces" };

static const WsiArguments convert_arguments =
{ WSI_ARGUMENTS_FILES, 2, G_MAXUINT, "IN... OUT",
  "IN, a recording or several, and OUT, a new file; - is standard input or output" };

static const WsiArguments proxy_arguments =
{ WSI_ARGUMENTS_WORDS, 2, 2, "LISTEN TARGET",
  "LISTEN, such as 9001, and TARGET, such as ws://127.0.0.1:8080" };

static const WsiArguments browser_arguments =
{ WSI_ARGUMENTS_FILES, 0, 1, "[PORT|PROFILE|URL] [-- ARGS]",
  "one PORT or PROFILE, such as 9222; or with --start one URL or none" };

static const WsiArguments interface_arguments =
{ WSI_ARGUMENTS_WORDS, 0, G_MAXUINT, "[IFACE [BPF]] [-- COMMAND]",
  "an interface, such as eth0, and a filter, such as tcp port 8080" };

static const WsiArguments program_arguments =
{ WSI_ARGUMENTS_WORDS, 0, 1, "[PID|NAME]", "at most one PID or NAME, such as 4711 or chat-server" };

static const WsiVerbRow verbs[] = {
  { WSI_VERB_CONNECT, "connect", &uri_arguments,
    "connect to a server; send standard input, one message per line",
    "Connects to a WebSocket server, sends each line of standard input as a message, and prints every frame.",
    { "wsinspect connect -w talk.wsinspect wss://example.org/",
      "wsinspect connect --send hello --count 1 -T payload ws://127.0.0.1:8080/" } },
  { WSI_VERB_SERVE, "serve", &listen_arguments,
    "echo server",
    "Listens as a server that sends every message back, and prints the frames of all connections. LISTEN is PORT, on the loopback "
    "addresses, or IP-ADDRESS:PORT.",
    { "wsinspect serve 8080", "wsinspect serve --cert server.pem --allow-origin '*' -T jsonl" } },
  { WSI_VERB_PROXY, "proxy", &proxy_arguments,
    "reverse proxy in front of a server",
    "Listens at LISTEN, a port on the loopback addresses or IP-ADDRESS:PORT, relays each connection to TARGET byte for byte, and "
    "prints the frames in both directions.",
    { "wsinspect proxy 9001 ws://127.0.0.1:8080",
      "wsinspect proxy 9001 wss://example.org --rewrite-host -T jsonl" } },
  { WSI_VERB_BROWSER, "browser", &browser_arguments,
    "WebSockets of a browser's pages, frames and workers",
    "Watches the WebSockets of a browser, those of wss:// too, by Chrome's DevTools protocol: without a proxy, a certificate or a change "
    "of the page. With --start it starts Chromium, opens URL, and gives ARGS to it; else it connects to a browser that was started with "
    "--remote-debugging-port=PORT, or to that of the folder PROFILE. The browser tells messages and handshakes, but no frames and no "
    "close codes.",
    { "wsinspect browser --start https://example.org/",
      "wsinspect browser --page example.org -w talk.wsinspect 9222" } },
  { WSI_VERB_CAPTURE, "capture", &interface_arguments,
    "WebSockets that pass a network interface",
    "Captures with dumpcap on IFACE (default any) the packets that the filter BPF of libpcap chooses (default tcp), and prints the "
    "WebSockets in them; nothing is sent. With COMMAND it starts that program once it captures, and ends with it, with its status. "
    "COMMAND writes the keys of its TLS to a private file, which is removed at the end; what it prints goes to standard error.",
    { "wsinspect capture -w talk.wsinspect lo tcp port 8080",
      "wsinspect capture any tcp port 443 -- node client.js" } },
  { WSI_VERB_ATTACH, "attach", &program_arguments,
    "connections of a running program that uses libwsproto",
    "Watches the connections of a program with libwsproto that was started with WSP_ATTACH=1 or calls wsp_attach_enable (), also "
    "those of TLS and those that are open already. Nothing can be sent or closed. Without an argument it lists these programs.",
    { "wsinspect attach", "wsinspect attach -w talk.wsinspect chat-server" } },
  { WSI_VERB_READ, "read", &capture_arguments,
    "frames of a recording: pcap, pcapng, HAR or session file",
    "Prints the connections and frames in a recording: a capture (pcap or pcapng), a HAR or a session file; - is standard input, such as "
    "from dumpcap. Several files are merged by time; gzip and zstd are unpacked.",
    { "wsinspect read capture.pcapng",
      "dumpcap -q -i lo -f 'tcp port 8080' -w - | wsinspect read -T jsonl -" } },
  { WSI_VERB_FOLLOW, "follow", &capture_arguments,
    "messages of one recorded connection",
    "Prints all messages of one connection of a recording in full.",
    { "wsinspect follow --conn 2 capture.pcapng",
      "wsinspect follow --dir recv -T payload capture.pcapng" } },
  { WSI_VERB_STATS, "stats", &capture_arguments,
    "counts of each recorded connection",
    "Prints how much each connection of a recording has sent and received, and how it ended.",
    { "wsinspect stats capture.pcapng", "wsinspect stats --interval 1s -T jsonl capture.pcapng" } },
  { WSI_VERB_FIELDS, "fields", &sample_arguments,
    "fields of a recording and their frequent values, for filters",
    "Prints which fields a filter can ask for in a recording: the paths into its messages, and the frequent values of paths and fields, "
    "each as a filter for -Y. It is the sample that the window's filter bar offers: a long recording is not read whole.",
    { "wsinspect fields capture.pcapng",
      "wsinspect fields -Y 'conn == 2' -T jsonl talk.wsinspect" } },
  { WSI_VERB_CONVERT, "convert", &convert_arguments,
    "another format for a recording",
    "Writes a recording in another format, which the suffix of OUT names:" WSI_FORMAT_ROWS (SUFFIX) ". Only its owner may read "
    "OUT, and a file that exists is not overwritten.",
    { "wsinspect convert --redact=none capture.pcapng talk.wsinspect",
      "wsinspect convert talk.wsinspect talk.pcapng" } },
  { WSI_VERB_COMMAND, "command", &capture_arguments,
    "command line that connects as a recorded client did",
    "Prints a command line for sh that calls wsinspect, websocat or curl with the URI and the headers of one recorded connection, or "
    "a program in JavaScript or Python (websocket-client) that connects in the same way. JavaScript sets no headers, and curl makes "
    "the handshake only.",
    { "wsinspect command --program=curl --redact=none capture.pcapng",
      "wsinspect command --conn 2 --message 14 capture.pcapng" } },
  { WSI_VERB_DECODE, "decode", &frames_arguments,
    "frames of bytes, raw or in hexadecimal digits",
    "Prints the frames in a file or in standard input: bytes as they are, hexadecimal digits, or a hex dump.",
    { "echo '81 05 48 65 6c 6c 6f' | wsinspect decode",
      "wsinspect decode --client -T hex frames.bin" } },
  { WSI_VERB_CHECKS, "checks", &heads_arguments,
    "check each rule of opening handshakes",
    "Prints a line for each handshake in a recording that passed, and the rules that failed of the others (all with "
    "--handshake=full), then what else is wrong, as stats does; or the result of each rule for the heads of a request and of its "
    "response in one file, and the calculation of the accept value.",
    { "wsinspect checks capture.pcapng",
      "curl -sv --http1.1 -H 'Upgrade: websocket' URI 2>&1 | wsinspect checks -" } },
  { WSI_VERB_KEY, "key", &key_arguments,
    "calculate the accept value of a key",
    "Prints how the value of Sec-WebSocket-Accept is calculated from that of Sec-WebSocket-Key.",
    { "wsinspect key dGhlIHNhbXBsZSBub25jZQ==",
      "wsinspect key \"$(head -c 16 /dev/urandom | base64)\"" } },
  { WSI_VERB_DEMO, "demo", &demo_arguments,
    "client and server in one process",
    "Runs a client and a server in one process, which exchange one of each kind of frame; also sends TEXT.",
    { "wsinspect demo", "wsinspect demo 'Hello, WebSocket!'" } },
};

const WsiVerbRow *
wsi_verbs_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].name, name) == 0)
      return &verbs[i];

  return NULL;
}

gboolean
wsi_verbs_check_arguments (const WsiVerbRow *row,
                           guint             n_arguments,
                           GError          **error)
{
  const WsiArguments *arguments = row->arguments;

  if (n_arguments >= arguments->min && n_arguments <= arguments->max)
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               "expected %s, received %u argument%s; see wsinspect %s --help", arguments->expected,
               n_arguments, n_arguments == 1 ? "" : "s", row->name);
  return FALSE;
}

/* Completes the line whose label begins at `begin`. */
static void
verbs_append_text (GString    *help,
                   gsize       begin,
                   const char *text)
{
  if (help->len - begin >= COLUMN)
    {
      g_string_append_c (help, '\n');
      begin = help->len;
    }
  g_string_append_printf (help, "%*s%s\n", (int) (COLUMN - (help->len - begin)), "", text);
}

static void
verbs_append_option (GString            *help,
                     const WsiOptionRow *row)
{
  gsize begin = help->len;

  if (row->letter != 0)
    g_string_append_printf (help, "  -%c, --%s", row->letter, row->name);
  else
    g_string_append_printf (help, "  --%s", row->name);
  if (row->argument != NULL)
    g_string_append_printf (help, "=%s", row->argument);
  verbs_append_text (help, begin, row->text);
}

static void
append_options (GString *help,
                WsiVerbs verb)
{
  gsize n_rows;
  const WsiOptionRow *rows = wsi_options_get_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].verbs & verb)
      verbs_append_option (help, &rows[i]);
}

static void
append_program (GString *help)
{
  g_string_append (help, "Usage:\n  wsinspect COMMAND [OPTION...]\n\n"
                   "Shows WebSocket connections: each rule of the handshake, and every frame.\n\n"
                   "Commands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      gsize begin = help->len;

      g_string_append_printf (help, "  %s %s", verbs[i].name, verbs[i].arguments->usage);
      verbs_append_text (help, begin, verbs[i].summary);
    }
  g_string_append (help, "\n  wsinspect COMMAND --help        options of a command\n"
                   "  wsinspect --version\n");
}

char *
wsi_verbs_make_help (const WsiVerbRow *row)
{
  GString *help = g_string_new (NULL);
  const char *usage = row != NULL ? row->arguments->usage : "";

  if (row == NULL)
    {
      append_program (help);
      return g_string_free (help, FALSE);
    }

  g_string_append_printf (help, "Usage:\n  wsinspect %s [OPTION...]%s%s\n\n%s\n\nOptions:\n",
                          row->name, usage[0] != '\0' ? " " : "", usage, row->text);
  append_options (help, row->verb);
  g_string_append (help, "\nExamples:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (row->examples); i++)
    g_string_append_printf (help, "  %s\n", row->examples[i]);

  return g_string_free (help, FALSE);
}

static void
add_candidate (GString    *found,
               const char *prefix,
               const char *before,
               const char *word,
               const char *text)
{
  g_autofree char *whole = g_strconcat (before, word, NULL);

  if (g_str_has_prefix (whole, prefix))
    g_string_append_printf (found, "%s\t%s\n", whole, text);
}

static void
complete_verbs (GString    *found,
                const char *prefix)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    add_candidate (found, prefix, "", verbs[i].name, verbs[i].summary);
  add_candidate (found, prefix, "", "--help", "Print this help");
  add_candidate (found, prefix, "", "--version", "Print the version");
}

static void
complete_options (GString    *found,
                  const char *prefix,
                  WsiVerbs    verb)
{
  gsize n_rows;
  const WsiOptionRow *rows = wsi_options_get_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].verbs & verb)
      add_candidate (found, prefix, "--", rows[i].name, rows[i].text);
}

/* The option of the verb whose value is the word after this word; NULL: this word is no such
 * option. */
static const WsiOptionRow *
verbs_find_option (const char *word,
                   WsiVerbs    verb)
{
  gsize n_rows;
  const WsiOptionRow *rows = wsi_options_get_rows (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      char letter[] = { '-', rows[i].letter, '\0' };
      g_autofree char *name = g_strconcat ("--", rows[i].name, NULL);

      if (rows[i].verbs & verb && rows[i].argument != NULL &&
          (strcmp (word, name) == 0 || (rows[i].letter != 0 && strcmp (word, letter) == 0)))
        return &rows[i];
    }

  return NULL;
}

static void
complete_value (GString            *found,
                const char         *prefix,
                const char         *before,
                const WsiOptionRow *row,
                WsiWordsFunc        list_words)
{
  g_auto (GStrv) words = row->kind == WSI_OPTION_CHOICE ? g_strsplit (row->argument, "|", -1)
                                                        : list_words (row->name);

  if (row->kind == WSI_OPTION_FILE)
    g_string_append (found, ":files\n");
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    add_candidate (found, prefix, before, words[i], row->text);
}

/* Completes "--name=value" in one word; FALSE: the word has another form. */
static gboolean
complete_joined (GString     *found,
                 const char  *word,
                 WsiVerbs     verb,
                 WsiWordsFunc list_words)
{
  const char *equals = g_str_has_prefix (word, "--") ? strchr (word, '=') : NULL;
  g_autofree char *name = equals != NULL ? g_strndup (word, equals - word) : NULL;
  g_autofree char *before = equals != NULL ? g_strconcat (name, "=", NULL) : NULL;
  const WsiOptionRow *row = name != NULL ? verbs_find_option (name, verb) : NULL;

  if (row != NULL)
    complete_value (found, word, before, row, list_words);

  return equals != NULL;
}

char *
wsi_verbs_complete (const char *const *words,
                    WsiWordsFunc       list_words)
{
  GString *found = g_string_new (NULL);
  guint n_words = g_strv_length ((GStrv) words);
  const char *last = n_words > 0 ? words[n_words - 1] : "";
  const char *previous = n_words > 2 ? words[n_words - 2] : "";
  const WsiVerbRow *row = n_words > 1 ? wsi_verbs_find (words[0]) : NULL;
  const WsiOptionRow *option = NULL;

  if (row == NULL)
    {
      if (n_words <= 1)
        complete_verbs (found, last);
      return g_string_free (found, FALSE);
    }

  option = verbs_find_option (previous, row->verb);
  if (option != NULL)
    {
      complete_value (found, last, "", option, list_words);
    }
  else if (!complete_joined (found, last, row->verb, list_words))
    {
      if (row->arguments->kind == WSI_ARGUMENTS_FILES && last[0] != '-')
        g_string_append (found, ":files\n");
      else
        complete_options (found, last, row->verb);
    }
  return g_string_free (found, FALSE);
}
