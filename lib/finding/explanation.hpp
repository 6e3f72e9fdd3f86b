// SPDX-License-Identifier: Apache-2.0
/// What findings say and mean, with examples: the data of explanations/*.md, which the build puts
/// into the program.
///
/// A file is Markdown of a fixed form. Behind the licence stands "Area: " and the heading of its
/// findings. An entry begins with "# " and the id, which keeps its meaning once it is released; an
/// id that ends in -not-checked or -not-here is counted as a check that could not be made. Its
/// first paragraph says what the finding means. The rest are fields of one line:
/// - "Issue: " severity and code of OperationOutcome.issue
/// - "Text: " what is wrong, without a full stop; {0}, {1} are the arguments
/// - "Hint: " what to try; may be left out. One that is a slot alone is empty without its argument
/// - "Why: " why it matters
/// - "Clause: " the clause behind it, a comma and its address where it has one
/// - "Run: " the command of the examples, FILE for the record; "lhcr validate --no-best-practice
///   FILE" unless stated
/// - "Wrong run: ", "Right run: " whole commands, where no small file shows it
/// - "With: " ids that come along in the examples, parted by commas
/// - "Silence: " how to silence it, where that is not --ignore
/// - "None: " why no example can be run here
///
/// Files are "Wrong: NAME", "Right: NAME" (the record) or "Beside: NAME" (what the command needs
/// besides), each with a fenced block behind it. A block "```bytes" has \xNN for bytes and no line
/// end at its end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// A file of an example.
struct ExampleFile {
  std::string_view name;  ///< with folders: "package/package.json"
  std::string_view text;  ///< as the block has it, without the last line end
  bool bytes = false;     ///< "\xNN" stands for a byte
};

/// A record and the command that judges it.
struct Example {
  std::string command;
  std::vector<ExampleFile> files;  ///< the record first, if there is one
};

struct Explanation {
  Entry row;                ///< the kind, as it stands in the catalogue
  std::string_view area;    ///< "Codes and units"
  std::string_view means;   ///< a paragraph
  std::string_view why;     ///< a paragraph
  std::string_view clause;  ///< "FHIR R4, Data type Coding"
  std::string_view url;     ///< of the clause; may be empty
  std::string silence;      ///< a sentence or a command
  std::string_view none;    ///< why there is no example; empty: there is one
  std::vector<std::string_view> with;
  Example wrong;  ///< yields the finding
  Example right;  ///< does not
};

/// Every explanation, by area.
[[nodiscard]] const std::vector<Explanation>& explanations();
/// Of one id; nullptr when there is none.
[[nodiscard]] const Explanation* explanation(std::string_view id);

/// The entries of one file, which must outlive them. Throws Error{internal} with `name` and the
/// line where it has another form.
[[nodiscard]] std::vector<Explanation> read_explanations(std::string_view text,
                                                         const std::string& name);

/// One explanation as a JSON object, and as a part of a Markdown page with headings from level
/// three.
[[nodiscard]] std::string explanation_json(const Explanation& explained);
[[nodiscard]] std::string explanation_markdown(const Explanation& explained);
/// All of them: a JSON document, and a Markdown page.
[[nodiscard]] std::string explanations_json();
[[nodiscard]] std::string explanations_markdown();

}  // namespace lhcr::finding
