// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/settings.hpp"

#include <algorithm>
#include <filesystem>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "deliver/transport/crypto.hpp"
#include "deliver/transport/jwt.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::size_t longest_secret = 1U << 20U;

std::string without_line_break(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

/// Headers that let their sender in.
constexpr std::string_view secret_headers[] = {
    "authorization", "proxy-authorization", "cookie", "apikey", "x-api-key", "subscription-key"};

bool is_secret_header(std::string_view line) {
  const std::string name = in_small_letters(line.substr(0, line.find(':')));
  return std::any_of(std::begin(secret_headers), std::end(secret_headers),
                     [&](std::string_view secret) { return name.ends_with(secret); });
}

/// User and password of a URL become the credential of method basic, so that they stand in no
/// journal and no message.
void take_user(JobSettings& settings) {
  const std::size_t start = settings.base_url.find("://");
  if (start == std::string::npos) return;
  const std::size_t end = settings.base_url.find_first_of("/?#", start + 3);
  const std::string authority = settings.base_url.substr(start + 3, end - start - 3);
  const std::size_t at = authority.rfind('@');
  if (at == std::string::npos) return;
  settings.base_url.erase(start + 3, at + 1);
  if (settings.auth.method != "none") {
    throw Error(ErrorKind::usage, "The endpoint's URL has a user, and auth.method is " +
                                      settings.auth.method + ": give one of them");
  }
  const std::string_view user = std::string_view(authority).substr(0, at);
  const std::size_t colon = std::min(user.find(':'), user.size());
  settings.auth.method = "basic";
  settings.auth.user = percent_decoded(user.substr(0, colon));
  settings.auth.secret = percent_decoded(user.substr(std::min(colon + 1, user.size())));
}

void check_needs(const Region& region, const std::string& style) {
  const std::vector<RegionNeed> needs = region.needs(style);
  if (needs.empty()) return;
  std::string text = "The region " + region.name() + " needs to be told:";
  for (const RegionNeed& need : needs) text += "\n  " + need.key + "  " + need.text;
  throw Error(ErrorKind::usage,
              text + "\nPut them into a region file or give them with --set KEY=VALUE");
}

void check_style(const Region& region, const std::string& style) {
  const std::vector<std::string> allowed = region.list("style.allowed");
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), style) != allowed.end()) return;
  std::string text = "The region " + region.name() + " does not take the style " + style + ", only";
  for (const std::string& name : allowed) text += " " + name;
  throw Error(ErrorKind::usage, text);
}

std::string media_type(const Region& region) {
  const std::string format = region.text("endpoint.format");
  if (format != "json" && format != "xml") {
    throw Error(ErrorKind::usage, "endpoint.format is neither json nor xml: " + format);
  }
  return region.has("endpoint.media_type") ? region.text("endpoint.media_type")
                                           : "application/fhir+" + format;
}

/// One that each record gives stays as it is, see own_header().
std::string header_line(const Region& region, const std::string& name, const std::string& value) {
  if (record_path(value)) return name + ": " + value;
  constexpr std::string_view coded = "base64:";
  const bool codes = value.starts_with(coded);
  const std::string text = fill_values(region, codes ? value.substr(coded.size()) : value);
  std::string line = name + ": " + (codes ? base64(text) : text);
  if (line.find_first_of("\r\n") == std::string::npos) return line;
  throw Error(ErrorKind::usage, "The header " + name + " has a line break");
}

/// Keys that say where a style delivers to, apart from the endpoint.
struct TargetKey {
  std::string_view style;
  std::string_view key;
};
constexpr TargetKey target_keys[] = {
    {"mesh", "mesh.mailbox"}, {"mesh", "mesh.to"},    {"mesh", "mesh.workflow"},
    {"pix", "pix.patient"},   {"pix", "pix.linkage"}, {"drop", "drop.folder"},
    {"drop", "drop.format"},  {"drop", "drop.view"},
};

