#include "store/gallery_log.hpp"

#include "base/ids.hpp"
#include "store/gallery_positions.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

base::Result<base::Bytes> BytesOf(const Cell& cell) {
  auto bytes = base::DecodeBase64(cell.text);
  if (bytes && !bytes->empty()) return bytes;
  return base::Fail(base::Fault::kTemplateUnreadable, "A template in the database is no base64.");
}

}  // namespace

std::int64_t TakePositions(Transaction& in, std::int64_t count) {
  const auto last =
      FetchInteger(in, Sql("UPDATE gallery_head SET position = position + ? RETURNING position", count));
  return *last - count + 1;
}

void RemoveImagesWhere(Transaction& in, const Sql& condition) {
  for (const std::string_view key : {"original_key", "thumb_key"}) {
    Sql sql("INSERT INTO doomed_blobs (blob_key) SELECT ");
    sql.Add(key).Add(" FROM person_images WHERE ").Add(key).Add(" IS NOT NULL AND ").Add(condition);
    Execute(in, sql.Add(" ON CONFLICT DO NOTHING"));
  }
  Sql counting("SELECT count(*) FROM person_images WHERE ");
  const auto count = FetchInteger(in, counting.Add(condition)).value_or(0);
  if (count == 0) return;
  const auto first = TakePositions(in, count);
  Sql noting(
      "INSERT INTO removed_images (position, image, time_removed) SELECT CAST(? AS BIGINT) - 1 + "
      "row_number() "
      "OVER (ORDER BY image), image, CAST(? AS DOUBLE PRECISION) FROM person_images WHERE ",
      first, base::UnixSeconds());
  Execute(in, noting.Add(condition));
  Execute(in, Sql("DELETE FROM person_images WHERE ").Add(condition));
}

GalleryHead HeadOfGallery(Transaction& in) {
  GalleryHead head;
  Fetch(in, Sql("SELECT position, pruned FROM gallery_head"), {Kind::kInteger, Kind::kInteger},
        [&](const auto& row) {
          head = {row[0].integer, row[1].integer};
        });
  return head;
}

std::string EpochOfGallery(Transaction& in) {
  Execute(in, Sql("UPDATE gallery_head SET epoch = ? WHERE epoch = ''", base::NewUuid()));
  return FetchTexts(in, Sql("SELECT epoch FROM gallery_head")).at(0);
}

base::Result<std::vector<GalleryChange>> ChangesAfter(Transaction& in, std::int64_t position,
                                                      std::int64_t most) {
  const Sql sql(
      "SELECT * FROM (SELECT image AS position, image, collection, template FROM person_images WHERE image > "
      "? "
      "ORDER BY image LIMIT ?) AS enrolled UNION ALL "
      "SELECT * FROM (SELECT position, image, 0, '' FROM removed_images WHERE position > ? "
      "ORDER BY position LIMIT ?) AS removed ORDER BY position LIMIT ?",
      position, most, position, most, most);
  std::vector<GalleryChange> changes;
  std::optional<base::Error> failed;
  Fetch(in, sql, {Kind::kInteger, Kind::kInteger, Kind::kInteger, Kind::kText}, [&](const auto& row) {
    GalleryChange change{row[0].integer, row[1].integer, row[3].text.empty(), row[2].integer, {}};
    if (!change.gone) {
      auto bytes = BytesOf(row[3]);
      if (!bytes) {
        failed = bytes.error();
        return;
      }
      change.bytes = std::move(*bytes);
    }
    changes.push_back(std::move(change));
  });
  if (failed) return *failed;
  return changes;
}

std::int64_t PruneGallery(Transaction& in, double before) {
  const auto last =
      FetchInteger(in, Sql("SELECT max(position) FROM removed_images WHERE time_removed < ?", before));
  if (!last) return 0;
  Execute(in, Sql("UPDATE gallery_head SET pruned = ? WHERE pruned < ?", *last, *last));
  return Execute(in, Sql("DELETE FROM removed_images WHERE position <= ?", *last));
}

std::vector<std::int64_t> NumbersOf(Transaction& in, const std::vector<std::string>& collection_ids) {
  std::vector<std::int64_t> numbers;
  for (const auto& chunk : Chunks(collection_ids)) {
    Sql sql("SELECT number FROM collections WHERE collection_id IN ");
    Fetch(in, sql.AddList(chunk), {Kind::kInteger},
          [&](const auto& row) { numbers.push_back(row[0].integer); });
  }
  return numbers;
}

std::vector<ImageOwner> OwnersOf(Transaction& in, const std::vector<std::int64_t>& images) {
  constexpr std::size_t kAtOnce = 1000;
  std::vector<ImageOwner> owners;
  for (std::size_t at = 0; at < images.size(); at += kAtOnce) {
    const auto end = std::min(images.size(), at + kAtOnce);
    const std::vector<Value> some(images.begin() + static_cast<std::ptrdiff_t>(at),
                                  images.begin() + static_cast<std::ptrdiff_t>(end));
    Sql sql("SELECT image, media_id, person_id, collection_id FROM person_images WHERE image IN ");
    Fetch(in, sql.AddList(some), {Kind::kInteger, Kind::kText, Kind::kText, Kind::kText},
          [&](const auto& row) {
            owners.push_back({row[0].integer, row[1].text, row[2].text, row[3].text});
          });
  }
  return owners;
}

base::Result<std::vector<EnrolledSince>> EnrolledAfter(Transaction& in, std::string_view collection_id,
                                                       std::int64_t position) {
  std::vector<EnrolledSince> enrolled;
  std::optional<base::Error> failed;
  Fetch(
      in,
      Sql("SELECT person_id, template FROM person_images WHERE collection = (SELECT number FROM collections "
          "WHERE collection_id = ?) AND image > ?",
          collection_id, position),
      {Kind::kText, Kind::kText}, [&](const auto& row) {
        auto bytes = BytesOf(row[1]);
        if (bytes) {
          enrolled.push_back({row[0].text, std::move(*bytes)});
        } else {
          failed = bytes.error();
        }
      });
  if (failed) return *failed;
  return enrolled;
}

std::vector<StoredTemplate> TemplatesAfter(Transaction& in, std::int64_t image, std::int64_t most) {
  std::vector<StoredTemplate> templates;
  Fetch(
      in,
      Sql("SELECT image, media_id, original_key, template FROM person_images WHERE image > ? ORDER BY image "
          "LIMIT ?",
          image, most),
      {Kind::kInteger, Kind::kText, Kind::kText, Kind::kText}, [&](const auto& row) {
        auto bytes = BytesOf(row[3]);
        templates.push_back({row[0].integer, row[1].text, row[2].null() ? std::string() : row[2].text,
                             bytes ? std::move(*bytes) : base::Bytes()});
      });
  return templates;
}

bool ReplaceTemplate(Transaction& in, std::int64_t image, base::ByteView bytes) {
  Sql held("SELECT image FROM person_images WHERE image = ?", image);
  if (in.dialect() == Dialect::kPostgres) held.Add(" FOR UPDATE");
  if (!FetchInteger(in, held)) return false;
  const auto removed = TakePositions(in, 2);
  Execute(in, Sql("INSERT INTO removed_images (position, image, time_removed) VALUES (?, ?, ?)", removed,
                  image, base::UnixSeconds()));
  return Execute(in, Sql("UPDATE person_images SET image = ?, template = ? WHERE image = ?", removed + 1,
                         base::EncodeBase64(bytes), image)) > 0;
}

}  // namespace ozma::store
