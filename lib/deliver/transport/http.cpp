// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/http.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include <poll.h>
#include <unistd.h>
#include <zlib.h>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/platform.hpp"
#include "base/text.hpp"
#include "deliver/transport/curl.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::size_t largest_answer = std::size_t{64} << 20U;

struct ListFree {
  void operator()(curl_slist* list) const noexcept { curl().slist_free_all(list); }
};
struct EasyFree {
  void operator()(CURL* handle) const noexcept { curl().easy_cleanup(handle); }
};
struct MultiFree {
  void operator()(CURLM* handle) const noexcept { curl().multi_cleanup(handle); }
};
struct UrlFree {
  void operator()(CURLU* handle) const noexcept { curl().url_cleanup(handle); }
};
using Url = std::unique_ptr<CURLU, UrlFree>;

/// One request on the way. Handles are kept and used again.
struct Exchange {
  std::unique_ptr<CURL, EasyFree> easy{curl().easy_init()};
  std::unique_ptr<curl_slist, ListFree> lines;
  std::vector<std::string> listed;  ///< what `lines` is made of
  bool listed_packed = false;       ///< so is a line about compression
  std::string url;                  ///< that `easy` has
  std::uint64_t id = 0;
  Request request;
  Answer answer;
  std::size_t read = 0;
  bool too_large = false;    ///< the answer
  bool unprocessed = false;  ///< the server said so of its stream (HTTP/2)
  long stream = 0;           ///< its number
  char words[CURL_ERROR_SIZE] = {};
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  auto& body = exchange.answer.body;
  exchange.too_large = body.size() + size * count > largest_answer;
  if (exchange.too_large) return 0;
  body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& answer = static_cast<Exchange*>(user)->answer;
  const std::string_view line(bytes, size * count);
  if (line.substr(0, 5) == "HTTP/") answer.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    answer.headers.emplace_back(in_small_letters(line.substr(0, colon)),
                                std::string(trim(line.substr(colon + 1))));
  }
  return size * count;
}

std::size_t give_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  const std::string_view body = exchange->request.content();
  const std::size_t part = std::min(size * count, body.size() - exchange->read);
  std::memcpy(bytes, body.data() + exchange->read, part);
  exchange->read += part;
  return part;
}

/// libcurl sends a request again by itself when a reused connection dies before the answer begins;
/// that would double a create. Without a function to rewind the body it cannot, and says
/// CURLE_SEND_FAIL_REWIND instead.
void set_body(Exchange& exchange) {
  CURL* easy = exchange.easy.get();
  const std::string_view body = exchange.request.content();
  curl().easy_setopt(easy, CURLOPT_POST, 1L);
  curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  if (exchange.request.repeatable || body.empty()) {
    curl().easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  } else {
    curl().easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
    curl().easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    curl().easy_setopt(easy, CURLOPT_READDATA, &exchange);
  }
}

void set_method(Exchange& exchange) {
  CURL* easy = exchange.easy.get();
  curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
  if (exchange.request.method == "GET") {
    curl().easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  set_body(exchange);
  if (exchange.request.method != "POST") {
    curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange.request.method.c_str());
  }
}

/// Most requests of a delivery have the lines of the one before.
void set_header_lines(Exchange& exchange) {
  const Request& request = exchange.request;
  const bool packed = exchange.listed_packed == request.compress;
  if (exchange.lines != nullptr && packed && exchange.listed == request.headers) return;
  curl_slist* list = curl().slist_append(nullptr, "Expect:");
  for (const std::string& line : request.headers) list = curl().slist_append(list, line.c_str());
  if (request.compress) list = curl().slist_append(list, "Content-Encoding: gzip");
  // libcurl looks at the list it has until it is given another.
  curl().easy_setopt(exchange.easy.get(), CURLOPT_HTTPHEADER, list);
  exchange.lines.reset(list);
  exchange.listed = request.headers;
  exchange.listed_packed = request.compress;
}

/// In TLS 1.3 the server judges the client's certificate after the handshake, and says no by an
/// alert in place of an answer; it has read nothing of the request then (RFC 8446 section 4.4.2.4).
bool certificate_refused(std::string_view words) {
  if (words.find("alert") == std::string_view::npos) return false;
  constexpr std::string_view reasons[] = {"certificate", "unknown ca", "access denied"};
  return std::any_of(std::begin(reasons), std::end(reasons), [words](std::string_view reason) {
    return words.find(reason) != std::string_view::npos;
  });
}

