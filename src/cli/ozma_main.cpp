#include "cli/program.hpp"

int main(int argc, char** argv) {
  return ozma::cli::Run(argc, argv);
}
