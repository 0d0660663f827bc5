# The wheel's own CMake package insists on readers of six network formats. We read one, and scripts/setup leaves the others
# out: fewer parsers to load. So the run-time library is named here by itself.
set(wheel ${CMAKE_SOURCE_DIR}/.deps/openvino/openvino)
find_path(OpenVINO_INCLUDE_DIR openvino/openvino.hpp PATHS ${wheel}/include NO_DEFAULT_PATH)
file(GLOB OpenVINO_LIBRARY ${wheel}/libs/libopenvino.so.*)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenVINO REQUIRED_VARS OpenVINO_LIBRARY OpenVINO_INCLUDE_DIR)

if(OpenVINO_FOUND AND NOT TARGET openvino::runtime)
  add_library(openvino::runtime SHARED IMPORTED)
  set_target_properties(openvino::runtime PROPERTIES IMPORTED_LOCATION ${OpenVINO_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${OpenVINO_INCLUDE_DIR})
endif()
