// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "privacy/keyed.hpp"
#include "privacy/policy.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::size_t shortest_key = 16;

bool uses(const Policy& policy, Method method) {
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [method](const Rule& rule) { return rule.method == method; });
}

std::string fetch(const KeySource& source, const ReadKey& read_key) {
  switch (source.kind) {
    case KeySource::Kind::none:
      return {};
    case KeySource::Kind::literal:
      return source.value;
    default:
      break;
  }
  std::string key = read_key(source);
  if (key.size() < shortest_key) {
    throw Error(ErrorKind::usage, "the privacy key from " + source.value + " is shorter than " +
                                      std::to_string(shortest_key) + " bytes");
  }
  return key;
}

class Gatherer {
 public:
  Gatherer(const Policy& policy, const std::string& master, const ReadKey& read_key)
      : policy_(policy), master_(master), read_key_(read_key) {}

  /// The key of its own, or one that differs by use so that no two uses can be joined.
  [[nodiscard]] std::string key(bool needed, const KeySource& source,
                                const std::string& use) const {
    if (!needed) return {};
    std::string own = fetch(source, read_key_);
    if (!own.empty()) return own;
    if (!master_.empty()) return hmac_hex(master_, "lhcr " + use);
    throw Error(ErrorKind::usage,
                policy_.name + ": the method " + use +
                    " needs a key: give --privacy-key FILE or set LHCR_PRIVACY_KEY to 16 bytes or "
                    "more that nobody can guess");
  }

 private:
  const Policy& policy_;
  const std::string& master_;
  const ReadKey& read_key_;
};

}  // namespace

Keys gather_keys(const Policy& policy, const std::string& master, const ReadKey& read_key) {
  const Parameters& given = policy.parameters;
  const Gatherer gatherer(policy, master, read_key);
  if (!master.empty() && master.size() < shortest_key) {
    throw Error(ErrorKind::usage,
                "the privacy key is shorter than " + std::to_string(shortest_key) + " bytes");
  }
  Keys keys;
  keys.hash = gatherer.key(uses(policy, Method::hash), given.hash_key, "hash");
  keys.encrypt = gatherer.key(uses(policy, Method::encrypt), given.encrypt_key, "encrypt");
  keys.date_shift = gatherer.key(uses(policy, Method::date_shift) && !given.fixed_shift,
                                 given.date_shift_key, "dateShift");
  keys.pseudonym = gatherer.key(uses(policy, Method::pseudonymise), given.hash_key, "pseudonymise");
  // Noise that can be drawn again by whoever lacks the key would be none: without one it is random.
  if (!master.empty()) keys.noise = hmac_hex(master, "lhcr perturb");
  return keys;
}

}  // namespace lhcr::privacy
