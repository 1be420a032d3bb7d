/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/in-process.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/filter/wsi-filter.h"
#include "inspect/save/formats/wsi-export.h"

#define IN_FILE "IN"
#define MAX_WORDS 512
#define MAX_STATUS 6            /* WSI_EXIT_OUTPUT_FAILED, which no run here may have */

int wsinspect_main (int argc, char **argv);

/* Each has a line for each format of the listing. */
static const char *const listings[] = {
  "read", "read --handshake=full --redact=none", "read --messages --redact=strict --utc",
  "read -Y len>=0 --no-control", "follow",
};

static const char *const frames[] = {
  "decode", "decode --server --deflate", "decode --masked --client",
};

static const struct
{
  const char *name;
  Prints      prints;
} formats[] = {
  { "text", PRINTS_TEXT }, { "json", PRINTS_JSON }, { "jsonl", PRINTS_JSON_LINES },
  { "hex", PRINTS_TEXT }, { "payload", PRINTS_BYTES }, { "tree", PRINTS_TEXT },
};

static const CommandLine others[] = {
  { "read --color=always IN", PRINTS_COLOURS },
  { "stats -T text IN", PRINTS_TEXT },
  { "stats -T json --interval=1s IN", PRINTS_JSON },
  { "stats -T jsonl IN", PRINTS_JSON_LINES },
  { "checks IN", PRINTS_TEXT },
  { "checks --handshake=full --redact=none IN", PRINTS_TEXT },
  { "checks --redact=strict IN", PRINTS_TEXT },
  { "read --redact=strict --handshake=full IN", PRINTS_TEXT },
  { "read --redact=strict --handshake=full -T jsonl IN", PRINTS_JSON_LINES },
  { "follow --redact=strict -T tree IN", PRINTS_TEXT },
  { "stats --redact=strict IN", PRINTS_TEXT },
  { "command --program=wsinspect IN", PRINTS_TEXT },
  { "command --program=wsinspect --message=4 --redact=none IN", PRINTS_TEXT },
  { "command --program=websocat IN", PRINTS_TEXT },
  { "command --program=curl --redact=strict IN", PRINTS_TEXT },
};

static void
add_line (GPtrArray  *lines,
          const char *words,
          Prints      prints)
{
  CommandLine *line = g_new0 (CommandLine, 1);

  line->words = words;
  line->prints = prints;
  g_ptr_array_add (lines, line);
}

static void
add_listings (GPtrArray         *lines,
              const char *const *verbs,
              gsize              n_verbs)
{
  for (gsize i = 0; i < n_verbs; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (formats); k++)
      add_line (lines, g_strdup_printf ("%s -T %s " IN_FILE, verbs[i], formats[k].name),
                formats[k].prints);
}

/* All fields in one line; a header has a name. */
static void
add_fields (GPtrArray *lines)
{
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  GString *words = g_string_new ("read");

  for (guint i = 0; i < wsi_fields_get_n (fields); i++)
    {
      const WsiField *field = wsi_fields_get (fields, i);
      const char *path = field->path_form == WSI_PATH_HEADER ? "[\"host\"]" : "";

      g_string_append_printf (words, " -e %s%s", field->name, path);
    }
  g_string_append (words, " " IN_FILE);
  add_line (lines, g_string_free (words, FALSE), PRINTS_TEXT);
}

static void
add_conversions (GPtrArray *lines)
{
  static const Prints prints[WSI_N_FORMATS] = {
    [WSI_FORMAT_SESSION] = PRINTS_JSON_LINES, [WSI_FORMAT_PCAPNG] = PRINTS_BYTES,
    [WSI_FORMAT_HAR] = PRINTS_JSON, [WSI_FORMAT_TEXT] = PRINTS_BYTES, [WSI_FORMAT_RAW] = PRINTS_BYTES,
    [WSI_FORMAT_HEX] = PRINTS_TEXT, [WSI_FORMAT_C] = PRINTS_TEXT,
  };
  static const char *const levels[] = { "default", "none", "strict" };

  for (guint format = 0; format < WSI_N_FORMATS; format++)
    for (guint k = 0; k < G_N_ELEMENTS (levels); k++)
      add_line (lines, g_strdup_printf ("convert --to=%s --redact=%s " IN_FILE " -",
                                        wsi_format_get_name (format), levels[k]), prints[format]);
}

const GPtrArray *
in_process_get_lines (void)
{
  static GPtrArray *lines;      /* reachable, so it is no leak */

  if (lines != NULL)
    return lines;

  lines = g_ptr_array_new ();
  add_listings (lines, listings, G_N_ELEMENTS (listings));
  add_listings (lines, frames, G_N_ELEMENTS (frames));
  add_fields (lines);
  add_conversions (lines);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    add_line (lines, g_strdup (others[i].words), others[i].prints);
  return lines;
}

