// SPDX-License-Identifier: Apache-2.0
/// HTTP on one libcurl multi handle: many requests at once over few connections that stay open.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lhcr::deliver {

struct Request {
  std::string method = "POST";
  std::string url;
  std::vector<std::string>
      headers;  ///< whole lines, "Name: value"; may hold secrets, never printed
  std::string body;
  std::shared_ptr<const void> lender;  ///< set: `lent`, which it keeps alive, is sent, not `body`
  std::string_view lent;
  bool repeatable =
      false;  ///< libcurl itself may send it again over a connection that turned out dead
  bool compress = false;  ///< send the body gzip-coded

  [[nodiscard]] std::string_view content() const noexcept {
    return lender != nullptr ? lent : std::string_view(body);
  }
};

/// What became of a request when no whole answer came.
enum class Failure : std::uint8_t {
  none,         ///< a whole answer
  not_sent,     ///< no byte of the request has left: name, connection, proxy
  malformed,    ///< not sent, and never will be: no URL, no header line
  trust,        ///< not sent: certificate, host name or client key not accepted
  interrupted,  ///< sent at least in part, then cut off
  timed_out,    ///< sent at least in part, no whole answer in time
};

struct Answer {
  Failure failure = Failure::none;
  std::string problem;  ///< libcurl's words when there is a failure
  long status = 0;
  std::string content_type;  ///< lower case, without parameters
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  /// The value of a header, `name` in lower case, or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct TransportOptions {
  std::size_t connections = 4;
  std::chrono::milliseconds connect_timeout{10000};
  std::chrono::milliseconds timeout{60000};  ///< for the whole exchange
  std::string ca_file;                       ///< PEM; empty: the system's
  std::string client_certificate;            ///< PEM file
  std::string client_key;                    ///< PEM file
  std::string client_key_password;
  std::string proxy;
  std::string user_agent = "lhcr";
  bool http2 = true;
  std::chrono::milliseconds patience{300000};  ///< a Retry-After beyond it is not waited for
  std::function<bool()> cancelled;  ///< asked while one request is waited for; may be empty
};

/// Requests on the way and their answers. Used by one thread.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  struct Done {
    std::uint64_t id;
    Answer answer;
  };
  /// Starts a request under a number of the caller's choice.
  virtual void start(std::uint64_t id, Request request) = 0;
  /// Waits until something is finished or `limit` is over, and hands out what is finished.
  virtual std::vector<Done> wait(std::chrono::milliseconds limit) = 0;
  /// Ends a wait(); the only function that another thread may call.
  virtual void wake() noexcept = 0;
};

/// Over the network.
class HttpTransport : public Transport {
 public:
  explicit HttpTransport(const TransportOptions& options);
  ~HttpTransport() override;
  void start(std::uint64_t id, Request request) override;
  std::vector<Done> wait(std::chrono::milliseconds limit) override;
  void wake() noexcept override;
  /// One request on its own, for tokens and checks. Must not be mixed with requests on the way of
  /// the same object.
  Answer perform(Request request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Loads what requests are made with, which the first of them would do otherwise: for callers that
/// have something else to do meanwhile. What goes wrong is said by the first request.
void load_transport() noexcept;

/// Scheme, host and port of a URL in one comparable form; empty when the URL cannot be read.
[[nodiscard]] std::string origin_of(const std::string& url);
/// `location` (absolute or relative) as seen from `base`; empty when it cannot be read.
[[nodiscard]] std::string resolve_url(const std::string& base, const std::string& location);
/// Whether the URL's host is this machine's loopback interface.
[[nodiscard]] bool is_loopback(const std::string& url);
/// Whether what is sent to the URL stays between the two ends: https, or http to this machine's
/// loopback interface. `proxy`: the one that was asked for, which would take http in clear; those
/// of the environment are not used for loopback.
[[nodiscard]] bool is_private_channel(const std::string& url, const std::string& proxy = {});
/// Whether the URL has a query or a fragment, behind which no path can be put.
[[nodiscard]] bool has_query(const std::string& url);
/// Percent-encodes what may not stand in a query value.
[[nodiscard]] std::string encode_query(std::string_view text);
/// RFC 1952 compression.
[[nodiscard]] std::string gzip(std::string_view bytes);

}  // namespace lhcr::deliver
