/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* XML: tags, text and what is passed; messages that are not whole. */

#include "inspector/decode/decoder-cases.h"

static const DecoderCase cases[] = {
  { "elements-and-attributes", DECODER_TEXT, "<m to=\"a&lt;b\" from='c'>\n <b>Hi</b>\n <e/></m>", "xml",
    "<m to=\"a&lt;b\" from='c'><b>Hi</b><e/></m>", .fields = "",
    .nodes = "document @0+45\n"
             "  m: element @0+45\n"
             "    @to: attribute @3+11 = a<b\n"
             "    @from: attribute @15+8 = c\n"
             "    b: element @26+9 = Hi\n"
             "      text @29+2 = Hi\n"
             "    e: element @37+4\n" },
  { "declaration-comment-and-document-type", DECODER_TEXT,
    "<?xml version=\"1.0\"?><!-- c --><!DOCTYPE a [<!ENTITY x \"<y>\">]><a>&x;</a>", "xml", "<a>&x;</a>", .fields = "",
    .nodes = "document @0+73\n"
             "  xml: instruction @0+21 =  version=\"1.0\"\n"
             "  comment @21+10 =  c \n"
             "  document type @31+32 = not read\n"
             "  a: element @63+10 = &x;\n"
             "    text @66+3 = &x;\n" },
  { "text-cdata-and-text", DECODER_TEXT, "<a>x<![CDATA[<y>]]>z&#x41;&#66;&amp;&no;</a>", "xml",
    "<a>x<![CDATA[<y>]]>z&#x41;&#66;&amp;&no;</a>", .fields = "",
    .nodes = "document @0+44\n"
             "  a: element @0+44 = x\n"
             "    text @3+1 = x\n"
             "    cdata @4+15 = <y>\n"
             "    text @19+21 = zAB&&no;\n" },
  { "equal-names-within-each-other", DECODER_TEXT, "<a><a>1</a><a/></a>", "xml", "<a><a>1</a><a/></a>", .fields = "",
    .nodes = "document @0+19\n"
             "  a: element @0+19\n"
             "    a: element @3+8 = 1\n"
             "      text @6+1 = 1\n"
             "    a: element @11+4\n" },
  { "controls-are-escaped", DECODER_TEXT, "<a b='\x1b[2J'>\u202e</a>", "xml", "<a b='\\x1b[2J'>\\u{202e}</a>", .fields = "",
    .nodes = "document @0+19\n"
             "  a: element @0+19 = \\u{202e}\n"
             "    @b: attribute @3+8 = \\x1b[2J\n"
             "    text @12+3 = \\u{202e}\n" },
  { "names-with-signs", DECODER_TEXT, "<_a:b-c.d1 :e='1'><\u00fc/></_a:b-c.d1>", "xml", "<_a:b-c.d1 :e='1'><\u00fc/></_a:b-c.d1>",
    .nodes = "document @0+35\n"
             "  _a:b-c.d1: element @0+35\n"
             "    @:e: attribute @11+6 = 1\n"
             "    \u00fc: element @18+5\n" },
  { "quotes-hold-everything", DECODER_TEXT, "<a b='>\"' c=\"<'/>\"/>", "xml", "<a b='>\"' c=\"<'/>\"/>",
    .nodes = "document @0+20\n"
             "  a: element @0+20\n"
             "    @b: attribute @3+6 = >\"\n"
             "    @c: attribute @10+8 = <'/>\n" },
  { "brackets-in-a-tag", DECODER_TEXT, "<a b [='1'>x</a>", "xml", NULL,
    .nodes = "document @0+16\n"
             "  a: element @0+16 = x\n"
             "    text @11+1 = x\n" },
  { "brackets-of-a-document-type", DECODER_TEXT, "<!DOCTYPE a ][<!ELEMENT b [c]>]><a/>", "xml", "<a/>",
    .nodes = "document @0+36\n"
             "  document type @0+32 = not read\n"
             "  a: element @32+4\n" },
  { "blanks-around-an-equals-sign", DECODER_TEXT, "<a b = '1' c\n=\n'2'/>", "xml", NULL,
    .nodes = "document @0+20\n"
             "  a: element @0+20\n"
             "    @b: attribute @3+7 = 1\n"
             "    @c: attribute @11+7 = 2\n" },
  { "attribute-without-a-name", DECODER_TEXT, "<a ='1' b='2'/>", "xml", NULL,
    .nodes = "document @0+15\n"
             "  a: element @0+15\n" },
  { "attribute-without-quotes", DECODER_TEXT, "<a b=121 c='2'/>", "xml", NULL,
    .nodes = "document @0+16\n"
             "  a: element @0+16\n" },
  { "attribute-without-a-value", DECODER_TEXT, "<a b=/>", "xml", NULL,
    .nodes = "document @0+7\n"
             "  a: element @0+7\n" },
  { "references-that-are-no-characters", DECODER_TEXT, "<a>&#xd800;&#x110000;&#0;&x41;&#x;&#41</a>", "xml", NULL,
    .nodes = "document @0+42\n"
             "  a: element @0+42 = &#xd800;&#x110000;&#0;&x41;&#x;&#41\n"
             "    text @3+35 = &#xd800;&#x110000;&#0;&x41;&#x;&#41\n" },
  { "comment-at-the-beginning-of-an-element", DECODER_TEXT, "<a><!--b-->c</a>", "xml", "<a>c</a>",
    .nodes = "document @0+16\n"
             "  a: element @0+16\n"
             "    comment @3+8 = b\n"
             "    text @11+1 = c\n" },
  { "empty-element-alone", DECODER_TEXT, "<a/>", "xml", "<a/>", .nodes = "document @0+4\n  a: element @0+4\n" },
  { "references-in-cdata-stay", DECODER_TEXT, "<a><![CDATA[&lt;]]></a>", "xml", NULL,
    .nodes = "document @0+23\n"
             "  a: element @0+23 = &lt;\n"
             "    cdata @3+16 = &lt;\n" },
  { "blank-in-a-tag", DECODER_TEXT, "<a >x</a>", "xml", NULL,
    .nodes = "document @0+9\n"
             "  a: element @0+9 = x\n"
             "    text @4+1 = x\n" },
  { "end-of-a-longer-name", DECODER_TEXT, "<r><a>x</ab></r>", "xml", NULL,
    .nodes = "document @0+16\n"
             "  r: element @0+16\n"
             "    a: element @3+9 = x\n"
             "      text @6+1 = x\n"
             "      problem @7+5 = the end tag of another element (at offset 7)\n" },
  { "end-of-the-beginning-of-a-name", DECODER_TEXT, "<ab><c></a></ab>", "xml", NULL,
    .nodes = "document @0+16\n"
             "  ab: element @0+16\n"
             "    c: element @4+7\n"
             "      problem @7+4 = the end tag of another element (at offset 7)\n" },
  { "tags-that-are-not-tags-are-text", DECODER_TEXT, "<3 you", "text", "\"<3 you\"", .fields = "" },
  { "text-after-the-element-is-text", DECODER_TEXT, "<b>x</b> hi", "text", "\"<b>x</b> hi\"", .fields = "" },
  { "end-alone-is-text", DECODER_TEXT, "</a>", "text", "\"</a>\"", .fields = "" },
  { "element-without-an-end-is-text", DECODER_TEXT, "<a>x", "text", "\"<a>x\"", .fields = "" },
};

