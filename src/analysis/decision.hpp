// The verdict on a shooting: what many frames say together. Pure; no networks, no pixels.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ozma::analysis {

// What one usable frame says by itself.
struct FrameEvidence {
  double log_odds = 0;  // of the liveness networks; positive: more likely an attack than not
  double weight = 1;    // how much the frame is worth: size times sharpness of its face, above 0
};

// Between two frames in which the face has moved. -1: that part of the picture stands still; 1: it moves
// just as the face does.
struct MotionStep {
  double beside = 0;  // a strip on either side of the face, at the height of the eyes
  double far = 0;     // what is well away from the face, but not below it, where the body is

  // The strips move with the face, and not because the whole camera moves.
  bool IsRigid() const;
};

struct ShootingEvidence {
  std::span<const FrameEvidence> frames;  // at least one
  std::optional<double> least_alike;      // 0..1, BetweenPeople of frames in which the face looks ahead
  std::span<const MotionStep> motion;     // between frames; may be empty
};

// In log-odds. `networks` is what the frames say together; the cues are what the shooting adds to it. A cue
// can only raise the confidence of an attack, and none by more than its bound.
struct Verdict {
  double networks = 0;
  double disagreement = 0;  // 0..1: some frames look much more like an attack than the others
  double identity = 0;      // 0..5: the frames show different people
  double rigidity = 0;      // 0..2: what surrounds the face moves along with it, while the rest stands still
  double confidence = 0;    // 0..1, of all together; high = presentation attack

  // "networks -3.1, identity +5.0": what made the confidence.
  std::string Reasons() const;
};

// Of a single frame the networks' verdict alone.
Verdict Decide(const ShootingEvidence& shooting);

// The calibrated score between the two people of a shooting who are least alike, taken where they are most
// alike; nothing where there are not two. `scores[i][j]`, j < i, is that of frames i and j. A person is at
// least two frames that match each other: one bad frame of a face that moves is unlike all others, and is
// nobody.
std::optional<double> BetweenPeople(const std::vector<std::vector<double>>& scores);

// How many of the frames looked at must be usable for a verdict: a fifth, and at least one. Who shows a face
// in less of a film than that has shown too little of it.
std::size_t LeastUsable(std::size_t frames);

}  // namespace ozma::analysis
