// SPDX-License-Identifier: Apache-2.0
#include "map/path.hpp"

#include <array>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/names.hpp"
#include "base/suggest.hpp"
#include "definition/cda_classes.hpp"

namespace lhcr::map {
namespace {

struct RootName {
  std::string_view name;
  Root root;
};
constexpr std::array<RootName, 9> root_names{{{"%wrapper", Root::wrapper},
                                              {"%entry", Root::entry},
                                              {"%section", Root::section},
                                              {"%document", Root::document},
                                              {"%link", Root::link},
                                              {"%resource", Root::resource},
                                              {"%provenance", Root::provenance},
                                              {"%bundle", Root::bundle},
                                              {"%patient", Root::patient}}};

/// Written with @, or one of the model's attributes.
bool is_attribute(const definition::CdaChild& known, std::string_view name) {
  return name.starts_with('@') || known.attribute;
}

/// Without the @ that says it is an attribute.
std::string_view bare(std::string_view name) {
  return name.substr(name.starts_with('@') ? 1 : 0);
}

class Parser {
 public:
  Parser(std::string_view text, Typing& typing, SymbolTable& symbols, Location at)
      : text_(text), typing_(typing), symbols_(symbols), at_(std::move(at)) {}

  Path header() {
    Path made;
    made.written = !text_.empty();
    Step step;
    const std::string_view name = word();
    step.name = step.element = name == "*" ? no_symbol : symbols_.intern(name);
    step.list = true;
    made.steps.push_back(std::move(step));
    while (pos_ < text_.size()) {
      expect('.');
      this->step(made);
    }
    return made;
  }

  Path path() {
    Path made;
    made.written = !text_.empty();
    root(made);
    while (pos_ < text_.size()) {
      if (!made.steps.empty() || started_) {
        expect('.');
      }
      started_ = true;
      step(made);
    }
    made.note_first_name();
    return made;
  }

 private:
  [[noreturn]] void error(const std::string& what) {
    Location here = at_;
    here.column += static_cast<std::uint32_t>(pos_);
    fail(here, what + " in path '" + std::string(text_) + "'");
  }

  void skip() {
    while (pos_ < text_.size() && text_[pos_] == ' ') {
      ++pos_;
    }
  }

  [[nodiscard]] bool at(char c) const { return pos_ < text_.size() && text_[pos_] == c; }

  void expect(char c) {
    if (!at(c)) {
      error(std::string("expected '") + c + "'");
    }
    ++pos_;
  }

  std::string_view word() {
    const std::size_t from = pos_;
    pos_ += at('@') ? std::size_t{1} : std::size_t{0};
    while (pos_ < text_.size() &&
           (is_alphanumeric(text_[pos_]) || text_[pos_] == '_' || text_[pos_] == ':' ||
            text_[pos_] == '-' || text_[pos_] == '*')) {
      ++pos_;
    }
    if (from == pos_) {
      error("expected a name");
    }
    return text_.substr(from, pos_ - from);
  }

  std::string literal() {
    skip();
    expect('\'');
    std::string out;
    while (pos_ < text_.size() && text_[pos_] != '\'') {
      pos_ += text_[pos_] == '\\' ? std::size_t{1} : std::size_t{0};
      if (pos_ < text_.size()) {
        out += text_[pos_++];
      }
    }
    expect('\'');
    return out;
  }

  void root(Path& made) {
    if (text_.starts_with("$this")) {
      pos_ = 5;
      started_ = true;
    }
    for (const RootName& known : root_names) {
      if (text_.starts_with(known.name)) {
        made.root = known.root;
        pos_ = known.name.size();
        started_ = true;
        retype(known.root);
      }
    }
    if (!started_ && text_.starts_with('%')) {
      std::vector<std::string_view> known;
      known.reserve(root_names.size());
      for (const RootName& name : root_names) known.push_back(name.name);
      const std::string_view given = text_.substr(0, text_.find_first_of(". ("));
      error("no '" + std::string(given) + "'" + near_name(given, std::move(known)));
    }
  }

