// SPDX-License-Identifier: Apache-2.0
#include "diff/json_compare.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/excerpt.hpp"
#include "diff/describe.hpp"

namespace lhcr::diff {
namespace {

class JsonWalk {
 public:
  std::vector<JsonChange> changes;

  void values(const Json& left, const Json& right) {
    if (left.kind == Json::Kind::object && right.kind == Json::Kind::object) {
      objects(left, right);
    } else if (left.kind == Json::Kind::array && right.kind == Json::Kind::array) {
      arrays(left, right);
    } else if (!equal(left, right)) {
      tell(&left, &right);
    }
  }

 private:
  void tell(const Json* left, const Json* right) {
    changes.push_back({path_, left == nullptr ? "" : excerpt(left->raw, longest_text),
                       right == nullptr ? "" : excerpt(right->raw, longest_text)});
  }

  template <typename Work>
  void at(std::string_view token, const Work& work) {
    const std::size_t before = path_.size();
    path_ += '/';
    for (const char byte : token) {
      byte == '~' ? path_ += "~0" : byte == '/' ? path_ += "~1" : path_ += byte;
    }
    work();
    path_.resize(before);
  }

  void objects(const Json& left, const Json& right) {
    std::unordered_map<std::string_view, const Json*> others;
    for (std::size_t each = 0; each < right.names.size(); ++each) {
      others.emplace(right.names[each], &right.items[each]);
    }
    for (std::size_t each = 0; each < left.names.size(); ++each) {
      const auto other = others.find(left.names[each]);
      at(left.names[each], [&] {
        other == others.end() ? tell(&left.items[each], nullptr)
                              : values(left.items[each], *other->second);
      });
      if (other != others.end()) others.erase(other);
    }
    for (std::size_t each = 0; each < right.names.size(); ++each) {
      if (!others.contains(right.names[each])) continue;
      at(right.names[each], [&] { tell(nullptr, &right.items[each]); });
    }
  }

  void arrays(const Json& left, const Json& right) {
    const std::size_t most = std::min(left.items.size(), right.items.size());
    std::size_t front = 0;
    while (front < most && equal(left.items[front], right.items[front])) ++front;
    std::size_t back = 0;
    while (back < most - front && equal(left.items[left.items.size() - 1 - back],
                                        right.items[right.items.size() - 1 - back])) {
      ++back;
    }
    const std::size_t ends = std::max(left.items.size(), right.items.size()) - back;
    for (std::size_t each = front; each < ends; ++each) {
      const Json* one = each + back < left.items.size() ? &left.items[each] : nullptr;
      const Json* other = each + back < right.items.size() ? &right.items[each] : nullptr;
      at(std::to_string(each),
         [&] { one != nullptr&& other != nullptr ? values(*one, *other) : tell(one, other); });
    }
  }

  std::string path_;
};

}  // namespace

std::vector<JsonChange> compare_json(const Json& left, const Json& right) {
  JsonWalk walk;
  walk.values(left, right);
  return std::move(walk.changes);
}

}  // namespace lhcr::diff
