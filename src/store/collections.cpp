#include "store/collections.hpp"

#include "store/gallery_positions.hpp"
#include "store/list_sql.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

using base::Fail;
using base::Fault;

template <class T>
std::optional<T> FindBy(Transaction& in, std::string_view table, std::string_view key, std::string_view id,
                        bool lock) {
  auto sql = SelectSql<T>(table).Add(" WHERE ").Add(key).Add(" = ?", id);
  // SQLite has one writer anyway.
  if (lock && in.dialect() == Dialect::kPostgres) sql.Add(" FOR UPDATE");
  return FetchOne<T>(in, sql);
}

void SetMetadata(Transaction& in, std::string_view table, std::string_view key, const std::string& id,
                 const json::value& metadata, double now) {
  Sql sql("UPDATE ");
  sql.Add(table).Add(" SET meta_data = ?, time_updated = ? WHERE ", ToValue(metadata), now);
  Execute(in, sql.Add(key).Add(" = ?", id));
}

void CountPersons(Transaction& in, std::string_view collection_id, int more) {
  Execute(in, Sql("UPDATE collections SET persons_count = persons_count + ? WHERE collection_id = ?", more,
                  collection_id));
}

}  // namespace

base::Result<void> Insert(Transaction& in, const Collection& collection) {
  auto sql = InsertSql("collections", collection, {{"search", Folded(collection.alias)}});
  if (Execute(in, sql.Add(" ON CONFLICT DO NOTHING")) == 0)
    return Fail(Fault::kAlreadyExists, "The company has a collection with this alias already.");
  return {};
}

void UpdateMetadata(Transaction& in, const Collection& collection) {
  SetMetadata(in, "collections", "collection_id", collection.collection_id, collection.meta_data,
              collection.time.updated);
}

std::optional<Collection> FindCollection(Transaction& in, std::string_view collection_id) {
  return FindBy<Collection>(in, "collections", "collection_id", collection_id, false);
}

std::optional<Collection> LockCollection(Transaction& in, std::string_view collection_id) {
  return FindBy<Collection>(in, "collections", "collection_id", collection_id, true);
}

Listed<Collection> ListCollections(Transaction& in, const Query& query) {
  return FetchList<Collection>(in, List::kCollections, query);
}

bool HasCollections(Transaction& in, std::string_view company_id) {
  return !FetchTexts(in,
                     Sql("SELECT collection_id FROM collections WHERE company_id = ? LIMIT 1", company_id))
              .empty();
}

base::Result<void> DeleteCollection(Transaction& in, std::string_view collection_id) {
  const auto collection = LockCollection(in, collection_id);
  if (!collection) return {};
  if (collection->persons_count > 0)
    return Fail(Fault::kInvalidValue, "The collection has persons; delete them first.");
  Execute(in, Sql("DELETE FROM collections WHERE collection_id = ?", collection_id));
  return {};
}

base::Result<void> Insert(Transaction& in, const Person& person) {
  if (!LockCollection(in, person.collection_id))
    return Fail(Fault::kNotFound, "There is no such collection.");
  Execute(in, InsertSql("persons", person));
  CountPersons(in, person.collection_id, 1);
  return {};
}

void UpdateMetadata(Transaction& in, const Person& person) {
  SetMetadata(in, "persons", "person_id", person.person_id, person.meta_data, person.time.updated);
}

std::optional<Person> FindPerson(Transaction& in, std::string_view person_id) {
  return FindBy<Person>(in, "persons", "person_id", person_id, false);
}

std::optional<Person> LockPerson(Transaction& in, std::string_view person_id) {
  return FindBy<Person>(in, "persons", "person_id", person_id, true);
}

Listed<Person> ListPersons(Transaction& in, const Query& query) {
  return FetchList<Person>(in, List::kPersons, query);
}

