// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <vector>

#include <pugixml.hpp>

#include "finding/id.hpp"
#include "format/cda.hpp"

namespace lhcr::format {
namespace {

constexpr std::string_view v3_namespace = "urn:hl7-org:v3";

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Where text between elements counts: narrative and titles.
bool is_mixed(std::string_view name) {
  return name == "div" || name == "text" || name == "title";
}

class Reader {
 public:
  Reader(tree::Tree& tree, const ReadLimits& limits)
      : tree_(tree), builder_(tree, tree::root_node), limits_(limits) {}
  Reader(tree::Tree& tree, tree::NodeId parent) : tree_(tree), builder_(tree, parent) {}

  /// Remembers the bytes that pugixml works in: text inside them needs no copy.
  void set_buffer(const char* begin, std::size_t size) {
    begin_ = begin;
    end_ = begin + size;
  }

  bool element(const pugi::xml_node& node, std::size_t depth, bool mixed) {
    if (depth > limits_.depth) {
      return false;
    }
    const std::size_t bindings = bindings_.size();
    bind(node);
    tree::Node fresh;
    fresh.name = fresh.element = name(node.name(), true);
    fresh.offset =
        static_cast<std::uint32_t>(node.offset_debug() > 0 ? node.offset_debug() - 1 : 0);
    const tree::NodeId id = builder_.open(fresh);
    attributes(node, fresh.offset);
    const bool good = content(node, id, depth, mixed || is_mixed(tree_.name(fresh.name)));
    builder_.close();
    bindings_.resize(bindings);
    return good;
  }

  /// Appends the element children of the wrapper.
  bool fragment(const pugi::xml_node& wrapper) {
    bind(wrapper);
    bool good = true;
    for (const pugi::xml_node child : wrapper.children()) {
      good = (child.type() != pugi::node_element || element(child, 1, false)) && good;
    }
    return good;
  }

 private:
  struct Binding {
    std::string_view prefix;
    std::string_view space;
  };

  void bind(const pugi::xml_node& node) {
    for (const pugi::xml_attribute attribute : node.attributes()) {
      const std::string_view key = attribute.name();
      if (key == "xmlns") {
        bindings_.push_back({{}, attribute.value()});
      } else if (key.starts_with("xmlns:")) {
        bindings_.push_back({key.substr(6), attribute.value()});
      }
    }
  }

  [[nodiscard]] std::string_view space_of(std::string_view prefix) const {
    for (std::size_t i = bindings_.size(); i > 0; --i) {
      if (bindings_[i - 1].prefix == prefix) {
        return bindings_[i - 1].space;
      }
    }
    return {};
  }

  Symbol prefixed(std::string_view prefix, std::string_view local) {
    scratch_.assign(prefix);
    scratch_ += ':';
    scratch_ += local;
    return tree_.intern(scratch_);
  }

  Symbol name(std::string_view written, bool element) {
    const std::size_t colon = written.find(':');
    const std::string_view prefix =
        colon == std::string_view::npos ? std::string_view{} : written.substr(0, colon);
    const std::string_view local =
        colon == std::string_view::npos ? written : written.substr(colon + 1);
    if (prefix.empty() && !element) {
      return tree_.intern(local);
    }
    const std::string_view space = space_of(prefix);
    for (const CdaNamespace& known : cda_namespaces) {
      if (space == known.uri) {
        return prefixed(known.prefix, local);
      }
    }
    return tree_.intern(space == v3_namespace ? local : written);
  }

  std::string_view keep(const char* text) {
    const std::string_view view = text;
    return text >= begin_ && text < end_ ? view : tree_.arena().copy(view);
  }

  void attributes(const pugi::xml_node& node, std::uint32_t offset) {
    for (const pugi::xml_attribute attribute : node.attributes()) {
      const std::string_view key = attribute.name();
      if (key == "xmlns" || key.starts_with("xmlns:") || key.ends_with(":schemaLocation")) {
        continue;
      }
      tree::Node fresh;
      fresh.name = fresh.element = name(key, false);
      std::string_view value = keep(attribute.value());
      if (key.ends_with(":type") && tree_.name(fresh.name) == "xsi:type" &&
          value.find(':') != std::string_view::npos) {
        value.remove_prefix(value.find(':') + 1);
      }
      set(fresh, value, tree::Kind::string);
      fresh.offset = offset;
      fresh.flags = tree::Flag::attribute;
      builder_.leaf(fresh);
    }
  }

