// SPDX-License-Identifier: Apache-2.0
// Exactly once: deliveries in simulated worlds. Some thousands by default; LHCR_SCHEDULES says how
// many.
#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>

#include "deliver/job/survey.hpp"
#include "simulated.hpp"

using namespace lhcr;
using namespace lhcr::deliver;
using namespace lhcr::deliver::simulated;

namespace {

constexpr const char* style_names[] = {"resource-put", "resource-post", "conditional",
                                       "transaction", "batch"};

/// One resource of the input, and what must have become of it.
struct Expected {
  std::string mark;
  std::string type;
  std::string id;  ///< in the input; the server's own where it is put
  std::string identifier;
  std::string subject;  ///< mark-independent: the identifier of what it refers to
  bool once = false;    ///< created only where nothing has its identifier
};

/// One record of the input: a resource, or a Bundle of its author's making.
struct Input {
  std::vector<Expected> parts;
  std::string text;
  [[nodiscard]] const std::string& type() const { return parts.front().type; }
  [[nodiscard]] bool is_bundle() const { return parts.size() > 1; }
};

struct World {
  explicit World(std::uint64_t seed) : dice(seed * 2 + 1) {
    settings.style = style_names[dice.below(std::size(style_names))];
    settings.base_url = base;
    settings.media_type = "application/fhir+json";
    settings.journal = "simulated";
    settings.transport.connections = 1 + dice.below(5);
    settings.transport.timeout = Millis(3000);
    settings.give_up = Millis(600000);
    settings.most_asked = Millis(0);
    sorted = dice.hits(500);
    puts = settings.style == "resource-put";
    grouped = settings.style == "transaction" && !sorted;
    server.demands_targets(grouped && dice.hits(500));
    fill_faults();
    make_records();
  }
  void fill_faults() {
    for (std::uint64_t* each :
         {&faults.not_sent, &faults.lost_request, &faults.lost_answer, &faults.timed_out,
          &faults.repeated, &faults.busy, &faults.broken, &faults.portal, &faults.async}) {
      *each = dice.hits(500) ? dice.below(250) : 0;
    }
  }
  void make_records();
  void add_patient(const std::string& name, unsigned version);
  void add_observation(std::size_t number);
  void add_bundle(std::size_t number);
  Tally run_once(Network& network);
  void run();

  Dice dice;
  JobSettings settings;
  Faults faults;
  bool sorted = false;
  bool puts = false;
  bool grouped = false;  ///< all loose records share one request, until it is refused
  std::vector<Input> records;
  Server server;
  Time time;
  Disk disk;
  std::vector<Issue> issues;
  Tally tally;
  unsigned crashes = 0;
  std::optional<std::string> log;
};

std::string resource_text(const Expected& it, const std::string& more) {
  std::string text = R"({"resourceType":")" + it.type + "\"";
  if (!it.id.empty()) text += R"(,"id":")" + it.id + "\"";
  text += R"(,"language":")" + it.mark + "\"";
  if (!it.identifier.empty()) {
    text += R"(,"identifier":[{"system":"urn:n","value":")" + it.identifier + R"("}])";
  }
  return text + more + "}";
}

std::string refers_to(const std::string& name) {
  return R"(,"subject":{"reference":")" + name + "\"}";
}

void World::add_patient(const std::string& name, unsigned version) {
  Expected it{name + "v" + std::to_string(version), "Patient", name, name, "", false};
  if (dice.hits(grouped ? 150 : 30)) it.mark = "bad" + it.mark;
  records.push_back({{it}, resource_text(it, "")});
}

void World::add_observation(std::size_t number) {
  const std::string name = "o" + std::to_string(number);
  Expected it{name, "Observation", "", "", "", false};
  if (grouped && dice.hits(100)) it.mark = "bad" + it.mark;
  if (puts || dice.hits(500)) it.id = name;
  if (settings.style == "conditional" || dice.hits(800)) it.identifier = name;
  std::string more = R"(,"status":"final","code":{"text":"x"})";
  if (dice.hits(700)) {
    it.subject = "p" + std::to_string(dice.below(2));
    more += refers_to("Patient/" + it.subject);
  }
  records.push_back({{it}, resource_text(it, more)});
}

