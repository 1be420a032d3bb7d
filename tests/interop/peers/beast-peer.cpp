// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Boost.Beast as a peer; README.md in the folder above has the command line and the events.

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/version.hpp>

#include <nettle/sha2.h>

#include <cstdio>
#include <iostream>
#include <mutex>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

namespace
{

constexpr std::size_t max_message = 64 << 20;
constexpr std::size_t max_hex = 64;

struct Options
{
  bool is_server = false, is_quiet = false, is_deflate = false;
  std::string deflate, cert, key, ca, protocol, uri;
  std::vector<std::string> steps;
};

Options options;
std::mutex output;

void
tell (const std::string &event)
{
  std::lock_guard<std::mutex> lock (output);

  std::cout << event << std::endl;
}

std::string
hex_of (const unsigned char *bytes, std::size_t n)
{
  static const char digits[] = "0123456789abcdef";
  std::string text;

  for (std::size_t i = 0; i < n; i++)
    {
      text += digits[bytes[i] >> 4];
      text += digits[bytes[i] & 15];
    }
  return text;
}

std::string
quoted (const std::string &text)
{
  return "\"" + text + "\"";
}

std::vector<std::string>
parts_of (const std::string &text, char separator)
{
  std::vector<std::string> parts;
  std::istringstream stream (text);
  std::string part;

  while (std::getline (stream, part, separator))
    {
      const auto first = part.find_first_not_of (' ');

      if (first != std::string::npos)
        parts.push_back (part.substr (first));
    }
  return parts;
}

websocket::permessage_deflate
deflate_settings ()
{
  websocket::permessage_deflate settings;

  settings.client_enable = settings.server_enable = options.is_deflate;
  for (const std::string &part : parts_of (options.deflate, ';'))
    {
      const auto words = parts_of (part, '=');

      if (words[0] == "server_no_context_takeover")
        settings.server_no_context_takeover = true;
      else if (words[0] == "client_no_context_takeover")
        settings.client_no_context_takeover = true;
      else if (words[0] == "server_max_window_bits" && words.size () > 1)
        settings.server_max_window_bits = std::stoi (words[1]);
      else if (words[0] == "client_max_window_bits" && words.size () > 1)
        settings.client_max_window_bits = std::stoi (words[1]);
    }
  return settings;
}

// Text in which earlier words are repeated at growing distances; peer.py explains why.
std::string
noise_of (std::size_t n)
{
  std::minstd_rand source (n + 1);
  std::string text;

  while (text.size () < n)
    for (std::size_t length = 384; length <= 24576; length *= 2)
      {
        std::string part (length, 0);

        for (char &byte : part)
          byte = "0123456789abcdef"[source () >> 8 & 15];
        text += part + part;
      }
  return text.substr (0, n);
}

std::string
payload_of (const std::string &kind, std::size_t n)
{
  if (kind == "noise")
    return noise_of (n);

  std::string bytes (n, 0);

  for (std::size_t i = 0; i < n; i++)
    if (kind == "binary")
      bytes[i] = static_cast<char> (i * 7 % 251);
    else
      bytes[i] = i == n - 1 && n % 2 == 1 ? 'x' : i % 2 == 0 ? '\xc3' : '\xa9';
  return bytes;
}

void
tell_message (const std::string &event, bool is_text, const std::string &bytes, const std::string &more)
{
  unsigned char digest[SHA256_DIGEST_SIZE];
  sha256_ctx sha256;
  const auto *at = reinterpret_cast<const unsigned char *> (bytes.data ());

  if (options.is_quiet)
    return;
  sha256_init (&sha256);
  sha256_update (&sha256, bytes.size (), at);
  sha256_digest (&sha256, sizeof digest, digest);
  tell ("{\"event\": " + quoted (event) + ", \"type\": " + quoted (is_text ? "text" : "binary")
        + ", \"length\": " + std::to_string (bytes.size ()) + ", \"sha256\": "
        + quoted (hex_of (digest, sizeof digest)) + ", \"hex\": "
        + quoted (hex_of (at, bytes.size () <= max_hex ? bytes.size () : 0)) + more + "}");
}

// One conversation, over a socket or over TLS.
template <class Stream>
class Conversation
{
public:
  explicit Conversation (websocket::stream<Stream> &stream) : stream_ (stream)
  {
    stream_.control_callback ([this] (websocket::frame_type kind, beast::string_view payload) {
      on_control (kind, payload);
    });
  }