static const DecoderCase forced_cases[] = {
  { "end-is-missing", DECODER_TEXT, "<a><b>x", "xml", "<a><b>x",
    .nodes = "document @0+7\n"
             "  a: element @0+7\n"
             "    b: element @3+4 = x\n"
             "      text @6+1 = x\n"
             "      problem @7+0 = the end tag is missing (at offset 7)\n"
             "    problem @7+0 = the end tag is missing (at offset 7)\n" },
  { "end-of-another", DECODER_TEXT, "<a><b>x</c></a>", "xml", "<a><b>x</c></a>",
    .nodes = "document @0+15\n"
             "  a: element @0+15\n"
             "    b: element @3+8 = x\n"
             "      text @6+1 = x\n"
             "      problem @7+4 = the end tag of another element (at offset 7)\n" },
  { "tag-that-is-cut", DECODER_TEXT, "<a><b c='", "xml", "<a><b c='",
    .nodes = "document @0+9\n"
             "  a: element @0+9\n"
             "    problem @3+6 = the bytes end within this (at offset 3)\n"
             "    problem @9+0 = the end tag is missing (at offset 9)\n" },
  { "no-tag", DECODER_TEXT, "<a>1<2</a>", "xml", "<a>1<2</a>",
    .nodes = "document @0+10\n"
             "  a: element @0+10 = 1\n"
             "    text @3+1 = 1\n"
             "    problem @4+6 = no tag (at offset 4)\n"
             "    problem @10+0 = the end tag is missing (at offset 10)\n" },
  { "beginnings-of-a-comment", DECODER_TEXT, "<!-", "xml", "<!-",
    .nodes = "document @0+3\n  problem @0+3 = the bytes end within this (at offset 0)\n" },
  { "beginning-of-a-tag", DECODER_TEXT, "<", "xml", "<",
    .nodes = "document @0+1\n  problem @0+1 = the bytes end within this (at offset 0)\n" },
  { "nothing", DECODER_TEXT, "", "xml", "", .nodes = "document @0+0\n" },
};

