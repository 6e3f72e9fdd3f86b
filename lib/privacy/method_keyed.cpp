// SPDX-License-Identifier: Apache-2.0
/// cryptoHash, encrypt and pseudonymise: what a key turns values into.
#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "privacy/keyed.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::string_view urn_uuid = "urn:uuid:";
constexpr std::string_view uri_system = "urn:ietf:rfc:3986";

/// The first 128 bits of a hash as a UUID of version 8 (RFC 9562, 5.8).
std::string uuid_of(std::string hex) {
  hex.resize(32);
  hex[12] = '8';
  hex[16] = '8';
  for (const std::size_t at : {std::size_t{8}, std::size_t{13}, std::size_t{18}, std::size_t{23}}) {
    hex.insert(at, 1, '-');
  }
  return hex;
}

/// "https://host/fhir/Patient/" without the host, which may be a practice, and without the path,
/// which may hold a number: equal servers stay equal (RFC 2606: nothing is at a host of .invalid).
std::string other_base(const Work& work, std::string_view before) {
  const std::size_t type = before.rfind('/', before.size() - 2) + 1;
  const std::string server = hmac_hex(work.keys.hash, before.substr(0, type)).substr(0, 16);
  return "https://" + server + ".invalid/" + std::string(before.substr(type));
}

std::string hash_parts(const Work& work, const ReferenceParts& parts) {
  std::string hashed = hmac_hex(work.keys.hash, parts.id);
  const Parameters& given = work.policy.parameters;
  if (given.well_formed && parts.before.starts_with("urn:")) {
    return std::string(urn_uuid) + uuid_of(std::move(hashed)) + std::string(parts.after);
  }
  const bool absolute = parts.before.find("://") != std::string_view::npos;
  std::string before =
      given.replace_bases && absolute ? other_base(work, parts.before) : std::string(parts.before);
  return before + hashed + (given.replace_bases ? std::string() : std::string(parts.after));
}

/// Works on the id in a reference, so that it still leads to the resource.
std::string hash_reference(const Work& work, std::string_view text) {
  // A request's url may be a type alone.
  if (work.definitions.type(text) != definition::no_type) return std::string(text);
  const ReferenceParts parts = split_reference(text, work.definitions);
  if (!parts.id.empty()) return hash_parts(work, parts);
  std::string hashed = hmac_hex(work.keys.hash, text);
  // What was absolute stays so: a fullUrl has to be.
  const bool as_uuid = work.policy.parameters.replace_bases && is_absolute_url(text);
  return as_uuid ? std::string(urn_uuid) + uuid_of(std::move(hashed)) : hashed;
}

bool is_reference(const Work& work, tree::NodeId node) {
  const Symbol element = work.tree[node].element;
  return element == name::reference || element == name::full_url || element == name::url;
}

/// Whether an Identifier says that its value is a URI.
bool is_uri_value(const Work& work, tree::NodeId node) {
  if (work.tree[node].element != name::value) return false;
  const tree::NodeId system = work.tree.child(work.tree[node].parent, name::system);
  return system != tree::no_node && work.text(system) == uri_system;
}

std::string hash_value(const Work& work, tree::NodeId node) {
  const std::string_view text = work.text(node);
  if (is_reference(work, node)) return hash_reference(work, text);
  std::string hashed = hmac_hex(work.keys.hash, text);
  const bool as_uri = work.policy.parameters.well_formed && is_uri_value(work, node);
  return as_uri ? std::string(urn_uuid) + uuid_of(std::move(hashed)) : hashed;
}

/// A number that no patient has: the 999 range is for tests. One key gives one number; there are
/// about 900,000, so that two of many patients may get the same.
std::string test_number(std::uint64_t seed) {
  for (std::uint64_t number = seed;; ++number) {
    std::string digits = std::to_string(number % 1'000'000);
    digits.insert(0, 6 - digits.size(), '0');
    digits.insert(0, "999");
    for (const char check : std::string_view("0123456789")) {
      if (has_modulus11_check_digit(digits + check)) return digits + check;
    }
  }
}

std::string pseudonym(const Work& work, std::string_view number) {
  std::string digits;
  for (const char letter : number) {
    if (letter != ' ' && letter != '-') digits += letter;
  }
  const std::string& key = work.keys.pseudonym;
  return work.policy.parameters.test_range ? test_number(hmac_number(key, digits))
                                           : hmac_hex(key, digits).substr(0, 32);
}

}  // namespace

std::string modifier_url(const Work& work, std::string_view url) {
  if (work.definitions.structure(url) != definition::no_structure) return std::string(url);
  // Without a key a guess could be tried.
  const std::string hashed =
      work.keys.hash.empty() ? std::string(64, '0') : hmac_hex(work.keys.hash, url);
  return std::string(urn_uuid) + uuid_of(hashed);
}

Effect hash(Work& work, const CompiledRule&, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  work.set_string(node, hash_value(work, node));
  return Effect::hashed;
}

Effect encrypt_value(Work& work, const CompiledRule&, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  work.set_string(node, encrypt(work.keys.encrypt, work.text(node)));
  return Effect::encrypted;
}

Effect pseudonymise(Work& work, const CompiledRule&, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  work.set_string(node, pseudonym(work, work.text(node)));
  return Effect::hashed;
}

}  // namespace lhcr::privacy