  void
  run ()
  {
    beast::error_code error;

    for (const std::string &step : options.steps)
      if (!error)
        take_step (step, error);
    while (!error)
      {
        const std::string bytes = read (error);

        if (error)
          break;
        tell_message ("message", stream_.got_text (), bytes, "");
        stream_.text (stream_.got_text ());
        stream_.write (asio::buffer (bytes), error);
      }
    tell ("{\"event\": \"close\", \"code\": " + std::to_string (code ()) + ", \"reason\": "
          + quoted (std::string (stream_.reason ().reason.c_str ())) + "}");
  }

private:
  // Beast has its own number for a Close without a code.
  unsigned
  code () const
  {
    const auto code = stream_.reason ().code;

    return code == websocket::close_code::none ? static_cast<unsigned> (websocket::close_code::no_status) : code;
  }

  void
  on_control (websocket::frame_type kind, beast::string_view payload)
  {
    const auto hex = hex_of (reinterpret_cast<const unsigned char *> (payload.data ()), payload.size ());

    if (kind == websocket::frame_type::pong)
      {
        has_pong_ = true;
        tell ("{\"event\": \"pong\", \"is_equal\": true, \"hex\": " + quoted (hex) + "}");
      }
    else if (kind == websocket::frame_type::ping && !options.is_quiet)
      tell ("{\"event\": \"ping\", \"hex\": " + quoted (hex) + "}");
  }

  std::string
  read (beast::error_code &error)
  {
    beast::flat_buffer buffer;

    stream_.read (buffer, error);
    return beast::buffers_to_string (buffer.data ());
  }

  void
  exchange (const std::vector<std::string> &words, beast::error_code &error)
  {
    const std::string bytes = payload_of (words[0], std::stoul (words[1]));
    const std::size_t n_fragments = words.size () > 2 ? std::stoul (words[2]) : 1;
    const std::size_t size = n_fragments > 1 ? (bytes.size () + n_fragments - 1) / n_fragments : bytes.size ();

    stream_.auto_fragment (false);
    stream_.text (words[0] != "binary");
    for (std::size_t i = 0; i < n_fragments; i++)
      stream_.write_some (i == n_fragments - 1,
                          asio::buffer (bytes.substr (std::min (i * size, bytes.size ()), size)), error);
    const std::string came = read (error);
    if (!error)
      tell_message ("echo", stream_.got_text (), came,
                    std::string (", \"is_equal\": ") + (came == bytes ? "true" : "false"));
  }

  // Beast answers and reports control frames only while it reads: a partial read is enough.
  void
  ping (const std::string &word, beast::error_code &error)
  {
    beast::flat_buffer buffer;

    has_pong_ = false;
    stream_.ping (websocket::ping_data (word.c_str ()), error);
    stream_.text (true);
    stream_.write (asio::buffer (std::string ("behind the ping")), error);
    stream_.read (buffer, error);
    if (!has_pong_)
      tell ("{\"event\": \"error\", \"text\": \"no pong\"}");
  }

  void
  take_step (const std::string &step, beast::error_code &error)
  {
    const auto words = parts_of (step, ':');

    if (words[0] == "ping")
      ping (words[1], error);
    else if (words[0] != "close")
      exchange (words, error);
    else
      {
        websocket::close_reason reason;

        if (words.size () > 1)
          reason.code = static_cast<websocket::close_code> (std::stoi (words[1]));
        if (words.size () > 2)
          reason.reason.assign (words[2].data (), words[2].size ());
        stream_.close (reason, error);
        error = websocket::error::closed;
      }
  }