static const DecoderRepeat repeats[] = {
  { "nested-elements", DECODER_TEXT, "<a>", 100000 },
  { "elements", DECODER_TEXT, "<a/>", 100000 },
  { "ends", DECODER_TEXT, "</a>", 100000 },
  { "tags-without-an-end", DECODER_TEXT, "<a ", 100000 },
  { "quotes", DECODER_TEXT, "<a b='", 100000 },
  { "attributes", DECODER_TEXT, "<a b='c' d", 100000 },
  { "comments", DECODER_TEXT, "<!--", 100000 },
  { "ends-of-comments", DECODER_TEXT, "<!-----", 100000 },
  { "document-types", DECODER_TEXT, "<!DOCTYPE a [", 100000 },
  { "references", DECODER_TEXT, "<a>&amp", 100000 },
};

static const DecoderPages pages[] = {
  { "elements", DECODER_TEXT, "<r>", "<a/>", "</r>", "xml", 2100, .n_lines = 1, .n_more = 1 },
  { "document", DECODER_TEXT, "", "<a/>", "", "xml", 2100, .n_lines = 1 },
};

#define TEN_ELEMENTS "<a/><a/><a/><a/><a/><a/><a/><a/><a/><a/>"

static const DecoderScore scores[] = {
  { "element", DECODER_TEXT, "<a/>", "xml", .score = WSI_SCORE_LIKELY },
  { "element-after-blanks", DECODER_TEXT, "\xef\xbb\xbf \n<a></a>", "xml", .score = WSI_SCORE_LIKELY },
  { "declaration", DECODER_TEXT, "<?xml version='1.0'?><a/>", "xml", .score = WSI_SCORE_SURE },
  { "other-instruction", DECODER_TEXT, "<?style?><a/>", "xml", .score = WSI_SCORE_LIKELY },
  { "instruction-alone", DECODER_TEXT, "<?xml version='1.0'?>", "xml", .score = WSI_SCORE_NONE },
  { "nothing", DECODER_TEXT, "", "xml", .score = WSI_SCORE_NONE },
  { "blanks", DECODER_TEXT, "  ", "xml", .score = WSI_SCORE_NONE },
  { "text", DECODER_TEXT, "a<b/>", "xml", .score = WSI_SCORE_NONE },
  { "no-tag", DECODER_TEXT, "<a><3", "xml", .score = WSI_SCORE_NONE },
  { "no-tag-in-a-beginning", DECODER_TEXT, "<a><3>", "xml", .score = WSI_SCORE_NONE, .extent = WSI_EXTENT_BEGINNING },
  { "tag-that-is-cut", DECODER_TEXT, "<a><b", "xml", .score = WSI_SCORE_NONE },
  { "beginning-of-a-tag", DECODER_TEXT, "<a><b", "xml", .score = WSI_SCORE_LIKELY, .extent = WSI_EXTENT_BEGINNING },
  { "element-without-its-end", DECODER_TEXT, "<a>x", "xml", .score = WSI_SCORE_NONE },
  { "beginning-of-an-element", DECODER_TEXT, "<a>x", "xml", .score = WSI_SCORE_LIKELY, .extent = WSI_EXTENT_BEGINNING },
  { "end-without-an-element", DECODER_TEXT, "<a/></b>", "xml", .score = WSI_SCORE_NONE },
  { "end-without-an-element-in-a-beginning", DECODER_TEXT, "<a/></b>", "xml", .score = WSI_SCORE_NONE,
    .extent = WSI_EXTENT_BEGINNING },
  { "comment-that-is-cut", DECODER_TEXT, "<a/><!-", "xml", .score = WSI_SCORE_NONE },
  { "cdata-that-is-cut-in-a-beginning", DECODER_TEXT, "<a><![CDA", "xml", .score = WSI_SCORE_LIKELY, .extent = WSI_EXTENT_BEGINNING },
  { "comment-that-is-cut-in-a-beginning", DECODER_TEXT, "<a><!-", "xml", .score = WSI_SCORE_LIKELY, .extent = WSI_EXTENT_BEGINNING },
  { "document-type-that-is-cut-in-a-beginning", DECODER_TEXT, "<a/><!DOC", "xml", .score = WSI_SCORE_LIKELY,
    .extent = WSI_EXTENT_BEGINNING },
  { "mistake-after-many-tokens", DECODER_TEXT, TEN_ELEMENTS TEN_ELEMENTS TEN_ELEMENTS TEN_ELEMENTS "<3", "xml",
    .score = WSI_SCORE_LIKELY },
  { "start-after-many-tokens", DECODER_TEXT, TEN_ELEMENTS TEN_ELEMENTS TEN_ELEMENTS "<b><c>" TEN_ELEMENTS "</c></b>", "xml",
    .score = WSI_SCORE_LIKELY },
};

