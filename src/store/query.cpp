#include "store/query.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/bytes.hpp"
#include "store/fields.hpp"
#include "store/list_sql.hpp"

namespace ozma::store {

namespace {

// More than anybody needs, and less than a statement may bind.
constexpr std::size_t kMostValues = 2000;
constexpr std::size_t kMostText = 1000;  // bytes of search_text

base::Error Refuse(std::string message) {
  return base::Fail(base::Fault::kInvalidValue, std::move(message));
}

std::string InCase(std::string_view text, int (*change)(int)) {
  std::string changed;
  for (const char c : text) changed += static_cast<char>(change(static_cast<unsigned char>(c)));
  return changed;
}

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

// The value as the column holds it; none where it cannot be one.
std::optional<Value> ValueFor(const Field& field, const std::string& text) {
  switch (field.type) {
    case FieldType::kId:
      return InCase(text, std::tolower);
    case FieldType::kText:
      return text;
    case FieldType::kWord: {
      std::string word = InCase(text, std::toupper);
      for (char& c : word) c = c == ' ' ? '_' : c;
      return word;
    }
    case FieldType::kReal: {
      const auto number = NumberOf(text);
      return number ? std::optional<Value>(*number) : std::nullopt;
    }
    case FieldType::kFlag: {
      const std::string word = InCase(text, std::tolower);
      if (word == "true" || word == "1") return std::int64_t{1};
      if (word == "false" || word == "0") return std::int64_t{0};
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool IsVerdict(const Value& value) {
  const auto* word = std::get_if<std::string>(&value);
  return word && (*word == "SUCCESS" || *word == "DECLINED" || *word == "OPERATOR_REQUIRED");
}

base::Result<std::vector<Value>> ValuesFor(const Field& field, const Condition& condition) {
  std::vector<Value> values;
  for (const auto& text : condition.values) {
    auto value = ValueFor(field, text);
    if (!value) {
      return Refuse("The filter " + condition.field +
                    (field.type == FieldType::kReal ? " takes numbers" : " takes true or false"));
    }
    values.push_back(std::move(*value));
  }
  return values;
}

// "column IN (...)", where the field's verdicts look at their own column.
Sql AnyOf(const Field& field, const std::vector<Value>& values) {
  std::vector<Value> plain, verdicts;
  for (const auto& value : values) {
    (!field.verdict_column.empty() && IsVerdict(value) ? verdicts : plain).push_back(value);
  }
  Sql sql("(");
  sql.Add(field.column).Add(" IN ").AddList(plain);
  if (!verdicts.empty()) sql.Add(" OR ").Add(field.verdict_column).Add(" IN ").AddList(verdicts);
  return sql.Add(")");
}

Sql ConditionSql(const Field& field, const Condition& condition) {
  const auto values = ValuesFor(field, condition);
  if (!values) throw std::invalid_argument(values.error().message);
  Sql sql;
  switch (condition.op) {
    case Condition::Op::kAnyOf:
      return AnyOf(field, *values);
    case Condition::Op::kNoneOf:
      if (values->empty()) return Sql("1 = 1");
      if (field.nullable)
        return sql.Add("(").Add(field.column).Add(" IS NULL OR NOT ").Add(AnyOf(field, *values)).Add(")");
      // "NOT (x IN (NULL))" is unknown, not true; verdicts alone leave nothing for the plain column.
      return sql.Add("NOT coalesce(").Add(AnyOf(field, *values)).Add(", 1 = 0)");
    case Condition::Op::kMin:
    case Condition::Op::kMax: {
      const std::string_view sign = condition.op == Condition::Op::kMin ? " >= ?" : " <= ?";
      sql.Add("(1 = 1");
      for (const auto& value : *values) sql.Add(" AND ").Add(field.column).Add(sign, value);
      return sql.Add(")");
    }
  }
  return sql;
}

// All that must hold for one analysis, and below it for one medium's result. Asked for each folder, so that a
// page ends once it is full.
void AddAnalysisConditions(Sql& where, const std::vector<Sql>& analysis, const std::vector<Sql>& result) {
  if (analysis.empty() && result.empty()) return;
  where.Add(" AND EXISTS (SELECT 1 FROM analyses");
  if (!result.empty()) where.Add(" JOIN result_media ON result_media.analysis_id = analyses.analysis_id");
  where.Add(" WHERE analyses.folder_id = folders.folder_id");
  for (const auto& condition : analysis) where.Add(" AND ").Add(condition);
  for (const auto& condition : result) where.Add(" AND ").Add(condition);
  where.Add(")");
}

// " IN (...)", as a set that is made once: PostgreSQL, which cannot tell how few they are, would otherwise
// read the whole table for them.
Sql Among(const Sql& keys, Dialect dialect) {
  const bool postgres = dialect == Dialect::kPostgres;
  return Sql(postgres ? " = ANY(ARRAY(" : " IN (").Add(keys).Add(postgres ? "))" : ")");
}

void AddSearch(Sql& where, List list, const Query& query, Dialect dialect) {
  if (query.search_text.empty()) return;
  const std::string_view position = dialect == Dialect::kSqlite ? "instr" : "strpos";
  const std::string text = Folded(query.search_text);
  if (list == List::kFolders) {
    Sql found("SELECT folder_id FROM folder_search WHERE ");
    found.Add(position).Add("(own, ?) > 0 OR ", text).Add(position).Add("(names, ?) > 0", text);
    where.Add(" AND folders.folder_id").Add(Among(found, dialect));
  } else if (list == List::kCompanies || list == List::kUsers || list == List::kCollections) {
    where.Add(" AND ").Add(position).Add("(search, ?) > 0", text);
  }
}

void AddScope(Sql& where, const ListTable& table, const Query& query, bool selective) {
  if (query.only_company && !table.company_condition.empty()) {
    // SQLite keeps no statistics unless told to, and takes the company's index where that of the metadata
    // finds a hundred times fewer. The plus takes the company's from it.
    where.Add(selective ? " AND +" : " AND ").Add(table.company_condition, *query.only_company);
  }
  if (query.only_user && !table.user_condition.empty()) {
    where.Add(" AND ").Add(table.user_condition, *query.only_user);
  }
}

}  // namespace

bool CanFilter(List list, std::string_view field) {
  return FindField(list, field) != nullptr;
}

bool CanOrder(List list, std::string_view name) {
  const auto* field = FindField(list, name);
  return field && field->level == Level::kOwn;
}

base::Result<void> Check(List list, const Query& query) {
  std::size_t values = 2 * query.metadata.size();
  for (const auto& condition : query.where) {
    const auto* field = FindField(list, condition.field);
    if (!field) return Refuse("There is no filter " + condition.field);
    const auto converted = ValuesFor(*field, condition);
    if (!converted) return converted.error();
    values += condition.values.size() + 1;
  }
  if (values > kMostValues) return Refuse("The filters hold too many values");
  if (query.search_text.size() > kMostText) return Refuse("search_text is longer than 1000 bytes");
  if (query.order.size() > TableFor(list).fields.size()) return Refuse("sorting names a field twice");
  for (const auto& order : query.order) {
    if (!CanOrder(list, order.field)) return Refuse("There is no sorting by " + order.field);
  }
  if (query.offset < 0) return Refuse("offset must not be negative");
  if (query.limit < -1) return Refuse("limit must not be below -1");
  return {};
}

std::string_view TableOf(List list) {
  return TableFor(list).table;
}

std::string DigestOf(std::string_view key, std::string_view value) {
  std::string leaf(key);
  leaf += '\0';
  leaf += value;
  return base::Sha256Hex(base::AsBytes(leaf)).substr(0, 32);
}

bool IsSelective(Transaction& in, List list, const Query& query) {
  constexpr std::int64_t kFew = 2000;
  if (list != List::kFolders || in.dialect() != Dialect::kSqlite) return false;
  return std::any_of(query.metadata.begin(), query.metadata.end(), [&](const MetadataCondition& leaf) {
    Sql count("SELECT count(*) FROM (SELECT 1 FROM folder_metadata WHERE digest = ? LIMIT ?) AS some",
              DigestOf(leaf.key, leaf.value), kFew);
    return leaf.equal && FetchInteger(in, count) < kFew;
  });
}

Sql WhereOf(List list, const Query& query, Dialect dialect, bool selective) {
  if (const auto checked = Check(list, query); !checked) throw std::invalid_argument(checked.error().message);
  Sql where(" WHERE 1 = 1");
  AddScope(where, TableFor(list), query, selective);
  std::vector<Sql> analysis, result;
  for (const auto& condition : query.where) {
    const Field& field = *FindField(list, condition.field);
    Sql sql = ConditionSql(field, condition);
    if (field.level == Level::kOwn) {
      where.Add(" AND ").Add(sql);
    } else {
      (field.level == Level::kAnalysis ? analysis : result).push_back(std::move(sql));
    }
  }
  AddAnalysisConditions(where, analysis, result);
  if (list == List::kFolders) {
    for (const auto& leaf : query.metadata) {
      const std::string digest = DigestOf(leaf.key, leaf.value);
      if (selective && leaf.equal) {
        where.Add(" AND folders.folder_id IN (SELECT folder_id FROM folder_metadata WHERE digest = ?)",
                  digest);
      } else {
        where.Add(leaf.equal ? " AND EXISTS" : " AND NOT EXISTS");
        where.Add(
            " (SELECT 1 FROM folder_metadata WHERE digest = ? AND folder_metadata.folder_id = "
            "folders.folder_id)",
            digest);
      }
    }
  }
  AddSearch(where, list, query, dialect);
  return where;
}

namespace {

Sql OrderOf(const ListTable& table, List list, const Query& query) {
  Sql sql(" ORDER BY ");
  for (const auto& order : query.order) {
    const auto& field = *FindField(list, order.field);
    sql.Add(field.column)
        .Add(order.descending ? " DESC" : " ASC")
        .Add(field.nullable ? " NULLS LAST, " : ", ");
  }
  if (query.order.empty()) sql.Add(table.table).Add(".time_created DESC, ");
  return sql.Add(table.key).Add(" DESC");
}

}  // namespace

Sql PageOf(List list, const Query& query, const Sql& where, Dialect dialect) {
  const auto& table = TableFor(list);
  const Sql order = OrderOf(table, list, query);
  // SQLite has no OFFSET without LIMIT, and PostgreSQL no LIMIT -1.
  const bool all = query.limit < 0;
  const auto limit = all ? std::numeric_limits<std::int64_t>::max() : query.limit;
  Sql limits(" LIMIT ? OFFSET ?", limit, query.offset);
  if (all) return Sql("").Add(where).Add(order).Add(limits);
  Sql keys("SELECT ");
  keys.Add(table.key).Add(" FROM ").Add(table.table).Add(where).Add(order).Add(limits);
  return Sql(" WHERE ").Add(table.key).Add(Among(keys, dialect)).Add(order);
}

}  // namespace ozma::store
