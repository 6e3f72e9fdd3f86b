// SPDX-License-Identifier: Apache-2.0
#include "cmd/registry/registry.hpp"

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "base/sha1.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "definition/package_store.hpp"

namespace lhcr::cmd {
namespace {

using nlohmann::json;

/// For one answer: packages have megabytes.
constexpr std::chrono::minutes patience{10};
constexpr long found = 200;
constexpr long not_found = 404;

std::string text_of(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

const json& member(const json& object, const char* name) {
  static const json none;
  const auto at = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && at != object.end() ? *at : none;
}

/// The version that `asked` means among those of a registry; empty when there is none.
std::string chosen(const json& package, const std::string& asked) {
  const json& versions = member(package, "versions");
  const std::string latest = text_of(member(package, "dist-tags"), "latest");
  const bool any = asked.empty() || asked == "latest" || asked == "*";
  if (any && !latest.empty() && versions.contains(latest)) return latest;
  std::string newest;
  for (const auto& [version, about] : versions.items()) {
    if (!definition::version_fits(asked, version)) continue;
    if (newest.empty() || definition::compare_versions(version, newest) > 0) newest = version;
  }
  return newest;
}

std::string known_versions(const json& package) {
  constexpr std::size_t most = 12;
  std::vector<std::string> versions;
  for (const auto& [version, about] : member(package, "versions").items()) {
    versions.push_back(version);
  }
  std::sort(versions.begin(), versions.end(), [](const auto& left, const auto& right) {
    return definition::compare_versions(left, right) > 0;
  });
  std::string text;
  for (std::size_t at = 0; at < versions.size() && at < most; ++at) {
    text += (text.empty() ? "" : ", ") + versions[at];
  }
  return printable(text) + (versions.size() > most ? ", …" : "");
}

}  // namespace

Registry::Registry(const std::string& url) : url_(url) {
  while (url_.ends_with('/')) url_.pop_back();
  if (deliver::origin_of(url_).empty() || deliver::has_query(url_) ||
      !deliver::is_private_channel(url_)) {
    throw Error(
        ErrorKind::usage,
        "--registry: '" + url +
            "' is neither the https address of a registry (http only to this machine) nor a "
            "folder");
  }
  if (url_.substr(0, url_.find('/', url_.find("://") + 3)).find('@') != std::string::npos) {
    throw Error(ErrorKind::usage, "--registry: a password does not belong in the URL");
  }
}

std::string Registry::get(const std::string& url, const std::string& name) {
  if (!transport_) {
    deliver::TransportOptions options;
    options.connections = 1;
    options.timeout = patience;
    transport_ = std::make_unique<deliver::HttpTransport>(options);
  }
  deliver::Request request;
  request.method = "GET";
  request.url = url;
  request.repeatable = true;
  deliver::Answer answer = transport_->perform(std::move(request));
  if (answer.failure != deliver::Failure::none) {
    throw Error(ErrorKind::endpoint, "the registry " + url_ + " failed: " + answer.problem);
  }
  if (answer.status == not_found) {
    throw NotThere(name + ": the registry " + url_ + " has no such package");
  }
  if (answer.status != found) {
    throw Error(ErrorKind::endpoint, "the registry " + url_ + " responded with status " +
                                         std::to_string(answer.status) + " for " + name);
  }
  return std::move(answer.body);
}

Release Registry::release(const std::string& name, const std::string& asked) {
  const json package = json::parse(get(url_ + "/" + name, name), nullptr, false);
  if (!member(package, "versions").is_object()) {
    throw Error(ErrorKind::endpoint,
                "the registry " + url_ + " does not list versions of " + name + " as npm's does");
  }
  const std::string version = chosen(package, asked);
  if (version.empty()) {
    throw NotThere(name + "#" + asked + ": the registry " + url_ + " has only " +
                   known_versions(package));
  }
  if (!definition::is_plain_name(version)) {
    throw Error(ErrorKind::input, name + ": the registry " + url_ + " lists '" +
                                      printable(version) + "', which is not a version");
  }
  const json& dist = member(member(member(package, "versions"), version.c_str()), "dist");
  Release made{version, deliver::resolve_url(url_ + "/", text_of(dist, "tarball")),
               in_small_letters(text_of(dist, "shasum"))};
  const std::string label = name + "#" + version;
  if (text_of(dist, "tarball").empty() ||
      deliver::origin_of(made.tarball) != deliver::origin_of(url_)) {
    throw Error(ErrorKind::input, label + ": the registry " + url_ +
                                      " says that it is at another host, which is refused: '" +
                                      printable(made.tarball) + "'");
  }
  if (made.sha1.empty()) {
    throw Error(ErrorKind::input, label + ": the registry " + url_ + " gives no shasum of it");
  }
  return made;
}

std::string Registry::tarball(const std::string& name, const Release& release) {
  const std::string label = name + "#" + release.version;
  std::string bytes = get(release.tarball, label);
  if (const std::string sum = hex(sha1(bytes)); sum != release.sha1) {
    throw Error(ErrorKind::input, label + ": what the registry " + url_ + " sent has the SHA-1 " +
                                      sum + ", not " + printable(release.sha1) + " as it says");
  }
  return bytes;
}

}  // namespace lhcr::cmd
