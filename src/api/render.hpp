// Stored objects as the contract words them, deprecated spellings included (those are added by api/compat).
#pragma once

#include "api/call.hpp"
#include "store/objects.hpp"

namespace ozma::api {

json::object Render(const store::Company& company);
json::object Render(const store::User& user);
json::object Render(const access::TokenPair& tokens, const store::User& user);
json::object Render(const store::Session& session);
json::object Render(const store::AuditEntry& entry);
json::object Render(const store::Folder& folder);  // without media and analyses
// `base_url` before /static/.
json::object Render(const store::Media& media, std::string_view base_url);
// `media`: those of its folder, among which its sources are looked up.
json::object Render(const store::Analysis& analysis, const std::vector<store::Media>& media,
                    std::string_view base_url);
json::object Render(const store::Collection& collection);
json::object Render(const store::PersonImage& image, std::string_view base_url);
json::object Render(const store::Person& person, const std::vector<store::PersonImage>& images,
                    std::string_view base_url);
json::array RenderMedia(const std::vector<store::Media>& media, std::string_view base_url);
json::array RenderAnalyses(const std::vector<store::Analysis>& analyses,
                           const std::vector<store::Media>& media, std::string_view base_url);

}  // namespace ozma::api
