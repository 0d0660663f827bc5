#include "media/video.hpp"

extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "media/av.hpp"
#include "media/container.hpp"
#include "media/film_traces.hpp"
#include "media/header.hpp"
#include "media/orientation.hpp"

namespace ozma::media {
namespace {

const char* DemuxerOf(Format format) {
  switch (format) {
    case Format::kMp4:
    case Format::kM4v:
    case Format::kMov:
      return "mov";
    case Format::kWebm:
    case Format::kMatroska:
      return "matroska";
    case Format::kAvi:
      return "avi";
    case Format::kMpegPs:
      return "mpeg";
    case Format::kMpegTs:
      return "mpegts";
    case Format::kMpegEs:
      return "mpegvideo";
    case Format::kOgg:
      return "ogg";
    case Format::kAsf:
      return "asf";
    default:
      return "";
  }
}

// FFmpeg's names of the decoders that may run, comma-separated as its own option takes them.
constexpr const char* kCodecs =
    "h264,hevc,libdav1d,vp8,vp9,mpeg4,mpeg1video,mpeg2video,mpegvideo,mjpeg,theora,h263,msmpeg4v1,msmpeg4v2,"
    "msmpeg4,"
    "wmv1,wmv2,wmv3,vc1,prores";

bool Listed(const AVCodec* codec) {
  return codec &&
         ("," + std::string(kCodecs) + ",").find("," + std::string(codec->name) + ",") != std::string::npos;
}

// FFmpeg's view of the bytes, in place of a file.
struct Source {
  base::ByteView bytes;
  std::int64_t at = 0;

  static int Read(void* opaque, std::uint8_t* to, int size) {
    auto& self = *static_cast<Source*>(opaque);
    const auto left = static_cast<std::int64_t>(self.bytes.size()) - self.at;
    if (left <= 0) return AVERROR_EOF;
    const auto count = std::min<std::int64_t>(left, size);
    std::memcpy(to, self.bytes.data() + self.at, count);
    self.at += count;
    return static_cast<int>(count);
  }
  static std::int64_t Seek(void* opaque, std::int64_t offset, int whence) {
    auto& self = *static_cast<Source*>(opaque);
    const auto size = static_cast<std::int64_t>(self.bytes.size());
    switch (whence & ~AVSEEK_FORCE) {
      case AVSEEK_SIZE:
        return size;
      case SEEK_SET:
        break;
      case SEEK_CUR:
        offset += self.at;
        break;
      case SEEK_END:
        offset += size;
        break;
      default:
        return AVERROR(EINVAL);
    }
    if (offset < 0 || offset > size) return AVERROR(EINVAL);
    return self.at = offset;
  }
};

// The options of one call; FFmpeg leaves in it those it did not know.
struct Options {
  AVDictionary* entries = nullptr;
  ~Options() { av_dict_free(&entries); }
  void Set(const char* key, const std::string& value) { av_dict_set(&entries, key, value.c_str(), 0); }
};

// An open film. Not movable: FFmpeg holds the address of `source_`.
class Film {
 public:
  explicit Film(base::ByteView bytes) : source_{bytes} {}
  ~Film() {
    avformat_close_input(&context_);
    if (io_) av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  Film(const Film&) = delete;
  Film& operator=(const Film&) = delete;

  base::Result<void> Open(Format format, const Limits& limits) {
    constexpr int kBuffer = 32 << 10;
    io_ = avio_alloc_context(static_cast<unsigned char*>(av_malloc(kBuffer)), kBuffer, 0, &source_,
                             Source::Read, nullptr, Source::Seek);
    context_ = avformat_alloc_context();
    const auto* demuxer = av_find_input_format(DemuxerOf(format));
    if (!io_ || !context_ || !demuxer) return base::Fail(base::Fault::kInternal, "FFmpeg lacks a demuxer.");
    context_->pb = io_;
    context_->io_open = [](AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
      return AVERROR(EACCES);  // whatever a film refers to outside itself
    };

    Options options;
    options.Set("format_whitelist", demuxer->name);
    options.Set("codec_whitelist", kCodecs);
    options.Set("protocol_whitelist", "none");
    options.Set("max_streams", "32");
    options.Set("threads", "1");
    if (avformat_open_input(&context_, "", demuxer, &options.entries) < 0)
      return Unreadable("The video is damaged or cut off: its header cannot be read.");
    return FindPictures(limits);
  }

  AVFormatContext* context() const { return context_; }
  AVStream* stream() const { return stream_; }
  const AVCodec* codec() const { return codec_; }

 private:
  base::Result<void> FindPictures(const Limits& limits) {
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
      const auto* stated = context_->streams[i]->codecpar;
      if (stated->width < 1 || stated->height < 1) continue;  // known after a look at the data below
      if (auto fits = CheckPixels(stated->width, stated->height, limits); !fits) return fits;
    }
    std::vector<Options> options(context_->nb_streams);
    std::vector<AVDictionary*> entries;
    for (auto& each : options) {
      each.Set("max_pixels", std::to_string(limits.pixels));
      each.Set("threads", "1");
      entries.push_back(std::exchange(each.entries, nullptr));
    }
    const int found = avformat_find_stream_info(context_, entries.empty() ? nullptr : entries.data());
    for (std::size_t i = 0; i < options.size(); ++i) options[i].entries = entries[i];
    if (found < 0) return Unreadable("The video is damaged or cut off.");

    for (unsigned i = 0; i < context_->nb_streams; ++i) {
      auto* stream = context_->streams[i];
      const bool film = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                        !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
      if (film && !stream_) {
        stream_ = stream;
      } else {
        stream->discard = AVDISCARD_ALL;
      }
    }
    if (!stream_) return Unreadable("The file holds no video, or is cut off before it.");
    codec_ = avcodec_find_decoder(stream_->codecpar->codec_id);
    if (!Listed(codec_)) {
      return Unreadable(std::string("Videos in ") + avcodec_get_name(stream_->codecpar->codec_id) +
                        " are not read; use H.264, HEVC, VP8, VP9 or AV1.");
    }
    return CheckPixels(stream_->codecpar->width, stream_->codecpar->height, limits);
  }