/// RFC 9113 section 8.7: a stream that is refused, or that a GOAWAY leaves out, has not been
/// processed. libcurl sends such a request again by itself where it can; where it cannot, for its
/// body cannot be read twice, only its running commentary tells why.
int note_refused_stream(CURL* /*easy*/, curl_infotype type, char* bytes, std::size_t size,
                        void* user) {
  if (type != CURLINFO_TEXT) return 0;
  Exchange& exchange = *static_cast<Exchange*>(user);
  const std::string_view text(bytes, size);
  const auto number_behind = [&](std::string_view words) {
    long number = -1;
    const std::size_t at = text.find(words);
    if (at == std::string_view::npos) return number;
    std::from_chars(text.data() + at + words.size(), text.data() + text.size(), number);
    return number;
  };
  const long stream = number_behind("Using Stream ID: ");
  if (stream > 0) exchange.stream = stream;
  const long last = number_behind("last_stream=");
  exchange.unprocessed = exchange.unprocessed ||
                         text.find("refused by server") != std::string_view::npos ||
                         text.find("REFUSED_STREAM") != std::string_view::npos ||
                         (last >= 0 && last < exchange.stream);
  return 0;
}

Failure classify(CURL* easy, CURLcode code, std::string_view words) {
  curl_off_t ready = 0;
  curl().easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
  switch (code) {
    case CURLE_OK:
      return Failure::none;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Failure::trust;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
      return certificate_refused(words) ? Failure::trust : Failure::not_sent;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      if (certificate_refused(words)) return Failure::trust;
      break;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      // libcurl says the same of an answer that is no HTTP.
      if (ready == 0) return Failure::malformed;
      break;
    default:
      break;
  }
  if (ready == 0) return Failure::not_sent;
  return code == CURLE_OPERATION_TIMEDOUT ? Failure::timed_out : Failure::interrupted;
}

void finish(Exchange& exchange, CURLcode code) {
  CURL* easy = exchange.easy.get();
  Answer& answer = exchange.answer;
  if (code != CURLE_OK) {
    answer.problem = exchange.words[0] != '\0' ? exchange.words : curl().easy_strerror(code);
    if (exchange.too_large)
      answer.problem = "The answer has more than " + std::to_string(largest_answer >> 20U) + " MiB";
  }
  answer.failure = classify(easy, code, answer.problem);
  const bool lost = answer.failure == Failure::interrupted || answer.failure == Failure::timed_out;
  if (lost && exchange.unprocessed && answer.headers.empty()) answer.failure = Failure::not_sent;
  curl().easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
  const std::string_view type = answer.header("content-type");
  answer.content_type = in_small_letters(trim(type.substr(0, type.find(';'))));
}

using Time = std::chrono::steady_clock::time_point;

/// Ends a poll() of another thread.
class Waker {
 public:
  void wake() const noexcept { static_cast<void>(!write(pipe_.in.get(), "", 1)); }
  void rest() const noexcept {
    char bytes[64];
    while (read(pipe_.out.get(), bytes, sizeof bytes) > 0) {
    }
  }
  [[nodiscard]] int descriptor() const noexcept { return pipe_.out.get(); }

 private:
  Pipe pipe_ = nonblocking_pipe();
};

std::string url_part(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl().url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl().free(text);
  return out;
}

}  // namespace

std::string_view Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

struct HttpTransport::State {
  TransportOptions options;
  Waker waker;
  std::vector<pollfd> watched;  ///< the waker first, then libcurl's sockets
  std::optional<Time> due;      ///< when libcurl wants to be called at the latest
  std::unique_ptr<CURLM, MultiFree> multi;
  std::vector<std::unique_ptr<Exchange>> idle;
  std::vector<std::unique_ptr<Exchange>> busy;
  std::vector<Done> refused;  ///< never started

  /// What the one request on its way asks for.
  [[nodiscard]] std::string address() const {
    return busy.empty() ? "an answer" : busy.front()->request.url;
  }
  std::unique_ptr<Exchange> take();
  void watch(curl_socket_t socket, int what);
  void act(curl_socket_t socket, int events) const;
  void act_when_due();
  void poll_sockets(std::chrono::milliseconds limit);
  std::vector<Done> collect();
  void set_options(CURL* easy);
  void set_tls(CURL* easy);
  void set_url(Exchange& exchange) const;
  void prepare(Exchange& exchange, Request request);
};

void HttpTransport::State::set_tls(CURL* easy) {
  curl().easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!options.ca_file.empty()) curl().easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.client_certificate.empty()) {
    curl().easy_setopt(easy, CURLOPT_SSLCERT, options.client_certificate.c_str());
  }
  if (!options.client_key.empty()) {
    curl().easy_setopt(easy, CURLOPT_SSLKEY, options.client_key.c_str());
  }
  if (!options.client_key_password.empty()) {
    curl().easy_setopt(easy, CURLOPT_KEYPASSWD, options.client_key_password.c_str());
  }
}

