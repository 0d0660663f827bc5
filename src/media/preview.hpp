// Films to play in a browser, made of a medium's frames.
#pragma once

#include <span>

#include "media/media.hpp"

namespace ozma::media {

// An MP4 (H.264, 4:2:0, even sides, at most 1280x720 or 720x1280, its index before its data) that shows the
// frames, all shrunk to the shape of the first. Each stands for as long as the times in the frames say; where
// those do not rise, for a tenth of a second. kUnsupported where FFmpeg was built without libx264; kInternal
// where it fails. `frames` is not empty.
base::Result<base::Bytes> EncodeMp4(std::span<const Frame> frames);

}  // namespace ozma::media
