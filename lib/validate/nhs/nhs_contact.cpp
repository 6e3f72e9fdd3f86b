// SPDX-License-Identifier: Apache-2.0
/// Addresses, telephone numbers and dates of UK records.
#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::NodeId;

/// What Address.country says about addresses with a British postcode, in lower case.
constexpr std::array<std::string_view, 12> british = {
    "gb",
    "gbr",
    "uk",
    "united kingdom",
    "great britain",
    "england",
    "scotland",
    "wales",
    "britain",
    "gb-eng",
    "northern ireland",
    "united kingdom of great britain and northern ireland"};

/// 9AA; the letters C I K M O V occur only below ZZ99, which stands for people without a postcode.
bool is_inward(std::string_view text, bool pseudo) {
  const std::string_view never = pseudo ? "" : "CIKMOV";
  return text.size() == 3 && is_digit(text[0]) &&
         std::all_of(text.begin() + 1, text.end(), [&](char byte) {
           return is_capital(byte) && never.find(byte) == std::string_view::npos;
         });
}

/// A9, A99, A9A, AA9, AA99, AA9A.
bool is_outward(std::string_view text) {
  const std::size_t letters = text.size() > 1 && is_capital(text[1]) ? 2 : 1;
  if (text.size() <= letters || text.size() > letters + 2 || !is_capital(text[0]) ||
      !is_digit(text[letters])) {
    return false;
  }
  return text.size() == letters + 1 || is_digit(text.back()) || is_capital(text.back());
}

/// BS 7666: outward and inward code with one space, or none, between them; besides GIR 0AA and the
/// numbers of the forces' post offices.
bool is_postcode(std::string_view text) {
  if (text == "GIR 0AA") return true;
  if (text.starts_with("BFPO ")) {
    const std::string_view number = text.substr(5);
    return !number.empty() && number.size() <= 4 &&
           std::all_of(number.begin(), number.end(), is_digit);
  }
  if (text.size() < 5) return false;
  std::string_view outward = text.substr(0, text.size() - 3);
  if (outward.back() == ' ') outward.remove_suffix(1);
  return is_inward(text.substr(text.size() - 3), outward == "ZZ99") && is_outward(outward);
}

bool is_abroad(std::string_view country) {
  const std::string lower = in_small_letters(country);
  return !lower.empty() && std::find(british.begin(), british.end(), lower) == british.end();
}

/// 3 (999, 111) to 20 digits (15 of ITU E.164 and an extension), with what people write between
/// them.
bool is_telephone_number(std::string_view text) {
  if (text.starts_with("tel:")) text.remove_prefix(4);
  constexpr std::string_view between = "+ ()-./,;=#xextEXT";
  std::size_t digits = 0;
  for (const char byte : text) {
    if (is_digit(byte)) {
      ++digits;
    } else if (between.find(byte) == std::string_view::npos) {
      return false;
    }
  }
  return digits >= 3 && digits <= 20;
}

bool is_email_address(std::string_view text) {
  if (text.starts_with("mailto:")) text.remove_prefix(7);
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || has_space(text)) return false;
  const std::string_view host = text.substr(at + 1);
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.back() != '.' &&
         host.find("..") == std::string_view::npos;
}

struct ContactForm {
  std::string_view system;
  bool (*keeps)(std::string_view value);
  std::string_view name;
};
constexpr std::array contact_forms = {
    ContactForm{"phone", is_telephone_number, "telephone number"},
    ContactForm{"fax", is_telephone_number, "telephone number"},
    ContactForm{"pager", is_telephone_number, "telephone number"},
    ContactForm{"sms", is_telephone_number, "telephone number"},
    ContactForm{"email", is_email_address, "e-mail address"},
    ContactForm{"url", is_absolute_url, "absolute URL"},
};

}  // namespace

void check_nhs_address(Run& run, NodeId node) {
  const NodeId postcode = run.child(node, name::postal_code);
  if (run.has_text(postcode) && !is_abroad(run.child_text(node, name::country)) &&
      !is_postcode(run.tree[postcode].text())) {
    run.report(postcode, id<"postcode-form">, {std::string(run.tree[postcode].text())});
  }
}

void check_nhs_contact_point(Run& run, NodeId node) {
  const NodeId value = run.child(node, name::value);
  if (!run.has_text(value)) return;
  const std::string_view system = run.child_text(node, name::system);
  for (const ContactForm& form : contact_forms) {
    if (form.system == system && !form.keeps(run.tree[value].text())) {
      run.report(value, id<"telecom-form">,
                 {std::string(run.tree[value].text()), std::string(form.name)});
    }
  }
}

void check_nhs_date(Run& run, NodeId node) {
  const tree::Node& at = run.tree[node];
  const std::string_view latest = run.options.latest_day;
  if (!latest.empty() && run.state.nhs.is_past(run.tree[at.parent].type, at.element)) {
    // What is no date is said to be none, and lies nowhere.
    const std::string_view day = at.text().substr(0, latest.size());
    if (date_time_fault(at.text()) == DateFault::none && day > latest.substr(0, day.size())) {
      run.report(node, id<"date-in-future">, {std::string(at.text())});
    }
  }
}

}  // namespace lhcr::validate
