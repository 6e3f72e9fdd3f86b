// SPDX-License-Identifier: Apache-2.0
// II, template ids and references.
#include <algorithm>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/oid.hpp"
#include "base/text.hpp"
#include "base/text_rules.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view uri_system = "urn:ietf:rfc:3986";
constexpr std::string_view uri_oid = "2.16.840.1.113883.4.873";
constexpr std::string_view template_system = "urn:hl7-org:v3:templateId";

// A root that is neither OID nor UUID, which CDA allows and FHIR takes for a relative URL; or an
// OID that nobody can hold.
constexpr std::string_view root_scheme = "urn:hl7-org:v3:root:";

std::string urn_of(std::string_view root) {
  if (const std::string uuid = in_small_letters(root); is_uuid(uuid)) {
    return "urn:uuid:" + uuid;
  }
  if (is_oid_namespace(root)) {
    return "urn:oid:" + std::string(root);
  }
  return root.find(':') == root.npos ? std::string(root_scheme) + std::string(root)
                                     : std::string(root);
}

}  // namespace

std::string root_url(std::string_view root) {
  return std::string(root_scheme) + std::string(root);
}

std::string system_of(const Map& map, std::string_view oid) {
  const std::string_view known = map.systems.uri(oid);
  return known.empty() ? urn_of(oid) : std::string(known);
}

std::string oid_of(const Map& map, std::string_view uri) {
  if (uri.starts_with("urn:oid:")) {
    return std::string(uri.substr(8));
  }
  if (uri.starts_with("urn:uuid:")) {
    return std::string(uri.substr(9));
  }
  if (uri.starts_with(root_scheme)) {
    return std::string(uri.substr(root_scheme.size()));
  }
  return std::string(map.systems.oid(uri));
}

bool ii_to_identifier(const Call& call) {
  Run& run = call.run;
  const std::string_view root = run.read(call.from, name::root);
  const std::string_view extension = run.read(call.from, name::extension);
  if (root.empty() && extension.empty()) {
    return false;
  }
  if (extension.empty()) {
    run.add(call.to, name::system, uri_system);
    run.add_copy(call.to, name::value, urn_of(root));
  } else if (root == uri_oid) {
    const std::size_t cut = extension.find_last_of(extension.starts_with("urn:") ? ":" : "/");
    run.add_copy(call.to, name::system, extension.substr(0, cut == extension.npos ? 0 : cut));
    run.add_copy(call.to, name::value, extension.substr(cut == extension.npos ? 0 : cut + 1));
  } else {
    run.add_copy(call.to, name::system, system_of(run.map(), root));
    run.add_copy(call.to, name::value, extension);
  }
  if (const std::string_view who = run.read(call.from, name::assigning_authority_name);
      !who.empty()) {
    const tree::NodeId assigner = run.fresh(name::assigner);
    run.add_copy(assigner, name::display, who);
    run.attach(call.to, assigner);
  }
  return true;
}

bool identifier_to_ii(const Call& call) {
  Run& run = call.run;
  const std::string_view system = run.read(call.from, name::system);
  const std::string_view value = run.read(call.from, name::value);
  if (value.empty()) {
    return false;
  }
  const std::string bare = system == uri_system ? oid_of(run.map(), value) : std::string();
  const std::string oid = oid_of(run.map(), system);
  if (!bare.empty()) {
    run.add_copy(call.to, name::root, bare, true);
  } else if (!oid.empty() && system != uri_system) {
    run.add_copy(call.to, name::root, oid, true);
    run.add_copy(call.to, name::extension, value, true);
  } else if (!system.empty()) {
    run.add(call.to, name::root, uri_oid, true);
    const std::string_view joint = system.starts_with("urn:") ? ":" : "/";
    run.add_copy(call.to, name::extension,
                 system == uri_system
                     ? std::string(value)
                     : std::string(system) + std::string(joint) + std::string(value),
                 true);
  } else {
    run.add(call.to, name::null_flavor, "UNK", true);
    run.add_copy(call.to, name::extension, value, true);
  }
  const tree::NodeId assigner = run.source().child(call.from, name::assigner);
  if (assigner != tree::no_node) {
    run.take(assigner);
    run.add_copy(call.to, name::assigning_authority_name, run.read(assigner, name::display), true);
  }
  return true;
}

// Ids of elements are text without white space: root, or root^extension.
constexpr char part_joint = '^';

bool ii_to_part_id(const Call& call) {
  Run& run = call.run;
  const std::string_view root = run.peek(call.from, name::root);
  const std::string_view extension = run.peek(call.from, name::extension);
  std::string id(root);
  if (!extension.empty()) {
    id += part_joint + std::string(extension);
  }
  if (root.empty() || root.find(part_joint) != root.npos ||
      std::any_of(id.begin(), id.end(), is_space) ||
      !run.peek(call.from, name::assigning_authority_name).empty() || !run.claim_part(id)) {
    return false;
  }
  run.take_all(call.from);
  run.set_copy(call.to, id);
  return true;
}

bool part_id_to_ii(const Call& call) {
  Run& run = call.run;
  const std::string_view id = run.source()[call.from].text();
  const std::size_t joint = std::min(id.find(part_joint), id.size());
  const std::string_view root = id.substr(0, joint);
  if (!is_uuid(in_small_letters(root)) && !is_oid(root)) {
    return false;
  }
  run.add_copy(call.to, name::root, root, true);
  run.add_copy(call.to, name::extension, id.substr(std::min(joint + 1, id.size())), true);
  return true;
}

bool ii_to_uri(const Call& call) {
  const std::string_view root = call.run.read(call.from, name::root);
  const std::string_view extension = call.run.read(call.from, name::extension);
  if (root.empty()) {
    return false;
  }
  call.run.set_copy(call.to,
                    urn_of(root) + (extension.empty() ? "" : "#" + std::string(extension)));
  return true;
}

bool uri_to_ii(const Call& call) {
  const std::string_view uri = call.run.source()[call.from].text();
  const std::size_t hash = std::min(uri.find('#'), uri.size());
  const std::string oid = oid_of(call.run.map(), uri.substr(0, hash));
  if (oid.empty()) {
    return false;
  }
  call.run.add_copy(call.to, name::root, oid, true);
  call.run.add_copy(call.to, name::extension, uri.substr(std::min(hash + 1, uri.size())), true);
  return true;
}

bool template_to_tag(const Call& call) {
  Run& run = call.run;
  const std::string_view root = run.read(call.from, name::root);
  if (root.empty()) {
    return false;
  }
  run.add(call.to, name::system, template_system);
  const std::string_view extension = run.read(call.from, name::extension);
  run.add_copy(call.to, name::code,
               std::string(root) + (extension.empty() ? "" : ":" + std::string(extension)));
  return true;
}

bool tag_to_template(const Call& call) {
  Run& run = call.run;
  if (run.peek(call.from, name::system) != template_system) {
    return false;
  }
  run.read(call.from, name::system);
  const std::string_view code = run.read(call.from, name::code);
  const std::size_t colon = std::min(code.find(':'), code.size());
  run.add_copy(call.to, name::root, code.substr(0, colon), true);
  run.add_copy(call.to, name::extension, code.substr(std::min(colon + 1, code.size())), true);
  return true;
}

bool to_patient(const Call& call) {
  if (!call.run.refer_to_patient(call.to)) {
    return false;
  }
  call.run.add(call.to, name::display, call.run.patient_name());
  return true;
}

}  // namespace lhcr::map