/// Keys that are whole addresses of their own.
constexpr TargetKey address_keys[] = {{"pix", "pix.patient"}, {"pix", "pix.linkage"}};

std::vector<std::string> other_urls(const Region& region, const std::string& style) {
  std::vector<std::string> urls;
  for (const TargetKey& row : address_keys) {
    if (row.style == style) urls.push_back(region.text(row.key));
  }
  return urls;
}

std::string target_name(const Region& region, const JobSettings& settings) {
  std::string name = settings.base_url;
  for (const TargetKey& row : target_keys) {
    if (row.style != settings.style) continue;
    std::vector<std::string> values = region.list(row.key);
    if (values.empty()) values = {region.text(row.key)};
    for (std::string& value : values) {
      const bool folder = row.key == "drop.folder" && !value.empty();
      if (folder) value = std::filesystem::absolute(value).lexically_normal();
      name.append("\n").append(fill_values(region, value));
    }
  }
  return name;
}

[[noreturn]] void value_missing(const Region& region, const std::string& name) {
  throw Error(ErrorKind::usage,
              "The region " + region.name() + " uses ${" + name + "}: set values." + name);
}

}  // namespace

std::string fetch_secret(const Region& region, const std::string& key, const SecretAccess& access) {
  if (region.has(key + ".file")) {
    return without_line_break(read_file(region.text(key + ".file"), longest_secret));
  }
  if (region.has(key + ".env")) {
    const std::string name = region.text(key + ".env");
    const std::optional<std::string> value = access.environment(name);
    if (!value) throw Error(ErrorKind::usage, key + ": the environment has no " + name);
    return *value;
  }
  if (region.has(key + ".command")) {
    return without_line_break(access.run(region.text(key + ".command")));
  }
  return region.text(key);
}

std::string fill_values(const Region& region, std::string text) {
  std::size_t at = 0;
  while ((at = text.find("${", at)) != std::string::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos) break;
    const std::string name = text.substr(at + 2, end - at - 2);
    if (name == "uuid" || name == "item") {
      at = end;
      continue;
    }
    const std::string key = "values." + name;
    if (region.values().find(key) == region.values().end()) {
      value_missing(region, name);
    }
    const std::string value = region.text(key);
    text.replace(at, end - at + 1, value);
    at += value.size();
  }
  return text;
}

TransportOptions transport_options(const Region& region, const SecretAccess& access) {
  TransportOptions options;
  options.connections =
      static_cast<std::size_t>(std::max(1.0, region.number("endpoint.connections")));
  options.timeout = Millis(static_cast<std::int64_t>(region.number("endpoint.timeout") * 1000));
  options.ca_file = region.text("endpoint.ca");
  options.client_certificate = region.text("endpoint.certificate");
  options.client_key = region.text("endpoint.key");
  options.client_key_password = fetch_secret(region, "endpoint.key_password", access);
  options.proxy = region.text("endpoint.proxy");
  options.http2 = region.flag("endpoint.http2");
  return options;
}

AuthSettings auth_settings(const Region& region, const SecretAccess& access) {
  AuthSettings auth;
  auth.method = region.text("auth.method");
  auth.header = region.text("auth.header");
  auth.user = region.text("auth.user");
  auth.secret = fetch_secret(region, "auth.secret", access);
  auth.client_id = region.text("auth.client_id");
  auth.secret_by = region.text("auth.secret_by");
  auth.token_url = fill_values(region, region.text("auth.token_url"));
  auth.scope = region.text("auth.scope");
  auth.audience = fill_values(region, region.text("auth.audience"));
  const std::string key_file = region.text("auth.key");
  if (!key_file.empty()) auth.key = read_file(key_file, longest_secret);
  auth.key_password = fetch_secret(region, "auth.key_password", access);
  auth.key_id = region.text("auth.key_id");
  auth.algorithm = region.text("auth.algorithm");
  auth.lifetime = std::chrono::seconds(static_cast<std::int64_t>(region.number("auth.lifetime")));
  for (const auto& [name, value] : region.table("auth.claims")) {
    if (!record_path(value)) auth.claims[name] = fill_values(region, value);
  }
  auth.mailbox = region.text("mesh.mailbox");
  auth.shared_key = fetch_secret(region, "auth.shared_key", access);
  return auth;
}

