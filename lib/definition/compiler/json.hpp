// SPDX-License-Identifier: Apache-2.0
/// Short ways to pick values out of a simdjson document; what is absent or of another kind counts
/// as empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace lhcr::definition::compiler::json {

using Value = simdjson::dom::element;
using Array = simdjson::dom::array;
using Object = simdjson::dom::object;

/// The member `key`; false when `value` is no object or has no such member.
inline bool member(Value value, std::string_view key, Value& found) {
  return value[key].get(found) == simdjson::SUCCESS;
}

inline std::string_view text(Value value, std::string_view key) {
  std::string_view found;
  Value at;
  if (!member(value, key, at) || at.get(found) != simdjson::SUCCESS) {
    return {};
  }
  return found;
}

inline std::string string(Value value, std::string_view key) {
  return std::string(text(value, key));
}

inline bool boolean(Value value, std::string_view key) {
  bool found = false;
  Value at;
  return member(value, key, at) && at.get(found) == simdjson::SUCCESS && found;
}

/// The elements of the array `key`, or none.
inline std::vector<Value> list(Value value, std::string_view key) {
  std::vector<Value> items;
  Value at;
  Array array;
  if (member(value, key, at) && at.get(array) == simdjson::SUCCESS) {
    for (const Value item : array) {
      items.push_back(item);
    }
  }
  return items;
}

/// The strings of the array `key`; a single string counts as an array of one.
inline std::vector<std::string> strings(Value value, std::string_view key) {
  std::vector<std::string> found;
  Value at;
  std::string_view single;
  if (member(value, key, at) && at.get(single) == simdjson::SUCCESS) {
    found.emplace_back(single);
  }
  for (const Value item : list(value, key)) {
    if (item.get(single) == simdjson::SUCCESS) {
      found.emplace_back(single);
    }
  }
  return found;
}

/// The text of a scalar: a string without quotes, anything else as JSON.
inline std::string scalar(Value value) {
  std::string_view found;
  if (value.get(found) == simdjson::SUCCESS) {
    return std::string(found);
  }
  return simdjson::minify(value);
}

/// The member whose key begins with `prefix` ("value", "fixed"): FHIR's value[x]. `suffix` gets the
/// rest of the key.
inline bool choice(Value value, std::string_view prefix, std::string_view& suffix, Value& found) {
  Object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return false;
  }
  for (const auto field : object) {
    const std::string_view key = field.key;
    if (key.size() > prefix.size() && key.substr(0, prefix.size()) == prefix &&
        key[prefix.size()] >= 'A' && key[prefix.size()] <= 'Z') {
      suffix = key.substr(prefix.size());
      found = field.value;
      return true;
    }
  }
  return false;
}

/// The value of the first extension whose url is or ends with "/`name`" ; false when there is none.
inline bool extension(Value value, std::string_view name, Value& found) {
  for (const Value item : list(value, "extension")) {
    const std::string_view url = text(item, "url");
    std::string_view type;
    if (url.ends_with(name) && url.size() > name.size() &&
        url[url.size() - name.size() - 1] == '/' && choice(item, "value", type, found)) {
      return true;
    }
  }
  return false;
}

}  // namespace lhcr::definition::compiler::json
