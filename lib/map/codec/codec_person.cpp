// SPDX-License-Identifier: Apache-2.0
// AD, PN, TEL.
#include <array>

#include "base/names.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view address_use = "urn:hl7-org:v3:AD.use";
constexpr std::string_view name_use = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-use";
constexpr std::string_view contact_use = "urn:hl7-org:v3:TEL.use";
// A value that names no scheme.
constexpr std::string_view contact_value = "urn:hl7-org:v3:TEL.value";
constexpr std::string_view name_qualifier_url =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier";
constexpr std::string_view other_name_qualifier_url = "urn:hl7-org:v3:EN.qualifier";

void add_extension(Run& run, tree::NodeId to, std::string_view url, std::string_view code) {
  const tree::NodeId extension = run.fresh(name::extension);
  run.add(extension, name::url, url);
  // A code has no white space; CDA may list several.
  const Symbol value = code.find(' ') == code.npos ? name::value_code : name::value_string;
  run.add_copy(extension, value, code);
  run.attach(to, extension);
}

std::string_view extension_code(Run& run, tree::NodeId from, std::string_view url) {
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == name::extension && run.peek(child, name::url) == url) {
      run.take_all(child);
      const std::string_view code = run.peek(child, name::value_code);
      return code.empty() ? run.peek(child, name::value_string) : code;
    }
  }
  return {};
}

const Concepts* use_codes(const Run& run, std::string_view table) {
  const auto found = run.map().concepts.find(std::string(table));
  return found == run.map().concepts.end() ? nullptr : found->second.get();
}

/// `use`: the mapped code, and the written one beside it where the way back would give another.
void use_forward(const Call& call, std::string_view table, std::string_view url,
                 std::string_view use) {
  Run& run = call.run;
  const Concepts* codes = use_codes(run, table);
  if (use.empty() || codes == nullptr) {
    return;
  }
  const Concepts::Target* target = codes->find(true, {}, use.substr(0, use.find(' ')));
  const Concepts::Target* back = target != nullptr ? codes->find(false, {}, target->code) : nullptr;
  // The home of an organization is none.
  const bool fits = target != nullptr && (call.row.argument.empty() || target->code != "home");
  if (fits) {
    run.add(call.to, name::use, target->code);
  }
  if (!fits || back == nullptr || back->code != use) {
    add_extension(run, call.to, url, use);
  }
}

void use_backward(const Call& call, std::string_view table, std::string_view url) {
  Run& run = call.run;
  const std::string_view use = run.peek(call.from, name::use);
  if (const std::string_view written = extension_code(run, call.from, url); !written.empty()) {
    run.read(call.from, name::use);
    run.add_copy(call.to, name::use, written, true);
    return;
  }
  const Concepts* codes = use_codes(run, table);
  const Concepts::Target* target =
      codes != nullptr && !use.empty() ? codes->find(false, {}, use) : nullptr;
  if (target != nullptr) {
    run.read(call.from, name::use);
    run.add(call.to, name::use, target->code, true);
  }
}

// A maiden name is the name at birth, which CDA says of its family names.
constexpr std::string_view maiden = "maiden";
constexpr std::string_view at_birth = "BR";

bool is_maiden(const Call& call) {
  Run& run = call.run;
  if (!run.forward()) {
    return run.peek(call.from, name::use) == maiden;
  }
  const tree::NodeId family = run.source().child(call.from, name::family);
  return run.peek(call.from, name::use).empty() && family != tree::no_node &&
         run.peek(family, name::qualifier) == at_birth;
}

/// The use `maiden` for the qualifier of the family name, or the other way.
void maiden_name(const Call& call) {
  Run& run = call.run;
  if (!is_maiden(call)) {
    return;
  }
  if (run.forward()) {
    run.add(call.to, name::use, maiden);
    return;
  }
  run.read(call.from, name::use);
  const tree::NodeId family = run.child(call.to, name::family);
  if (family != tree::no_node && run.child(family, name::qualifier) == tree::no_node) {
    run.add(family, name::qualifier, at_birth, true);
  }
}

void period_forward(const Call& call, Symbol child) {
  Run& run = call.run;
  const tree::NodeId node = run.source().child(call.from, child);
  if (node == tree::no_node) {
    return;
  }
  const tree::NodeId made = run.fresh(name::period);
  if (ivl_to_period({run, call.row, node, made})) {
    run.take(node);
    run.attach(call.to, made);
  }
}

