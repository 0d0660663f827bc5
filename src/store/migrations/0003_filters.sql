-- Lists of folders by what their analyses say need no look at the rows of analyses and results.

CREATE INDEX analyses_by_filter ON analyses (folder_id, type, state, analysis_id);
CREATE INDEX result_media_by_score ON result_media (analysis_id, confidence_spoofing);
