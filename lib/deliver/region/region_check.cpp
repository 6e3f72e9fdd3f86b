// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/region_check.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "deliver/job/answer.hpp"

namespace lhcr::deliver {
namespace {

using Report = std::function<void(const CheckLine&)>;

/// Whether a child of a node that has a name answers a question.
template <class Question>
bool any_child(const tree::Tree& tree, tree::NodeId node, std::string_view name, Question asked) {
  const Symbol symbol = tree.find(name);
  for (const tree::NodeId child : tree.children(node)) {
    if (symbol != no_symbol && tree[child].element == symbol && asked(child)) return true;
  }
  return false;
}

bool has_interaction(const tree::Tree& tree, tree::NodeId node, std::string_view code) {
  return any_child(tree, node, "interaction",
                   [&](const tree::NodeId each) { return child_text(tree, each, "code") == code; });
}

/// Whether a server's CapabilityStatement offers an interaction, for the whole system or for some
/// resource type.
bool offers(const tree::Tree& tree, std::string_view interaction) {
  return any_child(tree, tree::root_node, "rest", [&](const tree::NodeId rest) {
    return has_interaction(tree, rest, interaction) ||
           any_child(tree, rest, "resource", [&](const tree::NodeId type) {
             return has_interaction(tree, type, interaction);
           });
  });
}

class Checker {
 public:
  Checker(const Region& region, JobSettings settings, const Report& report)
      : region_(region), settings_(std::move(settings)), report_(report) {}

  bool run() {
    if (!find_style(settings_.style).uses_http) return check_folder();
    return check_token() && check_endpoint();
  }

 private:
  void add_headers(Request& request) const {
    const std::map<std::string, std::string> own = region_.table("check");
    for (const std::string& line : settings_.headers) {
      if (own.contains(line.substr(0, line.find(':')))) continue;
      std::optional<std::string> filled = own_header(line, {}, {});
      if (filled) request.headers.push_back(std::move(*filled));
    }
    for (const auto& [name, value] : own) {
      request.headers.push_back(name + ": " + fill_ids(fill_values(region_, value), {}));
    }
  }
  bool say(bool good, std::string what, std::string detail) {
    report_({good, std::move(what), std::move(detail)});
    return good;
  }

  bool check_folder() {
    const std::string folder = region_.text("drop.folder");
    std::error_code none;
    const bool there = std::filesystem::is_directory(folder, none);
    return say(there, "folder",
               folder + (there ? "" : " is not a folder (it is made by the first push)"));
  }

  bool check_token() {
    try {
      authenticator_ = make_authenticator(settings_.auth, settings_.base_url, settings_.transport);
      lines_ = authenticator_->headers({});
    } catch (const Error& error) {
      return say(false, "authorisation", error.what());
    }
    return say(
        true, "authorisation",
        settings_.auth.method + (lines_.empty() ? "" : ": a credential was made or fetched"));
  }

  bool check_endpoint() {
    Request request;
    request.method = "GET";
    const std::string path = region_.text("endpoint.check");
    request.url = settings_.base_url + "/" + path;
    request.headers = lines_;
    request.headers.push_back("Accept: " + settings_.media_type);
    add_headers(request);
    HttpTransport transport(settings_.transport);
    const Answer answer = transport.perform(std::move(request));
    if (answer.failure == Failure::trust) return say(false, "TLS", answer.problem);
    if (answer.failure != Failure::none) return say(false, "endpoint", answer.problem);
    say(true, "endpoint", settings_.base_url + " answers");
    if (answer.status == 401 || answer.status == 403) {
      return say(false, "authorisation", "the endpoint answers " + std::to_string(answer.status));
    }
    return path == "metadata" ? check_statement(answer) : check_path(path, answer);
  }

  /// An API without a CapabilityStatement: that it answers, and what.
  bool check_path(const std::string& path, const Answer& answer) {
    const bool good = answer.status >= 200 && answer.status < 300;
    return say(
        good, "/" + path,
        "status " + std::to_string(answer.status) + "; the API tells no more about what it offers");
  }

  bool check_statement(const Answer& answer) {
    const std::string interaction(find_style(settings_.style).interaction);
    AnswerReader reader(settings_.style);
    const tree::Tree* statement = reader.resource(answer);
    if (statement == nullptr ||
        statement->resource_type(tree::root_node) != "CapabilityStatement") {
      const std::string found =
          "/metadata answers " + std::to_string(answer.status) + " and no CapabilityStatement";
      return say(
          interaction.empty(), "CapabilityStatement",
          found + (interaction.empty() ? "; the style " + settings_.style + " needs none" : ""));
    }
    const std::string version(child_text(*statement, tree::root_node, "fhirVersion"));
    const bool same = release_digit(version) == release_digit(region_.text("fhir"));
    bool good = say(same, "FHIR version",
                    version + (same ? "" : ", the region says " + region_.text("fhir")));
    if (interaction.empty()) return good;
    const bool offered = offers(*statement, interaction);
    return say(offered, "style " + settings_.style,
               (offered ? "the endpoint offers " : "the endpoint does not say that it offers ") +
                   interaction) &&
           good;
  }

  const Region& region_;
  JobSettings settings_;
  const Report& report_;
  std::unique_ptr<Authenticator> authenticator_;
  std::vector<std::string> lines_;
};

}  // namespace

bool check_region(const Region& region, const std::string& style, const SecretAccess& access,
                  const Report& line) {
  JobSettings settings;
  try {
    settings = job_settings(region, style, access);
    check_endpoint(settings);
  } catch (const Error& error) {
    line({false, "settings", error.what()});
    return false;
  }
  line({true, "settings", "complete"});
  return Checker(region, std::move(settings), line).run();
}

}  // namespace lhcr::deliver
