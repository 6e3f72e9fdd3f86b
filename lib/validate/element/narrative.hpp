// SPDX-License-Identifier: Apache-2.0
/// Narrative XHTML: a pull scanner over the text of a `<div>` and questions about it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lhcr::validate {

/// Cuts XHTML text into tags and text. Views point into the text.
class XhtmlScanner {
 public:
  enum class Token : std::uint8_t { open, close, text, comment, doctype, end, fault };
  explicit XhtmlScanner(std::string_view text) : text_(text) {}
  Token next();
  /// Of an open or close tag; without the prefix when it was declared to mean XHTML.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& attributes()
      const noexcept {
    return attributes_;
  }
  [[nodiscard]] std::string_view attribute(std::string_view name) const noexcept;
  [[nodiscard]] bool empty_tag() const noexcept { return empty_tag_; }
  /// Whether the tag is in the namespace of XHTML by its prefix.
  [[nodiscard]] bool prefixed() const noexcept { return prefixed_; }
  [[nodiscard]] std::string_view text() const noexcept { return name_; }
  /// Why the last token was a fault.
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
  /// Open tags above the last token.
  [[nodiscard]] const std::vector<std::string_view>& open_tags() const noexcept { return open_; }

 private:
  Token fail(std::string why);
  Token tag();
  Token close_tag();
  Token markup();
  bool read_attribute();
  bool check_entities(std::string_view text);
  void skip_space();
  std::string_view read_name();
  void note_prefixes();
  void strip_prefix();

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view name_;
  bool empty_tag_ = false;
  bool prefixed_ = false;
  std::vector<std::string_view> prefixes_;  ///< declared to mean XHTML
  std::vector<std::pair<std::string_view, std::string_view>> attributes_;
  std::vector<std::string_view> open_;
  std::string fault_;
};

/// Calls `visit(element name, target)` for each href of an `a` and src of an `img`.
template <typename Visit>
void for_each_link(std::string_view xhtml, Visit visit) {
  XhtmlScanner scanner(xhtml);
  for (auto token = scanner.next();
       token != XhtmlScanner::Token::end && token != XhtmlScanner::Token::fault;
       token = scanner.next()) {
    if (token == XhtmlScanner::Token::open && scanner.name() == "a") {
      visit(scanner.name(), scanner.attribute("href"));
    } else if (token == XhtmlScanner::Token::open && scanner.name() == "img") {
      visit(scanner.name(), scanner.attribute("src"));
    }
  }
}

/// Calls `visit(anchor)` for each id of an element and each name of an `a`.
template <typename Visit>
void for_each_anchor(std::string_view xhtml, Visit visit) {
  XhtmlScanner scanner(xhtml);
  for (auto token = scanner.next();
       token != XhtmlScanner::Token::end && token != XhtmlScanner::Token::fault;
       token = scanner.next()) {
    for (const auto& [name, value] : scanner.attributes()) {
      if (token == XhtmlScanner::Token::open &&
          (name == "id" || (name == "name" && scanner.name() == "a"))) {
        visit(value);
      }
    }
  }
}

}  // namespace lhcr::validate