static int
make_file (GBytes *content)
{
  int file = memfd_create ("in-process", MFD_CLOEXEC);
  gsize length, written = 0;
  const char *at = g_bytes_get_data (content, &length);

  while (written < length)
    {
      gssize n = write (file, at + written, length - written);

      g_assert_cmpint (n, >, 0);
      written += n;
    }
  return file;
}

static GBytes *
read_file (int file)
{
  off_t size = lseek (file, 0, SEEK_END);
  char *content = g_malloc (size + 1);

  g_assert_cmpint (pread (file, content, size, 0), ==, size);
  return g_bytes_new_take (content, size);
}

/* Memory takes the place of standard output and error until the program has ended. */
typedef struct
{
  int   output, descriptor;     /* descriptor of the memory; saved descriptor of standard output */
  FILE *file, *errors;          /* streams that stand for standard output and error */
  char *said;
  size_t n_said;
} Redirection;

static void
redirect (Redirection *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  /* Debian's module for proxies loads libstdc++, which keeps this stdout until exit.  A test prints
   * which modules GIO has found. */
  g_proxy_resolver_get_default ();
  g_vfs_get_default ();
  *self = (Redirection) { .output = make_file (nothing), .file = stdout, .errors = stderr };
  fflush (stdout);
  self->descriptor = dup (STDOUT_FILENO);
  dup2 (self->output, STDOUT_FILENO);
  stdout = fdopen (dup (self->output), "w");
  stderr = open_memstream (&self->said, &self->n_said);
}

/* Returns the bytes that the program has printed. */
static GBytes *
restore (Redirection *self)
{
  GBytes *output;

  fclose (stdout);
  fclose (stderr);
  stdout = self->file;
  stderr = self->errors;
  dup2 (self->descriptor, STDOUT_FILENO);
  close (self->descriptor);
  output = read_file (self->output);
  close (self->output);
  return output;
}

static int
run (const char *words,
     const char *path)
{
  g_autofree char *all = g_strconcat ("wsinspect ", words, NULL);
  g_auto (GStrv) split = g_strsplit (all, " ", -1);
  char *arguments[MAX_WORDS + 1];
  int n = 0;

  for (; split[n] != NULL; n++)
    {
      g_assert_cmpint (n, <, MAX_WORDS);
      arguments[n] = g_str_equal (split[n], IN_FILE) ? (char *) path : split[n];
    }
  arguments[n] = NULL;
  return wsinspect_main (n, arguments);
}

/* has_tints: escape sequences may be in it. */
static char *
check_text (const char *text,
            gsize       length,
            Prints      prints)
{
  if (!g_utf8_validate_len (text, length, NULL))
    return g_strdup ("no UTF-8");

  for (gsize i = 0; i < length; i++)
    if ((guchar) text[i] < ' ' && text[i] != '\n' && text[i] != '\t' &&
        !(prints == PRINTS_COLOURS && text[i] == '\x1b'))
      return g_strdup_printf ("control character %02x", text[i]);

  return NULL;
}

static char *
check_json (const char *text,
            gsize       length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  return json_parser_load_from_data (parser, text, length, &error)
         ? NULL : g_strdup_printf ("no JSON: %s", error->message);
}

static char *
check_json_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *problem = lines[i][0] != '\0' ? check_json (lines[i], strlen (lines[i])) : NULL;

      if (problem != NULL)
        return problem;
    }
  return NULL;
}

static char *
check_output (const CommandLine *line,
              const char        *text,
              gsize              length)
{
  char *problem = NULL;

  if (line->prints != PRINTS_BYTES)
    problem = check_text (text, length, line->prints);
  if (problem == NULL && line->prints == PRINTS_JSON && length > 0)
    problem = check_json (text, length);
  if (problem == NULL && line->prints == PRINTS_JSON_LINES)
    problem = check_json_lines (text);
  return problem;
}

char *
in_process_run (const CommandLine *line,
                GBytes            *input,
                GBytes           **output)
{
  int file = make_file (input), status;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", file);
  Redirection redirection;
  g_autoptr (GBytes) printed = NULL;
  g_autofree char *text = NULL;
  char *problem;

  redirect (&redirection);
  status = run (line->words, path);
  printed = restore (&redirection);
  close (file);

  text = g_strndup (g_bytes_get_data (printed, NULL), g_bytes_get_size (printed));
  problem = check_output (line, text, g_bytes_get_size (printed));
  if (problem == NULL)
    problem = check_text (redirection.said, redirection.n_said, PRINTS_TEXT);
  if (problem == NULL && (status < 0 || status >= MAX_STATUS))
    problem = g_strdup_printf ("status %d", status);
  free (redirection.said);
  if (output != NULL)
    *output = g_steal_pointer (&printed);
  return problem;
}
