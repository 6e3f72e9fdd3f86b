// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/safe.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/text.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::size_t longest_name = 64;

bool is_control(char byte) noexcept {
  const auto code = static_cast<unsigned char>(byte);
  return code < 0x20 || code == 0x7F;
}

/// Whether a path has a step up (RFC 3986 section 5.2.4), plain or percent-encoded.
bool steps_up(std::string_view path) {
  const bool plain = path.find_first_of("%\\") == std::string_view::npos;
  if (plain && path.find("..") == std::string_view::npos) return false;
  std::string steps = "/" + percent_decoded(path) + "/";
  std::replace(steps.begin(), steps.end(), '\\', '/');  // many a reader of URLs takes it for one
  return steps.find("/../") != std::string::npos;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown = 80;
  return "'" + printable(text.substr(0, shown)) + (text.size() > shown ? "…'" : "'");
}

}  // namespace

bool is_type_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_name && is_capital(text.front()) &&
         std::all_of(text.begin(), text.end(), is_letter);
}

bool is_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_name && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(),
                     [](char byte) { return is_alphanumeric(byte) || byte == '-' || byte == '.'; });
}

bool is_header_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(),
                      [](char byte) { return is_control(byte) && byte != '\t'; });
}

bool is_file_name(std::string_view text) noexcept {
  return !text.empty() && text != "." && text != ".." &&
         std::none_of(text.begin(), text.end(),
                      [](char byte) { return is_control(byte) || byte == '/' || byte == '\\'; });
}

std::string address_of(std::string_view type, std::string_view id) {
  if (!is_type_name(type) || !is_id(id)) return {};
  return std::string(type) + "/" + std::string(id);
}

bool is_below_base(std::string_view url) {
  const std::string_view path = url.substr(0, url.find_first_of("?#"));
  const std::string_view first = path.substr(0, path.find('/'));
  return is_header_value(url) && first.find(':') == std::string_view::npos && !steps_up(path);
}

std::string unsafe_part(const Work& work, const Entry& entry) {
  const tree::Tree& tree = work.record->tree;
  if (entry.resource != tree::no_node && !work.record->cda) {
    const std::string_view type = tree.resource_type(entry.resource);
    if (!is_type_name(type)) return in_quotes(type) + " is not a resource type";
  } else if (entry.method == "POST" && work.record->on_disk && !is_file_name(entry.url)) {
    return "the name of its file, " + in_quotes(entry.url) + ", has control characters";
  }
  if (entry.own_request && !is_below_base(entry.url)) {
    return "its request, " + in_quotes(entry.url) + ", is not an address relative to the endpoint";
  }
  if (!is_header_value(entry.if_none_exist)) return "its ifNoneExist has control characters";
  if (!is_header_value(entry.if_match)) return "its ifMatch has control characters";
  return {};
}

}  // namespace lhcr::deliver
