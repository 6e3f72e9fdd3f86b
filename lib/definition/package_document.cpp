// SPDX-License-Identifier: Apache-2.0
#include "definition/package_document.hpp"

#include <map>

#include "base/error.hpp"
#include "base/words.hpp"
#include "definition/compiler/package.hpp"
#include "definition/compiler/peek.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"

namespace lhcr::definition {
namespace {

/// Turns FHIR XML into JSON.
class Converter {
 public:
  explicit Converter(const Library& library) : library_(library), tree_(library.symbols()) {}

  /// False when the document is XML of another kind.
  bool convert(const std::string& where, std::string_view xml, std::string& json) {
    finding::Collector findings;
    if (!format::read_xml(xml, tree_, findings)) {
      throw Error(ErrorKind::input, where + ": " + why(findings));
    }
    const Definitions& version = library_.detect(tree_);
    if (version.type(tree_.resource_type(tree::root_node)) == no_type) {
      return false;
    }
    attach_types(tree_, version);
    json = format::json_of_record(tree_);
    return true;
  }

 private:
  static std::string why(const finding::Collector& findings) {
    for (const finding::Finding& found : findings.findings()) {
      if (found.severity == finding::Severity::fatal) {
        return found.text();
      }
    }
    return "cannot be read";
  }

  const Library& library_;
  tree::Tree tree_;
};

/// The version that most documents speak.
const Definitions* common_version(const std::vector<PackageDocument>& documents) {
  std::map<const Definitions*, std::size_t> votes;
  const Definitions* best = nullptr;
  for (const PackageDocument& document : documents) {
    if (document.version != nullptr && ++votes[document.version] > votes[best]) {
      best = document.version;
    }
  }
  return best;
}

// Of a package for several versions, those that are not known here do not matter.
const Definitions* stated_version(const Library& library, const PackageInfo& package) {
  for (const std::string& version : package.fhir_versions) {
    if (const Definitions* const found = library.version(version); found != nullptr) {
      return found;
    }
  }
  if (!package.fhir_versions.empty()) {
    throw Error(ErrorKind::input, package.path + ": is for FHIR " + package.fhir_versions.front() +
                                      ", which is not among " + joined(library.versions()));
  }
  return nullptr;
}

void settle_versions(const Library& library, const PackageInfo& package,
                     std::vector<PackageDocument>& documents) {
  const Definitions* version = stated_version(library, package);
  if (version == nullptr) {
    version = common_version(documents);
  }
  for (PackageDocument& document : documents) {
    document.alone = package.fhir_versions.empty();
    if (document.version == nullptr || !package.fhir_versions.empty()) {
      document.version = version;
    }
  }
}

/// Some publish JSON whose strings hold raw line breaks and tabs; what they mean is plain.
std::string with_escapes(std::string_view content) {
  std::string out;
  out.reserve(content.size() + 64);
  bool quoted = false;
  for (std::size_t at = 0; at < content.size(); ++at) {
    const char c = content[at];
    if (quoted && c == '\\' && at + 1 < content.size()) {
      out.append(1, c).append(1, content[++at]);
      continue;
    }
    quoted = quoted != (c == '"');
    const bool raw = quoted && (c == '\n' || c == '\r' || c == '\t');
    raw ? out.append(c == '\n' ? "\\n" : (c == '\r' ? "\\r" : "\\t")) : out.append(1, c);
  }
  return out;
}

/// Makes documents of files.
class Reader {
 public:
  explicit Reader(const Library& library) : library_(library), converter_(library) {}

  /// False when the file is XML that is not FHIR's. Throws Error{input} when it is malformed.
  bool read(std::string_view content, PackageDocument& document) {
    const bool xml = format::detect(content) == format::Format::xml;
    if (xml && !converter_.convert(document.where, content, document.json)) {
      return false;
    }
    if (!xml) document.json = with_escapes(content);
    document.json.append(compiler::package_padding, '\0');
    document.version = library_.version(peek_.fhir_version(document.where, document.content()));
    return true;
  }

 private:
  const Library& library_;
  Converter converter_;
  compiler::Peek peek_;
};

}  // namespace

std::optional<std::string> xml_as_json(const Library& library, const std::string& where,
                                       std::string_view xml) {
  std::string json;
  return Converter(library).convert(where, xml, json) ? std::optional(std::move(json))
                                                      : std::nullopt;
}

PackageDocuments read_documents(const Library& library, const PackageInfo& package) {
  PackageDocuments documents;
  Reader reader(library);
  compiler::visit_package(package.path, [&](std::string_view name, std::string_view content) {
    if (name == "package.json") {
      return;
    }
    PackageDocument document;
    document.where = name == package.path ? package.path : package.path + ": " + std::string(name);
    try {
      if (reader.read(content, document)) documents.read.push_back(std::move(document));
    } catch (const Error& error) {
      documents.unread.emplace_back(error.what());
    }
  });
  if (documents.read.empty() && !documents.unread.empty()) {
    throw Error(ErrorKind::input, documents.unread.front());
  }
  for (std::string& note : documents.unread) note += "; what it may define is not here";
  settle_versions(library, package, documents.read);
  return documents;
}

}  // namespace lhcr::definition
