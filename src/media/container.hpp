// What a film's outermost structure tells without FFmpeg.
#pragma once

#include "media/format.hpp"

namespace ozma::media {

// True where the structure claims more bytes than the file holds. MP4 and its kin, WebM and Matroska; false
// for others, whose ends are open.
bool IsCut(base::ByteView bytes, Format format);

}  // namespace ozma::media