JobSettings job_settings(const Region& region, const std::string& style,
                         const SecretAccess& access) {
  JobSettings settings;
  if (style.empty() && !region.has("style.name")) check_needs(region, "");
  settings.style = style.empty() ? region.text("style.name") : style;
  const bool uses_http = find_style(settings.style).uses_http;
  check_style(region, settings.style);
  check_needs(region, settings.style);
  if (uses_http || region.has("endpoint.url")) {
    settings.base_url = without_slash(fill_values(region, region.text("endpoint.url")));
  }
  if (uses_http && settings.base_url.empty()) {
    throw Error(ErrorKind::usage,
                "There is no endpoint: give --url, or endpoint.url in the region");
  }
  const StyleRow& row = find_style(settings.style);
  settings.whole_files = row.whole_files != nullptr && row.whole_files(region);
  settings.media_type = media_type(region);
  settings.format =
      region.text("endpoint.format") == "xml" ? format::Format::xml : format::Format::json;
  settings.transport = transport_options(region, access);
  if (uses_http) settings.auth = auth_settings(region, access);
  if (uses_http) take_user(settings);
  settings.other_urls = other_urls(region, settings.style);
  settings.target = target_name(region, settings);
  for (const auto& [name, value] : region.table("headers")) {
    settings.headers.push_back(header_line(region, name, value));
    const std::string& line = settings.headers.back();
    if (!is_secret_header(line)) continue;
    settings.secret_headers = true;
    const std::string secret = line.substr(line.find(':') + 2);
    settings.secrets.push_back(secret);
    settings.secrets.push_back(secret.substr(secret.rfind(' ') + 1));
  }
  settings.rate = region.number("endpoint.rate");
  settings.gzip = region.text("endpoint.gzip");
  settings.follow_redirects = region.text("endpoint.redirects") == "same-origin";
  return settings;
}

namespace {

void check_address(const std::string& url, const JobSettings& settings) {
  const auto refuse = [&](const std::string& words) {
    throw Error(ErrorKind::usage, words + ": " + url);
  };
  if (origin_of(url).empty()) refuse("The endpoint is not a URL");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    refuse("The endpoint is neither http nor https");
  }
  if (has_query(url)) {
    refuse("A base URL has neither query nor fragment (R4, RESTful API: http{s}://server{/path})");
  }
  const std::size_t authority = url.find("://") + 3;
  if (url.substr(authority, url.find('/', authority) - authority).find('@') != std::string::npos) {
    refuse("The user belongs to the base URL, or to auth.user");
  }
  const bool header = settings.secret_headers;
  if (!header && settings.auth.method == "none") return;
  if (is_private_channel(url, settings.transport.proxy)) return;
  throw Error(ErrorKind::usage, (header ? "A header with a credential" : "A credential") +
                                    (" is not sent in clear: " + url) +
                                    " is not https (only this machine may be)");
}

}  // namespace

void check_endpoint(const JobSettings& settings) {
  if (!find_style(settings.style).uses_http) return;
  check_address(settings.base_url, settings);
  for (const std::string& url : settings.other_urls) check_address(url, settings);
}

std::string public_jwks(const Region& region, const SecretAccess& access) {
  const AuthSettings auth = auth_settings(region, access);
  if (auth.key.empty()) {
    throw Error(ErrorKind::usage,
                "The region " + region.name() + " has no signing key: set auth.key");
  }
  return SigningKey(auth.key, auth.key_password, auth.algorithm, auth.key_id).public_jwks();
}

}  // namespace lhcr::deliver
