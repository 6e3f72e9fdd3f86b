// SPDX-License-Identifier: Apache-2.0
#include "map/run/said.hpp"

namespace lhcr::map {

/// What goes into a private extension or a tag only is not said: a reader need not know those.
void Said::note(const Row& row) {
  if (!row.aside) {
    self_ |= row.says;
    wrapper_ |= row.says_wrapper;
  }
}

bool Said::is_unsaid(const Block& block, const Places& places) const {
  return has_unsaid(places.left, self_ | block.says) ||
         (!block.wrapper.empty() && has_unsaid(places.wrapper, wrapper_ | block.says_wrapper));
}

bool Said::is_turned(const Step& step, tree::NodeId node) const {
  return has_unsaid(node, step.says | (self_ & statements_.inherited()));
}

bool Said::has_unsaid(tree::NodeId node, ModifierMask said) const {
  return ((statements_.turned(node) & ~said) | statements_.turned_around(node)) != 0;
}

Said::Scope::Scope(Said& said, const Block& block, const Places& places)
    : said_(said), self_(said.self_), wrapper_(said.wrapper_), statement_(said.statement_) {
  constexpr ModifierMask all = ~ModifierMask{0};
  // What is made of the same statement beside it leaves that to the statement's own resource, but
  // for what the statements inside inherit.
  const bool beside = places.left == statement_;
  said_.self_ = beside ? self_ | (all & ~said.statements_.inherited()) : block.says;
  said_.wrapper_ = beside ? all : block.says_wrapper;
  said_.statement_ = places.left;
}

Said::Scope::Scope(Said& said, const Row& row, tree::NodeId node)
    : said_(said), self_(said.self_), wrapper_(said.wrapper_), statement_(said.statement_) {
  // What the row that found it asked for, and what the statement around says of both.
  said_.self_ = (row.left.steps.empty() ? 0 : row.left.steps.back().says) |
                (self_ & said_.statements_.inherited());
  said_.wrapper_ = 0;
  said_.statement_ = node;
}

Said::Scope::~Scope() {
  said_.self_ = self_;
  said_.wrapper_ = wrapper_;
  said_.statement_ = statement_;
}

}  // namespace lhcr::map
