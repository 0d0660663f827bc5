// Commands that make and change accounts: create-admin, create-company, create-user, delete-user,
// change-password, issue-service-token.
#include <termios.h>
#include <unistd.h>

#include <functional>
#include <iostream>

#include "access/sessions.hpp"
#include "api/accounts.hpp"
#include "api/audit.hpp"
#include "api/render.hpp"
#include "base/log.hpp"
#include "cli/api_options.hpp"
#include "cli/lookup.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using store::Role;
using store::Transaction;
using store::User;

struct Admin {
  Storage storage;
  ApiOptions api;  // of sessions and passwords
  std::string email, id, name, password, type = "CLIENT", company;
  std::string first_name, last_name;
};

// A line typed at the terminal, not shown.
std::string AskPassword() {
  std::cerr << "Password (empty: one is made): " << std::flush;
  termios before{};
  const bool hides = tcgetattr(STDIN_FILENO, &before) == 0;
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (hides) tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  std::getline(std::cin, line);
  if (hides) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << '\n';
  return line;
}

struct Password {
  std::string hash;
  std::string made;  // to be shown once; empty where it was given
};

base::Result<Password> PasswordOf(const Admin& admin) {
  const auto policy = access::PasswordPolicy::Parse(admin.api.password_policy);
  if (!policy) return policy.error();
  std::string given = admin.password;
  if (given.empty() && isatty(STDIN_FILENO) == 1) given = AskPassword();
  Password password;
  if (given.empty()) given = password.made = access::RandomPassword();
  // What is made here is good, whatever the policy asks of what people think up.
  auto hash = password.made.empty() ? api::CheckedHash(*policy, given) : access::HashPassword(given);
  if (!hash) return hash.error();
  password.hash = std::move(*hash);
  return password;
}

base::Result<User> FindBy(Transaction& in, const std::string& email, const std::string& id) {
  std::optional<User> user;
  if (!id.empty()) user = store::FindUser(in, id);
  if (!email.empty()) {
    const auto normal = api::NormalEmail(email);
    if (!normal) return normal.error();
    user = store::FindUserByEmail(in, *normal);
  }
  if (!user) return Fail(Fault::kNotFound, "There is no such user.");
  return *std::move(user);
}

base::Result<void> MakeUser(const Admin& admin, Role role, const Opened& opened) {
  auto email = api::NormalEmail(admin.email);
  if (!email) return email.error();
  auto password = PasswordOf(admin);
  if (!password) return password.error();
  const auto made = opened.database->Write([&](Transaction& in) -> base::Result<User> {
    std::string company;
    if (!api::IsOfSystem(role)) {
      if (admin.company.empty())
        return Fail(Fault::kConfiguration, "A user of this type needs --company, an id or a name.");
      auto found = FindCompany(in, admin.company);
      if (!found) return found.error();
      company = std::move(*found);
    }
    User user = api::NewUser(role, company);
    user.email = *email;
    user.first_name = admin.first_name;
    user.last_name = admin.last_name;
    user.password_hash = password->hash;
    if (auto inserted = store::Insert(in, user); !inserted) return inserted.error();
    api::Audit(in, Program(), "user", user.user_id, "create");
    return user;
  });
  if (!made) return made.error();
  std::cout << store::NameOf(made->role) << ' ' << made->email << " created, id " << made->user_id << '\n';
  if (!password->made.empty()) std::cout << "password: " << password->made << '\n';
  return {};
}

base::Result<void> CreateAdmin(const Admin& admin, const Opened& opened) {
  return MakeUser(admin, Role::kAdmin, opened);
}

base::Result<void> CreateUser(const Admin& admin, const Opened& opened) {
  const auto role = store::RoleOf(admin.type);
  if (!role)
    return Fail(Fault::kConfiguration,
                "--type is ADMIN, OPERATOR, CLIENT, CLIENT_ADMIN, CLIENT_OPERATOR or CLIENT_SERVICE.");
  return MakeUser(admin, *role, opened);
}

base::Result<void> CreateCompany(const Admin& admin, const Opened& opened) {
  store::Company company;
  company.company_id = base::NewUuid();
  auto name = api::NormalName(admin.name);
  if (!name) return name.error();
  company.name = std::move(*name);
  company.time.created = company.time.updated = base::UnixSeconds();
  const auto made = opened.database->Write([&](Transaction& in) -> base::Result<void> {
    if (auto inserted = store::Insert(in, company); !inserted) return inserted;
    api::Audit(in, Program(), "company", company.company_id, "create");
    return {};
  });
  if (!made) return made.error();
  std::cout << "company created, id " << company.company_id << '\n';
  return {};
}

base::Result<void> DeleteUser(const Admin& admin, const Opened& opened) {
  return opened.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto user = FindBy(in, admin.email, admin.id);
    if (!user) return user.error();
    if (auto others = api::CheckNotLastAdmin(in, *user); !others) return others;
    store::DeleteUser(in, user->user_id);
    api::Audit(in, Program(), "user", user->user_id, "delete");
    std::cout << "deleted " << user->user_id << '\n';
    return {};
  });
}

