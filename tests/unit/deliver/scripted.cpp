// SPDX-License-Identifier: Apache-2.0
#include "scripted.hpp"

#include "deliver/region/settings.hpp"

namespace lhcr::deliver::simulated {
namespace {

class Script : public Transport {
 public:
  Script(Time& time, const Reply& reply, std::vector<Request>& seen)
      : time_(time), reply_(reply), seen_(seen) {}
  void start(std::uint64_t id, Request request) override {
    request.body = request.content();
    request.lender.reset();
    seen_.push_back(request);
    done_.push_back({id, reply_(request)});
  }
  std::vector<Done> wait(Millis limit) override {
    if (done_.empty()) time_.go_to(time_.now() + limit);
    return std::exchange(done_, {});
  }
  void wake() noexcept override {}

 private:
  Time& time_;
  const Reply& reply_;
  std::vector<Request>& seen_;
  std::vector<Done> done_;
};

class WithTables : public Records {
 public:
  WithTables(const Delivery& delivery) : Records(delivery.records, false), made_(delivery.tables) {}
  [[nodiscard]] TableMaker* tables() override { return made_; }

 private:
  TableMaker* made_;
};

const SecretAccess secrets{
    [](const std::string&) { return std::optional<std::string>("secret-of-the-environment"); },
    [](const std::string&) { return std::string("secret-of-a-command\n"); }};

}  // namespace

Answer answer_of(long status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.content_type = "application/fhir+json";
  answer.body = std::move(body);
  return answer;
}

Answer answer_to_bundle(const Request& request) {
  const nlohmann::json sent = nlohmann::json::parse(request.body);
  nlohmann::json told{{"resourceType", "Bundle"},
                      {"type", std::string(sent["type"]) + "-response"},
                      {"entry", nlohmann::json::array()}};
  for (const nlohmann::json& entry : sent["entry"]) {
    const std::string type = entry["resource"]["resourceType"];
    const bool named = entry["request"]["method"] == "PUT" && entry["resource"].contains("id");
    const std::string id = named ? entry["resource"]["id"] : nlohmann::json("srv");
    told["entry"].push_back(
        {{"response", {{"status", "201 Created"}, {"location", type + "/" + id + "/_history/1"}}}});
  }
  return answer_of(200, told.dump());
}

Delivered push(const Delivery& delivery) {
  Disk disk;
  return push(delivery, disk);
}

Delivered push(const Delivery& delivery, Disk& disk) {
  const Region region =
      Region::parse("title = \"scripted\"\nfhir = \"" + delivery.fhir + "\"\n[endpoint]\nurl = \"" +
                        std::string(base) + "\"\n" + delivery.region,
                    "scripted", "scripted.toml");
  JobSettings settings = job_settings(region, delivery.style, secrets);
  settings.journal = "simulated";
  if (delivery.change) delivery.change(settings);
  Delivered done;
  Time time;
  Script script(time, delivery.reply, done.seen);
  WithTables source(delivery);
  JobHooks hooks;
  hooks.issue = [&](const Issue& issue) { done.issues.push_back(issue); };
  hooks.interrupted = delivery.interrupted;
  hooks.progress = [](const Tally&) {};
  disk.begin_run();
  done.tally =
      run_job_in(source, region, settings, hooks, {script, disk, time, delivery.reads_ahead, 7});
  disk.lose_power();
  return done;
}

std::vector<nlohmann::json> bodies(const Delivered& done) {
  std::vector<nlohmann::json> all;
  for (const Request& request : done.seen) all.push_back(nlohmann::json::parse(request.body));
  return all;
}

}  // namespace lhcr::deliver::simulated
