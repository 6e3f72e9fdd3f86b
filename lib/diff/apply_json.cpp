// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/ascii.hpp"
#include "base/excerpt.hpp"
#include "base/text.hpp"
#include "diff/apply.hpp"

namespace lhcr::diff {
namespace {

/// Values that the copies of one patch may make in all.
constexpr std::size_t most_copied = 1'000'000;

/// The tokens of a JSON Pointer (RFC 6901), unescaped.
using Pointer = std::vector<std::string>;

class JsonPatcher {
 public:
  JsonPatcher(Json& document, JsonDocument& patch, std::string_view patch_text,
              const std::string& name)
      : document_(document), patch_(patch), patch_text_(patch_text), name_(name) {}

  void run() {
    const Json& patch = patch_.root();
    operation_ = &patch;
    if (patch.kind != Json::Kind::array) fail("a JSON Patch is an array of operations");
    for (const Json& operation : patch.items) {
      operation_ = &operation;
      ++number_;
      if (operation.kind != Json::Kind::object) fail("an operation is an object");
      carry_out();
    }
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    const auto offset = static_cast<std::size_t>(operation_->raw.data() - patch_text_.data());
    const LineColumn place = LineCounter(patch_text_).at(offset);
    std::string text =
        name_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
    if (number_ > 0) {
      text += "operation " + std::to_string(number_);
      const Json* op = operation_->member("op");
      const Json* path = operation_->member("path");
      if (op != nullptr) text += " (" + std::string(op->text);
      if (op != nullptr && path != nullptr) text += " " + std::string(path->text);
      text += op != nullptr ? "): " : ": ";
    }
    throw Refused(text + why);
  }

  void carry_out() {
    const std::string_view op = text_member("op");
    const Pointer path = pointer(text_member("path"));
    if (op == "add") {
      add(path, value());
    } else if (op == "remove") {
      take(path);
    } else if (op == "replace") {
      check_depth(path, value());
      *find(path) = value();
    } else if (op == "move") {
      move(pointer(text_member("from")), path);
    } else if (op == "copy") {
      const Json& source = *find(pointer(text_member("from")));
      spend(source);
      add(path, source);
    } else if (op == "test") {
      if (!equal(*find(path), value())) {
        fail("the value there is " + excerpt(find(path)->raw, 60) + ", not " +
             excerpt(value().raw, 60));
      }
    } else {
      fail("the operation is not one of add, remove, replace, move, copy and test");
    }
  }

  /// Copies of copies grow without end from a few bytes of patch.
  void spend(const Json& copied) {
    copied_ += 1 + copied.raw.size() / 64;
    if (copied_ > most_copied) {
      fail("the copies of this patch hold more than " + std::to_string(most_copied) + " values");
    }
    for (const Json& item : copied.items) spend(item);
  }

  static std::size_t depth_of(const Json& value) {
    std::size_t deepest = 0;
    for (const Json& item : value.items) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  void check_depth(const Pointer& path, const Json& value) const {
    if (path.size() + depth_of(value) > deepest_json) {
      fail("the result is nested more than " + std::to_string(deepest_json) + " deep");
    }
  }

  [[nodiscard]] std::string_view text_member(std::string_view name) const {
    const Json* found = operation_->member(name);
    if (found == nullptr) fail("the member '" + std::string(name) + "' is missing");
    if (found->kind != Json::Kind::string) fail("'" + std::string(name) + "' must be a string");
    return found->text;
  }
  [[nodiscard]] const Json& value() const {
    const Json* found = operation_->member("value");
    if (found == nullptr) fail("the member 'value' is missing");
    return *found;
  }

  [[nodiscard]] Pointer pointer(std::string_view text) const {
    Pointer tokens;
    if (text.empty()) return tokens;
    if (text.front() != '/') fail("a path begins with '/'");
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '/') {
        tokens.emplace_back();
      } else if (text[at] != '~') {
        tokens.back() += text[at];
      } else {
        const char escaped = at + 1 < text.size() ? text[++at] : '\0';
        if (escaped != '0' && escaped != '1') fail("after '~' only 0 or 1 may follow in a path");
        tokens.back() += escaped == '0' ? '~' : '/';
      }
    }
    return tokens;
  }

