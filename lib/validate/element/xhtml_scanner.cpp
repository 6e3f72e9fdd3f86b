// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "format/xml/xml_namespaces.hpp"
#include "validate/element/narrative.hpp"

namespace lhcr::validate {
namespace {

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool name_char(char c) {
  return !space(c) && c != '>' && c != '/' && c != '=' && c != '<';
}

/// The five of XML, and numbers. XHTML narrative has no DTD that could define others.
bool entity_known(std::string_view entity) {
  constexpr std::array<std::string_view, 5> known = {"amp", "lt", "gt", "quot", "apos"};
  return (!entity.empty() && entity.front() == '#') ||
         std::find(known.begin(), known.end(), entity) != known.end();
}

}  // namespace

std::string_view XhtmlScanner::attribute(std::string_view name) const noexcept {
  for (const auto& [key, value] : attributes_) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

XhtmlScanner::Token XhtmlScanner::fail(std::string why) {
  fault_ = std::move(why);
  at_ = text_.size();
  return Token::fault;
}

void XhtmlScanner::skip_space() {
  while (at_ < text_.size() && space(text_[at_])) {
    ++at_;
  }
}

std::string_view XhtmlScanner::read_name() {
  const std::size_t from = at_;
  while (at_ < text_.size() && name_char(text_[at_])) {
    ++at_;
  }
  return text_.substr(from, at_ - from);
}

bool XhtmlScanner::check_entities(std::string_view text) {
  for (std::size_t from = text.find('&'); from != std::string_view::npos;
       from = text.find('&', from + 1)) {
    const std::size_t end = text.find(';', from);
    const std::string_view entity = end == std::string_view::npos
                                        ? text.substr(from + 1, 10)
                                        : text.substr(from + 1, end - from - 1);
    if (end == std::string_view::npos || !entity_known(entity)) {
      fail("invalid entity '&" + std::string(entity) + ";'");
      return false;
    }
  }
  return true;
}

bool XhtmlScanner::read_attribute() {
  const std::string_view key = read_name();
  skip_space();
  if (key.empty() || at_ >= text_.size() || text_[at_] != '=') {
    fail("attribute '" + std::string(key) + "' has no value");
    return false;
  }
  ++at_;
  skip_space();
  const char quote = at_ < text_.size() ? text_[at_] : '\0';
  const std::size_t end =
      quote == '"' || quote == '\'' ? text_.find(quote, at_ + 1) : std::string_view::npos;
  if (end == std::string_view::npos) {
    fail("the value of attribute '" + std::string(key) + "' is not quoted");
    return false;
  }
  attributes_.emplace_back(key, text_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return check_entities(attributes_.back().second);
}

void XhtmlScanner::note_prefixes() {
  for (const auto& [key, value] : attributes_) {
    if (key.starts_with("xmlns:") && value == format::xhtml_namespace) {
      prefixes_.push_back(key.substr(std::string_view("xmlns:").size()));
    }
  }
}

void XhtmlScanner::strip_prefix() {
  const std::size_t colon = name_.find(':');
  prefixed_ =
      colon != std::string_view::npos &&
      std::find(prefixes_.begin(), prefixes_.end(), name_.substr(0, colon)) != prefixes_.end();
  if (prefixed_) name_.remove_prefix(colon + 1);
}

XhtmlScanner::Token XhtmlScanner::tag() {
  ++at_;
  name_ = read_name();
  attributes_.clear();
  empty_tag_ = false;
  for (skip_space(); at_ < text_.size() && text_[at_] != '>'; skip_space()) {
    if (text_[at_] == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '>') {
      empty_tag_ = true;
      ++at_;
    } else if (!read_attribute()) {
      return Token::fault;
    }
  }
  if (at_ >= text_.size() || name_.empty()) {
    return fail("tag '" + std::string(name_) + "' does not end");
  }
  ++at_;
  note_prefixes();
  strip_prefix();
  if (!empty_tag_) {
    open_.push_back(name_);
  }
  return Token::open;
}

XhtmlScanner::Token XhtmlScanner::close_tag() {
  at_ += 2;
  name_ = read_name();
  strip_prefix();
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '>') {
    return fail("tag '/" + std::string(name_) + "' does not end");
  }
  ++at_;
  if (open_.empty() || open_.back() != name_) {
    return fail("'" + std::string(name_) + "' closes '" +
                std::string(open_.empty() ? "" : open_.back()) + "'");
  }
  open_.pop_back();
  return Token::close;
}

XhtmlScanner::Token XhtmlScanner::markup() {
  const bool comment = text_.substr(at_).starts_with("<!--");
  const std::string_view end = comment ? "-->" : ">";
  const std::size_t found = text_.find(end, at_);
  if (found == std::string_view::npos) {
    return fail("a comment or declaration does not end");
  }
  const bool doctype = text_.substr(at_).starts_with("<!DOCTYPE");
  at_ = found + end.size();
  return doctype ? Token::doctype : Token::comment;
}

XhtmlScanner::Token XhtmlScanner::next() {
  if (at_ >= text_.size()) {
    return open_.empty() || !fault_.empty()
               ? Token::end
               : fail("'" + std::string(open_.back()) + "' is not closed");
  }
  if (text_[at_] == '<') {
    const char second = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (second == '/') {
      return close_tag();
    }
    return second == '!' || second == '?' ? markup() : tag();
  }
  const std::size_t end = std::min(text_.find('<', at_), text_.size());
  name_ = text_.substr(at_, end - at_);
  at_ = end;
  return check_entities(name_) ? Token::text : Token::fault;
}

}  // namespace lhcr::validate
