/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/observe/wsp-frame-header.h>
#include <libwsproto/wsproto.h>

#include "lib/rows.h"

static const struct
{
  const char    *name;
  WspFrameHeader header;
  gsize          length;
  guint8         wire[14];
} headers[] = {
  { "text", { 1, 0, 1, 0, 2, 0, 5 }, 2, { 0x81, 0x05 } },
  { "masked", { 1, 0, 1, 1, 6, 0x37fa213d, 5 }, 6, { 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d } },
  { "reserved-bits", { 0, 5, 11, 0, 2, 0, 0 }, 2, { 0x5b, 0x00 } },
  { "16-bits", { 1, 0, 2, 0, 4, 0, 126 }, 4, { 0x82, 0x7e, 0x00, 0x7e } },
  { "64-bits", { 1, 0, 2, 0, 10, 0, 65536 }, 10, { 0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0 } },
  { "64-bits-masked", { 1, 0, 2, 1, 14, 0x01020304, 65536 }, 14,
    { 0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4 } },
  { "5-in-16-bits", { 1, 0, 1, 0, 4, 0, 5 }, 4, { 0x81, 0x7e, 0x00, 0x05 } },
  { "5-in-64-bits-masked", { 1, 0, 1, 1, 14, 0x01020304, 5 }, 14,
    { 0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4 } },
};

static void
test_both_ways (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) written = wsp_frame_header_write (&headers[i].header);
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *wire = g_bytes_get_data (written, &length);

  g_assert_cmpmem (wire, length, headers[i].wire, headers[i].length);

  g_autoptr (WspFrameHeader) parsed = wsp_frame_header_parse (written, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (parsed->fin, ==, headers[i].header.fin);
  g_assert_cmpuint (parsed->rsv, ==, headers[i].header.rsv);
  g_assert_cmpuint (parsed->opcode, ==, headers[i].header.opcode);
  g_assert_cmpuint (parsed->masked, ==, headers[i].header.masked);
  g_assert_cmpuint (parsed->header_length, ==, headers[i].header.header_length);
  g_assert_cmpuint (parsed->masking_key, ==, headers[i].header.masking_key);
  g_assert_cmpuint (parsed->payload_length, ==, headers[i].header.payload_length);
}

/* Cut anywhere: not there yet, and no error. */
static void
test_cut (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  for (gsize length = 0; length < headers[i].length; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (headers[i].wire, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (wsp_frame_header_parse (cut, &error));
      g_assert_no_error (error);
    }
}

static const struct
{
  const char    *name;
  WspFrameHeader header;
  gsize          length;        /* length of the header that is written */
} forms[] = {
  { "too-short-for-the-length", { 1, 0, 2, 0, 4, 0, 65536 }, 10 },
  { "too-short-for-the-length-masked", { 1, 0, 2, 1, 8, 1, 65536 }, 14 },
  { "no-form-has-it", { 1, 0, 2, 0, 7, 0, 5 }, 2 },
};

/* A header length that no longer form has. */
static void
test_form (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) written = wsp_frame_header_write (&forms[i].header);
  g_autoptr (WspFrameHeader) parsed = wsp_frame_header_parse (written, NULL);

  g_assert_cmpuint (g_bytes_get_size (written), ==, forms[i].length);
  g_assert_cmpuint (parsed->payload_length, ==, forms[i].header.payload_length);
}

static void
test_top_bit (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x82\x7f\x80\0\0\0\0\0\0\0", 10);
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_frame_header_parse (bytes, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_FORMAT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *both =
        g_strdup_printf ("/observe/frame-header/both-ways/%s", headers[i].name);
      g_autofree char *cut = g_strdup_printf ("/observe/frame-header/cut/%s", headers[i].name);

      g_test_add_data_func (both, GUINT_TO_POINTER (i), test_both_ways);
      g_test_add_data_func (cut, GUINT_TO_POINTER (i), test_cut);
    }
  ADD_ROWS_AS ("/observe/frame-header/write/%s-is-shortest", forms, test_form);
  g_test_add_func ("/observe/frame-header/parse/top-bit-of-the-length-refused", test_top_bit);

  return g_test_run ();
}
