# Debian keeps OpenCV's own CMake package in libopencv-dev, which pulls in every module and a desktop with it.
# We need three modules, whose development packages carry headers and libraries only.
find_path(OpenCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
if(OpenCV_INCLUDE_DIR)
  file(STRINGS ${OpenCV_INCLUDE_DIR}/opencv2/core/version.hpp parts REGEX "#define CV_VERSION_(MAJOR|MINOR|REVISION) ")
  string(REGEX REPLACE "[^0-9;]" "" OpenCV_VERSION "${parts}")
  string(REPLACE ";" "." OpenCV_VERSION "${OpenCV_VERSION}")
endif()
set(needed OpenCV_INCLUDE_DIR)
foreach(module core imgproc imgcodecs)
  find_library(OpenCV_${module}_LIBRARY opencv_${module})
  list(APPEND needed OpenCV_${module}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenCV REQUIRED_VARS ${needed} VERSION_VAR OpenCV_VERSION)

if(OpenCV_FOUND)
  foreach(module core imgproc imgcodecs)
    if(NOT TARGET opencv_${module})
      add_library(opencv_${module} UNKNOWN IMPORTED)
      set_target_properties(opencv_${module} PROPERTIES IMPORTED_LOCATION ${OpenCV_${module}_LIBRARY}
                            INTERFACE_INCLUDE_DIRECTORIES ${OpenCV_INCLUDE_DIR})
    endif()
  endforeach()
endif()
