-- Lists of folders in the order of their status, the newest of each first, end once a page is full.

CREATE INDEX folders_by_status_up ON folders (resolution_status, time_created DESC, folder_id DESC);
CREATE INDEX folders_by_status_down ON folders (resolution_status, time_created, folder_id);
