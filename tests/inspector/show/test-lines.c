/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/lines/wsi-copied-text.h"
#include "inspect/show/lines/wsi-json-layout.h"
#include "inspect/show/lines/wsi-line-index.h"
#include "inspect/show/lines/wsi-shown-line.h"
#include "inspect/show/lines/wsi-syntax.h"
#include "inspect/show/lines/wsi-text-matches.h"
#include "lib/rows.h"

#include <string.h>
#include <sys/mman.h>

/* A literal and its length. */
#define S(literal) literal, sizeof literal - 1

#define N_ELEMENTS 5000         /* more than are read between two looks at the cancellable */
#define MARK "\xcc\x81"         /* combines with the character before */
#define MAN "\U0001f468"
#define AND "\u200d"            /* joins emoji */
#define BYTES(text) text, sizeof text - 1

/* The lines as they are shown, each with "|" after it, or "+" where it goes on. */
static const struct
{
  const char *name, *bytes;
  gsize       length;
  guint       n_columns;
  const char *shown;
} cases[] = {
  { "nothing-has-no-line", BYTES (""), 8, "" },
  { "line-ends-are-not-shown", BYTES ("a\nbc\r\n\nd"), 8, "a|bc||d|" },
  { "no-line-after-the-last-end", BYTES ("a\n"), 8, "a|" },
  { "control-before-a-line-end-is-shown", BYTES ("a\x1b\nb"), 20, "a\\x1b|b|" },
  { "carriage-return-at-the-end-of-the-bytes-is-shown", "a\r\n", 2, 8, "a\\r|" },
  { "delete-takes-its-columns", BYTES ("a\x7f" "b"), 4, "a+\\x7f+b|" },
  { "carriage-return-alone-is-shown", BYTES ("a\rb\r"), 8, "a\\rb\\r|" },
  { "backslash-is-not-doubled", BYTES ("C:\\x \\\\"), 8, "C:\\x \\\\|" },
  { "long-line-is-cut-without-a-hyphen", BYTES ("abcdefghij"), 4, "abcd+efgh+ij|" },
  { "end-after-a-full-line-makes-no-empty-one", BYTES ("abcd\nef"), 4, "abcd|ef|" },
  { "wide-characters-take-two-columns", BYTES ("\xe4\xbd\xa0\xe5\xa5\xbd" "a"), 4, "\xe4\xbd\xa0\xe5\xa5\xbd+a|" },
  { "marks-stay-with-their-character", BYTES ("abcd" MARK "e"), 4, "abcd" MARK "+e|" },
  { "SEC-116-marks-without-end-are-cut", BYTES ("a" MARK MARK MARK MARK MARK MARK MARK MARK), 2,
    "a" MARK MARK MARK MARK MARK "+" MARK MARK MARK "|" },
  { "SEC-115-controls-are-shown", BYTES ("\x1b[1m\0b"), 20, "\\x1b[1m\\x00b|" },
  { "SEC-115-reordering-is-shown", BYTES ("\xe2\x80\xae" "a"), 20, "\\u{202e}a|" },
  { "escapes-take-their-columns", BYTES ("\xff\xff" "a"), 8, "\\xff\\xff+a|" },
  { "character-wider-than-the-line-is-shown", BYTES ("\xff" "a"), 2, "\\xff+a|" },
  { "joined-letters-take-their-columns", BYTES ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0645"), 4,
    "\u0645\u06cc\u200c\u062e\u0648+\u0627\u0645|" },
  { "line-may-end-within-joined-letters", BYTES ("\u0645\u06cc\u200c\u062e\u0648"), 2, "\u0645\u06cc\u200c+\u062e\u0648|" },
  { "joined-emoji-are-one-picture", BYTES (MAN AND MAN AND MAN "ab"), 3, MAN AND MAN AND MAN "a+b|" },
  { "SEC-115-joiner-without-a-use-is-shown", BYTES ("a\u200d" "b"), 8, "a+\\u{200d}+b|" },
  { "SEC-116-joined-emoji-without-end-are-cut",
    BYTES (MAN AND MAN AND MAN AND MAN AND MAN AND MAN AND MAN AND MAN), 2,
    MAN AND MAN AND MAN AND MAN AND MAN "+" AND MAN AND MAN AND MAN "|" },
  { "tab-goes-to-the-next-stop", BYTES ("a\tbc"), 9, "a\tb+c|" },
  { "cut-character-is-shown-as-bytes", BYTES ("a\xe2\x82"), 20, "a\\xe2\\x82|" },
};