void HttpTransport::State::set_options(CURL* easy) {
  curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl().easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl().easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl().easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
  curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_timeout.count()));
  curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  if (!options.proxy.empty()) curl().easy_setopt(easy, CURLOPT_PROXY, options.proxy.c_str());
  set_tls(easy);
}

std::unique_ptr<Exchange> HttpTransport::State::take() {
  if (!idle.empty()) {
    std::unique_ptr<Exchange> exchange = std::move(idle.back());
    idle.pop_back();
    return exchange;
  }
  auto exchange = std::make_unique<Exchange>();
  if (exchange->easy == nullptr) throw Error(ErrorKind::internal, "libcurl gives no handle");
  CURL* easy = exchange->easy.get();
  set_options(easy);
  curl().easy_setopt(easy, CURLOPT_WRITEDATA, exchange.get());
  curl().easy_setopt(easy, CURLOPT_HEADERDATA, exchange.get());
  curl().easy_setopt(easy, CURLOPT_PRIVATE, exchange.get());
  curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->words);
  curl().easy_setopt(easy, CURLOPT_DEBUGFUNCTION, note_refused_stream);
  curl().easy_setopt(easy, CURLOPT_DEBUGDATA, exchange.get());
  return exchange;
}

void HttpTransport::State::set_url(Exchange& exchange) const {
  const std::string& url = exchange.request.url;
  if (url == exchange.url) return;
  CURL* easy = exchange.easy.get();
  curl().easy_setopt(easy, CURLOPT_URL, url.c_str());
  const bool may_be_refused = options.http2 && url.starts_with("https:");
  curl().easy_setopt(easy, CURLOPT_VERBOSE, may_be_refused ? 1L : 0L);
  // A proxy of the environment is for other machines.
  const char* all = options.proxy.empty() && is_loopback(url) ? "*" : nullptr;
  curl().easy_setopt(easy, CURLOPT_NOPROXY, all);
  exchange.url = url;
}

void HttpTransport::State::prepare(Exchange& exchange, Request request) {
  exchange.request = std::move(request);
  exchange.answer = {};
  exchange.read = 0;
  exchange.words[0] = '\0';
  exchange.too_large = exchange.unprocessed = false;
  exchange.stream = 0;
  set_url(exchange);
  if (exchange.request.compress) {
    exchange.request.body = gzip(exchange.request.content());
    exchange.request.lender.reset();
  }
  set_header_lines(exchange);
  set_method(exchange);
}

HttpTransport::HttpTransport(const TransportOptions& options) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.options = options;
  state.watched.push_back({state.waker.descriptor(), POLLIN, 0});
  state.multi.reset(curl().multi_init());
  if (state.multi == nullptr) throw Error(ErrorKind::internal, "libcurl gives no handle");
  CURLM* multi = state.multi.get();
  const auto connections = static_cast<long>(options.connections);
  curl().multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
  curl().multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  curl().multi_setopt(multi, CURLMOPT_SOCKETDATA, &state);
  curl().multi_setopt(
      multi, CURLMOPT_SOCKETFUNCTION,
      +[](CURL*, curl_socket_t socket, int what, void* user, void*) {
        static_cast<State*>(user)->watch(socket, what);
        return 0;
      });
  curl().multi_setopt(multi, CURLMOPT_TIMERDATA, &state);
  curl().multi_setopt(
      multi, CURLMOPT_TIMERFUNCTION, +[](CURLM*, long wait, void* user) {
        auto& due = static_cast<State*>(user)->due;
        due.reset();
        if (wait >= 0) due = Time::clock::now() + std::chrono::milliseconds(wait);
        return 0;
      });
}

HttpTransport::~HttpTransport() {
  for (auto& exchange : state_->busy) {
    curl().multi_remove_handle(state_->multi.get(), exchange->easy.get());
  }
}

namespace {

/// Last of all checks: what has a control character is sent nowhere (RFC 9110 section 5.5).
bool is_well_formed(const Request& request) {
  const auto clean = [](const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](char byte) {
      const auto code = static_cast<unsigned char>(byte);
      return (code < 0x20 && byte != '\t') || code == 0x7F;
    });
  };
  return clean(request.url) && request.url.find(' ') == std::string::npos &&
         std::all_of(request.headers.begin(), request.headers.end(), clean);
}

}  // namespace

void HttpTransport::start(std::uint64_t id, Request request) {
  if (!is_well_formed(request)) {
    Answer answer;
    answer.failure = Failure::malformed;
    answer.problem = "its address or a header has control characters or spaces";
    state_->refused.push_back({id, std::move(answer)});
    return;
  }
  std::unique_ptr<Exchange> exchange = state_->take();
  exchange->id = id;
  state_->prepare(*exchange, std::move(request));
  curl().multi_add_handle(state_->multi.get(), exchange->easy.get());
  state_->busy.push_back(std::move(exchange));
}

