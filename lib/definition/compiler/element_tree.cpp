// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/element_tree.hpp"

#include <algorithm>

#include "definition/image/layout.hpp"

namespace lhcr::definition::compiler {
namespace {

std::size_t depth_of(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
}

/// Where a new slice of `sliced` goes: below the slice that it divides further, or beside the
/// others.
std::list<ElementTree>& place_of_slice(ElementTree& sliced, std::string_view name) {
  const std::size_t slash = name.rfind('/');
  ElementTree* const whole =
      slash == std::string_view::npos ? nullptr : sliced.slice(name.substr(0, slash));
  return whole == nullptr ? sliced.slices : whole->slices;
}

ElementTree& add(ElementTree& parent, const ElementModel& element) {
  const std::string_view name = last_step(element.path);
  ElementTree* const sliced = element.slice_name.empty() ? nullptr : parent.child(name);
  auto& place = sliced == nullptr ? parent.children : place_of_slice(*sliced, element.slice_name);
  ElementTree& added = place.emplace_back();
  added.element = element;
  return added;
}

void append(const ElementTree& tree, const std::string& path, const std::string& id,
            std::vector<ElementModel>& out) {
  ElementModel& element = out.emplace_back(tree.element);
  element.path = path;
  element.id = id;
  element.parent = element.first_child = element.next = -1;
  for (const ElementTree& child : tree.children) {
    const std::string step(last_step(child.element.path));
    std::string child_path = path;
    child_path.append(1, '.').append(step);
    std::string child_id = id;
    child_id.append(1, '.').append(step);
    if (!child.element.slice_name.empty()) {
      child_id.append(1, ':').append(child.element.slice_name);
    }
    append(child, child_path, child_id, out);
  }
  const std::string unsliced = id.substr(0, id.find(':', id.rfind('.') + 1));
  for (const ElementTree& slice : tree.slices) {
    append(slice, path, unsliced + ':' + slice.element.slice_name, out);
  }
}

}  // namespace

std::string_view last_step(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

ElementTree* ElementTree::child(std::string_view name) {
  const auto found = std::find_if(children.begin(), children.end(), [&](const ElementTree& tree) {
    return last_step(tree.element.path) == name;
  });
  return found == children.end() ? nullptr : &*found;
}

ElementTree* ElementTree::slice(std::string_view name) {
  for (ElementTree& known : slices) {
    // The ids of STU3 write slice names in small letters.
    if (image::equal_folded(known.element.slice_name, name)) {
      return &known;
    }
    if (ElementTree* const deeper = known.slice(name); deeper != nullptr) {
      return deeper;
    }
  }
  return nullptr;
}

ElementTree grow(const std::vector<ElementModel>& elements) {
  ElementTree root;
  if (elements.empty()) {
    return root;
  }
  root.element = elements.front();
  std::vector<ElementTree*> open{&root};
  for (std::size_t at = 1; at < elements.size(); ++at) {
    const std::size_t depth = std::clamp<std::size_t>(depth_of(elements[at].path), 1, open.size());
    open.resize(depth);
    open.push_back(&add(*open.back(), elements[at]));
  }
  return root;
}

std::vector<ElementModel> flatten(const ElementTree& root) {
  std::vector<ElementModel> elements;
  append(root, root.element.path, root.element.path, elements);
  link_elements(elements);
  return elements;
}

}  // namespace lhcr::definition::compiler
