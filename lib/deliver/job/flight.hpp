// SPDX-License-Identifier: Apache-2.0
/// What is on its way: makes requests of parcels and knows which answer belongs to which.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "deliver/job/seeker.hpp"

namespace lhcr::deliver {

class Flight {
 public:
  Flight(const JobParts& job, Ledger& ledger, Planning& planning, Seeker& seeker,
         Transport& transport);

  /// Whether another parcel may leave beside those on their way and `more`.
  [[nodiscard]] bool has_room(std::size_t more) const noexcept { return size() + more < lanes_; }
  /// Parcels on their way, and those that wait for a credential.
  [[nodiscard]] std::size_t size() const noexcept { return flying_.size() + unequipped_.size(); }
  /// Sends parcels, and says so in the journal before; one whose credential is being fetched waits
  /// here. Throws Error{endpoint} when none can be had; the parcels are Planning's again then.
  void send(std::vector<ParcelPtr> parcels);
  /// Sends those whose credential is there by now. Throws as send() does.
  void send_equipped();
  /// Gives what waits for a credential back to Planning.
  void put_back_unequipped();
  struct Landed {
    ParcelPtr parcel;
    Answer answer;
  };
  /// Waits for answers, `limit` at most.
  [[nodiscard]] std::vector<Landed> wait(Millis limit);
  /// The request of a parcel, without its credential.
  [[nodiscard]] Request build(Parcel& parcel);
  /// The same for a dry run, which makes no credential.
  [[nodiscard]] PlannedRequest planned(const Request& request, const Parcel& parcel) const;
  /// Whether a request is longer than the endpoint takes.
  [[nodiscard]] bool too_big(const Request& request) const;
  /// The server said 401: whether another try has a new credential.
  [[nodiscard]] bool renew(const Parcel& parcel);
  [[nodiscard]] std::string without_secrets(std::string text) const;

 private:
  [[nodiscard]] std::vector<ParcelPtr> equip(std::vector<ParcelPtr> parcels);
  void announce(Parcel& parcel);
  void launch(ParcelPtr& parcel);
  void launch_record(ParcelPtr& parcel);
  void launch_search(ParcelPtr& parcel);
  void launch_poll(ParcelPtr& parcel);
  [[nodiscard]] bool deliver_here(Parcel& parcel);
  void start(ParcelPtr& parcel, Request request);
  [[nodiscard]] Request reading_request(const Parcel& parcel, std::string url) const;
  void add_headers(Request& request, const Parcel& parcel, const std::string& item) const;
  void add_own_headers(Request& request, const std::string& item, const RecordTexts& texts) const;
  void prepare_references(const Parcel& parcel);
  void note_encoding(const Parcel& parcel, const Answer& answer);

  const JobParts& job_;
  Ledger& ledger_;
  Planning& planning_;
  Seeker& seeker_;
  Transport& transport_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unordered_map<std::uint64_t, ParcelPtr> flying_;
  std::vector<ParcelPtr> unequipped_;  ///< their credential is being fetched
  std::uint64_t next_id_ = 0;
  std::size_t lanes_ = 1;       ///< parcels on their way at the same time
  std::size_t most_bytes_ = 0;  ///< of a body; 0: no limit
  bool compress_ = false;
  bool names_items_;  ///< a header has ${item}
};

}  // namespace lhcr::deliver
