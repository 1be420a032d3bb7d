/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-frame-bytes.h"
#include "lib/rows.h"

#include <libwsproto/observe/wsp-frame-header.h>
#include <string.h>

static const struct
{
  const char *name;
  guint64     length;
  guint       extended;
} lengths[] = {
  { "0", 0, 0 }, { "125", 125, 0 }, { "126", 126, 2 }, { "65535", 65535, 2 }, { "65536", 65536, 8 },
  { "2-to-the-63", (guint64) 1 << 63, 8 }, { "1-in-2-bytes", 1, 2 }, { "126-in-8-bytes", 126, 8 },
};

/* As the library writes it. */
static void
test_header (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  for (guint masked = 0; masked <= 1; masked++)
    {
      const WspFrameHeader header = {
        .fin = 1, .rsv = 4, .opcode = 2, .masked = masked, .masking_key = masked ? 0x01020380 : 0,
        .header_length = WSI_SHORT_HEADER + lengths[i].extended + masked * WSI_KEY_LENGTH,
        .payload_length = lengths[i].length,
      };
      g_autoptr (GBytes) expected = wsp_frame_header_write (&header);
      guint8 key[WSI_KEY_LENGTH], written[WSI_MAX_HEADER];
      gsize n;

      wsi_frame_bytes_write_key (key, header.masking_key);
      n = wsi_frame_bytes_write_header (written, WSI_FIN | WSI_RSV1 | WSI_OPCODE_BINARY,
                                        lengths[i].extended, lengths[i].length,
                                        masked ? key : NULL);
      g_assert_cmpmem (written, n, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
      g_assert_cmpuint (wsi_frame_bytes_get_extended (written[1]), ==, lengths[i].extended);
    }
}

static void
test_shortest (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    if (strstr (lengths[i].name, "-in-") == NULL)
      g_assert_cmpuint (wsi_frame_bytes_choose_extended (lengths[i].length), ==,
                        lengths[i].extended);
}

static void
test_mask (void)
{
  const guint8 key[] = { 0x01, 0x02, 0x03, 0x80 };
  guint8 from[19], to[19], expected[19];

  for (gsize i = 0; i < sizeof from; i++)
    {
      from[i] = (guint8) (i * 37);
      expected[i] = from[i] ^ key[i % WSI_KEY_LENGTH];
    }
  for (gsize length = 0; length <= sizeof from; length++)
    {
      memset (to, 0, sizeof to);
      wsi_frame_bytes_mask (to, from, length, key);
      g_assert_cmpmem (to, length, expected, length);
      for (gsize i = length; i < sizeof to; i++)
        g_assert_cmpuint (to[i], ==, 0);
    }
  wsi_frame_bytes_mask (from, from, sizeof from, key);
  g_assert_cmpmem (from, sizeof from, expected, sizeof expected);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/frame-bytes/header", lengths, test_header);
  g_test_add_func ("/inspector/frame-bytes/shortest", test_shortest);
  g_test_add_func ("/inspector/frame-bytes/mask-of-each-length-and-in-place", test_mask);
  return g_test_run ();
}
