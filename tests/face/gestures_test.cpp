// Every case of gestures_cases.json, which the browser's tests run as well.
#include "face/gestures.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "base/json.hpp"

namespace ozma::face {
namespace {

namespace json = base::json;

json::object Cases() {
  std::ifstream file(OZMA_SOURCE_DIR "/tests/face/gestures_cases.json");
  std::stringstream text;
  text << file.rdbuf();
  return base::ReadJson(text.str()).value().as_object();
}

Moment MomentOf(const json::object& said, const json::object& defaults) {
  const auto number = [&](const char* key) {
    return (said.contains(key) ? said : defaults).at(key).to_number<double>();
  };
  Moment moment;
  moment.at = said.at("t").to_number<std::int64_t>();
  moment.faces = static_cast<int>(number("faces"));
  moment.measures = {number("turn"),
                     number("tilt"),
                     number("roll"),
                     number("eyes"),
                     number("smile"),
                     number("size"),
                     {static_cast<float>(number("x")), static_cast<float>(number("y"))},
                     number("d")};
  return moment;
}

Mirrored MirroredOf(const json::object& said) {
  const auto* mirrored = said.if_contains("mirrored");
  if (!mirrored) return Mirrored::kNo;
  if (mirrored->is_null()) return Mirrored::kUnknown;
  return mirrored->as_bool() ? Mirrored::kYes : Mirrored::kNo;
}

TEST(Gestures, EveryCaseComesOutAsWritten) {
  const json::object all = Cases();
  const auto& defaults = all.at("defaults").as_object();
  ASSERT_GE(all.at("cases").as_array().size(), 40u);
  for (const auto& item : all.at("cases").as_array()) {
    const auto& said = item.as_object();
    SCOPED_TRACE(said.at("name").as_string().c_str());
    std::vector<Moment> moments;
    for (const auto& frame : said.at("frames").as_array())
      moments.push_back(MomentOf(frame.as_object(), defaults));
    const auto gesture = GestureNamed(said.at("gesture").as_string());
    ASSERT_TRUE(gesture);
    const auto found = Judge(*gesture, moments, MirroredOf(said));
    EXPECT_EQ(found.done(), said.at("done").as_bool());
    if (found.miss) {
      EXPECT_EQ(NameOf(*found.miss), said.at("reason").as_string());
    }
    EXPECT_EQ(found.shot.has_value(), said.contains("shot"));
    if (found.shot && said.contains("shot")) {
      EXPECT_EQ(*found.shot, said.at("shot").to_number<std::size_t>());
    }
  }
}

TEST(Gestures, EveryShapeIsMeasuredAsWritten) {
  const json::object all = Cases();
  for (const auto& item : all.at("shapes").as_array()) {
    const auto& said = item.as_object();
    SCOPED_TRACE(said.at("name").as_string().c_str());
    Shape shape;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const auto& point = said.at("points").at(i).as_array();
      shape[i] = {point[0].to_number<float>(), point[1].to_number<float>()};
    }
    const auto& picture = said.at("picture").as_array();
    const auto found = MeasuresOf(shape, {picture[0].to_number<int>(), picture[1].to_number<int>()});
    ASSERT_TRUE(found);
    const auto wanted = [&](const char* key) { return said.at("measures").at(key).to_number<double>(); };
    EXPECT_NEAR(found->turn, wanted("turn"), 0.01);
    EXPECT_NEAR(found->tilt, wanted("tilt"), 0.01);
    EXPECT_NEAR(found->roll, wanted("roll"), 0.01);
    EXPECT_NEAR(found->eyes, wanted("eyes"), 1e-3);
    EXPECT_NEAR(found->smile, wanted("smile"), 1e-3);
    EXPECT_NEAR(found->size, wanted("size"), 1e-3);
  }
}

TEST(Gestures, PointsThatMakeNoFaceAreNotMeasured) {
  EXPECT_FALSE(MeasuresOf({}, {640, 480}));
  Shape shape;
  shape.fill({std::numeric_limits<float>::quiet_NaN(), 1});
  EXPECT_FALSE(MeasuresOf(shape, {640, 480}));
}

TEST(Gestures, NoFramesShowNoFace) {
  for (std::size_t i = 0; i < kGestures; ++i) {
    const auto found = Judge(static_cast<Gesture>(i), {}, Mirrored::kUnknown);
    EXPECT_EQ(found.miss, Miss::kNoFace);
    EXPECT_FALSE(found.shot);
  }
}

// Whatever the frames hold, the answer names a frame that is there.
TEST(Gestures, AnythingIsJudgedWithinBounds) {
  std::mt19937 random(7);
  std::normal_distribution<double> angle(0, 20), eyes(0.25, 0.1), smile(0.9, 0.2), place(0, 40);
  std::uniform_int_distribution<int> faces(0, 40), step(-20, 300);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Moment> moments(round % 60);
    std::int64_t at = 0;
    for (Moment& moment : moments) {
      const int count = faces(random);
      moment = {at += step(random),
                count < 3 ? count : 1,
                {angle(random),
                 angle(random),
                 angle(random) / 2,
                 eyes(random),
                 smile(random),
                 0.2,
                 {static_cast<float>(place(random)), 0},
                 60}};
    }
    for (std::size_t i = 0; i < kGestures; ++i) {
      for (const auto mirrored : {Mirrored::kNo, Mirrored::kYes, Mirrored::kUnknown}) {
        const auto found = Judge(static_cast<Gesture>(i), moments, mirrored);
        EXPECT_LT(found.shot.value_or(0), std::max<std::size_t>(1, moments.size()));
        EXPECT_FALSE(NameOf(found.miss.value_or(Miss::kNoFace)).empty());
      }
    }
  }
}

TEST(GestureRules, TheNumbersAreReadAndAMissingOneIsNamed) {
  const auto& rules = GestureRules::BuiltIn();
  const auto& left = rules.gestures[static_cast<std::size_t>(Gesture::kLeft)];
  EXPECT_EQ(left.sign, 1);
  EXPECT_GT(left.enter, left.stay);

  const auto lacking = GestureRules::Parse(R"({"measures": {"turn": {}}})");
  ASSERT_FALSE(lacking);
  EXPECT_EQ(lacking.error().fault, base::Fault::kConfiguration);
  EXPECT_NE(lacking.error().message.find("`lever`"), std::string::npos) << lacking.error().message;
  EXPECT_FALSE(GestureRules::Parse("[]"));
  EXPECT_FALSE(GestureRules::Parse("{"));
}

TEST(GestureRules, NamesGoBothWays) {
  for (std::size_t i = 0; i < kGestures; ++i)
    EXPECT_EQ(GestureNamed(NameOf(static_cast<Gesture>(i))), static_cast<Gesture>(i));
  EXPECT_FALSE(GestureNamed("zoom_in"));
  EXPECT_FALSE(GestureNamed(""));
}

// A passer-by behind the person is no second face; one of the same size is.
TEST(Gestures, SmallFacesBehindDoNotCount) {
  const auto wide = [](float width) { return Face{{0, 0, width, width}, 1, 0, {}}; };
  EXPECT_EQ(Rivals({}), 0);
  EXPECT_EQ(Rivals(std::vector{wide(200), wide(60)}), 1);
  EXPECT_EQ(Rivals(std::vector{wide(200), wide(150), wide(60)}), 2);
}

}  // namespace
}  // namespace ozma::face