  Source source_;
  AVIOContext* io_ = nullptr;
  AVFormatContext* context_ = nullptr;
  AVStream* stream_ = nullptr;
  const AVCodec* codec_ = nullptr;
};

std::string Seconds(double seconds) {
  return std::to_string(static_cast<int>(std::ceil(seconds))) + " s";
}

base::Error TooLong(double seconds, const Limits& limits) {
  return Unreadable("The video lasts " + Seconds(seconds) + "; at most " + Seconds(limits.video_seconds) +
                    " are taken.");
}
base::Error TooManyFrames(const Limits& limits) {
  return Unreadable("The video has more than " + std::to_string(limits.video_frames) + " frames.");
}

struct Packets {
  std::vector<AvPacket> list;
  double first = 0;  // seconds, presentation time of the first and of the end of the last frame
  double end = 0;
};

// Reads every packet before decoding any: the times in them, not the header's word, tell the length.
base::Result<Packets> ReadPackets(const Film& film, std::size_t file_bytes, const Limits& limits) {
  Packets packets;
  const auto* stream = film.stream();
  const double tick = av_q2d(stream->time_base);
  const double frame = stream->avg_frame_rate.num > 0 ? 1 / av_q2d(stream->avg_frame_rate) : 0.04;
  double first = 1e300, last = -1e300;
  std::size_t held = 0;
  for (;;) {
    AvPacket packet(av_packet_alloc());
    if (!packet) return base::Fail(base::Fault::kInternal, "No memory for reading a video.");
    const int state = av_read_frame(film.context(), packet.get());
    if (state == AVERROR_EOF) break;
    if (state < 0) return Unreadable("The video is damaged or cut off.");
    if (packet->stream_index != stream->index) continue;
    if (static_cast<int>(packets.list.size()) >= limits.video_frames) return TooManyFrames(limits);

    // An index may name the same bytes again and again.
    held += packet->size;
    if (held > 2 * file_bytes + (1u << 20)) return Unreadable("The video's index is broken.");

    const auto stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    const double at = stamp != AV_NOPTS_VALUE ? stamp * tick : packets.list.size() * frame;
    first = std::min(first, at);
    last = std::max(last, at + (packet->duration > 0 ? packet->duration * tick : frame));
    packets.list.push_back(std::move(packet));
  }
  if (packets.list.empty()) return Unreadable("The video holds no frames, or is cut off before the first.");
  packets.first = first;
  packets.end = last;
  return packets;
}

int OrientationOf(const AVStream* stream) {
  std::size_t size = 0;
  const auto* data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  if (!data || size < 9 * sizeof(std::int32_t)) return 1;
  std::array<std::int32_t, 9> matrix;
  std::memcpy(matrix.data(), data, sizeof(matrix));
  return OfDisplayMatrix(matrix);
}

// The moments wanted: the middles of as many equal parts as `sample_rate` and `samples` allow.
class Schedule {
 public:
  Schedule(double first, double end, const Limits& limits) : first_(first) {
    const double length = std::max(0.0, end - first);
    count_ = std::clamp(static_cast<int>(std::lround(length * limits.sample_rate)), 1,
                        std::max(1, limits.samples));
    step_ = length / count_;
  }
  bool Wants(double seconds) const { return !Full() && seconds >= first_ + (next_ + 0.5) * step_ - 1e-6; }

  // One frame answers for every moment up to it: where frames are rarer than moments, none is given twice.
  void Take(double seconds) {
    do ++next_;
    while (Wants(seconds));
  }
  bool Full() const { return next_ >= count_; }

 private:
  double first_, step_ = 0;
  int count_ = 1, next_ = 0;
};

// Decodes packet by packet and hands on the frames that the schedule wants.
class Sampler {
 public:
  Sampler(const Film& film, AVCodecContext* codec, const Packets& packets, const Limits& limits,
          const FrameSink& sink)
      : film_(film),
        codec_(codec),
        packets_(packets),
        limits_(limits),
        sink_(sink),
        orientation_(OrientationOf(film.stream())),
        schedule_(packets.first, packets.end, limits) {}

