// SPDX-License-Identifier: Apache-2.0
/// What earlier runs of a job did, laid over the works of this one.
#pragma once

#include "deliver/job/ledger.hpp"

namespace lhcr::deliver {

/// Lays what the journal says over a work that has just been planned.
void recall(Work& work, const JobParts& job);

}  // namespace lhcr::deliver
