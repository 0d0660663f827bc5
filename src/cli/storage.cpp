#include "cli/storage.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>

#include "access/sessions.hpp"
#include "base/bytes.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using std::filesystem::path;

// "key='value'" of a libpq connection string.
std::string Quoted(std::string_view key, std::string_view value) {
  if (value.empty()) return {};
  std::string text(key);
  text += "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "' ";
}

base::Result<void> MakeFolder(const path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return Fail(Fault::kConfiguration,
                "The data folder " + folder.string() + " cannot be made: " + failure.message() + ".");
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    return Fail(
        Fault::kConfiguration,
        "The data folder " + folder.string() +
            " cannot be written; give its owner's rights to the user that runs ozma, or choose another by "
            "--data.");
  return {};
}

// What an operator can do about it; the log holds the database's own words. The address may hold a password.
base::Error Unopened(const store::DatabaseOptions& options, base::Error error) {
  if (error.fault != Fault::kDatabase) return error;
  error.message =
      options.postgres.empty()
          ? "The database " + options.sqlite.string() + " cannot be opened: " + error.message + "."
          : "PostgreSQL cannot be reached or used; check that it runs, that --database (or DB_HOST, "
            "DB_PORT, DB_USER, DB_PASS, DB_NAME) is right, and that the database exists.";
  return error;
}

base::Result<std::string> ReadSecret(const path& file) {
  const auto bytes = base::ReadFile(file);
  if (!bytes) return bytes.error();
  std::string secret(base::AsText(*bytes));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret;
}

// Whole or not at all, and never over one that is there: several processes may start at once.
base::Result<void> MakeSecret(const path& file) {
  std::array<std::uint8_t, access::Sessions::kSecretBytes> random{};
  randombytes_buf(random.data(), random.size());
  const std::string text = base::HexOf(random) + '\n';
  const path beside = file.string() + '.' + base::NewUuid();
  const int descriptor = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool written = descriptor >= 0 &&
                 write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                 fsync(descriptor) == 0;
  if (descriptor >= 0) written = close(descriptor) == 0 && written;
  written = written && (link(beside.c_str(), file.c_str()) == 0 || errno == EEXIST);
  unlink(beside.c_str());
  if (!written) return Fail(Fault::kConfiguration, "The file " + file.string() + " cannot be written.");
  return {};
}

}  // namespace

void AddStorage(CLI::App& command, Storage& storage) {
  command.add_option("--data", storage.data, "Folder of the server's own data")
      ->envname("OZMA_DATA")
      ->capture_default_str();
  command
      .add_option(
          "--database", storage.database,
          "postgresql://..., a libpq connection string, or sqlite:FILE (default: DB_HOST and the like, "
          "else DATA/ozma.sqlite)")
      ->envname("OZMA_DATABASE");
  command.add_option("--db-host", storage.host, "Host of PostgreSQL")->envname("DB_HOST");
  command.add_option("--db-port", storage.port, "Port of PostgreSQL")->envname("DB_PORT");
  command.add_option("--db-user", storage.user, "User of PostgreSQL")->envname("DB_USER");
  command.add_option("--db-pass", storage.password, "Password of PostgreSQL (better by DB_PASS)")
      ->envname("DB_PASS");
  command.add_option("--db-name", storage.name, "Database of PostgreSQL")->envname("DB_NAME");
  command.add_option("--db-connections", storage.connections, "Connections to the database at most")
      ->envname("OZMA_DB_CONNECTIONS")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  command
      .add_option("--secret", storage.secret,
                  "Signs access tokens, at least 32 bytes (better by OZ_API_SECRET_KEY; default: the file "
                  "DATA/secret, made at first)")
      ->envname("OZ_API_SECRET_KEY");
}

base::Result<store::DatabaseOptions> DatabaseOptionsOf(const Storage& storage) {
  store::DatabaseOptions options;
  options.connections = storage.connections;
  const std::string& address = storage.database;
  constexpr std::string_view kSqlite = "sqlite:";
  if (address.starts_with(kSqlite)) {
    options.sqlite = address.substr(kSqlite.size());
    if (options.sqlite.empty())
      return Fail(Fault::kConfiguration,
                  "--database sqlite: lacks the file, as in sqlite:/var/lib/ozma.sqlite.");
  } else if (!address.empty()) {
    const bool uri = address.starts_with("postgresql://") || address.starts_with("postgres://");
    if (!uri && address.find('=') == std::string::npos)
      return Fail(Fault::kConfiguration,
                  "--database wants postgresql://USER@HOST/NAME, a libpq connection string, or sqlite:FILE.");
    options.postgres = address;
  } else if (!storage.host.empty()) {
    options.postgres = Quoted("host", storage.host) + Quoted("port", storage.port) +
                       Quoted("user", storage.user) + Quoted("password", storage.password) +
                       Quoted("dbname", storage.name);
  } else {
    options.sqlite = storage.data / "ozma.sqlite";
  }
  return options;
}

base::Result<Opened> Open(const Storage& storage) {
  const auto options = DatabaseOptionsOf(storage);
  if (!options) return options.error();
  if (auto made = MakeFolder(storage.data); !made) return made.error();
  auto database = store::Database::Open(*options);
  if (!database) return Unopened(*options, database.error());
  auto blobs = store::OpenFolder(storage.data / "blobs");
  if (!blobs) return blobs.error();
  return Opened{std::move(*database), std::move(*blobs)};
}

base::Result<std::string> SecretOf(const Storage& storage) {
  std::string secret = storage.secret;
  if (secret.empty()) {
    const path file = storage.data / "secret";
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) {
      if (auto made = MakeFolder(storage.data); !made) return made.error();
      if (auto made = MakeSecret(file); !made) return made.error();
    }
    auto read = ReadSecret(file);
    if (!read) return Fail(Fault::kConfiguration, "The secret cannot be read: " + read.error().message);
    secret = std::move(*read);
  }
  if (secret.size() < access::Sessions::kSecretBytes)
    return Fail(
        Fault::kConfiguration,
        "The secret (OZ_API_SECRET_KEY, or the file secret in the data folder) is shorter than 32 bytes; "
        "make one with: openssl rand -hex 32");
  return secret;
}

}  // namespace ozma::cli
