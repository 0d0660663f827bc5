#include "adapter/payload.hpp"

#include <cmath>
#include <set>

#include "adapter/seal.hpp"

namespace ozma::adapter {
namespace {

constexpr std::size_t kNameBytes = 256;
constexpr std::size_t kDevices = 32;

Outcome<Image> ReadImage(const json::object& object) {
  auto part = NeededText(object, "part", kNameBytes);
  if (!part) return part.error();
  auto sum = NeededText(object, "sha256", 64);
  if (!sum) return sum.error();
  if (!IsSha256Hex(*sum)) return Refuse(Code::kBadRequest, "A sha256 is 64 lower-case hexadecimal digits.");
  const auto time = NumberIn(object, "t_ms");
  if (!time) return time.error();
  const double t_ms = time->value_or(0);
  if (!std::isfinite(t_ms) || std::abs(t_ms) > 1e15)
    return Refuse(Code::kBadRequest, "The field t_ms is out of range.");
  return Image{std::move(*part), std::move(*sum), t_ms};
}

Outcome<std::optional<Image>> ReadOneImage(const json::object& object, std::string_view key) {
  const auto inner = ObjectIn(object, key);
  if (!inner) return inner.error();
  if (!*inner) return std::optional<Image>();
  auto image = ReadImage(**inner);
  if (!image) return image.error();
  return std::optional(std::move(*image));
}

Outcome<std::vector<Image>> ReadFrames(const json::object& object, std::size_t most) {
  const auto* value = object.if_contains("frames");
  if (!value || !value->is_array() || value->get_array().empty())
    return Refuse(Code::kBadRequest, "The field frames must be a list of images.");
  if (value->get_array().size() > most)
    return Refuse(Code::kTooLarge, "There may be " + std::to_string(most) + " frames at most.");
  std::vector<Image> frames;
  std::set<std::string> parts;
  for (const auto& entry : value->get_array()) {
    if (!entry.is_object()) return Refuse(Code::kBadRequest, "The field frames must be a list of images.");
    auto image = ReadImage(entry.get_object());
    if (!image) return image.error();
    if (!parts.insert(image->part).second)
      return Refuse(Code::kBadRequest, "A part is named twice among the frames.");
    if (!frames.empty() && image->t_ms < frames.back().t_ms)
      return Refuse(Code::kBadRequest, "The field t_ms may not fall from frame to frame.");
    frames.push_back(std::move(*image));
  }
  return frames;
}

std::vector<double> IntervalsOf(const json::object& timing) {
  std::vector<double> intervals;
  const auto* value = timing.if_contains("frame_intervals_ms");
  if (!value || !value->is_array()) return intervals;
  for (const auto& one : value->get_array()) {
    if (!one.is_number() || intervals.size() == 1000) break;
    intervals.push_back(one.to_number<double>());
  }
  return intervals;
}

// The facts of the camera, the page and the browser: each may be missing, none may be of a wrong type.
Outcome<void> ReadCamera(const json::object& camera, Info& info) {
  auto label = TextIn(camera, "label", kNameBytes);
  if (!label) return label.error();
  auto devices = TextsIn(camera, "devices", kDevices, kNameBytes);
  if (!devices) return devices.error();
  auto settings = ObjectIn(camera, "settings");
  if (!settings) return settings.error();
  auto capabilities = ObjectIn(camera, "capabilities");
  if (!capabilities) return capabilities.error();
  info.camera = std::move(*label).value_or("");
  info.cameras = std::move(*devices);
  info.settings = std::move(*settings).value_or(json::object());
  info.capabilities = std::move(*capabilities).value_or(json::object());
  return {};
}

Outcome<void> ReadPage(const json::object& object, Info& info) {
  auto page = ObjectIn(object, "page");
  if (!page) return page.error();
  const json::object of = std::move(*page).value_or(json::object());
  auto origin = TextIn(of, "origin", kNameBytes);
  if (!origin) return origin.error();
  const auto framed = FlagIn(of, "framed");
  if (!framed) return framed.error();
  auto agent = TextIn(object, "user_agent", 1024);
  if (!agent) return agent.error();
  info.origin = std::move(*origin).value_or("");
  info.framed = *framed;
  info.user_agent = std::move(*agent).value_or("");
  return {};
}

Outcome<void> ReadTampering(const json::object& object, Info& info) {
  auto api = ObjectIn(object, "api");
  if (!api) return api.error();
  auto tampered = TextsIn(std::move(*api).value_or(json::object()), "tampered", 64, kNameBytes);
  if (!tampered) return tampered.error();
  const auto devtools = FlagIn(object, "devtools");
  if (!devtools) return devtools.error();
  const auto webdriver = FlagIn(object, "webdriver");
  if (!webdriver) return webdriver.error();
  info.tampered = std::move(*tampered);
  info.devtools = *devtools;
  info.webdriver = *webdriver;
  return {};
}

}  // namespace

Outcome<MediaPayload> ParseMediaPayload(std::string_view text, std::size_t most_frames) {
  const auto object = ObjectOf(text, kMediaPayloadBytes);
  if (!object) return object.error();
  auto upload_id = NeededText(*object, "upload_id", 64);
  if (!upload_id) return upload_id.error();
  auto action = NeededText(*object, "action", 64);
  if (!action) return action.error();
  if (!IsPlainId(*upload_id) || !IsPlainId(*action))
    return Refuse(Code::kBadRequest, "upload_id and action hold letters, digits, - and _ alone.");
  const auto kind = NeededText(*object, "kind", 16);
  if (!kind) return kind.error();
  if (*kind != "video" && *kind != "photo")
    return Refuse(Code::kBadRequest, "The field kind must be video or photo.");
  auto frames = ReadFrames(*object, most_frames);
  if (!frames) return frames.error();
  const bool photo = *kind == "photo";
  if (photo && frames->size() != 1) return Refuse(Code::kBadRequest, "A photo is one frame.");
  auto best = ReadOneImage(*object, "best");
  if (!best) return best.error();
  auto best_png = ReadOneImage(*object, "best_png");
  if (!best_png) return best_png.error();
  auto info = NeededText(*object, "additional_info", kInfoBytes);
  if (!info) return info.error();
  return MediaPayload{std::move(*upload_id), std::move(*action),   photo,           std::move(*frames),
                      std::move(*best),      std::move(*best_png), std::move(*info)};
}

Outcome<Info> ParseInfo(std::string_view text) {
  const auto object = ObjectOf(text, kInfoBytes);
  if (!object) return object.error();
  Info info;
  auto session_id = NeededText(*object, "session_id", 64);
  if (!session_id) return session_id.error();
  auto action = NeededText(*object, "action", 64);
  if (!action) return action.error();
  auto frames = TextsIn(*object, "frames", 1000, 64);
  if (!frames) return frames.error();
  auto best = TextIn(*object, "best", 64);
  if (!best) return best.error();
  const auto camera = ObjectIn(*object, "camera");
  if (!camera) return camera.error();
  const auto timing = ObjectIn(*object, "timing");
  if (!timing) return timing.error();
  info.session_id = std::move(*session_id);
  info.action = std::move(*action);
  info.frames = std::move(*frames);
  info.best = std::move(*best).value_or("");
  if (*timing) info.intervals = IntervalsOf(**timing);
  if (auto read = ReadCamera(camera->value_or(json::object()), info); !read) return read.error();
  if (auto read = ReadPage(*object, info); !read) return read.error();
  if (auto read = ReadTampering(*object, info); !read) return read.error();
  return info;
}

Outcome<Info> OpenInfo(std::string_view sealed, base::ByteView nonce) {
  const auto dot = sealed.find('.');
  if (dot == std::string_view::npos) return Refuse(Code::kWrongNonce, "The additional_info is not signed.");
  const auto signature = base::DecodeBase64(sealed.substr(dot + 1));
  if (!signature || !EqualInConstantTime(*signature, HmacSha256(nonce, sealed.substr(0, dot))))
    return Refuse(Code::kWrongNonce, "The additional_info is not signed with this session's nonce.");
  const auto text = base::DecodeBase64(sealed.substr(0, dot));
  if (!text) return Refuse(Code::kBadRequest, "The additional_info is no base64url.");
  return ParseInfo(base::AsText(*text));
}

}  // namespace ozma::adapter
