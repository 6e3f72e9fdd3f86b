// SPDX-License-Identifier: Apache-2.0
/// A Questionnaire as the answers to it are judged: its items by linkId, what the versions of FHIR
/// name differently, and its conditions.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "definition/resource.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {

/// The Questionnaire may stand in another tree than the record (it came from a package); names of
/// elements are the same in both.
class Form {
 public:
  Form(const tree::Tree& tree, tree::NodeId root);

  [[nodiscard]] const tree::Tree& tree() const { return tree_; }
  [[nodiscard]] tree::NodeId root() const { return root_; }
  [[nodiscard]] std::string_view text(tree::NodeId item, Symbol name) const;
  [[nodiscard]] std::vector<tree::NodeId> all(tree::NodeId item, Symbol name) const;
  [[nodiscard]] bool is_true(tree::NodeId item, Symbol name) const {
    return text(item, name) == "true";
  }
  /// The item with the linkId anywhere in the form, or no_node.
  [[nodiscard]] tree::NodeId item(std::string_view link_id) const;
  /// The innermost item that holds both, or the root.
  [[nodiscard]] tree::NodeId common(tree::NodeId left, tree::NodeId right) const;
  /// The values of the item's extensions with the url.
  [[nodiscard]] std::vector<tree::NodeId> extensions(tree::NodeId item, std::string_view url) const;
  /// The text of the first of them, or empty.
  [[nodiscard]] std::string_view extension_text(tree::NodeId item, std::string_view url) const;
  /// The permitted answers that are listed: R4 answerOption, STU3 option.
  [[nodiscard]] std::vector<tree::NodeId> options(tree::NodeId item) const;
  /// The canonical of the ValueSet of permitted answers, or empty: R4 answerValueSet, STU3 options.
  [[nodiscard]] std::string_view value_set(tree::NodeId item) const;
  /// A resource contained in the form, or no_node.
  [[nodiscard]] tree::NodeId contained(std::string_view id) const;

 private:
  void index(tree::NodeId node);

  const tree::Tree& tree_;
  tree::NodeId root_;
  std::unordered_map<std::string_view, tree::NodeId> items_;
};

/// A Questionnaire of a package.
struct PackageForm {
  explicit PackageForm(std::unique_ptr<const definition::KeptResource> kept)
      : resource(std::move(kept)), form(resource->tree, tree::root_node) {}
  std::unique_ptr<const definition::KeptResource> resource;
  Form form;
};

/// A response under check, and where in it.
struct Response {
  Run& run;
  const Form& form;
  tree::NodeId root;
  bool in_progress;
  /// The open items: of the form, of the response.
  std::vector<std::pair<tree::NodeId, tree::NodeId>> open;
};

/// Whether an item of the form is enabled at the place where the response is being walked; nullopt
/// when its condition cannot be judged.
[[nodiscard]] std::optional<bool> enabled(const Response& response, tree::NodeId item);

/// Whether a code is in a ValueSet that the form names: "#id" is one contained in it.
[[nodiscard]] definition::Membership member_of_set(const Run& run, const Form& form,
                                                   std::string_view canonical, const Code& code);

/// Checks the value of one answer against the item of the form.
void check_answer_value(const Response& response, tree::NodeId answer, tree::NodeId item);
/// Checks the answers of one item together.
void check_answer_count(const Response& response, tree::NodeId response_item,
                        const std::vector<tree::NodeId>& answers, tree::NodeId item);

}  // namespace lhcr::validate