  /// The place that a token means in an array of `size` items; RFC 6901 section 4.
  [[nodiscard]] std::size_t place(const std::string& token, std::size_t size,
                                  bool behind_too) const {
    if (token == "-" && behind_too) return size;
    const bool number = !token.empty() && token.size() < 10 &&
                        std::all_of(token.begin(), token.end(), is_digit) &&
                        (token.size() == 1 || token[0] != '0');
    if (!number) fail("'" + token + "' is not a place in an array");
    const std::size_t found = std::stoul(token);
    if (found >= size + (behind_too ? 1U : 0U)) {
      fail("the array has no place " + token + ", only " + std::to_string(size) + " item(s)");
    }
    return found;
  }

  Json* child(Json& parent, const std::string& token) const {
    if (parent.kind == Json::Kind::array) {
      return &parent.items[place(token, parent.items.size(), false)];
    }
    if (parent.kind != Json::Kind::object) fail("'" + token + "' is below a value");
    const auto found = std::find(parent.names.begin(), parent.names.end(), token);
    if (found == parent.names.end()) fail("there is no '" + token + "'");
    return &parent.items[static_cast<std::size_t>(found - parent.names.begin())];
  }

  [[nodiscard]] Json* find(const Pointer& path) const { return find(path, path.size()); }
  [[nodiscard]] Json* find(const Pointer& path, std::size_t steps) const {
    Json* at = &document_;
    for (std::size_t step = 0; step < steps; ++step) at = child(*at, path[step]);
    return at;
  }

  void add(const Pointer& path, Json value) {
    check_depth(path, value);
    if (path.empty()) {
      document_ = std::move(value);
      return;
    }
    Json& parent = *find(path, path.size() - 1);
    const std::string& token = path.back();
    if (parent.kind == Json::Kind::array) {
      const std::size_t at = place(token, parent.items.size(), true);
      parent.items.insert(parent.items.begin() + static_cast<std::ptrdiff_t>(at), std::move(value));
    } else if (parent.kind == Json::Kind::object) {
      set_member(parent, token, std::move(value));
    } else {
      fail("'" + token + "' cannot be added to a value");
    }
  }

  void set_member(Json& parent, const std::string& name, Json value) {
    const auto found = std::find(parent.names.begin(), parent.names.end(), name);
    if (found != parent.names.end()) {
      parent.items[static_cast<std::size_t>(found - parent.names.begin())] = std::move(value);
      return;
    }
    parent.names.push_back(patch_.keep(name));
    parent.items.push_back(std::move(value));
  }

  Json take(const Pointer& path) {
    if (path.empty()) fail("the whole record cannot be removed");
    Json* found = find(path);
    Json& parent = *find(path, path.size() - 1);
    const auto at = found - parent.items.data();
    Json taken = std::move(*found);
    parent.items.erase(parent.items.begin() + at);
    if (parent.kind == Json::Kind::object) parent.names.erase(parent.names.begin() + at);
    return taken;
  }

  void move(const Pointer& from, const Pointer& to) {
    static_cast<void>(find(from));
    if (from == to) return;
    if (to.size() > from.size() && std::equal(from.begin(), from.end(), to.begin())) {
      fail("a value cannot be moved into itself");
    }
    add(to, take(from));
  }

  Json& document_;
  JsonDocument& patch_;
  std::string_view patch_text_;
  const std::string& name_;
  const Json* operation_ = nullptr;
  std::size_t number_ = 0;
  std::size_t copied_ = 0;
};

}  // namespace

void apply_json_patch(Json& document, JsonDocument& patch, std::string_view patch_text,
                      const std::string& name) {
  JsonPatcher(document, patch, patch_text, name).run();
}

}  // namespace lhcr::diff
