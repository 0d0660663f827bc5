-- Collections of persons, for 1:N search. The rows are the truth; every index is made from them.

CREATE TABLE collections (
  number {serial},
  collection_id TEXT NOT NULL UNIQUE,
  company_id TEXT NOT NULL REFERENCES companies (company_id),
  alias TEXT NOT NULL,
  persons_count BIGINT NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  search TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL,
  UNIQUE (company_id, alias)
);
CREATE INDEX collections_by_company ON collections (company_id, time_created, collection_id);
CREATE INDEX collections_by_time ON collections (time_created, collection_id);

CREATE TABLE persons (
  seq {serial},
  person_id TEXT NOT NULL UNIQUE,
  collection_id TEXT NOT NULL REFERENCES collections (collection_id),
  company_id TEXT NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX persons_by_collection ON persons (collection_id, time_created, person_id);

-- The last position of the log of changes: one row, whose lock lasts until the commit, so that positions are committed
-- in their order, on every node. Removals up to `pruned` are forgotten. `epoch` is
-- made by the first program that asks for it: what was saved of another database's galleries is of no use here.
CREATE TABLE gallery_head (
  id INTEGER PRIMARY KEY,
  position BIGINT NOT NULL,
  pruned BIGINT NOT NULL,
  epoch TEXT NOT NULL
);
INSERT INTO gallery_head VALUES (1, 0, 0, '');

-- A photo of a person. `image` is the position at which it was enrolled: these rows in that order are the one half of
-- the log, and they lose what was removed since. `template` is in base64.
CREATE TABLE person_images (
  image BIGINT PRIMARY KEY,
  media_id TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES persons (person_id),
  collection_id TEXT NOT NULL,
  company_id TEXT NOT NULL,
  collection BIGINT NOT NULL,
  original_name TEXT NOT NULL,
  mime TEXT NOT NULL,
  tags TEXT NOT NULL,
  info TEXT NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  original_key TEXT,
  thumb_key TEXT,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL,
  template TEXT NOT NULL
);
CREATE INDEX person_images_by_person ON person_images (person_id, image);
CREATE INDEX person_images_by_collection ON person_images (collection, image);
CREATE INDEX person_images_by_original ON person_images (original_key) WHERE original_key IS NOT NULL;
CREATE INDEX person_images_by_thumb ON person_images (thumb_key) WHERE thumb_key IS NOT NULL;

-- The other half of the log: images that are gone.
CREATE TABLE removed_images (
  position BIGINT PRIMARY KEY,
  image BIGINT NOT NULL,
  time_removed DOUBLE PRECISION NOT NULL
);
CREATE INDEX removed_images_by_time ON removed_images (time_removed);

-- Whom the results of COLLECTION analyses name: nobody deletes these persons.
CREATE TABLE named_persons (
  media_association_id TEXT NOT NULL REFERENCES result_media (media_association_id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES persons (person_id),
  PRIMARY KEY (media_association_id, person_id)
){clustered};
CREATE INDEX named_persons_by_person ON named_persons (person_id);
