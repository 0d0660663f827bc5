#include "store/sql.hpp"

#include <list>

namespace ozma::store {

namespace {

// SQLite binds 32,766 values at most, PostgreSQL 65,535.
constexpr std::size_t kChunk = 1000;

// Binds and fetches through buffers that stay where they are.
class Statement {
 public:
  Statement(Transaction& in, const Sql& sql, const std::vector<Kind>& kinds) : statement_(in.sql()) {
    cells_.resize(kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) Into(cells_[i], kinds[i]);
    for (const auto& value : sql.values()) Use(value);
    statement_.alloc();
    // One round trip: PostgreSQL plans and runs it without a name.
    statement_.prepare(sql.text(), soci::details::st_one_time_query);
    statement_.define_and_bind();
  }

  soci::statement& operator*() { return statement_; }
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  void Into(Cell& cell, Kind kind) {
    cell.kind = kind;
    switch (kind) {
      case Kind::kText:
        return statement_.exchange(soci::into(cell.text, cell.indicator));
      case Kind::kInteger:
        return statement_.exchange(soci::into(cell.integer, cell.indicator));
      case Kind::kReal:
        return statement_.exchange(soci::into(cell.real, cell.indicator));
    }
  }

  void Use(const Value& value) {
    Cell& bound = bound_.emplace_back();
    bound.indicator = soci::i_ok;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      bound.integer = *integer;
      return statement_.exchange(soci::use(bound.integer, bound.indicator));
    }
    if (const auto* real = std::get_if<double>(&value)) {
      bound.real = *real;
      return statement_.exchange(soci::use(bound.real, bound.indicator));
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      bound.text = Storable(*text);
    } else {
      bound.indicator = soci::i_null;
    }
    statement_.exchange(soci::use(bound.text, bound.indicator));
  }

  std::vector<Cell> cells_;
  std::list<Cell> bound_;
  soci::statement statement_;
};

}  // namespace

Sql& Sql::Add(const Sql& other) {
  // Its placeholders are numbered from nought; here they go on where ours end.
  for (std::size_t i = 0; i < other.text_.size(); ++i) {
    text_ += other.text_[i];
    if (other.text_[i] != ':' || other.text_[i + 1] != 'v') continue;
    text_ += 'v' + std::to_string(placeholders_++);
    ++i;
    while (i + 1 < other.text_.size() && std::isdigit(static_cast<unsigned char>(other.text_[i + 1]))) ++i;
  }
  values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  return *this;
}

Sql& Sql::AddList(const std::vector<std::string>& values) {
  return AddList(std::vector<Value>(values.begin(), values.end()));
}

Sql& Sql::AddList(const std::vector<Value>& values) {
  if (values.empty()) return Add("(NULL)");
  Add("(");
  for (std::size_t i = 0; i < values.size(); ++i) Add(i ? ", ?" : "?", values[i]);
  return Add(")");
}

void Sql::AddText(std::string_view text) {
  for (const char character : text) {
    if (character == '?') {
      text_ += ":v" + std::to_string(placeholders_++);
    } else {
      text_ += character;
    }
  }
}

void Fetch(Transaction& in, const Sql& sql, const std::vector<Kind>& kinds,
           const std::function<void(const std::vector<Cell>&)>& each) {
  Statement statement(in, sql, kinds);
  (*statement).execute(false);
  while ((*statement).fetch()) each(statement.cells());
}

std::int64_t Execute(Transaction& in, const Sql& sql) {
  Statement statement(in, sql, {});
  (*statement).execute(true);
  return (*statement).get_affected_rows();
}

std::optional<std::int64_t> FetchInteger(Transaction& in, const Sql& sql) {
  std::optional<std::int64_t> answer;
  Fetch(in, sql, {Kind::kInteger}, [&](const auto& cells) {
    if (!answer && !cells[0].null()) answer = cells[0].integer;
  });
  return answer;
}

std::optional<double> FetchReal(Transaction& in, const Sql& sql) {
  std::optional<double> answer;
  Fetch(in, sql, {Kind::kReal}, [&](const auto& cells) {
    if (!answer && !cells[0].null()) answer = cells[0].real;
  });
  return answer;
}

std::vector<std::string> FetchTexts(Transaction& in, const Sql& sql) {
  std::vector<std::string> answer;
  Fetch(in, sql, {Kind::kText}, [&](const auto& cells) {
    if (!cells[0].null()) answer.push_back(cells[0].text);
  });
  return answer;
}

std::vector<std::vector<std::string>> Chunks(const std::vector<std::string>& items) {
  std::vector<std::vector<std::string>> chunks;
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(at);
    chunks.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(std::min(kChunk, items.size() - at)));
  }
  return chunks;
}

}  // namespace ozma::store