/// A laboratory, which every Bundle that names it creates where it is not, and what it says.
void World::add_bundle(std::size_t number) {
  const std::string name = "b" + std::to_string(number);
  const std::string laboratory = "l" + std::to_string(dice.below(2));
  const std::string urn = "urn:uuid:0a4b6f4e-0000-4000-8000-00000000000" + std::to_string(number);
  const Expected one{name + "l", "Organization", "", laboratory, "", true};
  const Expected other{name + "o", "Observation", "", name, laboratory, false};
  std::string text = R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":")" + urn;
  text += R"(","resource":)" + resource_text(one, "");
  text += R"(,"request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=urn:n|)";
  text += laboratory + R"("}},{"resource":)" + resource_text(other, refers_to(urn));
  text += R"(,"request":{"method":"POST","url":"Observation"}}]})";
  records.push_back({{one, other}, std::move(text)});
}

void World::make_records() {
  const std::size_t count = 2 + dice.below(6);
  const bool bundles = !puts && dice.hits(300);
  for (std::size_t number = 0; number < count; ++number) {
    const unsigned version = puts ? static_cast<unsigned>(number % 3) : 0;
    if (puts && dice.hits(600)) {
      add_patient("p" + std::to_string(dice.below(2)), version);  // A, B, A as well
    } else if (bundles && dice.hits(600)) {
      add_bundle(number);
    } else if (dice.hits(600)) {
      add_observation(number);
    }
  }
  for (const char* name : {"p0", "p1"}) {
    add_patient(name, 9);
    std::rotate(records.begin() + static_cast<std::ptrdiff_t>(dice.below(records.size())),
                records.end() - 1, records.end());
  }
  if (!sorted) return;
  const auto rank = [](const Input& input) {
    return rank_of_type(input.is_bundle() ? "Bundle" : input.type());
  };
  std::stable_sort(records.begin(), records.end(),
                   [&](const Input& one, const Input& other) { return rank(one) < rank(other); });
}

Tally World::run_once(Network& network) {
  static const Region region = Region::parse("title = \"simulated\"", "simulated", "simulated");
  std::vector<std::string> texts;
  for (const Input& input : records) texts.push_back(input.text);
  Records source(std::move(texts), sorted);
  issues.clear();
  disk.begin_run();
  JobHooks hooks;
  hooks.issue = [this](const Issue& issue) { issues.push_back(issue); };
  return run_job_in(source, region, settings, hooks,
                    {network, disk, time, false, dice.below(1000)});
}

void World::run() {
  Network network(server, time, dice, faults);
  if (log) network.tell(*log);
  for (;;) {
    const bool goes_down = crashes < 3 && dice.hits(400);
    if (goes_down && dice.hits(500)) {
      network.fail_at(dice.below(8));
    } else if (goes_down) {
      disk.fail_at(dice.below(8), dice.hits(500));
    }
    try {
      tally = run_once(network);
      disk.lose_power();
      return;
    } catch (const Crash&) {
      ++crashes;
      disk.lose_power();
      network.forget_sender();
      time.go_to(time.now() + Millis(static_cast<std::int64_t>(dice.below(3000))));
    }
  }
}

bool is_open(const World& world, std::size_t record) {
  return std::any_of(world.issues.begin(), world.issues.end(),
                     [&](const Issue& issue) { return issue.record == record; });
}

/// The last record of the same identity, of those that can be stored.
bool is_last(const World& world, std::size_t record) {
  const Expected& it = world.records[record].parts.front();
  for (std::size_t later = record + 1; later < world.records.size(); ++later) {
    const Expected& other = world.records[later].parts.front();
    if (other.type == it.type && other.id == it.id && !Server::is_poison(other.mark)) return false;
  }
  return true;
}

std::string wrong_reference(const World& world, const Expected& it) {
  for (const auto& [name, stored] : world.server.all()) {
    if (stored.mark != it.mark || it.subject.empty()) continue;
    const std::string reference = stored.resource["subject"]["reference"];
    const auto target = world.server.all().find(reference);
    const bool right = target != world.server.all().end() &&
                       target->second.resource["identifier"][0]["value"] == it.subject;
    if (!right) return it.mark + " refers to " + reference;
  }
  return {};
}

