# Debian's libsoci-dev 4.0 comes without a CMake package.
find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
find_library(SOCI_SQLITE_LIBRARY soci_sqlite3)
find_library(SOCI_POSTGRESQL_LIBRARY soci_postgresql)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_SQLITE_LIBRARY SOCI_POSTGRESQL_LIBRARY
                                                     SOCI_INCLUDE_DIR)

if(SOCI_FOUND AND NOT TARGET SOCI::SOCI)
  add_library(SOCI::SOCI INTERFACE IMPORTED)
  set_target_properties(SOCI::SOCI PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR})
  target_link_libraries(SOCI::SOCI INTERFACE ${SOCI_POSTGRESQL_LIBRARY} ${SOCI_SQLITE_LIBRARY} ${SOCI_CORE_LIBRARY})
endif()
