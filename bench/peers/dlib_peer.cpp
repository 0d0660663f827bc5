// One thread of dlib on one picture: mean milliseconds of each job, as a line of JSON.
//
//     dlib_peer MODELS PICTURE WIDTH HEIGHT SECONDS
//
// MODELS is the folder of the PyPI package face_recognition_models, PICTURE holds raw RGB, three bytes a
// pixel. scripts/bench.py builds and runs this; nothing else does.
#include <dlib/clustering.h>
#include <dlib/dnn.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// The ResNet of dlib's example dnn_face_recognition_ex.cpp (public domain), whose weights the package holds.
template <template <int, template <typename> class, int, typename> class Block, int kN,
          template <typename> class Norm, typename Sub>
using Residual = dlib::add_prev1<Block<kN, Norm, 1, dlib::tag1<Sub>>>;
template <template <int, template <typename> class, int, typename> class Block, int kN,
          template <typename> class Norm, typename Sub>
using ResidualDown =
    dlib::add_prev2<dlib::avg_pool<2, 2, 2, 2, dlib::skip1<dlib::tag2<Block<kN, Norm, 2, dlib::tag1<Sub>>>>>>;
template <int kN, template <typename> class Norm, int kStride, typename Sub>
using Block = Norm<dlib::con<kN, 3, 3, 1, 1, dlib::relu<Norm<dlib::con<kN, 3, 3, kStride, kStride, Sub>>>>>;
template <int kN, typename Sub>
using Ares = dlib::relu<Residual<Block, kN, dlib::affine, Sub>>;
template <int kN, typename Sub>
using AresDown = dlib::relu<ResidualDown<Block, kN, dlib::affine, Sub>>;
template <typename Sub>
using Level0 = AresDown<256, Sub>;
template <typename Sub>
using Level1 = Ares<256, Ares<256, AresDown<256, Sub>>>;
template <typename Sub>
using Level2 = Ares<128, Ares<128, AresDown<128, Sub>>>;
template <typename Sub>
using Level3 = Ares<64, Ares<64, Ares<64, AresDown<64, Sub>>>>;
template <typename Sub>
using Level4 = Ares<32, Ares<32, Ares<32, Sub>>>;
using Recognizer = dlib::loss_metric<dlib::fc_no_bias<
    128, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<dlib::max_pool<
             3, 3, 2, 2,
             dlib::relu<dlib::affine<dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>>>>>>>>>;

using Picture = dlib::array2d<dlib::rgb_pixel>;

Picture Read(const char* path, long width, long height) {
  Picture picture(height, width);
  std::ifstream file(path, std::ios::binary);
  for (long y = 0; y < height; ++y) file.read(reinterpret_cast<char*>(&picture[y][0]), width * 3);
  if (!file) throw std::runtime_error("The picture is shorter than its width and height say.");
  return picture;
}

// Mean milliseconds of a call over at least `seconds`, in batches so that the clock does not count.
template <class Call>
double Measure(double seconds, int batch, Call call) {
  using Clock = std::chrono::steady_clock;
  call();
  long calls = 0;
  const auto begin = Clock::now();
  std::chrono::duration<double, std::milli> passed{};
  do {
    for (int i = 0; i < batch; ++i) call();
    calls += batch;
    passed = Clock::now() - begin;
  } while (passed.count() < seconds * 1000);
  return passed.count() / static_cast<double>(calls);
}

int Run(const std::string& models, const Picture& picture, double seconds) {
  auto detector = dlib::get_frontal_face_detector();
  dlib::shape_predictor landmarks;
  dlib::deserialize(models + "/shape_predictor_5_face_landmarks.dat") >> landmarks;
  Recognizer recognizer;
  dlib::deserialize(models + "/dlib_face_recognition_resnet_model_v1.dat") >> recognizer;

  const auto faces = detector(picture);
  if (faces.size() != 1)
    throw std::runtime_error("dlib found " + std::to_string(faces.size()) + " faces; one is needed.");
  const auto embed = [&](const dlib::rectangle& face) {
    dlib::matrix<dlib::rgb_pixel> chip;
    dlib::extract_image_chip(picture, dlib::get_face_chip_details(landmarks(picture, face), 150, 0.25), chip);
    return dlib::matrix<float, 0, 1>(recognizer(chip));
  };
  const auto embedding = embed(faces.front());
  auto other = embedding;
  volatile float sink = 0;

  const double detect =
      Measure(seconds, 1, [&] { sink = sink + static_cast<float>(detector(picture).size()); });
  const double extract = Measure(seconds, 1, [&] { sink = sink + embed(detector(picture).at(0))(0); });
  const double networks = Measure(seconds, 1, [&] { sink = sink + embed(faces.front())(0); });
  const double compare = Measure(seconds, 10000, [&] {
    other(0) = other(0) + 1e-6f;  // or the compiler would take the call out of the loop
    sink = sink + dlib::length(embedding - other);
  });
  std::cout.precision(9);
  std::cout << "{\"detect\": " << detect << ", \"extract\": " << extract
            << ", \"landmarks and embedding alone\": " << networks << ", \"compare\": " << compare << "}\n";
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::cerr << "dlib_peer MODELS PICTURE WIDTH HEIGHT SECONDS\n";
    return 2;
  }
  try {
    return Run(words[1], Read(words[2], std::atol(words[3]), std::atol(words[4])), std::atof(words[5]));
  } catch (const std::exception& failure) {
    std::cerr << "dlib_peer: " << failure.what() << '\n';
    return 1;
  }
}