static GBytes *
get_bytes (guint i)
{
  return g_bytes_new_static (cases[i].bytes, cases[i].length);
}

static void
append_line (GString            *text,
             const WsiLineIndex *index,
             guint               number)
{
  gsize length;
  const char *at = g_bytes_get_data (wsi_line_index_get_bytes (index), &length);
  g_autoptr (WsiShownLine) shown = NULL;
  WsiLine line;

  wsi_line_index_get_line (index, number, &line);
  shown = wsi_shown_line_new_text (at, length, line.offset, line.length);
  g_string_append (text, shown->text);
  g_string_append_c (text, line.n_end > 0 || number + 1 == wsi_line_index_get_n_lines (index)
                           ? '|' : '+');
}

static void
test_text (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) bytes = get_bytes (i);
  g_autoptr (WsiLineIndex) index = wsi_line_index_new_text (bytes, cases[i].n_columns, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint number = 0; number < wsi_line_index_get_n_lines (index); number++)
    append_line (text, index, number);
  g_assert_cmpstr (text->str, ==, cases[i].shown);
  g_assert_cmpuint (wsi_line_index_get_end (index), ==, cases[i].length);
}

/* Each byte is in one line, and is found there; each byte of a line has its part of the text. */
static void
assert_bytes (const WsiLineIndex *index)
{
  gsize length, offset = 0;
  const char *at = g_bytes_get_data (wsi_line_index_get_bytes (index), &length);

  for (guint number = 0; number < wsi_line_index_get_n_lines (index); number++)
    {
      g_autoptr (WsiShownLine) shown = NULL;
      WsiLine line;

      wsi_line_index_get_line (index, number, &line);
      g_assert_cmpuint (line.offset, ==, offset);
      for (gsize i = 0; i < line.length + line.n_end; i++)
        g_assert_cmpuint (wsi_line_index_find (index, offset + i), ==, number);
      shown = wsi_shown_line_new_text (at, length, offset, line.length);
      g_assert_cmpuint (shown->n_bytes, ==, line.length);
      g_assert_cmpuint (wsi_shown_line_find_byte (shown, strlen (shown->text)), ==, line.length);
      offset += line.length + line.n_end;
    }
  g_assert_cmpuint (offset, ==, wsi_line_index_get_end (index));
}

/* More lines than have a place of their own. */
static void
test_find (void)
{
  static const char words[] = "line \xc3\xa9\xff with \x1b marks and more";
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "%.*s%s", (int) (i % 23), words,
                            i % 3 == 0 ? "\r\n" : "\n");
  bytes = g_bytes_new (text->str, text->len);
  for (guint n_columns = 1; n_columns < 30; n_columns += 7)
    {
      g_autoptr (WsiLineIndex) index = wsi_line_index_new_text (bytes, n_columns, NULL);

      assert_bytes (index);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (BYTES ("text"));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (wsi_line_index_new_text (bytes, 80, cancellable));
}

/* So many lines do not fit into a list; the end says so. */
static void
test_limit (void)
{
  gsize length = WSI_MAX_LINES + 5;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_strnfill (length, '\n'), length);
  g_autoptr (WsiLineIndex) index = wsi_line_index_new_text (bytes, 80, NULL);
  WsiLine line;

  g_assert_cmpuint (wsi_line_index_get_n_lines (index), ==, WSI_MAX_LINES);
  g_assert_cmpuint (wsi_line_index_get_end (index), ==, WSI_MAX_LINES);
  wsi_line_index_get_line (index, WSI_MAX_LINES - 1, &line);
  g_assert_cmpuint (line.offset, ==, WSI_MAX_LINES - 1);
  g_assert_cmpuint (wsi_line_index_find (index, length - 1), ==, WSI_MAX_LINES - 1);
}