  static void set(tree::Node& node, std::string_view text, tree::Kind kind) {
    node.bytes = text.data();
    node.length = static_cast<std::uint32_t>(text.size());
    node.kind = kind;
  }

  static bool is_text(const pugi::xml_node& node) {
    return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
  }

  bool content(const pugi::xml_node& node, tree::NodeId id, std::size_t depth, bool mixed) {
    const pugi::xml_node first = node.first_child();
    if (is_text(first) && !first.next_sibling()) {
      if (!blank(first.value()) || mixed) {
        set(tree_[id], keep(first.value()), tree::Kind::string);
      }
      return true;
    }
    bool good = true;
    for (pugi::xml_node child = first; child; child = child.next_sibling()) {
      if (child.type() == pugi::node_element) {
        good = element(child, depth + 1, mixed) && good;
      } else if (is_text(child) && (mixed || !blank(child.value()))) {
        tree::Node fresh;
        set(fresh, keep(child.value()), tree::Kind::text);
        fresh.offset = tree_[id].offset;
        builder_.leaf(fresh);
      }
    }
    return good;
  }

  tree::Tree& tree_;
  tree::Builder builder_;
  ReadLimits limits_;
  std::vector<Binding> bindings_;
  std::string scratch_;
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
};

constexpr unsigned parse_options = pugi::parse_cdata | pugi::parse_escapes |
                                   pugi::parse_wconv_attribute | pugi::parse_eol |
                                   pugi::parse_ws_pcdata;

finding::Finding problem(const pugi::xml_parse_result& result) {
  finding::Finding made;
  made.id = finding::Id::xml_syntax;
  made.severity = finding::Severity::fatal;
  made.position.offset = result.offset > 0 ? static_cast<std::uint64_t>(result.offset) : 0;
  made.arguments = {result.description()};
  return made;
}

finding::Finding too_deep() {
  finding::Finding made;
  made.id = finding::Id::xml_syntax;
  made.severity = finding::Severity::fatal;
  made.arguments = {"elements are nested too deeply"};
  return made;
}

}  // namespace

bool is_cda(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 16384);
  const std::size_t markup = head.find('<');
  return markup != std::string_view::npos && markup < 64 &&
         head.find(v3_namespace) != std::string_view::npos;
}

bool read_cda(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits) {
  const tree::Builder root(tree);
  tree.set_source(bytes);
  char* buffer = tree.arena().allocate(bytes.size() + 1);
  std::memcpy(buffer, bytes.data(), bytes.size());
  pugi::xml_document document;
  const pugi::xml_parse_result result =
      document.load_buffer_inplace(buffer, bytes.size(), parse_options);
  if (!result) {
    sink.add(problem(result));
    return false;
  }
  Reader reader(tree, limits);
  reader.set_buffer(buffer, bytes.size());
  if (!reader.element(document.document_element(), 1, false)) {
    sink.add(too_deep());
    return false;
  }
  return true;
}

bool read_cda_fragment(std::string_view bytes, tree::Tree& tree, tree::NodeId parent) {
  std::string wrapped = "<x xmlns=\"urn:hl7-org:v3\"";
  for (const CdaNamespace& known : cda_namespaces) {
    wrapped.append(" xmlns:").append(known.prefix).append("=\"").append(known.uri).append("\"");
  }
  wrapped += '>';
  wrapped += bytes;
  wrapped += "</x>";
  char* buffer = tree.arena().allocate(wrapped.size() + 1);
  std::memcpy(buffer, wrapped.data(), wrapped.size());
  pugi::xml_document document;
  if (!document.load_buffer_inplace(buffer, wrapped.size(), parse_options)) {
    return false;
  }
  Reader reader(tree, parent);
  reader.set_buffer(buffer, wrapped.size());
  return reader.fragment(document.document_element());
}

}  // namespace lhcr::format
