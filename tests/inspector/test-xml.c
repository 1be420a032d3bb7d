/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* XML: tags, text and what is passed; messages that are not whole. */

#include "decoder-cases.h"

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

static const DecoderPath paths[] = {
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  decoder_cases_add ("/inspector/xml", cases, G_N_ELEMENTS (cases));
  decoder_cases_add_forced ("/inspector/xml", forced_cases, G_N_ELEMENTS (forced_cases));
  decoder_cases_add_repeated ("/inspector/xml", repeats, G_N_ELEMENTS (repeats));
  decoder_cases_add_paths ("/inspector/xml", paths, G_N_ELEMENTS (paths));

  return g_test_run ();
}