static void
test_bytes (void)
{
  static const guint8 data[] = "0123456789abcdef\x00Z";
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data - 1);
  g_autoptr (WsiLineIndex) index = wsi_line_index_new_bytes (bytes, 8);
  g_autoptr (WsiShownLine) shown = NULL;
  WsiLine line;

  g_assert_cmpuint (wsi_line_index_get_n_lines (index), ==, 3);
  g_assert_cmpuint (wsi_line_index_find (index, 15), ==, 1);
  g_assert_cmpuint (wsi_line_index_find (index, 100), ==, 2);
  wsi_line_index_get_line (index, 2, &line);
  g_assert_cmpuint (line.offset, ==, 16);
  g_assert_cmpuint (line.length, ==, 2);

  shown = wsi_shown_line_new_hex (data + 16, 2, 16, 4, 8);
  g_assert_cmpstr (shown->text, ==, "0010  00 5a                    .Z");
  g_assert_cmpuint (shown->spans[1].begin, ==, 9);
  g_assert_cmpuint (shown->characters[1].begin, ==, strlen (shown->text) - 1);

  wsi_shown_line_drop_characters (shown);
  g_assert_cmpstr (shown->text, ==, "0010  00 5a");
  g_assert_null (shown->characters);
  g_assert_cmpuint (wsi_shown_line_find_byte (shown, 10), ==, 1);
  g_assert_cmpuint (wsi_shown_line_find_byte (shown, 11), ==, 2);
}

static const struct
{
  const char *name;
  guint       index, byte;
} hex_points[] = {
  { "in-the-offset", 2, 0 },
  { "first-digits", 6, 0 },
  { "blank-after-a-byte-is-of-the-byte", 8, 0 },
  { "second-digits", 10, 1 },
  { "after-the-last-digits", 20, 2 },
  { "first-character", 31, 0 },
  { "last-character", 32, 1 },
  { "after-the-line", 33, 2 },
};

static void
test_hex_point (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WsiShownLine) shown = wsi_shown_line_new_hex ((const guint8 *) "\x00Z", 2, 16, 4, 8);

  g_assert_cmpuint (wsi_shown_line_find_byte (shown, hex_points[i].index), ==, hex_points[i].byte);
}

/* The escape of a character is marked, because a peer may write the same. */
static void
test_escapes (void)
{
  static const char line[] = "\\x1b \x1b \xc3\xa9 \xe2\x80\xae";
  g_autoptr (WsiShownLine) shown = wsi_shown_line_new_text (BYTES (line), 0, strlen (line));
  const WsiSpan *spans = (const WsiSpan *) shown->escapes->data;

  g_assert_cmpstr (shown->text, ==, "\\x1b \\x1b \xc3\xa9 \\u{202e}");
  g_assert_cmpuint (shown->escapes->len, ==, 2);
  g_assert_cmpuint (spans[0].begin, ==, 5);
  g_assert_cmpuint (spans[0].end, ==, 9);
  g_assert_cmpuint (spans[1].begin, ==, 13);
  g_assert_cmpuint (wsi_shown_line_find_byte (shown, 11), ==, 7);
  g_assert_cmpuint (wsi_shown_line_find_byte (shown, 14), ==, 10);
}

static const struct
{
  const char *name, *bytes;
  gsize       length;
  WsiLineForm form;
  const char *copied;
} copies[] = {
  { "nothing-is-nothing", BYTES (""), WSI_LINES_TEXT, "" },
  { "no-digits-of-nothing", BYTES (""), WSI_LINES_HEX, "" },
  { "text-is-exact", BYTES ("C:\\dir\t\r\n\xc3\xa9 \x1b\xe2\x80\xae"), WSI_LINES_TEXT,
    "C:\\dir\t\r\n\xc3\xa9 \x1b\xe2\x80\xae" },
  { "bytes-of-no-text-are-escaped", BYTES ("a\0b\xff\xc3"), WSI_LINES_TEXT, "a\\x00b\\xff\\xc3" },
  { "digits", BYTES ("\x00\xff" "a"), WSI_LINES_HEX, "00 ff 61" },
};

static void
test_copied (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) bytes = g_bytes_new_static (copies[i].bytes, copies[i].length);
  g_autofree char *text = wsi_copied_text_new (bytes, copies[i].form);

  g_assert_cmpstr (text, ==, copies[i].copied);
}

