// SPDX-License-Identifier: Apache-2.0
// Rows of one direction as FHIR Mapping Language (R4 mapping language, grammar of FHIRPath for
// conditions). What the language cannot say is a comment.
#include <algorithm>

#include "base/ascii.hpp"
#include "map/codec/codec.hpp"
#include "map/compiler/built_in.hpp"
#include "map/map.hpp"

namespace lhcr::map {
namespace {

/// An identifier of the language: letters, digits and underscores.
std::string identifier(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out += is_alphanumeric(c) ? c : '_';
  }
  return out.empty() || is_digit(out[0]) ? "_" + out : out;
}

/// An element name, in backquotes where it is no identifier.
std::string element(std::string_view name) {
  const std::string plain = identifier(name);
  return plain == name ? plain : "`" + std::string(name) + "`";
}

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' || c == '\\' ? "\\" : "";
    out += c;
  }
  return out + "'";
}

class Group {
 public:
  Group(const SourceBlock& block, bool forward, std::string& out)
      : block_(block), forward_(forward), out_(out) {}

  void write() {
    out_ += "\n// " + block_.left + (forward_ ? " -> " : " <- ") + block_.right + "\n";
    out_ += "group " + identifier(block_.name) + "(source src, target tgt) {\n";
    for (const SourceRow& row : block_.rows) {
      if (!row.use.empty()) {
        out_ += "  src -> tgt then " + identifier(row.use) + "(src, tgt) \"use\";\n";
      } else if (row.direction == Direction::both ||
                 (row.direction == Direction::forward) == forward_) {
        rule(row);
      }
    }
    out_ += "}\n";
  }

 private:
  void rule(const SourceRow& row) {
    const std::string& from = forward_ ? row.left : row.right;
    const std::string& to = forward_ ? row.right : row.left;
    if (from.starts_with('%') || to.starts_with('%')) {
      out_ += "  // " + row.id + ": " + from + " -> " + to + ", outside of the group\n";
      return;
    }
    Path source;
    Path target;
    if (!from.empty()) source = parse(from, forward_, row.at);
    if (!to.empty()) target = parse(to, !forward_, row.at);
    if (any_child(source) || any_child(target)) {
      out_ += "  // " + row.id + ": " + from + " -> " + to + ", any child\n";
      return;
    }
    std::string value = "src";
    std::size_t depth = 0;
    std::string text = "  src";
    if (!source.tests.empty()) {
      text += " as s0" + condition(source.tests);
      value = "s0";
    }
    for (std::size_t i = 0; i < source.steps.size(); ++i) {
      const std::string alias = "s" + std::to_string(i + 1);
      if (value != "src") {
        text += " then { " + value;
        ++depth;
      }
      text += step(source.steps[i]) + " as " + alias + condition(source.steps[i].tests);
      value = alias;
    }
    text += targets(row, target, value) + " " + '"' + row.id + "\";";
    for (; depth > 0; --depth) text += " };";
    out_ += text + "\n";
  }

  Path parse(const std::string& text, bool left, const Location& at) {
    Typing typing;
    typing.model = left && block_.map != "stu3" ? Model::cda : Model::fhir;
    return parse_path(text, typing, symbols_, at);
  }

  [[nodiscard]] static bool any_child(const Path& path) {
    return std::any_of(path.steps.begin(), path.steps.end(),
                       [](const Step& step) { return step.name == no_symbol; });
  }

  [[nodiscard]] std::string name_of(Symbol name) const { return std::string(symbols_.name(name)); }

  /// ".name", or ".name : Type" of a choice.
  [[nodiscard]] std::string step(const Step& step) const {
    const std::string written = name_of(step.name);
    const std::string plain = name_of(step.element);
    std::string out = "." + element(plain);
    if (written != plain && written.starts_with(plain)) {
      out += " : " + identifier(written.substr(plain.size()));
    }
    return out + (step.first ? " first" : "");
  }

  [[nodiscard]] std::string condition(const std::vector<Test>& tests) const {
    std::string out;
    for (const Test& test : tests) {
      out += (out.empty() ? " where (" : " and ") + this->test(test);
    }
    return out.empty() ? out : out + ")";
  }