std::vector<Person> PersonsAfter(Transaction& in, std::string_view collection_id, const Person* after,
                                 std::int64_t most) {
  auto sql = SelectSql<Person>("persons").Add(" WHERE collection_id = ?", collection_id);
  if (after) sql.Add(" AND (time_created, person_id) > (?, ?)", after->time.created, after->person_id);
  return FetchAll<Person>(in, sql.Add(" ORDER BY time_created, person_id LIMIT ?", most));
}

base::Result<void> DeletePerson(Transaction& in, std::string_view person_id) {
  const auto found = FindPerson(in, person_id);
  // The collection first, as those who add to it do.
  if (!found || !LockCollection(in, found->collection_id) || !LockPerson(in, person_id)) return {};
  if (!FetchTexts(in, Sql("SELECT person_id FROM named_persons WHERE person_id = ? LIMIT 1", person_id))
           .empty())
    return Fail(Fault::kInvalidValue,
                "Analyses of the type COLLECTION name this person; delete those analyses first.");
  RemoveImagesWhere(in, Sql("person_id = ?", person_id));
  Execute(in, Sql("DELETE FROM persons WHERE person_id = ?", person_id));
  CountPersons(in, found->collection_id, -1);
  return {};
}

std::vector<std::string> HoldPersons(Transaction& in, const std::vector<std::string>& person_ids) {
  std::vector<std::string> held;
  for (const auto& chunk : Chunks(person_ids)) {
    Sql sql("SELECT person_id FROM persons WHERE person_id IN ");
    sql.AddList(chunk).Add(" ORDER BY person_id");
    if (in.dialect() == Dialect::kPostgres) sql.Add(" FOR KEY SHARE");
    auto some = FetchTexts(in, sql);
    std::move(some.begin(), some.end(), std::back_inserter(held));
  }
  return held;
}

void Enrol(Transaction& in, std::vector<Enrolment>& photos) {
  if (photos.empty()) return;
  const auto number = FetchInteger(
      in, Sql("SELECT number FROM collections WHERE collection_id = ?", photos.front().image.collection_id));
  auto position = TakePositions(in, static_cast<std::int64_t>(photos.size()));
  for (auto& photo : photos) {
    photo.image.image = position++;
    Execute(in, InsertSql("person_images", photo.image,
                          {{"collection", *number}, {"template", base::EncodeBase64(photo.bytes)}}));
  }
}

std::optional<PersonImage> FindPersonImage(Transaction& in, std::string_view media_id) {
  return FindBy<PersonImage>(in, "person_images", "media_id", media_id, false);
}

std::vector<PersonImage> ImagesOf(Transaction& in, const std::vector<std::string>& person_ids) {
  std::vector<PersonImage> all;
  for (const auto& chunk : Chunks(person_ids)) {
    auto sql = SelectSql<PersonImage>("person_images").Add(" WHERE person_id IN ").AddList(chunk);
    auto some = FetchAll<PersonImage>(in, sql.Add(" ORDER BY image"));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

void DeletePersonImage(Transaction& in, const PersonImage& image) {
  RemoveImagesWhere(in, Sql("media_id = ?", image.media_id));
}

void DeleteCollectionsOf(Transaction& in, std::string_view company_id) {
  const Sql of_company("company_id = ?", company_id);
  if (in.dialect() == Dialect::kPostgres) {
    // In the order in which everybody locks: collections, persons, the head of the log.
    for (const std::string_view table : {"collections", "persons"}) {
      Sql lock("SELECT company_id FROM ");
      FetchTexts(in, lock.Add(table).Add(" WHERE ").Add(of_company).Add(" FOR UPDATE"));
    }
  }
  RemoveImagesWhere(in, of_company);
  Execute(in, Sql("DELETE FROM named_persons WHERE person_id IN (SELECT person_id FROM persons WHERE ")
                  .Add(of_company)
                  .Add(")"));
  Execute(in, Sql("DELETE FROM persons WHERE ").Add(of_company));
  Execute(in, Sql("DELETE FROM collections WHERE ").Add(of_company));
}

}  // namespace ozma::store