static const struct
{
  const char *name, *text;
  const char *laid_out;         /* text laid out as JSON; NULL = the text is not JSON */
} layouts[] = {
  { "members-have-lines", "{\"a\":1,\"b\" : [true,null],\"c\":\"x\\u0041\"}",
    "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": \"x\\u0041\"\n}" },
  { "empty-lists-stay-in-the-line", "[ [], { } , 1 ]", "[\n  [],\n  {},\n  1\n]" },
  { "numbers-keep-their-digits", "[1.50e+007,-0]", "[\n  1.50e+007,\n  -0\n]" },
  { "from-a-mistake-on-it-is-as-it-was", "[1,  2 oops , 3]", "[\n  1,\n  2 oops , 3]" },
  { "cut-text-is-laid-out-as-far-as-it-goes", "{\"a\":[1,2", "{\n  \"a\": [\n    1,\n    2" },
  { "text-after-it-stays", "[1] and more", "[\n  1\n] and more" },
  { "no-list", "\"text\"", NULL },
  { "nothing", "", NULL },
};

static void
test_layout (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) bytes = g_bytes_new_static (layouts[i].text, strlen (layouts[i].text));
  g_autoptr (GBytes) laid_out = wsi_json_layout_new (bytes, NULL);
  g_autofree char *text = laid_out != NULL ? wsi_copied_text_new (laid_out, WSI_LINES_TEXT) : NULL;

  g_assert_cmpstr (text, ==, layouts[i].laid_out);
}

/* Brackets without end make no text that is much larger. */
static void
test_deep_layout (void)
{
  gsize length = 100000;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_strnfill (length, '['), length);
  g_autoptr (GBytes) laid_out = wsi_json_layout_new (bytes, NULL);
  g_autoptr (GString) flat = g_string_new ("[[[[[[[[[[[[[[[[[[[[[[[[");
  g_autoptr (GBytes) flat_bytes = NULL, flat_out = NULL;

  g_assert_cmpuint (g_bytes_get_size (laid_out), <=,
                    WSI_JSON_LAYOUT_GROWTH * length + WSI_JSON_LAYOUT_MORE);
  g_assert_cmpuint (g_bytes_get_size (laid_out), >=, length);
  for (guint i = 0; i < length; i++)
    g_string_append (flat, "1,");
  flat_bytes = g_bytes_new (flat->str, flat->len);
  flat_out = wsi_json_layout_new (flat_bytes, NULL);
  g_assert_cmpuint (g_bytes_get_size (flat_out), <=,
                    WSI_JSON_LAYOUT_GROWTH * flat->len + WSI_JSON_LAYOUT_MORE);
  g_assert_cmpuint (g_bytes_get_size (flat_out), >, flat->len);
}

/* So many bytes that their number would overflow; the pages of the rest are never touched. */
static void
test_huge_layout (void)
{
  gsize length = G_MAXUINT / WSI_JSON_LAYOUT_GROWTH;
  char *text = mmap (NULL, length, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (GBytes) bytes = NULL;

  if (text == MAP_FAILED)
    {
      g_test_skip ("no room for so many addresses");
      return;
    }

  text[0] = '[';
  bytes = g_bytes_new_static (text, length);
  g_assert_null (wsi_json_layout_new (bytes, NULL));
  munmap (text, length);
}

/* A letter for each byte: n(ame), s(tring), d(igits), w(ord), t(ag), a(ttribute), c(omment). */
static const struct
{
  const char *name, *text, *kinds;      /* kinds of the bytes, as letters; NULL: the text has no
                                         * colours */
} syntaxes[] = {
  { "json", "{\"a\": [1, true, \"b\"]}", "-nnn---d--wwww--sss--" },
  { "json-after-blanks", " \n[null]", "---wwww-" },
  { "json-that-is-cut", "[1,\"a", "-d---" },
  { "json-up-to-its-mistake", "[1, x, 2]", "-d-------" },
  { "bracket-that-is-no-json", "[info] 1", "--------" },
  { "xml", "<a b=\"c\">d</a>", "tt-a-ssst-tttt" },
  { "xml-without-content", "<a x='1' y='2'/><b/>", "tt-a-sss-a-ssstttttt" },
  { "xml-that-is-no-content", "<?x?><!--c--><a><![CDATA[d]]></a>",
    "cccccccccccccttt" "ccccccccccccc" "tttt" },
  { "xml-that-is-cut", "<a>b<c", "ttt---" },
  { "xml-up-to-its-mistake", "<a>b<c <d>", "ttt-------" },
  { "end-tag-has-no-attributes", "<a></a b='c'>", "ttttttttttttt" },
  { "other-text-has-none", "hello", NULL },
  { "nothing-has-none", "", NULL },
};

static void
test_syntax (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) bytes = g_bytes_new (syntaxes[i].text, strlen (syntaxes[i].text));
  g_autoptr (WsiSyntax) syntax = wsi_syntax_new (bytes, NULL);
  g_autofree char *kinds = g_strnfill (strlen (syntaxes[i].text), '-');
  const WsiSyntaxPart *parts;
  guint n_parts = 0;

  g_assert_true ((syntax != NULL) == (syntaxes[i].kinds != NULL));
  if (syntax == NULL)
    return;

  parts = wsi_syntax_get_parts (syntax, 0, G_MAXSIZE, &n_parts);
  for (guint k = 0; k < n_parts; k++)
    memset (kinds + parts[k].begin, "nsdwtac"[parts[k].kind], parts[k].end - parts[k].begin);
  g_assert_cmpstr (kinds, ==, syntaxes[i].kinds);
}