void period_backward(const Call& call, Symbol child) {
  Run& run = call.run;
  const tree::NodeId node = run.source().child(call.from, name::period);
  if (node == tree::no_node) {
    return;
  }
  const tree::NodeId made = run.fresh(child);
  if (period_to_ivl({run, call.row, node, made})) {
    run.take(node);
    run.attach(call.to, made);
  }
}

void qualifier(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  if (run.forward()) {
    const std::string_view kind = run.read(from, name::qualifier);
    const Concepts* known = use_codes(run, "name-qualifier");
    if (!kind.empty() && !(kind == at_birth && is_maiden(call))) {
      const bool official = known != nullptr && known->find(true, {}, kind) != nullptr;
      add_extension(run, to, official ? name_qualifier_url : other_name_qualifier_url, kind);
    }
    return;
  }
  for (const std::string_view url : {name_qualifier_url, other_name_qualifier_url}) {
    const std::string_view kind = extension_code(run, from, url);
    const Concepts* known = use_codes(run, "name-qualifier");
    const Concepts::Target* target =
        kind.empty() || known == nullptr ? nullptr : known->find(false, {}, kind);
    if (target == nullptr || target->code != "-") {
      run.add_copy(to, name::qualifier, kind, true);
    }
  }
}

/// Adds a part to one that FHIR has once, and CDA may have several of.
void join(Run& run, tree::NodeId there, std::string_view text, std::string_view joint) {
  const std::string before(run.target()[there].text());
  if (before != text) {
    run.set_copy(there, before + std::string(joint) + std::string(text));
  }
}

/// Moves every child `from` of the source to children `to` of the target; true when there was one.
/// `joint`: what stands between several of a part that FHIR has once.
bool parts(const Call& call, Symbol from, Symbol to, std::string_view joint = {}) {
  Run& run = call.run;
  bool any = false;
  for (const tree::NodeId child : run.source().children(call.from)) {
    if (run.source()[child].name != from || run.source()[child].is(tree::Flag::attribute)) {
      continue;
    }
    const std::string text =
        run.forward() ? run.plain_text(child) : std::string(run.source()[child].text());
    if (text.empty()) {
      continue;
    }
    run.take(child);
    any = true;
    const tree::NodeId there =
        run.forward() && !joint.empty() ? run.child(call.to, to) : tree::no_node;
    if (there != tree::no_node) {
      join(run, there, text, joint);
    } else {
      qualifier(call, child, run.add_copy(call.to, to, text));
    }
  }
  return any;
}

struct Scheme {
  std::string_view prefix;
  std::string_view system;
};
constexpr std::array<Scheme, 8> schemes{{{"tel:", "phone"},
                                         {"fax:", "fax"},
                                         {"mailto:", "email"},
                                         {"http://", "url"},
                                         {"https://", "url"},
                                         {"sms:", "sms"},
                                         {"x-text-fax:", "fax"},
                                         {"ftp://", "url"}}};

bool ends_in_slashes(std::string_view prefix) {
  return prefix.ends_with("//");
}

// CDA says by the use that a telephone is a pager, FHIR by the system.
constexpr std::string_view pager = "pager";
constexpr std::string_view pager_use = "PG";

/// `use` without the pager, which comes last in it.
std::string_view without_pager(std::string_view use) {
  return use == pager_use ? std::string_view{} : use.substr(0, use.size() - pager_use.size() - 1);
}

bool is_pager(std::string_view use) {
  return use == pager_use || (use.size() > 3 && use.ends_with(" PG"));
}

/// The use of a ContactPoint as TEL has it.
void contact_use_backward(const Call& call, std::string_view system) {
  Run& run = call.run;
  use_backward(call, "telecom-use", contact_use);
  if (system != pager) {
    return;
  }
  const tree::NodeId use = run.child(call.to, name::use);
  if (use == tree::no_node) {
    run.add(call.to, name::use, pager_use, true);
  } else {
    run.set_copy(use, std::string(run.target()[use].text()) + " " + std::string(pager_use));
  }
}

}  // namespace

bool ad_to_address(const Call& call) {
  Run& run = call.run;
  use_forward(call, "address-use", address_use, run.read(call.from, name::use));
  bool any = parts(call, name::street_address_line, name::line);
  for (const std::string_view other : {"additionalLocator", "unitID", "houseNumber", "streetName",
                                       "deliveryAddressLine", "careOf", "postBox"}) {
    any = parts(call, run.source().find(other), name::line) || any;
  }
  any = parts(call, name::city, name::city, ", ") || any;
  any = parts(call, name::county, name::district, ", ") || any;
  any = parts(call, name::state, name::state, ", ") || any;
  any = parts(call, name::postal_code, name::postal_code, ", ") || any;
  any = parts(call, name::country, name::country, ", ") || any;
  if (!any) {
    const std::string text = run.plain_text(call.from);
    any = !text.empty();
    run.add_copy(call.to, name::text, text);
    for (const tree::NodeId child : run.source().children(call.from)) {
      if (any && run.source()[child].kind == tree::Kind::text) {
        run.take(child);
      }
    }
  }
  period_forward(call, name::useable_period);
  return any;
}