/// What is wrong with what is said to be applied.
std::string wrong_part(const World& world, std::size_t record, const Expected& it) {
  const bool renames =
      world.settings.style == "resource-post" || world.settings.style == "conditional";
  const bool bundle = world.records[record].is_bundle();
  const bool by_id = !it.id.empty() && !renames;
  const std::size_t there =
      it.once ? world.server.count_of(it.type, it.identifier) : world.server.count(it.mark);
  if (Server::is_poison(it.mark)) return it.mark + " is called applied";
  if (there == 0 && !by_id) return it.mark + " is lost";
  if (there == 0 && is_last(world, record)) return it.mark + " is not what the server ends on";
  const bool by_name = renames || (bundle && world.settings.style == "transaction");
  return by_name ? wrong_reference(world, it) : std::string();
}

/// A group that is refused as a whole is cut until only what is bad is refused: what refers to a
/// patient of the group never comes before it.
std::string wrongly_refused(const World& world) {
  if (!world.grouped || world.crashes > 0) return {};
  for (const Issue& issue : world.issues) {
    const Input& input = world.records[issue.record];
    const Expected& it = input.parts.front();
    const bool target_there =
        it.subject.empty() || world.server.count_of("Patient", it.subject) > 0;
    const bool good = !input.is_bundle() && !Server::is_poison(it.mark) && target_there;
    if (good && issue.state == State::refused) return it.mark + " is refused for another one";
  }
  return {};
}

/// What is wrong with a world after its run; empty: nothing.
std::string violation(const World& world) {
  std::uint64_t parts = 0;
  for (std::size_t at = 0; at < world.records.size(); ++at) {
    for (const Expected& it : world.records[at].parts) {
      ++parts;
      if (world.server.count(it.mark) > 1) return it.mark + " is doubled";
      if (it.once && world.server.count_of(it.type, it.identifier) > 1) {
        return it.identifier + " is created twice";
      }
      const std::string wrong = is_open(world, at) ? std::string() : wrong_part(world, at, it);
      if (!wrong.empty()) return wrong;
    }
  }
  const Tally& tally = world.tally;
  const std::uint64_t told = tally.applied + tally.already + tally.open();
  if (told != parts) return "of some records nothing is said";
  return wrongly_refused(world);
}

/// All that happened in a world that went wrong.
std::string story(std::uint64_t seed) {
  World world(seed);
  world.log.emplace();
  world.run();
  std::string text = " (" + std::to_string(world.crashes) + " crashes)";
  for (const Input& input : world.records) text += "\n  " + input.text;
  for (const Issue& issue : world.issues) {
    text += "\n  " + std::to_string(issue.record) + ": " + issue.words;
  }
  for (const auto& [name, stored] : world.server.all())
    text += "\n  " + name + " " + stored.resource.dump();
  return text + *world.log;
}

std::uint64_t schedules() {
  constexpr std::uint64_t by_default = 2000;
  const char* asked = std::getenv("LHCR_SCHEDULES");
  return asked == nullptr ? by_default : std::strtoull(asked, nullptr, 10);
}

}  // namespace

TEST_CASE("whatever a network does, a record is applied once or not said to be") {
  std::uint64_t crashes = 0;
  std::uint64_t applied = 0;
  std::uint64_t open = 0;
  const char* first = std::getenv("LHCR_FIRST");
  const std::uint64_t begin = first == nullptr ? 0 : std::strtoull(first, nullptr, 10);
  for (std::uint64_t seed = begin; seed < begin + schedules(); ++seed) {
    World world(seed);
    world.run();
    crashes += world.crashes;
    applied += world.tally.applied + world.tally.already;
    open += world.tally.open();
    const std::string wrong = violation(world);
    CHECK_MESSAGE(wrong.empty(), "seed " << seed << ", " << world.settings.style << ": " << wrong
                                         << (wrong.empty() ? "" : story(seed)));
  }
  MESSAGE(schedules() << " schedules, " << crashes << " crashes, " << applied << " applied, "
                      << open << " reported as not");
  CHECK(applied + open > 0);
  if (begin > 0) return;
  CHECK(crashes > schedules() / 10);
  CHECK(applied > schedules());
}