/* Parts of a range, also those that are only partly in it. */
static void
test_syntax_range (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (BYTES ("[123, 45, 6]"));
  g_autoptr (WsiSyntax) syntax = wsi_syntax_new (bytes, NULL);
  guint n_parts;

  g_assert_cmpuint (wsi_syntax_get_parts (syntax, 2, 7, &n_parts)->begin, ==, 1);
  g_assert_cmpuint (n_parts, ==, 2);
  g_assert_cmpuint (wsi_syntax_get_parts (syntax, 4, 7, &n_parts)->begin, ==, 6);
  g_assert_cmpuint (n_parts, ==, 1);
  wsi_syntax_get_parts (syntax, 4, 6, &n_parts);
  g_assert_cmpuint (n_parts, ==, 0);
  wsi_syntax_get_parts (syntax, 100, 200, &n_parts);
  g_assert_cmpuint (n_parts, ==, 0);
}

static void
test_syntax_limit (void)
{
  g_autofree char *text = g_strnfill (WSI_MAX_SYNTAX + 1, '1');
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GBytes) longest = NULL, longer = NULL;
  g_autoptr (WsiSyntax) syntax = NULL;

  for (gsize i = 0; i < WSI_MAX_SYNTAX; i += 2)
    text[i] = i == 0 ? '[' : ',';
  longest = g_bytes_new (text, WSI_MAX_SYNTAX);
  longer = g_bytes_new (text, WSI_MAX_SYNTAX + 1);
  syntax = wsi_syntax_new (longest, NULL);
  g_assert_nonnull (syntax);
  g_assert_null (wsi_syntax_new (longer, NULL));
  g_cancellable_cancel (cancelled);
  g_assert_null (wsi_syntax_new (longest, cancelled));
}

static void
test_syntax_of_elements (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (WsiSyntax) syntax = NULL;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < N_ELEMENTS; i++)
    g_string_append (text, "<a/>");
  bytes = g_bytes_new (text->str, text->len);
  syntax = wsi_syntax_new (bytes, cancellable);
  g_assert_nonnull (syntax);
  g_cancellable_cancel (cancellable);
  g_assert_null (wsi_syntax_new (bytes, cancellable));
}

/* A text that is searched for, and the line with "<" and ">" around each place. */
static const struct
{
  const char *name, *wanted, *line, *shown;
} matches[] = {
  { "nothing-is-not-found", "", "abc", "abc" },
  { "not-there", "abd", "abc", "abc" },
  { "each-one", "a", "abaa", "<a>b<a><a>" },
  { "none-over-another", "aa", "aaa", "<aa>a" },
  { "small-letters-find-large-ones", "pri", "xPRI", "x<PRI>" },
  { "letters-of-two-cases-in-one", "\u01c5", "\u01c5", "<\u01c5>" },
  { "any-letter-case", "PriÉ", "prié priE", "<prié> priE" },
  { "other-letters-have-cases-too", "ß", "ßẞ", "<ß>ẞ" },
  { "beginning-of-what-is-wanted-at-the-end", "bcd", "abc", "abc" },
  { "controls-as-they-are-shown", "a\tb", "xa\\tb", "x<a\\tb>" },
  { "backslash-as-one-or-as-two", "c:\\x", "c:\\x c:\\\\x", "<c:\\x> <c:\\\\x>" },
};

