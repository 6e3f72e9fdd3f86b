// SPDX-License-Identifier: Apache-2.0
/// The NHS rules for CDA documents: identifiers, codes, addresses; ITK templates and envelopes.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "finding/id.hpp"
#include "validate/cda/cda.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::Flag;
using tree::no_node;
using tree::NodeId;

constexpr std::string_view template_root = "2.16.840.1.113883.2.1.3.2.4.18.2";
constexpr std::string_view content_root = "2.16.840.1.113883.2.1.3.2.4.18.16";
constexpr std::string_view message_root = "2.16.840.1.113883.2.1.3.2.4.18.17";
/// NHS numbers that nobody has traced.
constexpr std::string_view unverified_root = "2.16.840.1.113883.2.1.3.2.4.18.23";
/// The NHS code system of sexes and its codes.
constexpr std::string_view sex_system = "2.16.840.1.113883.2.1.3.2.4.16.25";
constexpr std::string_view sex_codes = "0129";

constexpr std::array<std::string_view, 8> document_types = {
#define LHCR_ITK_DOCUMENT(type, title) type,
#include "validate/cda/itk_documents.def"
#undef LHCR_ITK_DOCUMENT
};

/// Whether `text` is as `form` has it: A a capital letter, 9 a digit, anything else itself.
bool is_like(std::string_view text, std::string_view form) {
  return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char byte, char wanted) {
    return wanted == '9' ? is_digit(byte) : wanted == 'A' ? is_capital(byte) : byte == wanted;
  });
}

bool is_message_type(std::string_view text) {
  return is_like(text, "POCD_MT999999AA99");
}

/// COCD_TP145201GB01#PatientRole, or of a whole document POCD_MT200001GB02#ClinicalDocument.
bool is_itk_template(std::string_view text) {
  const std::size_t hash = std::min(text.find('#'), text.size());
  const std::string_view model = text.substr(0, hash);
  const std::string_view role = text.substr(std::min(hash + 1, text.size()));
  const bool named = !role.empty() && std::all_of(role.begin(), role.end(), [](char byte) {
    return is_alphanumeric(byte) || byte == '_' || byte == '.';
  });
  return named && (is_like(model, "COCD_TP999999AA99") || is_message_type(model));
}

class CdaNhs {
 public:
  CdaNhs(Run& run, NodeId document)
      : run_(run),
        tree_(run.tree),
        document_(document),
        identifier_(run.definitions.type("II")),
        code_(run.definitions.type("CD")),
        address_(run.definitions.type("AD")) {}

  void run() {
    if (run_.options.rules == RuleSet::none ||
        (run_.options.rules == RuleSet::automatic && !is_uk())) {
      return;
    }
    envelope();
    bool itk = false;
    for (NodeId at = document_; at < tree_.size(); ++at) {
      itk = node(at) || itk;
    }
    message_type(itk);
  }

 private:
  [[nodiscard]] bool derives(NodeId at, definition::TypeId type) const {
    return tree_[at].type != definition::no_type && run_.definitions.derives(tree_[at].type, type);
  }

