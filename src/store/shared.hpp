// Steps that several repositories share. Inside this room only.
#pragma once

#include "store/sql.hpp"

namespace ozma::store {

// Deletes the folders that hold to the condition on `folders`, with all that is in them; blobs are doomed.
void DeleteFoldersWhere(Transaction& in, const Sql& condition);

// Notes the blobs of the media that hold to the condition on `media`, to be removed after the commit.
void DoomBlobsOf(Transaction& in, const Sql& condition);
void Doom(Transaction& in, std::string_view key);  // none where the key is empty

// DoomBlobsOf, and their rows go.
void DeleteMediaWhere(Transaction& in, const Sql& condition);

void DeleteJobsOf(Transaction& in, std::string_view subject);

// All collections of a company, with what is in them; blobs are doomed.
void DeleteCollectionsOf(Transaction& in, std::string_view company_id);

// Nobody else changes the folder until the transaction ends; false where there is none.
bool HoldFolder(Transaction& in, std::string_view folder_id);

// Makes the folder's statuses anew from its analyses. Where no analysis of `ended_group` is under way any
// more: the hash of its state, Channel::kGroups, and the webhook's job if there is an endpoint and the hash
// is new.
void SettleFolder(Transaction& in, std::string_view folder_id, std::string_view ended_group);

}  // namespace ozma::store