static void
test_matches (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GArray) spans = wsi_text_matches_find (matches[i].line, matches[i].wanted);
  g_autoptr (GString) shown = g_string_new (matches[i].line);

  for (guint k = spans->len; k > 0; k--)
    {
      g_string_insert (shown, g_array_index (spans, WsiSpan, k - 1).end, ">");
      g_string_insert (shown, g_array_index (spans, WsiSpan, k - 1).begin, "<");
    }
  g_assert_cmpstr (shown->str, ==, matches[i].shown);
}

/* A text that is searched for, and the first place of a payload that has it. */
static const struct
{
  const char *name, *wanted, *payload;
  gsize       length, begin, end;       /* length of the found bytes, and their place in the lines;
                                         * begin and end 0: not found */
} places[] = {
  { "nothing-is-not-found", "", S ("abc"), 0, 0 },
  { "not-there", "abd", S ("abc"), 0, 0 },
  { "empty-payload", "a", S (""), 0, 0 },
  { "the-first-one", "b", S ("abab"), 1, 2 },
  { "after-a-beginning-of-it", "aab", S ("aaab"), 1, 4 },
  { "any-letter-case", "PriÉ", S ("xprié"), 1, 6 },
  { "its-last-byte-is-that-of-the-payload", "bc", S ("abc"), 1, 3 },
  { "beginning-of-what-is-wanted-at-the-end", "bcd", S ("abc"), 0, 0 },
  { "behind-a-nul", "b", S ("a\0b"), 2, 3 },
  { "behind-bytes-that-are-no-text", "é", S ("\xc3\xff\xc3é"), 3, 5 },
  { "half-a-character-at-the-end", "é", S ("a\xc3"), 0, 0 },
  { "controls-as-they-are", "a\tb", S ("xa\tb"), 1, 4 },
};

static void
test_place (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) payload = g_bytes_new_static (places[i].payload, places[i].length);
  gsize begin = 0, end = 0;
  gboolean is_found = wsi_text_matches_find_first (payload, places[i].wanted, NULL, &begin, &end);

  g_assert_cmpint (is_found, ==, places[i].end > 0);
  g_assert_cmpuint (begin, ==, places[i].begin);
  g_assert_cmpuint (end, ==, places[i].end);
}

static void
test_cancelled_search (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (S ("xa"));
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  gsize begin, end;

  g_cancellable_cancel (cancelled);
  g_assert_false (wsi_text_matches_find_first (payload, "a", cancelled, &begin, &end));
}

static void
test_many_matches (void)
{
  g_autofree char *line = g_strnfill (10000, 'a');
  g_autoptr (GArray) spans = wsi_text_matches_find (line, "a");

  g_assert_cmpuint (spans->len, ==, WSI_MAX_TEXT_MATCHES);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspect/lines/text", cases, test_text);
  ADD_ROWS ("/inspect/lines/hex", hex_points, test_hex_point);
  ADD_ROWS ("/inspect/lines/copied", copies, test_copied);
  ADD_ROWS ("/inspect/lines/json-layout", layouts, test_layout);
  ADD_ROWS ("/inspect/lines/matches", matches, test_matches);
  ADD_ROWS ("/inspect/lines/first-match", places, test_place);
  ADD_ROWS ("/inspect/lines/syntax", syntaxes, test_syntax);
  g_test_add_func ("/inspect/lines/syntax/parts-of-a-range", test_syntax_range);
  g_test_add_func ("/inspect/lines/syntax/long-or-cancelled-has-none", test_syntax_limit);
  g_test_add_func ("/inspect/lines/syntax/many-elements-may-be-cancelled",
                   test_syntax_of_elements);
  g_test_add_func ("/inspect/lines/json-layout/too-many-bytes-have-none", test_huge_layout);
  g_test_add_func ("/inspect/lines/matches/are-limited", test_many_matches);
  g_test_add_func ("/inspect/lines/first-match/may-be-cancelled", test_cancelled_search);
  g_test_add_func ("/inspect/lines/json-layout/SEC-117-its-growth-is-limited", test_deep_layout);
  g_test_add_func ("/inspect/lines/find/each-byte-in-its-line", test_find);
  g_test_add_func ("/inspect/lines/text/cancelled-gives-none", test_cancelled);
  g_test_add_func ("/inspect/lines/text/too-many-lines-end-early", test_limit);
  g_test_add_func ("/inspect/lines/hex/lines-of-equal-length", test_bytes);
  g_test_add_func ("/inspect/lines/text/escapes-are-told-from-text", test_escapes);
  return g_test_run ();
}
