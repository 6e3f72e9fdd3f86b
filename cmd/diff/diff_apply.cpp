// SPDX-License-Identifier: Apache-2.0
/// `lhcr diff --apply PATCH FILE`.
#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/diff/diff.hpp"
#include "cmd/diff/diff_load.hpp"
#include "cmd/run/output.hpp"
#include "diff/apply.hpp"
#include "format/format.hpp"

namespace lhcr::cmd {
namespace {

/// A text with what the JSON reader wants behind it.
class Padded {
 public:
  explicit Padded(std::string text) : text_(std::move(text)), size_(text_.size()) {
    text_.append(format::read_padding, '\0');
  }
  [[nodiscard]] std::string_view view() const { return std::string_view(text_).substr(0, size_); }

 private:
  std::string text_;
  std::size_t size_;
};

char first_byte(std::string_view text) {
  if (text.starts_with(utf8_bom)) text.remove_prefix(utf8_bom.size());
  for (const char byte : text) {
    if (!is_space(byte)) return byte;
  }
  return '\0';
}

/// Writes a tree as its input was written.
std::string as_xml(tree::Tree& tree, const definition::Definitions& definitions) {
  std::string out;
  definition::sort_children(tree, definitions);
  format::write_xml(tree, tree::root_node, {}, out);
  return out + '\n';
}

/// Reads a record's JSON that this program wrote.
void reread(const Padded& json, const definition::Definitions& definitions, tree::Tree& tree) {
  record::PlainReader reader;
  finding::Collector findings;
  if (!reader.read_json(json.view(), tree, findings)) {
    throw diff::Refused("the result is not a FHIR resource: " + findings.findings().front().text());
  }
  definition::attach_types(tree, definitions);
}

class Application {
 public:
  Application(const DiffOptions& options, const Io& io)
      : options_(options),
        io_(io),
        colour_(use_colour(options.verbosity.colour, io.err_terminal, io)),
        patch_(text_of(options.apply)),
        session_(options, false),
        record_(session_, colour_) {}

  std::string run() {
    const bool json_patch = first_byte(patch_.view()) != '<' && !is_object();
    return json_patch ? apply_json() : apply_fhirpath();
  }

 private:
  [[nodiscard]] bool is_object() const { return first_byte(patch_.view()) == '{'; }

  std::string apply_json() {
    diff::JsonDocument patch(patch_.view(), options_.apply);
    const std::string source = text_of(options_.left);
    if (first_byte(source) == '<') return apply_json_to_xml(patch);
    diff::JsonDocument document(source, options_.left);
    const diff::Json before = document.root();
    diff::apply_json_patch(document.root(), patch, patch_.view(), options_.apply);
    std::string out;
    diff::write_like(document.root(), before, source, out);
    return out;
  }

  std::string apply_json_to_xml(diff::JsonDocument& patch) {
    read_record();
    const std::string source = format::json_of_record(record_.tree());
    diff::JsonDocument document(source, options_.left);
    const diff::Json before = document.root();
    diff::apply_json_patch(document.root(), patch, patch_.view(), options_.apply);
    std::string json;
    diff::write_like(document.root(), before, source, json);
    tree::Tree result(session_.library.symbols());
    const Padded text(std::move(json));
    reread(text, record_.definitions(), result);
    return as_xml(result, record_.definitions());
  }

  std::string apply_fhirpath() {
    read_record();
    LoadedRecord parameters(session_, colour_);
    parameters.read(options_.apply, options_.verbosity.quiet);
    parameters.check(io_);
    parameters.take_version(record_.definitions());
    try {
      diff::apply_fhirpath_patch(record_.tree(), parameters.tree(), record_.definitions(),
                                 session_.library.symbols());
    } catch (const diff::Refused& refused) {
      throw diff::Refused(options_.apply + ": " + refused.what());
    }
    if (record_.format() == format::Format::xml) {
      return as_xml(record_.tree(), record_.definitions());
    }
    const std::string source = text_of(options_.left);
    const std::string result = format::json_of_record(record_.tree());
    const diff::JsonDocument before(source, options_.left);
    const diff::JsonDocument after(result, options_.left);
    std::string out;
    diff::write_like(after.root(), before.root(), source, out);
    return out;
  }

  void read_record() {
    record_.read(options_.left, options_.verbosity.quiet);
    record_.check(io_);
    if (record_.is_cda()) {
      throw Error(ErrorKind::usage, options_.left + ": patches are for FHIR; convert it first");
    }
  }

  const DiffOptions& options_;
  const Io& io_;
  bool colour_;
  Padded patch_;
  DiffSession session_;
  LoadedRecord record_;
};

}  // namespace

ExitCode apply_patch(const DiffOptions& options, const Io& io) {
  if (options.apply == "-" || options.left == "-") {
    throw Error(ErrorKind::usage, "--apply takes files, not standard input");
  }
  try {
    Application application(options, io);
    const std::string result = application.run();
    Output output(options.output.path);
    output.write(result);
    output.finish();
    return ExitCode::yes;
  } catch (const diff::Refused& refused) {
    io.say(std::string("lhcr: ") + refused.what() + "\n");
    return ExitCode::no;
  }
}

}  // namespace lhcr::cmd
