#include "api/routes.hpp"

#include "api/analyses.hpp"
#include "api/audit.hpp"
#include "api/auth.hpp"
#include "api/collections.hpp"
#include "api/companies.hpp"
#include "api/docs.hpp"
#include "api/folders.hpp"
#include "api/instant.hpp"
#include "api/media.hpp"
#include "api/metadata.hpp"
#include "api/persons.hpp"
#include "api/sessions.hpp"
#include "api/static.hpp"
#include "api/system.hpp"
#include "api/users.hpp"

namespace ozma::api {

void AddAccountRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddAuthRoutes(router, context);
  AddSessionRoutes(router, context);
  AddCompanyRoutes(router, context);
  AddUserRoutes(router, context);
  AddAuditRoutes(router, context);
  AddConfigRoutes(router, context);
}

void AddRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddAccountRoutes(router, context);
  AddFolderRoutes(router, context);
  AddMediaRoutes(router, context);
  AddAnalysisRoutes(router, context);
  AddMetadataRoutes(router, context);
  AddStaticRoutes(router, context);
  if (!context->settings.collections) return;
  AddCollectionRoutes(router, context);
  AddPersonRoutes(router, context);
  AddPersonImageRoutes(router, context);
}

void AddInstantRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddOpenPages(router, context);
  AddDocsRoutes(router);
  AddInstant(router, context);
}

}  // namespace ozma::api