void HttpTransport::wake() noexcept {
  state_->waker.wake();
}

void HttpTransport::State::watch(curl_socket_t socket, int what) {
  const auto place = std::find_if(watched.begin(), watched.end(),
                                  [socket](const pollfd& each) { return each.fd == socket; });
  if (what == CURL_POLL_REMOVE) {
    if (place != watched.end()) watched.erase(place);
    return;
  }
  const int in = (what & CURL_POLL_IN) != 0 ? POLLIN : 0;
  const int out = (what & CURL_POLL_OUT) != 0 ? POLLOUT : 0;
  const auto events = static_cast<short>(in | out);
  if (place != watched.end()) {
    place->events = events;
  } else {
    watched.push_back({socket, events, 0});
  }
}

void HttpTransport::State::act(curl_socket_t socket, int events) const {
  int running = 0;
  curl().multi_socket_action(multi.get(), socket, events, &running);
}

void HttpTransport::State::act_when_due() {
  if (!due || *due > Time::clock::now()) return;
  due.reset();  // libcurl sets the next one meanwhile
  act(CURL_SOCKET_TIMEOUT, 0);
}

void HttpTransport::State::poll_sockets(std::chrono::milliseconds limit) {
  if (due) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - Time::clock::now());
    limit = std::clamp(left, std::chrono::milliseconds(0), limit);
  }
  if (poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
  if (watched.front().revents != 0) waker.rest();
  const std::vector<pollfd> ready(watched.begin() + 1, watched.end());  // acting changes the list
  for (const pollfd& each : ready) {
    int events = 0;
    if ((each.revents & (POLLIN | POLLHUP)) != 0) events |= CURL_CSELECT_IN;
    if ((each.revents & POLLOUT) != 0) events |= CURL_CSELECT_OUT;
    if ((each.revents & (POLLERR | POLLNVAL)) != 0) events |= CURL_CSELECT_ERR;
    if (events != 0) act(each.fd, events);
  }
}

std::vector<Transport::Done> HttpTransport::State::collect() {
  std::vector<Done> done;
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* user = nullptr;
    curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    auto* exchange = static_cast<Exchange*>(user);
    finish(*exchange, message->data.result);
    curl().multi_remove_handle(multi.get(), message->easy_handle);
    done.push_back({exchange->id, std::move(exchange->answer)});
    exchange->request = {};
    const auto place = std::find_if(busy.begin(), busy.end(),
                                    [&](const auto& each) { return each.get() == exchange; });
    idle.push_back(std::move(*place));
    busy.erase(place);
  }
  return done;
}

std::vector<Transport::Done> HttpTransport::wait(std::chrono::milliseconds limit) {
  if (!state_->refused.empty()) return std::exchange(state_->refused, {});
  state_->act_when_due();
  std::vector<Done> done = state_->collect();
  if (!done.empty()) return done;
  state_->poll_sockets(limit);
  state_->act_when_due();
  return state_->collect();
}

Answer HttpTransport::perform(Request request) {
  start(0, std::move(request));
  for (;;) {
    std::vector<Done> done = wait(std::chrono::milliseconds(200));
    if (!done.empty()) return std::move(done.front().answer);
    if (state_->options.cancelled && state_->options.cancelled()) {
      throw Error(ErrorKind::endpoint, "interrupted while waiting for " + state_->address());
    }
  }
}

void load_transport() noexcept {
  try {
    static_cast<void>(curl());
  } catch (const std::exception&) {
    return;  // the first request will throw the same
  }
}

std::string origin_of(const std::string& url) {
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  return in_small_letters(url_part(parsed.get(), CURLUPART_SCHEME, 0) + "://" +
                          url_part(parsed.get(), CURLUPART_HOST, 0) + ":" +
                          url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

std::string resolve_url(const std::string& base, const std::string& location) {
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return {};
  if (curl().url_set(parsed.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) return {};
  return url_part(parsed.get(), CURLUPART_URL, 0);
}

bool has_query(const std::string& url) {
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  return url.find_first_of("?#") != std::string::npos;
}

bool is_private_channel(const std::string& url, const std::string& proxy) {
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  if (in_small_letters(url_part(parsed.get(), CURLUPART_SCHEME, 0)) == "https") return true;
  return proxy.empty() && is_loopback(url);
}

bool is_loopback(const std::string& url) {
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  const std::string host = in_small_letters(url_part(parsed.get(), CURLUPART_HOST, 0));
  return host == "localhost" || host == "[::1]" ||
         (host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos);
}

std::string encode_query(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error(ErrorKind::internal, "zlib cannot start");
  }
  std::string input(bytes);
  std::string out(deflateBound(&stream, static_cast<uLong>(input.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw Error(ErrorKind::internal, "zlib cannot compress");
  return out;
}

}  // namespace lhcr::deliver
