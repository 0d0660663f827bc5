#include "media/preview.hpp"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

#include "media/av.hpp"

namespace ozma::media {
namespace {

constexpr int kTicks = 1000;  // a second
constexpr int kFrameTicks = kTicks / 10;
constexpr double kLonger = 1280, kShorter = 720;

base::Error Broken(const char* what) {
  return base::Fail(base::Fault::kInternal, std::string("A preview could not be made: ") + what + ".");
}

cv::Size SizeFor(const cv::Mat& first) {
  const double longer = std::max(first.cols, first.rows), shorter = std::min(first.cols, first.rows);
  const double scale = std::min({1.0, kLonger / longer, kShorter / shorter});
  const auto even = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
  return {even(first.cols), even(first.rows)};
}

// When each frame begins and, at the end of the list, when the last one ends.
std::vector<std::int64_t> Beginnings(std::span<const Frame> frames) {
  bool rising = true;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    rising = rising && std::lround((frames[i].seconds - frames[i - 1].seconds) * kTicks) > 0;
  }
  std::vector<std::int64_t> ticks;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ticks.push_back(rising ? std::lround((frames[i].seconds - frames[0].seconds) * kTicks)
                           : static_cast<std::int64_t>(i) * kFrameTicks);
  }
  const auto last = rising && frames.size() > 1 ? ticks.back() - ticks[ticks.size() - 2] : kFrameTicks;
  ticks.push_back(ticks.back() + last);
  return ticks;
}

// A file in memory, as FFmpeg writes it.
struct Sink {
  base::Bytes bytes;
  std::size_t at = 0;

  static int Write(void* opaque, std::uint8_t* from, int size) {
    auto& self = *static_cast<Sink*>(opaque);
    if (self.bytes.size() < self.at + size) self.bytes.resize(self.at + size);
    std::memcpy(self.bytes.data() + self.at, from, size);
    self.at += size;
    return size;
  }
  static std::int64_t Seek(void* opaque, std::int64_t offset, int whence) {
    auto& self = *static_cast<Sink*>(opaque);
    const auto size = static_cast<std::int64_t>(self.bytes.size());
    if (whence & AVSEEK_SIZE) return size;
    if (whence == SEEK_CUR) offset += static_cast<std::int64_t>(self.at);
    if (whence == SEEK_END) offset += size;
    if (offset < 0) return AVERROR(EINVAL);  // beyond the end is where room is left for the index
    self.at = static_cast<std::size_t>(offset);
    return offset;
  }
};

// Not movable: FFmpeg holds the address of `sink_`.
class Film {
 public:
  Film() = default;
  ~Film() {
    avformat_free_context(context_);
    if (io_) av_freep(&io_->buffer);
    avio_context_free(&io_);
    sws_freeContext(scaler_);
  }
  Film(const Film&) = delete;
  Film& operator=(const Film&) = delete;

  base::Result<void> Open(cv::Size size, std::size_t frames) {
    const auto* codec = avcodec_find_encoder_by_name("libx264");
    if (!codec) return base::Fail(base::Fault::kUnsupported, "FFmpeg was built without libx264.");
    encoder_.reset(avcodec_alloc_context3(codec));
    if (!encoder_) return Broken("no memory");
    encoder_->width = size.width;
    encoder_->height = size.height;
    encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder_->colorspace = AVCOL_SPC_SMPTE170M;
    encoder_->color_range = AVCOL_RANGE_MPEG;
    encoder_->time_base = {1, kTicks};
    encoder_->thread_count = 1;
    encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(encoder_->priv_data, "preset", "veryfast", 0);
    av_opt_set(encoder_->priv_data, "crf", "26", 0);
    // Without frames that wait for later ones, times to show and to decode are the same.
    encoder_->max_b_frames = 0;
    if (avcodec_open2(encoder_.get(), codec, nullptr) < 0) return Broken("the encoder does not start");

    constexpr int kBuffer = 32 << 10;
    io_ = avio_alloc_context(static_cast<unsigned char*>(av_malloc(kBuffer)), kBuffer, 1, &sink_, nullptr,
                             Sink::Write, Sink::Seek);
    avformat_alloc_output_context2(&context_, nullptr, "mp4", nullptr);
    stream_ = context_ ? avformat_new_stream(context_, nullptr) : nullptr;
    if (!io_ || !stream_) return Broken("no memory");
    context_->pb = io_;
    stream_->time_base = encoder_->time_base;
    if (avcodec_parameters_from_context(stream_->codecpar, encoder_.get()) < 0) return Broken("no memory");
    // The index goes into room kept before the data, so that players can begin at once.
    const std::size_t index = 4096 + 64 * frames;
    av_opt_set_int(context_->priv_data, "moov_size", static_cast<std::int64_t>(index), 0);
    if (avformat_write_header(context_, nullptr) < 0) return Broken("the header cannot be written");

    scaler_ = sws_getContext(size.width, size.height, AV_PIX_FMT_BGR24, size.width, size.height,
                             AV_PIX_FMT_YUV420P, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr);
    return scaler_ ? base::Result<void>() : Broken("no memory");
  }

  base::Result<void> Add(const cv::Mat& bgr, std::int64_t from, std::int64_t to) {
    cv::Mat picture;
    cv::resize(bgr, picture, {encoder_->width, encoder_->height}, 0, 0, cv::INTER_AREA);
    AvFrame frame(av_frame_alloc());
    if (!frame) return Broken("no memory");
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = encoder_->width;
    frame->height = encoder_->height;
    frame->pts = from;
    if (av_frame_get_buffer(frame.get(), 0) < 0) return Broken("no memory");
    const std::uint8_t* const planes[4] = {picture.data};
    const int strides[4] = {static_cast<int>(picture.step)};
    sws_scale(scaler_, planes, strides, 0, picture.rows, frame->data, frame->linesize);
    durations_.push_back(to - from);
    return Send(frame.get());
  }

  base::Result<base::Bytes> Close() {
    if (auto sent = Send(nullptr); !sent) return sent.error();
    if (av_write_trailer(context_) < 0) return Broken("the index does not fit");
    avio_flush(io_);
    return std::move(sink_.bytes);
  }

 private:
  // Null flushes.
  base::Result<void> Send(const AVFrame* frame) {
    if (avcodec_send_frame(encoder_.get(), frame) < 0) return Broken("a frame cannot be coded");
    for (;;) {
      const AvPacket packet(av_packet_alloc());
      if (!packet) return Broken("no memory");
      if (avcodec_receive_packet(encoder_.get(), packet.get()) < 0) return {};
      packet->duration = durations_[written_++];
      av_packet_rescale_ts(packet.get(), encoder_->time_base, stream_->time_base);
      packet->stream_index = stream_->index;
      if (av_interleaved_write_frame(context_, packet.get()) < 0) return Broken("a frame cannot be written");
    }
  }

  Sink sink_;
  AvCodec encoder_;
  AVIOContext* io_ = nullptr;
  AVFormatContext* context_ = nullptr;
  AVStream* stream_ = nullptr;
  SwsContext* scaler_ = nullptr;
  std::vector<std::int64_t> durations_;
  std::size_t written_ = 0;
};

}  // namespace

base::Result<base::Bytes> EncodeMp4(std::span<const Frame> frames) {
  av_log_set_level(AV_LOG_QUIET);
  const auto ticks = Beginnings(frames);
  Film film;
  if (auto open = film.Open(SizeFor(frames.front().bgr), frames.size()); !open) return open.error();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (auto added = film.Add(frames[i].bgr, ticks[i], ticks[i + 1]); !added) return added.error();
  }
  return film.Close();
}

}  // namespace ozma::media