  websocket::stream<Stream> &stream_;
  bool has_pong_ = false;
};

void
tell_open (const std::string &protocol, const std::string &extensions, const std::string &token)
{
  const auto or_null = [] (const std::string &text) { return text.empty () ? "null" : quoted (text); };

  tell ("{\"event\": \"open\", \"protocol\": " + or_null (protocol) + ", \"extensions\": "
        + or_null (extensions) + ", \"header\": " + or_null (token) + "}");
}

template <class Stream>
void
prepare (websocket::stream<Stream> &stream)
{
  stream.read_message_max (max_message);
  stream.set_option (deflate_settings ());
}

template <class Stream>
void
serve_one (websocket::stream<Stream> &stream)
{
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  std::string protocol, extensions;

  http::read (stream.next_layer (), buffer, request);
  if (request.target () == "/refused")
    {
      http::response<http::string_body> answer (http::status::forbidden, request.version (), "not today\n");

      answer.keep_alive (false);
      answer.prepare_payload ();
      http::write (stream.next_layer (), answer);
      return;
    }
  for (const std::string &word : parts_of (std::string (request["Sec-WebSocket-Protocol"]), ','))
    if (word == "chat")
      protocol = word;
  prepare (stream);
  stream.set_option (websocket::stream_base::decorator ([&] (websocket::response_type &answer) {
    if (!protocol.empty ())
      answer.set (http::field::sec_websocket_protocol, protocol);
    extensions = std::string (answer["Sec-WebSocket-Extensions"]);
  }));
  stream.accept (request);
  tell_open (protocol, extensions, std::string (request["X-Token"]));
  Conversation<Stream> (stream).run ();
}

void
serve_socket (tcp::socket socket, ssl::context &tls)
{
  try
    {
      socket.set_option (tcp::no_delay (true));
      if (options.cert.empty ())
        {
          websocket::stream<tcp::socket> stream (std::move (socket));

          serve_one (stream);
          return;
        }
      websocket::stream<beast::ssl_stream<tcp::socket>> stream (std::move (socket), tls);

      stream.next_layer ().handshake (ssl::stream_base::server);
      serve_one (stream);
    }
  catch (const std::exception &error)
    {
      tell ("{\"event\": \"error\", \"text\": " + quoted (error.what ()) + "}");
    }
}

void
serve (asio::io_context &context, ssl::context &tls)
{
  tcp::acceptor acceptor (context, { asio::ip::make_address ("127.0.0.1"), 0 });

  if (!options.cert.empty ())
    {
      tls.use_certificate_chain_file (options.cert);
      tls.use_private_key_file (options.key, ssl::context::pem);
    }
  tell ("{\"event\": \"listening\", \"port\": " + std::to_string (acceptor.local_endpoint ().port ()) + "}");
  for (;;)
    std::thread (serve_socket, acceptor.accept (), std::ref (tls)).detach ();
}

template <class Stream>
void
converse_as_client (websocket::stream<Stream> &stream, const std::string &host, const std::string &path)
{
  websocket::response_type answer;

  prepare (stream);
  stream.set_option (websocket::stream_base::decorator ([] (websocket::request_type &request) {
    if (!options.protocol.empty ())
      request.set (http::field::sec_websocket_protocol, options.protocol);
  }));
  stream.handshake (answer, host, path);
  tell_open (std::string (answer["Sec-WebSocket-Protocol"]), std::string (answer["Sec-WebSocket-Extensions"]), "");
  Conversation<Stream> (stream).run ();
}

// ws://HOST:PORT/PATH
void
connect (asio::io_context &context, ssl::context &tls)
{
  const bool is_tls = options.uri.compare (0, 6, "wss://") == 0;
  const std::string rest = options.uri.substr (options.uri.find ("//") + 2);
  const auto slash = rest.find ('/');
  const std::string authority = rest.substr (0, slash), path = rest.substr (slash);
  const std::string host = authority.substr (0, authority.find (':'));
  tcp::resolver resolver (context);
  const auto found = resolver.resolve (host, authority.substr (authority.find (':') + 1));

  if (!is_tls)
    {
      websocket::stream<tcp::socket> stream (context);

      asio::connect (stream.next_layer (), found);
      converse_as_client (stream, authority, path);
      return;
    }
  tls.load_verify_file (options.ca);
  tls.set_verify_mode (ssl::verify_peer);
  websocket::stream<beast::ssl_stream<tcp::socket>> stream (context, tls);

  stream.next_layer ().set_verify_callback (ssl::host_name_verification (host));
  asio::connect (beast::get_lowest_layer (stream), found);
  stream.next_layer ().handshake (ssl::stream_base::client);
  converse_as_client (stream, authority, path);
}

void
options_parse (int argc, char **argv)
{
  options.is_server = argc > 1 && std::string (argv[1]) == "server";
  for (int i = 2; i < argc; i++)
    {
      const std::string word = argv[i];
      const auto equals = word.find ('=');
      const std::string name = word.substr (0, equals);
      const std::string value = equals == std::string::npos ? "" : word.substr (equals + 1);

      if (name == "--quiet")
        options.is_quiet = true;
      else if (name == "--deflate")
        {
          options.is_deflate = true;
          options.deflate = value;
        }
      else if (name == "--cert")
        options.cert = value;
      else if (name == "--key")
        options.key = value;
      else if (name == "--ca")
        options.ca = value;
      else if (name == "--protocol")
        options.protocol = value;
      else if (!options.is_server && options.uri.empty ())
        options.uri = word;
      else
        options.steps.push_back (word);
    }
}

}

int
main (int argc, char **argv)
{
  asio::io_context context;
  ssl::context tls (ssl::context::tls);

  options_parse (argc, argv);
  tell ("{\"event\": \"version\", \"name\": \"Boost.Beast\", \"version\": \"" BOOST_LIB_VERSION "\"}");
  try
    {
      if (options.is_server)
        serve (context, tls);
      else
        connect (context, tls);
    }
  catch (const std::exception &error)
    {
      tell ("{\"event\": \"error\", \"text\": " + quoted (error.what ()) + "}");
      return 1;
    }
  return 0;
}