bool address_to_ad(const Call& call) {
  Run& run = call.run;
  use_backward(call, "address-use", address_use);
  bool any = parts(call, name::line, name::street_address_line);
  any = parts(call, name::city, name::city) || any;
  any = parts(call, name::district, name::county) || any;
  any = parts(call, name::state, name::state) || any;
  any = parts(call, name::postal_code, name::postal_code) || any;
  any = parts(call, name::country, name::country) || any;
  const std::string_view text = run.read(call.from, name::text);
  if (!any && !text.empty()) {
    run.set_copy(call.to, text);
    any = true;
  }
  period_backward(call, name::useable_period);
  return any;
}

bool pn_to_name(const Call& call) {
  Run& run = call.run;
  use_forward(call, "name-use", name_use, run.read(call.from, name::use));
  bool any = parts(call, name::family, name::family, " ");
  any = parts(call, name::given, name::given) || any;
  any = parts(call, name::prefix, name::prefix) || any;
  any = parts(call, name::suffix, name::suffix) || any;
  if (!any) {
    const std::string text = run.plain_text(call.from);
    any = !text.empty();
    run.add_copy(call.to, name::text, text);
    if (any) {
      run.take(call.from);
    }
  }
  maiden_name(call);
  period_forward(call, name::valid_time);
  return any;
}

bool name_to_pn(const Call& call) {
  Run& run = call.run;
  use_backward(call, "name-use", name_use);
  bool any = parts(call, name::prefix, name::prefix);
  any = parts(call, name::given, name::given) || any;
  any = parts(call, name::family, name::family) || any;
  any = parts(call, name::suffix, name::suffix) || any;
  const std::string_view text = run.read(call.from, name::text);
  if (!any && !text.empty()) {
    run.set_copy(call.to, text);
    any = true;
  }
  maiden_name(call);
  period_backward(call, name::valid_time);
  return any;
}

bool pn_to_string(const Call& call) {
  const std::string text = call.run.plain_text(call.from);
  if (text.empty()) {
    return false;
  }
  call.run.take_all(call.from);
  call.run.set_copy(call.to, text);
  return true;
}

bool tel_to_contact(const Call& call) {
  Run& run = call.run;
  std::string_view value = run.read(call.from, name::value);
  if (value.empty()) {
    return false;
  }
  std::string_view system = value.find('@') != std::string_view::npos ? "email" : "phone";
  const std::string_view written = value;
  bool scheme_given = false;
  for (const Scheme& scheme : schemes) {
    if (value.starts_with(scheme.prefix)) {
      system = scheme.system;
      scheme_given = true;
      value.remove_prefix(ends_in_slashes(scheme.prefix) ? 0 : scheme.prefix.size());
      break;
    }
  }
  if (value.empty()) {
    return false;
  }
  const std::string_view use = run.read(call.from, name::use);
  const bool pages = is_pager(use) && system == "phone";
  run.add(call.to, name::system, pages ? pager : system);
  run.add_copy(call.to, name::value, value);
  if (!scheme_given) {
    add_extension(run, call.to, contact_value, written);
  }
  use_forward(call, "telecom-use", contact_use, pages ? without_pager(use) : use);
  period_forward(call, name::useable_period);
  return true;
}

bool contact_to_tel(const Call& call) {
  Run& run = call.run;
  const std::string_view value = run.read(call.from, name::value);
  const std::string_view system = run.read(call.from, name::system);
  if (value.empty()) {
    return false;
  }
  std::string text(value);
  const bool bare = !extension_code(run, call.from, contact_value).empty();
  for (const Scheme& scheme : schemes) {
    const bool fits = scheme.system == system || (system == pager && scheme.system == "phone");
    if (!bare && fits && !ends_in_slashes(scheme.prefix)) {
      text.insert(0, scheme.prefix);
      break;
    }
  }
  run.add_copy(call.to, name::value, text, true);
  contact_use_backward(call, system);
  period_backward(call, name::useable_period);
  return true;
}

}  // namespace lhcr::map
