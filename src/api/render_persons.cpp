// Collections, persons and their photos as the contract words them.
#include "api/render.hpp"

namespace ozma::api {

json::object Render(const store::Collection& collection) {
  json::object object;
  object["collection_id"] = collection.collection_id;
  object["alias"] = collection.alias;
  object["company_id"] = collection.company_id;
  object["persons_count"] = collection.persons_count;
  object["meta_data"] = collection.meta_data;
  object["technical_meta_data"] = collection.technical_meta_data;
  object["time_created"] = collection.time.created;
  object["time_updated"] = collection.time.updated;
  return object;
}

// A medium like any other, but for its folder.
json::object Render(const store::PersonImage& image, std::string_view base_url) {
  store::Media media;
  media.media_id = image.media_id;
  media.company_id = image.company_id;
  media.media_type = "IMAGE_COLLECTION_PERSON";
  media.original_name = image.original_name;
  media.mime = image.mime;
  media.tags = image.tags;
  media.info = image.info;
  media.meta_data = image.meta_data;
  media.technical_meta_data = image.technical_meta_data;
  media.original_key = image.original_key;
  media.thumb_key = image.thumb_key;
  media.time = image.time;
  json::object object = Render(media, base_url);
  object["folder_id"] = nullptr;
  object["person_image_id"] = image.media_id;
  object["person_id"] = image.person_id;
  object["collection_id"] = image.collection_id;
  return object;
}

json::object Render(const store::Person& person, const std::vector<store::PersonImage>& images,
                    std::string_view base_url) {
  json::object object;
  object["person_id"] = person.person_id;
  object["collection_id"] = person.collection_id;
  object["company_id"] = person.company_id;
  object["meta_data"] = person.meta_data;
  object["technical_meta_data"] = person.technical_meta_data;
  object["time_created"] = person.time.created;
  object["time_updated"] = person.time.updated;
  json::array rendered;
  for (const auto& image : images) rendered.push_back(Render(image, base_url));
  object["images"] = std::move(rendered);
  return object;
}

}  // namespace ozma::api
