// Made-up faces for the tests of the index, and the slow and obvious index that the others must equal.
#pragma once

#include <map>
#include <random>

#include "gallery/matches.hpp"
#include "gallery/memory_index.hpp"

namespace ozma::gallery {

inline const NetworkId kTestNetwork = NetworkIdOf("test", "1");

inline std::vector<float> RandomDirection(std::mt19937& random, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> direction(dimension);
  for (float& component : direction) component = normal(random);
  return direction;
}

inline Template RandomFace(std::mt19937& random, std::size_t dimension = 64) {
  return *Template::FromEmbedding(RandomDirection(random, dimension), kTestNetwork);
}

// Another photo of the person: `share` of the values' length is noise.
inline Template AnotherPhoto(const Template& face, std::mt19937& random, float share) {
  std::vector<float> direction = RandomDirection(random, face.values().size());
  const auto noise =
      share * static_cast<float>(face.norm() / std::sqrt(static_cast<double>(direction.size())));
  for (std::size_t i = 0; i < direction.size(); ++i) {
    direction[i] = direction[i] * noise + static_cast<float>(face.values()[i]);
  }
  return *Template::FromEmbedding(direction, kTestNetwork);
}

// A template of these very values, which need not be as an embedding would give them.
inline Template FaceOf(std::span<const std::int8_t> values) {
  base::Bytes bytes = {'O',
                       'Z',
                       'T',
                       'P',
                       1,
                       0,
                       static_cast<std::uint8_t>(values.size() & 255),
                       static_cast<std::uint8_t>(values.size() >> 8)};
  bytes.insert(bytes.end(), kTestNetwork.begin(), kTestNetwork.end());
  for (const std::uint8_t byte : {0x00, 0x00, 0x80, 0x3b}) bytes.push_back(byte);  // a scale of 1/256
  for (const std::int8_t value : values) bytes.push_back(static_cast<std::uint8_t>(value));
  const std::uint32_t sum = base::Crc32(bytes);
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(sum >> shift));
  return *Template::Decode(bytes, kTestNetwork);
}

inline Change Enrol(std::uint64_t position, std::int64_t image, std::int64_t collection,
                    const Template& face) {
  return {position, image, Entry{image, collection, face}};
}
inline Change Remove(std::uint64_t position, std::int64_t image) {
  return {position, image, std::nullopt};
}

// The reference: a map that is searched with Cosine().
class PlainIndex {
 public:
  void Apply(std::span<const Change> changes) {
    for (const Change& change : changes) {
      entries_.erase(change.image);
      if (change.entry) entries_.emplace(change.image, *change.entry);
    }
  }
  std::vector<std::vector<Match>> Search(const Question& question) const {
    std::vector<std::vector<Match>> answer;
    for (const Template& probe : question.probes) {
      std::vector<Match> matches;
      for (const auto& [image, entry] : entries_) {
        const float cosine = Cosine(probe, entry.face);
        if (cosine >= question.cosine_min && std::ranges::count(question.collections, entry.collection) > 0) {
          matches.push_back({image, entry.collection, cosine});
        }
      }
      std::ranges::sort(matches, BestMatches::Better);
      if (matches.size() > question.most) matches.resize(question.most);
      answer.push_back(matches);
    }
    return answer;
  }
  const std::map<std::int64_t, Entry>& entries() const { return entries_; }

 private:
  std::map<std::int64_t, Entry> entries_;
};

inline IndexOptions TestOptions(std::size_t dimension = 64) {
  IndexOptions options;
  options.shape = {kTestNetwork, dimension};
  options.threads = 3;
  options.parallel_above = 2000;
  return options;
}

inline bool operator==(const Match& a, const Match& b) {
  return a.image == b.image && a.collection == b.collection && a.cosine == b.cosine;
}

}  // namespace ozma::gallery
