// The pieces that Run of job.hpp is made of; used inside this room.
#pragma once

#include "analysis/job.hpp"

namespace ozma::analysis {

base::Result<Outcome> RunQuality(const Analyst& analyst, const Parameters& parameters,
                                 const std::vector<Source>& sources, const Frames& frames);
base::Result<Outcome> RunBiometry(const Analyst& analyst, const Parameters& parameters,
                                  const std::vector<Source>& sources, const Frames& frames);
base::Result<Outcome> RunCollection(const Analyst& analyst, const Parameters& parameters,
                                    const std::vector<Source>& sources, const Frames& frames,
                                    const Search& search);

// Codes of failed analyses.
constexpr int kLogicCode = 202, kTagCode = 5;

Outcome Failed(int code, std::string message);

// An error over one medium: what the medium is to blame for as a failed outcome, what we are to blame for as
// the error.
base::Result<Outcome> Blame(const base::Error& error, const Source& source);

}  // namespace ozma::analysis
