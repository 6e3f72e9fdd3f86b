// SPDX-License-Identifier: Apache-2.0
/// Deliveries to an endpoint whose answers a test gives, without a network.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "deliver/job/job.hpp"
#include "simulated.hpp"

namespace lhcr::deliver::simulated {

/// What an endpoint answers to a request, whose body is in Request::body.
using Reply = std::function<Answer(const Request&)>;

/// Answers in FHIR JSON.
[[nodiscard]] Answer answer_of(long status, std::string body = {});
/// A response of 201 for each entry of the Bundle that was sent.
[[nodiscard]] Answer answer_to_bundle(const Request& request);

/// What one delivery did.
struct Delivered {
  std::vector<Request> seen;
  Tally tally;
  std::vector<Issue> issues;
};

struct Delivery {
  std::vector<std::string> records;  ///< JSON, or CDA documents
  std::string style;
  std::string region;          ///< more of its file
  std::string fhir = "4.0.1";  ///< what the endpoint speaks
  Reply reply;
  std::function<void(JobSettings&)> change;  ///< of the settings; may be empty
  std::function<bool()> interrupted;         ///< may be empty
  bool reads_ahead = false;
  TableMaker* tables = nullptr;
};
/// Runs a delivery with a journal of its own, or with `disk`.
[[nodiscard]] Delivered push(const Delivery& delivery);
[[nodiscard]] Delivered push(const Delivery& delivery, Disk& disk);

/// The bodies of requests, in order.
[[nodiscard]] std::vector<nlohmann::json> bodies(const Delivered& done);

}  // namespace lhcr::deliver::simulated
