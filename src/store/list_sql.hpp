// A Query as SQL. Inside this room only.
#pragma once

#include "store/query.hpp"
#include "store/rows.hpp"

namespace ozma::store {

std::string_view TableOf(List list);

// " WHERE ..."; throws std::invalid_argument for a query that Check() refuses.
// `selective`: a condition on metadata holds for few rows, so SQLite is to begin with that.
Sql WhereOf(List list, const Query& query, Dialect dialect, bool selective = false);
// PostgreSQL knows by itself from its statistics, so there the answer is no.
bool IsSelective(Transaction& in, List list, const Query& query);
// " WHERE ... ORDER BY ...": the rows of the page. Those before it, and what has to be sorted, are keys
// alone.
Sql PageOf(List list, const Query& query, const Sql& where, Dialect dialect);

template <class T>
Listed<T> FetchList(Transaction& in, List list, const Query& query) {
  const Sql where = WhereOf(list, query, in.dialect(), IsSelective(in, list, query));
  Sql count("SELECT count(*) FROM ");
  count.Add(TableOf(list)).Add(where);
  Listed<T> listed;
  if (query.limit != 0) {
    // The total in every row: it is counted once, and needs no round trip of its own.
    Sql rows("SELECT ");
    rows.Add(NamesOf<T>()).Add(", ");
    query.total ? rows.Add("(").Add(count).Add(")") : rows.Add("NULL");
    rows.Add(" FROM ").Add(TableOf(list)).Add(PageOf(list, query, where, in.dialect()));
    std::vector<Kind> kinds = KindsOf<T>();
    kinds.push_back(Kind::kInteger);
    Fetch(in, rows, kinds, [&](const std::vector<Cell>& cells) {
      listed.items.push_back(FromCells<T>(cells));
      if (query.total) listed.total = cells.back().integer;
    });
  }
  if (query.total && !listed.total) listed.total = FetchInteger(in, count);
  return listed;
}

// 32 hex digits that stand for one leaf of metadata in folder_metadata.
std::string DigestOf(std::string_view key, std::string_view value);

}  // namespace ozma::store
