// Stills of videos and archives: /api/media/{media_id}/snapshot/.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// 200 with the stills as a list of media.
Answer ListSnapshots(const Call& call);

// {"time": seconds} -> 201 with the still: of the frames that the decoder takes of the medium, the one next
// to that time, which `technical_meta_data.time` states. kInvalidValue: no video, or a time outside it.
Answer TakeSnapshot(const Call& call);

}  // namespace ozma::api
