-- The first schema. One text for both databases: {serial} is a key that counts up by itself, {clustered} keeps the
-- rows of a narrow table in the order of its primary key. Every statement ends with a semicolon at the end of a line.
-- Times are Unix seconds, booleans 0 or 1, JSON is text.

CREATE TABLE companies (
  company_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  is_active INTEGER NOT NULL,
  settings TEXT NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  search TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX companies_by_time ON companies (time_created, company_id);

-- ADMINs and OPERATORs belong to this one.
INSERT INTO companies
VALUES ('00000000-0000-4000-8000-000000000000', 'system_company', 1, '{}', 'null', '{}', 'system_company', 0, 0);

CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (company_id),
  email TEXT NOT NULL UNIQUE,
  user_type TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  middle_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  may_biometry INTEGER NOT NULL,
  may_quality INTEGER NOT NULL,
  may_collection INTEGER NOT NULL,
  may_documents INTEGER NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  search TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX users_by_company ON users (company_id, time_created, user_id);
CREATE INDEX users_by_time ON users (time_created, user_id);

CREATE TABLE sessions (
  token_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  access_hash TEXT NOT NULL UNIQUE,
  expire_hash TEXT NOT NULL UNIQUE,
  replaces TEXT,
  is_service INTEGER NOT NULL,
  ttl DOUBLE PRECISION NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_used DOUBLE PRECISION NOT NULL,
  time_expires DOUBLE PRECISION NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, time_created);
CREATE INDEX sessions_by_expiry ON sessions (time_expires);

-- Who did what. No foreign keys: the log outlives its users and companies.
CREATE TABLE audit (
  audit_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  company_id TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id TEXT NOT NULL,
  action TEXT NOT NULL,
  details TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL
);
CREATE INDEX audit_by_time ON audit (time_created, audit_id);
CREATE INDEX audit_by_object ON audit (object_id, time_created);

-- user_id has no foreign key: a folder outlives its owner.
CREATE TABLE folders (
  folder_id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (company_id),
  user_id TEXT NOT NULL,
  resolution_endpoint TEXT,
  resolution_status TEXT NOT NULL,
  system_resolution TEXT NOT NULL,
  resolution_time DOUBLE PRECISION,
  resolution_author_id TEXT,
  resolution_state_hash TEXT,
  operator_status TEXT,
  operator_comment TEXT,
  is_cleared INTEGER NOT NULL,
  is_archive INTEGER NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX folders_by_time ON folders (time_created, folder_id);
CREATE INDEX folders_by_company ON folders (company_id, time_created, folder_id);
CREATE INDEX folders_by_user ON folders (user_id, time_created, folder_id);
CREATE INDEX folders_by_update ON folders (time_updated, folder_id);

-- One row for each leaf of a folder's metadata: digest is 32 hex digits of SHA-256 of the dotted key, a zero byte,
-- and the value as text. A list asks for equality alone, and a digest is short however long the value is.
CREATE TABLE folder_metadata (
  digest TEXT NOT NULL,
  folder_id TEXT NOT NULL REFERENCES folders (folder_id) ON DELETE CASCADE,
  PRIMARY KEY (digest, folder_id)
){clustered};
CREATE INDEX folder_metadata_by_folder ON folder_metadata (folder_id);

-- What search_text looks at, in lower case: ids and metadata values, names of files.
CREATE TABLE folder_search (
  folder_id TEXT PRIMARY KEY REFERENCES folders (folder_id) ON DELETE CASCADE,
  own TEXT NOT NULL,
  names TEXT NOT NULL
);

CREATE TABLE analyses (
  seq {serial},
  analysis_id TEXT NOT NULL UNIQUE,
  folder_id TEXT NOT NULL REFERENCES folders (folder_id) ON DELETE CASCADE,
  company_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  folder_time_created DOUBLE PRECISION NOT NULL,
  type TEXT NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  resolution_status TEXT NOT NULL,
  resolution_operator TEXT,
  system_resolution TEXT NOT NULL,
  results_data TEXT NOT NULL,
  confs TEXT NOT NULL,
  error_code INTEGER,
  error_message TEXT,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  source_media TEXT NOT NULL,
  min_confidence DOUBLE PRECISION,
  max_confidence DOUBLE PRECISION,
  time_sent DOUBLE PRECISION,
  time_received DOUBLE PRECISION,
  time_finished DOUBLE PRECISION,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX analyses_by_folder ON analyses (folder_id, seq);
CREATE INDEX analyses_by_group ON analyses (group_id);
CREATE INDEX analyses_by_company ON analyses (company_id, time_created, analysis_id);
CREATE INDEX analyses_by_time ON analyses (time_created, analysis_id);
CREATE INDEX analyses_under_way ON analyses (time_created) WHERE state = 'PROCESSING';

-- What clients sent, stills taken from it, and the images that analyses made.
CREATE TABLE media (
  seq {serial},
  media_id TEXT NOT NULL UNIQUE,
  folder_id TEXT NOT NULL REFERENCES folders (folder_id) ON DELETE CASCADE,
  company_id TEXT NOT NULL,
  folder_time_created DOUBLE PRECISION NOT NULL,
  media_type TEXT NOT NULL,
  original_name TEXT NOT NULL,
  mime TEXT NOT NULL,
  tags TEXT NOT NULL,
  info TEXT NOT NULL,
  meta_data TEXT NOT NULL,
  technical_meta_data TEXT NOT NULL,
  original_key TEXT,
  thumb_key TEXT,
  preview_key TEXT,
  media_association_id TEXT,
  snapshot_of TEXT REFERENCES media (media_id) ON DELETE CASCADE,
  time_created DOUBLE PRECISION NOT NULL,
  time_updated DOUBLE PRECISION NOT NULL
);
CREATE INDEX media_by_folder ON media (folder_id, seq);
CREATE INDEX media_by_association ON media (media_association_id) WHERE media_association_id IS NOT NULL;
CREATE INDEX media_by_snapshot ON media (snapshot_of) WHERE snapshot_of IS NOT NULL;
CREATE INDEX media_by_original ON media (original_key) WHERE original_key IS NOT NULL;
CREATE INDEX media_by_thumb ON media (thumb_key) WHERE thumb_key IS NOT NULL;
CREATE INDEX media_by_preview ON media (preview_key) WHERE preview_key IS NOT NULL;

-- What an analysis says of one medium. media.media_association_id names its output images.
CREATE TABLE result_media (
  seq {serial},
  media_association_id TEXT NOT NULL UNIQUE,
  analysis_id TEXT NOT NULL REFERENCES analyses (analysis_id) ON DELETE CASCADE,
  source_media_id TEXT NOT NULL REFERENCES media (media_id) ON DELETE CASCADE,
  results_data TEXT NOT NULL,
  collection_persons TEXT NOT NULL,
  confidence_spoofing DOUBLE PRECISION
);
CREATE INDEX result_media_by_analysis ON result_media (analysis_id, seq);
CREATE INDEX result_media_by_source ON result_media (source_media_id);

-- ready_at is run_after while the job is free, and lease_until while somebody has it.
CREATE TABLE jobs (
  seq {serial},
  job_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  time_created DOUBLE PRECISION NOT NULL,
  run_after DOUBLE PRECISION NOT NULL,
  lease_until DOUBLE PRECISION NOT NULL,
  ready_at DOUBLE PRECISION NOT NULL
);
CREATE INDEX jobs_by_ready ON jobs (ready_at, time_created, seq, kind);
CREATE INDEX jobs_by_subject ON jobs (subject);

-- Files that no row names any more, until they are removed.
CREATE TABLE doomed_blobs (
  blob_key TEXT PRIMARY KEY
);
