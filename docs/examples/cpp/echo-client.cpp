// SPDX-License-Identifier: 0BSD
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Says "Hello" to an echo server and prints what comes back: echo-client [URI]
#include <libwsproto/wsproto.h>

#include <functional>
#include <iostream>
#include <memory>
#include <string>

template <typename T> using Object = std::unique_ptr<T, decltype (&g_object_unref)>;
using Message = std::unique_ptr<WspMessage, decltype (&wsp_message_unref)>;
using Done = std::function<void (GAsyncResult *)>;

// Lives as long as the calls that refer to it. A callback must not throw: C is below it.
struct Program
{
  GMainLoop *loop = g_main_loop_new (nullptr, FALSE);
  Object<WspConnection> connection {nullptr, g_object_unref};
  GError *error = nullptr;

  ~Program ()
  {
    g_clear_error (&error);
    g_main_loop_unref (loop);
  }
};

// A lambda as a callback: it is called once.
static gpointer
keep (Done done)
{
  return new Done (std::move (done));
}

static void
call (GObject *, GAsyncResult *result, gpointer data)
{
  std::unique_ptr<Done> done (static_cast<Done *> (data));

  (*done) (result);
}

static void
talk (Program &program)
{
  auto *connection = program.connection.get ();

  wsp_connection_queue_text (connection, "Hello", nullptr);
  wsp_connection_receive_async (connection, nullptr, call, keep ([&program, connection] (GAsyncResult *result) {
    Message message (wsp_connection_receive_finish (connection, result, &program.error), wsp_message_unref);

    if (!message && program.error == nullptr)
      program.error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The server closed the connection without an echo");
    if (message)
      {
        const char *text = wsp_message_get_text (message.get ());

        // With its size: a peer may send U+0000 within a text.
        std::cout << (text != nullptr ? std::string (text, wsp_message_get_size (message.get ())) : "a binary message") << std::endl;
      }
    wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, nullptr, nullptr, call, keep ([&program, connection] (GAsyncResult *closed) {
      wsp_connection_close_finish (connection, closed, program.error != nullptr ? nullptr : &program.error);
      g_main_loop_quit (program.loop);
    }));
  }));
}

int
main (int argc, char *argv[])
{
  const std::string uri = argc > 1 ? argv[1] : "ws://localhost:8080/chat";
  const char *const subprotocols[] = {"chat", nullptr};
  Object<WspClient> client (wsp_client_new (), g_object_unref);
  Program program;

  wsp_client_connect_async (client.get (), uri.c_str (), subprotocols, nullptr, nullptr, call, keep ([&] (GAsyncResult *result) {
    program.connection.reset (wsp_client_connect_finish (client.get (), result, &program.error));
    if (program.connection)
      talk (program);
    else
      g_main_loop_quit (program.loop);
  }));
  g_main_loop_run (program.loop);
  if (program.error == nullptr)
    return 0;
  std::cerr << program.error->message << std::endl;
  return 1;
}