  [[nodiscard]] bool is_uk() const {
    for (NodeId at = document_; at < tree_.size(); ++at) {
      const bool named =
          name::npfitlc_message_type != no_symbol && tree_[at].name == name::npfitlc_message_type;
      if (named || (derives(at, identifier_) && is_uk_root(at))) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_uk_root(NodeId at) const {
    const std::string_view root = run_.child_text(at, name::root);
    const auto known = system_of(root);
    return root == template_root || root == unverified_root ||
           (known && known->kind == UkSystem::nhs_number);
  }

  static std::optional<UkSystemMatch> system_of(std::string_view oid) {
    return oid.empty() ? std::nullopt : uk_system(std::string("urn:oid:").append(oid));
  }

  /// True when the node is an identifier of an ITK template.
  bool node(NodeId at) {
    if (name::npfitlc_content_id != no_symbol && tree_[at].name == name::npfitlc_content_id) {
      content_id(at);
    } else if (derives(at, identifier_)) {
      return identifier(at);
    } else if (derives(at, code_)) {
      code(at);
    } else if (derives(at, address_)) {
      check_nhs_address(run_, at);
    } else if (tree_[at].element == name::birth_time) {
      birth_time(at);
    }
    return false;
  }

  bool identifier(NodeId at) {
    const std::string_view root = run_.child_text(at, name::root);
    const NodeId value = run_.child(at, name::extension);
    if (root == template_root) {
      const std::string_view text = value == no_node ? std::string_view{} : tree_[value].text();
      if (!is_itk_template(text)) {
        run_.report(at, id<"itk-template-form">, {std::string(text), "it has another form"});
      }
      return true;
    }
    const auto known = system_of(root);
    const bool number = (known && known->kind == UkSystem::nhs_number) || root == unverified_root;
    if (number && run_.has_text(value)) {
      check_nhs_number(run_, value, tree_[value].text());
      check_only_number(at, value);
    } else if (known && known->kind == UkSystem::ods && run_.has_text(value)) {
      check_ods_code(run_, value);
    }
    return false;
  }

  /// A patient has one NHS number.
  void check_only_number(NodeId at, NodeId value) {
    const NodeId owner = tree_[at].parent;
    if (tree_[owner].element != name::patient_role) return;
    if (owner == numbered_ && tree_[value].text() != number_) {
      run_.report(at, id<"nhs-number-repeated">);
    }
    numbered_ = owner;
    number_ = tree_[value].text();
  }

  /// YYYYMMDD...
  void birth_time(NodeId at) {
    constexpr std::size_t day = 8;
    std::string latest = run_.options.latest_day;
    latest.erase(std::remove(latest.begin(), latest.end(), '-'), latest.end());
    const std::string_view text = run_.child_text(at, name::value).substr(0, day);
    const bool digits = std::all_of(text.begin(), text.end(), is_digit);
    if (!latest.empty() && digits && text > std::string_view(latest).substr(0, text.size())) {
      run_.report(at, id<"date-in-future">, {std::string(text)});
    }
  }

  void code(NodeId at) {
    const std::string_view system = run_.child_text(at, name::code_system);
    const std::string_view value = run_.child_text(at, name::code);
    const auto known = system_of(system);
    if (known && known->kind == UkSystem::snomed && !value.empty()) {
      check_sctid(run_, run_.child(at, name::code), value);
    } else if (system == sex_system && !value.empty() &&
               (value.size() != 1 || sex_codes.find(value.front()) == std::string_view::npos)) {
      run_.report(at, id<"code-unknown">, {std::string(value), std::string(system)});
    }
  }

  /// A contentId stands before the element whose template it names.
  void content_id(NodeId at) {
    if (run_.child_text(at, name::root) != content_root) {
      run_.report(at, id<"itk-content-id">, {"needs the root " + std::string(content_root)});
    }
    const std::string_view named = run_.child_text(at, name::extension);
    if (!is_itk_template(named)) {
      run_.report(at, id<"itk-template-form">, {std::string(named), "it has another form"});
      return;
    }
    const NodeId next = next_element(at);
    if (next == no_node) {
      run_.report(at, id<"itk-content-id">, {"has no element behind it"});
    } else if (has_templates(next) && !has_template(next, named)) {
      run_.report(
          at, id<"itk-content-id">,
          {"names " + std::string(named) + ", which the element behind it does not follow"});
    }
  }

  [[nodiscard]] NodeId next_element(NodeId at) const {
    for (at = tree_[at].next; at != no_node; at = tree_[at].next) {
      if (!tree_[at].is(Flag::attribute) && tree_[at].element != name::template_id &&
          tree_[at].kind != tree::Kind::text) {
        return at;
      }
    }
    return no_node;
  }

  [[nodiscard]] bool has_templates(NodeId at) const {
    return run_.child(at, name::template_id) != no_node;
  }

  [[nodiscard]] bool has_template(NodeId at, std::string_view extension) const {
    const auto children = tree_.children(at);
    return std::any_of(children.begin(), children.end(), [&](NodeId child) {
      return tree_[child].element == name::template_id &&
             run_.child_text(child, name::extension) == extension;
    });
  }

  void message_type(bool itk) {
    const NodeId at = tree_.child(document_, name::npfitlc_message_type);
    if (at == no_node) {
      if (itk) run_.report(document_, id<"itk-message-type">, {"is missing"});
      return;
    }
    const std::string_view type = run_.child_text(at, name::extension);
    if (run_.child_text(at, name::root) != message_root) {
      run_.report(at, id<"itk-message-type">, {"needs the root " + std::string(message_root)});
    } else if (!is_message_type(type)) {
      run_.report(at, id<"itk-message-type">,
                  {"is not the type of a document: " + std::string(type)});
    } else if (std::find(document_types.begin(), document_types.end(), type) ==
               document_types.end()) {
      run_.count_unchecked(id<"cda-template-not-here">, type);
    }
  }

  // --- ITK DistributionEnvelope ---

  void envelope() {
    for (NodeId at = document_; at != no_node; at = tree_[at].parent) {
      if (tree_[at].name == name::itk_distribution_envelope) {
        distribution(at);
      }
    }
  }

  [[nodiscard]] NodeId part(NodeId at, std::string_view name) const {
    const Symbol symbol = tree_.find(std::string("itk:").append(name));
    return symbol == no_symbol || at == no_node ? no_node : tree_.child(at, symbol);
  }

  [[nodiscard]] std::string_view attribute(NodeId at, std::string_view name) const {
    const Symbol symbol = tree_.find(name);
    return symbol == no_symbol ? std::string_view{} : run_.child_text(at, symbol);
  }

  [[nodiscard]] std::vector<std::string_view> ids(NodeId list, std::string_view name) const {
    std::vector<std::string_view> found;
    const Symbol symbol = tree_.find(std::string("itk:").append(name));
    for (const NodeId at : tree_.children(list)) {
      if (tree_[at].name == symbol && symbol != no_symbol) {
        found.push_back(attribute(at, "id"));
      }
    }
    return found;
  }

  void wrong(NodeId at, std::string what) {
    run_.report(at, id<"cda-envelope">, {std::move(what)});
  }

  void distribution(NodeId at) {
    const NodeId header = part(at, "header");
    const NodeId payloads = part(at, "payloads");
    const NodeId manifest = part(header, "manifest");
    if (header == no_node || payloads == no_node) {
      wrong(at, "it needs a header and payloads");
      return;
    }
    if (attribute(header, "service").empty() || attribute(header, "trackingid").empty()) {
      wrong(header, "the header needs service and trackingid");
    }
    count(payloads, "payload");
    if (manifest == no_node) {
      wrong(header, "the header needs a manifest");
      return;
    }
    count(manifest, "manifestitem");
    const auto listed = ids(manifest, "manifestitem");
    for (const std::string_view id : ids(payloads, "payload")) {
      if (std::find(listed.begin(), listed.end(), id) == listed.end()) {
        wrong(payloads, "the manifest does not list the payload '" + std::string(id) + "'");
      }
    }
  }

  void count(NodeId list, std::string_view item) {
    const std::string found = std::to_string(ids(list, item).size());
    const std::string_view said = attribute(list, "count");
    if (said != found) {
      wrong(list, "count is '" + std::string(said) + "' but there are " + found + " of " +
                      std::string(item));
    }
  }

  Run& run_;
  const tree::Tree& tree_;
  NodeId document_;
  NodeId numbered_ = no_node;  // the patient role that has a number
  std::string_view number_;
  definition::TypeId identifier_;
  definition::TypeId code_;
  definition::TypeId address_;
};

}  // namespace

void check_cda_nhs(Run& run, NodeId document) {
  CdaNhs(run, document).run();
}

}  // namespace lhcr::validate