  [[nodiscard]] std::string test(const Test& test) const {
    std::string path;
    for (const Symbol name : test.path) {
      path += (path.empty() ? "" : ".") + element(name_of(name));
    }
    switch (test.kind) {
      case Test::Kind::exists:
        return path + ".exists()";
      case Test::Kind::missing:
        return path + ".empty()";
      case Test::Kind::differs:
        return path + " != " + in_quotes(test.value);
      default:
        return path + " = " + in_quotes(test.value);
    }
  }

  /// " -> tgt.a as t1, t1.b as t2 then CODEC(s1, t2)" with the constants that the path writes.
  std::string targets(const SourceRow& row, const Path& path, const std::string& value) {
    std::string out = " -> ";
    std::string at = "tgt";
    bool any = constants(path.tests, at, out, false);
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
      const std::string alias = "t" + std::to_string(i + 1);
      const bool text = i + 1 == path.steps.size() && row.codec.starts_with('\'');
      out += (any ? ", " : "") + at;
      out += text ? "." + element(name_of(path.steps[i].element)) : step_name(path.steps[i]);
      out += text ? " = " + row.codec : " as " + alias;
      any = true;
      at = alias;
      constants(path.steps[i].tests, at, out, true);
    }
    if (!any) out += "tgt";
    return out + call(row, value, at);
  }

  [[nodiscard]] std::string step_name(const Step& step) const {
    const std::string written = name_of(step.name);
    const std::string plain = name_of(step.element);
    std::string out = "." + element(plain);
    if (written != plain && written.starts_with(plain)) {
      out += " = create(" + in_quotes(written.substr(plain.size())) + ")";
    }
    return out;
  }

  bool constants(const std::vector<Test>& tests, const std::string& at, std::string& out,
                 bool any) {
    for (const Test& test : tests) {
      if (test.kind != Test::Kind::equal) continue;
      std::string parent = at;
      for (std::size_t i = 0; i < test.path.size(); ++i) {
        const bool last = i + 1 == test.path.size();
        const std::string alias = "c" + std::to_string(++constants_);
        out += (any ? ", " : "") + parent + "." + element(name_of(test.path[i]));
        out += last ? " = " + in_quotes(test.value) : " as " + alias;
        any = true;
        parent = alias;
      }
    }
    return any;
  }

  [[nodiscard]] static std::string call(const SourceRow& row, const std::string& value,
                                        const std::string& at) {
    if (row.codec.starts_with('\'') || row.codec == "flag" || row.codec.empty()) return {};
    std::string out = " then ";
    const std::size_t open = std::min(row.codec.find('('), row.codec.size());
    if (open == row.codec.size()) {
      return out + identifier(row.codec) + "(" + value + ", " + at + ")";
    }
    std::string_view names = std::string_view(row.codec).substr(open + 1);
    names = names.substr(0, names.find(')'));
    bool any = false;
    while (!names.empty()) {
      const std::size_t end = std::min(names.find(' '), names.size());
      if (end > 0) {
        out.append(any ? ", " : "").append(identifier(names.substr(0, end)));
        out.append("(").append(value).append(", ").append(at).append(")");
        any = true;
      }
      names.remove_prefix(std::min(end + 1, names.size()));
    }
    return out;
  }

  const SourceBlock& block_;
  bool forward_;
  std::string& out_;
  SymbolTable symbols_;
  int constants_ = 0;
};

}  // namespace

std::string export_fml(std::string_view map, bool forward, const std::vector<Overlay>& overlays) {
  std::string out = "map \"http://lhcr.example/StructureMap/" + std::string(map) +
                    (forward ? "" : "-back") + "\" = \"" + identifier(map) +
                    (forward ? "" : "_back") + "\"\n\n";
  out += "// Groups in capitals (CD, II, TS, ...) are the codecs of lhcr-map(5).\n";
  out += "imports \"http://lhcr.example/StructureMap/codecs\"\n";
  const Source source = all_maps(overlays);
  if (const auto base = source.bases.find(std::string(map)); base != source.bases.end()) {
    out += "imports \"http://lhcr.example/StructureMap/" + base->second + "\"\n";
  }
  for (const SourceBlock& block : source.blocks) {
    if (block.map == map && (block.direction == Direction::both ||
                             (block.direction == Direction::forward) == forward)) {
      Group(block, forward, out).write();
    }
  }
  return out;
}

}  // namespace lhcr::map