static const DecoderPath paths[] = {
  { "no-step", DECODER_TEXT, "<a>1</a>", "xml", { { NULL, 0 } }, 0, "" },
  { "index-of-the-root", DECODER_TEXT, "<a>1</a>", "xml", { { NULL, 0 } }, 1, "" },
  { "names-are-equal-in-all-bytes", DECODER_TEXT, "<a><bc>1</bc><c>2</c><b>3</b></a>", "xml",
    { { .name = "a" }, { .name = "b" } }, 2, "xml=3\n" },
  { "beginning-of-a-name-is-another", DECODER_TEXT, "<a><b>1</b><bc>2</bc></a>", "xml",
    { { .name = "a" }, { .name = "bc" } }, 2, "xml=2\n" },
  { "what-is-in-the-last-element-is-another", DECODER_TEXT, "<a>1<a>2</a></a>", "xml", { { .name = "a" } }, 1, "xml=1\n" },
  { "attribute-of-an-element-before-the-last", DECODER_TEXT, "<a d='1'><b d='2'/></a>", "xml",
    { { .name = "a" }, { .name = "@d" }, { .name = "b" } }, 3, "" },
  { "name-without-the-sign-is-no-attribute", DECODER_TEXT, "<a d='1'/>", "xml", { { .name = "a" }, { .name = "xd" } }, 2, "" },
  { "index-of-an-index", DECODER_TEXT, "<a>1</a>", "xml", { { .name = "a" }, { NULL, 0 }, { NULL, 1 } }, 3, "" },
  { "text-with-a-mistake", DECODER_TEXT, "<a>1</a><3><a>2</a>", "xml", { { .name = "a" } }, 1, "xml=1\n" },
  { "end-without-an-element", DECODER_TEXT, "</b><a>1</a>", "xml", { { .name = "a" } }, 1, "xml=1\n" },
  { "element", DECODER_TEXT, "<a><b>x&amp;y</b></a>", "xml", { { .name = "a" }, { .name = "b" } }, 2, "xml=x&y\n" },
  { "all-elements-of-a-name", DECODER_TEXT, "<a><b>1</b><c><b>2</b></c><b>3</b></a>", "xml",
    { { .name = "a" }, { .name = "b" } }, 2, "xml=1\nxml=3\n" },
  { "element-by-its-index", DECODER_TEXT, "<a><b>1</b><c/><b>3</b></a>", "xml",
    { { .name = "a" }, { .name = "b" }, { NULL, 1 } }, 3, "xml=3\n" },
  { "attribute", DECODER_TEXT, "<a><b c='1' d='2'/></a>", "xml",
    { { .name = "a" }, { .name = "b" }, { .name = "@d" } }, 3, "xml=2\n" },
  { "indexes-are-counted-in-each-element", DECODER_TEXT, "<a><b><c>1</c></b><b><c>2</c><c>3</c></b></a>", "xml",
    { { .name = "a" }, { .name = "b" }, { .name = "c" }, { NULL, 0 } }, 4, "xml=1\nxml=2\n" },
  { "element-elsewhere-is-another", DECODER_TEXT, "<x><a><b>1</b></a></x>", "xml",
    { { .name = "a" }, { .name = "b" } }, 2, "" },
};

/* Attributes have one page, and no rest. */
static void
test_attributes (void)
{
  g_autoptr (GString) text = g_string_new ("<a");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WsiDecodeNode) root = NULL;
  WsiDecodeInput input = { .form = WSI_MESSAGE_TEXT };

  for (guint i = 0; i < 2 * WSI_DECODE_PAGE; i++)
    g_string_append (text, " b='1'");
  g_string_append (text, "/>");
  bytes = g_bytes_new (text->str, text->len);
  input.at = g_bytes_get_data (bytes, &input.length);
  root = wsi_decoder_list_decode (wsi_decoder_list_find ("xml"), &input, bytes);

  g_assert_cmpuint (wsi_decode_node_get_n_children (wsi_decode_node_get_child (root, 0)), ==,
                    WSI_DECODE_PAGE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/xml", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/xml", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/xml", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_paths ("/inspector/xml", paths, G_N_ELEMENTS (paths));
  decoder_cases_add_scores ("/inspector/xml", scores, G_N_ELEMENTS (scores));
  decoder_cases_add_pages ("/inspector/xml", pages, G_N_ELEMENTS (pages));
  g_test_add_func ("/inspector/xml/attributes-have-one-page", test_attributes);

  return g_test_run ();
}