base::Result<void> ChangePassword(const Admin& admin, const Opened& opened) {
  const auto password = PasswordOf(admin);
  if (!password) return password.error();
  const auto changed = opened.database->Write([&](Transaction& in) -> base::Result<void> {
    auto user = FindBy(in, admin.email, admin.id);
    if (!user) return user.error();
    user->password_hash = password->hash;
    user->time.updated = base::UnixSeconds();
    if (auto updated = store::Update(in, *user); !updated) return updated;
    store::DeleteSessionsOf(in, user->user_id);
    api::Audit(in, Program(), "user", user->user_id, "change_password");
    return {};
  });
  if (!changed) return changed.error();
  std::cout << "password changed; the user's sessions are closed\n";
  if (!password->made.empty()) std::cout << "password: " << password->made << '\n';
  return {};
}

base::Result<void> IssueServiceToken(const Admin& admin, const Opened& opened) {
  auto options = admin.api.sessions;
  auto secret = SecretOf(admin.storage);
  if (!secret) return secret.error();
  options.secret = std::move(*secret);
  const auto user = opened.database->Write([&](Transaction& in) -> base::Result<User> {
    const bool email = admin.id.find('@') != std::string::npos;
    auto found = FindBy(in, email ? admin.id : "", email ? "" : admin.id);
    if (!found) return found;
    if (found->role != Role::kClientService)
      return Fail(Fault::kForbidden, "Only users of the type CLIENT_SERVICE have service tokens.");
    api::Audit(in, Program(), "user", found->user_id, "issue_service_token");
    return found;
  });
  if (!user) return user.error();
  access::Sessions sessions(opened.database, std::move(options));
  const auto login = sessions.IssueService(*user);
  if (!login) return login.error();
  std::cout << base::WriteJson(api::Render(login->tokens, login->user)) << '\n';
  return {};
}

using Work = base::Result<void> (*)(const Admin&, const Opened&);

int RunAdmin(const Admin& admin, Work work) {
  base::StartLog(base::Level::kWarning);
  const auto opened = Open(admin.storage);
  if (!opened) return Complain(opened.error());
  const auto done = work(admin, *opened);
  return done ? kOk : Complain(done.error());
}

struct Command {
  CLI::App* app;
  std::shared_ptr<Admin> admin;
};

Command Add(CLI::App& app, int& exit_code, const std::string& name, const std::string& what, Work work) {
  auto admin = std::make_shared<Admin>();
  auto* command = app.add_subcommand(name, what);
  AddStorage(*command, admin->storage);
  AddSessionOptions(*command, admin->api);
  command->callback([admin, work, &exit_code] { exit_code = RunAdmin(*admin, work); });
  return {command, admin};
}

void AddPassword(const Command& command) {
  command.app
      ->add_option("--password", command.admin->password,
                   "Password (default: asked at the terminal, or made and shown once)")
      ->envname("OZMA_PASSWORD");
}

void AddWho(const Command& command) {
  auto* who = command.app->add_option_group("who");
  who->add_option("--email", command.admin->email, "Whom, by email");
  who->add_option("--id", command.admin->id, "Whom, by id");
  who->require_option(1);
}

}  // namespace

void AddAccounts(CLI::App& app, int& exit_code) {
  const auto create_admin = Add(app, exit_code, "create-admin", "Make an ADMIN", CreateAdmin);
  create_admin.app->add_option("--email", create_admin.admin->email, "Its login")->required();
  AddPassword(create_admin);

  const auto company = Add(app, exit_code, "create-company", "Make a company", CreateCompany);
  company.app->add_option("--name", company.admin->name, "Its name")->required();

  const auto user = Add(app, exit_code, "create-user", "Make a user", CreateUser);
  user.app->add_option("--email", user.admin->email, "Its login")->required();
  user.app->add_option("--type", user.admin->type, "Its role")->capture_default_str();
  user.app->add_option("--company", user.admin->company, "Its company, by id or name");
  user.app->add_option("--first-name", user.admin->first_name, "Its first name");
  user.app->add_option("--last-name", user.admin->last_name, "Its last name");
  AddPassword(user);

  AddWho(Add(app, exit_code, "delete-user", "Delete a user and its sessions; its folders stay", DeleteUser));

  const auto change = Add(app, exit_code, "change-password", "Give a user a new password", ChangePassword);
  AddWho(change);
  AddPassword(change);

  const auto issue = Add(app, exit_code, "issue-service-token",
                         "A long-lived token for a user of the type CLIENT_SERVICE", IssueServiceToken);
  issue.app->add_option("--user", issue.admin->id, "Whose, by email or id")->required();
}

}  // namespace ozma::cli
