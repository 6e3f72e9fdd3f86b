// SPDX-License-Identifier: Apache-2.0
/// Writes JSON so that what did not change keeps its bytes.
#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "diff/json.hpp"

namespace lhcr::diff {
namespace {

bool is_container(const Json& value) {
  return value.kind == Json::Kind::object || value.kind == Json::Kind::array;
}

/// Equality down to the text of numbers; members of objects may stand in another order.
bool identical(const Json& left, const Json& right) {
  if (left.kind != right.kind || left.text != right.text ||
      left.items.size() != right.items.size()) {
    return false;
  }
  if (left.kind != Json::Kind::object) {
    return std::equal(left.items.begin(), left.items.end(), right.items.begin(), identical);
  }
  for (std::size_t at = 0; at < left.names.size(); ++at) {
    const bool in_place = left.names[at] == right.names[at];
    const Json* other = in_place ? &right.items[at] : right.member(left.names[at]);
    if (other == nullptr || !identical(left.items[at], *other)) return false;
  }
  return true;
}

/// Indexes of the items in the order in which they are written: members that were there keep their
/// order, a new one follows what it follows in `value`.
std::vector<std::size_t> order_of(const Json& value, const Json* before) {
  std::vector<std::size_t> order;
  if (value.kind == Json::Kind::object && before != nullptr) {
    for (const std::string_view name : before->names) {
      const Json* kept = value.member(name);
      if (kept != nullptr) order.push_back(static_cast<std::size_t>(kept - value.items.data()));
    }
  }
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    if (std::find(order.begin(), order.end(), at) != order.end()) continue;
    const auto previous = at == 0 ? order.end() : std::find(order.begin(), order.end(), at - 1);
    order.insert(previous == order.end() ? (at == 0 ? order.begin() : order.end()) : previous + 1,
                 at);
  }
  return order;
}

/// The white space and punctuation of one container.
struct Layout {
  std::string open;
  std::string between;
  std::string close;
  std::string colon;
};

class Writer {
 public:
  Writer(std::string_view source, std::string& out) : source_(source), out_(out) {
    const std::size_t line = source.find('\n');
    pretty_ = line != std::string_view::npos && line + 1 < source.size();
    if (!pretty_) return;
    const std::size_t end = source.find_first_not_of(" \t\r\n", line);
    if (end != std::string_view::npos && end > line + 1) {
      unit_ = source.substr(line + 1, end - line - 1);
    }
  }

  void write(const Json& value, const Json* before, std::size_t depth) {
    if (before != nullptr && identical(value, *before)) {
      out_ += before->raw;
    } else if (!is_container(value)) {
      scalar(value);
    } else {
      container(value, before != nullptr && before->kind == value.kind ? before : nullptr, depth);
    }
  }

 private:
  void scalar(const Json& value) {
    if (value.kind == Json::Kind::string) {
      append_json_string(out_, value.text);
    } else {
      out_ += value.text;
    }
  }

  void container(const Json& value, const Json* before, std::size_t depth) {
    const bool object = value.kind == Json::Kind::object;
    out_ += object ? '{' : '[';
    if (!value.items.empty()) {
      const Layout layout = layout_of(before, depth);
      const std::vector<const Json*> partners = partners_of(value, before);
      bool first = true;
      for (const std::size_t at : order_of(value, object ? before : nullptr)) {
        out_ += first ? layout.open : layout.between;
        first = false;
        if (object) {
          append_json_string(out_, value.names[at]);
          out_ += layout.colon;
        }
        write(value.items[at], partners[at], depth + 1);
      }
      out_ += layout.close;
    }
    out_ += object ? '}' : ']';
  }

  [[nodiscard]] bool in_source(std::string_view text) const {
    return text.data() >= source_.data() && text.data() <= source_.data() + source_.size();
  }

  [[nodiscard]] Layout usual(std::size_t depth) const {
    if (!pretty_) return {"", ",", "", ":"};
    std::string inner = "\n";
    for (std::size_t level = 0; level <= depth; ++level) inner += unit_;
    return {inner, "," + inner, inner.substr(0, inner.size() - unit_.size()), ": "};
  }

  [[nodiscard]] std::string gap(const char* from, const char* to) const {
    return from <= to ? std::string(from, to) : std::string();
  }

