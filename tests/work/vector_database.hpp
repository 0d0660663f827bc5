// A database of its own on the PostgreSQL with pgvector, whose connection string is in OZMA_TEST_PGVECTOR.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/ids.hpp"
#include "store/on_server.hpp"

namespace ozma::work {

class VectorDatabase {
 public:
  // Null where it cannot be made, which is then a failure of the test.
  static std::unique_ptr<VectorDatabase> Make() {
    const char* server = std::getenv("OZMA_TEST_PGVECTOR");
    EXPECT_TRUE(server)
        << "OZMA_TEST_PGVECTOR must hold the connection string of a PostgreSQL with pgvector; "
           "scripts/postgres start DIR vector starts one";
    if (server == nullptr) return nullptr;
    std::string name = "ozma_" + base::NewUuid();
    std::erase(name, '-');
    const std::string failed = store::OnServer(server, "CREATE DATABASE " + name);
    EXPECT_EQ(failed, "");
    if (!failed.empty()) return nullptr;
    return std::unique_ptr<VectorDatabase>(new VectorDatabase(server, name));
  }
  ~VectorDatabase() { EXPECT_EQ(store::OnServer(server_, "DROP DATABASE " + name_ + " WITH (FORCE)"), ""); }
  VectorDatabase(const VectorDatabase&) = delete;
  VectorDatabase& operator=(const VectorDatabase&) = delete;

  std::string address() const { return server_ + " dbname=" + name_; }

 private:
  VectorDatabase(std::string server, std::string name) : server_(std::move(server)), name_(std::move(name)) {}

  const std::string server_, name_;
};

}  // namespace ozma::work