  void retype(Root root) {
    typing_.cda_class = root == Root::document  ? definition::cda_class("ClinicalDocument")
                        : root == Root::section ? definition::cda_class("Section")
                        : root == Root::entry   ? definition::cda_class("Entry")
                                                : typing_.cda_class;
    if (typing_.definitions == nullptr) {
      return;
    }
    constexpr std::array<std::pair<Root, std::string_view>, 4> types{
        {{Root::link, "Reference"},
         {Root::provenance, "Provenance"},
         {Root::bundle, "Bundle"},
         {Root::patient, "Patient"}}};
    for (const auto& [which, type] : types) {
      typing_.fhir_type = which == root ? typing_.definitions->type(type) : typing_.fhir_type;
    }
  }

  void step(Path& made) {
    const std::string_view name = word();
    if (!at('(')) {
      child(made, name);
      return;
    }
    ++pos_;
    if (name == "where") {
      where(made);
    } else if (name == "ofType") {
      of_type(made, word());
    } else if (name == "extension") {
      extension(made);
    } else if (name == "template") {
      template_id(made);
    } else if (name == "first") {
      last(made).first = true;
    } else {
      error("no function '" + std::string(name) + "'");
    }
    skip();
    expect(')');
  }

  Step& last(Path& made) {
    if (made.steps.empty()) {
      error("a function needs a step before it");
    }
    return made.steps.back();
  }

  void child(Path& made, std::string_view name) {
    Step step;
    if (name == "*") {
      step.list = true;
      made.steps.push_back(step);
      return;
    }
    step.name = step.element = symbols_.intern(bare(name));
    type_step(step, name);
    made.steps.push_back(std::move(step));
  }

  void type_step(Step& step, std::string_view name) {
    if (typing_.model == Model::cda) {
      const definition::CdaChild known = definition::cda_child(typing_.cda_class, bare(name));
      check_cda(known, name);
      step.attribute = is_attribute(known, name);
      step.list = known.list && !step.attribute;
      typing_.cda_class = known.type;
      return;
    }
    check_fhir(step.name);
    before_ = typing_.fhir_type;
    const definition::Child* known = typing_.definitions != nullptr
                                         ? typing_.definitions->child(typing_.fhir_type, step.name)
                                         : nullptr;
    step.list = known != nullptr && (known->flags & definition::child_list) != 0;
    typing_.fhir_type = known != nullptr ? known->type : definition::no_type;
    typing_.fhir_element = known != nullptr ? known->definition : definition::no_element;
  }

  /// Of what may be of several data types the model says nothing.
  void check_cda(const definition::CdaChild& known, std::string_view name) {
    if (typing_.strict && typing_.cda_class != 0 && !known.known &&
        typing_.cda_class != definition::cda_class("DataType")) {
      error("CDA has no '" + std::string(name) + "' here" +
            near_name(bare(name), definition::cda_children(typing_.cda_class)));
    }
  }

  void check_fhir(Symbol name) {
    if (!typing_.strict || typing_.definitions == nullptr ||
        typing_.fhir_type == definition::no_type) {
      return;
    }
    std::vector<std::string_view> known;
    for (const definition::Child& child : typing_.definitions->children(typing_.fhir_type)) {
      if (child.written == name || child.element == name) {
        return;
      }
      known.push_back(symbols_.name(child.element));
    }
    const std::string_view written = symbols_.name(name);
    if (!known.empty() && written != "resourceType") {
      error("FHIR has no '" + std::string(written) + "' here" + near_name(written, known));
    }
  }

  /// CDA: a test of xsi:type; FHIR: the written name of the choice.
  void of_type(Path& made, std::string_view type) {
    Step& step = last(made);
    if (typing_.model == Model::cda) {
      Test test;
      test.path = {name::xsi_type};
      test.attribute = {true};
      test.value = std::string(type);
      step.tests.push_back(std::move(test));
      return;
    }
    std::string written(symbols_.name(step.element));
    written += static_cast<char>(std::toupper(static_cast<unsigned char>(type[0])));
    written += type.substr(1);
    step.name = symbols_.intern(written);
    if (typing_.definitions != nullptr) {
      const definition::Child* known = typing_.definitions->child(before_, step.name);
      typing_.fhir_type = known != nullptr ? known->type : typing_.definitions->type(type);
      typing_.fhir_element = known != nullptr ? known->definition : definition::no_element;
    }
  }