  /// The layout that a container had, where it had items to see it by.
  [[nodiscard]] Layout layout_of(const Json* before, std::size_t depth) const {
    Layout layout = usual(depth);
    if (before == nullptr || before->items.empty() || !in_source(before->raw)) return layout;
    const bool object = before->kind == Json::Kind::object;
    const auto start = [&](std::size_t at) {
      return object ? before->names[at].data() - 1 : before->items[at].raw.data();
    };
    const bool names_known =
        !object || std::all_of(before->names.begin(), before->names.end(),
                               [this](std::string_view name) { return in_source(name); });
    if (!names_known) return layout;
    const auto end = [&](std::size_t at) {
      return before->items[at].raw.data() + before->items[at].raw.size();
    };
    layout.open = gap(before->raw.data() + 1, start(0));
    layout.close = gap(end(before->items.size() - 1), before->raw.data() + before->raw.size() - 1);
    layout.between = before->items.size() > 1 ? gap(end(0), start(1)) : "," + layout.open;
    if (object) {
      layout.colon =
          gap(before->names[0].data() + before->names[0].size() + 1, before->items[0].raw.data());
    }
    return layout;
  }

  /// What each item was before: by name, by where it came from, else by its place from both ends.
  [[nodiscard]] std::vector<const Json*> partners_of(const Json& value, const Json* before) const {
    std::vector<const Json*> found(value.items.size(), nullptr);
    if (before == nullptr) return found;
    if (value.kind == Json::Kind::object) {
      for (std::size_t at = 0; at < found.size(); ++at) {
        found[at] = before->member(value.names[at]);
      }
      return found;
    }
    const bool moved_here = std::any_of(value.items.begin(), value.items.end(),
                                        [this](const Json& item) { return in_source(item.raw); });
    moved_here ? by_origin(value, *before, found) : by_place(value, *before, found);
    return found;
  }

  static void by_origin(const Json& value, const Json& before, std::vector<const Json*>& found) {
    std::unordered_map<const char*, const Json*> origins;
    for (const Json& item : before.items) origins.emplace(item.raw.data(), &item);
    for (std::size_t at = 0; at < found.size(); ++at) {
      const auto origin = origins.find(value.items[at].raw.data());
      if (origin != origins.end()) found[at] = origin->second;
    }
  }

  static void by_place(const Json& value, const Json& before, std::vector<const Json*>& found) {
    const std::size_t most = std::min(value.items.size(), before.items.size());
    std::size_t front = 0;
    while (front < most && identical(value.items[front], before.items[front])) {
      found[front] = &before.items[front];
      ++front;
    }
    std::size_t back = 0;
    while (back < most - front && identical(value.items[value.items.size() - 1 - back],
                                            before.items[before.items.size() - 1 - back])) {
      ++back;
      found[value.items.size() - back] = &before.items[before.items.size() - back];
    }
    // What is between them pairs in order, skipping items that are gone.
    std::size_t next = front;
    for (std::size_t at = front; at + back < value.items.size(); ++at) {
      std::size_t look = next;
      while (look + back < before.items.size() && !identical(value.items[at], before.items[look])) {
        ++look;
      }
      if (look + back < before.items.size()) {
        found[at] = &before.items[look];
        next = look + 1;
      } else if (next + back < before.items.size()) {
        found[at] = &before.items[next];
      }
    }
  }

  std::string_view source_;
  std::string& out_;
  bool pretty_ = false;
  std::string unit_ = "  ";
};

}  // namespace

void write_plain(const Json& value, std::string& out) {
  if (!is_container(value)) {
    out += value.raw;
    return;
  }
  const bool object = value.kind == Json::Kind::object;
  out += object ? '{' : '[';
  for (std::size_t at = 0; at < value.items.size(); ++at) {
    if (at > 0) out += ',';
    if (object) {
      append_json_string(out, value.names[at]);
      out += ':';
    }
    write_plain(value.items[at], out);
  }
  out += object ? '}' : ']';
}

void write_like(const Json& value, const Json& before, std::string_view source, std::string& out) {
  const auto start = static_cast<std::size_t>(before.raw.data() - source.data());
  out += source.substr(0, start);
  Writer(source, out).write(value, &before, 0);
  out += source.substr(start + before.raw.size());
}

}  // namespace lhcr::diff