  base::Result<void> Run() {
    for (const auto& packet : packets_.list) {
      if (auto sent = Send(packet.get()); !sent) return sent;
      if (schedule_.Full()) return {};
    }
    if (auto sent = Send(nullptr); !sent) return sent;
    // A film whose last frames are late still gives what it has.
    if (given_ == 0 && last_) {
      if (auto taken = Give(*last_, packets_.first); !taken) return taken;
    }
    if (given_ == 0) return Unreadable("No frame of the video could be decoded.");
    if (decoded_ < static_cast<int>(packets_.list.size()) / 2) return Unreadable("The video is damaged.");
    return {};
  }

  const TraceKeeper& keeper() const { return keeper_; }

 private:
  // Null flushes. A packet that does not decode is passed over: films begin and break off in odd places.
  base::Result<void> Send(const AVPacket* packet) {
    if (avcodec_send_packet(codec_, packet) < 0) return {};
    for (;;) {
      AvFrame frame(av_frame_alloc());
      if (!frame) return base::Fail(base::Fault::kInternal, "No memory for decoding a video.");
      if (avcodec_receive_frame(codec_, frame.get()) < 0) return {};
      if (auto taken = Take(std::move(frame)); !taken || schedule_.Full()) return taken;
    }
  }

  base::Result<void> Take(AvFrame frame) {
    if (auto fits = CheckPixels(frame->width, frame->height, limits_); !fits) return fits;
    if (++decoded_ > limits_.video_frames) return TooManyFrames(limits_);
    if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT)) return {};
    const auto stamp = frame->best_effort_timestamp;
    const double seconds =
        stamp != AV_NOPTS_VALUE
            ? stamp * av_q2d(film_.stream()->time_base)
            : packets_.first + (packets_.end - packets_.first) * (decoded_ - 1) / packets_.list.size();
    if (const auto luma = LumaOf(*frame); !luma.empty()) keeper_.See(luma, seconds);
    if (!schedule_.Wants(seconds)) {
      last_ = std::move(frame);
      return {};
    }
    schedule_.Take(seconds);
    return Give(*frame, seconds);
  }

  base::Result<void> Give(const AVFrame& frame, double seconds) {
    auto* stream = film_.stream();
    const auto shape = av_guess_sample_aspect_ratio(film_.context(), stream, nullptr);
    const auto bgr = ToBgr(frame, shape, limits_.frame_side);
    if (bgr.empty()) return Unreadable("The video's pixels are of no known kind.");
    ++given_;
    return sink_(Upright(bgr, orientation_), std::max(0.0, seconds - packets_.first));
  }

  const Film& film_;
  AVCodecContext* codec_;
  const Packets& packets_;
  const Limits& limits_;
  const FrameSink& sink_;
  int orientation_;
  Schedule schedule_;
  AvFrame last_;
  TraceKeeper keeper_;
  int decoded_ = 0, given_ = 0;
};

Info InfoOf(const Film& film, const Packets& packets) {
  const auto* stream = film.stream();
  Info info;
  info.width = stream->codecpar->width;
  info.height = stream->codecpar->height;
  if (Sideways(OrientationOf(stream))) std::swap(info.width, info.height);
  info.frames = static_cast<int>(packets.list.size());
  info.duration = packets.end - packets.first;
  const auto rate = stream->avg_frame_rate;
  info.fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : info.frames / std::max(info.duration, 1e-3);
  return info;
}

}  // namespace

base::Result<Info> DecodeVideo(base::ByteView bytes, Format format, const Limits& limits,
                               const FrameSink& sink, Traces& traces) {
  if (IsCut(bytes, format)) return Unreadable("The video is cut off: the file ends before its data does.");
  Film film(bytes);
  if (auto open = film.Open(format, limits); !open) return open.error();

  const auto stated = film.context()->duration;
  constexpr double kSlack = 0.5;  // a container's clock and its last frame's end differ a little
  if (stated > 0 && stated / double{AV_TIME_BASE} > limits.video_seconds + kSlack)
    return TooLong(stated / double{AV_TIME_BASE}, limits);
  if (film.stream()->nb_frames > limits.video_frames) return TooManyFrames(limits);

  const auto packets = ReadPackets(film, bytes.size(), limits);
  if (!packets) return packets.error();
  if (packets->end - packets->first > limits.video_seconds + kSlack)
    return TooLong(packets->end - packets->first, limits);
  if (film.stream()->nb_frames > static_cast<std::int64_t>(packets->list.size()))
    return Unreadable("The video is cut off: frames that its index names are missing.");

  const auto codec = OpenCodec(film.codec(), film.stream()->codecpar, limits);
  if (!codec) return Unreadable("The video's decoder cannot be started.");
  Sampler sampler(film, codec.get(), *packets, limits, sink);
  if (auto sampled = sampler.Run(); !sampled) return sampled.error();
  traces.marks = MarksOf(*film.context(), *film.stream(), *packets->list.front());
  sampler.keeper().Conclude(traces);
  return InfoOf(film, *packets);
}

}  // namespace ozma::media