  void extension(Path& made) {
    const std::string url = literal();
    Step step;
    step.name = step.element = name::extension;
    step.list = true;
    Test test;
    test.path = {name::url};
    test.attribute = {false};
    test.value = url;
    step.tests.push_back(std::move(test));
    if (typing_.definitions != nullptr) {
      typing_.fhir_type = typing_.definitions->type("Extension");
      typing_.fhir_element = definition::no_element;
    }
    made.steps.push_back(std::move(step));
  }

  void template_id(Path& made) {
    Step& step = last(made);
    Test test;
    test.path = {name::template_id, name::root};
    test.attribute = {false, true};
    test.value = literal();
    step.tests.push_back(std::move(test));
    step.is_template = true;
    skip();
    if (at(',')) {
      ++pos_;
      step.template_extension = literal();
    }
  }

  void where(Path& made) {
    std::vector<Test>& tests = made.steps.empty() ? made.tests : made.steps.back().tests;
    while (true) {
      skip();
      tests.push_back(test());
      skip();
      if (text_.substr(pos_, 4) != "and ") {
        return;
      }
      pos_ += 4;
    }
  }

  Test test() {
    Test made;
    definition::CdaClassId type = typing_.cda_class;
    while (true) {
      const std::string_view name = word();
      if (at('(')) {
        if (name == "skip") {
          skip_first(made);
          continue;
        }
        finish(made, name);
        return made;
      }
      made.path.push_back(symbols_.intern(bare(name)));
      const definition::CdaChild known = definition::cda_child(type, bare(name));
      made.attribute.push_back(typing_.model == Model::cda && is_attribute(known, name));
      type = known.type;
      if (!at('.')) {
        break;
      }
      ++pos_;
    }
    comparison(made);
    return made;
  }

  /// `skip(1).`: all but the first.
  void skip_first(Test& made) {
    constexpr std::string_view rest = "(1).exists(";
    if (!text_.substr(pos_).starts_with(rest)) {
      error("expected skip(1).exists()");
    }
    made.skips_first = true;
    pos_ += std::string_view("(1).").size();
  }

  void finish(Test& made, std::string_view function) {
    if (function != "exists") {
      error("no function '" + std::string(function) + "' in where()");
    }
    expect('(');
    expect(')');
    made.kind = Test::Kind::exists;
    if (text_.substr(pos_, 6) == ".not()") {
      pos_ += 6;
      made.kind = Test::Kind::missing;
    }
  }

  void comparison(Test& made) {
    skip();
    if (at('!')) {
      ++pos_;
      made.kind = Test::Kind::differs;
    }
    expect('=');
    made.value = literal();
    made.by_default =
        typing_.model == Model::cda && made.path.size() == 1 && made.attribute[0] &&
        definition::cda_default(typing_.cda_class, symbols_.name(made.path[0])) == made.value;
  }

  std::string_view text_;
  Typing& typing_;
  SymbolTable& symbols_;
  Location at_;
  std::size_t pos_ = 0;
  bool started_ = false;
  definition::TypeId before_ = definition::no_type;
};

}  // namespace

void Path::note_first_name() noexcept {
  const bool known = root == Root::self && !steps.empty() && steps[0].name != no_symbol;
  first_name = known ? bit_of(steps[0].name) : 0;
}

std::string near_name(std::string_view name, std::vector<std::string_view> known) {
  const std::string_view found = closest(name, known);
  return found.empty() ? std::string() : "; did you mean '" + std::string(found) + "'?";
}

void fail(const Location& at, const std::string& text) {
  throw Error(ErrorKind::input, at.file + ":" + std::to_string(at.line) + ":" +
                                    std::to_string(at.column) + ": " + text);
}

Path parse_path(std::string_view text, Typing& typing, SymbolTable& symbols, const Location& at) {
  return Parser(text, typing, symbols, at).path();
}

Path parse_header(std::string_view text, Typing& typing, SymbolTable& symbols, const Location& at) {
  return Parser(text, typing, symbols, at).header();
}

}  // namespace lhcr::map
